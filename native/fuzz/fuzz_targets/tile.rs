//! A sealed row of points.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metrana_server::fuzzing::tile(data));
