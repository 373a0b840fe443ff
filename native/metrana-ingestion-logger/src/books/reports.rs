//! The list of errors that happened behind the caller's back, until somebody asks for it.

use std::collections::VecDeque;

use crate::errors::{Error, Status};

/// How many are named in one text.
const NAMED: usize = 10;

/// How many are kept. A logger that fails for days must not fill the memory with the news.
const CAPACITY: usize = 1000;

#[derive(Default)]
pub(crate) struct Reports {
    list: VecDeque<Error>,
    evicted: u64,
}

impl Reports {
    /// Keeps an error. Answers whether an older one had to go.
    pub(crate) fn add(&mut self, error: Error) -> bool {
        let full = self.list.len() >= CAPACITY;
        if full {
            self.list.pop_front();
            self.evicted += 1;
        }
        self.list.push_back(error);
        full
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn take(&mut self) -> Vec<Error> {
        self.evicted = 0;
        std::mem::take(&mut self.list).into()
    }

    /// Takes everything as one error.
    pub(crate) fn take_as_one(&mut self, status: Status, what: &str) -> Error {
        let evicted = match self.evicted {
            0 => String::new(),
            n => format!(" (and {n} older ones that were not kept)"),
        };
        let list = self.take();
        let mut texts: Vec<String> = list.iter().take(NAMED).map(|error| error.message.clone()).collect();
        if list.len() > NAMED {
            texts.push(format!("and {} more", list.len() - NAMED));
        }
        Error {
            status,
            grpc: list.iter().rev().find_map(|error| error.grpc),
            message: format!("{what}{evicted}: {}", texts.join("; ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_bounded_and_says_what_it_lost() {
        let mut reports = Reports::default();
        for n in 0..CAPACITY + 2 {
            let evicted = reports.add(Error::new(Status::SenderStopped, format!("e{n}")));
            assert_eq!(evicted, n >= CAPACITY);
        }
        let one = reports.take_as_one(Status::SenderErrors, "errors");
        assert!(one.message.starts_with("errors (and 2 older ones that were not kept): e2; e3"));
        assert!(reports.is_empty());
    }
}
