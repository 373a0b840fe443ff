//! Random programs against a server behind a network that breaks at random bytes: nothing is lost and nothing doubled.
//!
//! The programs log data of every kind; some of them floats only, and more of those.
//!
//! Every program meets at least one break behind a message that the server has stored and not acknowledged, so that the
//! message comes a second time and must be left out.
//!
//! `METRANA_SEED=17` plays one program again, `METRANA_PROGRAMS=5000` plays more of them.

mod common;

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use metrana_ingestion_logger::events::EventSink;
use metrana_ingestion_logger::{Config, KindCounters, Logger};
use metrana_server::store::{Counts, NotKept};
use metrana_server::{Fault, Options, Server};
use metrana_testkit::deadline::Deadline;
use metrana_testkit::model::Model;
use metrana_testkit::program::{Amounts, Call, Kinds, Program};
use metrana_testkit::proxy::{Fate, FaultProxy, Side};
use metrana_testkit::random::Random;
use metrana_testkit::stored;
use tokio::runtime::Runtime;

use common::{PATIENCE, Player, borrowed, runtime};

const PROGRAMS: u64 = 200;
const THREADS: usize = 2;

#[test]
fn nothing_is_lost_and_nothing_doubled() {
    let number = |name| {
        env::var(name).ok().map(|text| text.parse::<u64>().unwrap_or_else(|_| panic!("{name}={text}")))
    };
    if let Some(seed) = number("METRANA_SEED") {
        let met = play(&runtime(), seed);
        println!("seed {seed}: {met:?}");
        return;
    }
    let programs = number("METRANA_PROGRAMS").unwrap_or(PROGRAMS);
    let next = AtomicU64::new(0);
    let mut met = Met::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| work(&next, programs))).collect();
        for worker in workers {
            match worker.join() {
                Ok(more) => met.add(&more),
                Err(panic) => resume_unwind(panic),
            }
        }
    });
    println!("{programs} programs: {met:?}");
    // A network that never broke, or a server that never saw a message twice, would prove nothing.
    assert_eq!(met.programs, programs);
    assert!(met.duplicates >= programs, "{met:?}");
    assert!(met.broken_connections >= programs, "{met:?}");
}

/// What the programs met.
#[derive(Debug, Default)]
struct Met {
    programs: u64,
    points: u64,
    messages: u64,
    duplicates: u64,
    connections: u64,
    broken_connections: u64,
}

impl Met {
    fn add(&mut self, other: &Self) {
        self.programs += other.programs;
        self.points += other.points;
        self.messages += other.messages;
        self.duplicates += other.duplicates;
        self.connections += other.connections;
        self.broken_connections += other.broken_connections;
    }
}

fn work(next: &AtomicU64, programs: u64) -> Met {
    let runtime = runtime();
    let mut met = Met::default();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= programs {
            return met;
        }
        match catch_unwind(AssertUnwindSafe(|| play(&runtime, seed))) {
            Ok(more) => met.add(&more),
            Err(panic) => {
                next.store(programs, Ordering::Relaxed);
                eprintln!(
                    "\nseed {seed} failed; again: METRANA_SEED={seed} cargo test -p metrana-testkit --test delivery"
                );
                resume_unwind(panic);
            }
        }
    }
}

/// Plays one program and compares what the server holds with the model.
fn play(runtime: &Runtime, seed: u64) -> Met {
    let _deadline = Deadline::start();
    let mut random = Random::new(seed);
    let program = Program::generate(&mut random, if seed % 4 == 3 { Kinds::Floats } else { Kinds::All });
    let amounts = program.amounts();
    let server = runtime.block_on(Server::start_in_memory(Options::default())).expect("a server");
    // At least one data message is sent: so the fault happens, and the message comes again.
    server.faults().arm(Fault::Reset { after: 1, store_last: true, times: 1 });
    if random.chance(50) {
        let after = random.between(2, 6);
        server.faults().arm(Fault::Reset {
            after,
            store_last: random.chance(50),
            times: random.between(1, 3),
        });
    }
    let mut fates = Fates::new(random.bits(), &amounts);
    let proxy = runtime.block_on(FaultProxy::start(server.grpc_addr(), move |_| fates.next()));
    let config = config(&mut random, &format!("http://{}", proxy.address()), &amounts);

    let logger = Logger::open(config, EventSink::none()).expect("the run opens");
    let mut model = Model::default();
    let mut player = Player::new(&logger, random.bits());
    for call in &program.calls {
        player.perform(call);
        model.call(call);
        assert_same_progress(&logger, &model, call);
    }
    logger.close(Some(PATIENCE)).expect("everything arrives");

    let run = server.store().runs().expect("runs").pop().expect("the run is there");
    if let Some(difference) = model.arrived().difference(&stored::read(server.store(), &run.id)) {
        panic!("{difference}");
    }
    let counts = server.store().counts(None).expect("counts");
    assert_books(&logger, &counts, &amounts);
    assert!(run.closed, "the last message closes the run");
    assert!(counts.duplicate_messages >= 1, "no message came twice: {counts:?}");
    assert!(server.faults().fired() >= 1);
    Met {
        programs: 1,
        points: counts.all_points(),
        messages: counts.messages,
        duplicates: counts.duplicate_messages,
        connections: proxy.connections(),
        broken_connections: proxy.broken() + server.faults().fired(),
    }
}

/// What becomes of the connections, one after another: some of the first ones break, the later ones work.
struct Fates {
    random: Random,
    to_come: u64,
    largest: u64,
}

impl Fates {
    fn new(seed: u64, amounts: &Amounts) -> Self {
        let mut random = Random::new(seed);
        let to_come = random.below(7);
        Self { random, to_come, largest: (amounts.std_points + amounts.rl_points) * 10 + 2000 }
    }

    fn next(&mut self) -> Fate {
        if self.to_come == 0 {
            return Fate::Forward;
        }
        self.to_come -= 1;
        match self.random.below(10) {
            0 => Fate::Refuse,
            1 => Fate::Forward,
            // A connection carries little to the client: settings, and a few dozen bytes for each answer.
            2..5 => Fate::Reset(Side::ToClient, self.random.below(600)),
            // The first hundreds of bytes are the greeting, whose every byte ought to be met.
            5..7 => Fate::Reset(Side::ToServer, self.random.below(600)),
            _ => Fate::Reset(Side::ToServer, self.random.below(self.largest)),
        }
    }
}

fn config(random: &mut Random, endpoint: &str, amounts: &Amounts) -> Config {
    // Messages of a few points each, but not so many of them that a window of one takes minutes on a busy machine.
    let thousands = (amounts.std_points + amounts.rl_points) / 1000;
    let smallest = 8 + u64::from(thousands.checked_ilog2().unwrap_or_default());
    Config {
        api_key: "key".into(),
        workspace: "ws".into(),
        project: "proj".into(),
        run_name: "run".into(),
        endpoint: endpoint.into(),
        max_msg_size: 1 << random.between(smallest, 20),
        max_pending_requests: [1, 2, 5, 30][random.index(4)],
        queue_bytes: 1 << random.between(14, 26),
        msg_linger: Duration::from_millis(random.below(5)),
        msg_max_retries: None,
        backoff_initial: Duration::from_millis(1),
        backoff_max: Duration::from_millis(8),
        init_timeout: PATIENCE,
        connect_timeout: PATIENCE,
        ..Config::default()
    }
}

/// What the logger tells about itself at once is what the model tells.
fn assert_same_progress(logger: &Logger, model: &Model, call: &Call) {
    let series = match call {
        Call::StdFloats(call) => &call.series,
        Call::Histograms(call) => &call.series,
        Call::Scatters(call) => &call.series,
        Call::RlFloats(call) => {
            for environment in &call.environments {
                let progress = logger.environment_progress(environment).expect("the logger lives");
                assert_eq!(progress, model.progress(environment), "{environment}");
            }
            &call.series
        }
        _ => return,
    };
    let last = logger.series_last_step(&series.metric, &series.scale, &borrowed(&series.labels));
    assert_eq!(last.expect("the logger lives"), model.last_step(series), "{series:?}");
}

/// The engine's books agree with the server's.
fn assert_books(logger: &Logger, counts: &Counts, amounts: &Amounts) {
    let counters = logger.counters();
    for (kind, amount, arrived) in [
        (counters.float_points, amounts.std_points, counts.points),
        (counters.rl_float_points, amounts.rl_points, counts.rl_points),
        (counters.histogram_points, amounts.histograms, counts.histograms),
        (counters.scatter_points, amounts.scatters, counts.scatters),
        (counters.attribute_updates, amounts.attributes, counts.attribute_updates),
        (counters.env_attribute_updates, amounts.environment_attributes, counts.env_attribute_updates),
    ] {
        let all_sent =
            KindCounters { added: amount, enqueued: amount, sent: amount, ..KindCounters::default() };
        assert_eq!(kind, all_sent, "{counters:?}");
        assert!(arrived <= amount, "{counts:?}");
    }
    // A step that does not grow, and one that is written again, are kept as they came and counted apart.
    let stale = counts.not_kept.stale_points;
    let replaced = counts.not_kept.replaced_points;
    let all_arrived = counts.points + counts.rl_points + counts.histograms + counts.scatters;
    let all_sent = amounts.std_points + amounts.rl_points + amounts.histograms + amounts.scatters;
    assert_eq!(all_arrived + stale + replaced, all_sent, "{counts:?}");
    assert_eq!(counts.attribute_updates, amounts.attributes, "{counts:?}");
    assert_eq!(counts.env_attribute_updates, amounts.environment_attributes, "{counts:?}");
    assert_eq!(counters.requests_sent, counts.messages, "{counters:?}\n{counts:?}");
    assert_eq!(counters.pending_bytes, 0, "{counters:?}");
    let none_else = NotKept { stale_points: stale, replaced_points: replaced, ..NotKept::default() };
    assert_eq!(counts.not_kept, none_else, "{counts:?}");
    assert_eq!(counts.conflicting_points, 0, "{counts:?}");
    assert!(logger.take_errors().is_empty());
}
