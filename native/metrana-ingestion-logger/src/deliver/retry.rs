//! What a status from the service means, in one table for each stage.

use std::time::Duration;

use tonic::Code;

use crate::config::Config;
use crate::connect::transport::Broken;
use crate::random;

/// What a status means while the run is being opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AtInit {
    /// It will not get better.
    Fail,
    /// It may get better until the init timeout.
    Retry,
    /// It may get better soon; a mistyped workspace does not.
    RetryBriefly,
}

/// How long `RetryBriefly` is.
const BRIEFLY: Duration = Duration::from_secs(5);

/// How long something is tried that time does not heal: somebody may be replacing a certificate or a port just now.
const STUBBORNLY: Duration = Duration::from_secs(10);

/// How long this failure is borne while the run is being opened. None: until the init timeout.
pub(crate) fn patience_at_init(failure: &Broken) -> Option<Duration> {
    match failure {
        Broken::Transport(_) => None,
        Broken::Wrong(_) => Some(STUBBORNLY),
        Broken::Answered(status) => match at_init(status.code()) {
            AtInit::Retry => None,
            AtInit::RetryBriefly => Some(BRIEFLY),
            AtInit::Fail => Some(Duration::ZERO),
        },
    }
}

fn at_init(code: Code) -> AtInit {
    match code {
        Code::InvalidArgument
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::Unauthenticated
        | Code::ResourceExhausted => AtInit::Fail,
        Code::NotFound => AtInit::RetryBriefly,
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss => AtInit::Retry,
    }
}

/// Where a stream broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// There was no connection yet.
    Connect,
    /// The hello was not acknowledged.
    Hello,
    /// This piece of the declarations was not.
    Declaring(usize),
    /// Some data message was not.
    Data,
    /// Everything was acknowledged so far.
    Idle,
}

/// What it means that a stream broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Try again, as long as the budget lasts.
    Transient,
    /// One of the data messages under way is not wanted.
    Message,
    /// A declaration in this piece is not wanted.
    Declaration(usize),
    /// Nothing from this logger will ever be taken.
    Fatal,
}

/// What a status means on the update stream. `code`: None where the service said nothing.
///
/// Only what lay before the service can be what it refuses: a hello holds nothing of the caller's, and a run that is not
/// found is no fault of a declaration.
pub(crate) fn on_stream(code: Option<Code>, at: Place) -> Verdict {
    match (code, at) {
        (Some(Code::Unauthenticated | Code::PermissionDenied | Code::Unimplemented), _) => Verdict::Fatal,
        (Some(Code::InvalidArgument | Code::NotFound), Place::Data) => Verdict::Message,
        (Some(Code::InvalidArgument), Place::Declaring(piece)) => Verdict::Declaration(piece),
        (None | Some(_), _) => Verdict::Transient,
    }
}

/// The pause before try number `attempt` (from 1) of opening the run: 50, 100, 200, 400, 400, ... ms.
pub(crate) fn init_pause(attempt: u32) -> Duration {
    random::jittered(Duration::from_millis(50 << (attempt.saturating_sub(1)).min(3)))
}

/// The pause after `failures` (from 1) failed streams in a row.
pub(crate) fn stream_pause(config: &Config, failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(30);
    random::jittered(config.backoff_initial.saturating_mul(1 << doublings).min(config.backoff_max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_about_what_lay_before_the_service() {
        let places = [Place::Connect, Place::Hello, Place::Declaring(3), Place::Data, Place::Idle];
        let row = |code: Code| places.map(|place| on_stream(Some(code), place));
        let transient = [Verdict::Transient; 5];
        let [mut invalid, mut not_found] = [transient; 2];
        invalid[2] = Verdict::Declaration(3);
        invalid[3] = Verdict::Message;
        not_found[3] = Verdict::Message;
        assert_eq!(row(Code::InvalidArgument), invalid);
        assert_eq!(row(Code::NotFound), not_found);
        for code in [Code::Unauthenticated, Code::PermissionDenied, Code::Unimplemented] {
            assert_eq!(row(code), [Verdict::Fatal; 5]);
        }
        for code in [
            Code::Ok,
            Code::Cancelled,
            Code::Unknown,
            Code::DeadlineExceeded,
            Code::AlreadyExists,
            Code::ResourceExhausted,
            Code::FailedPrecondition,
            Code::Aborted,
            Code::OutOfRange,
            Code::Internal,
            Code::Unavailable,
            Code::DataLoss,
        ] {
            assert_eq!(row(code), transient);
        }
        assert_eq!(places.map(|place| on_stream(None, place)), transient);
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let config = Config::default();
        let within = |pause: Duration, millis: u64| {
            pause >= Duration::from_millis(millis) && pause <= Duration::from_millis(millis + millis / 10)
        };
        assert!(within(stream_pause(&config, 1), 50) && within(stream_pause(&config, 3), 200));
        assert!(within(stream_pause(&config, 100), 15_000));
        assert!(within(init_pause(1), 50) && within(init_pause(4), 400) && within(init_pause(99), 400));
    }
}
