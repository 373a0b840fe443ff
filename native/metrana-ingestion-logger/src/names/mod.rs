//! What a run calls things: series, environments, and the lanes in which their points queue up. It answers whether a call may
//! be and keeps what a name is pinned to; it is touched under the gate's lock and knows nothing of bytes that are staged.

pub(crate) mod declarations;
pub(crate) mod environments;
pub(crate) mod ids;
pub(crate) mod key;
pub(crate) mod lanes;
pub(crate) mod rl_cursor;
pub(crate) mod series;
pub(crate) mod validate;

use ids::SeriesId;

/// All that a run calls something.
pub(crate) struct Names {
    pub registry: series::Registry,
    pub environments: environments::EnvironmentTable,
    pub lanes: lanes::Lanes,
    pub declarations: declarations::Declarations,
}

impl Names {
    /// `limit`: the most bytes that one message has for declarations.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            registry: series::Registry::default(),
            environments: environments::EnvironmentTable::default(),
            lanes: lanes::Lanes::default(),
            declarations: declarations::Declarations::new(limit),
        }
    }

    /// Declares a series in a message, and keeps the declaration for streams to come.
    pub(crate) fn declare(&mut self, id: SeriesId, out: &mut Vec<u8>) {
        self.registry.complete_family(id);
        let before = out.len();
        self.registry.put_declaration(id, out);
        let series = self.registry.get_mut(id);
        series.declared = true;
        if !std::mem::replace(&mut series.kept, true)
            && let Some(declaration) = out.get(before..)
        {
            self.declarations.keep(declaration);
        }
    }

    /// Keeps the declarations of series that are to be declared on every stream, though no message does yet.
    pub(crate) fn keep_declarations(&mut self, from: usize) {
        let mut declaration = Vec::new();
        for index in from..self.registry.len() {
            declaration.clear();
            if self.registry.keep(index, &mut declaration) {
                self.declarations.keep(&declaration);
            }
        }
    }
}
