//! A ticket as it is answered: words in Pascal case (contract: azure-support.md §3.2).

use serde::Serialize;
use utoipa::ToSchema;

use super::catalogue::{classification_id, service_id};
use super::place::moment;
use crate::domain::settings::{SupportPlan, SupportRules};
use crate::domain::support::{
    Case, CaseStatus, ContactDetails, ContactMethod, QuotaRequest, Severity,
};

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportTicketDetails)]
pub(super) struct TicketBody {
    /// Resource id.
    id: String,
    /// Name.
    #[schema(example = "refund-4711")]
    name: String,
    /// Always `Microsoft.Support/supportTickets`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// About it.
    properties: TicketProperties,
}

/// About a ticket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SupportTicketDetailsProperties)]
struct TicketProperties {
    /// Number: 16 digits.
    #[schema(example = "2602030040001234")]
    support_ticket_id: String,
    /// Title.
    title: String,
    /// What the matter is.
    description: String,
    /// Id of the service it is about.
    service_id: String,
    /// Its name.
    service_display_name: &'static str,
    /// Id of the problem classification.
    problem_classification_id: String,
    /// Its name.
    problem_classification_display_name: &'static str,
    /// `Minimal`, `Moderate`, `Critical` or `HighestCriticalImpact`.
    #[schema(example = "Minimal")]
    severity: &'static str,
    /// `Yes` or `No`; where it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    advanced_diagnostic_consent: Option<&'static str>,
    /// Whether answers are wanted at any hour.
    #[serde(rename = "require24X7Response")]
    require_24x7_response: bool,
    /// How the opener can be reached.
    contact_details: ContactBody,
    /// Until when the first answer is promised.
    service_level_agreement: ServiceLevelBody,
    /// Who works on it.
    support_engineer: EngineerBody,
    /// Plan.
    support_plan_type: &'static str,
    /// Its name.
    support_plan_display_name: &'static str,
    /// Id of the plan, as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    support_plan_id: Option<String>,
    /// Enrolment; mostly empty.
    enrollment_id: String,
    /// Since when there is trouble.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem_start_time: Option<String>,
    /// Answers to questions of a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem_scoping_questions: Option<String>,
    /// `Open` or `Closed`.
    #[schema(example = "Open")]
    status: &'static str,
    /// When it was opened.
    created_date: String,
    /// When it changed last.
    modified_date: String,
    /// Always `No`.
    is_temporary_ticket: &'static str,
    /// Name of the workspace with its files.
    #[serde(skip_serializing_if = "Option::is_none")]
    file_workspace_name: Option<String>,
    /// Further consents.
    secondary_consent: Vec<ConsentBody>,
    /// The resource it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    technical_ticket_details: Option<TechnicalBody>,
    /// The quotas it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    quota_ticket_details: Option<QuotaBody>,
}

/// How the opener can be reached.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ContactProfile)]
struct ContactBody {
    /// First name.
    first_name: String,
    /// Last name.
    last_name: String,
    /// `Email` or `Phone`.
    preferred_contact_method: &'static str,
    /// E-mail address.
    primary_email_address: String,
    /// Further addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    additional_email_addresses: Vec<String>,
    /// Phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    /// Time zone by its Windows name.
    preferred_time_zone: String,
    /// Country in three letters.
    country: String,
    /// Language tag.
    preferred_support_language: String,
}

/// Until when the first answer is promised.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ServiceLevelAgreement)]
struct ServiceLevelBody {
    /// Begin.
    start_time: String,
    /// End.
    expiration_time: String,
    /// Minutes between.
    sla_minutes: i64,
}

/// Who works on a ticket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SupportEngineer)]
struct EngineerBody {
    /// E-mail address; null while nobody does.
    email_address: Option<String>,
}

/// A further consent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SecondaryConsent)]
struct ConsentBody {
    /// `Yes` or `No`.
    user_consent: &'static str,
    /// Its kind.
    #[serde(rename = "type")]
    kind: String,
}

/// The resource a ticket is about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TechnicalTicketDetails)]
struct TechnicalBody {
    /// Its resource id.
    resource_id: String,
}

/// The quotas a ticket is about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QuotaTicketDetails)]
struct QuotaBody {
    /// Kind of quota.
    #[serde(skip_serializing_if = "Option::is_none")]
    quota_change_request_sub_type: Option<String>,
    /// Version of the payloads.
    #[serde(skip_serializing_if = "Option::is_none")]
    quota_change_request_version: Option<String>,
    /// The changes.
    quota_change_requests: Vec<QuotaChangeBody>,
}

/// A change of a quota.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuotaChangeRequest)]
struct QuotaChangeBody {
    /// Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// JSON in a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
}

/// The word for the status of a ticket; one that waits for its opener is open.
pub(super) fn status_word(status: CaseStatus) -> &'static str {
    match status {
        CaseStatus::Open | CaseStatus::AttentionNeeded => "Open",
        CaseStatus::Closed => "Closed",
    }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Minimal => "Minimal",
        Severity::Moderate => "Moderate",
        Severity::Critical => "Critical",
        Severity::HighestCriticalImpact => "HighestCriticalImpact",
    }
}

fn plan_word(plan: SupportPlan) -> &'static str {
    match plan {
        SupportPlan::Basic => "Basic support",
        SupportPlan::Advanced => "Advanced support for partners",
        SupportPlan::Premier => "Premier support for partners",
    }
}

fn consent_word(given: bool) -> &'static str {
    if given { "Yes" } else { "No" }
}

impl TicketBody {
    /// The ticket as it stands below `root`.
    pub fn of(case: &Case, root: &str, rules: &SupportRules) -> Self {
        Self {
            id: format!("{root}/supportTickets/{}", case.name),
            name: case.name.to_string(),
            kind: "Microsoft.Support/supportTickets",
            properties: TicketProperties::of(case, rules),
        }
    }
}

impl TicketProperties {
    fn of(case: &Case, rules: &SupportRules) -> Self {
        let service = case.classification.service();
        let level = case.service_level;
        let consents = case.secondary_consents.iter();
        Self {
            support_ticket_id: case.ticket_id.to_string(),
            title: case.title.clone(),
            description: case.description.clone(),
            service_id: service_id(service),
            service_display_name: service.name,
            problem_classification_id: classification_id(case.classification),
            problem_classification_display_name: case.classification.name,
            severity: severity_word(case.severity),
            advanced_diagnostic_consent: case.diagnostic_consent.map(consent_word),
            require_24x7_response: case.require_24x7,
            contact_details: ContactBody::of(&case.contact),
            service_level_agreement: ServiceLevelBody {
                start_time: moment(level.start),
                expiration_time: moment(level.expiration),
                sla_minutes: level.minutes,
            },
            support_engineer: EngineerBody { email_address: case.engineer.clone() },
            support_plan_type: plan_word(rules.plan),
            support_plan_display_name: plan_word(rules.plan),
            support_plan_id: case.support_plan_id.clone(),
            enrollment_id: case.enrollment_id.clone().unwrap_or_default(),
            problem_start_time: case.problem_start.map(moment),
            problem_scoping_questions: case.scoping_questions.clone(),
            status: status_word(case.status),
            created_date: moment(case.created),
            modified_date: moment(case.modified),
            is_temporary_ticket: "No",
            file_workspace_name: case.file_workspace.clone(),
            secondary_consent: consents
                .map(|it| ConsentBody {
                    user_consent: consent_word(it.given),
                    kind: it.kind.clone(),
                })
                .collect(),
            technical_ticket_details: case
                .resource_id
                .clone()
                .map(|resource_id| TechnicalBody { resource_id }),
            quota_ticket_details: case.quota.as_ref().map(QuotaBody::of),
        }
    }
}

impl ContactBody {
    fn of(contact: &ContactDetails) -> Self {
        Self {
            first_name: contact.first_name.clone(),
            last_name: contact.last_name.clone(),
            preferred_contact_method: match contact.method {
                ContactMethod::Email => "Email",
                ContactMethod::Phone => "Phone",
            },
            primary_email_address: contact.email.clone(),
            additional_email_addresses: contact.additional_emails.clone(),
            phone_number: contact.phone.clone(),
            preferred_time_zone: contact.time_zone.clone(),
            country: contact.country.clone(),
            preferred_support_language: contact.language.clone(),
        }
    }
}

impl QuotaBody {
    fn of(quota: &QuotaRequest) -> Self {
        let change = |it: &crate::domain::support::QuotaChange| QuotaChangeBody {
            region: it.region.clone(),
            payload: it.payload.clone(),
        };
        Self {
            quota_change_request_sub_type: quota.sub_type.clone(),
            quota_change_request_version: quota.version.clone(),
            quota_change_requests: quota.changes.iter().map(change).collect(),
        }
    }
}
