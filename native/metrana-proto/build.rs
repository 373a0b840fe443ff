//! Compiles the contract in `native/proto` into Rust types, with no `protoc` on the machine.

use std::error::Error;
use std::path::{Path, PathBuf};

use prost_types::field_descriptor_proto::Type;
use prost_types::{FileDescriptorProto, FileDescriptorSet};

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

/// The messages of the packed view, and those of their fields that stay bytes there.
const PACKED: &[(&str, &[&str])] = &[
    ("UpdateRunRequest", &["series", "rl_series"]),
    ("StreamingSeriesUpdate", &["point_batches"]),
    ("StreamingRLSeriesUpdate", &["rl_step_batches"]),
    ("PointBatch", &["values", "values_f32"]),
    ("RlStepBatch", &["values", "values_f32"]),
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
        .compile_fds(descriptors.clone())?;
    tonic_prost_build::configure()
        .bytes(".")
        // What is the same in both views is one type.
        .extern_path(".metrana_protobuf", "crate::contract::metrana_protobuf")
        .compile_fds(with_packed_view(descriptors)?)?;
    Ok(())
}

/// Adds a file with the messages of the packed view: the contract's own, but for fields that are bytes. On the wire a
/// message and a packed column of numbers are bytes with a length before them, so the view reads what the
/// contract writes; only a column whose numbers were not packed is nothing that it understands.
fn with_packed_view(mut all: FileDescriptorSet) -> Result<FileDescriptorSet, Box<dyn Error>> {
    let mut view = FileDescriptorProto {
        name: Some("packed.proto".to_owned()),
        package: Some("packed".to_owned()),
        syntax: Some("proto3".to_owned()),
        ..FileDescriptorProto::default()
    };
    for (name, opaque) in PACKED {
        let mut messages = all.file.iter().flat_map(|file| &file.message_type);
        let found = messages.find(|message| message.name() == *name);
        let mut message = found.ok_or_else(|| format!("the contract has no {name}"))?.clone();
        for column in *opaque {
            let mut fields = message.field.iter_mut();
            let field = fields.find(|field| field.name() == *column);
            let field = field.ok_or_else(|| format!("{name} has no {column}"))?;
            field.set_type(Type::Bytes);
            (field.type_name, field.options) = (None, None);
        }
        view.message_type.push(message);
    }
    for file in &mut all.file {
        // Generated already.
        file.service.clear();
    }
    all.file.push(view);
    Ok(all)
}
