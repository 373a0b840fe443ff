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

/// What a status means on the update stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnStream {
    /// Try again, as long as the budget lasts.
    Transient,
    /// One of the messages under way is not wanted.
    Rejected,
    /// Nothing from this logger will ever be taken.
    Fatal,
}

pub(crate) fn on_stream(code: Code) -> OnStream {
    match code {
        Code::InvalidArgument | Code::NotFound => OnStream::Rejected,
        Code::Unauthenticated | Code::PermissionDenied | Code::Unimplemented => OnStream::Fatal,
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::AlreadyExists
        | Code::ResourceExhausted
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss => OnStream::Transient,
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
