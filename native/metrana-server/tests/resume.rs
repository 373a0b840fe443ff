//! What a logger that goes on with a run is told about it.

mod common;

use metrana_proto::common::SeriesValueKind;
use metrana_proto::svc::initialize_run_logging_response::env_statuses::EnvState;
use metrana_proto::svc::initialize_run_logging_response::rl_family_declarations::RlFamilyDeclaration;
use metrana_proto::svc::initialize_run_logging_response::{EnvStatuses, Msg, RlFamilyDeclarations};
use metrana_proto::types::attribute_update::Value;
use metrana_proto::types::{EnvAttrUpdates, OrderingMode, SeriesDeclaration};

use common::{
    acked, attribute, batch, closing, counted, declaration, declaring, dense, greeted, handshake, message,
    open_run, rl, run, scattered, start, with_histograms, with_points, with_rl, with_scatters,
};

#[tokio::test]
async fn every_ordinary_series_is_told_with_its_kind_and_no_other() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let names = ["f", "h", "d", "s", "s3", "rl", "unused"];
    let declarations: Vec<_> = (1..).zip(names).map(|(number, name)| declaration(number, name)).collect();
    let mut data = declaring(message(&run_id, 256), &declarations);
    data = with_points(data, 1, batch(4, &[1.0]));
    data = with_histograms(data, 2, &[counted(9, &[1]), counted(3, &[1])]);
    data = with_histograms(data, 3, &[dense(2, &[0.5])]);
    data = with_scatters(data, 4, &[], &[scattered(0, &[], &[])]);
    data = with_scatters(data, 5, &[], &[scattered(6, &[1.0], &[1.0])]);
    data = with_rl(data, 6, "e", &[rl(1, None, 0, &[1.0])]);
    acked(&mut greeted(&server, &run_id).await, &closing(data)).await;

    let answers = handshake(&server, &run("a")).await;
    let Msg::LastLoggedSteps(steps) = &answers[1] else { panic!("{answers:?}") };
    let told: Vec<(&str, u64, i32)> =
        steps.series.iter().map(|is| (is.metric_name.as_str(), is.last_step, is.value_kind)).collect();
    let expected = [
        ("f", 4, SeriesValueKind::Float),
        ("h", 9, SeriesValueKind::Histogram),
        ("d", 2, SeriesValueKind::DensityHistogram),
        ("s", 0, SeriesValueKind::Scatter),
        ("s3", 6, SeriesValueKind::Scatter3d),
    ];
    assert_eq!(told, expected.map(|(name, step, kind)| (name, step, kind.into())));
}

#[tokio::test]
async fn families_and_environments_of_reinforcement_learning_are_told() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let labels = [("b".to_owned(), "2".to_owned()), ("a".to_owned(), "1".to_owned())].into();
    let declarations = [
        SeriesDeclaration { labels, ..declaration(1, "reward") },
        SeriesDeclaration {
            ordering: OrderingMode::AbsoluteUnordered.into(),
            scale: "EPISODE".into(),
            ..declaration(2, "return")
        },
        declaration(3, "never used"),
    ];
    let mut data = declaring(message(&run_id, 256), &declarations);
    data = with_rl(data, 1, "e0", &[rl(41, Some(7), 0, &[1.0]), rl(9, Some(8), 0, &[1.0])]);
    data = with_rl(data, 2, "e1", &[rl(3, None, 0, &[1.0])]);
    data = with_rl(data, 2, "e0", &[rl(50, None, 0, &[1.0])]);
    // Of a series with a point for each episode, the steps are the episodes.
    data = with_rl(data, 2, "e2", &[rl(4, None, 498, &[1.0, 2.0])]);
    data.env_attr_updates.push(EnvAttrUpdates {
        environment_id: "only attributes".into(),
        episode: Some(9),
        attributes: vec![attribute("a", Some(Value::IntValue(1)))],
    });
    acked(&mut greeted(&server, &run_id).await, &data).await;

    let answers = handshake(&server, &run("a")).await;
    let [_, Msg::LastLoggedSteps(steps), Msg::RlFamilyDeclarations(families), Msg::EnvStatuses(environments)] =
        &answers[..]
    else {
        panic!("{answers:?}")
    };
    assert!(steps.series.is_empty() && steps.is_last);
    let family =
        |metric: &str, scale: &str, keys: &str, ordering: OrderingMode, episodic| RlFamilyDeclaration {
            metric_name: metric.into(),
            scale: scale.into(),
            label_key_set: keys.into(),
            ordering: ordering.into(),
            value_kind: SeriesValueKind::Float.into(),
            episodic,
        };
    let expected = RlFamilyDeclarations {
        families: vec![
            family("reward", "ML_STEP", "a&b", OrderingMode::AbsoluteOrdered, true),
            family("return", "EPISODE", "", OrderingMode::AbsoluteUnordered, false),
        ],
        is_last: true,
    };
    assert_eq!(families, &expected);
    let environment = |name: &str, last_rl_step, last_episode| EnvState {
        env_name: name.into(),
        last_rl_step,
        last_episode,
    };
    let expected = EnvStatuses {
        envs: vec![environment("e0", 50, 7), environment("e1", 3, 0), environment("e2", 4, 499)],
        is_last: true,
    };
    assert_eq!(environments, &expected);
}

#[tokio::test]
async fn long_lists_come_in_parts_of_which_the_last_says_so() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let long = "x".repeat(4000);
    let declarations: Vec<_> =
        (1..=700).map(|number| declaration(number, &format!("{number}{long}"))).collect();
    let mut data = declaring(message(&run_id, 256), &declarations);
    for number in 1..=700 {
        data = with_rl(data, number, &format!("{number}{long}"), &[rl(number, None, 0, &[1.0])]);
    }
    acked(&mut greeted(&server, &run_id).await, &data).await;
    let answers = handshake(&server, &run("a")).await;
    let (mut families, mut environments) = (Vec::new(), Vec::new());
    for answer in &answers {
        match answer {
            Msg::RlFamilyDeclarations(part) => families.push((part.families.len(), part.is_last)),
            Msg::EnvStatuses(part) => environments.push((part.envs.len(), part.is_last)),
            Msg::InitializedRun(_) | Msg::LastLoggedSteps(_) => {}
        }
    }
    for parts in [families, environments] {
        assert!(parts.len() > 2, "{parts:?}");
        assert_eq!(parts.iter().map(|(length, _)| length).sum::<usize>(), 700);
        assert!(
            parts.iter().rev().enumerate().all(|(index, (_, is_last))| *is_last == (index == 0)),
            "{parts:?}"
        );
    }
    assert!(matches!(answers.last(), Some(Msg::EnvStatuses(last)) if last.is_last));
}
