//! Where chunks rest between messages: fresh pages cost more than everything else that happens to a point.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::stage::chunk::Chunk;

/// What stays when a pool is trimmed: a chunk or two of the usual size.
const KEPT: usize = 2 << 20;

/// Resting chunks, up to a number of bytes.
#[derive(Clone)]
pub(crate) struct Pool {
    resting: Arc<Mutex<Resting>>,
}

struct Resting {
    chunks: Vec<Chunk>,
    bytes: usize,
    limit: usize,
    serial: u64,
}

impl Pool {
    pub(crate) fn new(limit: usize) -> Self {
        let resting = Resting { chunks: Vec::new(), bytes: 0, limit, serial: 0 };
        Self { resting: Arc::new(Mutex::new(resting)) }
    }

    pub(crate) fn take(&self) -> Chunk {
        let mut resting = self.lock();
        resting.serial += 1;
        let serial = resting.serial;
        match resting.chunks.pop() {
            Some(chunk) => {
                resting.bytes -= chunk.capacity();
                chunk.reuse(serial)
            }
            None => Chunk::new(serial),
        }
    }

    pub(crate) fn give_back(&self, chunk: Chunk) {
        let mut resting = self.lock();
        let size = chunk.capacity();
        if resting.bytes + size <= resting.limit {
            resting.bytes += size;
            resting.chunks.push(chunk);
        }
    }

    /// Whether more rests here than a logger needs that does little.
    pub(crate) fn holds_more_than_it_needs(&self) -> bool {
        self.lock().bytes > KEPT
    }

    /// Lets go of all but a little.
    pub(crate) fn trim(&self) {
        let mut resting = self.lock();
        let mut gone = Vec::new();
        while resting.bytes > KEPT {
            let Some(chunk) = resting.chunks.pop() else { break };
            resting.bytes -= chunk.capacity();
            gone.push(chunk);
        }
        resting.chunks.shrink_to_fit();
        drop(resting);
        drop(gone);
    }

    /// Tells when nobody has the pool any more.
    #[cfg(test)]
    pub(crate) fn watch(&self) -> std::sync::Weak<impl Sized + use<>> {
        Arc::downgrade(&self.resting)
    }

    #[cfg(test)]
    pub(crate) fn resting_bytes(&self) -> usize {
        self.lock().bytes
    }

    /// Lends a chunk's columns to whoever sends them; the chunk comes back when the last of them lets go.
    pub(crate) fn lend(&self, chunk: Chunk) -> Bytes {
        Bytes::from_owner(Lent { chunk: Some(chunk), pool: self.clone() })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Resting> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Lent {
    chunk: Option<Chunk>,
    pool: Pool,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        self.chunk.as_ref().map_or(&[], |chunk| &chunk.wire)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(chunk) = self.chunk.take() {
            self.pool.give_back(chunk);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lent_chunk_comes_back_with_its_memory_when_the_last_reader_lets_go() {
        let pool = Pool::new(1 << 20);
        let mut chunk = pool.take();
        chunk.wire.extend_from_slice(&[7; 1000]);
        let lent = pool.lend(chunk);
        let other = lent.clone();
        assert_eq!(other.len(), 1000);
        drop(lent);
        assert_eq!(pool.take().wire.capacity(), 0, "still lent");
        drop(other);
        let again = pool.take();
        assert!(again.wire.capacity() >= 1000 && again.wire.is_empty());
    }

    #[test]
    fn it_keeps_no_more_than_it_may() {
        let pool = Pool::new(100);
        let mut chunk = pool.take();
        chunk.wire.reserve(1000);
        pool.give_back(chunk);
        assert_eq!(pool.take().wire.capacity(), 0);
    }
}
