//! Feeds decoders of the server, those that `METRANA_FUZZER` names, with what they have not seen.
#![no_main]

use std::sync::OnceLock;

use metrana_server::fuzzing::{DECODERS, Decoder};

static CHOSEN: OnceLock<Vec<Decoder>> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: CHOSEN.set(chosen()).expect("they are chosen once"),
    |data: &[u8]| CHOSEN.get().expect("they were chosen").iter().for_each(|decoder| decoder(data))
);

/// The decoders of a list like `query,key`.
fn chosen() -> Vec<Decoder> {
    let names = std::env::var("METRANA_FUZZER").unwrap_or_default();
    let find = |name: &str| DECODERS.iter().find(|(known, _)| *known == name).map(|(_, decoder)| *decoder);
    names.split(',').map(find).collect::<Option<Vec<Decoder>>>().unwrap_or_else(|| {
        let known: Vec<&str> = DECODERS.iter().map(|(known, _)| *known).collect();
        eprintln!("METRANA_FUZZER is {names:?}; the decoders are {}", known.join(", "));
        std::process::exit(2)
    })
}
