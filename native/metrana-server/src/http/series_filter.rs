//! Which series of a run, and how many of them.

use regex::RegexBuilder;
use serde::Deserialize;

use super::answer::Problem;
use super::page::limit;
use crate::store::SeriesInfo;

/// At most, and when not told otherwise.
const SERIES: (u64, u64) = (100_000, 100_000);
/// What an expression may take when it is made ready. It takes a time in proportion to the text then, whatever it is.
const LARGEST_EXPRESSION: usize = 1 << 20;

/// What is absent does not matter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// How the metric begins.
    prefix: Option<String>,
    /// What is in the metric.
    regex: Option<String>,
    scale: Option<String>,
    /// Like `env=cart,seed=3`: labels that the series has, perhaps among others.
    labels: Option<String>,
    offset: Option<u64>,
    limit: Option<u64>,
}

impl Filter {
    /// The series that fit, those of the page, and how many fit in all.
    pub(super) fn select(&self, series: Vec<SeriesInfo>) -> Result<(Vec<SeriesInfo>, u64), Problem> {
        let limit = limit(self.limit, SERIES)?;
        let expression = self.regex.as_ref().map(|text| {
            let built = RegexBuilder::new(text)
                .size_limit(LARGEST_EXPRESSION)
                .dfa_size_limit(LARGEST_EXPRESSION)
                .build();
            built.map_err(|error| Problem::bad_request(format!("regex: {error}")))
        });
        let expression = expression.transpose()?;
        let labels = self.labels()?;
        let mut fitting: Vec<_> = series
            .into_iter()
            .filter(|info| {
                let definition = &info.definition;
                self.prefix.as_ref().is_none_or(|prefix| definition.metric.starts_with(prefix.as_str()))
                    && expression.as_ref().is_none_or(|expression| expression.is_match(&definition.metric))
                    && self.scale.as_ref().is_none_or(|scale| *scale == definition.scale)
                    && labels
                        .iter()
                        .all(|(key, value)| definition.labels.get(*key).is_some_and(|is| is == value))
            })
            .collect();
        let total = fitting.len() as u64;
        let skipped = usize::try_from(self.offset.unwrap_or(0)).unwrap_or(usize::MAX).min(fitting.len());
        fitting.drain(..skipped);
        fitting.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok((fitting, total))
    }

    fn labels(&self) -> Result<Vec<(&str, &str)>, Problem> {
        let text = self.labels.as_deref().unwrap_or_default();
        let pairs = text.split(',').filter(|pair| !pair.is_empty());
        let pairs: Option<_> = pairs.map(|pair| pair.split_once('=')).collect();
        pairs.ok_or_else(|| Problem::bad_request("write labels like env=cart,seed=3"))
    }
}
