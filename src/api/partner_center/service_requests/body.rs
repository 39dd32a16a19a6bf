//! Service requests and support topics on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use super::request::{ServiceRequestSeverity, status_name};
use crate::api::call::Call;
use crate::api::partner_center::resource::Attributes;
use crate::api::wire::Timestamp;
use crate::domain::state::State;
use crate::domain::support::catalogue::Topic;
use crate::domain::support::{Case, CaseOwner, Message, Tree, files_of, messages_of, names};

/// What stands for the moment of something that has not come about.
const NEVER: &str = "0001-01-01T00:00:00";

/// A service request.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ServiceRequest)]
pub struct ServiceRequestBody {
    /// Title.
    title: String,
    /// What the matter is.
    description: String,
    /// How much it hurts.
    #[schema(example = "moderate")]
    severity: &'static str,
    /// Id of its topic.
    #[schema(example = "32870045")]
    support_topic_id: &'static str,
    /// Name of its topic, in the language of `X-Locale`.
    support_topic_name: &'static str,
    /// Id.
    #[schema(example = "618034771920556")]
    id: String,
    /// Where it stands.
    #[schema(example = "open")]
    status: &'static str,
    /// Whom it is about: a customer, or the partner.
    organization: ServiceRequestOrganization,
    /// Who opened it.
    primary_contact: ServiceRequestContact,
    /// Who said something last.
    last_updated_by: ServiceRequestContact,
    /// The service it is about.
    product_name: &'static str,
    /// Its id.
    product_id: String,
    /// When it was opened.
    created_date: Timestamp,
    /// When it or what was said about it changed last.
    last_modified_date: Timestamp,
    /// When it was closed; in the year 1 while it is open.
    #[schema(example = "0001-01-01T00:00:00")]
    last_closed_date: String,
    /// What was said, the oldest first.
    notes: Vec<ServiceRequestNote>,
    /// Country of the organization.
    #[schema(example = "US")]
    country_code: String,
    /// Files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    file_links: Vec<FileInfo>,
    /// Attributes.
    attributes: Attributes,
}

/// A company.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRequestOrganization {
    /// Tenant id.
    id: String,
    /// Name.
    name: String,
    /// Phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRequestContact {
    /// Where they work.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<ServiceRequestOrganization>,
    /// Id of the user, where it is one of the partner's.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<String>,
    /// Last name.
    last_name: String,
    /// First name.
    first_name: String,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
}

/// Something that was said about a service request.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRequestNote {
    /// Who said it.
    created_by_name: String,
    /// When.
    created_date: Timestamp,
    /// Text.
    text: String,
}

/// A file of a service request.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileInfo {
    /// Name.
    name: String,
    /// Where Azure tells of it.
    uri: String,
}

/// A service request in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRequestEntry {
    /// Title.
    title: String,
    /// How much it hurts.
    #[schema(example = "moderate")]
    severity: &'static str,
    /// Id.
    #[schema(example = "618034771920556")]
    id: String,
    /// Where it stands.
    #[schema(example = "open")]
    status: &'static str,
    /// Who opened it, by name.
    primary_contact: ServiceRequestContact,
    /// When it was opened.
    created_date: Timestamp,
    /// When it or what was said about it changed last.
    last_modified_date: Timestamp,
    /// When it was closed; in the year 1 while it is open.
    #[schema(example = "0001-01-01T00:00:00")]
    last_closed_date: String,
    /// Attributes.
    attributes: Attributes,
}

/// What a service request can be about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SupportTopic {
    /// Name, in the language of `X-Locale`.
    name: &'static str,
    /// What it covers, in that language.
    description: &'static str,
    /// Id: digits.
    #[schema(example = "32870045")]
    id: &'static str,
    /// Attributes.
    attributes: Attributes,
}

impl SupportTopic {
    /// A topic in the language of a locale.
    pub fn of(topic: &'static Topic, locale: &str) -> Self {
        Self {
            name: topic.name(locale),
            description: topic.description(locale),
            id: topic.id,
            attributes: Attributes::of("SupportTopic"),
        }
    }
}

impl ServiceRequestBody {
    /// A case with all that was said about it.
    pub fn of(call: &Call<'_>, state: &State, case: &Case) -> Self {
        let service = case.classification.service();
        let (organization, country) = organization(state, case.owner);
        let opener = opener(state, case, &organization);
        let last = messages_of(state, case.id).next_back();
        let last_updated_by = last.map_or_else(
            || self::opener(state, case, &organization),
            |message| speaker(state, message),
        );
        Self {
            title: case.title.clone(),
            description: case.description.clone(),
            severity: ServiceRequestSeverity::of(case.severity).name(),
            support_topic_id: case.topic.id,
            support_topic_name: case.topic.name(call.locale()),
            id: case.service_request_id.to_string(),
            status: status_name(case.status),
            primary_contact: opener,
            last_updated_by,
            organization,
            product_name: service.name,
            product_id: service.id.to_string(),
            created_date: Timestamp(case.created),
            last_modified_date: Timestamp(case.modified),
            last_closed_date: closed(case),
            notes: messages_of(state, case.id).map(|message| note(message)).collect(),
            country_code: country,
            file_links: files(call, state, case),
            attributes: Attributes::of("ServiceRequest"),
        }
    }
}

impl From<&Case> for ServiceRequestEntry {
    fn from(case: &Case) -> Self {
        Self {
            title: case.title.clone(),
            severity: ServiceRequestSeverity::of(case.severity).name(),
            id: case.service_request_id.to_string(),
            status: status_name(case.status),
            primary_contact: ServiceRequestContact {
                organization: None,
                contact_id: None,
                last_name: case.contact.last_name.clone(),
                first_name: case.contact.first_name.clone(),
                email: None,
                phone_number: None,
            },
            created_date: Timestamp(case.created),
            last_modified_date: Timestamp(case.modified),
            last_closed_date: closed(case),
            attributes: Attributes::of("ServiceRequest"),
        }
    }
}

fn closed(case: &Case) -> String {
    case.closed.map_or_else(|| NEVER.to_owned(), |closed| Timestamp(closed).to_string())
}

/// The company that a case is about, with its country.
fn organization(state: &State, owner: CaseOwner) -> (ServiceRequestOrganization, String) {
    let customer = owner.customer().and_then(|id| state.customers.get(&id));
    if let Some(customer) = customer {
        let organization = ServiceRequestOrganization {
            id: customer.id.to_string(),
            name: customer.company_name.clone(),
            phone_number: customer.billing.address.phone_number.clone(),
        };
        return (organization, customer.country().to_owned());
    }
    let partner = &state.partner;
    let (id, name) = (partner.id.to_string(), partner.name.clone());
    (ServiceRequestOrganization { id, name, phone_number: None }, partner.country.clone())
}

fn opener(
    state: &State,
    case: &Case,
    organization: &ServiceRequestOrganization,
) -> ServiceRequestContact {
    let contact = &case.contact;
    ServiceRequestContact {
        organization: Some(organization.clone()),
        contact_id: user_id(state, &contact.email),
        last_name: contact.last_name.clone(),
        first_name: contact.first_name.clone(),
        email: Some(contact.email.clone()),
        phone_number: contact.phone.clone(),
    }
}

/// Who said something.
fn speaker(state: &State, message: &Message) -> ServiceRequestContact {
    let (first_name, last_name) = names(&message.sender_name);
    ServiceRequestContact {
        organization: None,
        contact_id: user_id(state, &message.sender),
        last_name,
        first_name,
        email: Some(message.sender.clone()),
        phone_number: None,
    }
}

fn user_id(state: &State, address: &str) -> Option<String> {
    let mut users = state.partner.users.iter();
    let user = users.find(|user| user.user_principal_name.eq_ignore_ascii_case(address))?;
    Some(user.object_id.to_string())
}

fn note(message: &Message) -> ServiceRequestNote {
    ServiceRequestNote {
        created_by_name: message.sender_name.clone(),
        created_date: Timestamp(message.created),
        text: message.body.clone(),
    }
}

/// The files in the workspace of a case.
fn files(call: &Call<'_>, state: &State, case: &Case) -> Vec<FileInfo> {
    let Some(workspace) = &case.file_workspace else { return Vec::new() };
    let tree = match case.tree {
        Tree::Tenant(_) => String::new(),
        Tree::Subscription(id) => format!("/subscriptions/{id}"),
    };
    let folder = format!("{tree}/providers/Microsoft.Support/fileWorkspaces/{workspace}/files");
    let Ok(files) = files_of(state, case.tree, workspace) else { return Vec::new() };
    files
        .map(|file| FileInfo {
            name: file.name.to_string(),
            uri: call.url(&format!("{folder}/{}", file.name)),
        })
        .collect()
}
