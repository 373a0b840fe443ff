//! What a logger can say of its series and environments: their names, their last steps, and the values there.

mod common;

use common::{House, log, log_to, open};
use metrana_ingestion_logger::{
    Bins, Config, Environments, Histogram, Histograms, KnownEnvironment, KnownSeries, KnownValues, Logger,
    Piece, ResumeStrategy, RlFloats, SeriesKind, SeriesName, Spread, StdFloats, StepStrategy, Steps,
    Timestamps, Values, by_handle,
};

fn of(logger: &Logger, metric: &str) -> KnownSeries {
    let all = logger.known_series().expect("they are listed");
    all.into_iter().find(|series| series.metric == metric).unwrap_or_else(|| panic!("no series {metric}"))
}

fn last(logger: &Logger, metric: &str) -> (Option<u64>, Option<f64>) {
    let series = of(logger, metric);
    (series.last_step, series.last_value)
}

fn floats<'a>(metric: &'a str, values: Values<'a>, steps: Steps<'a>) -> StdFloats<'a> {
    StdFloats {
        metric,
        scale: "S",
        labels: &[],
        values,
        steps,
        timestamps: Timestamps::Now,
        distributed: false,
    }
}

fn rewards<'a>(rl_step: u64, environments: &'a [&'a str], values: &'a [f64]) -> RlFloats<'a> {
    RlFloats {
        metric: "reward",
        scale: "ENVIRONMENT_STEP",
        labels: &[("agent", "a")],
        rl_step,
        environments: Environments::Names(environments),
        values: Values::F64(values),
        episodes: Spread::Uniform(4),
        steps: Spread::None,
        timestamps: Spread::None,
        strategy: StepStrategy::WithinRlStep,
        ordered: true,
    }
}

#[test]
fn the_last_value_is_the_one_at_the_last_step_whatever_way_it_went() {
    let house = House::new();
    let logger = open(house.config("run"));
    assert_eq!(logger.known_series(), Ok(vec![]));

    let name = SeriesName { metric: "loss", scale: "S", labels: &[], kind: SeriesKind::Std };
    let loss = logger.series(&name).expect("a series");
    assert_eq!(last(&logger, "loss"), (None, None));
    // Most of these lie in a tray.
    for value in 0..100_u32 {
        by_handle::log_scalar(loss, f64::from(value)).expect("logged");
        if value % 7 == 0 {
            assert_eq!(last(&logger, "loss"), (Some(u64::from(value)), Some(f64::from(value))));
        }
    }
    assert_eq!(last(&logger, "loss"), (Some(99), Some(99.0)));

    // Steps that do not grow leave it where it was; the same step once more has the later value.
    logger.log_std_floats(&floats("loss", Values::F64(&[-1.0]), Steps::From(5))).expect("logged");
    assert_eq!(last(&logger, "loss"), (Some(99), Some(99.0)));
    by_handle::log_scalar(loss, 100.0).expect("logged");
    assert_eq!(last(&logger, "loss"), (Some(100), Some(100.0)));
    logger
        .log_std_floats(&floats("loss", Values::F32(&[1.5, 2.5, 0.1]), Steps::Each(&[200, 300, 250])))
        .expect("logged");
    assert_eq!(last(&logger, "loss"), (Some(300), Some(2.5)));
    logger.log_std_floats(&floats("loss", Values::F32(&[7.5, 0.1]), Steps::From(299))).expect("logged");
    assert_eq!(last(&logger, "loss"), (Some(300), Some(f64::from(0.1_f32))));

    // In a batch, and refused with one.
    let column = floats("loss", Values::F64(&[3.0, 4.0]), Steps::Auto);
    logger.log_batch(&[Piece::KnownStd(loss, column), column.into()]).expect("logged");
    assert_eq!(last(&logger, "loss"), (Some(304), Some(4.0)));
    let wrong = floats("no good", Values::F64(&[1.0]), Steps::Auto);
    logger.log_batch(&[column.into(), wrong.into()]).expect_err("refused");
    assert_eq!(last(&logger, "loss"), (Some(304), Some(4.0)));

    logger.close(None).expect("closed");
    assert_eq!(last(&logger, "loss"), (Some(304), Some(4.0)), "a closed logger still knows");
}

#[test]
fn every_kind_of_series_and_every_environment_is_listed_and_found_again_by_a_resumed_logger() {
    let house = House::new();
    let logger = open(house.config("run"));
    log(&logger, 0.5).expect("logged");
    log_to(&logger, "train/accuracy", 0.25).expect("logged");
    logger.log_rl_floats(&rewards(3, &["left", "right"], &[1.0, 2.0])).expect("logged");
    logger.log_rl_floats(&rewards(2, &["left"], &[9.0])).expect("logged");
    logger.environments(&["idle"]).expect("asked for, and never logged in");
    let one = [Histogram { edges: &[0.0, 1.0], bins: Bins::Counts(&[5]), stats: None }];
    logger
        .log_histograms(&Histograms {
            metric: "gradients",
            scale: "S",
            labels: &[],
            histograms: &one,
            steps: &[8],
            timestamps: Timestamps::Now,
        })
        .expect("logged");

    let all = logger.known_series().expect("they are listed");
    assert_eq!(all.len(), 4, "{all:?}");
    let reward = of(&logger, "reward");
    assert!(reward.rl && reward.ordered && reward.episodic);
    assert_eq!(reward.labels, [("agent".to_owned(), "a".to_owned())]);
    assert_eq!(
        (reward.last_step, reward.last_value, reward.values),
        (Some(3), Some(2.0), KnownValues::Floats)
    );
    let gradients = of(&logger, "gradients");
    assert_eq!((gradients.last_step, gradients.last_value), (Some(8), None));
    assert_eq!((gradients.values, gradients.ordered), (KnownValues::Histograms, false));
    let environment =
        |name: &str| KnownEnvironment { name: name.to_owned(), rl_step: Some(3), episode: Some(4) };
    assert_eq!(logger.known_environments(), Ok(vec![environment("left"), environment("right")]));
    logger.shutdown(None).expect("shut down");

    let resumed = open(Config { resume: ResumeStrategy::Allow, ..house.config("run") });
    assert_eq!(
        last(&resumed, "train/accuracy"),
        (Some(0), None),
        "the service tells of steps and not of values"
    );
    let mut environments = resumed.known_environments().expect("they are listed");
    environments.sort_by(|one, other| one.name.cmp(&other.name));
    assert_eq!(environments, [environment("left"), environment("right")]);
    log_to(&resumed, "train/accuracy", 0.75).expect("logged");
    assert_eq!(last(&resumed, "train/accuracy"), (Some(1), Some(0.75)));
}

/// A handle of another logger would write into a series that is another one here.
#[test]
fn a_handle_of_another_logger_is_refused_in_a_batch() {
    let house = House::new();
    let (own, other) = (open(house.config("own")), open(house.config("other")));
    let name = SeriesName { metric: "loss", scale: "S", labels: &[], kind: SeriesKind::Std };
    let handle = other.series(&name).expect("a series");
    let column = floats("loss", Values::F64(&[1.0]), Steps::Auto);
    let refused = own.log_batch(&[Piece::KnownStd(handle, column)]).expect_err("refused");
    assert!(refused.message.contains("belongs to another logger"), "{refused}");
    other.log_batch(&[Piece::KnownStd(handle, column)]).expect("its own");
    assert_eq!((own.known_series().expect("listed").len(), last(&other, "loss")), (0, (Some(0), Some(1.0))));
}
