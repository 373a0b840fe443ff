//! The committed header is the one that the sources make, says what it should, and compiles.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use cbindgen::{Builder, Config};

/// In the order in which the header tells its story.
const SOURCES: [&str; 24] = [
    "abi.rs",
    "boundary/text.rs",
    "status.rs",
    "enums.rs",
    "errors.rs",
    "events.rs",
    "lines.rs",
    "rules.rs",
    "config.rs",
    "counters.rs",
    "logger.rs",
    "open.rs",
    "begin.rs",
    "names.rs",
    "columns.rs",
    "floats.rs",
    "rl_floats.rs",
    "histograms.rs",
    "scatters.rs",
    "log.rs",
    "attributes.rs",
    "series.rs",
    "batch.rs",
    "known.rs",
];

fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn generated() -> String {
    let config = Config::from_file(home().join("cbindgen.toml")).expect("cbindgen.toml reads");
    let bindings = SOURCES
        .iter()
        .fold(Builder::new().with_config(config), |builder, source| {
            builder.with_src(home().join("src").join(source))
        })
        .generate()
        .expect("the sources parse");
    let mut text = Vec::new();
    bindings.write(&mut text);
    String::from_utf8(text).expect("a header is text")
}

fn committed_path() -> PathBuf {
    home().join("include/metrana.h")
}

fn committed() -> String {
    std::fs::read_to_string(committed_path()).expect("include/metrana.h is there")
}

/// Every name that the sources export, found without cbindgen.
fn exported_by_sources() -> BTreeSet<String> {
    fn walk(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("src can be listed") {
            let path = entry.expect("src can be listed").path();
            if path.is_dir() {
                walk(&path, names);
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("a source is text");
            let exports = source.split("#[unsafe(no_mangle)]").skip(1);
            names.extend(exports.map(|rest| {
                let after = rest.split_once("fn ").expect("an exported item is a function").1;
                after.split('(').next().unwrap_or_default().to_owned()
            }));
        }
    }
    let mut names = BTreeSet::new();
    walk(&home().join("src"), &mut names);
    names
}

#[test]
fn the_committed_header_is_the_generated_one() {
    let generated = generated();
    if std::env::var_os("METRANA_UPDATE_HEADER").is_some() {
        std::fs::write(committed_path(), &generated).expect("include/metrana.h can be written");
    }
    assert!(
        committed() == generated,
        "include/metrana.h is not what the sources make. If the change is meant: think about METRANA_ABI_VERSION, and \
         run METRANA_UPDATE_HEADER=1 cargo test -p metrana-capi --test header"
    );
}

#[test]
fn every_export_is_declared_and_described() {
    let header = committed();
    let functions = header.split_once("extern \"C\" {").expect("there are functions").1;
    let exported = exported_by_sources();
    assert!(exported.len() > 30, "found only {exported:?}");
    for name in exported {
        let declared = functions.find(&format!("{name}(")).map(|at| &functions[..at]);
        let before = declared.unwrap_or_else(|| panic!("{name} is exported and not in the header"));
        let line = before.rfind('\n').expect("no declaration is the first line");
        let described =
            before[..line].trim_end().lines().next_back().is_some_and(|line| line.starts_with("///"));
        assert!(described, "{name} has no description");
    }
}

/// What the header declares in each version of the ABI: its text without comments and blanks, as an FNV-1a hash.
const SHAPES: [(u32, u64); 6] = [
    (1, 0x5056_e990_260d_697b),
    (2, 0x1541_1ee1_4344_0319),
    (3, 0x86ff_9d38_04c0_2252),
    (4, 0xf5b8_d2e2_6877_b6f5),
    (5, 0x96b5_21e8_e2cf_f996),
    (6, 0x7195_7c2b_6aef_5573),
];

/// A change of what is declared, be it the order of two fields, is a new version; a change of words is not.
#[test]
fn the_version_of_the_abi_is_that_of_the_declarations() {
    let header = committed();
    let body = header.split_once("*/").expect("the header begins with a comment").1;
    let declared = body.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let bytes = declared.flat_map(str::bytes).filter(|byte| !byte.is_ascii_whitespace());
    let shape = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let version = metrana_native::METRANA_ABI_VERSION;
    assert_eq!(
        SHAPES.last(),
        Some(&(version, shape)),
        "the declarations are {shape:#018x} now: raise METRANA_ABI_VERSION, here and in the C# project, and add a line"
    );
}

/// As a C program and as a C++ one see it, with every warning on.
#[test]
fn it_compiles_alone_as_c_and_as_cpp() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    for (compiler, language, standard) in [("cc", "c", "c99"), ("c++", "c++", "c++11")] {
        let output = Command::new(compiler)
            .args(["-x", language, &format!("-std={standard}"), "-Wall", "-Wextra", "-pedantic", "-Werror"])
            .args(["-fsyntax-only"])
            .arg(committed_path())
            .current_dir(&folder)
            .output()
            .unwrap_or_else(|error| panic!("{compiler} does not start: {error}"));
        assert!(output.status.success(), "{compiler}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
