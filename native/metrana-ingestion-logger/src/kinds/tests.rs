//! Calls of every kind on a stage of their own, and what the message says that they become.

mod several;

use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::types::RlStepBatch;
use prost::Message as _;
use std::time::{Duration, Instant};

use super::Call;
use super::attributes::{Attribute, EnvironmentAttributes, Finite, RunAttributes};
use super::histogram::{Bins, Histogram, HistogramCall, Histograms, Stats};
use super::rl::RlCall;
use super::scatter::{Scatter, ScatterCall, Scatters, Titles};
use super::several::{BatchCall, Piece};
use super::std::StdCall;
use crate::books::counters::Counters;
use crate::config::Config;
use crate::deliver::seal::Sealer;
use crate::errors::Error;
use crate::names::key::LabelRoom;
use crate::names::validate::MAX_STEP;
use crate::points::StepStrategy;
use crate::points::{EnvironmentId, Environments, RlFloats, Spread, StdFloats, Steps, Timestamps, Values};
use crate::stage::pool::Pool;
use crate::stage::{Stage, Taken, Timing};
use crate::tell::lines::Lines;

struct Bench {
    stage: Stage,
}

impl Bench {
    fn new() -> Self {
        Self { stage: Stage::new(&Config::default(), 0, Lines::none(), Pool::new(1 << 20)) }
    }

    fn with_limit(limit: usize) -> Self {
        let config = Config { max_msg_size: limit, ..Config::default() };
        Self { stage: Stage::new(&config, 0, Lines::none(), Pool::new(1 << 20)) }
    }

    fn admit(&mut self, call: &impl Call) -> Result<(), String> {
        if call.size().1 == 0 {
            return call.check_names(&self.stage.names).map_err(|error| error.message);
        }
        let (weight, plan) = call.plan(&mut self.stage).map_err(|error| error.message)?;
        call.commit(&mut self.stage, plan, 77);
        let taken = self.stage.finish_call().weight;
        assert!(taken <= weight, "a call takes no more than was planned: {taken} of {weight}");
        Ok(())
    }

    fn rl(&mut self, call: &RlFloats<'_>) -> Result<(), String> {
        RlCall::new(call, &mut LabelRoom::new())
            .map_err(|error| error.message)
            .and_then(|call| self.admit(&call))
    }

    fn std(&mut self, call: &StdFloats<'_>) -> Result<(), String> {
        StdCall::new(call, &mut LabelRoom::new())
            .map_err(|error| error.message)
            .and_then(|call| self.admit(&call))
    }

    fn batch<'p>(&mut self, calls: &[impl Into<Piece<'p>> + Copy]) -> Result<(), String> {
        let calls: Vec<Piece<'_>> = calls.iter().map(|call| (*call).into()).collect();
        let mut rooms: Vec<_> = calls.iter().map(|_| LabelRoom::new()).collect();
        let no_handles = |_| Err(Error::validation("no handles here"));
        let call = BatchCall::new(&calls, &mut rooms, no_handles, 77).expect("valid");
        self.admit(&call)
    }

    fn histograms(&mut self, call: &Histograms<'_>) -> Result<(), String> {
        HistogramCall::new(call, &mut LabelRoom::new(), 77)
            .map_err(|error| error.message)
            .and_then(|call| self.admit(&call))
    }

    fn scatters(&mut self, call: &Scatters<'_>) -> Result<(), String> {
        ScatterCall::new(call, &mut LabelRoom::new(), 77)
            .map_err(|error| error.message)
            .and_then(|call| self.admit(&call))
    }

    /// Everything staged, as messages.
    fn messages(&mut self) -> Vec<UpdateRunRequest> {
        let timing = Timing { linger: Duration::ZERO, max_age: Duration::ZERO };
        let mut messages = Vec::new();
        let mut sealer = Sealer::default();
        while let Taken::Chunk(chunk) = self.stage.take(timing, Instant::now(), true, true) {
            let mut bytes = Vec::new();
            let rest_in_chunk = sealer.seal(&chunk, &mut bytes);
            if rest_in_chunk {
                bytes.extend_from_slice(&chunk.wire);
            }
            assert!(bytes.len() <= chunk.weight);
            messages.push(UpdateRunRequest::decode(bytes.as_slice()).expect("a request"));
        }
        messages
    }

    fn message(&mut self) -> UpdateRunRequest {
        let mut messages = self.messages();
        assert_eq!(messages.len(), 1);
        messages.remove(0)
    }

    /// The env steps that the points of the only lane got, batch by batch.
    fn env_steps(&mut self) -> Vec<Vec<u64>> {
        let mut message = self.message();
        assert_eq!(message.rl_series.len(), 1);
        message.rl_series.remove(0).rl_step_batches.into_iter().map(|batch| steps_of(&batch)).collect()
    }
}

fn steps_of(batch: &RlStepBatch) -> Vec<u64> {
    match batch.first_minor_step {
        Some(first) => (first..first + batch.values.len() as u64).collect(),
        None => batch.minor_steps.clone(),
    }
}

const ONE: Environments<'_> = Environments::Names(&["e0"]);

fn rl<'a>(rl_step: u64, environments: Environments<'a>, values: &'a [f64]) -> RlFloats<'a> {
    RlFloats {
        metric: "reward",
        scale: "ENVIRONMENT_STEP",
        labels: &[],
        rl_step,
        environments,
        values: Values::F64(values),
        episodes: Spread::None,
        steps: Spread::None,
        timestamps: Spread::Uniform(5),
        strategy: StepStrategy::WithinRlStep,
        ordered: true,
    }
}

fn std_floats<'a>(metric: &'a str, values: &'a [f64]) -> StdFloats<'a> {
    StdFloats {
        metric,
        scale: "ML_STEP",
        labels: &[],
        values: Values::F64(values),
        steps: Steps::Auto,
        timestamps: Timestamps::At(5),
        distributed: false,
    }
}

#[test]
fn a_range_of_env_steps_starts_again_for_each_episode_of_the_row() {
    let mut bench = Bench::new();
    let call = RlFloats {
        episodes: Spread::Grid(&[3, 4, 3, 4]),
        steps: Spread::Uniform(5),
        ..rl(1, ONE, &[1.0, 2.0, 3.0, 4.0])
    };
    bench.rl(&call).expect("logged");
    assert_eq!(bench.env_steps(), [[5], [5], [6], [6]]);
}

#[test]
fn an_environment_named_twice_gets_its_rows_one_after_the_other() {
    let twice = Environments::Names(&["e0", "e0"]);
    let mut bench = Bench::new();
    bench.rl(&rl(1, twice, &[1.0, 2.0, 3.0, 4.0])).expect("logged");
    assert_eq!(bench.env_steps(), [[0, 1], [2, 3]]);
    let mut bench = Bench::new();
    bench.rl(&RlFloats { steps: Spread::Uniform(5), ..rl(1, twice, &[1.0, 2.0, 3.0, 4.0]) }).expect("logged");
    assert_eq!(bench.env_steps(), [[5, 6], [5, 6]]);
}

#[test]
fn a_call_behind_the_highest_rl_step_starts_every_run_at_zero_and_disturbs_nothing() {
    let mut bench = Bench::new();
    let behind = RlFloats { episodes: Spread::Grid(&[1, 2, 1, 2]), ..rl(4, ONE, &[1.0, 2.0, 3.0, 4.0]) };
    let ahead = RlFloats { episodes: Spread::Uniform(1), ..rl(5, ONE, &[1.0]) };
    bench.rl(&ahead).expect("logged");
    bench.rl(&behind).expect("logged");
    bench.rl(&ahead).expect("logged");
    assert_eq!(bench.env_steps(), [[0], [0], [0], [0], [0], [1]]);
    assert_eq!(bench.stage.books.counters.mis_steps, 4);
}

#[test]
fn explicit_env_steps_move_the_counter_of_their_episode() {
    let mut bench = Bench::new();
    for steps in [&[9u64][..], &[3, 20]] {
        let values = vec![1.0; steps.len()];
        bench.rl(&RlFloats { steps: Spread::Grid(steps), ..rl(1, ONE, &values) }).expect("logged");
    }
    bench.rl(&rl(1, ONE, &[1.0])).expect("logged");
    assert_eq!(bench.env_steps(), [vec![9], vec![3, 20], vec![21]]);
}

#[test]
fn what_is_given_once_says_the_same_as_what_is_given_one_by_one() {
    let environments = Environments::Names(&["a", "b"]);
    let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let short = RlFloats {
        episodes: Spread::PerEnvironment(&[7, 8]),
        timestamps: Spread::PerEnvironment(&[10, 20]),
        ..rl(3, environments, &values)
    };
    let long = RlFloats {
        episodes: Spread::Grid(&[7, 7, 7, 8, 8, 8]),
        timestamps: Spread::Grid(&[10, 10, 10, 20, 20, 20]),
        ..rl(3, environments, &values)
    };
    let points = |call: &RlFloats<'_>| {
        let mut bench = Bench::new();
        bench.rl(call).expect("logged");
        let mut points = Vec::new();
        for lane in bench.message().rl_series {
            for batch in lane.rl_step_batches {
                for (index, step) in steps_of(&batch).into_iter().enumerate() {
                    let millis = batch.timestamp_millis.unwrap_or_else(|| batch.timestamps_millis[index]);
                    let environment = lane.environment_id.clone();
                    points.push((
                        environment,
                        batch.rl_step,
                        batch.episode,
                        step,
                        millis,
                        batch.values[index].to_bits(),
                    ));
                }
            }
        }
        points
    };
    assert_eq!(points(&short), points(&long));
    assert_eq!(points(&short).len(), 6);
}

#[test]
fn rl_shapes_and_strategies_that_make_no_sense_are_refused_and_change_nothing() {
    let two = Environments::Names(&["a", "b"]);
    let values = [1.0, 2.0, 3.0, 4.0];
    let refused = [
        ("at least one environment", rl(1, Environments::Names(&[]), &[1.0])),
        ("whole rows", rl(1, two, &values[..3])),
        ("episodes has 3 entries", RlFloats { episodes: Spread::Grid(&[1, 2, 3]), ..rl(1, two, &values) }),
        ("steps has 1 entries", RlFloats { steps: Spread::PerEnvironment(&[1]), ..rl(1, two, &values) }),
        ("rl_step", rl(MAX_STEP + 1, two, &values)),
        ("Step range", RlFloats { steps: Spread::Uniform(MAX_STEP), ..rl(1, two, &values) }),
        ("explicit env steps", RlFloats { strategy: StepStrategy::AcrossRlSteps, ..rl(1, two, &values) }),
        ("require episodes", RlFloats { strategy: StepStrategy::FromOne, ..rl(1, two, &values) }),
        ("explicit steps", RlFloats { ordered: false, ..rl(1, two, &values) }),
        ("URL-reserved", rl(1, Environments::Names(&["a", "b/c"]), &values)),
        ("metric_name", RlFloats { metric: "a b", ..rl(1, two, &values) }),
    ];
    let mut bench = Bench::new();
    for (text, call) in refused {
        let message = bench.rl(&call).expect_err(text);
        assert!(message.contains(text), "{text}: {message}");
    }
    assert!(bench.messages().is_empty());
    assert_eq!(bench.stage.names.registry.len(), 0);
    assert_eq!(bench.stage.names.environments.find("a"), None);
}

#[test]
fn a_strategy_is_pinned_for_each_environment_and_a_conflict_is_all_or_nothing() {
    let mut bench = Bench::new();
    let across = |environments, values| RlFloats {
        strategy: StepStrategy::AcrossRlSteps,
        steps: Spread::Uniform(3),
        ..rl(1, environments, values)
    };
    bench.rl(&across(Environments::Names(&["b"]), &[1.0])).expect("logged");
    let message = bench.rl(&rl(1, Environments::Names(&["a", "b"]), &[1.0, 2.0])).expect_err("refused");
    assert!(
        message.starts_with("step strategy conflict: (reward/ENVIRONMENT_STEP) in environment 'b'"),
        "{message}"
    );
    bench.rl(&across(Environments::Names(&["a"]), &[1.0])).expect("nothing was pinned by the refused call");
}

#[test]
fn families_of_both_worlds_pin_their_own() {
    let mut bench = Bench::new();
    bench.std(&StdFloats { labels: &[("a", "1")], ..std_floats("m", &[1.0]) }).expect("logged");
    let same_name = RlFloats { metric: "m", scale: "ML_STEP", ..rl(1, ONE, &[1.0]) };
    bench.rl(&same_name).expect("another world");
    let message = bench.rl(&RlFloats { episodes: Spread::Uniform(1), ..same_name }).expect_err("episodic");
    assert!(message.contains("already holds points without episodes"), "{message}");
    let distributed = StdFloats {
        distributed: true,
        steps: Steps::From(0),
        labels: &[("a", "2")],
        ..std_floats("m", &[1.0])
    };
    let message = bench.std(&distributed).expect_err("ordered");
    assert_eq!(
        message,
        "invalid points: (m/ML_STEP) was already declared as AbsoluteOrdered; \
         ordered and distributed logging cannot be mixed"
    );
    let message = bench.std(&StdFloats { steps: Steps::Auto, ..distributed }).expect_err("no steps");
    assert!(message.contains("requires explicit steps"), "{message}");
}

fn histograms<'a>(metric: &'a str, histograms: &'a [Histogram<'a>], steps: &'a [u64]) -> Histograms<'a> {
    Histograms { metric, scale: "ML_STEP", labels: &[], histograms, steps, timestamps: Timestamps::Now }
}

#[test]
fn histograms_keep_their_rules() {
    let stats = Stats { min: -0.0, max: 1.0, sum: 2.0, sum_of_squares: 0.0 };
    let good = Histogram { edges: &[0.0, 1.0, 2.0], bins: Bins::Counts(&[1, 0]), stats: Some(stats) };
    let mut bench = Bench::new();
    let all_good = [good];
    let call = histograms("h", &all_good, &[3]);
    bench.admit(&HistogramCall::new(&call, &mut LabelRoom::new(), 77).expect("valid")).expect("logged");
    let message = bench.message();
    let point = &message.histogram_series[0].points[0];
    assert_eq!((point.step, point.timestamp_millis, point.counts.as_slice()), (3, Some(77), &[1, 0][..]));
    assert!(point.stats.is_some_and(|stats| stats.min.is_sign_positive()));

    let edges: Vec<f64> = (0..514).map(f64::from).collect();
    let counts = vec![0; 513];
    for (text, bad) in [
        ("at least 2", Histogram { edges: &[0.0], bins: Bins::Counts(&[]), ..good }),
        ("strictly increase", Histogram { edges: &[0.0, 0.0], bins: Bins::Counts(&[1]), ..good }),
        ("finite", Histogram { edges: &[0.0, f64::NAN], bins: Bins::Counts(&[1]), ..good }),
        ("need", Histogram { edges: &[0.0, 1.0], bins: Bins::Counts(&[1, 2]), ..good }),
        ("exceed", Histogram { edges: &edges, bins: Bins::Counts(&counts), ..good }),
        ("not negative", Histogram { edges: &[0.0, 1.0], bins: Bins::Densities(&[-1.0]), ..good }),
        ("above max", Histogram { stats: Some(Stats { min: 2.0, ..stats }), ..good }),
        ("is negative", Histogram { stats: Some(Stats { sum_of_squares: -1.0, ..stats }), ..good }),
    ] {
        let message = HistogramCall::new(&histograms("h", &[bad], &[3]), &mut LabelRoom::new(), 0)
            .err()
            .expect(text)
            .message;
        assert!(message.contains(text), "{text}: {message}");
    }
    let message =
        bench.std(&StdFloats { distributed: true, steps: Steps::From(0), ..std_floats("h", &[1.0]) });
    assert!(message.expect_err("another kind").contains("already holds histogram points"));
}

#[test]
fn the_last_titles_of_a_scatter_stay_and_points_keep_their_order() {
    let mut bench = Bench::new();
    let set = |x: f64| [x, x + 1.0];
    let (a, b, c) = (set(1.0), set(2.0), set(3.0));
    for (xs, titles) in [
        (&a, Titles { x: Some("X"), y: Some("Y"), z: None }),
        (&b, Titles::default()),
        (&c, Titles { y: Some(""), ..Titles::default() }),
    ] {
        let scatters = [Scatter { xs, ys: xs, zs: None }];
        let (scale, labels, timestamps) = ("ML_STEP", &[][..], Timestamps::At(1));
        let call =
            Scatters { metric: "s", scale, labels, scatters: &scatters, steps: &[1], timestamps, titles };
        bench.admit(&ScatterCall::new(&call, &mut LabelRoom::new(), 0).expect("valid")).expect("logged");
    }
    let message = bench.message();
    let series = &message.scatter_series[0];
    assert_eq!(message.scatter_series.len(), 1);
    assert_eq!(series.points.iter().map(|point| point.xs[0]).collect::<Vec<_>>(), [1.0, 2.0, 3.0]);
    let titles: Vec<_> =
        series.metadata_labels.iter().map(|(key, title)| (key.as_str(), title.as_str())).collect();
    assert_eq!(titles, [("yt", "")]);
}

#[test]
fn attributes_are_flattened_level_by_level() {
    let map = |entries: &[(&str, Attribute)]| {
        Attribute::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    };
    let tree = map(&[
        ("a-b", Attribute::Int(2)),
        ("a", map(&[("y", Attribute::Int(1))])),
        ("", Attribute::Bool(true)),
        ("list", Attribute::List(vec![Attribute::Null, Attribute::Float(0.5)])),
        ("empty", map(&[])),
    ]);
    let mut bench = Bench::new();
    bench.admit(&RunAttributes::new("p", &tree, Finite::Required).expect("valid")).expect("logged");
    let message = bench.message();
    let paths: Vec<_> = message.attributes.iter().map(|update| update.path.as_str()).collect();
    assert_eq!(paths, ["p/", "p/a/y", "p/a-b", "p/list/0", "p/list/1"]);
    assert!(message.attributes[3].value.is_none());
    assert_eq!(bench.stage.books.counters.attribute_updates.enqueued, 5);

    let refused = |prefix: &str, value: Attribute| {
        RunAttributes::new(prefix, &value, Finite::Required)
            .err()
            .map(|error| error.message)
            .unwrap_or_default()
    };
    assert!(refused("", Attribute::Int(1)).contains("must not be empty"));
    assert!(refused("sys", map(&[("x", Attribute::Int(1))])).contains("reserved for the system namespace"));
    assert!(refused("sys/description", Attribute::Null).contains("reserved"));
    assert_eq!(refused("sys/description", Attribute::Text("x".to_owned())), "");
    assert_eq!(refused("SYS", map(&[("x", Attribute::Int(1))])), "");
    assert_eq!(refused("a b", map(&[])), "", "a prefix without leaves is not looked at");
    assert!(refused("x", Attribute::Float(f64::NAN)).contains("must be finite"));
    assert!(RunAttributes::new("x", &Attribute::Float(f64::NAN), Finite::OrNothing).is_ok());
    assert!(refused("x", Attribute::Text("x".repeat(16_385))).contains("is 16385 bytes"));
    assert!(EnvironmentAttributes::new("e", None, &Attribute::Int(1)).is_err());
    assert!(EnvironmentAttributes::new("e", None, &map(&[("latest_episode", Attribute::Int(1))])).is_err());
    assert!(EnvironmentAttributes::new("e", None, &map(&[("sys", Attribute::Int(1))])).is_ok());
    assert!(EnvironmentAttributes::new("e/f", None, &map(&[])).is_err());
}

#[test]
fn a_batch_goes_in_whole_or_not_at_all() {
    let mut bench = Bench::new();
    let (one, two) = ([1.0], [1.0, 2.0]);
    let labelled = StdFloats { labels: &[("k", "v")], ..std_floats("a", &one) };
    let refused = bench.batch(&[std_floats("a", &one), std_floats("b", &two), labelled]);
    assert!(refused.expect_err("refused").contains("label keys [k] do not match"));
    assert_eq!(bench.stage.names.registry.len(), 0);
    let late = StdFloats { steps: Steps::From(MAX_STEP), ..std_floats("a", &one) };
    let refused = bench.batch(&[late, std_floats("a", &one)]);
    assert!(refused.expect_err("refused").contains("exceeds"));

    bench.std(&labelled).expect("the refused batches pinned nothing");
    let good = [std_floats("b", &one), std_floats("c", &two), std_floats("b", &one)];
    bench.batch(&good).expect("logged");
    let steps: Vec<_> =
        bench.message().series.into_iter().map(|s| (s.series_id, s.point_batches[0].values.len())).collect();
    assert_eq!(steps, [(1, 1), (2, 2), (3, 2)]);
}

#[test]
fn a_call_larger_than_a_message_is_cut_below_the_limit() {
    let mut bench = Bench::with_limit(4096);
    let values: Vec<f64> = (0..10_000).map(f64::from).collect();
    let environments = Environments::Names(&["a", "b"]);
    bench.rl(&rl(1, environments, &values)).expect("logged");
    let messages = bench.messages();
    assert!(messages.len() > 20 && messages.iter().all(|message| message.encoded_len() <= 4096));
    let mut steps = [Vec::new(), Vec::new()];
    for lane in messages.iter().flat_map(|message| &message.rl_series) {
        let of = &mut steps[usize::from(lane.environment_id == "b")];
        lane.rl_step_batches.iter().for_each(|batch| of.extend(steps_of(batch)));
    }
    assert!(steps.iter().all(|steps| *steps == (0..5000).collect::<Vec<u64>>()));
}

/// No point goes there, so what a metric is pinned to does not matter; a name that nobody may have is refused all the same.
#[test]
fn a_call_without_points_is_held_to_its_names_and_to_nothing_else() {
    let mut bench = Bench::new();
    bench.std(&std_floats("floats", &[1.0])).expect("logged");
    bench.rl(&rl(1, Environments::Names(&["a"]), &[1.0])).expect("logged");
    let before = bench.stage.books.counters;
    let label: &[(&str, &str)] = &[("k", "v")];

    let histograms = histograms("floats", &[], &[]);
    let scatters = Scatters {
        metric: "floats",
        scale: "ML_STEP",
        labels: &[],
        scatters: &[],
        steps: &[],
        timestamps: Timestamps::At(1),
        titles: Titles::default(),
    };
    let none = std_floats("floats", &[]);
    let no_rows = rl(1, Environments::Names(&["a"]), &[]);
    for labels in [&[], label] {
        bench.histograms(&Histograms { labels, ..histograms }).expect("histograms");
        bench.scatters(&Scatters { labels, ..scatters }).expect("scatters");
        bench.std(&StdFloats { labels, ..none }).expect("floats");
        bench
            .std(&StdFloats { labels, distributed: true, steps: Steps::From(1), ..none })
            .expect("distributed");
        bench.rl(&RlFloats { labels, ..no_rows }).expect("rows");
        let unordered = RlFloats { labels, ordered: false, steps: Spread::Uniform(0), ..no_rows };
        bench.rl(&unordered).expect("rows without order");
        let across = StepStrategy::AcrossRlSteps;
        bench
            .rl(&RlFloats { labels, strategy: across, steps: Spread::Uniform(0), ..no_rows })
            .expect("strategy");
        bench.rl(&RlFloats { labels, episodes: Spread::Uniform(1), ..no_rows }).expect("episodes");
    }
    bench
        .batch(&[StdFloats { labels: label, ..none }, std_floats("floats", &[2.0])])
        .expect("a part of a batch");

    let wrong = "two words";
    bench.histograms(&Histograms { metric: wrong, ..histograms }).expect_err("its metric");
    bench.scatters(&Scatters { scale: wrong, ..scatters }).expect_err("its scale");
    bench.std(&StdFloats { labels: &[("a=b", "")], ..none }).expect_err("its label");
    bench.rl(&RlFloats { metric: wrong, ..no_rows }).expect_err("its metric");
    bench.rl(&rl(1, Environments::Names(&["a/b"]), &[])).expect_err("its environment");
    bench
        .rl(&rl(1, Environments::Known(&[EnvironmentId::from_u32(7)]), &[]))
        .expect_err("nobody's environment");
    bench
        .batch(&[StdFloats { metric: wrong, ..none }, std_floats("floats", &[3.0])])
        .expect_err("a part of a batch");

    let Counters { float_points, rl_float_points, .. } = bench.stage.books.counters;
    assert_eq!(
        (float_points.added, rl_float_points),
        (before.float_points.added + 1, before.rl_float_points)
    );
    assert_eq!(bench.stage.names.registry.len(), 2, "no series came to be");
}
