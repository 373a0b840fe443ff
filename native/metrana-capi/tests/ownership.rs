//! What is borrowed cannot be freed: the wrong free does not compile.
#![cfg(target_os = "linux")]

mod support;

use std::process::Stdio;

/// Whether this body of a function compiles.
fn compiles(body: &str) -> bool {
    use std::io::Write;
    let source = format!(
        "#include <metrana.h>\nvoid test(metrana_error_list *list, metrana_logger *logger);\nvoid test(metrana_error_list *list, metrana_logger *logger) {{ (void)list; (void)logger; {body} }}\n"
    );
    let mut command = support::c_compiler();
    command
        .args(["-fsyntax-only", "-x", "c", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("the compiler starts");
    child.stdin.take().expect("piped").write_all(source.as_bytes()).expect("it reads");
    child.wait().expect("it ends").success()
}

#[test]
fn the_wrong_free_does_not_compile() {
    assert!(compiles("metrana_error_list_free(list);"));
    assert!(compiles("metrana_logger_free(logger);"));
    assert!(compiles(
        "const metrana_error *e = metrana_error_list_get(list, 0); (void)metrana_error_status(e);"
    ));

    let borrowed = "metrana_error_free(metrana_error_list_get(list, 0));";
    assert!(!compiles(borrowed), "an error that belongs to its list can be freed");
    assert!(!compiles("metrana_error_list_free(logger);"), "a handle can be freed as another");
    assert!(
        !compiles("const metrana_logger *l = logger; metrana_logger_free(l);"),
        "a borrowed logger can be freed"
    );
    assert!(
        !compiles("metrana_error *e = metrana_error_list_get(list, 0); (void)e;"),
        "a borrow becomes an owner"
    );
}
