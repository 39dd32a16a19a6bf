//! What can be changed about a case.

use super::contact::check_contact;
use super::lookup::find_case;
use super::open::{check_consents, check_severity, check_texts};
use super::{
    Case, CaseId, CaseStatus, Consent, ContactChange, ServiceLevel, Severity, SupportFault, agent,
};
use crate::domain::error::Result;
use crate::domain::transaction::Transaction;

/// What is to change; nothing else does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseChange {
    /// Title.
    pub title: Option<String>,
    /// What the matter is.
    pub description: Option<String>,
    /// How much it hurts.
    pub severity: Option<Severity>,
    /// Where it stands.
    pub status: Option<CaseStatus>,
    /// How to reach the opener, member by member.
    pub contact: ContactChange,
    /// Whether engineers may look at diagnostic data.
    pub diagnostic_consent: Option<bool>,
    /// Further consents, all of them.
    pub secondary_consents: Option<Vec<Consent>>,
}

/// Changes a case by the rules of Azure, where the severity is fixed while the case is closed or an
/// engineer works on it (contract: azure-support.md §3.5).
pub fn update_ticket(tx: &mut Transaction, id: CaseId, change: CaseChange) -> Result<Case> {
    let case = find_case(tx, id)?;
    if change.severity.is_some_and(|wanted| wanted != case.severity) {
        if case.is_closed() && !change.status.is_some_and(|it| it != CaseStatus::Closed) {
            return Err(SupportFault::Closed.into());
        }
        if case.engineer.is_some() {
            return Err(SupportFault::EngineerAssigned.into());
        }
    }
    update(tx, id, change)
}

/// Changes a case. Opening a closed one calls the agent.
pub fn update(tx: &mut Transaction, id: CaseId, change: CaseChange) -> Result<Case> {
    let before = Case::clone(find_case(tx, id)?);
    let mut case = before.clone();
    case.title = change.title.unwrap_or(case.title);
    case.description = change.description.unwrap_or(case.description);
    check_texts(&case.title, &case.description)?;
    if let Some(severity) = change.severity.filter(|severity| *severity != case.severity) {
        check_severity(&tx.settings.support, severity)?;
        case.severity = severity;
        case.service_level = ServiceLevel::of(severity, case.created);
    }
    case.contact = change.contact.applied_to(case.contact);
    check_contact(&case.contact)?;
    case.diagnostic_consent = change.diagnostic_consent.or(case.diagnostic_consent);
    if let Some(consents) = change.secondary_consents {
        check_consents(&consents)?;
        case.secondary_consents = consents;
    }
    let now = tx.now();
    if let Some(status) = change.status {
        case.status = status;
        case.closed = (status == CaseStatus::Closed).then(|| case.closed.unwrap_or(now));
    }
    case.modified = now;
    tx.support.cases.put(id, case.clone());
    if before.is_closed() && !case.is_closed() {
        agent::call(tx, case.owner, id);
    }
    Ok(case)
}

fn set_status(tx: &mut Transaction, id: CaseId, status: CaseStatus) -> Result<Case> {
    update(tx, id, CaseChange { status: Some(status), ..CaseChange::default() })
}

/// Closes a case.
pub fn close(tx: &mut Transaction, id: CaseId) -> Result<Case> {
    set_status(tx, id, CaseStatus::Closed)
}

/// Opens a closed case again, and calls the agent.
pub fn reopen(tx: &mut Transaction, id: CaseId) -> Result<Case> {
    set_status(tx, id, CaseStatus::Open)
}

/// Lets a case wait for its opener. The next message of the opener opens it.
pub fn need_attention(tx: &mut Transaction, id: CaseId) -> Result<Case> {
    set_status(tx, id, CaseStatus::AttentionNeeded)
}

/// Lets an engineer work on a case.
pub fn assign_engineer(tx: &mut Transaction, id: CaseId, address: &str) -> Result<Case> {
    let mut case = Case::clone(find_case(tx, id)?);
    case.engineer = Some(address.to_owned());
    case.modified = tx.now();
    tx.support.cases.put(id, case.clone());
    Ok(case)
}
