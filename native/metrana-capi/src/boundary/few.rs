//! Lists that are short nearly always.

use metrana_ingestion_logger::Error;

use crate::boundary::{pointers, text::metrana_str};

/// A list that lies on the stack when it has at most `N` elements, and on the heap when it has more.
pub(crate) struct Few<T, const N: usize> {
    stack: [T; N],
    used: usize,
    heap: Vec<T>,
}

impl<T: Copy, const N: usize> Few<T, N> {
    /// Reads each element of a list from outside. `blank` fills the places that are not used.
    pub(crate) fn read<R>(
        raw: &[R],
        blank: T,
        mut read: impl FnMut(&R) -> Result<T, Error>,
    ) -> Result<Self, Error> {
        let mut few = Self { stack: [blank; N], used: raw.len(), heap: Vec::new() };
        if raw.len() > N {
            few.heap.reserve_exact(raw.len());
            for element in raw {
                few.heap.push(read(element)?);
            }
        } else {
            for (place, element) in few.stack.iter_mut().zip(raw) {
                *place = read(element)?;
            }
        }
        Ok(few)
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        self.stack.get(..self.used).unwrap_or(&self.heap)
    }
}

/// A list of texts.
pub(crate) type Texts<'a> = Few<&'a str, 16>;

impl Texts<'_> {
    /// # Safety
    /// The list and its texts are what the header asks for.
    pub(crate) unsafe fn of(texts: *const metrana_str, count: usize, what: &str) -> Result<Self, Error> {
        // SAFETY: passed on to the caller.
        let raw = unsafe { pointers::slice(texts, count, what) }?;
        // SAFETY: as above.
        Self::read(raw, "", |text| unsafe { text.read(what) })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use metrana_ingestion_logger::Status;

    #[test]
    fn a_few_stay_on_the_stack_and_more_are_read_too() {
        let raw = [1, 2, 3, 4, 5, 6];
        for count in 0..=raw.len() {
            let raw = raw.get(..count).unwrap();
            let few: Few<i32, 4> = Few::read(raw, 0, |number| Ok(number * 10)).unwrap();
            let wanted: Vec<_> = raw.iter().take(count).map(|number| number * 10).collect();
            assert_eq!(few.as_slice(), wanted);
            assert_eq!(few.heap.capacity() > 0, count > 4, "{count}");
        }
    }

    #[test]
    fn an_element_that_cannot_be_read_fails_the_list() {
        for count in [3, 30] {
            let mut raw = vec![metrana_str::of("ok"); count];
            *raw.last_mut().unwrap() = metrana_str { ptr: b"\xff".as_ptr(), len: 1 };
            // SAFETY: a live vector of static texts.
            let refused = unsafe { Texts::of(raw.as_ptr(), raw.len(), "tags") }.err().unwrap();
            assert_eq!(refused.status, Status::InvalidUtf8);
        }
    }
}
