//! Linker settings of the shared library.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // The network thread and the thread-local destructors of the allocator outlive any handle, so the code must
        // stay mapped when a host calls dlclose.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        // A program linked against a path would otherwise look for the library under that very path.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libmetrana_native.so");
    }
}
