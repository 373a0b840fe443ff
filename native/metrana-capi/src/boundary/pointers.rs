//! The one place that turns pointers from outside into references.
//!
//! Each way in which a pointer can be wrong has its own status. What cannot be seen from here (whether the memory
//! is there, for how long, and whether somebody else writes to it) is the caller's promise, as the header says.

use std::mem::{align_of, size_of};

use crate::boundary::failure::Failure;
use crate::status::metrana_status;

/// A structure whose first field is its size, as the caller knows it.
///
/// # Safety
/// The first field of the type is a `usize`, at offset zero.
pub(crate) unsafe trait WithStructSize {}

/// Refuses null and misaligned pointers.
#[inline]
pub(crate) fn check<T>(pointer: *const T, what: &str) -> Result<(), Failure> {
    if !pointer.is_null() && pointer.is_aligned() {
        return Ok(());
    }
    Err(what_is_wrong(pointer, what))
}

// What is said of a mistake stands apart from where it is found: these checks are on the way of every point.

#[cold]
fn what_is_wrong<T>(pointer: *const T, what: &str) -> Failure {
    if pointer.is_null() {
        return Failure::new(metrana_status::NullPointer, format!("{what} is a null pointer"));
    }
    let wanted = align_of::<T>();
    Failure::new(
        metrana_status::Misaligned,
        format!(
            "{what} is at {pointer:p}, which is not a multiple of the {wanted} bytes that its type needs"
        ),
    )
}

#[cold]
fn what_is_wrong_with_column<T>(pointer: *const T, length: usize, what: &str) -> Failure {
    if pointer.is_null() {
        return Failure::new(
            metrana_status::NullPointer,
            format!("{what} is a null pointer, but its length is {length}"),
        );
    }
    if !pointer.is_aligned() {
        return what_is_wrong(pointer, what);
    }
    let message = format!("{what} is said to hold {length} elements, which is more than memory can be");
    Failure::new(metrana_status::InvalidLength, message)
}

/// A borrowed value.
///
/// # Safety
/// A pointer that is not null points to a valid `T` that nobody writes to for the length of the call.
#[inline]
pub(crate) unsafe fn borrow<'a, T>(pointer: *const T, what: &str) -> Result<&'a T, Failure> {
    check(pointer, what)?;
    // SAFETY: not null and aligned as checked; the rest is the caller's promise.
    Ok(unsafe { &*pointer })
}

/// A borrowed value for questions that are answered without one, too.
///
/// # Safety
/// As for `borrow`.
pub(crate) unsafe fn borrow_optional<'a, T>(pointer: *const T) -> Option<&'a T> {
    if !pointer.is_aligned() {
        return None;
    }
    // SAFETY: null or aligned; the rest is the caller's promise.
    unsafe { pointer.as_ref() }
}

/// A borrowed structure of a known size.
///
/// # Safety
/// As for `borrow`, for as many bytes as the structure's own `struct_size` says.
pub(crate) unsafe fn borrow_sized<'a, T: WithStructSize>(
    pointer: *const T,
    what: &str,
) -> Result<&'a T, Failure> {
    // SAFETY: passed on to the caller.
    unsafe { check_size(pointer, what) }?;
    // SAFETY: not null, aligned, and as large as `T`; the rest is the caller's promise.
    Ok(unsafe { &*pointer })
}

/// Refuses a structure that says it has another size than this library knows. Nothing behind the size is read.
///
/// # Safety
/// A pointer that is not null points to at least a `usize` that may be read.
pub(crate) unsafe fn check_size<T: WithStructSize>(pointer: *const T, what: &str) -> Result<(), Failure> {
    check(pointer, what)?;
    // SAFETY: the trait says that the size is the first field; the pointer is aligned for `T`, so for it too.
    let said = unsafe { pointer.cast::<usize>().read() };
    let wanted = size_of::<T>();
    if said == wanted {
        return Ok(());
    }
    Err(Failure::new(
        metrana_status::StructSize,
        format!(
            "{what}.struct_size is {said}, but this library knows a structure of {wanted} bytes: set struct_size to \
             the sizeof of the structure, and use a header and a library of the same version"
        ),
    ))
}

/// A borrowed column. A length of zero needs no pointer.
///
/// # Safety
/// A pointer that is not null points to `length` valid values that nobody writes to for the length of the call.
#[inline]
pub(crate) unsafe fn slice<'a, T>(pointer: *const T, length: usize, what: &str) -> Result<&'a [T], Failure> {
    check_column(pointer, length, what)?;
    if length == 0 {
        return Ok(&[]);
    }
    // SAFETY: not null, aligned, not longer than the address space; the rest is the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts(pointer, length) })
}

/// Refuses a column that cannot be. A length of zero needs no pointer.
#[inline]
pub(crate) fn check_column<T>(pointer: *const T, length: usize, what: &str) -> Result<(), Failure> {
    let fits = || {
        length
            .checked_mul(size_of::<T>())
            .filter(|bytes| isize::try_from(*bytes).is_ok())
            .is_some_and(|bytes| pointer.addr().checked_add(bytes).is_some())
    };
    if length == 0 || (!pointer.is_null() && pointer.is_aligned() && fits()) {
        return Ok(());
    }
    Err(what_is_wrong_with_column(pointer, length, what))
}

/// A part of a structure that means nothing yet. It has to be 0, so that it can mean something one day.
pub(crate) trait Reserved: Sized + Copy {
    fn is_zero(self) -> bool;

    /// Refuses a part that is not 0.
    #[inline]
    fn has_to_be_zero(self, what: &str) -> Result<(), Failure> {
        if self.is_zero() { Ok(()) } else { Err(not_zero(what)) }
    }
}

impl Reserved for i32 {
    #[inline]
    fn is_zero(self) -> bool {
        self == 0
    }
}

impl Reserved for u32 {
    #[inline]
    fn is_zero(self) -> bool {
        self == 0
    }
}

impl<const N: usize> Reserved for [u8; N] {
    #[inline]
    fn is_zero(self) -> bool {
        self == [0; N]
    }
}

#[cold]
fn not_zero(what: &str) -> Failure {
    let message = format!(
        "{what} is not 0: fill the structure with zeros before you set its fields, and use a header and a library of \
         the same version"
    );
    Failure::new(metrana_status::Reserved, message)
}

/// Puts null into an out pointer, so that a caller who does not look at the status cannot take old bytes for a
/// handle.
///
/// # Safety
/// A pointer that is not null points to memory that may be written.
pub(crate) unsafe fn clear<T>(out: *mut *mut T, what: &str) -> Result<(), Failure> {
    check(out.cast_const(), what)?;
    // SAFETY: not null and aligned; the rest is the caller's promise.
    unsafe { out.write(std::ptr::null_mut()) };
    Ok(())
}

/// The same for an out pointer that may be null. Says whether it was there.
///
/// # Safety
/// As for `clear`.
pub(crate) unsafe fn clear_optional<T>(out: *mut *mut T, what: &str) -> Result<bool, Failure> {
    if out.is_null() {
        return Ok(false);
    }
    // SAFETY: passed on to the caller.
    unsafe { clear(out, what) }?;
    Ok(true)
}

/// Writes a result where the caller wants it.
///
/// # Safety
/// A pointer that is not null points to memory that may be written.
pub(crate) unsafe fn put<T>(out: *mut T, value: T, what: &str) -> Result<(), Failure> {
    check(out.cast_const(), what)?;
    // SAFETY: not null and aligned; the rest is the caller's promise.
    unsafe { out.write(value) };
    Ok(())
}

/// Writes results where the caller wants them, at most `length` of them.
///
/// # Safety
/// A pointer that is not null points to memory for `length` elements that may be written.
pub(crate) unsafe fn put_all<T>(
    out: *mut T,
    length: usize,
    values: impl Iterator<Item = T>,
    what: &str,
) -> Result<(), Failure> {
    check_column(out.cast_const(), length, what)?;
    for (index, value) in values.take(length).enumerate() {
        // SAFETY: not null, aligned, and `index` is below `length`; the rest is the caller's promise.
        unsafe { out.add(index).write(value) };
    }
    Ok(())
}

/// Takes back what a handle function gave out. Null is nothing.
///
/// # Safety
/// A pointer that is not null came from `Box::into_raw` of a `Box<T>` and was not taken back before.
pub(crate) unsafe fn take<T>(pointer: *mut T) -> Option<Box<T>> {
    if pointer.is_null() || !pointer.is_aligned() {
        return None;
    }
    // SAFETY: the caller's promise.
    Some(unsafe { Box::from_raw(pointer) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;
    use std::ptr::{null, without_provenance};

    fn status<T: std::fmt::Debug>(result: Result<T, Failure>) -> metrana_status {
        result.unwrap_err().status
    }

    #[test]
    fn each_wrong_column_has_its_own_status() {
        let column = [1.0_f64, 2.0];
        // SAFETY: a live local, or pointers that are refused before they are followed.
        unsafe {
            assert_eq!(slice(column.as_ptr(), 2, "values").unwrap(), column);
            assert_eq!(status(slice(null::<f64>(), 2, "values")), metrana_status::NullPointer);
            let odd = column.as_ptr().wrapping_byte_add(4);
            assert_eq!(status(slice(odd, 1, "values")), metrana_status::Misaligned);
            let most = isize::MAX.unsigned_abs();
            assert_eq!(status(slice(column.as_ptr(), most / 8 + 1, "values")), metrana_status::InvalidLength);
            assert_eq!(status(slice(column.as_ptr(), usize::MAX, "values")), metrana_status::InvalidLength);
            let high = without_provenance::<f64>(usize::MAX - 15);
            assert_eq!(status(slice(high, 2, "values")), metrana_status::InvalidLength);
        }
    }

    #[test]
    fn no_elements_need_no_pointer() {
        // SAFETY: a length of zero follows no pointer.
        unsafe {
            assert!(slice(null::<f64>(), 0, "values").unwrap().is_empty());
            assert!(slice(without_provenance::<f64>(3), 0, "values").unwrap().is_empty());
        }
    }

    #[test]
    fn a_structure_of_another_size_is_not_looked_at() {
        #[repr(C)]
        #[derive(Debug)]
        struct Known {
            struct_size: usize,
            field: u64,
        }
        // SAFETY: the size comes first.
        unsafe impl WithStructSize for Known {}

        let mut known = Known { struct_size: size_of::<Known>(), field: 5 };
        // SAFETY: a live local.
        unsafe {
            assert_eq!(borrow_sized(&raw const known, "known").unwrap().field, 5);
            known.struct_size = 8;
            assert_eq!(status(borrow_sized(&raw const known, "known")), metrana_status::StructSize);
            assert_eq!(status(borrow_sized(null::<Known>(), "known")), metrana_status::NullPointer);
        }
    }
}
