//! Changes that may take time: at once when the delay is zero, else begun now and ended by the clock
//! (contract: azure-reservations.md §2, §5.1).

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::record::{draft, put};
use super::{Change, Regrouping, ReservationFault, ReservationOrder, change, refund, split_merge};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{
    CustomerId, Draw, OperationId, ReservationId, ReservationOrderId, TenantId,
};
use crate::domain::settings::Transition;
use crate::domain::state::State;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;
use crate::store::Row;
use std::sync::Arc;

/// Days for which a finished operation can be asked for (contract: §2 L7, at least an hour [choice]).
const DAYS_KEPT: i64 = 1;

/// What is carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Step {
    /// A change of a reservation.
    Update(ReservationId, Change),
    /// A split of one into two quantities.
    Split(ReservationId, [u32; 2]),
    /// A merge of two.
    Merge([ReservationId; 2]),
    /// A return.
    Return {
        /// The reservation.
        id: ReservationId,
        /// Number of the refund among the customer's.
        refund: u64,
    },
}

impl Step {
    /// The reservations that it changes.
    pub fn concerns(&self) -> Vec<ReservationId> {
        match self {
            Self::Update(id, _) | Self::Split(id, _) | Self::Return { id, .. } => vec![*id],
            Self::Merge(sources) => sources.to_vec(),
        }
    }

    fn transition(&self) -> Transition {
        match self {
            Self::Update(..) | Self::Split(..) | Self::Merge(..) => Transition::ReservationChange,
            Self::Return { .. } => Transition::Refund,
        }
    }
}

/// What became of an operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Nothing yet.
    Running,
    /// It was carried out.
    Succeeded,
    /// It could not be.
    Failed(Error),
}

/// A long-running operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LongRunning {
    /// Id.
    pub id: OperationId,
    /// The customer who bought the order.
    pub customer: CustomerId,
    /// The order it works on.
    pub order: ReservationOrderId,
    /// What is carried out.
    pub step: Step,
    /// What became of it.
    pub outcome: Outcome,
}

/// Begins a step that has been found possible, and ends it unless it takes time.
pub(super) fn start(
    tx: &mut Transaction,
    order: &ReservationOrder,
    step: Step,
) -> Option<OperationId> {
    for id in step.concerns() {
        if let Some(mut reservation) = draft(tx, order, id) {
            reservation.changing = true;
            put(tx, reservation);
        }
    }
    let transition = step.transition();
    if tx.settings.delay(transition).is_none() {
        carry_out(tx, order, &step);
        return None;
    }
    let id = OperationId(tx.guid(Draw::Operation));
    let customer = order.customer;
    let operation = LongRunning { id, customer, order: order.id, step, outcome: Outcome::Running };
    tx.operations.put(id, operation);
    tx.schedule(transition, Timer::CompleteOperation(customer, id));
    Some(id)
}

fn carry_out(tx: &mut Transaction, order: &ReservationOrder, step: &Step) {
    match step {
        Step::Update(id, wanted) => change::carry_out(tx, order, *id, wanted),
        Step::Split(id, parts) => split_merge::carry_out_split(tx, order, *id, *parts),
        Step::Merge(sources) => split_merge::carry_out_merge(tx, order, *sources),
        Step::Return { id, refund } => refund::carry_out(tx, order, *id, *refund),
    }
}

/// Whether a reservation is being split or merged.
pub(super) fn is_under_way(state: &State, source: ReservationId, wanted: Regrouping) -> bool {
    state.operations.iter().any(|(_, operation)| {
        operation.outcome == Outcome::Running
            && match &operation.step {
                Step::Update(..) | Step::Return { .. } => false,
                Step::Split(id, _) => wanted == Regrouping::Split && *id == source,
                Step::Merge(sources) => wanted == Regrouping::Merge && sources.contains(&source),
            }
    })
}

/// Ends an operation. One whose reservations are no longer in force fails.
pub fn complete(tx: &mut Transaction, id: OperationId) -> Result<()> {
    let Some(row) = tx.operations.get(&id) else { return Ok(()) };
    let mut operation = LongRunning::clone(row);
    let order = tx
        .reservation_orders
        .get(&(operation.customer, operation.order))
        .map(|row| ReservationOrder::clone(row))
        .ok_or(ReservationFault::OrderNotFound(operation.order))?;
    let concerned = operation.step.concerns();
    let over = concerned
        .iter()
        .filter_map(|id| draft(tx, &order, *id))
        .find(|reservation| !reservation.changing);
    operation.outcome = match over {
        None => {
            carry_out(tx, &order, &operation.step);
            Outcome::Succeeded
        }
        Some(over) => {
            if let Step::Return { refund, .. } = operation.step {
                refund::withdraw(tx, operation.customer, refund);
            }
            for id in concerned {
                if let Some(mut reservation) = draft(tx, &order, id)
                    && reservation.changing
                {
                    reservation.changing = false;
                    put(tx, reservation);
                }
            }
            Outcome::Failed(
                ReservationFault::WrongState {
                    reservation: over.id,
                    state: "no longer in force",
                    needed: "it ended before the change was carried out",
                }
                .into(),
            )
        }
    };
    if let Step::Return { .. } = operation.step {
        refund::end(tx, operation.order);
    }
    let customer = operation.customer;
    tx.operations.put(id, operation);
    let forgotten = tx.now() + TimeDelta::days(DAYS_KEPT);
    tx.timers.set(forgotten, Timer::ForgetOperation(customer, id));
    Ok(())
}

/// Forgets a finished operation.
pub fn forget(tx: &mut Transaction, id: OperationId) {
    tx.operations.remove(&id);
}

/// The operation of that id, if it is on an order of the directory.
pub fn operation(
    state: &State,
    directory: Option<TenantId>,
    id: OperationId,
) -> Result<&Arc<Row<LongRunning>>> {
    let unknown = || Error::from(ReservationFault::OperationNotFound(id.to_string()));
    let found = state.operations.get(&id).ok_or_else(unknown)?;
    super::find_order(state, directory, found.order).map_err(|_| unknown())?;
    Ok(found)
}
