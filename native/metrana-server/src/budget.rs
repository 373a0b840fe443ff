//! What the server holds of messages and answers that are under way, bounded by one budget for all of them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// What the budget is counted in.
const PIECE: usize = 16 << 10;

/// How long somebody waits for others to be done.
const PATIENCE: Duration = Duration::from_secs(10);

/// So many bytes for everything that is under way.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pieces: Arc<Semaphore>,
    patience: Duration,
}

/// What one message or answer holds of it. It is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    permit: Option<OwnedSemaphorePermit>,
}

/// Others hold all of it and do not let go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        let pieces = bytes.div_ceil(PIECE).min(Semaphore::MAX_PERMITS);
        Self { pieces: Arc::new(Semaphore::new(pieces)), patience: PATIENCE }
    }

    /// A share of nothing.
    pub(crate) fn share(&self) -> Share {
        Share { budget: self.clone(), permit: None }
    }
}

impl Share {
    /// Another share of the same budget, of nothing.
    pub(crate) fn empty(&self) -> Self {
        self.budget.share()
    }

    /// Makes it so many bytes, unless it is more already. Waits while others hold what is needed.
    pub(crate) async fn grow_to(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let held = self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = bytes.div_ceil(PIECE).saturating_sub(held);
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).map_err(|_| Exhausted)?;
        let wanted = Arc::clone(&self.budget.pieces).acquire_many_owned(more);
        let permit =
            timeout(self.budget.patience, wanted).await.map_err(|_| Exhausted)?.map_err(|_| Exhausted)?;
        match &mut self.permit {
            Some(held) => held.merge(permit),
            None => self.permit = Some(permit),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Budget, Exhausted, PIECE};

    #[tokio::test]
    async fn what_others_hold_is_waited_for_and_not_for_ever() {
        let mut budget = Budget::new(10 * PIECE);
        budget.patience = Duration::from_millis(20);
        let (mut one, mut other) = (budget.share(), budget.share());
        one.grow_to(7 * PIECE - 1).await.unwrap();
        one.grow_to(7 * PIECE).await.unwrap();
        one.grow_to(1).await.unwrap();
        assert_eq!(other.grow_to(3 * PIECE + 1).await, Err(Exhausted));
        other.grow_to(3 * PIECE).await.unwrap();
        assert_eq!(budget.share().grow_to(1).await, Err(Exhausted));
        other.budget.patience = Duration::from_secs(20);
        let waiting = tokio::spawn(async move { other.grow_to(9 * PIECE).await });
        tokio::task::yield_now().await;
        drop(one);
        assert_eq!(waiting.await.unwrap(), Ok(()));
        assert_eq!(budget.share().grow_to(11 * PIECE).await, Err(Exhausted), "more than there is");
    }
}
