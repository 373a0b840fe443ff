//! What can be written into a message as a field.

use super::{Head, len_len};

/// Something that can be written as a field.
pub(crate) trait MessageField {
    /// Bytes of the field, tag and length included.
    fn field_len(&self) -> usize;
    /// Writes just that many.
    fn put(&self, out: &mut Vec<u8>);
}

/// A field that stands inside the field of a lane.
pub(crate) trait Content {
    /// Bytes of the field without tag and length.
    fn inner_len(&self) -> usize;
    /// Writes what is gathered already, and the field behind it.
    fn put_behind(&self, inner_len: usize, head: &mut Head, out: &mut Vec<u8>);
}

/// A lane's content has a number below 16, so that its tag is one byte.
impl<C: Content> MessageField for C {
    fn field_len(&self) -> usize {
        len_len(self.inner_len())
    }

    fn put(&self, out: &mut Vec<u8>) {
        self.put_behind(self.inner_len(), &mut Head::new(), out);
    }
}
