//! Service requests as clients send them.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::partner_center::fault::Fault;
use crate::domain::support::{Case, CaseChange, CaseStatus, NewServiceRequest, Severity, Speaker};

/// How much trouble hurts. The order is that of the service's integers; the first means unset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceRequestSeverity {
    /// Unset.
    Unknown,
    /// Critical.
    Critical,
    /// Moderate.
    Moderate,
    /// Minimal.
    Minimal,
}

/// Where a service request stands. The order is that of the service's integers; the first means unset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceRequestStatus {
    /// Unset.
    None,
    /// Being worked on.
    Open,
    /// Done.
    Closed,
    /// Waiting for the partner.
    AttentionNeeded,
}

impl ServiceRequestSeverity {
    /// The severity of a case; the highest shows as critical.
    pub fn of(severity: Severity) -> Self {
        match severity {
            Severity::Minimal => Self::Minimal,
            Severity::Moderate => Self::Moderate,
            Severity::Critical | Severity::HighestCriticalImpact => Self::Critical,
        }
    }

    /// Its word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Critical => "critical",
            Self::Moderate => "moderate",
            Self::Minimal => "minimal",
        }
    }

    fn set(self) -> Option<Severity> {
        match self {
            Self::Unknown => None,
            Self::Critical => Some(Severity::Critical),
            Self::Moderate => Some(Severity::Moderate),
            Self::Minimal => Some(Severity::Minimal),
        }
    }
}

impl ServiceRequestStatus {
    /// The words in the order of the numbers.
    pub const WORDS: [&'static str; 4] = ["none", "open", "closed", "attention_needed"];

    fn set(self) -> Option<CaseStatus> {
        match self {
            Self::None => None,
            Self::Open => Some(CaseStatus::Open),
            Self::Closed => Some(CaseStatus::Closed),
            Self::AttentionNeeded => Some(CaseStatus::AttentionNeeded),
        }
    }
}

/// The word of a status on the wire.
pub fn status_name(status: CaseStatus) -> &'static str {
    match status {
        CaseStatus::Open => "open",
        CaseStatus::Closed => "closed",
        CaseStatus::AttentionNeeded => "attention_needed",
    }
}

/// A service request as clients send it. Of a whole one that is sent back, what holds already changes
/// nothing.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // members that clients send and the service ignores
pub struct ServiceRequestRequest {
    /// Id; that of the path, or left out.
    pub id: Option<String>,
    /// Title; required for a new one.
    pub title: Option<String>,
    /// What the matter is; required for a new one.
    pub description: Option<String>,
    /// How much it hurts; required for a new one. `unknown` means unset.
    pub severity: Option<ServiceRequestSeverity>,
    /// Where it stands. `none` means unset.
    pub status: Option<ServiceRequestStatus>,
    /// Id of the topic; required for a new one and ignored in changes.
    #[schema(example = "32870045")]
    pub support_topic_id: Option<String>,
    /// A note to add.
    pub new_note: Option<NoteRequest>,
    /// Ignored.
    pub support_topic_name: Option<String>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub organization: Option<Value>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub primary_contact: Option<Value>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub last_updated_by: Option<Value>,
    /// Ignored.
    pub product_name: Option<String>,
    /// Ignored.
    pub product_id: Option<String>,
    /// Ignored.
    pub created_date: Option<String>,
    /// Ignored.
    pub last_modified_date: Option<String>,
    /// Ignored.
    pub last_closed_date: Option<String>,
    /// Ignored.
    #[schema(value_type = Option<Vec<Object>>)]
    pub notes: Option<Value>,
    /// Ignored.
    pub country_code: Option<String>,
    /// Ignored.
    #[schema(value_type = Option<Vec<Object>>)]
    pub file_links: Option<Value>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub links: Option<Value>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Value>,
}

/// A note as clients send it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // members that clients send and the service ignores
pub struct NoteRequest {
    /// Text; required.
    pub text: Option<String>,
    /// Ignored: the caller's name is taken.
    pub created_by_name: Option<String>,
    /// Ignored.
    pub created_date: Option<String>,
}

impl ServiceRequestRequest {
    /// A new one.
    pub fn new_request(self, agent_locale: &str, by: Speaker) -> Result<NewServiceRequest, Fault> {
        let missing = |field: &str| Fault::invalid(field, "is required");
        Ok(NewServiceRequest {
            title: self.title.ok_or_else(|| missing("title"))?,
            description: self.description.ok_or_else(|| missing("description"))?,
            severity: self.severity.and_then(ServiceRequestSeverity::set).ok_or_else(|| {
                Fault::invalid("severity", "is required: critical, moderate or minimal")
            })?,
            topic: self.support_topic_id.ok_or_else(|| missing("supportTopicId"))?,
            agent_locale: agent_locale.to_owned(),
            by,
        })
    }

    /// What is to change about a case, and the text of the note.
    pub fn change(self, case: &Case) -> Result<(CaseChange, Option<String>), Fault> {
        let id = &case.service_request_id;
        if self.id.is_some_and(|given| !given.is_empty() && *given != **id) {
            return Err(Fault::invalid("id", &format!("must be {id} or left out")));
        }
        // A severity that shows as what it is stays what it is.
        let severity = self
            .severity
            .filter(|severity| *severity != ServiceRequestSeverity::of(case.severity))
            .and_then(ServiceRequestSeverity::set);
        let change = CaseChange {
            title: self.title,
            description: self.description,
            severity,
            status: self.status.and_then(ServiceRequestStatus::set),
            ..CaseChange::default()
        };
        Ok((change, self.new_note.map(|note| note.text.unwrap_or_default())))
    }
}
