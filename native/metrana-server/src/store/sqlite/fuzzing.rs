//! Rows of the file, for fuzzers.

use bytes::Bytes;
use metrana_proto::types::OrderingMode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::bytes::{Taker, put, put_bytes};
use super::chunk::{histograms_of, scatters_of};
use super::column::SEALING;
use super::entry::{Entry, Message};
use super::tile::Tile;
use super::tiling::{Track, seal};
use crate::ingest::read_again;
use crate::store::catalogue::Series;
use crate::store::run::Run;
use crate::store::{
    DeclarationId, EnvironmentInfo, FloatPoints, Numbers, Opening, RlHead, RunId, SeriesDefinition, World,
};

/// A head behind its length, and then a body: it is read whole and in part, and either says what it is or that it is
/// damaged.
pub(crate) fn tile(data: &[u8]) {
    let _ = (histograms_of(data, 1), scatters_of(data, 1));
    let mut taker = Taker(data);
    let Ok(head) = taker.bytes() else { return };
    let body = taker.0;
    let Ok(tile) = Tile::read(head) else { return };
    for track in tile.tracks() {
        let count = track.points.end - track.points.start;
        // What a head says of itself is no reason to take so much memory for it.
        if count > 1 << 20 {
            continue;
        }
        let mut all = FloatPoints::default();
        let whole = tile.points(body, track, &(0..u64::MAX), &mut all);
        if whole.is_ok() {
            let columns = [all.values.len(), all.steps.len(), all.timestamps.len(), all.widths.len()];
            assert!(columns.iter().all(|length| *length as u64 == count), "{columns:?} of {count}");
        }
        let middle = track.points.start + count / 2;
        let mut part = FloatPoints::default();
        let read = tile.points(body, track, &(middle..middle + 1), &mut part);
        if whole.is_ok() && count > 0 {
            assert!(read.is_ok(), "a part of what can be read");
            let at = usize::try_from(middle - track.points.start).expect("a place");
            assert_eq!(part.steps.first(), all.steps.get(at));
        }
        for page in track.pages.clone() {
            let _ = (tile.reach_of_steps(page), tile.reach_of_times(page));
        }
        if let Ok(mut opened) = tile.open(body) {
            for page in track.pages.clone() {
                let (mut steps, mut times, mut values) = (Vec::new(), Vec::new(), Vec::new());
                let _ = opened.steps(page, &mut steps);
                let _ = opened.times(page, &mut times);
                let _ = opened.values(page, &mut values);
            }
        }
    }
}

/// A row of the journal: its entries are written as they were read, and messages are read again.
pub(crate) fn journal(data: &[u8]) {
    let row = Bytes::copy_from_slice(data);
    let mut taker = Taker(&row);
    while !taker.is_empty() {
        let Ok(entry) = Entry::take(&mut taker, &row) else { return };
        let mut written = Vec::new();
        entry.put(&mut written).expect("it is written");
        let written = Bytes::from(written);
        let back = Entry::take(&mut Taker(&written), &written).expect("it is read back");
        // Numbers of series may stand in any order in what was read; written once, they are in one order.
        let mut again = Vec::new();
        back.put(&mut again).expect("it is written");
        assert_eq!(again, written, "what is written stays as it is");
        if let Entry::Message(message) = entry {
            let _ = read_again(message.body, message.received_at, &message.numbers);
        }
    }
}

/// Lines with the states of a run, its series and its environments: what can be read of them is written, and then it can be
/// read again, and is written alike.
pub(crate) fn state(text: &str) {
    for line in text.lines() {
        stays::<Opening>(line);
        stays::<Run>(line);
        stays::<Series>(line);
        stays::<EnvironmentInfo>(line);
    }
}

fn stays<T: Serialize + DeserializeOwned>(line: &str) {
    let Ok(read) = serde_json::from_str::<T>(line) else { return };
    let written = serde_json::to_string(&read).expect("it is written");
    let back = serde_json::from_str::<T>(&written).expect("it is read back");
    let again = serde_json::to_string(&back).expect("it is written");
    // What stands in a map has no order of its own.
    assert_eq!(again.len(), written.len(), "{written}\n{again}");
}

/// The state of a small run.
pub(crate) fn states() -> Vec<String> {
    let mut opening = Opening { logger_id: 1, ..Opening::default() };
    "r".clone_into(&mut opening.definition.key.run_name);
    let mut run = Run::new(RunId::from_bytes(Bytes::from_static(&[1])), opening.clone(), 5);
    let series = run.declare(SeriesDefinition {
        metric: "loss".to_owned(),
        scale: String::new(),
        labels: [("env".to_owned(), "cart".to_owned())].into(),
        ordering: OrderingMode::AbsoluteUnordered,
    });
    run.catalogue_mut().resolve(series, World::Std);
    run.count_written();
    let text = |written: serde_json::Result<String>| written.expect("it is written");
    let mut states = vec![
        text(serde_json::to_string(&opening)),
        text(serde_json::to_string(&run)),
        text(serde_json::to_string(&EnvironmentInfo::default())),
    ];
    states.extend(run.catalogue().all().map(|(_, series)| text(serde_json::to_string(series))));
    states
}

/// The row that a message becomes.
pub(crate) fn journal_row(message: &[u8]) -> Vec<u8> {
    let mut numbers = Numbers::default();
    for number in 1..9 {
        numbers.push(number, DeclarationId(usize::try_from(number).unwrap_or_default()));
    }
    let body = Bytes::copy_from_slice(message);
    let entries =
        [Entry::Begin { at_millis: 5 }, Entry::Message(Box::new(Message { received_at: 7, numbers, body }))];
    let mut row = Vec::new();
    for entry in entries {
        entry.put(&mut row).expect("it is written");
    }
    row
}

/// Some tiles.
#[allow(clippy::cast_possible_truncation, reason = "the values are those of singles")]
pub(crate) fn tiles() -> Vec<Vec<u8>> {
    let floats = |count: u32, width: u8| FloatPoints {
        steps: (0..u64::from(count)).map(|step| step * step % 97).collect(),
        timestamps: (0..i64::from(count)).map(|time| time / 3).collect(),
        values: (0..count)
            .map(|value| f64::from(value).sqrt())
            .map(|value| f64::from(value as f32))
            .collect(),
        widths: vec![width; count as usize],
        ..FloatPoints::default()
    };
    let ordinary = Track { points: floats(300, 64), ..Track::default() };
    let narrow = Track { points: floats(40, 32), first: 9, ..Track::default() };
    let head = |rl_step| RlHead { rl_step, episode: Some(3), flat: false, from_one: true };
    let of = |environment| Track {
        environment,
        points: floats(70, 64),
        heads: vec![(0, head(1)), (35, head(2))],
        ..Track::default()
    };
    [vec![ordinary], vec![narrow], vec![of(0), of(3)]]
        .iter()
        .map(|tracks| {
            let sealed = seal(tracks, SEALING).expect("it is sealed");
            let mut seed = Vec::new();
            put_bytes(&mut seed, &sealed.head);
            seed.extend(&sealed.body);
            put(&mut seed, 0);
            seed
        })
        .collect()
}
