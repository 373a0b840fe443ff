//! What is said of each series before its points, kept in its wire form: written once, never changed, and handed out without
//! another copy each time a stream begins.

use bytes::Bytes;

/// Whole declarations, one behind the other, that fit into one message.
pub(crate) struct Declarations {
    limit: usize,
    closed: Vec<Bytes>,
    /// What the next declaration is written behind.
    open: Vec<u8>,
    /// A copy of `open` as it is now, if anybody asked for one.
    copy: Bytes,
}

impl Declarations {
    /// `limit`: the most bytes that one message has for them.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, closed: Vec::new(), open: Vec::new(), copy: Bytes::new() }
    }

    /// Keeps a declaration.
    pub(super) fn keep(&mut self, declaration: &[u8]) {
        if !self.open.is_empty() && self.open.len() + declaration.len() > self.limit {
            self.closed.push(std::mem::take(&mut self.open).into());
        }
        self.open.extend_from_slice(declaration);
        self.copy = Bytes::new();
    }

    /// All of them, in pieces that a message has room for (or of one declaration each). No more than the last piece is
    /// copied, and that only if it grew.
    pub(crate) fn pieces(&mut self) -> Vec<Bytes> {
        if self.copy.len() != self.open.len() {
            self.copy = Bytes::copy_from_slice(&self.open);
        }
        let last = Some(&self.copy).filter(|last| !last.is_empty());
        self.closed.iter().chain(last).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stay_below_the_limit_and_are_shared() {
        let mut kept = Declarations::new(10);
        assert!(kept.pieces().is_empty());
        for declaration in [&b"aaaa"[..], b"bbbb", b"cccc", b"dddddddddddddd", b"ee"] {
            kept.keep(declaration);
        }
        let pieces = kept.pieces();
        assert_eq!(pieces, [&b"aaaabbbb"[..], b"cccc", b"dddddddddddddd", b"ee"]);
        let again = kept.pieces();
        let places = |pieces: &[Bytes]| pieces.iter().map(|piece| piece.as_ptr()).collect::<Vec<_>>();
        assert_eq!(places(&pieces), places(&again), "nothing is copied twice");

        kept.keep(b"f");
        assert_eq!(kept.pieces().last().map(|piece| &piece[..]), Some(&b"eef"[..]));
        assert_eq!(pieces[3], &b"ee"[..], "what was handed out stays as it was");
    }
}
