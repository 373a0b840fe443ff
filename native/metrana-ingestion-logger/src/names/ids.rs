//! The numbers that stand for names once they are known.

/// A series inside this logger. Its declaration id on the wire is one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SeriesId(u32);

impl SeriesId {
    pub(crate) fn from_index(index: u32) -> Self {
        Self(index)
    }

    pub(crate) fn as_index(self) -> u32 {
        self.0
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    /// What the wire calls it: ids count from 1, in the order of first use.
    pub(crate) fn on_wire(self) -> u64 {
        u64::from(self.0) + 1
    }

    /// Which series the wire means.
    pub(crate) fn of_wire(id: u64) -> Option<Self> {
        u32::try_from(id.checked_sub(1)?).ok().map(Self)
    }
}

/// A lane inside this logger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LaneId(u32);

impl LaneId {
    pub(crate) fn from_index(index: u32) -> Self {
        Self(index)
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    /// The one that came to be after it.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
