//! The series of a run: who they are, what pins them, and where their steps stand.

use hashbrown::hash_table::{Entry, HashTable};
use smallvec::SmallVec;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash as _, Hasher as _};

use metrana_proto::types::{OrderingMode, SeriesDeclaration};

use crate::errors::Error;
use crate::validate;
use crate::wire::field::request;

/// A series inside this logger. Its declaration id on the wire is one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SeriesId(u32);

impl SeriesId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    /// What the wire calls it: ids count from 1, in the order of first use.
    pub(crate) fn on_wire(self) -> u64 {
        u64::from(self.0) + 1
    }
}

/// A caller's name for a series, its labels sorted and each key once.
pub(crate) struct Key<'a> {
    pub metric: &'a str,
    pub scale: &'a str,
    pub labels: SmallVec<[(&'a str, &'a str); validate::MAX_LABELS]>,
}

impl<'a> Key<'a> {
    /// Where a key is named twice the last value counts.
    pub(crate) fn new(metric: &'a str, scale: &'a str, labels: &[(&'a str, &'a str)]) -> Self {
        let mut sorted: SmallVec<[(&str, &str); validate::MAX_LABELS]> = labels.into();
        sorted.sort_by_key(|(key, _)| *key);
        // Equal keys still stand in the caller's order: the later value moves into the one that stays.
        sorted.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 = later.1;
            }
            same
        });
        Self { metric, scale, labels: sorted }
    }

    fn hash(&self, hasher: &impl BuildHasher) -> u64 {
        hash_name(hasher, self.metric, self.scale, self.labels.iter().copied())
    }

    /// The label keys as families are pinned by them.
    fn label_keys(&self) -> String {
        self.labels.iter().map(|(key, _)| *key).collect::<Vec<_>>().join("&")
    }
}

fn hash_name<'a>(
    hasher: &impl BuildHasher,
    metric: &str,
    scale: &str,
    labels: impl Iterator<Item = (&'a str, &'a str)>,
) -> u64 {
    let mut state = hasher.build_hasher();
    metric.hash(&mut state);
    scale.hash(&mut state);
    for (key, value) in labels {
        key.hash(&mut state);
        value.hash(&mut state);
    }
    state.finish()
}

/// One series.
pub(crate) struct Series {
    metric: Box<str>,
    scale: Box<str>,
    labels: Box<[(Box<str>, Box<str>)]>,
    ordering: OrderingMode,
    /// The largest step logged or seeded.
    pub last_step: Option<u64>,
    /// Whether a message of this logger declares it, on its way or sent.
    pub declared: bool,
    /// Which chunk it was last written to, and whether as a column; see `Chunk`.
    pub last_written: (u64, bool),
}

impl Series {
    fn is(&self, key: &Key<'_>) -> bool {
        *self.metric == *key.metric
            && *self.scale == *key.scale
            && self.labels.len() == key.labels.len()
            && self
                .labels
                .iter()
                .zip(&key.labels)
                .all(|(own, wanted)| *own.0 == *wanted.0 && *own.1 == *wanted.1)
    }

    fn hash(&self, hasher: &impl BuildHasher) -> u64 {
        hash_name(
            hasher,
            &self.metric,
            &self.scale,
            self.labels.iter().map(|(key, value)| (&**key, &**value)),
        )
    }

    /// For messages to people.
    pub(crate) fn name(&self) -> String {
        let labels: Vec<String> = self.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        format!("{} (scale '{}', labels [{}])", self.metric, self.scale, labels.join(", "))
    }

    fn declaration(&self, id: SeriesId) -> SeriesDeclaration {
        let text = |text: &str| text.to_owned();
        SeriesDeclaration {
            metric_name: text(&self.metric),
            scale: text(&self.scale),
            labels: self.labels.iter().map(|(key, value)| (text(key), text(value))).collect(),
            ordering: self.ordering.into(),
            declaration_id: id.on_wire(),
        }
    }
}

/// What the first series of a (metric, scale) fixes for all that follow.
struct Family {
    label_keys: String,
    ordering: OrderingMode,
}

/// All series of a logger.
#[derive(Default)]
pub(crate) struct Registry {
    series: Vec<Series>,
    by_name: HashTable<SeriesId>,
    hasher: foldhash::fast::RandomState,
    families: HashMap<(Box<str>, Box<str>), Family>,
}

impl Registry {
    pub(crate) fn get(&self, id: SeriesId) -> &Series {
        &self.series[id.index()]
    }

    pub(crate) fn get_mut(&mut self, id: SeriesId) -> &mut Series {
        &mut self.series[id.index()]
    }

    pub(crate) fn len(&self) -> usize {
        self.series.len()
    }

    pub(crate) fn find(&self, key: &Key<'_>) -> Option<SeriesId> {
        self.by_name.find(key.hash(&self.hasher), |id| self.get(*id).is(key)).copied()
    }

    /// Whether points with this ordering may go into a series that is known.
    pub(crate) fn check_known(&self, id: SeriesId, ordering: OrderingMode) -> Result<(), Error> {
        let series = self.get(id);
        if series.ordering == ordering {
            return Ok(());
        }
        Err(Error::validation(format!(
            "invalid points: series '{}' (scale '{}') was already declared as {}; \
             ordered and distributed logging cannot be mixed for the same series",
            series.metric,
            series.scale,
            spoken(series.ordering)
        )))
    }

    /// Whether a series that is not known may come to be. The order of the checks is the published engine's: the
    /// pins of a known family speak before the rules for labels do.
    pub(crate) fn check_new(&self, key: &Key<'_>, ordering: OrderingMode) -> Result<(), Error> {
        let Key { metric, scale, .. } = key;
        validate::metric(metric)?;
        validate::scale(scale)?;
        if let Some(family) = self.families.get(&(Box::from(*metric), Box::from(*scale))) {
            let label_keys = key.label_keys();
            if label_keys != family.label_keys {
                return Err(Error::validation(format!(
                    "invalid points: ({metric}/{scale}): label keys [{label_keys}] do not match the already-declared [{}]",
                    family.label_keys
                )));
            }
            if family.ordering != ordering {
                return Err(Error::validation(format!(
                    "invalid points: ({metric}/{scale}) was already declared as {}; \
                     ordered and distributed logging cannot be mixed",
                    spoken(family.ordering)
                )));
            }
        }
        validate::labels(&key.labels)
    }

    /// Adds a series that `check_new` has passed, or that the service told of.
    pub(crate) fn add(&mut self, key: &Key<'_>, ordering: OrderingMode, last_step: Option<u64>) -> SeriesId {
        let id = SeriesId(u32::try_from(self.series.len()).expect("fewer series than memory has bytes"));
        let owned = |text: &str| Box::<str>::from(text);
        self.families
            .entry((owned(key.metric), owned(key.scale)))
            .or_insert_with(|| Family { label_keys: key.label_keys(), ordering });
        self.series.push(Series {
            metric: owned(key.metric),
            scale: owned(key.scale),
            labels: key.labels.iter().map(|(key, value)| (owned(key), owned(value))).collect(),
            ordering,
            last_step,
            declared: false,
            last_written: (0, false),
        });
        let Self { series, by_name, hasher, .. } = self;
        let entry = by_name.entry(
            key.hash(hasher),
            |other| series[other.index()].is(key),
            |other| series[other.index()].hash(hasher),
        );
        match entry {
            // A service that names a series twice means the later one.
            Entry::Occupied(mut known) => *known.get_mut() = id,
            Entry::Vacant(free) => drop(free.insert(id)),
        }
        id
    }

    /// Adds a series as the handshake tells of it: `flat_labels` is `key=value&key=value`.
    pub(crate) fn seed(
        &mut self,
        metric: &str,
        scale: &str,
        flat_labels: &str,
        ordering: OrderingMode,
        last_step: u64,
    ) {
        let labels: Vec<(&str, &str)> =
            flat_labels.split('&').filter_map(|pair| pair.split_once('=')).collect();
        self.add(&Key::new(metric, scale, &labels), ordering, Some(last_step));
    }

    /// Writes the declaration of a series as a field of a request.
    pub(crate) fn put_declaration(&self, id: SeriesId, out: &mut Vec<u8>) {
        let declaration = self.get(id).declaration(id);
        put_declaration(&declaration, out);
    }

    /// How many bytes `put_declaration` will write, at most.
    pub(crate) fn declaration_len(key: &Key<'_>) -> usize {
        declaration_len(key.metric, key.scale, key.labels.iter().map(|(key, value)| key.len() + value.len()))
    }

    /// The same for a series that is known.
    pub(crate) fn declaration_len_of(&self, id: SeriesId) -> usize {
        let Series { metric, scale, labels, .. } = self.get(id);
        declaration_len(metric, scale, labels.iter().map(|(key, value)| key.len() + value.len()))
    }

    /// The declarations of every series, cut into pieces of at most `limit` bytes (or one declaration each).
    pub(crate) fn all_declarations(&self, limit: usize) -> Vec<Vec<u8>> {
        let mut pieces = Vec::new();
        let mut piece: Vec<u8> = Vec::new();
        let mut one = Vec::new();
        for (index, series) in self.series.iter().enumerate() {
            let id = SeriesId(u32::try_from(index).expect("ids are u32"));
            one.clear();
            put_declaration(&series.declaration(id), &mut one);
            if !piece.is_empty() && piece.len() + one.len() > limit {
                pieces.push(std::mem::take(&mut piece));
            }
            piece.extend_from_slice(&one);
        }
        if !piece.is_empty() {
            pieces.push(piece);
        }
        pieces
    }
}

fn put_declaration(declaration: &SeriesDeclaration, out: &mut Vec<u8>) {
    prost::encoding::message::encode(request::SERIES_DECLARATIONS.into(), declaration, out);
}

/// Tags and lengths take two or three bytes each; this leaves room for more.
fn declaration_len(metric: &str, scale: &str, labels: impl Iterator<Item = usize>) -> usize {
    metric.len() + scale.len() + labels.map(|bytes| bytes + 12).sum::<usize>() + 32
}

/// The ordering as messages name it.
fn spoken(ordering: OrderingMode) -> &'static str {
    match ordering {
        OrderingMode::Undefined => "Undefined",
        OrderingMode::RelativeOrdered => "RelativeOrdered",
        OrderingMode::AbsoluteUnordered => "AbsoluteUnordered",
        OrderingMode::AbsoluteOrdered => "AbsoluteOrdered",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message as _;

    const ORDERED: OrderingMode = OrderingMode::AbsoluteOrdered;

    #[test]
    fn labels_in_any_order_are_one_series_and_the_last_of_a_key_counts() {
        let mut registry = Registry::default();
        let id = registry.add(&Key::new("m", "S", &[("b", "2"), ("a", "1")]), ORDERED, None);
        assert_eq!(registry.find(&Key::new("m", "S", &[("a", "0"), ("b", "2"), ("a", "1")])), Some(id));
        assert_eq!(registry.find(&Key::new("m", "S", &[("a", "0"), ("b", "2")])), None);
        assert_eq!(registry.find(&Key::new("m", "S", &[])), None);
    }

    #[test]
    fn a_family_pins_its_label_keys_before_labels_are_looked_at() {
        let mut registry = Registry::default();
        registry.add(&Key::new("m", "S", &[("a", "1")]), ORDERED, None);
        let refused = registry.check_new(&Key::new("m", "S", &[(":b", "1")]), ORDERED).expect_err("refused");
        assert_eq!(
            refused.message,
            "invalid points: (m/S): label keys [:b] do not match the already-declared [a]"
        );
        assert!(registry.check_new(&Key::new("m", "T", &[("b", "1")]), ORDERED).is_ok());
        let refused = registry
            .check_new(&Key::new("m", "S", &[("a", "2")]), OrderingMode::AbsoluteUnordered)
            .expect_err("refused");
        assert!(
            refused.message.contains("(m/S) was already declared as AbsoluteOrdered"),
            "{}",
            refused.message
        );
    }

    #[test]
    fn declarations_are_cut_below_the_limit_and_none_is_left_out() {
        let mut registry = Registry::default();
        for n in 0..1000 {
            registry.add(&Key::new(&format!("metric-{n}"), "S", &[("k", "v")]), ORDERED, None);
        }
        let pieces = registry.all_declarations(4096);
        assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() <= 4096));
        let mut ids = Vec::new();
        for piece in pieces {
            let request = metrana_proto::svc::UpdateRunRequest::decode(piece.as_slice()).expect("valid");
            ids.extend(request.series_declarations.iter().map(|one| one.declaration_id));
        }
        assert_eq!(ids, (1..=1000).collect::<Vec<u64>>());
    }
}
