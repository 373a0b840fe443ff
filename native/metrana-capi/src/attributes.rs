//! Attributes, tags and the description of a run.

use metrana_ingestion_logger::{Logger, Tags, Target};

use crate::answer::report;
use crate::boundary::text::{self, metrana_str};
use crate::boundary::{handle, pointers};
use crate::enums::metrana_target;
use crate::errors::metrana_error;
use crate::logger::metrana_logger;
use crate::status::metrana_status;
use crate::tree;

/// Writes attributes: values with paths, of the run, of its configuration, or of an environment.
///
/// `target` is a `metrana_target`. `name` is the prefix of the paths for `METRANA_TARGET_RUN` (it may be empty), the
/// environment for `METRANA_TARGET_ENVIRONMENT`, and not looked at for `METRANA_TARGET_CONFIG`. An environment's
/// attributes are those of one episode where `has_episode` is not 0.
///
/// `tree` is the values in `len` bytes, written as `metrana_node` says. The path of a value is made of the prefix, the
/// keys of maps and the positions in lists on the way to it, with a slash between them.
///
/// A tree that is not well-formed is refused as `METRANA_STATUS_VALIDATION`, or `METRANA_STATUS_INVALID_UTF8`, with the
/// offset in the message. Like every call, this one logs all of it or nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_log_attributes(
    logger: *const metrana_logger,
    target: i32,
    name: metrana_str,
    has_episode: u8,
    episode: u64,
    tree: *const u8,
    len: usize,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let log = |logger: &Logger| {
        // SAFETY: the texts and the buffer are the caller's promise.
        let target = match metrana_target::read(target, "target")? {
            // SAFETY: as above.
            metrana_target::Run => Target::Run { prefix: unsafe { name.read("name") }? },
            metrana_target::Config => Target::Config,
            metrana_target::Environment => Target::Environment {
                // SAFETY: as above.
                environment: unsafe { name.read("name") }?,
                episode: (has_episode != 0).then_some(episode),
            },
        };
        // SAFETY: as above.
        let values = tree::decode(unsafe { pointers::slice(tree, len, "tree") }?)?;
        Ok(logger.log_attributes(target, &values)?)
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, log)) }
}

/// Gives the run these `n` tags and no others.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_set_tags(
    logger: *const metrana_logger,
    tags: *const metrana_str,
    n: usize,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let log = |logger: &Logger| {
        // SAFETY: the texts are the caller's promise.
        let tags = unsafe { text::read_all(tags, n, "tags") }?;
        Ok(logger.log_tags(Tags::Set(&tags))?)
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, log)) }
}

/// Adds `n` tags to those of the run, and takes `m` away.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_update_tags(
    logger: *const metrana_logger,
    added: *const metrana_str,
    n: usize,
    removed: *const metrana_str,
    m: usize,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let log = |logger: &Logger| {
        // SAFETY: the texts are the caller's promise.
        let (added, removed) =
            unsafe { (text::read_all(added, n, "added")?, text::read_all(removed, m, "removed")?) };
        Ok(logger.log_tags(Tags::Update { added: &added, removed: &removed })?)
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, log)) }
}

/// Describes the run, in place of what described it before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_set_description(
    logger: *const metrana_logger,
    description: metrana_str,
    error: *mut *mut metrana_error,
) -> metrana_status {
    // SAFETY: the text is the caller's promise.
    let log = |logger: &Logger| Ok(logger.set_description(unsafe { description.read("description") }?)?);
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, log)) }
}
