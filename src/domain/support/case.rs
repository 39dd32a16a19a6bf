//! A case as it stands, without what was said about it.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::catalogue::{Classification, Topic};
use super::contact::ContactDetails;
use crate::domain::authorization::Access;
use crate::domain::ids::{AzureSubscriptionId, CustomerId, PartnerId, TenantId};
use crate::domain::state::State;

/// A case, numbered in the order of their making.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CaseId(pub u64);

impl CaseId {
    /// Smaller than every id.
    pub const FIRST: Self = Self(0);
    /// Greater than every id.
    pub const LAST: Self = Self(u64::MAX);
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Whom a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CaseOwner {
    /// The partner itself.
    Partner,
    /// A customer of the partner.
    Customer(CustomerId),
}

impl CaseOwner {
    /// The customer, if it is one.
    pub fn customer(self) -> Option<CustomerId> {
        match self {
            Self::Partner => None,
            Self::Customer(customer) => Some(customer),
        }
    }
}

/// Where Azure shows a case: below a subscription or below the directory alone
/// (contract: azure-support.md §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tree {
    /// `/providers/Microsoft.Support`, of a directory.
    Tenant(TenantId),
    /// `/subscriptions/{id}/providers/Microsoft.Support`.
    Subscription(AzureSubscriptionId),
}

impl Tree {
    /// The tree of the partner's own cases.
    pub fn of_partner(partner: PartnerId) -> Self {
        Self::Tenant(TenantId::from(partner))
    }

    /// Whom cases of the tree are about: the partner in its own directory, else the customer whose
    /// directory or subscription it is.
    pub fn owner(self, state: &State) -> CaseOwner {
        let customer = match self {
            Self::Tenant(tenant) => {
                (tenant != TenantId::from(state.partner.id)).then_some(CustomerId(tenant.0))
            }
            Self::Subscription(id) => state.azure_subscription(id).map(|azure| azure.customer),
        };
        customer.map_or(CaseOwner::Partner, CaseOwner::Customer)
    }
}

/// Where a case was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// As a support ticket.
    Azure,
    /// As a service request.
    PartnerCenter,
}

/// How much the trouble hurts, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// C.
    Minimal,
    /// B.
    Moderate,
    /// A.
    Critical,
    /// A, for Premier customers. Partner Center shows it as critical.
    HighestCriticalImpact,
}

impl Severity {
    /// Minutes within which the first answer is promised (contract: azure-support.md §3.2 [choice]).
    pub fn promised_minutes(self) -> i64 {
        match self {
            Self::Minimal => 480,
            Self::Moderate => 240,
            Self::Critical => 60,
            Self::HighestCriticalImpact => 15,
        }
    }
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CaseStatus {
    /// Being worked on.
    Open,
    /// Done.
    Closed,
    /// Waiting for the opener. Azure shows it as open.
    AttentionNeeded,
}

/// Until when the first answer is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceLevel {
    /// Begin.
    pub start: DateTime<Utc>,
    /// End.
    pub expiration: DateTime<Utc>,
    /// Minutes between.
    pub minutes: i64,
}

impl ServiceLevel {
    /// What is promised from `start` for a severity.
    pub fn of(severity: Severity, start: DateTime<Utc>) -> Self {
        let minutes = severity.promised_minutes();
        let expiration = start.checked_add_signed(TimeDelta::minutes(minutes)).unwrap_or(start);
        Self { start, expiration, minutes }
    }
}

/// What a further consent allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Consent {
    /// What it is about, for example `VirtualMachineMemoryDump`.
    pub kind: String,
    /// Whether it was given.
    pub given: bool,
}

/// What is asked for in a case about quotas.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuotaRequest {
    /// Kind of quota.
    pub sub_type: Option<String>,
    /// Version of the payloads.
    pub version: Option<String>,
    /// The changes.
    pub changes: Vec<QuotaChange>,
}

/// A change of a quota.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuotaChange {
    /// Region.
    pub region: Option<String>,
    /// JSON in a string.
    pub payload: Option<String>,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Case {
    /// Id within the world; no surface shows it.
    pub id: CaseId,
    /// Number in Partner Center: `6` and 14 digits.
    pub service_request_id: Arc<str>,
    /// Number in Azure: 16 digits that begin with the date.
    pub ticket_id: Arc<str>,
    /// Name in Azure, as it was given; the ticket id where it was opened elsewhere.
    pub name: Arc<str>,
    /// Whom it is about.
    pub owner: CaseOwner,
    /// Where Azure shows it.
    pub tree: Tree,
    /// Where it was opened.
    pub origin: Origin,
    /// Title.
    pub title: String,
    /// What the matter is.
    pub description: String,
    /// How much it hurts.
    pub severity: Severity,
    /// Where it stands.
    pub status: CaseStatus,
    /// What it is about, in Azure's words.
    #[serde(with = "super::catalogue::classification_by_id")]
    pub classification: &'static Classification,
    /// What it is about, in Partner Center's words.
    #[serde(with = "super::catalogue::topic_by_id")]
    pub topic: &'static Topic,
    /// Who opened it and how to reach them.
    pub contact: ContactDetails,
    /// What its opener may do: the agent gives back nothing that the opener could not.
    pub access: Access,
    /// Since when there is trouble.
    pub problem_start: Option<DateTime<Utc>>,
    /// Whether answers are wanted at any hour.
    pub require_24x7: bool,
    /// Answers to questions of a form: JSON in a string.
    pub scoping_questions: Option<String>,
    /// Whether engineers may look at diagnostic data; unset where it was not asked.
    pub diagnostic_consent: Option<bool>,
    /// Further consents.
    pub secondary_consents: Vec<Consent>,
    /// Name of the workspace with its files.
    pub file_workspace: Option<String>,
    /// Id of the support plan, as sent.
    pub support_plan_id: Option<String>,
    /// Enrolment, as sent.
    pub enrollment_id: Option<String>,
    /// The resource it is about.
    pub resource_id: Option<String>,
    /// The quotas it is about.
    pub quota: Option<QuotaRequest>,
    /// E-mail address of the engineer who works on it.
    pub engineer: Option<String>,
    /// Until when the first answer is promised.
    pub service_level: ServiceLevel,
    /// When it was opened.
    pub created: DateTime<Utc>,
    /// When it or what was said about it changed last.
    pub modified: DateTime<Utc>,
    /// When it was closed, while it is.
    pub closed: Option<DateTime<Utc>>,
    /// Names of messages that are on their way, lower-case.
    pub(super) announced: Vec<Arc<str>>,
}

impl Case {
    /// Whether the support agent carries out what it asks for.
    pub fn concerns_refunds_or_exchanges(&self) -> bool {
        self.classification.concerns_refunds_or_exchanges()
    }

    /// Whether it can be talked about.
    pub fn is_closed(&self) -> bool {
        self.status == CaseStatus::Closed
    }
}
