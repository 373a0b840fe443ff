//! Histograms, as C hands them over.

use metrana_ingestion_logger::{Bins, Error, Histogram, Histograms, Stats, Status};

use crate::boundary::{pointers, text::metrana_str};
use crate::columns;
use crate::labels::{self, Labels, metrana_label};

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
    /// Padding; not looked at.
    pub reserved: [u8; 7],
}

/// Histograms for one series: all of counts, or all of densities. Everything it points to is borrowed for the call only.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_histograms {
    /// The name of the metric.
    pub metric: metrana_str,
    /// What a step of the series counts.
    pub scale: metrana_str,
    /// `label_count` labels; null when there are none.
    pub labels: *const metrana_label,
    /// At most 8 are allowed.
    pub label_count: usize,

    /// `count` histograms.
    pub histograms: *const metrana_histogram,
    /// How many. None at all is allowed and logs nothing.
    pub count: usize,
    /// `step_count` steps.
    pub steps: *const u64,
    /// As many as histograms.
    pub step_count: usize,

    /// A `metrana_timestamps_kind`.
    pub timestamps_kind: i32,
    /// Padding; not looked at.
    pub reserved: i32,
    /// Milliseconds since 1970, with `METRANA_TIMESTAMPS_KIND_AT`.
    pub timestamp_millis: i64,
    /// `timestamp_count` times in milliseconds since 1970, with `METRANA_TIMESTAMPS_KIND_EACH`.
    pub timestamps_millis: *const i64,
    /// As many as histograms.
    pub timestamp_count: usize,
}

impl metrana_histogram {
    /// # Safety
    /// The columns are what the header asks for.
    unsafe fn read<'a>(&self) -> Result<Histogram<'a>, Error> {
        let bins = match (self.counts.is_null(), self.densities.is_null()) {
            (false, false) => {
                let message = "a histogram has counts and densities: one of the two has to be null";
                return Err(Error::new(Status::Validation, message));
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
    /// Hands the histograms to `log` in the engine's terms.
    ///
    /// # Safety
    /// Everything that the structure points to is what the header asks for.
    pub(crate) unsafe fn with(
        &self,
        log: impl FnOnce(&Histograms<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        // SAFETY: passed on to the caller; so for every one of these.
        unsafe {
            let mut labels = Labels::new();
            labels::read(self.labels, self.label_count, &mut labels)?;
            let raw = pointers::slice(self.histograms, self.count, "histograms")?;
            let histograms = raw.iter().map(|one| one.read()).collect::<Result<Vec<_>, _>>()?;
            log(&Histograms {
                metric: self.metric.read("metric")?,
                scale: self.scale.read("scale")?,
                labels: labels.as_slice(),
                histograms: &histograms,
                steps: pointers::slice(self.steps, self.step_count, "steps")?,
                timestamps: columns::timestamps(
                    self.timestamps_kind,
                    self.timestamp_millis,
                    self.timestamps_millis,
                    self.timestamp_count,
                )?,
            })
        }
    }
}
