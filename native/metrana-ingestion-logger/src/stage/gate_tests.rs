//! Who is let in, and in which order. Every wait has a deadline.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::gate::{Behind, Closing, Gate, GateState, Patience, Turned};

const DEADLINE: Duration = Duration::from_secs(20);

/// The least that a stage can be.
struct Nothing;

impl Behind for Nothing {}

/// Lets a call in that takes what it asks for. Answers how many more bytes there would have been room for, or nothing where it
/// was turned away.
fn admit(gate: &Gate<Nothing>, weight: usize, patience: Patience) -> Option<usize> {
    let outcome = gate.admit(|_| patience, |_| Ok((weight, ())), |_, (), spare| (weight, spare), |_, ()| {});
    match outcome {
        Ok(spare) => Some(spare),
        Err(Turned::Away(())) => None,
        Err(Turned::Down(error)) => panic!("{error}"),
    }
}

const AT_ONCE: Patience = Patience::Limited(Duration::ZERO);

/// A call in a thread of its own, that waits for room already. What it was answered comes through the channel.
fn waiting(gate: &Arc<Gate<Nothing>>, weight: usize, patience: Patience) -> Receiver<Option<usize>> {
    let (tell, told) = channel();
    let before = gate.peek(GateState::waiting);
    {
        let gate = Arc::clone(gate);
        std::thread::spawn(move || {
            // A test that no longer listens has its answer.
            let _ = tell.send(admit(&gate, weight, patience));
        });
    }
    let deadline = Instant::now() + DEADLINE;
    while gate.peek(GateState::waiting) == before {
        assert!(Instant::now() < deadline, "it never waited");
        std::thread::yield_now();
    }
    told
}

#[test]
fn the_queue_is_full_at_its_limit_and_a_larger_call_goes_in_alone() {
    let gate = Gate::new(Nothing, 10);
    assert_eq!(admit(&gate, 11, AT_ONCE), Some(0), "it is larger than the queue, which is empty");
    assert_eq!(admit(&gate, 1, AT_ONCE), None, "there is no room beside it");
    gate.lock().expect("sound").release(11);
    assert_eq!(admit(&gate, 4, AT_ONCE), Some(6));
    assert_eq!(admit(&gate, 11, AT_ONCE), None, "not beside others");
    assert_eq!(admit(&gate, 6, AT_ONCE), Some(0), "it fits to the byte");
    assert_eq!(admit(&gate, 1, AT_ONCE), None);
}

#[test]
fn nobody_overtakes_who_waits() {
    let gate = Arc::new(Gate::new(Nothing, 10));
    assert_eq!(admit(&gate, 8, AT_ONCE), Some(2));
    let large = waiting(&gate, 5, Patience::Forever);
    assert_eq!(admit(&gate, 1, AT_ONCE), None, "there is room, but somebody came before");
    let next = waiting(&gate, 5, Patience::Forever);
    let mut state = gate.lock().expect("sound");
    state.release(8);
    gate.announce(state);
    assert_eq!(large.recv_timeout(DEADLINE), Ok(Some(0)), "nothing is to spare while another one waits");
    assert_eq!(next.recv_timeout(DEADLINE), Ok(Some(0)));
}

#[test]
fn who_gives_up_lets_the_next_one_pass() {
    let gate = Arc::new(Gate::new(Nothing, 10));
    assert_eq!(admit(&gate, 8, AT_ONCE), Some(2));
    let impatient = waiting(&gate, 5, Patience::Limited(Duration::from_millis(200)));
    let small = waiting(&gate, 2, Patience::Forever);
    assert_eq!(impatient.recv_timeout(DEADLINE), Ok(None));
    assert_eq!(small.recv_timeout(DEADLINE), Ok(Some(0)));
}

#[test]
fn the_first_close_decides() {
    let gate = Gate::new(Nothing, 10);
    gate.shut(Closing { close_run: true }, |_| {}).expect("sound");
    gate.shut(Closing { close_run: false }, |_| {}).expect("sound");
    let closing = gate.peek(GateState::closing);
    assert_eq!(closing, Some(Closing { close_run: true }));
}
