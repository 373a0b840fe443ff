//! Attributes of the run and of its environments: trees of values, flattened into paths.

use metrana_proto::common::StringSet;
use metrana_proto::types::attribute_update::Value as Leaf;
use metrana_proto::types::{AttributeUpdate, EnvAttrUpdates, StringSetDelta};

use crate::books::counters::Kind;
use crate::errors::Error;
use crate::kinds::{Call, Encoded};
use crate::names::{Names, validate};
use crate::stage::Stage;
use crate::wire::field;

const MAX_STRING: usize = 16_384;
const MAX_STRING_SET: usize = 32_768;

/// What an environment's attributes may not be called: the service has fields of its own for them.
const ENVIRONMENT_FIELDS: [&str; 3] = ["environment_id", "latest_episode", "latest_rl_step"];

/// A value, or a tree of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// A path without a value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
    /// A moment, in milliseconds since 1970.
    Time(i64),
    /// Values by name; their paths are sorted.
    Map(Vec<(String, Attribute)>),
    /// Values by number.
    List(Vec<Attribute>),
}

/// What an attribute call writes to.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// The run, below a prefix.
    Run {
        /// In front of every path; may be empty.
        prefix: &'a str,
    },
    /// The run's configuration.
    Config,
    /// An environment, or one episode in it.
    Environment {
        /// Its name.
        environment: &'a str,
        /// The episode.
        episode: Option<u64>,
    },
}

/// A change to the run's tags.
#[derive(Clone, Copy, Debug)]
pub enum Tags<'a> {
    /// These and no others.
    Set(&'a [&'a str]),
    /// Some more, some less.
    Update {
        /// To be added.
        added: &'a [&'a str],
        /// To be taken away.
        removed: &'a [&'a str],
    },
}

/// Attributes of the run, flattened and checked.
pub(crate) struct RunAttributes {
    updates: Vec<AttributeUpdate>,
}

/// Attributes of an environment, flattened and checked.
pub(crate) struct EnvironmentAttributes {
    environment: String,
    episode: Option<u64>,
    updates: Vec<AttributeUpdate>,
}

impl RunAttributes {
    pub(crate) fn new(prefix: &str, value: &Attribute, finite: Finite) -> Result<Self, Error> {
        let updates = flatten(prefix, value, finite)?;
        for update in &updates {
            check_system_path(update)?;
        }
        Ok(Self { updates })
    }

    pub(crate) fn tags(tags: Tags<'_>) -> Result<Self, Error> {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let (texts, value) = match tags {
            Tags::Set(tags) => (tags.iter().map(|tag| tag.len()).sum(), {
                Leaf::StringSetValue(StringSet { values: own(tags) })
            }),
            Tags::Update { added, removed } => {
                (added.iter().chain(removed).map(|tag| tag.len()).sum::<usize>(), {
                    Leaf::StringSetDeltaValue(StringSetDelta {
                        added_values: own(added),
                        removed_values: own(removed),
                    })
                })
            }
        };
        if texts > MAX_STRING_SET {
            return Err(Error::validation(format!(
                "invalid attribute: string set attribute '{TAGS}' totals {texts} bytes, exceeding the maximum of {MAX_STRING_SET}"
            )));
        }
        Ok(Self { updates: vec![AttributeUpdate { path: TAGS.to_owned(), value: Some(value) }] })
    }

    pub(crate) fn description(text: &str) -> Result<Self, Error> {
        check_string(DESCRIPTION, text)?;
        let value = Some(Leaf::StringValue(text.to_owned()));
        Ok(Self { updates: vec![AttributeUpdate { path: DESCRIPTION.to_owned(), value }] })
    }
}

const TAGS: &str = "sys/tags";
const DESCRIPTION: &str = "sys/description";

/// The service's own part of the tree.
fn check_system_path(update: &AttributeUpdate) -> Result<(), Error> {
    let path = update.path.as_str();
    let reserved = path == "sys" || path.starts_with("sys/");
    let allowed = path == DESCRIPTION && matches!(update.value, Some(Leaf::StringValue(_)));
    if !reserved || allowed {
        return Ok(());
    }
    let hint = match path {
        DESCRIPTION => "; a description is a text",
        TAGS => "; tags are set by SetTags and UpdateTags",
        _ => "",
    };
    Err(Error::validation(format!("invalid attribute: '{path}' is reserved for the system namespace{hint}")))
}

impl EnvironmentAttributes {
    pub(crate) fn new(environment: &str, episode: Option<u64>, value: &Attribute) -> Result<Self, Error> {
        validate::environment(environment)?;
        episode.map_or(Ok(()), |episode| validate::step("episode", episode))?;
        let updates = flatten("", value, Finite::Required)?;
        for update in &updates {
            if ENVIRONMENT_FIELDS.contains(&update.path.as_str()) {
                return Err(Error::validation(format!(
                    "invalid attribute: '{}' is reserved as an RL-environment special field",
                    update.path
                )));
            }
        }
        Ok(Self { environment: environment.to_owned(), episode, updates })
    }
}

/// What happens to numbers that are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finite {
    /// They are refused.
    Required,
    /// They become paths without a value.
    OrNothing,
}

/// One update for each leaf, in the order of their keys, level by level.
fn flatten(prefix: &str, value: &Attribute, finite: Finite) -> Result<Vec<AttributeUpdate>, Error> {
    let mut updates = Vec::new();
    walk(prefix.to_owned(), value, finite, &mut updates)?;
    Ok(updates)
}

fn walk(
    path: String,
    value: &Attribute,
    finite: Finite,
    updates: &mut Vec<AttributeUpdate>,
) -> Result<(), Error> {
    // Nothing stands in front of a path that is still empty, also where an empty key led there.
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}/{key}") };
    let leaf = match value {
        Attribute::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            return entries.into_iter().try_for_each(|(key, value)| walk(below(key), value, finite, updates));
        }
        Attribute::List(values) => {
            let mut values = values.iter().enumerate();
            return values.try_for_each(|(n, value)| walk(below(&n.to_string()), value, finite, updates));
        }
        Attribute::Null => None,
        Attribute::Bool(value) => Some(Leaf::BoolValue(*value)),
        Attribute::Int(value) => Some(Leaf::IntValue(*value)),
        Attribute::Float(value) if value.is_finite() => Some(Leaf::FloatValue(*value)),
        Attribute::Float(_) if finite == Finite::OrNothing => None,
        Attribute::Float(_) => {
            return Err(Error::validation(
                "attribute values must be finite: NaN/inf have no JSON representation",
            ));
        }
        Attribute::Text(text) => {
            check_string(&path, text)?;
            Some(Leaf::StringValue(text.clone()))
        }
        Attribute::Time(millis) => Some(Leaf::TimestampValue(prost_types::Timestamp {
            seconds: millis.div_euclid(1000),
            nanos: i32::try_from(millis.rem_euclid(1000) * 1_000_000).unwrap_or(0),
        })),
    };
    validate::attribute_path(&path)?;
    updates.push(AttributeUpdate { path, value: leaf });
    Ok(())
}

fn check_string(path: &str, text: &str) -> Result<(), Error> {
    if text.len() <= MAX_STRING {
        return Ok(());
    }
    Err(Error::validation(format!(
        "invalid attribute: string attribute '{path}' is {} bytes, exceeding the maximum length of {MAX_STRING}",
        text.len()
    )))
}

impl Call for RunAttributes {
    type Plan = ();

    fn size(&self) -> (Kind, usize) {
        (Kind::AttributeUpdates, self.updates.len())
    }

    /// Everything about them was checked when they were flattened.
    fn check_names(&self, _: &Names) -> Result<(), Error> {
        Ok(())
    }

    fn plan(&self, _: &mut Stage) -> Result<(usize, ()), Error> {
        Ok((crate::kinds::histogram::whole_weight(&self.updates), ()))
    }

    fn commit(&self, stage: &mut Stage, (): (), _now: i64) {
        for message in &self.updates {
            let content = Encoded { field: field::request::ATTRIBUTES, message };
            stage.put_plain(Kind::AttributeUpdates, 1, &content);
        }
    }
}

impl Call for EnvironmentAttributes {
    type Plan = ();

    fn size(&self) -> (Kind, usize) {
        (Kind::EnvAttributeUpdates, self.updates.len())
    }

    /// Everything about them was checked when they were flattened.
    fn check_names(&self, _: &Names) -> Result<(), Error> {
        Ok(())
    }

    fn plan(&self, _: &mut Stage) -> Result<(usize, ()), Error> {
        // Each may end up in a message of its own, with the environment's name.
        let frames = self.updates.len() * (self.environment.len() + 32);
        Ok((crate::kinds::histogram::whole_weight(&self.updates) + frames, ()))
    }

    fn commit(&self, stage: &mut Stage, (): (), _now: i64) {
        let mut rest = self.updates.as_slice();
        while !rest.is_empty() {
            let (some, others) = rest.split_at(self.fitting(rest, stage.max_message()));
            let message = EnvAttrUpdates {
                environment_id: self.environment.clone(),
                episode: self.episode,
                attributes: some.to_vec(),
            };
            let content = Encoded { field: field::request::ENV_ATTR_UPDATES, message: &message };
            stage.put_plain(Kind::EnvAttributeUpdates, some.len(), &content);
            rest = others;
        }
    }
}

impl EnvironmentAttributes {
    /// How many of the updates one message has room for, and at least one.
    fn fitting(&self, updates: &[AttributeUpdate], limit: usize) -> usize {
        let mut left = limit.saturating_sub(self.environment.len() + 32);
        let mut fits = |update: &AttributeUpdate| {
            let size = prost::Message::encoded_len(update) + 8;
            let fits = size <= left;
            left = left.saturating_sub(size);
            fits
        };
        updates.iter().take_while(|update| fits(update)).count().max(1)
    }
}
