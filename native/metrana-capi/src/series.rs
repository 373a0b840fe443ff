//! Handles to series and environments: named once, then logged to by numbers.

use metrana_ingestion_logger::{Error, Logger, SeriesHandle, SeriesKind, SeriesName, by_handle};

use crate::answer::report;
use crate::boundary::failure::Failure;
use crate::boundary::handle;
use crate::boundary::pointers::{self, Reserved};
use crate::boundary::text::{self, metrana_str};
use crate::enums::metrana_world;
use crate::errors::metrana_error;
use crate::floats::{Points, metrana_std_floats};
use crate::logger::metrana_logger;
use crate::names::{Name, metrana_series_name};
use crate::rl_floats::metrana_rl_floats;
use crate::status::metrana_status;

/// A series of a logger, for calls that come again and again. Plain numbers, passed by value: there is nothing to free,
/// and one that outlives its logger does no harm. A call with it then answers `METRANA_STATUS_LOGGER_CLOSED`, whether the
/// logger was closed or freed, and whatever was opened since.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_series {
    /// Where the logger lives.
    pub slot: u32,
    /// Which logger it is; 0 is none.
    pub generation: u32,
    /// Which of its series.
    pub series: u32,
    /// Has to be 0.
    pub reserved: u32,
}

impl From<SeriesHandle> for metrana_series {
    fn from(handle: SeriesHandle) -> Self {
        let SeriesHandle { slot, generation, series } = handle;
        Self { slot, generation, series, reserved: 0 }
    }
}

impl metrana_series {
    /// Whether it stands for a series at all.
    pub(crate) fn is_there(self) -> bool {
        self.generation != 0
    }

    #[inline]
    pub(crate) fn read(self) -> Result<SeriesHandle, Failure> {
        self.reserved.has_to_be_zero("series.reserved")?;
        Ok(SeriesHandle { slot: self.slot, generation: self.generation, series: self.series })
    }
}

/// Finds a series by its name, or makes it, and puts a handle to it into `*out`. Like a first point would, this decides
/// for good what the metric holds.
///
/// `world` is a `metrana_world`. `ordered` says whether points come in the order of their steps: 0 means that many
/// processes log to the series. `episodic` says whether points belong to episodes, and counts in
/// `METRANA_WORLD_RL` only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_series(
    logger: *const metrana_logger,
    world: i32,
    name: *const metrana_series_name,
    ordered: u8,
    episodic: u8,
    out: *mut metrana_series,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let wanted = Wanted { world, name, ordered, episodic };
    // SAFETY: passed on to the caller.
    unsafe { look_up(logger, wanted, out, error, |logger, name| logger.series(name).map(Some)) }
}

/// The same for a series that is there already: nothing is made and nothing decided. Where it is not there, `*out` has
/// generation 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_find_series(
    logger: *const metrana_logger,
    world: i32,
    name: *const metrana_series_name,
    ordered: u8,
    episodic: u8,
    out: *mut metrana_series,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let wanted = Wanted { world, name, ordered, episodic };
    // SAFETY: passed on to the caller.
    unsafe { look_up(logger, wanted, out, error, Logger::find_series) }
}

/// How a series is named from outside.
#[derive(Clone, Copy)]
struct Wanted {
    world: i32,
    name: *const metrana_series_name,
    ordered: u8,
    episodic: u8,
}

/// # Safety
/// `logger` is null or a live logger, `out` and `error` are null or may be written, and the texts are what the header
/// asks for.
unsafe fn look_up(
    logger: *const metrana_logger,
    wanted: Wanted,
    out: *mut metrana_series,
    error: *mut *mut metrana_error,
    ask: impl FnOnce(&Logger, &SeriesName<'_>) -> Result<Option<SeriesHandle>, Error>,
) -> metrana_status {
    const NOBODY: metrana_series = metrana_series { slot: 0, generation: 0, series: 0, reserved: 0 };
    let Wanted { world, name, ordered, episodic } = wanted;
    let find = |logger: &Logger| {
        // SAFETY: the caller vouches for all of it.
        unsafe {
            pointers::put(out, NOBODY, "out")?;
            let name = pointers::borrow(name, "name")?;
            let kind = match metrana_world::read(world, "world")? {
                metrana_world::Std if ordered != 0 => SeriesKind::Std,
                metrana_world::Std => SeriesKind::Distributed,
                metrana_world::Rl => SeriesKind::Rl { ordered: ordered != 0, episodic: episodic != 0 },
            };
            name.with(|Name { metric, scale, labels }| {
                let found = ask(logger, &SeriesName { metric, scale, labels, kind })?;
                pointers::put(out, found.map_or(NOBODY, metrana_series::from), "out")
            })
        }
    };
    // SAFETY: as above.
    unsafe { report(error, || handle::call(logger, find)) }
}

/// Finds `n` environments by their names, or makes them, and writes a number for each into `ids_out`, which has room for
/// as many. The numbers mean something to this logger only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_environments(
    logger: *const metrana_logger,
    names: *const metrana_str,
    n: usize,
    ids_out: *mut u32,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let find = |logger: &Logger| {
        // SAFETY: the caller hands in names as the header asks for, and room for as many numbers.
        unsafe {
            pointers::check_column(ids_out.cast_const(), n, "ids_out")?;
            let names = text::read_all(names, n, "names")?;
            let ids = logger.environments(&names)?;
            pointers::put_all(ids_out, n, ids.iter().map(|id| id.as_u32()), "ids_out")
        }
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, find)) }
}

/// Logs one value to an ordinary series, with the next step and the time of the call. The quickest way there is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_series_log_f64(
    series: metrana_series,
    value: f64,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let log = || Ok(by_handle::log_scalar(series.read()?, value)?);
    // SAFETY: the caller hands in null or a pointer that may be written.
    unsafe { report(error, log) }
}

/// The same as `metrana_logger_log_std_floats`, to an ordinary series that is known by a handle: `name` and
/// `distributed` are not looked at.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_series_log_std(
    series: metrana_series,
    floats: *const metrana_std_floats,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let log = || -> Result<(), Failure> {
        // SAFETY: the caller hands in null or a structure of this type, and what it points to is its promise.
        let Points { values, steps, timestamps } =
            unsafe { pointers::borrow(floats, "floats").and_then(|floats| floats.points()) }?;
        Ok(by_handle::log_std(series.read()?, values, steps, timestamps)?)
    };
    // SAFETY: the caller hands in null or a pointer that may be written.
    unsafe { report(error, log) }
}

/// The same as `metrana_logger_log_rl_floats`, to a reinforcement-learning series that is known by a handle: `name`
/// is not looked at. Environments are given by `environment_ids`, and `environments` is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_series_log_rl(
    series: metrana_series,
    floats: *const metrana_rl_floats,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let log = || -> Result<(), Failure> {
        // SAFETY: the caller hands in null or a structure of this type, and what it points to is its promise.
        let points = unsafe { pointers::borrow(floats, "floats").and_then(|floats| floats.of_handle()) }?;
        Ok(by_handle::log_rl(series.read()?, &points)?)
    };
    // SAFETY: the caller hands in null or a pointer that may be written.
    unsafe { report(error, log) }
}
