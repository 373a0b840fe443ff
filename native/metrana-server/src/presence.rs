//! Who needs the server, so that one that nobody needs can end.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// Counts the requests that are under way on all connections. A stream of updates, and a reader of the change feed, is
/// one for as long as it is open.
#[derive(Clone, Debug)]
pub(crate) struct Presence(watch::Sender<Standing>);

#[derive(Clone, Copy, Debug)]
struct Standing {
    requests: usize,
    idle_since: Instant,
}

/// Somebody who needs the server.
#[derive(Debug)]
pub(crate) struct Present(Presence);

impl Default for Presence {
    fn default() -> Self {
        Self(watch::Sender::new(Standing { requests: 0, idle_since: Instant::now() }))
    }
}

impl Presence {
    /// Counts one until what is given is dropped.
    pub(crate) fn enter(&self) -> Present {
        self.0.send_modify(|standing| standing.requests += 1);
        Present(self.clone())
    }

    /// Waits until nobody has needed the server for this long.
    pub(crate) async fn nobody_for(&self, time: Duration) {
        let mut standing = self.0.subscribe();
        loop {
            let Standing { requests, idle_since } = *standing.borrow_and_update();
            let over = idle_since + time;
            if requests == 0 && Instant::now() >= over {
                return;
            }
            tokio::select! {
                // It cannot fail: this holds the sender.
                _ = standing.changed() => {}
                () = tokio::time::sleep_until(over), if requests == 0 => {}
            }
        }
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.0.send_modify(|standing| {
            standing.requests -= 1;
            standing.idle_since = Instant::now();
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::Presence;

    #[tokio::test(start_paused = true)]
    async fn nobody_is_there_when_the_last_one_has_left_for_long() {
        let presence = Presence::default();
        let (first, second) = (presence.enter(), presence.enter());
        let nobody = presence.nobody_for(Duration::from_mins(1));
        tokio::pin!(nobody);
        let day = Duration::from_hours(24);
        assert!(timeout(day, &mut nobody).await.is_err(), "two are there");
        drop(first);
        assert!(timeout(day, &mut nobody).await.is_err(), "one is there");
        drop(second);
        assert!(timeout(Duration::from_secs(59), &mut nobody).await.is_err());
        drop(presence.enter());
        assert!(timeout(Duration::from_secs(59), &mut nobody).await.is_err(), "one was there meanwhile");
        assert!(timeout(Duration::from_secs(2), &mut nobody).await.is_ok());
    }
}
