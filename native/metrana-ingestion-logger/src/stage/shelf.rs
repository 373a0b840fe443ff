//! What the stage knows of its trays: which are open, and how much room is set aside for them.

use crate::stage::tray::{TRAYS, Tray};

/// The stage's knowledge of its trays.
#[derive(Default)]
pub(crate) struct Shelf {
    /// None: no value goes anywhere but the long way.
    pub trays: Option<&'static [Tray; TRAYS]>,
    /// Whether none is opened for now.
    pub(super) shut: bool,
    /// Which are open for some series.
    pub(super) open: [bool; TRAYS],
    /// How many values each has room for, those that lie in it among them. That room is set aside in the open chunk and in
    /// the queue. An open tray may have none left.
    pub(super) room: [usize; TRAYS],
    /// The bytes of all that.
    pub(super) set_aside: usize,
    /// By how many bytes the room set aside has changed and the gate does not know.
    pub(super) change: isize,
}
