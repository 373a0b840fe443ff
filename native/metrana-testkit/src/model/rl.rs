//! What calls of reinforcement learning must leave behind.

use std::collections::BTreeMap;

use super::arrived::{Environments, RlPoint};
use crate::program::{RlFloats, SeriesName, Spread, Strategy};

/// The largest step of the training and the largest episode of an environment.
pub type Progress = (Option<u64>, Option<u64>);

#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    counters: BTreeMap<(SeriesName, String), Counter>,
    progress: BTreeMap<String, Progress>,
}

/// Where the environment steps of a series in an environment stand: at its highest step of the training, what comes next
/// in each episode.
#[derive(Clone, Debug, Default)]
struct Counter {
    highest: Option<u64>,
    next: BTreeMap<Option<u64>, u64>,
}

impl Counters {
    pub(super) fn seed(&mut self, environment: &str, progress: Progress) {
        self.progress.insert(environment.to_owned(), progress);
    }

    pub(super) fn progress(&self, environment: &str) -> Progress {
        self.progress.get(environment).copied().unwrap_or_default()
    }

    pub(super) fn call(&mut self, call: &RlFloats, points: &mut BTreeMap<SeriesName, Environments>) {
        if call.values.is_empty() {
            return;
        }
        let points = points.entry(call.series.clone()).or_default();
        for (row, environment) in call.environments.iter().enumerate() {
            self.row(call, row, points.entry(environment.clone()).or_default());
        }
    }

    fn row(&mut self, call: &RlFloats, row: usize, points: &mut Vec<RlPoint>) {
        let columns = call.columns();
        let environment = &call.environments[row];
        let counter = self.counters.entry((call.series.clone(), environment.clone())).or_default();
        let behind = counter.highest.is_some_and(|highest| call.rl_step < highest);
        if counter.highest.is_none_or(|highest| call.rl_step > highest) {
            *counter = Counter { highest: Some(call.rl_step), next: BTreeMap::new() };
        }
        // What the points of this row alone have counted, by episode.
        let mut in_row: BTreeMap<Option<u64>, u64> = BTreeMap::new();
        // What a run of equal episodes has counted.
        let mut run: (Option<Option<u64>>, u64) = (None, 0);
        for column in 0..columns {
            let index = row * columns + column;
            let episode = call.episodes.at(row, column, columns);
            if run.0 != Some(episode) {
                run = (Some(episode), 0);
            }
            let before = in_row.entry(episode).or_default();
            let step = match &call.steps {
                Spread::None if behind => run.1,
                Spread::None => counter.next.get(&episode).copied().unwrap_or(0),
                Spread::Uniform(first) => first + *before,
                Spread::PerEnvironment(firsts) => firsts[row] + *before,
                Spread::Grid(each) => each[index],
            };
            *before += 1;
            run.1 += 1;
            if !behind {
                let next = counter.next.entry(episode).or_default();
                *next = (*next).max(step + 1);
            }
            let (value, width) = call.values.at(index);
            let progress = self.progress.entry(environment.clone()).or_default();
            *progress = (progress.0.max(Some(call.rl_step)), progress.1.max(episode));
            points.push(RlPoint {
                rl_step: call.rl_step,
                episode,
                step,
                flat: call.strategy == Strategy::AcrossRlSteps,
                from_one: call.strategy == Strategy::FromOne,
                time: call.timestamps.at(row, column, columns),
                value,
                width,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Model;
    use crate::program::{Call, RlFloats, SeriesName, Spread, Strategy, Values};

    fn call(rl_step: u64, columns: usize, episodes: &[u64], steps: Spread<u64>) -> RlFloats {
        RlFloats {
            series: SeriesName { metric: "m".into(), scale: "S".into(), labels: vec![] },
            rl_step,
            environments: vec!["e".into()],
            values: Values::F64(vec![0.5; columns]),
            episodes: if episodes.is_empty() { Spread::None } else { Spread::Grid(episodes.to_vec()) },
            steps,
            timestamps: Spread::None,
            strategy: Strategy::WithinRlStep,
            ordered: true,
        }
    }

    fn log(rl_step: u64, columns: usize, episodes: &[u64], steps: Spread<u64>) -> Call {
        Call::RlFloats(call(rl_step, columns, episodes, steps))
    }

    fn steps(model: &Model) -> Vec<u64> {
        let series = model.arrived().rl_points.values().next().expect("a series");
        series["e"].iter().map(|point| point.step).collect()
    }

    #[test]
    fn a_step_that_begins_a_row_begins_each_of_its_episodes() {
        let mut model = Model::default();
        model.call(&log(1, 3, &[], Spread::Uniform(5)));
        model.call(&log(1, 4, &[3, 4, 3, 4], Spread::Uniform(5)));
        assert_eq!(steps(&model), [5, 6, 7, 5, 5, 6, 6]);
    }

    #[test]
    fn automatic_steps_behind_the_highest_step_begin_at_each_change_of_episode() {
        let mut model = Model::default();
        model.call(&log(5, 1, &[1], Spread::None));
        model.call(&log(4, 4, &[1, 2, 1, 2], Spread::None));
        model.call(&log(4, 3, &[1, 1, 2], Spread::None));
        model.call(&log(5, 4, &[1, 2, 1, 2], Spread::None));
        assert_eq!(steps(&model), [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 2, 1]);
        assert_eq!(model.progress("e"), (Some(5), Some(2)));
    }

    #[test]
    fn automatic_steps_go_on_behind_the_largest_given_one() {
        let mut model = Model::default();
        model.call(&log(1, 1, &[], Spread::Grid(vec![9])));
        model.call(&log(1, 2, &[], Spread::Grid(vec![3, 20])));
        model.call(&log(1, 1, &[], Spread::None));
        model.call(&log(2, 1, &[], Spread::None));
        assert_eq!(steps(&model), [9, 3, 20, 21, 0]);
    }

    #[test]
    fn what_is_written_out_means_the_same() {
        let short = RlFloats {
            environments: vec!["e".into(), "f".into(), "e".into()],
            values: Values::F64(vec![0.5; 12]),
            episodes: Spread::Grid(vec![3, 4, 3, 4, 1, 1, 1, 1, 2, 2, 3, 3]),
            timestamps: Spread::PerEnvironment(vec![7, 8, 9]),
            ..call(1, 0, &[], Spread::PerEnvironment(vec![5, 50, 500]))
        };
        let long = short.materialised();
        assert_eq!(long.steps, Spread::Grid(vec![5, 5, 6, 6, 50, 51, 52, 53, 500, 501, 500, 501]));
        assert_eq!(long.timestamps, Spread::Grid(vec![7, 7, 7, 7, 8, 8, 8, 8, 9, 9, 9, 9]));
        let (mut one, mut other) = (Model::default(), Model::default());
        one.call(&Call::RlFloats(short));
        other.call(&Call::RlFloats(long));
        assert_eq!(one.arrived(), other.arrived());
    }
}
