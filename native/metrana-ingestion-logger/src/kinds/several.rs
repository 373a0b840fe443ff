//! Several series in one call: all of it or nothing.

use crate::books::counters::Kind;
use crate::errors::Error;
use crate::kinds::Call;
use crate::kinds::std::{self, StdCall};
use crate::names::Names;
use crate::names::key::LabelRoom;
use crate::points::StdFloats;
use crate::stage::Stage;

pub(crate) struct BatchCall<'a> {
    calls: Vec<StdCall<'a>>,
}

impl<'a> BatchCall<'a> {
    /// `rooms`: one for each call.
    pub(crate) fn new<'b: 'a>(
        calls: &[StdFloats<'b>],
        rooms: &'a mut [LabelRoom<'b>],
    ) -> Result<Self, Error> {
        let calls = calls.iter().zip(rooms).map(|(call, room)| StdCall::new(call, room));
        Ok(Self { calls: calls.collect::<Result<_, _>>()? })
    }
}

impl Call for BatchCall<'_> {
    /// Of each call that brings points, in their order.
    type Plan = Vec<std::StdPlan>;

    fn size(&self) -> (Kind, usize) {
        (Kind::FloatPoints, self.calls.iter().map(|call| call.size().1).sum())
    }

    fn check_names(&self, names: &Names) -> Result<(), Error> {
        self.calls.iter().try_for_each(|call| call.check_names(names))
    }

    /// Each call is planned as if those before it had been made; then everything is put back. New series get the same
    /// numbers when they come to be again.
    fn plan(&self, stage: &mut Stage) -> Result<(usize, Self::Plan), Error> {
        let savepoint = stage.names.registry.savepoint();
        let mut steps_before = Vec::with_capacity(self.calls.len());
        let mut plans = Vec::with_capacity(self.calls.len());
        let mut weight = 0;
        let mut outcome = Ok(());
        for call in &self.calls {
            if call.size().1 == 0 {
                outcome = call.check_names(&stage.names);
            } else {
                outcome = call.plan(stage).map(|(needed, plan)| {
                    weight += needed;
                    let id = plan.open(stage, call);
                    steps_before.push((id, plan.reach(stage, id)));
                    plans.push(plan);
                });
            }
            if outcome.is_err() {
                break;
            }
        }
        for (id, last_step) in steps_before.into_iter().rev() {
            stage.names.registry.get_mut(id).last_step = last_step;
        }
        stage.names.registry.roll_back(savepoint);
        outcome.map(|()| (weight, plans))
    }

    fn commit(&self, stage: &mut Stage, plans: Self::Plan, now: i64) {
        // A value that came into a tray between two calls of the batch would have the step that is planned for the second.
        stage.with_trays_shut(|stage| {
            let calls = self.calls.iter().filter(|call| call.size().1 > 0);
            for (call, plan) in calls.zip(plans) {
                call.commit(stage, plan, now);
            }
        });
    }
}
