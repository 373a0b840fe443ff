//! A file that was cut or changed: nothing comes down, no wrong value comes out, and the damage is named.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::scratch::Scratch;
use super::tests::{Client, Random, eager, lazy, open, rows, selective, wait_until};
use super::{SqliteStore, schema};
use crate::store::reading::wait;
use crate::store::{RunId, SeriesId, Store, StoreError, View};

const FLIPS: &str = "METRANA_BIT_FLIPS";

type Values = (Vec<u64>, Vec<i64>, Vec<u64>);

fn read(store: &SqliteStore, run: &RunId, series: u64) -> Result<Values, StoreError> {
    let points = wait(store.points(run, SeriesId(series), View::Raw, 0, u64::MAX))?;
    Ok((points.steps, points.timestamps, points.values.iter().map(|value| value.to_bits()).collect()))
}

fn read_rl(store: &SqliteStore, run: &RunId) -> Result<Values, StoreError> {
    let points = wait(store.rl_points(run, SeriesId(3), "e1", View::Raw, 0, u64::MAX))?.floats;
    Ok((points.steps, points.timestamps, points.values.iter().map(|value| value.to_bits()).collect()))
}

/// A file with sealed points, points that stayed behind, and a journal.
fn file() -> (Vec<u8>, RunId, [Values; 3]) {
    let scratch = Scratch::new("whole");
    {
        let store = open(scratch.path(), eager());
        Client::begin(&store, "r").send_all(1..12);
        wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
    }
    {
        let store = open(scratch.path(), selective());
        Client::begin(&store, "r").send_all(12..16);
        wait_until("some is sealed", || rows(scratch.path(), "rest") > 0);
    }
    let store = open(scratch.path(), lazy());
    let client = Client::begin(&store, "r");
    client.send_all(16..19);
    let run = client.run.clone();
    let whole = [
        read(&store, &run, 1).expect("points"),
        read(&store, &run, 2).expect("points"),
        read_rl(&store, &run).expect("points"),
    ];
    drop(store);
    (std::fs::read(schema::file(scratch.path())).expect("the file"), run, whole)
}

/// Reads a file that may be damaged: every answer is an error or right. Whether anything was said.
fn holds(bytes: &[u8], run: &RunId, whole: &[Values; 3], what: &str) -> bool {
    let scratch = Scratch::new("damaged");
    std::fs::write(schema::file(scratch.path()), bytes).expect("it is written");
    let told = catch_unwind(AssertUnwindSafe(|| {
        let Ok(store) = SqliteStore::open(scratch.path(), lazy()) else { return true };
        let mut told = false;
        let answers = [read(&store, run, 1), read(&store, run, 2), read_rl(&store, run)];
        for (answer, whole) in answers.iter().zip(whole) {
            match answer {
                Ok(values) => assert!(values == whole, "{what}: a wrong value"),
                Err(error) => {
                    told = true;
                    assert!(!error.to_string().is_empty());
                }
            }
        }
        told | store.check().map_or(true, |findings| !findings.is_empty())
    }));
    told.unwrap_or_else(|_| panic!("{what}: it came down"))
}

#[test]
fn no_bit_that_flips_becomes_a_wrong_value() {
    let flips: u64 = std::env::var(FLIPS).ok().and_then(|flips| flips.parse().ok()).unwrap_or(60);
    let (bytes, run, whole) = file();
    assert!(!holds(&bytes, &run, &whole, "the whole file"), "nothing is wrong with it");
    let random = &mut Random(flips);
    let mut told = 0;
    for flip in 0..flips {
        let mut damaged = bytes.clone();
        let at = usize::try_from(random.below(bytes.len() as u64)).expect("a place");
        let bit = random.below(8);
        damaged[at] ^= 1 << bit;
        told += u64::from(holds(&damaged, &run, &whole, &format!("flip {flip}: bit {bit} of byte {at}")));
    }
    eprintln!("{flips} flips, {told} of them noticed; the others lie where nothing is kept");
}

#[test]
fn no_cut_of_the_file_becomes_a_wrong_value() {
    let (bytes, run, whole) = file();
    let random = &mut Random(5);
    let page = usize::try_from(schema::PAGE).expect("a length");
    assert_eq!(bytes.len() % page, 0, "a file is made of pages");
    let pages = (0..bytes.len()).step_by(page);
    let anywhere: Vec<u64> = (0..16).map(|_| random.below(bytes.len() as u64)).collect();
    let within_the_last = (0..4).map(|_| (bytes.len() - page) as u64 + random.below(page as u64));
    let within_the_first = [1, 15, 16, 99, 100, 101, 511, 512];
    let odd: Vec<u64> = anywhere.into_iter().chain(within_the_last).chain(within_the_first).collect();
    let odd = odd.into_iter().map(|end| usize::try_from(end).expect("a place"));
    let mut cuts = 0;
    for end in pages.chain(odd) {
        // A file of no bytes is a new one.
        if end > 0 {
            let told = holds(&bytes[..end], &run, &whole, &format!("cut at {end}"));
            // The last page may end with what nobody uses.
            assert!(told || end > bytes.len() - page, "cut at {end}: nothing is said");
            cuts += 1;
        }
    }
    eprintln!("{cuts} cuts of a file of {} bytes", bytes.len());
}
