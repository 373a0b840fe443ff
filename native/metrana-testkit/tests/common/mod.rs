//! Plays programs on the engine.

#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::HashMap;
use std::time::Duration;

use metrana_ingestion_logger::{self as engine, EnvironmentId, Logger, SeriesHandle, by_handle};
use metrana_testkit::program::{
    Attribute, Bins, Call, Histogram, Histograms, RlFloats, Scatter, Scatters, SeriesName, Spread, StdFloats,
    Steps, Strategy, Tags, Target, Timestamps, Values,
};
use metrana_testkit::random::Random;
use tokio::runtime::{Builder, Runtime};

/// How long anything may take before it counts as hung.
pub const PATIENCE: Duration = Duration::from_mins(1);

pub fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

pub fn borrowed(labels: &[(String, String)]) -> Vec<(&str, &str)> {
    labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

/// Makes the calls of a program: by name, by handle, or some at once, as a seed says.
pub struct Player<'a> {
    logger: &'a Logger,
    random: Random,
    series: HashMap<(SeriesName, bool), SeriesHandle>,
    environments: HashMap<String, EnvironmentId>,
}

impl<'a> Player<'a> {
    pub fn new(logger: &'a Logger, seed: u64) -> Self {
        Self { logger, random: Random::new(seed), series: HashMap::new(), environments: HashMap::new() }
    }

    pub fn perform(&mut self, call: &Call) {
        let by_handle = self.random.chance(40);
        let taken = match call {
            Call::Flush => self.logger.flush(Some(PATIENCE)),
            Call::StdFloats(call) if by_handle => self.std_by_handle(call),
            Call::StdFloats(call) if self.random.chance(20) => {
                self.logger.log_batch(&[std_floats(call, &borrowed(&call.series.labels)).into()])
            }
            Call::StdFloats(call) => {
                self.logger.log_std_floats(&std_floats(call, &borrowed(&call.series.labels)))
            }
            Call::RlFloats(call) => self.rl(call, by_handle),
            Call::Histograms(call) => self.histograms(call),
            Call::Scatters(call) => self.scatters(call),
            Call::Attributes(to, value) => self.logger.log_attributes(target(to), &attribute(value)),
            Call::Tags(Tags::Set(tags)) => self.logger.log_tags(engine::Tags::Set(&texts(tags))),
            Call::Tags(Tags::Update { added, removed }) => {
                self.logger.log_tags(engine::Tags::Update { added: &texts(added), removed: &texts(removed) })
            }
            Call::Description(text) => self.logger.set_description(text),
        };
        taken.unwrap_or_else(|error| panic!("a valid call is taken, but {error}: {call:?}"));
    }

    fn std_by_handle(&mut self, call: &StdFloats) -> Result<(), engine::Error> {
        let kind = if call.distributed { engine::SeriesKind::Distributed } else { engine::SeriesKind::Std };
        let handle = self.handle(&call.series, kind, false);
        let labels = borrowed(&call.series.labels);
        let points = std_floats(call, &labels);
        if self.random.chance(20) {
            self.logger.log_batch(&[engine::Piece::KnownStd(handle, points)])
        } else {
            by_handle::log_std(handle, points.values, points.steps, points.timestamps)
        }
    }

    fn rl(&mut self, call: &RlFloats, by_handle: bool) -> Result<(), engine::Error> {
        let names = texts(&call.environments);
        let labels = borrowed(&call.series.labels);
        if !by_handle {
            let floats = rl_floats(call, &labels, engine::Environments::Names(&names));
            return if self.random.chance(20) {
                self.logger.log_batch(&[floats.into()])
            } else {
                self.logger.log_rl_floats(&floats)
            };
        }
        let episodic = call.episodes != Spread::None;
        let handle =
            self.handle(&call.series, engine::SeriesKind::Rl { ordered: call.ordered, episodic }, true);
        let unknown: Vec<&str> =
            names.iter().copied().filter(|name| !self.environments.contains_key(*name)).collect();
        let ids = self.logger.environments(&unknown).expect("they are environments");
        self.environments.extend(unknown.into_iter().map(str::to_owned).zip(ids));
        let known: Vec<EnvironmentId> = names.iter().map(|name| self.environments[*name]).collect();
        let floats = rl_floats(call, &[], engine::Environments::Known(&known));
        if self.random.chance(20) {
            self.logger.log_batch(&[engine::Piece::KnownRl(handle, floats)])
        } else {
            by_handle::log_rl(handle, &floats)
        }
    }

    fn handle(&mut self, series: &SeriesName, kind: engine::SeriesKind, rl: bool) -> SeriesHandle {
        *self.series.entry((series.clone(), rl)).or_insert_with(|| {
            let labels = borrowed(&series.labels);
            let wanted =
                engine::SeriesName { metric: &series.metric, scale: &series.scale, labels: &labels, kind };
            self.logger.series(&wanted).expect("it is a series")
        })
    }

    fn histograms(&mut self, call: &Histograms) -> Result<(), engine::Error> {
        let histograms: Vec<_> = call.histograms.iter().map(histogram).collect();
        let labels = borrowed(&call.series.labels);
        let call = engine::Histograms {
            metric: &call.series.metric,
            scale: &call.series.scale,
            labels: &labels,
            histograms: &histograms,
            steps: &call.steps,
            timestamps: timestamps(&call.timestamps),
        };
        if self.random.chance(20) {
            self.logger.log_batch(&[call.into()])
        } else {
            self.logger.log_histograms(&call)
        }
    }

    fn scatters(&self, call: &Scatters) -> Result<(), engine::Error> {
        let scatters: Vec<_> = call.scatters.iter().map(scatter).collect();
        self.logger.log_scatters(&engine::Scatters {
            metric: &call.series.metric,
            scale: &call.series.scale,
            labels: &borrowed(&call.series.labels),
            scatters: &scatters,
            steps: &call.steps,
            timestamps: timestamps(&call.timestamps),
            titles: engine::Titles {
                x: call.titles.x.as_deref(),
                y: call.titles.y.as_deref(),
                z: call.titles.z.as_deref(),
            },
        })
    }
}

fn std_floats<'a>(call: &'a StdFloats, labels: &'a [(&'a str, &'a str)]) -> engine::StdFloats<'a> {
    engine::StdFloats {
        metric: &call.series.metric,
        scale: &call.series.scale,
        labels,
        values: values(&call.values),
        steps: match &call.steps {
            Steps::Auto => engine::Steps::Auto,
            Steps::From(first) => engine::Steps::From(*first),
            Steps::Each(each) => engine::Steps::Each(each),
        },
        timestamps: timestamps(&call.timestamps),
        distributed: call.distributed,
    }
}

fn rl_floats<'a>(
    call: &'a RlFloats,
    labels: &'a [(&'a str, &'a str)],
    environments: engine::Environments<'a>,
) -> engine::RlFloats<'a> {
    engine::RlFloats {
        metric: &call.series.metric,
        scale: &call.series.scale,
        labels,
        rl_step: call.rl_step,
        environments,
        values: values(&call.values),
        episodes: spread(&call.episodes),
        steps: spread(&call.steps),
        timestamps: spread(&call.timestamps),
        strategy: match call.strategy {
            Strategy::WithinRlStep => engine::StepStrategy::WithinRlStep,
            Strategy::FromOne => engine::StepStrategy::FromOne,
            Strategy::AcrossRlSteps => engine::StepStrategy::AcrossRlSteps,
        },
        ordered: call.ordered,
    }
}

fn values(values: &Values) -> engine::Values<'_> {
    match values {
        Values::F64(values) => engine::Values::F64(values),
        Values::F32(values) => engine::Values::F32(values),
    }
}

fn timestamps(timestamps: &Timestamps) -> engine::Timestamps<'_> {
    match timestamps {
        Timestamps::Now => engine::Timestamps::Now,
        Timestamps::At(time) => engine::Timestamps::At(*time),
        Timestamps::Each(each) => engine::Timestamps::Each(each),
    }
}

fn spread<T: Copy>(spread: &Spread<T>) -> engine::Spread<'_, T> {
    match spread {
        Spread::None => engine::Spread::None,
        Spread::Uniform(one) => engine::Spread::Uniform(*one),
        Spread::PerEnvironment(each) => engine::Spread::PerEnvironment(each),
        Spread::Grid(each) => engine::Spread::Grid(each),
    }
}

fn histogram(histogram: &Histogram) -> engine::Histogram<'_> {
    engine::Histogram {
        edges: &histogram.edges,
        bins: match &histogram.bins {
            Bins::Counts(counts) => engine::Bins::Counts(counts),
            Bins::Densities(densities) => engine::Bins::Densities(densities),
        },
        stats: histogram.stats.map(|[min, max, sum, sum_of_squares]| engine::Stats {
            min,
            max,
            sum,
            sum_of_squares,
        }),
    }
}

fn scatter(scatter: &Scatter) -> engine::Scatter<'_> {
    engine::Scatter { xs: &scatter.xs, ys: &scatter.ys, zs: scatter.zs.as_deref() }
}

fn texts(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn target(target: &Target) -> engine::Target<'_> {
    match target {
        Target::Run { prefix } => engine::Target::Run { prefix },
        Target::Config => engine::Target::Config,
        Target::Environment { environment, episode } => {
            engine::Target::Environment { environment, episode: *episode }
        }
    }
}

fn attribute(value: &Attribute) -> engine::Attribute {
    match value {
        Attribute::Null => engine::Attribute::Null,
        Attribute::Bool(value) => engine::Attribute::Bool(*value),
        Attribute::Int(value) => engine::Attribute::Int(*value),
        Attribute::Float(value) => engine::Attribute::Float(*value),
        Attribute::Text(text) => engine::Attribute::Text(text.clone()),
        Attribute::Time(millis) => engine::Attribute::Time(*millis),
        Attribute::Map(entries) => engine::Attribute::Map(
            entries.iter().map(|(name, value)| (name.clone(), attribute(value))).collect(),
        ),
        Attribute::List(values) => engine::Attribute::List(values.iter().map(attribute).collect()),
    }
}
