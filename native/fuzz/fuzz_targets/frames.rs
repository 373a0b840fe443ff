//! The frames of a stream, as they come from the network.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metrana_server::fuzzing::frames(data));
