//! Tiles against plain lists, and against damage.

use super::super::bytes::Damaged;
use super::super::column::{JOINING, SEALING};
use super::super::sum::{check, sum};
use super::super::summary::Summary;
use super::super::tiling::{Track, pages, seal};
use super::Tile;
use crate::store::{FloatPoints, RlHead, StoreError};

/// The same numbers for the same seed, on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut x = self.0;
        x ^= x >> 33;
        x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
        x ^ (x >> 33)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

const ODD: [u64; 8] = [
    0x7ff8_0000_dead_beef,
    0xfff0_0000_0000_0001,
    1 << 63,
    0,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    1,
    0x7fef_ffff_ffff_ffff,
];

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
fn track(random: &mut Random, environment: u64, is_rl: bool) -> Track {
    let most = if random.below(4) == 0 { 5000 } else { 300 };
    let points = 1 + random.below(most);
    let mut track = Track { environment, first: random.below(1000), ..Track::default() };
    let (steps, times, values) = (random.below(3), random.below(2), random.below(5));
    let (mut step, mut time) = (random.next() >> random.below(64), random.next().cast_signed() >> 20);
    for point in 0..points {
        step = match steps {
            0 => step.wrapping_add(1),
            1 => step.wrapping_add(10),
            _ => random.next(),
        };
        time = if times == 0 { time } else { time.wrapping_add(random.below(30).cast_signed()) };
        let (value, width) = match values {
            0 => (f64::from_bits(random.next()), 64),
            1 => (f64::from((random.below(4000) as f32).sqrt()), 32),
            2 => (random.below(200) as f64 * 0.01, 64),
            3 => (f64::from_bits(ODD[random.below(8) as usize]), 64),
            _ if random.below(2) == 0 => (f64::from(random.below(9) as f32), 32),
            _ => (random.below(9) as f64 / 3.0, 64),
        };
        track.points.steps.push(step);
        track.points.timestamps.push(time);
        track.points.values.push(value);
        track.points.widths.push(width);
        if is_rl && (point == 0 || random.below(40) == 0) {
            let head = RlHead {
                rl_step: point / 50,
                episode: Some(random.below(9)).filter(|episode| *episode > 2),
                flat: random.below(2) == 0,
                from_one: random.below(2) == 0,
            };
            track.heads.push((usize::try_from(point).unwrap(), head));
        }
    }
    track
}

fn tracks(random: &mut Random) -> Vec<Track> {
    let is_rl = random.below(2) == 0;
    let count = if is_rl { 1 + random.below(20) } else { 1 };
    (0..count).map(|environment| track(random, environment, is_rl)).collect()
}

fn bits(points: &FloatPoints) -> (&[u64], &[i64], Vec<u64>, &[u8]) {
    let values = points.values.iter().map(|value| value.to_bits()).collect();
    (&points.steps, &points.timestamps, values, &points.widths)
}

#[test]
#[allow(clippy::cast_possible_truncation)]
fn any_points_are_read_back_bit_by_bit_whole_and_in_part() {
    for seed in 0..150 {
        let random = &mut Random(seed);
        let tracks = tracks(random);
        let sealed = seal(&tracks, if seed % 2 == 0 { SEALING } else { JOINING }).expect("it seals");
        let tile = Tile::read(&sealed.head).expect("its head is read");
        assert_eq!(tile.tracks().len(), tracks.len());
        for (extent, track) in tile.tracks().iter().zip(&tracks) {
            let count = track.points.values.len() as u64;
            assert_eq!(
                (extent.environment, extent.points.clone()),
                (track.environment, track.first..track.first + count)
            );
            let mut all = FloatPoints::default();
            let heads = tile.points(&sealed.body, extent, &(0..u64::MAX), &mut all).expect("it is read");
            assert_eq!(bits(&all), bits(&track.points), "seed {seed}");
            assert_eq!(heads, track.heads, "seed {seed}");
            for _ in 0..5 {
                let from = random.below(count + 2);
                let until = from + random.below(count + 2);
                let mut some = FloatPoints::default();
                let wanted = track.first + from..track.first + until;
                tile.points(&sealed.body, extent, &wanted, &mut some).expect("it is read");
                let (from, until) = (from.min(count) as usize, until.min(count) as usize);
                assert_eq!(some.steps, track.points.steps[from..until], "seed {seed} {from} {until}");
                assert_eq!(some.widths, track.points.widths[from..until], "seed {seed}");
                let values: Vec<u64> = some.values.iter().map(|value| value.to_bits()).collect();
                assert_eq!(values, bits(&track.points).2[from..until], "seed {seed}");
            }
            let mut at = 0;
            for (page, summary) in extent.pages.clone().zip(&tile.summaries()[extent.pages.clone()]) {
                let length = tile.lengths[page];
                let expected = Summary::of(&track.points.values[at..at + length]);
                assert_eq!(format!("{summary:?}"), format!("{expected:?}"), "seed {seed} page {page}");
                at += length;
            }
            assert_eq!(at as u64, count, "every point is in one page");
        }
    }
}

/// What is not as it was written is an error or other numbers, and never the end of the process. Checksums see to it in a
/// store that nothing damaged gets here.
#[test]
#[allow(clippy::cast_possible_truncation)]
fn no_damage_brings_a_reader_down() {
    let read = |head: &[u8], body: &[u8]| {
        let Ok(tile) = Tile::read(head) else { return };
        for extent in tile.tracks() {
            let _ = tile.points(body, extent, &(0..u64::MAX), &mut FloatPoints::default());
        }
    };
    for seed in 0..6 {
        let random = &mut Random(1000 + seed);
        let sealed = seal(&tracks(random), SEALING).expect("it seals");
        for end in 0..sealed.head.len().min(400) {
            assert!(Tile::read(&sealed.head[..end]).is_err(), "seed {seed}: cut at {end}");
        }
        for _ in 0..30 {
            let end = random.below(sealed.body.len() as u64 + 1) as usize;
            read(&sealed.head, &sealed.body[..end]);
            let (mut head, mut body) = (sealed.head.clone(), sealed.body.clone());
            let target = if random.below(2) == 0 || body.is_empty() { &mut head } else { &mut body };
            let at = random.below(target.len() as u64) as usize;
            target[at] ^= 1 << random.below(8);
            read(&head, &body);
        }
    }
}

/// Every cut of a small tile, and ten thousand flipped bits: its checksum names each, and who reads on in spite of it does
/// not come down.
#[test]
#[allow(clippy::cast_possible_truncation)]
fn every_cut_and_flip_of_a_small_tile_is_damage() {
    const BELONGS: [i64; 7] = [1, 2, 1, 0, 2, 0, 300];
    const FLIPS: u64 = 10_000;
    let random = &mut Random(77);
    let tracks: Vec<Track> = (0..2)
        .map(|environment| {
            let mut track = track(random, environment, true);
            let FloatPoints { steps, timestamps, values, widths, .. } = &mut track.points;
            let count = values.len().min(60);
            steps.truncate(count);
            timestamps.truncate(count);
            values.truncate(count);
            widths.truncate(count);
            track.heads.retain(|(start, _)| *start < count);
            // No column of a rule alone.
            steps[count / 2] ^= 5;
            timestamps[count / 2] ^= 9;
            track
        })
        .collect();
    let sealed = seal(&tracks, SEALING).expect("it seals");
    let read = |head: &[u8], body: &[u8]| -> Result<(), Damaged> {
        let tile = Tile::read(head)?;
        let mut opened = tile.open(body)?;
        for extent in tile.tracks() {
            tile.points(body, extent, &(0..u64::MAX), &mut FloatPoints::default())?;
            for page in extent.pages.clone() {
                opened.values(page, &mut Vec::new())?;
                opened.steps(page, &mut Vec::new())?;
                opened.times(page, &mut Vec::new())?;
                let _ = (tile.reach_of_steps(page), tile.reach_of_times(page));
            }
        }
        Ok(())
    };
    assert_eq!(read(&sealed.head, &sealed.body), Ok(()), "nothing is wrong with it");
    let is_named = |bytes: &[u8], crc: u32, what: &str| match check(bytes, &BELONGS, crc, 9, "chunk") {
        Err(StoreError::Corrupt(why)) => assert!(why.contains("row 9 of the table chunk"), "{what}: {why}"),
        other => panic!("{what}: {other:?}"),
    };
    let mut whole = Vec::new();
    for end in 0..sealed.head.len() {
        whole.extend(read(&sealed.head[..end], &sealed.body).is_ok().then_some(end));
        is_named(&sealed.head[..end], sum(&sealed.head, &BELONGS), "a cut head");
    }
    // Without what tells how far pages reach, it is the head that earlier servers wrote; only the checksum knows better.
    assert_eq!(whole.len(), 1, "cut there, a head is read: {whole:?}");
    for end in 0..sealed.body.len() {
        assert!(read(&sealed.head, &sealed.body[..end]).is_err(), "the body is cut at {end}");
        is_named(&sealed.body[..end], sum(&sealed.body, &BELONGS), "a cut body");
    }
    for flip in 0..FLIPS {
        let (mut head, mut body) = (sealed.head.clone(), sealed.body.clone());
        let of_head = random.below(2) == 0;
        let target = if of_head { &mut head } else { &mut body };
        let crc = sum(target, &BELONGS);
        let at = random.below(target.len() as u64) as usize;
        target[at] ^= 1 << random.below(8);
        is_named(target, crc, &format!("flip {flip} at {at}, head: {of_head}"));
        let _ = read(&head, &body);
    }
}

#[test]
fn a_page_is_what_belongs_to_one_step_of_the_training() {
    let head = |rl_step| RlHead { rl_step, episode: None, flat: false, from_one: false };
    let points = |count: usize| FloatPoints {
        steps: vec![0; count],
        timestamps: vec![0; count],
        values: vec![0.5; count],
        widths: vec![64; count],
        ..FloatPoints::default()
    };
    let of = |count, heads| pages(&Track { points: points(count), heads, ..Track::default() });
    assert_eq!(of(300, vec![(0, head(0)), (100, head(1)), (200, head(2))]), [100, 100, 100]);
    assert_eq!(of(300, vec![(0, head(0)), (10, head(1)), (20, head(2))]), [300], "short ones share a page");
    assert_eq!(of(2500, vec![(0, head(0)), (100, head(1))]), [100, 1024, 1024, 352]);
    assert_eq!(of(2500, vec![]), [1024, 1024, 452]);
}
