//! C programs that log every kind of data, by name, by handle and without waiting, against a real server, watched for
//! leaks and stray pointers.
//!
//! Linux only: the C compiler's and the linker's words are its own.
#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeMap;

use metrana_server::store::{
    AttributeValue, Attributes, Bins, FloatPoints, Histogram, Moment, RlHead, RunInfo, Scatter, SeriesInfo,
    SeriesKind, Stats, World,
};
use support::Program;
use support::server::LocalServer;

/// What a run holds, for questions that have an answer.
struct Held<'a> {
    server: &'a LocalServer,
    run: RunInfo,
}

impl<'a> Held<'a> {
    fn by(server: &'a LocalServer, name: &str) -> Self {
        Self { server, run: server.run(name) }
    }

    fn series(&self, metric: &str) -> SeriesInfo {
        let all = self.server.store().series(&self.run.id).expect("the run is there");
        let mut named = all.into_iter().filter(|series| series.definition.metric == metric);
        let series = named.next().unwrap_or_else(|| panic!("no series {metric}"));
        assert!(named.next().is_none(), "two series {metric}");
        series
    }

    fn points(&self, metric: &str) -> FloatPoints {
        self.server.store().points(&self.run.id, self.series(metric).id, 0, u64::MAX).expect("floats")
    }

    fn histograms(&self, metric: &str) -> Vec<Histogram> {
        self.server
            .store()
            .histograms(&self.run.id, self.series(metric).id, 0, u64::MAX)
            .expect("histograms")
            .items
    }

    fn scatters(&self, metric: &str) -> Vec<Scatter> {
        self.server
            .store()
            .scatters(&self.run.id, self.series(metric).id, 0, u64::MAX)
            .expect("scatters")
            .items
    }

    /// The steps, times and values of an environment, and what they all have in common.
    fn rl_points(&self, metric: &str, environment: &str) -> (Vec<RlHead>, FloatPoints) {
        let series = self.series(metric);
        assert_eq!(series.world, Some(World::Rl));
        let points = self.server.store().rl_points(&self.run.id, series.id, environment, 0, u64::MAX);
        let points = points.expect("points of the environment");
        (points.heads, points.floats)
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn attributes<const N: usize>(entries: [(&str, AttributeValue); N]) -> Attributes {
    entries.into_iter().map(|(path, value)| (path.to_owned(), value)).collect()
}

#[test]
fn every_kind_of_data_arrives() {
    let server = LocalServer::start();
    Program::watched("log_kinds").run(&[&server.endpoint()]);
    let held = Held::by(&server, "log_kinds");
    assert!(held.run.closed);

    let shared = held.points("shared");
    assert_eq!(shared.steps, [7, 8, 9, 2, 3, 4]);
    let batch = held.points("batch");
    assert_eq!((batch.steps, batch.values), (vec![0, 1, 2], vec![1.0, 2.0, 3.0]));
    let single = held.series("single");
    assert_eq!(single.definition.labels, BTreeMap::from([("part".to_owned(), "b".to_owned())]));
    assert_eq!(held.points("single").widths, [32]);

    floats_of_environments(&held);
    histograms_and_scatters(&held);
    attributes_of_run_and_environments(&held);

    let counts = server.store().counts(Some(&held.run.id)).expect("the run is there");
    assert_eq!((counts.points, counts.rl_points, counts.histograms, counts.scatters), (10, 12, 3, 2));
    assert_eq!((counts.attribute_updates, counts.env_attribute_updates), (12, 2));
    assert_eq!(counts.conflicting_points, 0);
}

#[test]
fn calls_of_several_kinds_arrive_as_one_and_the_logger_knows_what_it_logged() {
    let server = LocalServer::start();
    Program::watched("several").run(&[&server.endpoint()]);
    let held = Held::by(&server, "several");
    let loss = held.points("loss");
    // The last one did not grow, which the service may mind and the store keeps.
    assert_eq!((loss.steps, loss.values), (vec![0, 1, 2, 3, 4, 1], vec![1.0, 2.0, 1.0, 1.0, 2.0, 1.0]));
    for (environment, value) in [("left", 1.0), ("right", 2.0)] {
        let (heads, points) = held.rl_points("reward", environment);
        assert_eq!(heads, vec![RlHead { rl_step: 7, episode: Some(5), flat: false, from_one: false }; 2]);
        assert_eq!((points.steps, points.values), (vec![0, 1], vec![value; 2]));
    }
    let histograms = held.histograms("gradients");
    assert_eq!(histograms.iter().map(|one| one.step).collect::<Vec<_>>(), [9]);
}

fn floats_of_environments(held: &Held<'_>) {
    let at = |rl_step, episode| RlHead { rl_step, episode: Some(episode), flat: false, from_one: false };
    for (environment, episode, timestamp, values) in
        [("left", 4, 1000, [1.0, 2.0, 3.0]), ("right", 9, 2000, [4.0, 5.0, 6.0])]
    {
        let (heads, points) = held.rl_points("reward", environment);
        assert_eq!(heads, vec![at(10, episode); 3]);
        assert_eq!((points.steps, points.timestamps), (vec![0, 1, 2], vec![timestamp; 3]));
        assert_eq!(points.values, values);
    }
    assert!(held.series("reward").episodic);
    let (heads, points) = held.rl_points("scattered", "right");
    assert_eq!(heads, [at(11, 1), at(11, 2)]);
    assert_eq!((points.steps, points.timestamps), (vec![5, 3], vec![10, 20]));
    assert_eq!((points.values, points.widths), (vec![0.25, 0.5], vec![32, 32]));
    for (environment, values) in [("left", [1.0, 2.0]), ("right", [3.0, 4.0])] {
        let (heads, points) = held.rl_points("flat", environment);
        assert_eq!(heads, vec![RlHead { flat: true, ..at(12, 3) }; 2]);
        assert_eq!((points.steps, points.timestamps), (vec![100, 101], vec![-1; 2]));
        assert_eq!(points.values, values);
    }
    let rules = &held.run.definition.aggregation_rules;
    assert_eq!(rules.len(), 2);
    assert_eq!(rules[0].metric_name.as_deref(), Some("reward"));
    assert_eq!((rules[0].source_scale.as_str(), rules[0].output_scale.as_str()), ("ENV_STEP", "ML_STEP"));
    assert_eq!(rules[0].fns, [1, 5]);
    assert_eq!(rules[0].aggregate_over_labels, ["team", "seat"]);
    assert_eq!(rules[0].output_metric_name.as_deref(), Some("reward of all"));
    assert_eq!(rules[0].output_name_suffix, None);
    assert_eq!(rules[1].metric_name, None);
    assert_eq!(rules[1].fns, [3]);
    assert_eq!(rules[1].output_name_suffix.as_deref(), Some("_sum"));
}

fn histograms_and_scatters(held: &Held<'_>) {
    let edges = vec![-1.0, 0.0, 0.5, 2.0];
    let counted = Histogram {
        step: 4,
        timestamp: 77,
        edges: edges.clone(),
        bins: Bins::Counts(vec![3, 0, u64::MAX]),
        stats: None,
    };
    let stats = Stats { min: -1.0, max: 1.5, sum: 2.5, sum_of_squares: 6.25 };
    let with_stats = Histogram { step: 2, stats: Some(stats), ..counted.clone() };
    assert_eq!(held.histograms("weights"), [counted, with_stats]);
    let bins = Bins::Densities(vec![0.1, 0.0, 0.9]);
    let dense = Histogram { step: 4, timestamp: 88, edges, bins, stats: None };
    assert_eq!(held.histograms("densities"), [dense]);

    let titles = |series: &SeriesInfo| series.titles.values().cloned().collect::<Vec<_>>();
    let flat = Scatter { step: 1, timestamp: 5, xs: vec![1.0, 2.0], ys: vec![3.0, 4.0], zs: None };
    let deep = Scatter { zs: Some(vec![5.0, 6.0]), ..flat.clone() };
    assert_eq!(held.scatters("flat-set"), [flat]);
    assert_eq!(held.scatters("deep-set"), [deep]);
    assert_eq!(held.series("flat-set").kind, SeriesKind::Scatter);
    assert_eq!(held.series("deep-set").kind, SeriesKind::Scatter3d);
    assert_eq!(titles(&held.series("flat-set")), ["across", "up"]);
    assert_eq!(titles(&held.series("deep-set")), ["away"]);
}

fn attributes_of_run_and_environments(held: &Held<'_>) {
    let store = held.server.store();
    let of_run = attributes([
        ("model/layers/0", AttributeValue::Int(64)),
        ("model/layers/1", AttributeValue::Int(i64::MIN)),
        ("model/rate", AttributeValue::Float(0.125)),
        ("model/name", AttributeValue::Text("größer".to_owned())),
        ("model/on", AttributeValue::Bool(true)),
        ("model/since", AttributeValue::Time(Moment { seconds: 1, nanos: 500_000_000 })),
        ("model/nothing", AttributeValue::Null),
        ("config/seed", AttributeValue::Int(7)),
        ("sys/tags", AttributeValue::TextSet(texts(&["a", "c", "d"]))),
        ("sys/description", AttributeValue::Text("what it is about".to_owned())),
    ]);
    assert_eq!(store.attributes(&held.run.id).expect("the run is there"), of_run);
    let environments = store.environments(&held.run.id).expect("the run is there");
    let left = environments.iter().find(|environment| environment.name == "left").expect("it is there");
    let seed = attributes([("seed", AttributeValue::Int(7))]);
    assert_eq!(left.attributes, seed);
    assert_eq!(left.episodes, BTreeMap::from([(4, seed)]));
}

#[test]
fn handles_log_and_do_no_harm_when_they_are_kept() {
    let server = LocalServer::start();
    let said = Program::watched("handles").run(&[&server.endpoint()]);
    let held = Held::by(&server, "handles");
    assert!(held.run.closed);
    let loss = held.points("loss");
    assert_eq!(loss.steps, [0, 1, 10, 11, 12]);
    assert_eq!(loss.values, [0.5, 0.25, 1.0, 2.0, 4.0]);
    assert_eq!(loss.widths, [64, 64, 32, 32, 64]);
    assert_eq!(held.points("kept").values, [3.0]);
    for index in [0, 17, 39] {
        let (heads, points) = held.rl_points("reward", &format!("env-{index}"));
        let at = |rl_step| RlHead { rl_step, episode: Some(6), flat: false, from_one: false };
        assert_eq!(heads, [at(1), at(2)]);
        assert_eq!(points.values, [f64::from(index), f64::from(index)]);
    }
    let come_and_go = Held::by(&server, "come and go");
    assert_eq!(said, format!("accepted {}\n", come_and_go.run.points));
}

#[test]
fn operations_end_as_events() {
    let server = LocalServer::start();
    Program::watched("begin").run(&[&server.endpoint()]);
    let begun = Held::by(&server, "begin");
    assert!(begun.run.closed);
    assert_eq!(begun.points("begun").total, 51);
    let left_open = Held::by(&server, "left open");
    assert!(!left_open.run.closed);
    assert_eq!(left_open.points("begun").total, 1);
    assert_eq!(Held::by(&server, "flood").points("told").total, 50 * 20 * 2);
}

#[test]
fn operations_that_the_service_keeps_waiting_are_ended() {
    let server = LocalServer::start();
    server.stall();
    Program::watched("begin").run(&[&server.endpoint(), "stalled"]);
}

#[test]
fn every_kind_that_can_be_seen_to_be_wrong_is_refused() {
    let server = LocalServer::start();
    Program::watched("abuse_kinds").run(&[&server.endpoint()]);
    let held = Held::by(&server, "abuse_kinds");
    assert_eq!((held.run.series, held.run.points), (1, 1));
    assert!(server.store().attributes(&held.run.id).expect("the run is there").is_empty());
}

#[test]
fn a_tree_that_lies_gets_no_memory_for_it() {
    let server = LocalServer::start();
    Program::with_system_allocator("hostile_trees").run(&[&server.endpoint()]);
}

/// The library as it is shipped, with its own allocator and no tool around it.
#[test]
fn the_shipped_form_does_the_same() {
    let server = LocalServer::start();
    let endpoint = server.endpoint();
    for name in ["log_kinds", "handles", "begin", "abuse_kinds"] {
        Program::shipped(name).run(&[&endpoint]);
    }
    server.stall();
    Program::shipped("begin").run(&[&endpoint, "stalled"]);
}
