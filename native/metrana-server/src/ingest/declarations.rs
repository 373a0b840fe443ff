//! What the numbers of a stream's series mean.

use std::collections::HashMap;

use metrana_proto::types::{OrderingMode, SeriesDeclaration};

use super::sorted::LONGEST_NAME;
use crate::store::{DeclarationId, Pending, RunId, SeriesDefinition, Store, StoreError};

/// The declarations that one stream has seen. A logger keeps its numbers for its whole life, but what they mean is told
/// again on each stream: nothing is taken over from another one.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    known: HashMap<u64, DeclarationId, foldhash::fast::RandomState>,
}

impl Declarations {
    /// Takes in the declarations of a message. The same one again changes nothing; another series under the same number
    /// takes the number over. The answer says when they are safe.
    pub(super) async fn take(
        &mut self,
        store: &dyn Store,
        run: &RunId,
        declarations: Vec<SeriesDeclaration>,
    ) -> Result<Option<Pending<'static, ()>>, StoreError> {
        if declarations.is_empty() {
            return Ok(None);
        }
        let mut numbers = Vec::with_capacity(declarations.len());
        let mut definitions = Vec::with_capacity(declarations.len());
        for declaration in declarations {
            if is_too_long(&declaration) {
                self.known.insert(declaration.declaration_id, DeclarationId::SURPLUS);
                continue;
            }
            numbers.push(declaration.declaration_id);
            definitions.push(SeriesDefinition {
                ordering: OrderingMode::try_from(declaration.ordering).unwrap_or(OrderingMode::Undefined),
                metric: declaration.metric_name,
                scale: declaration.scale,
                labels: declaration.labels,
            });
        }
        let declared = store.declare(run, definitions).await?;
        self.known.extend(numbers.into_iter().zip(declared.value));
        Ok(Some(declared.receipt))
    }

    pub(super) fn find(&self, number: u64) -> Option<DeclarationId> {
        self.known.get(&number).copied()
    }
}

/// Whether a name in it is longer, or its labels are more, than what is taken.
fn is_too_long(declaration: &SeriesDeclaration) -> bool {
    const MOST_LABELS: usize = 64;
    let labels = declaration.labels.iter().flat_map(|(key, value)| [key, value]);
    let mut names = labels.chain([&declaration.metric_name, &declaration.scale]);
    declaration.labels.len() > MOST_LABELS || names.any(|name| name.len() > LONGEST_NAME)
}
