//! Finding cases and what was said about them.

use std::sync::Arc;

use chrono::{DateTime, Months, Utc};

use super::message::Message;
use super::{Case, CaseId, CaseOwner, SupportFault, Tree, agent};
use crate::domain::error::{Error, Result};
use crate::domain::ids::CustomerId;
use crate::domain::state::State;
use crate::domain::transaction::Transaction;
use crate::store::Row;

/// Months after which Azure shows neither tickets nor messages (contract: azure-support.md §1).
const MONTHS_RETAINED: Months = Months::new(18);

/// Whether Azure still shows at `now` what was made at `created`.
pub fn is_retained(created: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now.checked_sub_months(MONTHS_RETAINED).is_none_or(|limit| created >= limit)
}

/// The case of that id.
pub fn find_case(state: &State, id: CaseId) -> Result<&Arc<Row<Case>>> {
    let unknown = || SupportFault::not_found("case", &id.to_string()).into();
    state.support.cases.get(&id).ok_or_else(unknown)
}

/// The case of that number in Partner Center.
pub fn find_request<'s>(state: &'s State, number: &str) -> Result<&'s Arc<Row<Case>>> {
    let unknown = || SupportFault::not_found("service request", number).into();
    let id = state.support.numbers.get(&Arc::from(number));
    id.and_then(|id| state.support.cases.get(id)).ok_or_else(unknown)
}

/// The case that a tree of Azure shows under a name, in any casing.
pub fn find_ticket<'s>(
    state: &'s State,
    tree: Tree,
    name: &str,
    now: DateTime<Utc>,
) -> Result<&'s Arc<Row<Case>>> {
    let unknown = || SupportFault::not_found("support ticket", name).into();
    let id = state.support.names.get(&(tree, name.to_lowercase().into()));
    id.and_then(|id| state.support.cases.get(id))
        .filter(|case| is_retained(case.created, now))
        .ok_or_else(unknown)
}

/// Whether a ticket of the tree has that name, or will have it.
pub fn is_ticket_name_taken(state: &State, tree: Tree, name: &str) -> bool {
    state.support.names.contains(&(tree, name.to_lowercase().into()))
}

/// The cases that a tree of Azure shows, the newest first.
pub fn tickets_of(
    state: &State,
    tree: Tree,
    now: DateTime<Utc>,
) -> impl Iterator<Item = &Arc<Row<Case>>> {
    state
        .support
        .trees
        .range((tree, CaseId::FIRST)..=(tree, CaseId::LAST))
        .rev()
        .filter_map(|((_, id), _)| state.support.cases.get(id))
        .take_while(move |case| is_retained(case.created, now))
}

/// The newest case that goes by a name in Azure or by one of its numbers.
pub fn find_called(state: &State, name: &str) -> Result<CaseId> {
    let mut cases = state.support.cases.iter().rev().map(|(_, case)| case);
    let found = cases.find(|case| {
        *case.service_request_id == *name
            || *case.ticket_id == *name
            || case.name.to_lowercase() == name.to_lowercase()
    });
    found.map(|case| case.id).ok_or_else(|| Error::NotFound {
        what: "support case",
        id: name.chars().take(60).collect(),
    })
}

/// What was said about a case, the oldest first.
pub fn messages_of(
    state: &State,
    id: CaseId,
) -> impl DoubleEndedIterator<Item = &Arc<Row<Message>>> {
    state.support.messages.range((id, 0)..=(id, u32::MAX)).map(|(_, row)| row)
}

/// The message of a case under a name, in any casing.
pub fn find_message<'s>(
    state: &'s State,
    id: CaseId,
    name: &str,
    now: DateTime<Utc>,
) -> Result<&'s Arc<Row<Message>>> {
    let lower = name.to_lowercase();
    messages_of(state, id)
        .find(|message| message.name.to_lowercase() == lower && is_retained(message.created, now))
        .ok_or_else(|| SupportFault::not_found("communication", name).into())
}

impl State {
    /// The cases about a customer, or about the partner itself, the oldest first.
    pub fn cases_of(&self, owner: CaseOwner) -> impl DoubleEndedIterator<Item = &Arc<Row<Case>>> {
        self.support
            .owners
            .range((owner, CaseId::FIRST)..=(owner, CaseId::LAST))
            .filter_map(|((_, id), _)| self.support.cases.get(id))
    }
}

/// Forgets everything of a customer that is deleted. `trees` are those of its directory and its Azure
/// subscriptions.
pub(in crate::domain) fn forget_customer(
    tx: &mut Transaction,
    customer: CustomerId,
    trees: &[Tree],
) {
    let owner = CaseOwner::Customer(customer);
    let cases: Vec<CaseId> = tx.cases_of(owner).map(|case| case.id).collect();
    agent::forget(tx, &cases);
    for id in cases {
        let numbers: Vec<_> =
            tx.support.messages.range((id, 0)..=(id, u32::MAX)).map(|(key, _)| *key).collect();
        for key in numbers {
            tx.support.messages.remove(&key);
        }
        if let Some(case) = tx.support.cases.remove(&id) {
            tx.support.numbers.remove(&case.service_request_id);
            tx.support.trees.remove(&(case.tree, id));
        }
        tx.support.owners.remove(&(owner, id));
        tx.support.work.remove(&id);
    }
    let all = &mut tx.support;
    let of_customer = |tree: &Tree| trees.contains(tree);
    for key in keys(all.names.iter().filter(|((tree, _), _)| of_customer(tree))) {
        all.names.remove(&key);
    }
    for key in keys(all.workspaces.iter().filter(|((tree, _), _)| of_customer(tree))) {
        all.workspaces.remove(&key);
    }
    for key in keys(all.files.iter().filter(|((tree, ..), _)| of_customer(tree))) {
        all.files.remove(&key);
    }
    for key in keys(all.operations.iter().filter(|(_, row)| of_customer(&row.tree))) {
        all.operations.remove(&key);
    }
}

fn keys<'k, K: Clone + 'k, V: 'k>(rows: impl Iterator<Item = (&'k K, V)>) -> Vec<K> {
    rows.map(|(key, _)| key.clone()).collect()
}
