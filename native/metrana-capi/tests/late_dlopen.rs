//! The library can be loaded at any time, also into a process whose static TLS is used up.
//!
//! Thread-local variables of a library that wants them in the *static* TLS block (the initial-exec model, which is
//! what jemalloc asks for by default) take room that the loader sets aside when the process starts: some 1,700 bytes
//! for everything that is loaded later. jemalloc alone wants more than that, and a .NET process loads other libraries
//! before this one; the result is "cannot allocate memory in static TLS block", on some machines, on some days. Built
//! with `disable_initial_exec_tls`, its variables are found through the dynamic model and need none of it.
//!
//! glibc only: musl knows no such block for libraries that are loaded late.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use support::{LIBRARY, c_compiler, compile, dynamic_flags, home, library_folder, readelf, scratch};

/// Sizes of fillers, and how many of each there are: more than fit, so that nothing fits behind the last.
const FILLERS: [(usize, usize); 3] = [(512, 32), (32, 32), (1, 64)];

/// Libraries that want static TLS. The loader tells files apart, so each is a file of its own.
fn fillers() -> &'static [PathBuf] {
    static MADE: OnceLock<Vec<PathBuf>> = OnceLock::new();
    MADE.get_or_init(make_fillers)
}

fn make_fillers() -> Vec<PathBuf> {
    let mut all = Vec::new();
    for (size, count) in FILLERS {
        let first = scratch().join(format!("static_tls_{size}.so"));
        let mut command = c_compiler();
        command.args(["-shared", "-fPIC", &format!("-DSIZE={size}")]);
        compile(command.arg(home().join("tests/c/static_tls.c")).arg("-o").arg(&first));
        for number in 0..count {
            let copy = scratch().join(format!("static_tls_{size}_{number}.so"));
            std::fs::copy(&first, &copy).expect("a file can be copied");
            all.push(copy);
        }
    }
    all
}

/// Loads `library` when nothing fits into the static TLS block any more.
fn load_late(library: &Path) -> Output {
    let program = scratch().join("late_dlopen");
    compile(c_compiler().arg(home().join("tests/c/late_dlopen.c")).arg("-o").arg(&program).arg("-ldl"));
    Command::new(program).arg(library).args(fillers()).output().expect("the program starts")
}

#[test]
fn a_late_load_needs_no_static_tls() {
    let output = load_late(&library_folder().join(LIBRARY));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {complaint}", output.status);
}

/// The linker's own word for it. The filler shows that the word is there when it is so.
#[test]
fn the_library_does_not_ask_for_static_tls_and_stays_mapped() {
    let flags = dynamic_flags(&library_folder().join(LIBRARY));
    assert!(!flags.contains(&"STATIC_TLS".to_owned()), "{flags:?}");
    assert!(flags.contains(&"NODELETE".to_owned()), "{flags:?}");
    let filler = fillers().first().expect("there are fillers");
    let flags = dynamic_flags(filler);
    assert!(flags.contains(&"STATIC_TLS".to_owned()), "{flags:?}");
    assert!(!flags.contains(&"NODELETE".to_owned()), "{flags:?}");
}

/// The counter-example: with jemalloc as it comes, both checks find what they look for. Takes minutes, because it builds
/// the library once more.
#[test]
#[ignore = "builds the library once more, with jemalloc's default TLS model"]
fn with_the_default_tls_model_both_checks_fail() {
    let library = support::built_with("initial-exec", &["jemalloc-initial-exec"]).join(LIBRARY);
    assert!(dynamic_flags(&library).contains(&"STATIC_TLS".to_owned()));
    let output = load_late(&library);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{complaint}");
    assert!(complaint.contains("static TLS block"), "{complaint}");
}

/// Nothing but the ABI is visible, so that no other library of the process can get at the allocator or be mistaken
/// for a part of this one; and all of the ABI is.
#[test]
fn the_library_shows_what_the_header_declares_and_nothing_else() {
    let table = readelf(&["--dyn-syms"], &library_folder().join(LIBRARY));
    let shown: BTreeSet<&str> = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|columns| columns.len() == 8 && columns[6] != "UND" && columns[0] != "Num:")
        .map(|columns| columns[7])
        .collect();
    let header = std::fs::read_to_string(home().join("include/metrana.h")).expect("the header is there");
    let functions = header.split_once("extern \"C\" {").expect("there are functions").1;
    let declared: BTreeSet<&str> = functions
        .lines()
        .filter(|line| !line.starts_with([' ', '/', '#', '}']))
        .filter_map(|line| line.split_once('(')?.0.rsplit([' ', '*']).next())
        .collect();
    assert!(declared.len() > 30, "{declared:?}");
    assert_eq!(shown, declared);
}
