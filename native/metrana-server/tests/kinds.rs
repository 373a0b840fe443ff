//! Data of every kind: what is kept of it, and what becomes of data that contradicts itself.

mod common;

use metrana_proto::common::StringSet;
use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::svc::initialize_run_logging_response::Msg;
use metrana_proto::types::attribute_update::Value;
use metrana_proto::types::{
    EnvAttrUpdates, OrderingMode, RlStepBatch, ScatterPoint, SeriesDeclaration, StringSetDelta,
};
use metrana_server::RunningServer;
use metrana_server::store::{
    AttributeValue, Counts, NotKept, RlHead, RunId, SeriesInfo, SeriesKind, StoreError, World,
};

use common::{
    acked, attribute, batch, counted, counts, declaration, declaring, dense, greeted, merged, message,
    open_run, points, rl, scattered, series, start, with_histograms, with_points, with_rl, with_scatters,
};

/// A server that has taken in some messages of one stream, and the run's id.
async fn after(messages: impl IntoIterator<Item = UpdateRunRequest>) -> (RunningServer, bytes::Bytes) {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    for (number, mut message) in (1..).zip(messages) {
        message.run_id = run_id.clone();
        message.sequence_number = 256 * number;
        acked(&mut stream, &message).await;
    }
    (server, run_id)
}

/// As clients declare histograms, scatters and whatever else comes in any order.
fn unordered(number: u64, metric: &str) -> SeriesDeclaration {
    SeriesDeclaration { ordering: OrderingMode::AbsoluteUnordered.into(), ..declaration(number, metric) }
}

fn blank() -> UpdateRunRequest {
    message(&bytes::Bytes::new(), 1)
}

fn of<'a>(series: &'a [SeriesInfo], metric: &str, world: World) -> &'a SeriesInfo {
    let mut found = series.iter().filter(|is| is.definition.metric == metric && is.world == Some(world));
    let series = found.next().expect("the series is there");
    assert!(found.next().is_none(), "there is one");
    series
}

#[tokio::test]
async fn points_of_environments_are_kept_as_they_came() {
    let narrow = RlStepBatch {
        values: vec![],
        values_f32: vec![0.1, f32::NAN],
        first_minor_step: None,
        minor_steps: vec![9, 3],
        timestamp_millis: None,
        timestamps_millis: vec![i64::MIN, 0],
        treat_minors_as_flat_steps: true,
        ..rl(43, Some(2), 0, &[])
    };
    let from_one = RlStepBatch { env_steps_from_one: true, ..rl(44, Some(u64::MAX), u64::MAX, &[-0.0]) };
    let declared = declaring(blank(), &[declaration(1, "reward")]);
    let first = with_rl(declared, 1, "e0", &[rl(42, Some(1), 0, &[1.0, f64::NEG_INFINITY]), narrow]);
    let second = with_rl(with_rl(blank(), 1, "e1", &[rl(1, Some(0), 5, &[7.0])]), 1, "e0", &[from_one]);
    let (server, run_id) = after([first, second]).await;

    let all = series(&server, &run_id);
    let reward = of(&all, "reward", World::Rl);
    assert_eq!((reward.kind, reward.raw_points, reward.last_step), (SeriesKind::Float, 6, Some(44)));
    assert_eq!((reward.points, reward.not_kept.stale_points), (5, 1), "3 does not follow 9");
    assert_eq!((&reward.environments[..], reward.episodic), (&["e0".to_owned(), "e1".to_owned()][..], true));
    let run = RunId::from_bytes(run_id);
    let read = server.store().rl_points(&run, reward.id, "e0", 0, 10).unwrap();
    let head = |rl_step, episode| RlHead { rl_step, episode: Some(episode), flat: false, from_one: false };
    let flat = RlHead { flat: true, ..head(43, 2) };
    let last = RlHead { from_one: true, ..head(44, u64::MAX) };
    assert_eq!(read.heads, [head(42, 1), head(42, 1), flat, flat, last]);
    assert_eq!(read.floats.steps, [0, 1, 9, 3, u64::MAX]);
    assert_eq!(read.floats.timestamps, [7, 7, i64::MIN, 0, 7]);
    assert_eq!(read.floats.widths, [64, 64, 32, 32, 64]);
    let bits: Vec<u64> = read.floats.values.iter().map(|value| value.to_bits()).collect();
    let expected = [1.0, f64::NEG_INFINITY, f64::from(0.1_f32), f64::from(f32::NAN), -0.0].map(f64::to_bits);
    assert_eq!(bits, expected);
    let missing = server.store().rl_points(&run, reward.id, "e2", 0, 1).unwrap_err();
    assert_eq!(missing, StoreError::UnknownEnvironment("e2".into()));
    let environments = server.store().environments(&run).unwrap();
    let told: Vec<_> =
        environments.iter().map(|is| (is.name.as_str(), is.last_rl_step, is.last_episode)).collect();
    assert_eq!(told, [("e0", Some(44), Some(u64::MAX)), ("e1", Some(1), Some(0))]);
    let not_kept = NotKept { stale_points: 1, ..NotKept::default() };
    assert_eq!(counts(&server), Counts { rl_points: 5, messages: 2, not_kept, ..small(&server) });
}

/// Counts in which only what does not depend on the data is told.
fn small(server: &RunningServer) -> Counts {
    let Counts { runs, series, streams, .. } = counts(server);
    Counts { runs, series, streams, ..Counts::default() }
}

#[tokio::test]
async fn one_name_is_a_series_in_each_world() {
    // Under one declaration, as older clients send it, and under two.
    for number in [1, 2] {
        let both = declaring(blank(), &[declaration(1, "m"), declaration(2, "m")]);
        let both = with_rl(both, number, "e", &[rl(3, None, 0, &[3.0])]);
        let (server, run_id) = after([with_points(both, 1, batch(0, &[1.0])), {
            let again = declaring(blank(), &[declaration(1, "m"), declaration(2, "m")]);
            with_points(with_rl(again, number, "e", &[rl(3, None, 1, &[4.0])]), 1, batch(1, &[2.0]))
        }])
        .await;
        let all = series(&server, &run_id);
        assert_eq!(all.len(), 2);
        assert_eq!((of(&all, "m", World::Std).points, of(&all, "m", World::Rl).points), (2, 2));
        assert_eq!(counts(&server).conflicting_points, 0);
    }
}

#[tokio::test]
async fn a_family_of_one_world_does_not_bind_the_other() {
    let labels = [("a".to_owned(), "1".to_owned())].into();
    let labelled = SeriesDeclaration { labels, ..unordered(1, "m") };
    let both = declaring(blank(), &[labelled, declaration(2, "m")]);
    let both = with_rl(with_histograms(both, 1, &[counted(3, &[1, 2])]), 2, "e", &[rl(0, None, 0, &[1.0])]);
    let (server, _) = after([both]).await;
    assert_eq!(counts(&server), Counts { rl_points: 1, histograms: 1, messages: 1, ..small(&server) });
}

#[tokio::test]
async fn histograms_and_scatters_are_kept_with_what_belongs_to_them() {
    let declared = declaring(blank(), &[unordered(1, "h"), unordered(2, "d"), unordered(3, "s")]);
    let with_h = with_histograms(declared, 1, &[counted(3, &[0, 0]), counted(1, &[u64::MAX])]);
    let with_d = with_histograms(with_h, 2, &[dense(5, &[0.25])]);
    let flat = scattered(9, &[1.0, -0.0], &[]);
    let first = with_scatters(with_d, 3, &[("xt", "X"), ("yt", "Y")], &[flat, scattered(2, &[], &[])]);
    let second = with_scatters(blank(), 3, &[("xt", "")], &[scattered(4, &[5.0], &[])]);
    let third = with_scatters(blank(), 3, &[], &[scattered(4, &[6.0], &[])]);
    let (server, run_id) = after([first, second, third]).await;

    let all = series(&server, &run_id);
    let run = RunId::from_bytes(run_id);
    let kinds: Vec<_> = all.iter().map(|series| (series.kind, series.raw_points, series.last_step)).collect();
    let expected = [
        (SeriesKind::Histogram, 2, Some(3)),
        (SeriesKind::DensityHistogram, 1, Some(5)),
        (SeriesKind::Scatter, 4, Some(9)),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(
        all[2].titles,
        [("xt".to_owned(), String::new())].into(),
        "the titles given last, and no others"
    );
    let page = server.store().histograms(&run, all[0].id, 1, 5).unwrap();
    assert_eq!((page.total, page.items.len(), page.items[0].step), (2, 1, 1));
    let scatters = server.store().scatters(&run, all[2].id, 0, 10).unwrap();
    let xs: Vec<&[f64]> = scatters.items.iter().map(|scatter| &scatter.xs[..]).collect();
    assert_eq!(xs, [&[1.0, -0.0][..], &[], &[5.0], &[6.0]]);
    let scatters = server.store().merged().scatters(&run, all[2].id, 0, 10).unwrap();
    let steps: Vec<_> = scatters.items.iter().map(|scatter| (scatter.step, &scatter.xs[..])).collect();
    assert_eq!(steps, [(2, &[][..]), (4, &[6.0]), (9, &[1.0, -0.0])], "the last one of each step");
    assert_eq!(server.store().points(&run, all[0].id, 0, 1).unwrap_err(), StoreError::OtherKind(all[0].id));
    assert_eq!(server.store().scatters(&run, all[0].id, 0, 1).unwrap_err(), StoreError::OtherKind(all[0].id));
}

#[tokio::test]
async fn attributes_stand_as_the_changes_leave_them() {
    let set = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let delta = |added: &[&str], removed: &[&str]| {
        Some(Value::StringSetDeltaValue(StringSetDelta {
            added_values: set(added),
            removed_values: set(removed),
        }))
    };
    let mut first = blank();
    first.attributes = vec![
        attribute("a", Some(Value::IntValue(1))),
        attribute("none", None),
        attribute("sys/tags", Some(Value::StringSetValue(StringSet { values: set(&["b", "a", "b"]) }))),
        attribute("sys/tags", delta(&["c"], &["a"])),
        attribute("a", Some(Value::FloatValue(-0.0))),
        attribute("", Some(Value::BoolValue(true))),
    ];
    let of = |environment: &str, episode, path: &str| EnvAttrUpdates {
        environment_id: environment.into(),
        episode,
        attributes: vec![attribute(path, Some(Value::StringValue(path.into())))],
    };
    first.env_attr_updates = vec![of("e", None, "p"), of("e", Some(4), "q"), of("e", Some(0), "r")];
    let mut second = blank();
    second.attributes = vec![attribute("sys/tags", delta(&["a"], &["nothing"]))];
    second.env_attr_updates = vec![of("f", None, "s"), of("e", Some(4), "t")];
    let (server, run_id) = after([first, second]).await;

    let run = RunId::from_bytes(run_id);
    let attributes = server.store().attributes(&run).unwrap();
    assert_eq!(attributes.len(), 3);
    assert_eq!(attributes["a"], AttributeValue::Float(-0.0));
    assert_eq!(attributes["none"], AttributeValue::Null);
    assert_eq!(attributes["sys/tags"], AttributeValue::TextSet(set(&["b", "c", "a"])));
    let environments = server.store().environments(&run).unwrap();
    assert_eq!(environments.len(), 2);
    assert!(environments[0].attributes.keys().eq(["p"]) && environments[1].attributes.keys().eq(["s"]));
    let episodes: Vec<(u64, Vec<&String>)> =
        environments[0].episodes.iter().map(|(episode, of)| (*episode, of.keys().collect())).collect();
    assert_eq!(episodes, [(0, vec![&"r".to_owned()]), (4, vec![&"q".to_owned(), &"t".to_owned()])]);
    assert_eq!(environments[0].last_rl_step, None, "attributes are no progress");
    let expected = Counts {
        attribute_updates: 6,
        env_attribute_updates: 5,
        messages: 2,
        not_kept: NotKept { ignored_attributes: 1, ..NotKept::default() },
        ..small(&server)
    };
    assert_eq!(counts(&server), expected);
}

#[tokio::test]
async fn a_duplicate_changes_nothing_of_any_kind() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let declared =
        declaring(message(&run_id, 256), &[declaration(1, "m"), declaration(2, "h"), declaration(3, "s")]);
    let mut data = with_rl(with_points(declared, 1, batch(0, &[1.0])), 1, "e", &[rl(1, None, 0, &[1.0])]);
    data = with_scatters(with_histograms(data, 2, &[counted(0, &[1])]), 3, &[], &[scattered(0, &[], &[])]);
    let delta = StringSetDelta { added_values: vec!["x".into()], removed_values: vec![] };
    data.attributes = vec![attribute("t", Some(Value::StringSetDeltaValue(delta)))];
    data.env_attr_updates = vec![EnvAttrUpdates {
        environment_id: "e".into(),
        episode: None,
        attributes: data.attributes.clone(),
    }];
    for _ in 0..3 {
        acked(&mut greeted(&server, &run_id).await, &data).await;
    }
    let expected = Counts {
        points: 1,
        rl_points: 1,
        histograms: 1,
        scatters: 1,
        attribute_updates: 1,
        env_attribute_updates: 1,
        messages: 1,
        duplicate_messages: 2,
        ..small(&server)
    };
    assert_eq!(counts(&server), expected);
}

#[tokio::test]
async fn a_series_stays_what_its_first_points_made_it_and_the_rest_of_a_message_is_kept() {
    let declared = declaring(blank(), &[declaration(1, "m"), declaration(2, "h"), declaration(3, "s")]);
    let first = with_histograms(with_points(declared, 1, batch(0, &[1.0])), 2, &[counted(0, &[1])]);
    let first = with_scatters(first, 3, &[("xt", "X")], &[scattered(0, &[1.0], &[])]);
    let mut wrong = with_histograms(blank(), 1, &[counted(1, &[1]), counted(2, &[1])]);
    wrong = with_histograms(wrong, 2, &[counted(1, &[2]), dense(2, &[0.5]), counted(3, &[3])]);
    wrong = with_points(wrong, 3, batch(1, &[1.0, 2.0, 3.0]));
    wrong = with_scatters(wrong, 3, &[("xt", "wrong"), ("zt", "Z")], &[scattered(1, &[1.0], &[2.0])]);
    wrong = with_scatters(wrong, 1, &[("xt", "wrong")], &[scattered(1, &[1.0], &[])]);
    wrong = with_points(wrong, 1, batch(1, &[5.0]));
    wrong.attributes = vec![attribute("a", None)];
    let (server, run_id) = after([first, wrong]).await;

    assert_eq!(points(&server, &run_id, "m").values, [1.0, 5.0]);
    let all = series(&server, &run_id);
    let run = RunId::from_bytes(run_id);
    let steps: Vec<u64> = server
        .store()
        .histograms(&run, all[1].id, 0, 9)
        .unwrap()
        .items
        .iter()
        .map(|point| point.step)
        .collect();
    assert_eq!(steps, [0, 1, 3]);
    assert_eq!(all[2].titles, [("xt".to_owned(), "X".to_owned())].into());
    assert!(all[0].titles.is_empty());
    let left_out = 2 + 1 + 3 + 1 + 1;
    let expected = Counts {
        points: 2,
        histograms: 3,
        scatters: 1,
        attribute_updates: 1,
        messages: 2,
        not_kept: NotKept { other_kind_points: left_out, ..NotKept::default() },
        ..small(&server)
    };
    assert_eq!(counts(&server), expected);
}

#[tokio::test]
async fn other_label_keys_and_episodes_are_kept_and_counted() {
    let labelled = |number, key: &str, value: &str| SeriesDeclaration {
        labels: [(key.to_owned(), value.to_owned())].into(),
        ..declaration(number, "m")
    };
    let other_value =
        SeriesDeclaration { ordering: OrderingMode::AbsoluteUnordered.into(), ..labelled(3, "a", "2") };
    let declared = declaring(blank(), &[labelled(1, "a", "1"), labelled(2, "b", "1"), other_value]);
    let mut data = with_points(declared, 1, batch(0, &[1.0]));
    for number in 2..=3 {
        data = with_points(data, number, batch(0, &[1.0, 2.0]));
    }
    data = with_rl(data, 1, "e", &[rl(1, None, 0, &[1.0]), rl(1, Some(3), 0, &[1.0, 2.0, 3.0])]);
    let (server, _) = after([data]).await;
    let expected =
        Counts { points: 5, rl_points: 4, messages: 1, conflicting_points: 2 + 2 + 3, ..small(&server) };
    assert_eq!(counts(&server), expected);
}

#[tokio::test]
async fn the_first_points_of_a_series_settle_its_ordering() {
    let relative = SeriesDeclaration { ordering: 1, ..declaration(3, "m") };
    let declared = declaring(blank(), &[declaration(1, "m"), unordered(2, "m"), relative]);
    let mut data = with_points(declared, 2, batch(77, &[1.0, 2.0]));
    data = with_points(data, 1, batch(0, &[3.0, 4.0, 5.0]));
    data = with_points(data, 3, batch(100, &[6.0]));
    data = with_points(data, 2, batch(5, &[7.0]));
    data = with_histograms(data, 1, &[counted(1, &[1])]);
    let (server, run_id) = after([data]).await;
    assert_eq!(merged(&server, &run_id, "m").values, [7.0, 1.0, 2.0]);
    assert_eq!(points(&server, &run_id, "m").values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    let all = series(&server, &run_id);
    let m = of(&all, "m", World::Std);
    assert_eq!((m.definition.ordering, m.points, m.raw_points), (OrderingMode::AbsoluteUnordered, 3, 7));
    assert_eq!(m.last_step, Some(78), "what does not count moves nothing");
    let not_kept = NotKept { other_ordering_points: 4, other_kind_points: 1, ..NotKept::default() };
    assert_eq!((m.not_kept, counts(&server).not_kept), (not_kept, not_kept));
    let answers = common::handshake(&server, &common::run("a")).await;
    let Msg::LastLoggedSteps(steps) = &answers[1] else { panic!("{answers:?}") };
    let told: Vec<_> = steps.series.iter().map(|seed| (seed.ordering(), seed.last_step)).collect();
    assert_eq!(told, [(OrderingMode::AbsoluteUnordered, 78)], "one seed for one key");
}

#[tokio::test]
async fn what_makes_no_sense_costs_itself_only() {
    let mut data = declaring(blank(), &[declaration(1, "m"), declaration(2, "h"), declaration(3, "s")]);
    let no_steps = RlStepBatch { first_minor_step: None, ..rl(1, None, 0, &[1.0, 2.0]) };
    data = with_rl(data, 1, "e", &[no_steps, rl(1, None, u64::MAX, &[1.0, 2.0]), rl(1, None, 3, &[5.0])]);
    data = with_histograms(data, 2, &[common::counted(1, &[]), counted(2, &[1])]);
    let uneven = ScatterPoint { ys: vec![], ..scattered(1, &[1.0], &[]) };
    data = with_scatters(data, 3, &[], &[uneven, scattered(2, &[], &[])]);
    // Numbers that nobody declared.
    data = with_rl(data, 91, "x", &[rl(1, None, 0, &[1.0, 2.0, 3.0])]);
    data = with_histograms(data, 92, &[counted(2, &[1])]);
    data = with_scatters(data, 93, &[("xt", "X")], &[scattered(2, &[], &[]), scattered(2, &[], &[])]);
    data = with_points(data, u64::MAX, batch(0, &[1.0]));
    let (server, run_id) = after([data]).await;
    let expected = Counts {
        rl_points: 1,
        histograms: 1,
        scatters: 1,
        messages: 1,
        not_kept: NotKept { unknown_series_points: 3 + 1 + 2 + 1, malformed_points: 6, ..NotKept::default() },
        ..small(&server)
    };
    assert_eq!(counts(&server), expected);
    let environments = server.store().environments(&RunId::from_bytes(run_id)).unwrap();
    assert_eq!(environments.len(), 1, "an environment of which nothing was kept is none");
}
