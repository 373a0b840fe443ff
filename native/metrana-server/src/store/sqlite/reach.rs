//! From where to where the pages of a tile reach on an axis, as far as that can be told without reading a point.

use pco::errors::PcoError;

use super::bytes::{Damaged, Taker, put_bytes};
use super::column::{read_small, small};

/// The least and the greatest step or time of each page, of a column that is compressed.
#[derive(Debug)]
pub(super) struct Reach<T> {
    least: Vec<T>,
    greatest: Vec<T>,
    /// Whether those of a page are in order.
    sorted: Vec<u32>,
}

/// A stretch of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch<T> {
    pub(super) from: T,
    pub(super) to: T,
    /// Whether the points go from left to right.
    pub(super) sorted: bool,
}

impl<T: pco::data_types::Number + Ord> Reach<T> {
    /// Writes it for a column whose pages have these lengths.
    pub(super) fn put(column: &[T], pages: &[usize], out: &mut Vec<u8>) -> Result<(), PcoError> {
        let (mut least, mut greatest, mut sorted) = (Vec::new(), Vec::new(), Vec::new());
        let mut rest = column;
        for &length in pages {
            let (page, behind) = rest.split_at(length.min(rest.len()));
            rest = behind;
            least.extend(page.iter().min().copied());
            greatest.extend(page.iter().max().copied());
            sorted.push(u32::from(page.is_sorted()));
        }
        put_bytes(out, &small(&least)?);
        put_bytes(out, &small(&greatest)?);
        put_bytes(out, &small(&sorted)?);
        Ok(())
    }

    pub(super) fn read(taker: &mut Taker<'_>, pages: usize) -> Result<Self, Damaged> {
        Ok(Self {
            least: read_small(taker, pages)?,
            greatest: read_small(taker, pages)?,
            sorted: read_small(taker, pages)?,
        })
    }

    pub(super) fn of(&self, page: usize) -> Option<Stretch<T>> {
        let (&from, &to, &sorted) = (self.least.get(page)?, self.greatest.get(page)?, self.sorted.get(page)?);
        Some(Stretch { from, to, sorted: sorted != 0 })
    }
}
