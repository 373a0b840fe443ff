//! The rules for names, and what is said about a name that breaks one.
//!
//! Characters and limits are those of the published engine 0.12.0: what it accepts is accepted here.

use crate::errors::Error;

/// The characters that the query language needs for itself.
const RESERVED: &str = "()[],=<>!~\"|";

/// The characters that URLs need for themselves.
const RESERVED_BY_URLS: &str = "/\\?#%";

const MAX_METRIC: usize = 256;
const MAX_SCALE: usize = 64;
const MAX_ENVIRONMENT: usize = 128;
const MAX_ATTRIBUTE_PATH: usize = 512;
const MAX_LABEL_KEY: usize = 64;
const MAX_LABEL_VALUE: usize = 64;
pub(crate) const MAX_LABELS: usize = 8;

/// The largest step of any kind: the service keeps them signed.
pub(crate) const MAX_STEP: u64 = i64::MAX.cast_unsigned();

/// A kind of name: how messages call it and what it may hold.
struct Name {
    what: &'static str,
    field: &'static str,
    may_be_empty: bool,
    also_reserved: &'static str,
    limit: usize,
}

const METRIC: Name = Name {
    what: "invalid metric name",
    field: "metric_name",
    may_be_empty: false,
    also_reserved: "",
    limit: MAX_METRIC,
};

const SCALE: Name =
    Name { what: "invalid scale", field: "scale", may_be_empty: true, also_reserved: "", limit: MAX_SCALE };

const LABEL_KEY: Name = Name {
    what: "invalid label",
    field: "label key",
    may_be_empty: false,
    also_reserved: "&",
    limit: MAX_LABEL_KEY,
};

const ENVIRONMENT: Name = Name {
    what: "invalid environment",
    field: "environment",
    may_be_empty: false,
    also_reserved: "",
    limit: MAX_ENVIRONMENT,
};

const ATTRIBUTE: Name = Name {
    what: "invalid attribute",
    field: "attribute path",
    may_be_empty: false,
    also_reserved: "",
    limit: MAX_ATTRIBUTE_PATH,
};

impl Name {
    fn check(&self, value: &str) -> Result<(), Error> {
        let Name { what, field, .. } = self;
        if value.is_empty() && !self.may_be_empty {
            return Err(Error::validation(format!("{what}: {field} must not be empty")));
        }
        if value.starts_with(':') {
            return Err(Error::validation(format!("{what}: {field} must not start with ':': '{value}'")));
        }
        too_long(what, field, value, self.limit)?;
        for c in value.chars() {
            if c.is_whitespace() || c.is_control() {
                return Err(Error::validation(format!(
                    "{what}: {field} contains whitespace or control character '{}': '{value}'",
                    c.escape_debug()
                )));
            }
            if RESERVED.contains(c) || self.also_reserved.contains(c) {
                return Err(self.reserved(c, value));
            }
        }
        Ok(())
    }

    fn reserved(&self, c: char, value: &str) -> Error {
        let Name { what, field, also_reserved, .. } = self;
        let by = if also_reserved.is_empty() { "Reserved by query language" } else { "Reserved" };
        Error::validation(format!(
            "{what}: {field} contains reserved character '{c}': '{value}'. {by}: {RESERVED}{also_reserved}"
        ))
    }
}

/// Lengths count UTF-8 bytes.
fn too_long(what: &str, field: &str, value: &str, limit: usize) -> Result<(), Error> {
    if value.len() <= limit {
        return Ok(());
    }
    let n = value.len();
    Err(Error::validation(format!("{what}: {field} is {n} bytes, exceeding the maximum length of {limit}")))
}

pub(crate) fn metric(value: &str) -> Result<(), Error> {
    METRIC.check(value)
}

pub(crate) fn scale(value: &str) -> Result<(), Error> {
    SCALE.check(value)
}

/// The name of an environment, which also appears in the paths of URLs.
pub(crate) fn environment(value: &str) -> Result<(), Error> {
    ENVIRONMENT.check(value)?;
    match value.chars().find(|c| RESERVED_BY_URLS.contains(*c)) {
        None => Ok(()),
        Some(c) => Err(Error::validation(format!(
            "invalid environment: environment contains URL-reserved character '{c}': '{value}'. \
             Reserved because the name appears in the URL path: {RESERVED_BY_URLS}"
        ))),
    }
}

/// The whole path of an attribute.
pub(crate) fn attribute_path(value: &str) -> Result<(), Error> {
    ATTRIBUTE.check(value)
}

/// The title of an axis follows the rules of label values.
pub(crate) fn title(axis: &str, value: &str) -> Result<(), Error> {
    if let Some(c) = value.chars().find(|c| c.is_control() || *c == '=' || *c == '&') {
        return Err(Error::validation(format!(
            "invalid title: {axis} contains reserved or control character '{}': '{value}'",
            c.escape_debug()
        )));
    }
    too_long("invalid title", axis, value, MAX_LABEL_VALUE)
}

/// Labels as they will be declared: each key once.
pub(crate) fn labels(labels: &[(&str, &str)]) -> Result<(), Error> {
    if labels.len() > MAX_LABELS {
        return Err(Error::validation(format!(
            "invalid label: series carries {} labels, exceeding the maximum of {MAX_LABELS}",
            labels.len()
        )));
    }
    labels.iter().try_for_each(|(key, value)| label(key, value))
}

fn label(key: &str, value: &str) -> Result<(), Error> {
    LABEL_KEY.check(key)?;
    for c in value.chars() {
        if c.is_control() {
            return Err(Error::validation(format!(
                "invalid label: label value for key '{key}' contains control character '{}': '{value}'",
                c.escape_debug()
            )));
        }
        if c == '=' || c == '&' {
            return Err(Error::validation(format!(
                "invalid label: label value for key '{key}' contains reserved character '{c}': '{value}'. Reserved: =&"
            )));
        }
    }
    too_long("invalid label", &format!("label value for key '{key}'"), value, MAX_LABEL_VALUE)
}

/// A column of steps or timestamps must be as long as the values.
pub(crate) fn same_length(what: &str, given: usize, values: usize) -> Result<(), Error> {
    if given == values {
        return Ok(());
    }
    Err(Error::validation(format!(
        "invalid points: Number of {what} is incorrect: for {given} {what} and {values} values"
    )))
}

/// The last step of `count` steps from `first` on, if there is room for them below the largest step.
pub(crate) fn step_range(first: u64, count: usize) -> Result<u64, Error> {
    if first > MAX_STEP {
        return Err(Error::validation(format!("invalid points: Step {first} exceeds {MAX_STEP}")));
    }
    let last = u64::try_from(count).ok().and_then(|count| first.checked_add(count.saturating_sub(1)));
    match last {
        Some(last) if last <= MAX_STEP => Ok(last),
        _ => Err(Error::validation(format!(
            "invalid points: Step range from {first} for {count} values exceeds {MAX_STEP}"
        ))),
    }
}

/// A step, an episode or a reinforcement-learning step.
pub(crate) fn step(what: &str, value: u64) -> Result<(), Error> {
    if value <= MAX_STEP {
        return Ok(());
    }
    Err(Error::validation(format!("invalid points: {what} {value} exceeds {MAX_STEP}")))
}

/// Steps given one by one, after `last`: the greatest of them, and how many do not grow.
pub(crate) fn steps_each(steps: &[u64], last: Option<u64>) -> Result<(Option<u64>, u64), Error> {
    let mut highest = None;
    let mut reached = last;
    let mut mis_steps = 0;
    for &step in steps {
        if step > MAX_STEP {
            return Err(Error::validation(format!("invalid points: Step {step} exceeds {MAX_STEP}")));
        }
        if reached.is_some_and(|reached| step <= reached) {
            mis_steps += 1;
        }
        reached = reached.max(Some(step));
        highest = highest.max(Some(step));
    }
    Ok((highest, mis_steps))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: Result<(), Error>) -> String {
        result.expect_err("refused").message
    }

    #[test]
    fn names_have_limits_in_bytes() {
        assert!(metric(&"m".repeat(256)).is_ok());
        assert_eq!(
            message(metric(&"é".repeat(129))),
            "invalid metric name: metric_name is 258 bytes, exceeding the maximum length of 256"
        );
        assert!(scale(&"s".repeat(64)).is_ok() && scale(&"s".repeat(65)).is_err());
        assert!(scale("").is_ok() && metric("").is_err());
    }

    #[test]
    fn blanks_are_unicode_blanks() {
        for bad in
            ["a b", "a\u{a0}b", "a\u{2028}b", "a\u{3000}b", "a\tb", "a\u{7f}b", "a\u{85}b", ":a", "a|b"]
        {
            assert!(metric(bad).is_err(), "{bad:?}");
        }
        for good in ["a:b", "a\u{200b}b", "a\u{feff}b", "ß/é", "🚀", "a&b", "a%b"] {
            assert!(metric(good).is_ok(), "{good:?}");
        }
        assert_eq!(
            message(metric("a\tb")),
            "invalid metric name: metric_name contains whitespace or control character '\\t': 'a\tb'"
        );
    }

    #[test]
    fn labels_have_their_own_rules() {
        assert!(labels(&[("k", ""), ("l", "a b")]).is_ok());
        assert_eq!(
            message(labels(&[("a&b", "x")])),
            "invalid label: label key contains reserved character '&': 'a&b'. Reserved: ()[],=<>!~\"|&"
        );
        assert_eq!(
            message(labels(&[("k", "a=b")])),
            "invalid label: label value for key 'k' contains reserved character '=': 'a=b'. Reserved: =&"
        );
        let nine: Vec<(&str, &str)> = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].map(|k| (k, "")).to_vec();
        assert!(labels(&nine[..8]).is_ok());
        assert_eq!(
            message(labels(&nine)),
            "invalid label: series carries 9 labels, exceeding the maximum of 8"
        );
    }

    #[test]
    fn steps_end_at_the_largest_signed_number() {
        assert_eq!(step_range(MAX_STEP, 1), Ok(MAX_STEP));
        assert!(step_range(MAX_STEP, 2).is_err());
        assert!(step_range(u64::MAX, 3).is_err());
        assert_eq!(steps_each(&[5, 2, 9, 9], None), Ok((Some(9), 2)));
        assert_eq!(steps_each(&[5, 2, 9], Some(5)), Ok((Some(9), 2)));
        assert!(steps_each(&[MAX_STEP + 1], None).is_err());
        assert_eq!(steps_each(&[], Some(1)), Ok((None, 0)));
    }
}
