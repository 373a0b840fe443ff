//! Scatters, as C hands them over.

use metrana_ingestion_logger::{Error, Scatter, Scatters, Titles};

use crate::boundary::failure::Failure;
use crate::boundary::pointers::{self, Reserved};
use crate::boundary::text::metrana_str;
use crate::columns::metrana_timestamps;
use crate::names::{Name, metrana_series_name};

/// One set of points in two or three dimensions: a column for each axis, all equally long.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_scatter {
    /// `x_count` coordinates along x.
    pub xs: *const f64,
    /// `y_count` coordinates along y.
    pub ys: *const f64,
    /// `z_count` coordinates along z, in three dimensions; else not looked at.
    pub zs: *const f64,
    /// At most 32768.
    pub x_count: usize,
    /// As many as along x.
    pub y_count: usize,
    /// As many as along x, in three dimensions.
    pub z_count: usize,
    /// Whether there are three dimensions: 0 no, anything else yes.
    pub is_3d: u8,
    /// Has to be 0.
    pub reserved: [u8; 7],
}

/// Scatters for one series: all in two dimensions, or all in three. Everything it points to is borrowed for the call
/// only.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_scatters {
    /// Which series.
    pub name: metrana_series_name,

    /// `count` sets of points.
    pub scatters: *const metrana_scatter,
    /// How many. None at all is allowed and logs nothing.
    pub count: usize,
    /// `step_count` steps.
    pub steps: *const u64,
    /// As many as sets.
    pub step_count: usize,

    /// When they were taken.
    pub timestamps: metrana_timestamps,

    /// Optional: the title of the x axis. Those of a series are the last ones given.
    pub x_title: metrana_str,
    /// Optional: of the y axis.
    pub y_title: metrana_str,
    /// Optional: of the z axis, in three dimensions.
    pub z_title: metrana_str,
}

impl metrana_scatter {
    /// # Safety
    /// The columns are what the header asks for.
    unsafe fn read<'a>(&self) -> Result<Scatter<'a>, Failure> {
        self.reserved.has_to_be_zero("scatter.reserved")?;
        // SAFETY: passed on to the caller; so for every one of these.
        unsafe {
            let zs = (self.is_3d != 0).then(|| pointers::slice(self.zs, self.z_count, "scatter.zs"));
            Ok(Scatter {
                xs: pointers::slice(self.xs, self.x_count, "scatter.xs")?,
                ys: pointers::slice(self.ys, self.y_count, "scatter.ys")?,
                zs: zs.transpose()?,
            })
        }
    }
}

impl metrana_scatters {
    /// Hands the scatters to `log` in the engine's terms.
    ///
    /// # Safety
    /// Everything that the structure points to is what the header asks for.
    pub(crate) unsafe fn with(
        &self,
        log: impl FnOnce(&Scatters<'_>) -> Result<(), Error>,
    ) -> Result<(), Failure> {
        // SAFETY: passed on to the caller; so for every one of these.
        unsafe {
            self.name.with(|Name { metric, scale, labels }| {
                let raw = pointers::slice(self.scatters, self.count, "scatters")?;
                let scatters = raw.iter().map(|one| one.read()).collect::<Result<Vec<_>, _>>()?;
                Ok(log(&Scatters {
                    metric,
                    scale,
                    labels,
                    scatters: &scatters,
                    steps: pointers::slice(self.steps, self.step_count, "steps")?,
                    timestamps: self.timestamps.read()?,
                    titles: Titles {
                        x: self.x_title.read_optional("x_title")?,
                        y: self.y_title.read_optional("y_title")?,
                        z: self.z_title.read_optional("z_title")?,
                    },
                })?)
            })
        }
    }
}
