//! What a caller checks before anything else: that its header and this library belong together.

use std::mem::size_of;

use crate::boundary::guard::contained_or;
use crate::boundary::text::{metrana_bytes, metrana_str};
use crate::{
    metrana_aggregation_rule, metrana_config, metrana_counters, metrana_environment_state, metrana_field,
    metrana_histogram, metrana_histograms, metrana_kind_counters, metrana_label, metrana_piece,
    metrana_rl_floats, metrana_run_info, metrana_scatter, metrana_scatters, metrana_series,
    metrana_series_name, metrana_series_state, metrana_std_floats, metrana_timestamps,
};

/// The number of the interface that this header describes. It changes with every change that a program built
/// against the older header would notice.
pub const METRANA_ABI_VERSION: u32 = 6;

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
    /// `metrana_aggregation_rule`
    AggregationRule = 8,
    /// `metrana_rl_floats`
    RlFloats = 9,
    /// `metrana_histogram`
    Histogram = 10,
    /// `metrana_histograms`
    Histograms = 11,
    /// `metrana_scatter`
    Scatter = 12,
    /// `metrana_scatters`
    Scatters = 13,
    /// `metrana_series`
    Series = 14,
    /// `metrana_series_name`
    SeriesName = 15,
    /// `metrana_timestamps`
    Timestamps = 16,
    /// `metrana_piece`
    Piece = 17,
    /// `metrana_series_state`
    SeriesState = 18,
    /// `metrana_environment_state`
    EnvironmentState = 19,
    /// `metrana_field`
    Field = 20,
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
    const SIZES: [(metrana_struct, usize); 21] = [
        (metrana_struct::Str, size_of::<metrana_str>()),
        (metrana_struct::Bytes, size_of::<metrana_bytes>()),
        (metrana_struct::Label, size_of::<metrana_label>()),
        (metrana_struct::Config, size_of::<metrana_config>()),
        (metrana_struct::StdFloats, size_of::<metrana_std_floats>()),
        (metrana_struct::KindCounters, size_of::<metrana_kind_counters>()),
        (metrana_struct::Counters, size_of::<metrana_counters>()),
        (metrana_struct::RunInfo, size_of::<metrana_run_info>()),
        (metrana_struct::AggregationRule, size_of::<metrana_aggregation_rule>()),
        (metrana_struct::RlFloats, size_of::<metrana_rl_floats>()),
        (metrana_struct::Histogram, size_of::<metrana_histogram>()),
        (metrana_struct::Histograms, size_of::<metrana_histograms>()),
        (metrana_struct::Scatter, size_of::<metrana_scatter>()),
        (metrana_struct::Scatters, size_of::<metrana_scatters>()),
        (metrana_struct::Series, size_of::<metrana_series>()),
        (metrana_struct::SeriesName, size_of::<metrana_series_name>()),
        (metrana_struct::Timestamps, size_of::<metrana_timestamps>()),
        (metrana_struct::Piece, size_of::<metrana_piece>()),
        (metrana_struct::SeriesState, size_of::<metrana_series_state>()),
        (metrana_struct::EnvironmentState, size_of::<metrana_environment_state>()),
        (metrana_struct::Field, size_of::<metrana_field>()),
    ];
    contained_or(0, || SIZES.iter().find(|(name, _)| *name as i32 == which).map_or(0, |(_, size)| *size))
}

/// The version of this library, such as `0.1.0`. The text is never freed.
#[unsafe(no_mangle)]
pub extern "C" fn metrana_version() -> metrana_str {
    metrana_str::of(env!("CARGO_PKG_VERSION"))
}
