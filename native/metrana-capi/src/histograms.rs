//! Histograms, as C hands them over.

use metrana_ingestion_logger::{Bins, Error, Histogram, Histograms, Stats};

use crate::boundary::failure::Failure;
use crate::boundary::pointers::{self, Reserved};
use crate::columns::metrana_timestamps;
use crate::names::{Name, metrana_series_name};
use crate::status::metrana_status;

/// One histogram: bins between edges, which hold counts or densities.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_histogram {
    /// `edge_count` edges, each larger than the one before.
    pub edges: *const f64,
    /// One more than bins, from 2 to 513.
    pub edge_count: usize,
    /// `bin_count` counts; null when the bins hold densities.
    pub counts: *const u64,
    /// `bin_count` densities, finite and not negative; null when the bins hold counts.
    pub densities: *const f64,
    /// How many bins.
    pub bin_count: usize,
    /// The least of the values that were counted, when `has_stats` says so; so for the next three.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub sum_of_squares: f64,
    /// Whether there are statistics: 0 no, anything else yes.
    pub has_stats: u8,
    /// Has to be 0.
    pub reserved: [u8; 7],
}

/// Histograms for one series: all of counts, or all of densities. Everything it points to is borrowed for the call only.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_histograms {
    /// Which series.
    pub name: metrana_series_name,

    /// `count` histograms.
    pub histograms: *const metrana_histogram,
    /// How many. None at all is allowed and logs nothing.
    pub count: usize,
    /// `step_count` steps.
    pub steps: *const u64,
    /// As many as histograms.
    pub step_count: usize,

    /// When they were taken.
    pub timestamps: metrana_timestamps,
}

impl metrana_histogram {
    /// # Safety
    /// The columns are what the header asks for.
    unsafe fn read<'a>(&self) -> Result<Histogram<'a>, Failure> {
        self.reserved.has_to_be_zero("histogram.reserved")?;
        let bins = match (self.counts.is_null(), self.densities.is_null()) {
            (false, false) => {
                let message = "a histogram has counts and densities: one of the two has to be null";
                return Err(Failure::new(metrana_status::Validation, message));
            }
            // SAFETY: passed on to the caller.
            (true, false) => Bins::Densities(unsafe {
                pointers::slice(self.densities, self.bin_count, "histogram.densities")
            }?),
            (_, true) => {
                // SAFETY: passed on to the caller.
                Bins::Counts(unsafe { pointers::slice(self.counts, self.bin_count, "histogram.counts") }?)
            }
        };
        let Self { min, max, sum, sum_of_squares, .. } = *self;
        Ok(Histogram {
            // SAFETY: passed on to the caller.
            edges: unsafe { pointers::slice(self.edges, self.edge_count, "histogram.edges") }?,
            bins,
            stats: (self.has_stats != 0).then_some(Stats { min, max, sum, sum_of_squares }),
        })
    }
}

impl metrana_histograms {
    /// The histograms themselves.
    ///
    /// # Safety
    /// As for `with`.
    pub(crate) unsafe fn read_all<'a>(&self) -> Result<Vec<Histogram<'a>>, Failure> {
        // SAFETY: passed on to the caller.
        let raw = unsafe { pointers::slice(self.histograms, self.count, "histograms") }?;
        // SAFETY: as above.
        raw.iter().map(|one| unsafe { one.read() }).collect()
    }

    /// Hands the histograms to `log` in the engine's terms.
    ///
    /// # Safety
    /// Everything that the structure points to is what the header asks for.
    pub(crate) unsafe fn with(
        &self,
        log: impl FnOnce(&Histograms<'_>) -> Result<(), Error>,
    ) -> Result<(), Failure> {
        // SAFETY: passed on to the caller; so for every one of these.
        unsafe {
            self.name.with(|Name { metric, scale, labels }| {
                let histograms = self.read_all()?;
                Ok(log(&Histograms {
                    metric,
                    scale,
                    labels,
                    histograms: &histograms,
                    steps: pointers::slice(self.steps, self.step_count, "steps")?,
                    timestamps: self.timestamps.read()?,
                })?)
            })
        }
    }
}
