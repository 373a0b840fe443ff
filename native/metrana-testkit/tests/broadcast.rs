//! What is said once for many points means what it means when it is said for each.

mod common;

use metrana_ingestion_logger::events::EventSink;
use metrana_ingestion_logger::{Config, Logger};
use metrana_server::{Options, Server};
use metrana_testkit::model::Arrived;
use metrana_testkit::program::{Call, Kinds, Program, Spread, Timestamps};
use metrana_testkit::random::Random;
use metrana_testkit::stored;
use tokio::runtime::Runtime;

use common::{PATIENCE, Player, runtime};

const PROGRAMS: u64 = 60;

#[test]
fn broadcast_forms_equal_their_materialised_forms() {
    let runtime = runtime();
    let mut shortened = 0;
    for seed in 0..PROGRAMS {
        let short: Vec<Call> = Program::generate(&mut Random::new(seed), Kinds::All)
            .calls
            .into_iter()
            .map(with_a_time)
            .collect();
        let long: Vec<Call> = short.iter().map(materialised).collect();
        shortened += short.iter().zip(&long).filter(|(short, long)| short != long).count();
        let (one, other) = (play(&runtime, &short, seed), play(&runtime, &long, seed));
        assert_eq!(one.difference(&other), None, "seed {seed}");
    }
    assert!(shortened > 1000, "{shortened} calls had a shorter form");
}

/// The time of the call would be another one each time.
fn with_a_time(call: Call) -> Call {
    match call {
        Call::StdFloats(mut call) if call.timestamps == Timestamps::Now => {
            call.timestamps = Timestamps::At(7);
            Call::StdFloats(call)
        }
        Call::RlFloats(mut call) if call.timestamps == Spread::None => {
            call.timestamps = Spread::Uniform(-7);
            Call::RlFloats(call)
        }
        Call::Histograms(mut call) if call.timestamps == Timestamps::Now => {
            call.timestamps = Timestamps::At(7);
            Call::Histograms(call)
        }
        Call::Scatters(mut call) if call.timestamps == Timestamps::Now => {
            call.timestamps = Timestamps::At(7);
            Call::Scatters(call)
        }
        call => call,
    }
}

fn materialised(call: &Call) -> Call {
    match call {
        Call::StdFloats(call) => Call::StdFloats(call.materialised()),
        Call::RlFloats(call) => Call::RlFloats(call.materialised()),
        call => call.clone(),
    }
}

fn play(runtime: &Runtime, calls: &[Call], seed: u64) -> Arrived {
    let server = runtime.block_on(Server::start_in_memory(Options::default())).expect("a server");
    let config = Config {
        api_key: "key".into(),
        workspace: "ws".into(),
        project: "proj".into(),
        run_name: "run".into(),
        endpoint: format!("http://{}", server.grpc_addr()),
        ..Config::default()
    };
    let logger = Logger::open(config, EventSink::none()).expect("the run opens");
    let mut player = Player::new(&logger, seed);
    for call in calls {
        player.perform(call);
    }
    logger.close(Some(PATIENCE)).expect("everything arrives");
    stored::read(server.store(), &server.store().runs().expect("runs")[0].id)
}
