//! Compiles the contract in `native/proto` into Rust types, with no `protoc` on the machine.

use std::error::Error;
use std::path::{Path, PathBuf};

/// The roots of the contract; what they import is found beside them.
const FILES: &[&str] = &[
    "metrana_protobuf/common/v1/attributes.proto",
    "metrana_protobuf/common/v1/series.proto",
    "metrana_protobuf/ingestion/v1/types/aggregation_rules.proto",
    "metrana_protobuf/ingestion/v1/types/run_definition.proto",
    "metrana_protobuf/ingestion/v1/types/traces.proto",
    "metrana_protobuf/ingestion/v1/types/updates.proto",
    "metrana_protobuf/ingestion/v1/svc/api.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
    println!("cargo:rerun-if-changed={}", root.display());

    let descriptors = protox::compile(FILES, [&root])?;
    tonic_prost_build::configure()
        // Connecting belongs to those who use the types; it would pull a whole transport in here.
        .build_transport(false)
        // A run id is copied into every message: sharing it is free.
        .bytes(".")
        // Labels then come out sorted, whatever order they were sent in.
        .btree_map(".")
        .include_file("contract.rs")
        .compile_fds(descriptors)?;
    Ok(())
}
