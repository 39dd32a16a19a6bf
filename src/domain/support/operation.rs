//! Requests of Azure that are accepted first and carried out when the clock says so
//! (contract: azure-support.md §3.2, §4, §8).

use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::lookup::find_case;
use super::message::{NewMessage, add_message, check_message};
use super::open::{NewCase, check_case, open_as, reserve};
use super::{Case, CaseId, SupportFault, Tree};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{Draw, OperationId};
use crate::domain::settings::Transition;
use crate::domain::state::State;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;
use crate::store::Row;

/// Days for which a finished operation can be asked for (contract: §8, at least 24 hours).
const DAYS_KEPT: i64 = 1;

/// What is to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SupportWork {
    /// A ticket.
    Ticket(CaseId, Arc<NewCase>),
    /// A message.
    Message(CaseId, Arc<NewMessage>),
}

/// What became of an operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SupportOutcome {
    /// Nothing yet.
    Running,
    /// It was carried out.
    Succeeded,
    /// It could not be.
    Failed(Error),
}

/// A long-running operation of support.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SupportOperation {
    /// Id.
    pub id: OperationId,
    /// Where it was asked for.
    pub tree: Tree,
    /// What is to be made.
    pub work: SupportWork,
    /// What became of it.
    pub outcome: SupportOutcome,
}

impl SupportOperation {
    /// The case that it makes or talks about.
    pub fn case(&self) -> CaseId {
        match &self.work {
            SupportWork::Ticket(id, _) | SupportWork::Message(id, _) => *id,
        }
    }
}

/// Accepts a ticket whose content keeps the rules. Whether the plan covers it shows when it is carried
/// out.
pub fn request_ticket(tx: &mut Transaction, new: NewCase) -> Result<SupportOperation> {
    check_case(tx, &new)?;
    let case = reserve(tx);
    let tree = new.tree;
    if let Some(name) = &new.name {
        tx.support.names.put((tree, name.to_lowercase().into()), case);
    }
    begin(tx, tree, SupportWork::Ticket(case, Arc::new(new)))
}

/// Accepts a message to a case.
pub fn request_message(
    tx: &mut Transaction,
    id: CaseId,
    new: NewMessage,
) -> Result<SupportOperation> {
    check_message(tx, id, &new)?;
    let mut case = Case::clone(find_case(tx, id)?);
    let tree = case.tree;
    case.announced.extend(new.name.as_deref().map(|name| Arc::from(name.to_lowercase())));
    tx.support.cases.put(id, case);
    begin(tx, tree, SupportWork::Message(id, Arc::new(new)))
}

fn begin(tx: &mut Transaction, tree: Tree, work: SupportWork) -> Result<SupportOperation> {
    let id = OperationId(tx.guid(Draw::SupportOperation));
    let operation = SupportOperation { id, tree, work, outcome: SupportOutcome::Running };
    tx.support.operations.put(id, operation.clone());
    if tx.settings.delay(Transition::SupportTicket).is_none() {
        complete_operation(tx, id)?;
    } else {
        let customer = tree.owner(tx).customer();
        tx.schedule(Transition::SupportTicket, Timer::CompleteSupportOperation(customer, id));
    }
    Ok(operation)
}

/// Ends an operation. What cannot be carried out any more leaves no trace but its error.
pub fn complete_operation(tx: &mut Transaction, id: OperationId) -> Result<()> {
    let Some(row) = tx.support.operations.get(&id) else { return Ok(()) };
    let mut operation = SupportOperation::clone(row);
    let mut attempt = tx.attempt();
    operation.outcome = match carry_out(&mut attempt, &operation.work) {
        Ok(()) => {
            tx.adopt(attempt);
            SupportOutcome::Succeeded
        }
        Err(error) => {
            release(tx, &operation);
            SupportOutcome::Failed(error)
        }
    };
    let customer = operation.tree.owner(tx).customer();
    tx.support.operations.put(id, operation);
    let forgotten = tx.now() + TimeDelta::days(DAYS_KEPT);
    tx.timers.set(forgotten, Timer::ForgetSupportOperation(customer, id));
    Ok(())
}

fn carry_out(tx: &mut Transaction, work: &SupportWork) -> Result<()> {
    match work {
        SupportWork::Ticket(id, new) => open_as(tx, *id, NewCase::clone(new)).map(|_| ()),
        SupportWork::Message(id, new) => {
            withdraw(tx, *id, new);
            add_message(tx, *id, NewMessage::clone(new)).map(|_| ())
        }
    }
}

/// Frees the name that was kept for what was not made.
fn release(tx: &mut Transaction, operation: &SupportOperation) {
    match &operation.work {
        SupportWork::Ticket(_, new) => {
            if let Some(name) = &new.name {
                tx.support.names.remove(&(operation.tree, name.to_lowercase().into()));
            }
        }
        SupportWork::Message(id, new) => withdraw(tx, *id, new),
    }
}

fn withdraw(tx: &mut Transaction, id: CaseId, new: &NewMessage) {
    let Some(name) = new.name.as_deref().map(str::to_lowercase) else { return };
    if let Ok(case) = find_case(tx, id) {
        let mut case = Case::clone(case);
        case.announced.retain(|announced| **announced != name);
        tx.support.cases.put(id, case);
    }
}

/// Forgets a finished operation.
pub fn forget_operation(tx: &mut Transaction, id: OperationId) {
    tx.support.operations.remove(&id);
}

/// The operation of that id, if it was asked for in the tree.
pub fn find_operation<'s>(
    state: &'s State,
    tree: Tree,
    id: &str,
) -> Result<&'s Arc<Row<SupportOperation>>> {
    let unknown = || SupportFault::OperationNotFound(id.chars().take(60).collect()).into();
    let parsed: Option<OperationId> = id.parse().ok();
    parsed
        .and_then(|id| state.support.operations.get(&id))
        .filter(|operation| operation.tree == tree)
        .ok_or_else(unknown)
}
