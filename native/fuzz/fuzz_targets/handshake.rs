//! The request that opens a run.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metrana_server::fuzzing::handshake(data));
