//! Calls that write attributes.

use super::Call;
use crate::random::Random;

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
    /// Values by name, in any order, no name twice.
    Map(Vec<(String, Attribute)>),
    /// Values by number.
    List(Vec<Attribute>),
}

/// What attributes are of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The run, below a prefix.
    Run {
        /// In front of every path.
        prefix: String,
    },
    /// The run's configuration.
    Config,
    /// An environment, or an episode in it.
    Environment {
        /// Its name.
        environment: String,
        /// The episode.
        episode: Option<u64>,
    },
}

/// A change to the run's tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// These and no others.
    Set(Vec<String>),
    /// Some more, some less.
    Update {
        /// More.
        added: Vec<String>,
        /// Less.
        removed: Vec<String>,
    },
}

impl Attribute {
    /// How many values there are in the tree.
    #[must_use]
    pub fn leaves(&self) -> u64 {
        match self {
            Self::Map(entries) => entries.iter().map(|(_, value)| value.leaves()).sum(),
            Self::List(values) => values.iter().map(Self::leaves).sum(),
            _ => 1,
        }
    }
}

pub(super) fn call(random: &mut Random) -> Call {
    let tags = ["b", "a", "", "é ö", "a/b"];
    let some = |random: &mut Random| -> Vec<String> {
        (0..random.below(4)).map(|_| tags[random.index(5)].to_owned()).collect()
    };
    match random.below(10) {
        0 => Call::Description(["", "words, = and more\n", "é"][random.index(3)].into()),
        1 => Call::Tags(Tags::Set(some(random))),
        2 => Call::Tags(Tags::Update { added: some(random), removed: some(random) }),
        3..5 => Call::Attributes(Target::Config, tree(random, 0, true)),
        5..7 => {
            let environment = ["env-0é", "env-1é", "only-attributes"][random.index(3)].into();
            let episode = random.chance(50).then(|| random.below(4));
            Call::Attributes(Target::Environment { environment, episode }, map(random, 1, false))
        }
        7 => Call::Attributes(Target::Run { prefix: String::new() }, map(random, 1, false)),
        _ => {
            let prefix = ["p", "git/sha", "p/"][random.index(3)].into();
            Call::Attributes(Target::Run { prefix }, tree(random, 0, false))
        }
    }
}

/// `any`: numbers that are no numbers, too, which only a configuration may hold.
fn tree(random: &mut Random, depth: u64, any: bool) -> Attribute {
    match random.below(if depth < 3 { 12 } else { 8 }) {
        0 => Attribute::Null,
        1 => Attribute::Bool(random.chance(50)),
        2 | 3 => Attribute::Int([0, -1, i64::MIN, i64::MAX, 32][random.index(5)]),
        4 if any => Attribute::Float([f64::NAN, f64::INFINITY, f64::NEG_INFINITY][random.index(3)]),
        4 | 5 => Attribute::Float([0.0, -0.0, 0.1, f64::MAX, 5e-324, 1.0][random.index(6)]),
        6 => Attribute::Text(["", "a = b", "é\n"][random.index(3)].into()),
        7 => Attribute::Time([0, -1, 1_700_000_000_123, i64::MIN, i64::MAX][random.index(5)]),
        8 | 9 => Attribute::List((0..random.below(13)).map(|_| tree(random, depth + 1, any)).collect()),
        _ => map(random, depth, any),
    }
}

fn map(random: &mut Random, depth: u64, any: bool) -> Attribute {
    // Byte order is neither the order here nor that of an alphabet; and within a level it is not that of whole paths.
    let keys = ["b", "a", "a-b", "Z", "é", "x/y"];
    let mut entries = Vec::new();
    for key in keys {
        if random.chance(40) {
            entries.push((key.to_owned(), tree(random, depth + 1, any)));
        }
    }
    Attribute::Map(entries)
}
