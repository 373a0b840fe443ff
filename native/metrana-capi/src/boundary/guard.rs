//! The panic guard. Nothing unwinds out of this library, and there is no switch to turn that off.

#[cfg(panic = "abort")]
compile_error!(
    "metrana-capi promises that a panic ends no process, so it has to be built with panic = \"unwind\""
);

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `body`, which never lets a panic through. What the panic said is the error.
///
/// What a panic leaves half-done is not looked at again: handles are poisoned by the caller of this, and every
/// other argument was borrowed for the call.
pub(crate) fn contained<T>(body: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(body)).map_err(panic_text)
}

/// Runs a body that cannot fail, with `otherwise` as the answer when it panics after all.
pub(crate) fn contained_or<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            std::mem::forget(payload);
            otherwise
        }
    }
}

/// What the panic said. A payload that is no text is leaked, because its destructor might panic again.
fn panic_text(payload: Box<dyn Any + Send>) -> String {
    let said = match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(text) => (*text).to_owned(),
            Err(payload) => {
                std::mem::forget(payload);
                "no text".to_owned()
            }
        },
    };
    format!(
        "the native logger panicked ({said}); this is a defect in it. The process goes on, but this handle refuses \
         every further call: free it, and open another one to go on logging"
    )
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used, reason = "the tests panic on purpose, or have failed")]
mod tests {
    use super::*;

    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("the payload panics too");
        }
    }

    #[test]
    fn a_panic_becomes_a_status_with_its_text() {
        let said = contained(|| panic!("row {} is gone", 7)).unwrap_err();
        assert!(said.contains("row 7 is gone"), "{said}");
        let said = contained(|| panic!("plain")).unwrap_err();
        assert!(said.contains("(plain)"), "{said}");
    }

    #[test]
    fn a_payload_whose_destructor_panics_is_contained() {
        let said = contained(|| std::panic::panic_any(Bomb)).unwrap_err();
        assert!(said.contains("no text"), "{said}");
        assert_eq!(contained_or(3, || std::panic::panic_any(Bomb)), 3);
    }
}
