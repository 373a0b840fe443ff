//! A key, a token or a cookie.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metrana_server::fuzzing::key(data));
