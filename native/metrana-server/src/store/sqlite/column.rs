//! One column of numbers, compressed by pco in pages that can be read one by one.

use std::ops::Range;

use pco::data_types::Number;
use pco::errors::PcoError;
use pco::wrapped::{ChunkDecompressor, FileCompressor, FileDecompressor};
use pco::{ChunkConfig, PagingSpec};

use super::bytes::{Damaged, Taker, put, put_bytes};

/// How hard sealing tries. The highest levels cost three times as much for next to nothing, but for schedules.
pub(super) const SEALING: usize = 4;
/// How hard joining tries, for which there is time.
pub(super) const JOINING: usize = 8;
/// No page has more numbers, so that no damage makes a reader ask for more memory.
pub(super) const LARGEST_PAGE: usize = 1 << 16;

fn damaged(_: PcoError) -> Damaged {
    Damaged("a compressed column cannot be read")
}

/// Compresses a column whose pages have these lengths: where its pages end goes to `index`, its bytes go to `body`.
pub(super) fn compress<T: Number>(
    column: &[T],
    pages: &[usize],
    level: usize,
    index: &mut Vec<u8>,
    body: &mut Vec<u8>,
) -> Result<(), PcoError> {
    let config = ChunkConfig::default()
        .with_compression_level(level)
        .with_paging_spec(PagingSpec::Exact(pages.to_vec()));
    let file = FileCompressor::default();
    let start = body.len();
    file.write_header(&mut *body)?;
    let mut chunk = file.chunk_compressor(column, &config)?;
    chunk.write_meta(&mut *body)?;
    let mut ends = vec![(body.len() - start) as u64];
    for page in 0..pages.len() {
        chunk.write_page(page, &mut *body)?;
        ends.push((body.len() - start) as u64);
    }
    put_bytes(index, &small(&ends)?);
    Ok(())
}

/// A short list of numbers in one piece.
pub(super) fn small<T: Number>(numbers: &[T]) -> Result<Vec<u8>, PcoError> {
    pco::standalone::simple_compress(numbers, &ChunkConfig::default().with_compression_level(SEALING))
}

/// Reads it back; it must have so many numbers. A list that says that it has more takes no memory for them.
pub(super) fn read_small<T: Number + Default>(
    taker: &mut Taker<'_>,
    count: usize,
) -> Result<Vec<T>, Damaged> {
    let mut numbers = vec![T::default(); count];
    let read = pco::standalone::simple_decompress_into(taker.bytes()?, &mut numbers).map_err(damaged)?;
    if read.n_processed == count && read.finished {
        Ok(numbers)
    } else {
        Err(Damaged("a list has another length than it should"))
    }
}

/// Where a column's pages lie.
#[derive(Debug)]
pub(super) struct Index {
    /// Where its bytes begin in the body.
    start: usize,
    /// From there: where the head ends, and then each page.
    ends: Vec<usize>,
}

impl Index {
    /// Reads what `compress` wrote of a column that begins here; gives the place behind it, too.
    pub(super) fn read(taker: &mut Taker<'_>, pages: usize, start: usize) -> Result<(Self, usize), Damaged> {
        let ends: Vec<u64> = read_small(taker, pages + 1)?;
        if !ends.is_sorted() {
            return Err(Damaged("the pages of a column are not in order"));
        }
        let ends: Vec<usize> = ends
            .into_iter()
            .map(|end| usize::try_from(end).ok().filter(|end| start.checked_add(*end).is_some()))
            .collect::<Option<_>>()
            .ok_or(Damaged("a column is too long"))?;
        let end = start + ends.last().copied().unwrap_or_default();
        Ok((Self { start, ends }, end))
    }

    /// Opens it in its body.
    pub(super) fn open<'a, T: Number>(&'a self, body: &'a [u8]) -> Result<PageReader<'a, T>, Damaged> {
        let head = self.ends.first().and_then(|end| body.get(self.start..self.start + end)).ok_or(CUT)?;
        let (file, rest) = FileDecompressor::new(head).map_err(damaged)?;
        let (chunk, _) = file.chunk_decompressor::<T, _>(rest).map_err(damaged)?;
        Ok(PageReader { index: self, body, chunk })
    }

    /// Reads some pages of it, which have these lengths.
    pub(super) fn pages<T: Number>(
        &self,
        body: &[u8],
        pages: Range<usize>,
        lengths: &[usize],
        out: &mut Vec<T>,
    ) -> Result<(), Damaged> {
        let mut reader = self.open(body)?;
        for page in pages {
            reader.page(page, *lengths.get(page).ok_or(CUT)?, out)?;
        }
        Ok(())
    }
}

const CUT: Damaged = Damaged("a column is cut off");

/// A column that is read page by page.
pub(super) struct PageReader<'a, T: Number> {
    index: &'a Index,
    body: &'a [u8],
    chunk: ChunkDecompressor<T>,
}

impl<T: Number> PageReader<'_, T> {
    /// Puts a page, which has this length, behind others.
    pub(super) fn page(&mut self, page: usize, length: usize, out: &mut Vec<T>) -> Result<(), Damaged> {
        let Index { start, ends } = self.index;
        let (Some(from), Some(until)) = (ends.get(page), ends.get(page + 1)) else { return Err(CUT) };
        if length > LARGEST_PAGE {
            return Err(Damaged("a page is too long"));
        }
        let bytes = self.body.get(start + from..start + until).ok_or(CUT)?;
        let filled = out.len();
        out.resize(filled + length, T::default());
        let target = out.get_mut(filled..).unwrap_or_default();
        let mut page = self.chunk.page_decompressor(bytes, length).map_err(damaged)?;
        if page.read(target).map_err(damaged)?.finished {
            Ok(())
        } else {
            Err(Damaged("a page has more numbers than it should"))
        }
    }
}

/// A flag.
pub(super) fn put_flag(out: &mut Vec<u8>, flag: bool) {
    put(out, u64::from(flag));
}

pub(super) fn read_flag(taker: &mut Taker<'_>) -> Result<bool, Damaged> {
    match taker.number()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Damaged("a flag is neither set nor unset")),
    }
}
