//! Threads that read, each with a connection of its own: neither the runtime nor the writer waits for a disk.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::schema;
use crate::store::{Pending, StoreError};

type Question = Box<dyn FnOnce(&Connection) + Send>;

/// How many.
const READERS: usize = 4;

#[derive(Debug)]
pub(super) struct Readers {
    questions: Mutex<Option<Sender<Question>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Readers {
    pub(super) fn start(directory: &Path) -> Result<Self, StoreError> {
        let (questions, asked) = channel::<Question>();
        let asked = Arc::new(Mutex::new(asked));
        let mut threads = Vec::new();
        for _ in 0..READERS {
            let db = schema::reader(directory)?;
            let asked = Arc::clone(&asked);
            let spawned = thread::Builder::new().name("store-read".into()).spawn(move || answer(&db, &asked));
            threads.push(spawned.map_err(|error| StoreError::Io(error.to_string()))?);
        }
        Ok(Self { questions: Mutex::new(Some(questions)), threads: Mutex::new(threads) })
    }

    /// Asks one of them something.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<'static, T> {
        let (tell, told) = oneshot::channel();
        let question: Question = Box::new(move |db| {
            // Nobody may want to know any more.
            let _ = tell.send(question(db));
        });
        if let Some(questions) = &*self.questions.lock().unwrap_or_else(PoisonError::into_inner) {
            // Without threads the answer below says so.
            let _ = questions.send(question);
        }
        Box::pin(async move {
            told.await.unwrap_or_else(|_| Err(StoreError::Busy("the store is closing".to_owned())))
        })
    }

    pub(super) fn stop(&self) {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner).take();
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = thread.join();
        }
    }
}

fn answer(db: &Connection, asked: &Mutex<Receiver<Question>>) {
    loop {
        let next = asked.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(question) => question(db),
            Err(_) => return,
        }
    }
}
