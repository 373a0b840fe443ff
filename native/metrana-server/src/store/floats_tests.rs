//! The float points of one series, held against plain lists.

use super::{
    FloatBatch, FloatSeries, GATHERED, LARGE, Merge, Steps, Taken, Timestamps, Values, View, Wanted,
};
use crate::store::window::{ONLY, Window};

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
fn batch(first: u64, count: usize, narrow: bool) -> FloatBatch {
    let values = (0..count).map(|k| first as f64 + k as f64);
    FloatBatch {
        values: if narrow {
            Values::of(&values.map(|v| v as f32).collect::<Vec<_>>())
        } else {
            Values::of(&values.collect::<Vec<_>>())
        },
        steps: Steps::From(first),
        timestamps: Timestamps::At(7),
    }
}

#[test]
fn points_of_any_batch_size_are_read_back_in_order() {
    let mut series = FloatSeries::default();
    let mut expected = Vec::new();
    for (k, count) in
        [1, LARGE - 1, LARGE, 3, 1, GATHERED, 2, LARGE - 1].into_iter().cycle().take(300).enumerate()
    {
        let first = expected.len() as u64;
        series.append(batch(first, count, k % 5 == 0), &Taken::default());
        expected.extend(first..first + count as u64);
    }
    assert_eq!(series.len(), expected.len());
    let all = series.read(View::Raw, 0, u64::MAX).expect("in order");
    assert_eq!(all.steps, expected);
    assert_eq!((all.total, all.offset), (expected.len() as u64, 0));
    assert!(all.timestamps.iter().all(|&time| time == 7));
    assert_eq!(all.widths.len(), expected.len());
    for (offset, limit) in
        [(0, 1), (1, 200), (127, 5000), (all.total - 1, 10), (all.total, 10), (u64::MAX, u64::MAX)]
    {
        let part = series.read(View::Merged, offset, limit).expect("in order");
        let from = usize::try_from(offset).unwrap().min(expected.len());
        let until = from.saturating_add(usize::try_from(limit).unwrap()).min(expected.len());
        assert_eq!(part.steps, expected[from..until], "{offset} {limit}");
        assert_eq!(part.values, all.values[from..until], "{offset} {limit}");
        assert_eq!(part.widths, all.widths[from..until], "{offset} {limit}");
    }
}

#[test]
fn a_stretch_of_steps_is_found_among_points_in_order() {
    let mut series = FloatSeries::default();
    for (first, count) in [(10, LARGE), (100, 3), (200, 2), (300, LARGE)] {
        series.append(batch(first, count, false), &Taken::default());
    }
    let steps = series.read(View::Raw, 0, u64::MAX).expect("in order").steps;
    let all = 0..steps.len();
    for (from, to) in
        [(0.0, 1e9), (11.0, 11.0), (41.5, 100.0), (102.5, 250.0), (201.0, 300.5), (0.0, 9.0), (400.0, 500.0)]
    {
        #[allow(clippy::cast_precision_loss)]
        let expected: Vec<_> =
            steps.iter().copied().filter(|&step| (from..=to).contains(&(step as f64))).collect();
        assert_eq!(steps[series.between(all.clone(), from, to)], expected, "{from} to {to}");
    }
    assert_eq!(series.between(5..9, 0.0, 1e9), 5..9, "only those that are asked for");
    let only_steps = series.columns(all.clone(), Wanted { steps: true, times: false, widths: false });
    assert_eq!((only_steps.steps, only_steps.values.len()), (steps, all.len()));
    assert_eq!((only_steps.timestamps.len(), only_steps.widths.len()), (0, 0));
}

#[test]
fn batches_that_go_on_are_one_stretch_of_consecutive_steps() {
    let mut series = FloatSeries::default();
    let large = LARGE as u64;
    for (first, count) in [(10, LARGE), (10 + large, LARGE), (500, LARGE), (600, 3), (700, 3), (800, LARGE)] {
        series.append(batch(first, count, false), &Taken::default());
    }
    let ends = [2 * LARGE, 3 * LARGE, 3 * LARGE + 6, 4 * LARGE + 6];
    let firsts = [Some(10), Some(500), None, Some(800)];
    let mut begin = 0;
    for (end, first) in ends.into_iter().zip(firsts) {
        assert_eq!(series.first_stretch(begin..series.len()), (begin..end, first));
        begin = end;
    }
    assert_eq!(series.first_stretch(5..20), (5..20, Some(15)), "only those that are asked for");
    let across = LARGE + 1..2 * LARGE + 5;
    assert_eq!(series.first_stretch(across), (LARGE + 1..2 * LARGE, Some(10 + large + 1)));
    assert_eq!(series.first_stretch(begin..begin), (begin..begin, None));
    series.seal(2 * LARGE);
    assert_eq!(series.first_stretch(2 * LARGE..series.len()), (2 * LARGE..3 * LARGE, Some(500)));
}

#[test]
fn small_batches_share_segments() {
    let mut series = FloatSeries::default();
    for k in 0..GATHERED * 2 {
        series.append(batch(k as u64, 1, false), &Taken::default());
    }
    assert_eq!(series.segments.len(), 2);
}

#[test]
fn what_does_not_count_is_read_only_as_it_came() {
    let mut series = FloatSeries::default();
    series.append(batch(0, LARGE, false), &Taken::default());
    let taken = Taken { left_out: vec![0..1, 2..3], ..Taken::default() };
    series.append(FloatBatch { steps: Steps::Each([3, 40, 5].into()), ..batch(3, 3, false) }, &taken);
    series.append(batch(50, 2, true), &Taken::default());
    let merged = series.read(View::Merged, LARGE as u64 - 1, 10).expect("in order");
    assert_eq!((merged.total, merged.steps), (LARGE as u64 + 3, vec![LARGE as u64 - 1, 40, 50, 51]));
    let raw = series.read(View::Raw, LARGE as u64, 10).expect("in order");
    assert_eq!((raw.total, raw.steps), (LARGE as u64 + 5, vec![3, 40, 5, 50, 51]));
    assert_eq!(raw.widths, [64, 64, 64, 32, 32]);
}

#[test]
fn the_last_value_of_a_step_is_the_one_that_is_read() {
    let mut series = FloatSeries::default();
    let unsorted = Taken { unsorted: true, ..Taken::default() };
    series.append(FloatBatch { steps: Steps::Each([7, 2, 9].into()), ..batch(0, 3, false) }, &unsorted);
    let replacing = Taken { replaced: 1, ..unsorted };
    series.append(FloatBatch { steps: Steps::Each([2, 1].into()), ..batch(10, 2, false) }, &replacing);
    assert_eq!(series.read(View::Merged, 0, 10), None, "it is not in the order of its arrival");
    let read = |begin, most| {
        let mut window = Window::default();
        let _ = [1, 2, 7, 9].into_iter().skip(begin).any(|step| window.push(ONLY, step, step, most));
        let mut merge = Merge::new(window, false);
        series.merge(&mut merge, |range| std::iter::once((range, None)));
        merge.finish(4, begin as u64).floats
    };
    let merged = read(0, 10);
    assert_eq!((merged.steps, merged.values), (vec![1, 2, 7, 9], vec![11.0, 10.0, 0.0, 2.0]));
    assert_eq!(read(1, 2).steps, [2, 7]);
    assert_eq!(series.read(View::Raw, 0, 10).expect("in order").steps, [7, 2, 9, 2, 1]);
}
