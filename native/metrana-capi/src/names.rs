//! The name of a series: metric, scale and labels.

use smallvec::SmallVec;

use crate::boundary::failure::Failure;
use crate::boundary::{pointers, text::metrana_str};

/// A label of a series: a key and its value. In a list, a key that comes twice counts with its last value.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_label {
    /// The key, not empty.
    pub key: metrana_str,
    /// The value.
    pub value: metrana_str,
}

/// The name of a series. A series is what has the same metric, scale and labels.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_series_name {
    /// The name of the metric, such as `train/loss`.
    pub metric: metrana_str,
    /// What a step of the series counts, such as `ML_STEP`.
    pub scale: metrana_str,
    /// `label_count` labels, in any order; null when there are none.
    pub labels: *const metrana_label,
    /// At most 8 are allowed.
    pub label_count: usize,
}

/// Labels as the engine takes them. As many as a series may have fit on the stack; more are read all the same, so that
/// it is the engine that refuses them, with its own words.
pub(crate) type Labels<'a> = SmallVec<[(&'a str, &'a str); 8]>;

/// A name as the engine takes it.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a> {
    pub metric: &'a str,
    pub scale: &'a str,
    pub labels: &'a [(&'a str, &'a str)],
}

impl metrana_series_name {
    /// Hands the name to `log` in the engine's terms. Nothing is copied.
    ///
    /// # Safety
    /// The texts and the list of labels are what the header asks for.
    #[inline]
    pub(crate) unsafe fn with(
        &self,
        log: impl FnOnce(Name<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut labels = Labels::new();
        // SAFETY: passed on to the caller; so for every one of these.
        unsafe {
            self.labels(&mut labels)?;
            log(self.named(&labels)?)
        }
    }

    /// Reads the labels into `out`.
    ///
    /// # Safety
    /// As for `with`.
    #[inline]
    pub(crate) unsafe fn labels(&self, out: &mut Labels<'_>) -> Result<(), Failure> {
        // SAFETY: passed on to the caller.
        let raw = unsafe { pointers::slice(self.labels, self.label_count, "labels") }?;
        for label in raw {
            // SAFETY: as above.
            out.push(unsafe { (label.key.read("label key")?, label.value.read("label value")?) });
        }
        Ok(())
    }

    /// The name, whose labels were read before.
    ///
    /// # Safety
    /// As for `with`.
    #[inline]
    pub(crate) unsafe fn named<'a>(&self, labels: &'a [(&'a str, &'a str)]) -> Result<Name<'a>, Failure> {
        // SAFETY: passed on to the caller.
        unsafe { Ok(Name { metric: self.metric.read("metric")?, scale: self.scale.read("scale")?, labels }) }
    }
}
