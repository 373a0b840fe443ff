//! Aggregation rules, as C writes them down.

use metrana_ingestion_logger::AggregationRule;

use crate::boundary::failure::Failure;
use crate::boundary::{pointers, text::metrana_str};
use crate::enums::metrana_aggregation_function;

/// What the service is to make of the series of a run on its own: series of one scale brought together into series of
/// another.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_aggregation_rule {
    /// Optional: which metric. Absent: every metric of the scale.
    pub metric_name: metrana_str,
    /// The scale of what goes in.
    pub source_scale: metrana_str,
    /// The scale of what comes out.
    pub output_scale: metrana_str,
    /// `function_count` numbers of `metrana_aggregation_function`.
    pub functions: *const i32,
    /// How many functions.
    pub function_count: usize,
    /// The keys of `label_count` labels that are lost on the way; null when there are none.
    pub labels: *const metrana_str,
    /// How many keys.
    pub label_count: usize,
    /// Optional: the name of what comes out.
    pub output_metric_name: metrana_str,
    /// Optional: what is put behind the name of what comes out.
    pub output_name_suffix: metrana_str,
}

impl metrana_aggregation_rule {
    /// A copy of everything that the rule points to.
    ///
    /// # Safety
    /// The columns and texts are what the header asks for.
    pub(crate) unsafe fn read(&self) -> Result<AggregationRule, Failure> {
        // SAFETY: passed on to the caller; so for every one of these.
        unsafe {
            let what = "aggregation_rule.functions";
            let functions = pointers::slice(self.functions, self.function_count, what)?;
            let functions = functions
                .iter()
                .map(|number| metrana_aggregation_function::read(*number, what).map(Into::into));
            let what = "aggregation_rule.labels";
            let labels = pointers::slice(self.labels, self.label_count, what)?;
            let labels = labels.iter().map(|label| label.read(what).map(str::to_owned));
            Ok(AggregationRule {
                metric_name: self
                    .metric_name
                    .read_optional("aggregation_rule.metric_name")?
                    .map(str::to_owned),
                source_scale: self.source_scale.read("aggregation_rule.source_scale")?.to_owned(),
                output_scale: self.output_scale.read("aggregation_rule.output_scale")?.to_owned(),
                functions: functions.collect::<Result<_, _>>()?,
                aggregate_over_labels: labels.collect::<Result<_, _>>()?,
                output_metric_name: self
                    .output_metric_name
                    .read_optional("aggregation_rule.output_metric_name")?
                    .map(str::to_owned),
                output_name_suffix: self
                    .output_name_suffix
                    .read_optional("aggregation_rule.output_name_suffix")?
                    .map(str::to_owned),
            })
        }
    }
}
