//! Tickets as clients send them, and what that means (contract: azure-support.md §3.2, §3.5).

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::filter::last_segment;
use crate::api::azure::error::ArmFault;
use crate::api::wire::Timestamp;
use crate::domain::ids::parse_guid;
use crate::domain::support::catalogue::service;
use crate::domain::support::{
    self, CaseChange, CaseStatus, ContactChange, ContactDetails, ContactMethod, NewCase, Origin,
    QuotaRequest, Tree,
};

/// A ticket to be opened.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = SupportTicketCreate)]
pub(super) struct TicketCreate {
    /// About it.
    properties: Option<CreateProperties>,
}

/// About a ticket to be opened.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SupportTicketCreateProperties)]
struct CreateProperties {
    /// Title. Required.
    title: Option<String>,
    /// What the matter is. Required.
    description: Option<String>,
    /// Id of a service. Required.
    #[schema(
        example = "/providers/Microsoft.Support/services/517f2da6-78fd-0498-4e22-ad26996b1dfc"
    )]
    service_id: Option<String>,
    /// Id of a problem classification of that service. Required.
    problem_classification_id: Option<String>,
    /// How much it hurts. Required.
    severity: Option<SeverityWord>,
    /// Whether engineers may look at diagnostic data. Required from 2022-09-01-preview on.
    advanced_diagnostic_consent: Option<ConsentWord>,
    /// Who opens it. Required.
    contact_details: Option<ContactRequest>,
    /// Since when there is trouble.
    problem_start_time: Option<Timestamp>,
    /// Whether answers are wanted at any hour.
    #[serde(rename = "require24X7Response")]
    require_24x7_response: Option<bool>,
    /// Answers to questions of a form: JSON in a string.
    problem_scoping_questions: Option<String>,
    /// Id of the support plan; kept as it is.
    support_plan_id: Option<String>,
    /// Enrolment; kept as it is.
    enrollment_id: Option<String>,
    /// Number of the ticket; one is made whatever is sent.
    #[allow(dead_code, reason = "known, so that strict servers let it pass")]
    support_ticket_id: Option<String>,
    /// Name of a file workspace that is there.
    file_workspace_name: Option<String>,
    /// Further consents.
    secondary_consent: Option<Vec<ConsentRequest>>,
    /// The resource it is about.
    technical_ticket_details: Option<TechnicalRequest>,
    /// The quotas it is about.
    quota_ticket_details: Option<QuotaDetails>,
}

/// How much the trouble hurts.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SeverityLevel)]
enum SeverityWord {
    Minimal,
    Moderate,
    Critical,
    HighestCriticalImpact,
}

/// Whether something is consented to.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(as = Consent)]
enum ConsentWord {
    Yes,
    No,
}

/// Where a ticket is to stand.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Status)]
enum StatusWord {
    Open,
    Closed,
}

/// How to reach somebody.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = PreferredContactMethod)]
enum MethodWord {
    Email,
    Phone,
}

/// How the opener can be reached.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ContactProfileRequest)]
struct ContactRequest {
    /// First name.
    first_name: Option<String>,
    /// Last name.
    last_name: Option<String>,
    /// How to reach them; by phone only with a number.
    preferred_contact_method: Option<MethodWord>,
    /// E-mail address.
    primary_email_address: Option<String>,
    /// Further addresses that get copies.
    additional_email_addresses: Option<Vec<String>>,
    /// Phone number.
    phone_number: Option<String>,
    /// Time zone by its Windows name.
    #[schema(example = "Taipei Standard Time")]
    preferred_time_zone: Option<String>,
    /// Country in three letters.
    #[schema(example = "TWN")]
    country: Option<String>,
    /// Language tag.
    #[schema(example = "en-US")]
    preferred_support_language: Option<String>,
}

/// A further consent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SecondaryConsentRequest)]
struct ConsentRequest {
    /// Whether it is given.
    user_consent: Option<ConsentWord>,
    /// Its kind.
    #[serde(rename = "type")]
    #[schema(example = "VirtualMachineMemoryDump")]
    kind: Option<String>,
}

/// The resource a ticket is about.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TechnicalTicketDetailsRequest)]
struct TechnicalRequest {
    /// Its resource id.
    resource_id: Option<String>,
}

/// The quotas a ticket is about.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QuotaTicketDetailsRequest)]
struct QuotaDetails {
    /// Kind of quota.
    quota_change_request_sub_type: Option<String>,
    /// Version of the payloads.
    quota_change_request_version: Option<String>,
    /// The changes.
    quota_change_requests: Option<Vec<QuotaChange>>,
}

/// A change of a quota.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = QuotaChangeRequestRequest)]
struct QuotaChange {
    /// Region.
    region: Option<String>,
    /// JSON in a string.
    payload: Option<String>,
}

/// What is to change about a ticket. There is no `properties` around it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UpdateSupportTicket)]
pub(super) struct TicketUpdate {
    /// How much it hurts.
    severity: Option<SeverityWord>,
    /// Where it stands.
    status: Option<StatusWord>,
    /// How to reach the opener; members that are left out stay.
    contact_details: Option<ContactRequest>,
    /// Whether engineers may look at diagnostic data.
    advanced_diagnostic_consent: Option<ConsentWord>,
    /// Further consents, all of them.
    secondary_consent: Option<Vec<ConsentRequest>>,
}

/// A value that cannot be done without; the error names it.
fn required<T>(field: &str, value: Option<T>) -> Result<T, ArmFault> {
    value.ok_or_else(|| ArmFault::invalid(field, "is required"))
}

impl TicketCreate {
    /// The case that is asked for.
    pub fn read(self, name: &str, tree: Tree, needs_consent: bool) -> Result<NewCase, ArmFault> {
        let sent = required("properties", self.properties)?;
        let at = |field: &str| format!("properties.{field}");
        let title = required(&at("title"), sent.title)?;
        let description = required(&at("description"), sent.description)?;
        let service = required(&at("serviceId"), sent.service_id)?;
        let classification =
            required(&at("problemClassificationId"), sent.problem_classification_id)?;
        let classification = classification_in(&service, &classification)?;
        let severity = required(&at("severity"), sent.severity)?;
        let consent = sent.advanced_diagnostic_consent;
        if needs_consent && consent.is_none() {
            let reason = "is required from api-version 2022-09-01-preview on: Yes or No";
            return Err(ArmFault::invalid(&at("advancedDiagnosticConsent"), reason));
        }
        let contact = required(&at("contactDetails"), sent.contact_details)?.read()?;
        let texts = (title, description);
        Ok(NewCase {
            name: Some(name.to_owned()),
            severity: severity.into(),
            problem_start: sent.problem_start_time.and_then(|time| time.set()),
            require_24x7: sent.require_24x7_response.unwrap_or(false),
            scoping_questions: sent.problem_scoping_questions,
            diagnostic_consent: consent.map(ConsentWord::is_given),
            secondary_consents: consents(sent.secondary_consent.unwrap_or_default())?,
            file_workspace: sent.file_workspace_name.filter(|name| !name.is_empty()),
            support_plan_id: sent.support_plan_id,
            enrollment_id: sent.enrollment_id,
            resource_id: sent.technical_ticket_details.and_then(|it| it.resource_id),
            quota: sent.quota_ticket_details.map(Into::into),
            ..NewCase::new(tree, Origin::Azure, classification, texts, contact)
        })
    }
}

impl TicketUpdate {
    /// The change that is asked for.
    pub fn read(self) -> Result<CaseChange, ArmFault> {
        Ok(CaseChange {
            severity: self.severity.map(Into::into),
            status: self.status.map(Into::into),
            contact: self.contact_details.map(ContactRequest::into_change).unwrap_or_default(),
            diagnostic_consent: self.advanced_diagnostic_consent.map(ConsentWord::is_given),
            secondary_consents: self.secondary_consent.map(consents).transpose()?,
            ..CaseChange::default()
        })
    }
}

/// The classification that the two ids name, which must belong together.
fn classification_in(service_id: &str, classification_id: &str) -> Result<Uuid, ArmFault> {
    const SERVICE: &str = "properties.serviceId";
    const CLASSIFICATION: &str = "properties.problemClassificationId";
    const PREFIX: &str = "/providers/microsoft.support/services/";
    let shown = |text: &str| text.chars().take(120).collect::<String>();
    let guid = |field: &str, text: &str| {
        parse_guid(last_segment(text)).map_err(|_| {
            let reason = format!(
                "`{}` is not such an id; GET /providers/Microsoft.Support/services lists them",
                shown(text)
            );
            ArmFault::invalid(field, reason)
        })
    };
    let service = service(guid(SERVICE, service_id)?)
        .map_err(|unknown| ArmFault::invalid(SERVICE, unknown))?;
    let wanted = guid(CLASSIFICATION, classification_id)?;
    let lower = classification_id.to_ascii_lowercase();
    let named = lower.strip_prefix(PREFIX).and_then(|rest| rest.split('/').next());
    let is_of_service = named.is_none_or(|named| named == service.id.to_string());
    if !is_of_service || !service.classifications.iter().any(|it| it.id == wanted) {
        let reason = format!(
            "`{}` is not a problem classification of the service {}; GET /providers/Microsoft.Support/services/{}/problemClassifications lists them",
            shown(classification_id),
            service.name,
            service.id
        );
        return Err(ArmFault::invalid(CLASSIFICATION, reason));
    }
    Ok(wanted)
}

fn consents(sent: Vec<ConsentRequest>) -> Result<Vec<support::Consent>, ArmFault> {
    let read = |it: ConsentRequest| {
        let kind = required("secondaryConsent.type", it.kind)?;
        let given = required("secondaryConsent.userConsent", it.user_consent)?;
        Ok(support::Consent { kind, given: given.is_given() })
    };
    sent.into_iter().map(read).collect()
}

impl ContactRequest {
    fn read(self) -> Result<ContactDetails, ArmFault> {
        let needed = |field: &str, value: Option<String>| {
            required(&format!("properties.contactDetails.{field}"), value)
        };
        let method = self.preferred_contact_method;
        Ok(ContactDetails {
            first_name: needed("firstName", self.first_name)?,
            last_name: needed("lastName", self.last_name)?,
            method: required("properties.contactDetails.preferredContactMethod", method)?.into(),
            email: needed("primaryEmailAddress", self.primary_email_address)?,
            additional_emails: self.additional_email_addresses.unwrap_or_default(),
            phone: self.phone_number,
            time_zone: needed("preferredTimeZone", self.preferred_time_zone)?,
            country: needed("country", self.country)?,
            language: needed("preferredSupportLanguage", self.preferred_support_language)?,
        })
    }

    fn into_change(self) -> ContactChange {
        ContactChange {
            first_name: self.first_name,
            last_name: self.last_name,
            method: self.preferred_contact_method.map(Into::into),
            email: self.primary_email_address,
            additional_emails: self.additional_email_addresses,
            phone: self.phone_number,
            time_zone: self.preferred_time_zone,
            country: self.country,
            language: self.preferred_support_language,
        }
    }
}

impl ConsentWord {
    fn is_given(self) -> bool {
        matches!(self, Self::Yes)
    }
}

impl From<SeverityWord> for support::Severity {
    fn from(word: SeverityWord) -> Self {
        match word {
            SeverityWord::Minimal => Self::Minimal,
            SeverityWord::Moderate => Self::Moderate,
            SeverityWord::Critical => Self::Critical,
            SeverityWord::HighestCriticalImpact => Self::HighestCriticalImpact,
        }
    }
}

impl From<StatusWord> for CaseStatus {
    fn from(word: StatusWord) -> Self {
        match word {
            StatusWord::Open => Self::Open,
            StatusWord::Closed => Self::Closed,
        }
    }
}

impl From<MethodWord> for ContactMethod {
    fn from(word: MethodWord) -> Self {
        match word {
            MethodWord::Email => Self::Email,
            MethodWord::Phone => Self::Phone,
        }
    }
}

impl From<QuotaDetails> for QuotaRequest {
    fn from(sent: QuotaDetails) -> Self {
        let change =
            |it: QuotaChange| support::QuotaChange { region: it.region, payload: it.payload };
        Self {
            sub_type: sent.quota_change_request_sub_type,
            version: sent.quota_change_request_version,
            changes: sent
                .quota_change_requests
                .unwrap_or_default()
                .into_iter()
                .map(change)
                .collect(),
        }
    }
}
