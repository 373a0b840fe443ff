//! Pages of two lists against one list that was put together whole.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{AT_ONCE, Ask, Columns, Reading, Sides};
use crate::store::reading::wait;
use crate::store::{FloatPoints, Page, Scatter, StoreError};

/// Steps and values.
type List = [(u64, u64)];

#[allow(clippy::cast_precision_loss)]
fn floats(all: &List, ask: Ask) -> FloatPoints {
    let from = usize::try_from(ask.offset).unwrap_or(usize::MAX).min(all.len());
    let until = from.saturating_add(usize::try_from(ask.limit).unwrap_or(usize::MAX)).min(all.len());
    let here = &all[from..until];
    FloatPoints {
        total: all.len() as u64,
        offset: ask.offset,
        steps: here.iter().map(|(step, _)| *step).collect(),
        timestamps: vec![0; here.len()],
        values: here.iter().map(|(_, value)| *value as f64).collect(),
        widths: vec![64; here.len()],
    }
}

fn scatters(all: &List, ask: Ask) -> Page<Scatter> {
    let floats = floats(all, ask);
    let scatter = |(&step, &value): (&u64, &f64)| {
        let numbers = vec![value; usize::try_from(step % 7).unwrap()];
        Scatter { step, timestamp: 0, xs: numbers.clone(), ys: numbers, zs: None }
    };
    let mut page = Page { total: floats.total, offset: floats.offset, items: Vec::new() };
    let mut room = ask.bytes;
    for scatter in floats.steps.iter().zip(&floats.values).map(scatter) {
        let one = Page { items: vec![scatter], ..Page::default() };
        if one.weight(0) > room && !page.items.is_empty() {
            break;
        }
        room = room.saturating_sub(one.weight(0));
        page.extend(one);
    }
    page
}

fn page<T: Columns + 'static>(
    (parent, own): (&List, &List),
    inherited: u64,
    ask: Ask,
    read: fn(&List, Ask) -> T,
) -> T {
    let most = AtomicU64::new(0);
    let one = |all: &List, ask: Ask| -> Reading<'static, T> {
        let read = read(all, ask);
        most.fetch_max(read.len() as u64, Ordering::Relaxed);
        Box::pin(async move { Ok(read) })
    };
    let sides = Sides { parent: |ask| one(parent, ask), inherited, own: |ask| one(own, ask) };
    let page = wait(sides.page(false, ask)).expect("a page");
    assert!(most.into_inner() <= ask.limit.max(AT_ONCE), "no more is read at once");
    page
}

#[test]
fn any_page_of_two_lists_is_what_one_list_gives() {
    let mut state = 11_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below.max(1)
    };
    for round in 0..300 {
        // Sometimes apart, sometimes one within the other, and sometimes longer than what is read at once.
        let long = if round % 50 == 0 { 3 * AT_ONCE } else { 40 };
        let (theirs, ours) = (random(long), random(long));
        let (width, shift) = (1 + random(3), random(2) * random(3 * long));
        let mut list = |count: u64, from: u64, value: u64| -> Vec<(u64, u64)> {
            let steps: BTreeMap<u64, u64> =
                (0..count).map(|at| (from + random(count * width), value + at)).collect();
            steps.into_iter().collect()
        };
        let (parent, own) = (list(theirs, 0, 0), list(ours, shift, 1_000_000));
        let inherited = random(parent.len() as u64 + 5);
        let first = usize::try_from(inherited).unwrap().min(parent.len());
        let all: BTreeMap<u64, u64> = parent[..first].iter().chain(&own).copied().collect();
        let all: Vec<_> = all.into_iter().collect();
        for _ in 0..6 {
            let offset = random(all.len() as u64 + 3);
            let limit = if random(3) == 0 { u64::MAX } else { random(30) };
            let ask = Ask { offset, limit, bytes: u64::MAX };
            let what = format!("round {round}: {limit} from {offset}");
            assert_eq!(page((&parent, &own), inherited, ask, floats), floats(&all, ask), "{what}");
            let ask = Ask { limit: limit.min(50), bytes: random(2000), ..ask };
            let (listed, expected) = (page((&parent, &own), inherited, ask, scatters), scatters(&all, ask));
            assert_eq!((listed.total, listed.offset), (expected.total, expected.offset), "{what}");
            // Where one list goes over into the other, a page may end earlier than it would have to.
            assert_eq!(listed.items, expected.items[..listed.items.len()], "{what}");
            assert!(!listed.items.is_empty() || expected.items.is_empty(), "{what}");
        }
    }
}

#[test]
fn what_a_parent_that_is_gone_had_is_gone() {
    let own = [(3, 1), (5, 2)];
    let gone = |_: Ask| -> Reading<'static, FloatPoints> {
        Box::pin(async { Err(StoreError::UnknownSeries(crate::store::SeriesId(1))) })
    };
    let read = |ask| -> Reading<'static, FloatPoints> {
        let read = floats(&own, ask);
        Box::pin(async move { Ok(read) })
    };
    for ordered in [false, true] {
        let ask = Ask { offset: 1, limit: 9, bytes: u64::MAX };
        let page = wait(Sides { parent: gone, inherited: 7, own: read }.page(ordered, ask)).expect("a page");
        assert_eq!(page, floats(&own, ask));
    }
}
