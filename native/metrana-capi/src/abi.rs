//! What a caller checks before anything else: that its header and this library belong together.

use std::mem::size_of;

use crate::boundary::guard::contained_or;
use crate::boundary::text::{metrana_bytes, metrana_str};
use crate::{
    metrana_config, metrana_counters, metrana_kind_counters, metrana_label, metrana_run_info,
    metrana_std_floats,
};

/// The number of the interface that this header describes. It changes with every change that a program built
/// against the older header would notice.
pub const METRANA_ABI_VERSION: u32 = 1;

/// The structures whose layout both sides have to agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_struct {
    /// `metrana_str`
    Str = 0,
    /// `metrana_bytes`
    Bytes = 1,
    /// `metrana_label`
    Label = 2,
    /// `metrana_config`
    Config = 3,
    /// `metrana_std_floats`
    StdFloats = 4,
    /// `metrana_kind_counters`
    KindCounters = 5,
    /// `metrana_counters`
    Counters = 6,
    /// `metrana_run_info`
    RunInfo = 7,
}

/// The number of the interface that this library speaks. Compare it with `METRANA_ABI_VERSION` before any other
/// call: with another number, no other function may be called.
#[unsafe(no_mangle)]
pub extern "C" fn metrana_abi_version() -> u32 {
    METRANA_ABI_VERSION
}

/// How many bytes this library takes a structure for. `which` is a `metrana_struct`; the answer to any other number
/// is 0. For callers that write the structures down themselves and do not compile this header.
#[unsafe(no_mangle)]
pub extern "C" fn metrana_abi_struct_size(which: i32) -> usize {
    const SIZES: [(metrana_struct, usize); 8] = [
        (metrana_struct::Str, size_of::<metrana_str>()),
        (metrana_struct::Bytes, size_of::<metrana_bytes>()),
        (metrana_struct::Label, size_of::<metrana_label>()),
        (metrana_struct::Config, size_of::<metrana_config>()),
        (metrana_struct::StdFloats, size_of::<metrana_std_floats>()),
        (metrana_struct::KindCounters, size_of::<metrana_kind_counters>()),
        (metrana_struct::Counters, size_of::<metrana_counters>()),
        (metrana_struct::RunInfo, size_of::<metrana_run_info>()),
    ];
    contained_or(0, || SIZES.iter().find(|(name, _)| *name as i32 == which).map_or(0, |(_, size)| *size))
}

/// The version of this library, such as `0.1.0`. The text is never freed.
#[unsafe(no_mangle)]
pub extern "C" fn metrana_version() -> metrana_str {
    metrana_str::of(env!("CARGO_PKG_VERSION"))
}
