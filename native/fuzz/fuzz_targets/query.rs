//! What a reader asks for over HTTP.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metrana_server::fuzzing::query(data));
