//! Pieces of several kinds in one batch.

use super::*;

const EDGES: [f64; 2] = [0.0, 1.0];

fn one_histogram() -> [Histogram<'static>; 1] {
    [Histogram { edges: &EDGES, bins: Bins::Counts(&[5]), stats: None }]
}

#[test]
fn pieces_of_all_kinds_go_into_one_message() {
    let mut bench = Bench::new();
    let (loss, grid, histogram) = ([0.5], [1.0, 2.0], one_histogram());
    let pieces = [
        Piece::Std(std_floats("loss", &loss)),
        Piece::Rl(rl(3, Environments::Names(&["e0", "e1"]), &grid)),
        Piece::Histograms(histograms("gradients", &histogram, &[7])),
        Piece::Rl(rl(3, ONE, &loss)),
    ];
    bench.batch(&pieces).expect("logged");
    let message = bench.message();
    assert_eq!(message.series[0].point_batches[0].values, [0.5]);
    assert_eq!(message.histogram_series[0].points[0].step, 7);
    let lanes: Vec<_> = message
        .rl_series
        .iter()
        .map(|lane| {
            let steps: Vec<_> = lane.rl_step_batches.iter().flat_map(steps_of).collect();
            (lane.environment_id.as_str(), steps)
        })
        .collect();
    assert_eq!(lanes, [("e0", vec![0, 1]), ("e1", vec![0])], "the second row counts on from the first");
}

#[test]
fn a_mixed_batch_that_is_refused_leaves_nothing_behind() {
    let mut bench = Bench::new();
    let (loss, grid, histogram) = ([0.5], [1.0, 2.0], one_histogram());
    bench.rl(&rl(1, ONE, &loss)).expect("logged");
    let across = RlFloats {
        strategy: StepStrategy::AcrossRlSteps,
        steps: Spread::Uniform(40),
        ..rl(5, Environments::Names(&["e0", "new"]), &grid)
    };
    let refused = bench.batch(&[
        Piece::Rl(rl(9, ONE, &loss)),
        Piece::Rl(RlFloats { metric: "return", ..across }),
        Piece::Histograms(histograms("gradients", &histogram, &[7])),
        // The first piece pinned it.
        Piece::Rl(RlFloats {
            steps: Spread::Uniform(40),
            strategy: StepStrategy::AcrossRlSteps,
            ..rl(9, ONE, &loss)
        }),
    ]);
    assert!(refused.expect_err("refused").contains("step strategy conflict"));
    assert_eq!(bench.stage.names.registry.len(), 1);
    assert_eq!(bench.stage.names.environments.find("new"), None);
    let kept: Vec<_> = bench
        .stage
        .names
        .environments
        .all()
        .map(|(name, progress)| (name.to_owned(), progress.rl_step))
        .collect();
    assert_eq!(kept, [("e0".to_owned(), Some(1))]);

    // The metrics may become something else, and rows go on where they were.
    bench.std(&std_floats("gradients", &loss)).expect("nothing pinned it");
    bench
        .rl(&RlFloats { metric: "return", ..rl(5, Environments::Names(&["new"]), &loss) })
        .expect("nothing pinned it");
    bench.rl(&rl(1, ONE, &loss)).expect("it is not behind");
    let message = bench.message();
    let reward = &message.rl_series[0];
    assert_eq!(reward.rl_step_batches.iter().flat_map(steps_of).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn a_piece_is_checked_against_those_before_it() {
    let mut bench = Bench::new();
    let one = [1.0];
    let high = RlFloats { steps: Spread::Uniform(MAX_STEP), ..rl(1, ONE, &one) };
    let refused = bench.batch(&[Piece::Rl(high), Piece::Rl(rl(1, ONE, &one))]);
    assert!(refused.expect_err("refused").contains("would exceed"));
    let refused = bench.batch(&[
        Piece::Rl(rl(1, ONE, &one)),
        Piece::Rl(RlFloats { episodes: Spread::Uniform(2), ..rl(1, ONE, &one) }),
    ]);
    assert!(refused.expect_err("refused").contains("episodes cannot be mixed in"));
    let histogram = one_histogram();
    let refused = bench.batch(&[
        Piece::Histograms(histograms("loss", &histogram, &[1])),
        Piece::Std(std_floats("loss", &one)),
    ]);
    assert!(refused.expect_err("refused").contains("already holds histogram points"));
    assert_eq!(bench.stage.names.registry.len(), 0);
    bench.batch(&[Piece::Rl(high), Piece::Std(std_floats("loss", &one))]).expect("each for itself is fine");
}

#[test]
fn what_is_turned_away_is_booked_by_its_kind() {
    let (one, histogram) = ([1.0, 2.0], one_histogram());
    let pieces = [
        Piece::Std(std_floats("loss", &one)),
        Piece::Rl(rl(1, ONE, &one)),
        Piece::Histograms(histograms("gradients", &histogram, &[1])),
    ];
    let mut rooms: Vec<_> = pieces.iter().map(|_| LabelRoom::new()).collect();
    let no_handles = |_| Err(Error::validation("no handles here"));
    let call = BatchCall::new(&pieces, &mut rooms, no_handles, 77).expect("valid");
    let mut counters = Counters::default();
    call.refuse(&mut counters);
    let refused = counters.kinds().map(|kind| kind.refused);
    assert_eq!(refused.iter().sum::<u64>(), 5);
    assert_eq!(
        (counters.float_points.refused, counters.rl_float_points.refused, counters.histogram_points.refused),
        (2, 2, 1)
    );
}

/// A chunk that is full after each piece: what a piece takes is never more than what was planned.
#[test]
fn pieces_are_cut_like_calls_of_their_own() {
    let mut bench = Bench::with_limit(300);
    let (values, grid, histogram) = ([1.0; 40], [2.0; 60], one_histogram());
    let pieces = [
        Piece::Std(std_floats("loss", &values)),
        Piece::Rl(rl(1, Environments::Names(&["a", "b", "c"]), &grid)),
        Piece::Histograms(histograms("gradients", &histogram, &[1])),
        Piece::Std(std_floats("loss", &values)),
        Piece::Rl(rl(1, Environments::Names(&["c", "d"]), &grid)),
    ];
    bench.batch(&pieces).expect("logged");
    let messages = bench.messages();
    assert!(messages.len() > 3, "{} messages", messages.len());
    let floats: usize =
        messages.iter().flat_map(|m| &m.series).flat_map(|s| &s.point_batches).map(|b| b.values.len()).sum();
    let rows: usize = messages
        .iter()
        .flat_map(|m| &m.rl_series)
        .flat_map(|s| &s.rl_step_batches)
        .map(|b| b.values.len())
        .sum();
    assert_eq!((floats, rows), (80, 120));
}
