//! What the server holds of messages and answers that are under way, bounded by one budget for all of them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// What the budget is counted in.
const PIECE: usize = 16 << 10;

/// How long somebody waits for others to be done.
const PATIENCE: Duration = Duration::from_secs(10);

/// So many bytes for everything that is under way.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pieces: Arc<Semaphore>,
    bytes: usize,
    /// The budget that this is a portion of.
    whole: Option<Arc<Semaphore>>,
    patience: Duration,
}

/// What one message or answer holds of it. It is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    permit: Option<OwnedSemaphorePermit>,
    of_the_whole: Option<OwnedSemaphorePermit>,
}

/// Others hold all of it and do not let go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { pieces: Arc::new(Semaphore::new(pieces(bytes))), bytes, whole: None, patience: PATIENCE }
    }

    /// The same, for those who wait for so long.
    pub(crate) fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// A part of it that some share: what they hold is missing to all, and they never hold more than this.
    pub(crate) fn portion(&self, bytes: usize) -> Self {
        Self { whole: Some(Arc::clone(&self.pieces)), ..Self::new(bytes).with_patience(self.patience) }
    }

    /// How much there is in all.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// A share of nothing.
    pub(crate) fn share(&self) -> Share {
        Share { budget: self.clone(), permit: None, of_the_whole: None }
    }

    async fn acquire(
        &self,
        more: u32,
    ) -> Result<(OwnedSemaphorePermit, Option<OwnedSemaphorePermit>), Exhausted> {
        let both = async {
            let permit = Arc::clone(&self.pieces).acquire_many_owned(more).await?;
            let of_the_whole = match &self.whole {
                Some(whole) => Some(Arc::clone(whole).acquire_many_owned(more).await?),
                None => None,
            };
            Ok((permit, of_the_whole))
        };
        let acquired: Result<_, AcquireError> = timeout(self.patience, both).await.map_err(|_| Exhausted)?;
        acquired.map_err(|_| Exhausted)
    }
}

fn pieces(bytes: usize) -> usize {
    bytes.div_ceil(PIECE).min(Semaphore::MAX_PERMITS)
}

impl Share {
    /// Another share of the same budget, of nothing.
    pub(crate) fn empty(&self) -> Self {
        self.budget.share()
    }

    fn held(&self) -> usize {
        self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits)
    }

    /// Makes it so many bytes, unless it is more already. Waits while others hold what is needed.
    pub(crate) async fn grow_to(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let more = bytes.div_ceil(PIECE).saturating_sub(self.held());
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).map_err(|_| Exhausted)?;
        let (permit, of_the_whole) = self.budget.acquire(more).await?;
        merge(&mut self.permit, Some(permit));
        merge(&mut self.of_the_whole, of_the_whole);
        Ok(())
    }

    /// Gives back what is more than so many bytes.
    pub(crate) fn shrink_to(&mut self, bytes: usize) {
        let less = self.held().saturating_sub(bytes.div_ceil(PIECE));
        for permit in [&mut self.permit, &mut self.of_the_whole] {
            drop(permit.as_mut().and_then(|permit| permit.split(less)));
        }
    }
}

fn merge(held: &mut Option<OwnedSemaphorePermit>, more: Option<OwnedSemaphorePermit>) {
    match (held.as_mut(), more) {
        (Some(held), Some(more)) => held.merge(more),
        (None, more) => *held = more,
        (Some(_), None) => {}
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

    #[tokio::test]
    async fn a_portion_is_a_part_of_the_whole_and_never_more() {
        let budget = Budget::new(10 * PIECE).with_patience(Duration::from_millis(20));
        let portion = budget.portion(4 * PIECE);
        let (mut one, mut other) = (portion.share(), portion.share());
        one.grow_to(3 * PIECE).await.unwrap();
        assert_eq!(other.grow_to(2 * PIECE).await, Err(Exhausted), "the portion is used up");
        let mut rest = budget.share();
        assert_eq!(rest.grow_to(8 * PIECE).await, Err(Exhausted), "three of ten are held");
        rest.grow_to(7 * PIECE).await.unwrap();
        assert_eq!(other.grow_to(PIECE).await, Err(Exhausted), "the whole is used up");
        one.shrink_to(PIECE + 1);
        other.grow_to(PIECE).await.unwrap();
        drop((one, other, rest));
        portion.share().grow_to(4 * PIECE).await.unwrap();
        budget.share().grow_to(10 * PIECE).await.unwrap();
    }
}
