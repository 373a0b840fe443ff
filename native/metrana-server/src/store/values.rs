//! Columns of values as they are sent.

use bytes::Bytes;

/// The width that values came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// 32 bits each.
    F32,
    /// 64 bits each.
    #[default]
    F64,
}

/// Values at the width that they were sent in: the little-endian bytes that they came as, one behind the other. They may
/// be a slice of a whole message and then keep all of it in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    width: Width,
    bytes: Bytes,
}

impl Width {
    /// How many bytes a value has.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// How many bits a value has.
    #[must_use]
    pub fn bits(self) -> u8 {
        match self {
            Self::F32 => 32,
            Self::F64 => 64,
        }
    }

    /// Reads values out of their bytes. Those of 32 bits are widened, which changes none of them.
    pub(super) fn read(self, bytes: &[u8], out: &mut Vec<f64>) {
        match self {
            Self::F32 => {
                let values = bytes.as_chunks().0.iter();
                out.extend(values.map(|&value| f64::from(f32::from_le_bytes(value))));
            }
            Self::F64 => out.extend(bytes.as_chunks().0.iter().map(|&value| f64::from_le_bytes(value))),
        }
    }
}

impl Values {
    /// Values in their bytes. What is left behind the last whole value is no value.
    #[must_use]
    pub fn new(width: Width, bytes: Bytes) -> Self {
        Self { width, bytes }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() / self.width.bytes()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Their width.
    #[must_use]
    pub fn width(&self) -> Width {
        self.width
    }

    /// Their bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Lets go of the message that they are a slice of.
    pub(super) fn detach(&mut self) {
        self.bytes = Bytes::copy_from_slice(&self.bytes);
    }
}

#[cfg(test)]
impl Values {
    /// Values for a test, of either width.
    pub(crate) fn of<T: Number>(values: &[T]) -> Self {
        let bytes: Vec<u8> = values.iter().flat_map(|&value| value.to_bytes()).collect();
        Self::new(T::WIDTH, bytes.into())
    }
}

#[cfg(test)]
pub(crate) trait Number: Copy {
    const WIDTH: Width;
    fn to_bytes(self) -> Vec<u8>;
}

#[cfg(test)]
impl Number for f64 {
    const WIDTH: Width = Width::F64;
    fn to_bytes(self) -> Vec<u8> {
        self.to_le_bytes().to_vec()
    }
}

#[cfg(test)]
impl Number for f32 {
    const WIDTH: Width = Width::F32;
    fn to_bytes(self) -> Vec<u8> {
        self.to_le_bytes().to_vec()
    }
}
