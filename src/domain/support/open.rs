//! Opening a case.

use std::sync::Arc;

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::catalogue::{self, Category, Classification};
use super::contact::check_contact;
use super::lookup::is_ticket_name_taken;
use super::name::{NameKind, check_name};
use super::{
    Case, CaseId, CaseOwner, CaseStatus, Consent, ContactDetails, Origin, QuotaRequest,
    ServiceLevel, Severity, SupportFault, Tree, agent, find_workspace,
};
use crate::domain::authorization::Access;
use crate::domain::error::Result;
use crate::domain::ids::Draw;
use crate::domain::settings::{SupportPlan, SupportRules};
use crate::domain::state::State;
use crate::domain::transaction::Transaction;

/// Longest title, in characters [choice].
const LONGEST_TITLE: usize = 255;
/// Longest description, in characters [choice].
const LONGEST_DESCRIPTION: usize = 32_000;
/// Longest of all other texts, in characters [choice].
const LONGEST_TEXT: usize = 8_000;
/// Most consents and quota changes of a case [choice].
const MOST_ITEMS: usize = 50;

/// A case to be opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCase {
    /// Where Azure shows it; says whom it is about.
    pub tree: Tree,
    /// Where it is opened.
    pub origin: Origin,
    /// Name in Azure; the ticket id when there is none.
    pub name: Option<String>,
    /// Title.
    pub title: String,
    /// What the matter is.
    pub description: String,
    /// How much it hurts.
    pub severity: Severity,
    /// What it is about: the id of a problem classification.
    pub classification: Uuid,
    /// Who opens it.
    pub contact: ContactDetails,
    /// What its opener may do.
    pub access: Access,
    /// Since when there is trouble.
    pub problem_start: Option<DateTime<Utc>>,
    /// Whether answers are wanted at any hour.
    pub require_24x7: bool,
    /// Answers to questions of a form.
    pub scoping_questions: Option<String>,
    /// Whether engineers may look at diagnostic data.
    pub diagnostic_consent: Option<bool>,
    /// Further consents.
    pub secondary_consents: Vec<Consent>,
    /// Name of the workspace with its files, which must be there.
    pub file_workspace: Option<String>,
    /// Id of the support plan.
    pub support_plan_id: Option<String>,
    /// Enrolment.
    pub enrollment_id: Option<String>,
    /// The resource it is about.
    pub resource_id: Option<String>,
    /// The quotas it is about.
    pub quota: Option<QuotaRequest>,
}

impl NewCase {
    /// A case with nothing but what every case has.
    pub fn new(
        tree: Tree,
        origin: Origin,
        classification: Uuid,
        texts: (String, String),
        contact: ContactDetails,
    ) -> Self {
        Self {
            tree,
            origin,
            name: None,
            title: texts.0,
            description: texts.1,
            severity: Severity::Minimal,
            classification,
            contact,
            access: Access::Unrestricted,
            problem_start: None,
            require_24x7: false,
            scoping_questions: None,
            diagnostic_consent: None,
            secondary_consents: Vec::new(),
            file_workspace: None,
            support_plan_id: None,
            enrollment_id: None,
            resource_id: None,
            quota: None,
        }
    }
}

/// Refuses a text that is missing or too long.
pub(super) fn check_text(field: &str, text: &str, longest: usize) -> Result<(), SupportFault> {
    if text.trim().is_empty() {
        return Err(SupportFault::invalid(field, "is required and must not be empty"));
    }
    check_length(field, text, longest)
}

fn check_length(field: &str, text: &str, longest: usize) -> Result<(), SupportFault> {
    if text.chars().count() > longest {
        let reason = format!("must have at most {longest} characters");
        return Err(SupportFault::invalid(field, reason));
    }
    Ok(())
}

/// Refuses a title or description that is missing or too long.
pub(super) fn check_texts(title: &str, description: &str) -> Result<(), SupportFault> {
    check_text("title", title, LONGEST_TITLE)?;
    check_text("description", description, LONGEST_DESCRIPTION)
}

/// Refuses a severity that the partner's plan does not include
/// (contract: azure-support.md §3.2: the highest needs a plan of the premium tiers).
pub(super) fn check_severity(rules: &SupportRules, severity: Severity) -> Result<(), SupportFault> {
    if severity == Severity::HighestCriticalImpact && rules.plan != SupportPlan::Premier {
        let reason = "highestcriticalimpact needs a Premier support plan; use critical";
        return Err(SupportFault::invalid("severity", reason));
    }
    Ok(())
}

/// Refuses what needs a higher plan: tickets for a customer, except about billing
/// (contract: azure-support.md §6).
pub(super) fn check_plan(
    rules: &SupportRules,
    owner: CaseOwner,
    classification: &Classification,
) -> Result<(), SupportFault> {
    let free =
        rules.billing_without_plan && classification.service().category != Category::Technical;
    match owner {
        CaseOwner::Customer(_) if rules.plan == SupportPlan::Basic && !free => {
            Err(SupportFault::PlanNeeded)
        }
        _ => Ok(()),
    }
}

/// Refuses a list that is too long.
pub(super) fn check_consents(consents: &[Consent]) -> Result<(), SupportFault> {
    if consents.len() > MOST_ITEMS {
        return Err(SupportFault::TooMany { limit: MOST_ITEMS, what: "secondary consents" });
    }
    consents.iter().try_for_each(|it| check_text("secondaryConsent.type", &it.kind, 100))
}

/// Refuses a case whose content breaks a rule. Whether the plan covers it is found out when it is
/// opened.
pub fn check_case(state: &State, new: &NewCase) -> Result<()> {
    if let Some(name) = &new.name {
        check_name(NameKind::Ticket, name)?;
        if is_ticket_name_taken(state, new.tree, name) {
            return Err(SupportFault::NameInUse(name.clone()).into());
        }
    }
    check_content(state, new)
}

pub(super) fn check_content(state: &State, new: &NewCase) -> Result<()> {
    check_texts(&new.title, &new.description)?;
    check_severity(&state.settings.support, new.severity)?;
    if let Err(unknown) = catalogue::classification(new.classification) {
        return Err(SupportFault::invalid("problemClassificationId", unknown.to_string()).into());
    }
    check_contact(&new.contact)?;
    let texts = [
        ("problemScopingQuestions", &new.scoping_questions),
        ("supportPlanId", &new.support_plan_id),
        ("enrollmentId", &new.enrollment_id),
        ("technicalTicketDetails.resourceId", &new.resource_id),
    ];
    for (field, text) in texts {
        check_length(field, text.as_deref().unwrap_or_default(), LONGEST_TEXT)?;
    }
    check_consents(&new.secondary_consents)?;
    if let Some(quota) = &new.quota {
        check_quota(quota)?;
    }
    if let Some(workspace) = &new.file_workspace
        && find_workspace(state, new.tree, workspace).is_err()
    {
        let reason = "names no file workspace; PUT one to fileWorkspaces first, or leave it out";
        return Err(SupportFault::invalid("fileWorkspaceName", reason).into());
    }
    Ok(())
}

fn check_quota(quota: &QuotaRequest) -> Result<(), SupportFault> {
    if quota.changes.len() > MOST_ITEMS {
        return Err(SupportFault::TooMany { limit: MOST_ITEMS, what: "quota change requests" });
    }
    let own = [&quota.sub_type, &quota.version].into_iter();
    let changes = quota.changes.iter().flat_map(|change| [&change.region, &change.payload]);
    own.chain(changes).try_for_each(|text| {
        check_length("quotaTicketDetails", text.as_deref().unwrap_or_default(), LONGEST_TEXT)
    })
}

/// Opens a case and calls the agent.
pub fn open(tx: &mut Transaction, new: NewCase) -> Result<Case> {
    check_case(tx, &new)?;
    let id = reserve(tx);
    open_as(tx, id, new)
}

/// The id of the next case.
pub(super) fn reserve(tx: &mut Transaction) -> CaseId {
    CaseId(tx.ids.count(Draw::SupportCase))
}

/// Opens a case under an id that was kept for it.
pub(super) fn open_as(tx: &mut Transaction, id: CaseId, new: NewCase) -> Result<Case> {
    check_content(tx, &new)?;
    let classification = catalogue::classification(new.classification)?;
    let owner = new.tree.owner(tx);
    check_plan(&tx.settings.support, owner, classification)?;
    let service_request_id = service_request_id(tx);
    let ticket_id = ticket_id(tx);
    let now = tx.now();
    let name: Arc<str> = new.name.map_or_else(|| Arc::clone(&ticket_id), Arc::from);
    let case = Case {
        id,
        service_request_id: Arc::clone(&service_request_id),
        ticket_id,
        name: Arc::clone(&name),
        owner,
        tree: new.tree,
        origin: new.origin,
        title: new.title,
        description: new.description,
        severity: new.severity,
        status: CaseStatus::Open,
        classification,
        topic: classification.topic(),
        contact: new.contact,
        access: new.access,
        problem_start: new.problem_start,
        require_24x7: new.require_24x7,
        scoping_questions: new.scoping_questions,
        diagnostic_consent: new.diagnostic_consent,
        secondary_consents: new.secondary_consents,
        file_workspace: new.file_workspace,
        support_plan_id: new.support_plan_id,
        enrollment_id: new.enrollment_id,
        resource_id: new.resource_id,
        quota: new.quota,
        engineer: None,
        service_level: ServiceLevel::of(new.severity, now),
        created: now,
        modified: now,
        closed: None,
        announced: Vec::new(),
    };
    tx.support.owners.put((owner, id), ());
    tx.support.trees.put((new.tree, id), ());
    tx.support.names.put((new.tree, name.to_lowercase().into()), id);
    tx.support.numbers.put(service_request_id, id);
    tx.support.cases.put(id, case.clone());
    agent::call(tx, owner, id);
    Ok(case)
}

/// `6` and 14 digits that no other request has (contract: partner-center-service-requests.md).
fn service_request_id(tx: &mut Transaction) -> Arc<str> {
    loop {
        let text = format!("6{}", tx.ids.text(Draw::ServiceRequest, b"0123456789", 14));
        if !tx.support.numbers.contains(&Arc::from(text.as_str())) {
            return text.into();
        }
    }
}

/// 16 digits that begin with the date (contract: azure-support.md §3.2 [choice]).
fn ticket_id(tx: &mut Transaction) -> Arc<str> {
    let today = tx.now();
    let (year, month, day) = (today.year().rem_euclid(100), today.month(), today.day());
    let number = tx.ids.text(Draw::SupportTicket, b"0123456789", 8);
    format!("{year:02}{month:02}{day:02}00{number}").into()
}
