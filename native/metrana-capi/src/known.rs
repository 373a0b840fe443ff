//! What a logger knows of its run: every series and every environment, as lists.

use metrana_ingestion_logger::{KnownEnvironment, KnownSeries, Logger};

use crate::answer::report;
use crate::boundary::guard::contained_or;
use crate::boundary::{handle, pointers, text::metrana_str};
use crate::enums::{metrana_values, metrana_world};
use crate::errors::metrana_error;
use crate::logger::metrana_logger;
use crate::names::{metrana_label, metrana_series_name};
use crate::status::metrana_status;

/// What a logger knows of a series. The texts and the labels are borrowed from the list.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_series_state {
    /// Its name; the labels in the order of their keys.
    pub name: metrana_series_name,
    /// A `metrana_world`.
    pub world: i32,
    /// A `metrana_values`.
    pub values: i32,
    /// The largest step that was logged to it, or that the service told of when the run was opened; of
    /// `METRANA_WORLD_RL` the largest step of the training that this logger logged at. `has_last_step` says whether there is one.
    pub last_step: u64,
    /// The value that this logger logged there last. `has_last_value` says whether there is one: only of floats, and the service
    /// does not tell of values.
    pub last_value: f64,
    /// 1 or 0.
    pub has_last_step: u8,
    /// 1 or 0.
    pub has_last_value: u8,
    /// Whether points come in the order of their steps: 1 or 0.
    pub ordered: u8,
    /// Whether points belong to episodes: 1 or 0.
    pub episodic: u8,
    /// 0.
    pub reserved: [u8; 4],
}

/// How far an environment has come, over all its series. The text is borrowed from the list.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_environment_state {
    /// Its name.
    pub name: metrana_str,
    /// The highest step of the training, when `has_rl_step` says so.
    pub rl_step: u64,
    /// The highest episode, when `has_episode` says so.
    pub episode: u64,
    /// 1 or 0.
    pub has_rl_step: u8,
    /// 1 or 0.
    pub has_episode: u8,
    /// 0.
    pub reserved: [u8; 6],
}

/// The series of a logger at one moment. Owned by the caller; it never changes and outlives its logger.
pub struct metrana_series_list {
    states: Vec<metrana_series_state>,
    // What the states point to; neither moves while the list lives.
    _labels: Vec<Box<[metrana_label]>>,
    _series: Box<[KnownSeries]>,
}

/// The environments of a logger at one moment. Owned by the caller; it never changes and outlives its logger.
pub struct metrana_environment_list {
    states: Vec<metrana_environment_state>,
    // What the states point to.
    _environments: Box<[KnownEnvironment]>,
}

impl metrana_series_list {
    fn new(series: Vec<KnownSeries>) -> Self {
        let series = series.into_boxed_slice();
        let labels: Vec<Box<[metrana_label]>> = series
            .iter()
            .map(|one| {
                let label = |(key, value): &(String, String)| metrana_label {
                    key: metrana_str::of(key),
                    value: metrana_str::of(value),
                };
                one.labels.iter().map(label).collect()
            })
            .collect();
        let state = |(one, labels): (&KnownSeries, &[metrana_label])| metrana_series_state {
            name: metrana_series_name {
                metric: metrana_str::of(&one.metric),
                scale: metrana_str::of(&one.scale),
                labels: labels.as_ptr(),
                label_count: labels.len(),
            },
            world: if one.rl { metrana_world::Rl } else { metrana_world::Std } as i32,
            values: metrana_values::from(one.values) as i32,
            last_step: one.last_step.unwrap_or(0),
            last_value: one.last_value.unwrap_or(0.0),
            has_last_step: u8::from(one.last_step.is_some()),
            has_last_value: u8::from(one.last_value.is_some()),
            ordered: u8::from(one.ordered),
            episodic: u8::from(one.episodic),
            reserved: [0; 4],
        };
        let states = series.iter().zip(labels.iter().map(AsRef::as_ref)).map(state).collect();
        Self { states, _labels: labels, _series: series }
    }
}

impl metrana_environment_list {
    fn new(environments: Vec<KnownEnvironment>) -> Self {
        let environments = environments.into_boxed_slice();
        let state = |one: &KnownEnvironment| metrana_environment_state {
            name: metrana_str::of(&one.name),
            rl_step: one.rl_step.unwrap_or(0),
            episode: one.episode.unwrap_or(0),
            has_rl_step: u8::from(one.rl_step.is_some()),
            has_episode: u8::from(one.episode.is_some()),
            reserved: [0; 6],
        };
        Self { states: environments.iter().map(state).collect(), _environments: environments }
    }
}

/// Lists every series that the logger knows, in the order in which they came: what was logged to it, delivered or not, and what
/// the service told of when the run was opened. Puts the list into `*out`, to be freed with `metrana_series_list_free`. Works on a
/// closed logger, too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_list_series(
    logger: *const metrana_logger,
    out: *mut *mut metrana_series_list,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let list = |logger: &Logger| {
        // SAFETY: the caller hands in null or a pointer that may be written.
        unsafe { pointers::clear(out, "out") }?;
        let list = metrana_series_list::new(logger.known_series()?);
        // SAFETY: as above.
        unsafe { pointers::put(out, Box::into_raw(Box::new(list)), "out") }
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, list)) }
}

/// How many series a list holds. Null holds none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_series_list_len(list: *const metrana_series_list) -> usize {
    // SAFETY: the caller hands in null or a live list.
    contained_or(0, || unsafe { pointers::borrow_optional(list) }.map_or(0, |list| list.states.len()))
}

/// The series at `index`, counted from 0, or null past the end. Borrowed: it ends with the list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_series_list_get(
    list: *const metrana_series_list,
    index: usize,
) -> *const metrana_series_state {
    contained_or(std::ptr::null(), || {
        // SAFETY: the caller hands in null or a live list.
        let list = unsafe { pointers::borrow_optional(list) };
        list.and_then(|list| list.states.get(index)).map_or(std::ptr::null(), std::ptr::from_ref)
    })
}

/// Frees a list. Null is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_series_list_free(list: *mut metrana_series_list) {
    // SAFETY: the caller hands in null or a list that it owns, once.
    contained_or((), || drop(unsafe { pointers::take(list) }));
}

/// Lists every environment that something was logged in, or that the service told of when the run was opened, in the order in
/// which they came. Puts the list into `*out`, to be freed with `metrana_environment_list_free`. Works on a closed logger, too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_list_environments(
    logger: *const metrana_logger,
    out: *mut *mut metrana_environment_list,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let list = |logger: &Logger| {
        // SAFETY: the caller hands in null or a pointer that may be written.
        unsafe { pointers::clear(out, "out") }?;
        let list = metrana_environment_list::new(logger.known_environments()?);
        // SAFETY: as above.
        unsafe { pointers::put(out, Box::into_raw(Box::new(list)), "out") }
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, list)) }
}

/// How many environments a list holds. Null holds none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_environment_list_len(list: *const metrana_environment_list) -> usize {
    // SAFETY: the caller hands in null or a live list.
    contained_or(0, || unsafe { pointers::borrow_optional(list) }.map_or(0, |list| list.states.len()))
}

/// The environment at `index`, counted from 0, or null past the end. Borrowed: it ends with the list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_environment_list_get(
    list: *const metrana_environment_list,
    index: usize,
) -> *const metrana_environment_state {
    contained_or(std::ptr::null(), || {
        // SAFETY: the caller hands in null or a live list.
        let list = unsafe { pointers::borrow_optional(list) };
        list.and_then(|list| list.states.get(index)).map_or(std::ptr::null(), std::ptr::from_ref)
    })
}

/// Frees a list. Null is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_environment_list_free(list: *mut metrana_environment_list) {
    // SAFETY: the caller hands in null or a list that it owns, once.
    contained_or((), || drop(unsafe { pointers::take(list) }));
}
