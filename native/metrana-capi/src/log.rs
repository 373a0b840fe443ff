//! What is logged by name, and what may be asked about it.

use metrana_ingestion_logger::Logger;

use crate::answer::report;
use crate::boundary::{handle, pointers, text::metrana_str};
use crate::errors::metrana_error;
use crate::floats::metrana_std_floats;
use crate::histograms::metrana_histograms;
use crate::logger::metrana_logger;
use crate::names::{Name, metrana_series_name};
use crate::rl_floats::metrana_rl_floats;
use crate::scatters::metrana_scatters;
use crate::status::metrana_status;

/// Logs a column of values. When it answers `METRANA_STATUS_OK` the values are copied and in the queue (or left out
/// and counted, under `METRANA_BACKPRESSURE_DROP_NEW`); with any other answer nothing was logged.
///
/// Returns at once while there is room in the queue, and then waits as the configured backpressure says. A close from
/// another thread wakes it with `METRANA_STATUS_LOGGER_CLOSED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_log_std_floats(
    logger: *const metrana_logger,
    floats: *const metrana_std_floats,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let log = |logger: &Logger| {
        // SAFETY: the caller hands in null or a structure of this type.
        let floats = unsafe { pointers::borrow(floats, "floats") }?;
        // SAFETY: what it points to is the caller's promise.
        unsafe { floats.with(|floats| logger.log_std_floats(floats)) }
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, log)) }
}

/// Logs values of reinforcement learning, in one environment or many. Waits and answers like
/// `metrana_logger_log_std_floats`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_log_rl_floats(
    logger: *const metrana_logger,
    floats: *const metrana_rl_floats,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let log = |logger: &Logger| {
        // SAFETY: the caller hands in null or a structure of this type.
        let floats = unsafe { pointers::borrow(floats, "floats") }?;
        // SAFETY: what it points to is the caller's promise.
        unsafe { floats.with(|floats| logger.log_rl_floats(floats)) }
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, log)) }
}

/// Logs histograms. Waits and answers like `metrana_logger_log_std_floats`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_log_histograms(
    logger: *const metrana_logger,
    histograms: *const metrana_histograms,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let log = |logger: &Logger| {
        // SAFETY: the caller hands in null or a structure of this type.
        let histograms = unsafe { pointers::borrow(histograms, "histograms") }?;
        // SAFETY: what it points to is the caller's promise.
        unsafe { histograms.with(|histograms| logger.log_histograms(histograms)) }
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, log)) }
}

/// Logs scatters. Waits and answers like `metrana_logger_log_std_floats`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_log_scatters(
    logger: *const metrana_logger,
    scatters: *const metrana_scatters,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let log = |logger: &Logger| {
        // SAFETY: the caller hands in null or a structure of this type.
        let scatters = unsafe { pointers::borrow(scatters, "scatters") }?;
        // SAFETY: what it points to is the caller's promise.
        unsafe { scatters.with(|scatters| logger.log_scatters(scatters)) }
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, log)) }
}

/// The last step of a series: the largest that was logged to it, or that the service knew of when the run was opened.
///
/// `*found` becomes 1 and `*step` the step, or both 0 when nothing is known of such a series. What was logged counts
/// at once, delivered or not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_series_last_step(
    logger: *const metrana_logger,
    name: *const metrana_series_name,
    step: *mut u64,
    found: *mut u8,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let ask = |logger: &Logger| {
        // SAFETY: the caller hands in null or pointers that may be written, and texts as the header asks for.
        unsafe {
            pointers::put(step, 0, "step")?;
            pointers::put(found, 0, "found")?;
            pointers::borrow(name, "name")?.with(|Name { metric, scale, labels }| {
                if let Some(last) = logger.series_last_step(metric, scale, labels)? {
                    pointers::put(step, last, "step")?;
                    pointers::put(found, 1, "found")?;
                }
                Ok(())
            })
        }
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, ask)) }
}

/// How far an environment has come, over all its series: the highest step of the training and the highest episode that
/// were logged to it, or that the service knew of when the run was opened.
///
/// `*has_rl_step` becomes 1 and `*rl_step` the step, or both 0 when there is none; so for the episode.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_environment_progress(
    logger: *const metrana_logger,
    environment: metrana_str,
    rl_step: *mut u64,
    has_rl_step: *mut u8,
    episode: *mut u64,
    has_episode: *mut u8,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let ask = |logger: &Logger| {
        // SAFETY: the caller hands in null or pointers that may be written, and a text as the header asks for.
        unsafe {
            pointers::put(rl_step, 0, "rl_step")?;
            pointers::put(has_rl_step, 0, "has_rl_step")?;
            pointers::put(episode, 0, "episode")?;
            pointers::put(has_episode, 0, "has_episode")?;
            let reached = logger.environment_progress(environment.read("environment")?)?;
            if let (Some(highest), _) = reached {
                pointers::put(rl_step, highest, "rl_step")?;
                pointers::put(has_rl_step, 1, "has_rl_step")?;
            }
            if let (_, Some(highest)) = reached {
                pointers::put(episode, highest, "episode")?;
                pointers::put(has_episode, 1, "has_episode")?;
            }
        }
        Ok(())
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, ask)) }
}
