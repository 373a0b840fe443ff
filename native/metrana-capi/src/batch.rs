//! Several calls as one, as C hands them over.

use metrana_ingestion_logger::{Environments, Histogram, Histograms, Logger, Piece, RlFloats, StdFloats};

use crate::answer::report;
use crate::boundary::failure::Failure;
use crate::boundary::text::{self, Texts};
use crate::boundary::{handle, pointers};
use crate::errors::metrana_error;
use crate::floats::{Points, metrana_std_floats};
use crate::histograms::metrana_histograms;
use crate::logger::metrana_logger;
use crate::names::{Labels, Name};
use crate::rl_floats::metrana_rl_floats;
use crate::series::metrana_series;
use crate::status::metrana_status;

/// One of several calls that are made as one: one of the three pointers says what it is, and the other two are null.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_piece {
    /// The series that the values go to: then the name in the call is not looked at. All zeros: the name says which. A handle of
    /// another logger is refused, and so is one beside histograms.
    pub series: metrana_series,
    /// Values of an ordinary series.
    pub floats: *const metrana_std_floats,
    /// Values of reinforcement learning. With a handle the environments are given by `environment_ids`.
    pub rl_floats: *const metrana_rl_floats,
    /// Histograms.
    pub histograms: *const metrana_histograms,
}

/// What a piece is, once its pointers were looked at.
#[derive(Clone, Copy)]
enum Given<'a> {
    Std(&'a metrana_std_floats),
    Rl(&'a metrana_rl_floats),
    Histograms(&'a metrana_histograms),
}

/// What the engine's form of a piece refers to and C's form does not have.
#[derive(Clone, Default)]
struct Room<'a> {
    labels: Labels<'a>,
    environments: Texts<'a>,
    histograms: Vec<Histogram<'a>>,
}

impl metrana_piece {
    /// # Safety
    /// Its pointers are null or point to structures of their types.
    unsafe fn given<'a>(&self) -> Result<Given<'a>, Failure> {
        let Self { floats, rl_floats, histograms, .. } = *self;
        match (floats.is_null(), rl_floats.is_null(), histograms.is_null()) {
            // SAFETY: passed on to the caller; so for the other two.
            (false, true, true) => Ok(Given::Std(unsafe { pointers::borrow(floats, "piece.floats") }?)),
            // SAFETY: as above.
            (true, false, true) => Ok(Given::Rl(unsafe { pointers::borrow(rl_floats, "piece.rl_floats") }?)),
            (true, true, false) => {
                // SAFETY: as above.
                let histograms = unsafe { pointers::borrow(histograms, "piece.histograms") }?;
                if self.series.is_there() {
                    let message = "a piece has histograms and a handle: histograms go by their name, so the handle has to be 0";
                    return Err(Failure::new(metrana_status::Validation, message));
                }
                Ok(Given::Histograms(histograms))
            }
            _ => {
                let message =
                    "a piece is one of floats, rl_floats and histograms, and the other two are null";
                Err(Failure::new(metrana_status::Validation, message))
            }
        }
    }

    /// The piece as the engine takes it.
    ///
    /// # Safety
    /// Everything that the call points to is what the header asks for.
    unsafe fn read<'a, 'b: 'a>(&self, given: Given<'b>, room: &'a Room<'b>) -> Result<Piece<'a>, Failure> {
        let known = self.series.is_there();
        // SAFETY: passed on to the caller; so for every one of these.
        unsafe {
            Ok(match given {
                Given::Std(floats) if known => {
                    let Points { values, steps, timestamps } = floats.points()?;
                    let points = StdFloats {
                        metric: "",
                        scale: "",
                        labels: &[],
                        values,
                        steps,
                        timestamps,
                        distributed: false,
                    };
                    Piece::KnownStd(self.series.read()?, points)
                }
                Given::Std(floats) => Piece::Std(floats.of(floats.name.named(&room.labels)?)?),
                Given::Rl(floats) if known => Piece::KnownRl(self.series.read()?, floats.of_handle()?),
                Given::Rl(floats) => {
                    let Name { metric, scale, labels } = floats.name.named(&room.labels)?;
                    let environments = if floats.environments.is_null() {
                        floats.known_environments()?
                    } else {
                        Environments::Names(&room.environments)
                    };
                    Piece::Rl(RlFloats { metric, scale, labels, ..floats.points(environments)? })
                }
                Given::Histograms(histograms) => {
                    let Name { metric, scale, labels } = histograms.name.named(&room.labels)?;
                    Piece::Histograms(Histograms {
                        metric,
                        scale,
                        labels,
                        histograms: &room.histograms,
                        steps: pointers::slice(histograms.steps, histograms.step_count, "steps")?,
                        timestamps: histograms.timestamps.read()?,
                    })
                }
            })
        }
    }
}

impl<'a> Given<'a> {
    /// # Safety
    /// As for `read`.
    unsafe fn fill(self, known: bool, room: &mut Room<'a>) -> Result<(), Failure> {
        // SAFETY: passed on to the caller; so for every one of these.
        unsafe {
            match self {
                Self::Std(_) | Self::Rl(_) if known => Ok(()),
                Self::Std(floats) => floats.name.labels(&mut room.labels),
                Self::Rl(floats) => {
                    if !floats.environments.is_null() {
                        room.environments =
                            text::read_all(floats.environments, floats.environment_count, "environments")?;
                    }
                    floats.name.labels(&mut room.labels)
                }
                Self::Histograms(histograms) => {
                    room.histograms = histograms.read_all()?;
                    histograms.name.labels(&mut room.labels)
                }
            }
        }
    }
}

/// Makes `n` calls as one, of one kind or several: all of what they bring is logged or none of it, and an answer other than
/// `METRANA_STATUS_OK` to any of them is the answer to all. Each counts on from where those before it came to. Waits and answers
/// like `metrana_logger_log_std_floats`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_log_batch(
    logger: *const metrana_logger,
    pieces: *const metrana_piece,
    n: usize,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let log = |logger: &Logger| {
        // SAFETY: the caller hands in so many structures, and what they point to is its promise.
        unsafe {
            let pieces = pointers::slice(pieces, n, "pieces")?;
            let mut rooms = vec![Room::default(); pieces.len()];
            let mut given = Vec::with_capacity(pieces.len());
            for (piece, room) in pieces.iter().zip(&mut rooms) {
                let one = piece.given()?;
                one.fill(piece.series.is_there(), room)?;
                given.push(one);
            }
            let read = pieces.iter().zip(given).zip(&rooms).map(|((piece, one), room)| piece.read(one, room));
            Ok(logger.log_batch(&read.collect::<Result<Vec<_>, Failure>>()?)?)
        }
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, log)) }
}
