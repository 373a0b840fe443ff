//! A message of an update stream.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metrana_server::fuzzing::message(data));
