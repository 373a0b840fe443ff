//! Tickets: what a program that has the key gives a browser in an address, instead of the key. Each is good once, and not
//! for long, so that an address which is read by others later lets nobody in.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

/// More are given out only by a program that has lost its way: the oldest end.
const MOST: usize = 64;

/// The tickets that were given out and not yet used.
#[derive(Default)]
pub(crate) struct Tickets(Mutex<Vec<Ticket>>);

struct Ticket {
    text: String,
    ends: Instant,
}

impl std::fmt::Debug for Tickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tickets")
    }
}

impl Tickets {
    /// How long a ticket is good: whoever has gone for a coffee can still click.
    pub(crate) const LIFE: Duration = Duration::from_hours(1);

    pub(crate) fn give(&self, now: Instant) -> io::Result<String> {
        let mut random = [0; 24];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let text = URL_SAFE_NO_PAD.encode(random);
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.retain(|ticket| ticket.ends > now);
        if tickets.len() == MOST {
            tickets.remove(0);
        }
        tickets.push(Ticket { text: text.clone(), ends: now + Self::LIFE });
        Ok(text)
    }

    /// Whether this is a ticket. It is none afterwards.
    pub(crate) fn take(&self, shown: &str, now: Instant) -> bool {
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.retain(|ticket| ticket.ends > now);
        let before = tickets.len();
        tickets.retain(|ticket| !bool::from(ticket.text.as_bytes().ct_eq(shown.as_bytes())));
        tickets.len() < before
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{MOST, Tickets};

    #[test]
    fn a_ticket_is_good_once_and_not_for_long() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let ticket = tickets.give(now).unwrap();
        assert!(!tickets.take("", now) && !tickets.take(&ticket[1..], now));
        assert!(tickets.take(&ticket, now + Tickets::LIFE / 2));
        assert!(!tickets.take(&ticket, now), "it was used");
        let late = tickets.give(now).unwrap();
        assert!(!tickets.take(&late, now + Tickets::LIFE), "it has ended");
        assert_eq!(format!("{tickets:?}"), "Tickets");
    }

    #[test]
    fn only_so_many_are_kept() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let all: Vec<_> = (0..=MOST).map(|_| tickets.give(now).unwrap()).collect();
        assert!(!tickets.take(&all[0], now), "the oldest made room");
        assert!(all[1..].iter().all(|ticket| tickets.take(ticket, now)));
    }
}
