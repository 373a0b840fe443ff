//! Whether the store can write, and since when not.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::now_millis;
use crate::log::Log;
use crate::store::{Health, StoreError};

#[derive(Debug)]
pub(super) struct Doctor {
    health: Mutex<Health>,
    log: Log,
}

impl Doctor {
    pub(super) fn new(log: Log) -> Self {
        Self { health: Mutex::new(Health::Good), log }
    }

    fn lock(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn health(&self) -> Health {
        self.lock().clone()
    }

    pub(super) fn is_good(&self) -> bool {
        *self.lock() == Health::Good
    }

    /// Writing works.
    pub(super) fn good(&self) {
        let mut health = self.lock();
        if *health != Health::Good {
            *health = Health::Good;
            drop(health);
            self.log.line(format_args!("the store can write again; what waited is safe now"));
        }
    }

    /// Writing failed. What is said once is not said again until it is over.
    pub(super) fn failed(&self, error: &StoreError) {
        let mut health = self.lock();
        let since_millis = match &*health {
            Health::Good => now_millis(),
            Health::Full { since_millis } | Health::Failing { since_millis, .. } => *since_millis,
        };
        let now = match error {
            StoreError::Full(_) => Health::Full { since_millis },
            other => Health::Failing { since_millis, why: other.to_string() },
        };
        if *health == now {
            return;
        }
        *health = now;
        drop(health);
        self.log.line(format_args!(
            "{error}: what is logged is not acknowledged until the store can write; it goes on trying"
        ));
    }

    /// Says something that is worth a line.
    pub(super) fn say(&self, what: std::fmt::Arguments<'_>) {
        self.log.line(what);
    }
}
