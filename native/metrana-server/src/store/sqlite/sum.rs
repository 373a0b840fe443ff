//! Checksums of rows: of what they hold and of where they belong, so that no row passes for another one.

use crate::store::StoreError;

/// The sum of bytes that belong to what these numbers name.
pub(super) fn sum(bytes: &[u8], belongs: &[i64]) -> u32 {
    belongs
        .iter()
        .fold(crc32c::crc32c(bytes), |sum, number| crc32c::crc32c_append(sum, &number.to_le_bytes()))
}

/// Checks it before anything is made of the bytes.
pub(super) fn check(bytes: &[u8], belongs: &[i64], is: u32, row: i64, table: &str) -> Result<(), StoreError> {
    if sum(bytes, belongs) == is {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!("the row {row} of the table {table}: its checksum is wrong")))
}
