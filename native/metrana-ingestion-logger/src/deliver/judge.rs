//! What a broken stream means: whether to try again and when, what is lost, and whether the logger stops.

use std::time::{Duration, Instant};

use super::declaring::RefusedPiece;
use super::retry::{self, Verdict};
use super::sender::{Over, Sender, Work};
use super::stream::{Break, until};
use super::window::Message;
use crate::clock;
use crate::config::{DeliveryPolicy, ErrorStrategy, LogLevel};
use crate::connect::transport::Broken;
use crate::errors::{Error, Status};
use crate::names::ids::SeriesId;
use crate::tell::lines::{Line, LineId};

/// So many messages or series refused one after the other mean that the run is gone.
const REFUSALS_OF_A_RUN: u32 = 3;

impl Sender {
    /// Decides what a broken stream means, and waits before the next one.
    pub(super) async fn judge(&mut self, broke: Break) -> Result<(), Over> {
        let Break { at, why } = broke;
        let failed = clock::instant();
        self.with_stage(|stage| stage.books.counters.send_errors += 1)?;
        let idle = self.nothing_to_deliver()?;
        match retry::on_stream(why.code(), at) {
            Verdict::Fatal => return self.stop(&why, "the service denies this logger access"),
            Verdict::Message => {
                self.refused(&why)?;
                self.backoff.refused(&self.shared.config, failed);
            }
            Verdict::Declaration(piece) => {
                self.refused_piece(piece, &why)?;
                self.backoff.refused(&self.shared.config, failed);
            }
            // Nobody waits for anything: a service that restarts at night is no failure of delivery.
            Verdict::Transient if idle => {
                self.backoff.failed_idly(&self.shared.config, failed);
            }
            Verdict::Transient => {
                let spent = self.backoff.is_spent(&self.shared.config, failed);
                if spent {
                    self.give_up(&why)?;
                }
                self.backoff.failed(&self.shared.config, failed);
                if spent {
                    self.backoff.gave_up();
                }
            }
        }
        let when = self.when(failed)?;
        let text = format!("the stream to the ingestion service broke ({why}); trying again {when}");
        let retry = self.next_try(failed)?.map(|next| next.saturating_duration_since(failed));
        let line = Line::new(LineId::DeliveryInterrupted, text)
            .with("reason", why.to_string())
            .with_some("grpc_code", why.code().map(i32::from))
            .with("tries", self.backoff.tries())
            .with_some("retry_seconds", retry);
        if idle {
            self.shared.events.log(LogLevel::Debug, || line);
        } else {
            let held_back = self.broken_lines.pass(failed);
            self.outage_told |= held_back.is_some();
            self.say(held_back, line);
        }
        self.pause(failed).await
    }

    /// Waits for the next try. Who begins to wait for a flush or a close meanwhile gets one at once.
    async fn pause(&mut self, failed: Instant) -> Result<(), Over> {
        let slot = self.shared.slot;
        loop {
            let next = self.next_try(failed)?;
            tokio::select! {
                biased;
                () = until(next.map(tokio::time::Instant::from_std)) => break,
                () = slot.wake.notified() => {}
            }
        }
        let hurry = self.hurry()?;
        self.backoff.trying(hurry);
        Ok(())
    }

    /// When the next try is, for a person.
    fn when(&self, failed: Instant) -> Result<String, Over> {
        let pause = self.next_try(failed)?.map(|next| next.saturating_duration_since(failed));
        Ok(match pause {
            None => "when somebody waits for it".to_owned(),
            Some(Duration::ZERO) => "at once".to_owned(),
            Some(pause) => format!("in {pause:?}"),
        })
    }

    fn next_try(&self, failed: Instant) -> Result<Option<Instant>, Over> {
        Ok(self.backoff.next_try(&self.shared.config, failed, self.hurry()?))
    }

    /// Whether somebody waits for what is pending.
    fn hurry(&self) -> Result<bool, Over> {
        let state = self.live()?;
        Ok(state.closing().is_some() || state.inner.is_flushing())
    }

    fn nothing_to_deliver(&self) -> Result<bool, Over> {
        let state = self.live()?;
        Ok(self.window.is_empty() && state.inner.chunks.is_drained() && state.closing().is_none())
    }

    /// The budget is used up: what was under way is lost, or everything is.
    fn give_up(&mut self, why: &Broken) -> Result<(), Over> {
        let tries = self.backoff.tries();
        if self.shared.config.delivery_policy == DeliveryPolicy::StopOnLoss {
            return self.stop(why, &format!("delivery failed {tries} times in a row"));
        }
        self.take_what_waits()?;
        let lost: Vec<Message> = std::iter::from_fn(|| self.window.pop()).collect();
        let (Some(oldest), Some(newest)) = (lost.first(), lost.last()) else { return Ok(()) };
        let amount: u64 = lost.iter().map(|message| message.tally.total()).sum();
        let text = format!(
            "{} message(s), from {} to {}, with {amount} point(s) or attribute(s) were dropped after {tries} failed tries; \
             the last: {why}",
            lost.len(),
            oldest.number.sequence,
            newest.number.sequence
        );
        let error = error_of(why, text);
        for message in &lost {
            self.lose(message, &error)?;
        }
        self.report(error)?;
        self.see_to_ends()
    }

    /// Takes as much as would be under way if there had been a stream: where none came about, everything still lies in the
    /// stage, and whoever waits for room there would wait as long as the outage lasts.
    fn take_what_waits(&mut self) -> Result<(), Over> {
        while self.window.len() < self.room() && !self.with_stage(|stage| stage.chunks.is_drained())? {
            let Work::Message = self.next_message()? else { break };
        }
        Ok(())
    }

    /// The service refused something of what was under way.
    fn refused(&mut self, why: &Broken) -> Result<(), Over> {
        if self.suspicion.is_none()
            && let Some(newest) = self.window.newest()
        {
            self.suspicion = Some(newest);
            return Ok(());
        }
        self.refusals += 1;
        if self.refusals >= REFUSALS_OF_A_RUN {
            return self.stop(why, &format!("the service refused {REFUSALS_OF_A_RUN} messages in a row"));
        }
        let Some(message) = self.window.pop() else { return Ok(()) };
        let sequence = message.number.sequence;
        let loss = error_of(why, format!("message {sequence} was refused by the service and is lost: {why}"));
        self.lose(&message, &loss)?;
        self.report(loss)?;
        self.see_to_ends()
    }

    /// The service refused something of a piece of declarations. Where one series is left, it goes, and nothing else.
    fn refused_piece(&mut self, piece: usize, why: &Broken) -> Result<(), Over> {
        let Some(RefusedPiece::Series { declaration, in_a_row }) = self.declaring.refused(piece) else {
            return Ok(());
        };
        if in_a_row >= REFUSALS_OF_A_RUN {
            return self.stop(why, &format!("the service refused {REFUSALS_OF_A_RUN} series in a row"));
        }
        let named = format!("the series '{}' (scale '{}')", declaration.metric_name, declaration.scale);
        let loss =
            error_of(why, format!("the service refused {named}, so what is logged to it is lost: {why}"));
        // Whoever tolerates losses is not to be stopped by one, at the call either. For everybody else a point that is accepted
        // and can only be lost would end the whole logger.
        if self.shared.config.delivery_policy == DeliveryPolicy::StopOnLoss
            && let Some(id) = SeriesId::of_wire(declaration.declaration_id)
        {
            let text = format!("invalid points: the service refused {named}, so nothing was logged: {why}");
            let turned_down = Error { status: Status::Validation, ..error_of(why, text) };
            self.with_stage(|stage| stage.condemn(id, turned_down))?;
        }
        for taken in self.window.take_out(self.declaring.condemned()) {
            self.lose_part(&taken, &loss)?;
        }
        self.condemnation = Some(loss.clone());
        self.report(loss)?;
        self.see_to_ends()
    }

    /// Puts an error where the error strategy wants it.
    fn report(&mut self, error: Error) -> Result<(), Over> {
        if self.shared.config.error_strategy != ErrorStrategy::Silent {
            let held_back = self.loss_lines.pass(clock::instant());
            let line = Line::new(LineId::DataLost, error.message.clone())
                .with("reason", error.message.as_str())
                .with_some("grpc_code", error.grpc);
            self.say(held_back, line);
        }
        self.with_stage(|stage| stage.report(error))
    }

    /// Writes a warning, or a line that few will read where there were too many of the sort.
    fn say(&self, held_back: Option<u64>, line: Line) {
        match held_back {
            Some(0) => self.shared.events.log(LogLevel::Warn, || line),
            Some(n) => self.shared.events.log(LogLevel::Warn, || {
                let message = format!("{} (and {n} more like it)", line.message);
                Line { message, ..line }.with("held_back", n)
            }),
            None => self.shared.events.log(LogLevel::Debug, || line),
        }
    }

    fn stop(&self, why: &Broken, what: &str) -> Result<(), Over> {
        self.shared.stop(error_of(why, format!("{what}: {why}")));
        Err(Over)
    }
}

fn error_of(why: &Broken, text: String) -> Error {
    match why.code() {
        Some(code) => Error::answered(Status::SenderStopped, code, text),
        None => Error::new(Status::SenderStopped, text),
    }
}
