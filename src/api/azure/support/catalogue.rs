//! What tickets can be about (contract: azure-support.md §2).

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::TAG;
use crate::api::azure::Handler;
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{ArmFault, RESOURCE_NOT_FOUND};
use crate::api::azure::version::SUPPORT;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::ids::parse_guid;
use crate::domain::support::SupportFault;
use crate::domain::support::catalogue::{Classification, SERVICES, Service, service};

const CONTRACT: &str = "azure-support.md#2-catalogue";
/// Billing.
const BILLING: &str = "517f2da6-78fd-0498-4e22-ad26996b1dfc";
/// Exchanges and refunds of reservations.
const REFUNDS: &str = "8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("/providers/Microsoft.Support/services", "listSupportServices", list)
            .summary(TAG, "List what tickets can be about")
            .gives::<ServiceList>(200, "The services."),
        of_service(
            "/providers/Microsoft.Support/services/{service_name}",
            "getSupportService",
            get,
        )
        .summary(TAG, "Get a service")
        .gives::<ServiceBody>(200, "The service."),
        of_service(
            "/providers/Microsoft.Support/services/{service_name}/problemClassifications",
            "listProblemClassifications",
            list_classifications,
        )
        .summary(TAG, "List what can be wrong with a service")
        .describe(
            "The classification of exchanges and refunds of reservations is the one that the \
             support agent of the mock deals with. Its id is made up, as most are.",
        )
        .gives::<ClassificationList>(200, "The problem classifications."),
        of_service(
            "/providers/Microsoft.Support/services/{service_name}/problemClassifications/{problem_classification_name}",
            "getProblemClassification",
            get_classification,
        )
        .summary(TAG, "Get a problem classification")
        .example("problem_classification_name", REFUNDS)
        .gives::<ClassificationBody>(200, "The problem classification."),
    ]
}

fn operation(path: &'static str, id: &'static str, handler: Handler) -> Operation {
    crate::api::azure::operation(Method::GET, path, id, handler)
        .versions(SUPPORT)
        .source(Fidelity::Documented, CONTRACT)
}

fn of_service(path: &'static str, id: &'static str, handler: Handler) -> Operation {
    operation(path, id, handler).faults(&[RESOURCE_NOT_FOUND]).example("service_name", BILLING)
}

/// What tickets can be about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServicesListResult)]
struct ServiceList {
    /// The services.
    value: Vec<ServiceBody>,
}

/// What a ticket can be about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportService)]
struct ServiceBody {
    /// Resource id.
    id: String,
    /// GUID.
    name: String,
    /// Always `Microsoft.Support/services`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// About it.
    properties: ServiceProperties,
}

/// About a service.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SupportServiceProperties)]
struct ServiceProperties {
    /// Name for readers.
    #[schema(example = "Billing")]
    display_name: &'static str,
    /// Types of resources that it is about.
    resource_types: Vec<&'static str>,
}

/// What can be wrong with a service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemClassificationsListResult)]
struct ClassificationList {
    /// The problem classifications.
    value: Vec<ClassificationBody>,
}

/// What can be wrong with a service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemClassification)]
struct ClassificationBody {
    /// Resource id.
    id: String,
    /// GUID.
    name: String,
    /// Always `Microsoft.Support/problemClassifications`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// About it.
    properties: ClassificationProperties,
}

/// About a problem classification.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProblemClassificationProperties)]
struct ClassificationProperties {
    /// Name for readers: parent and child.
    #[schema(example = "Reservation management / Exchanges and refunds")]
    display_name: &'static str,
    /// Further consents that a ticket can give.
    secondary_consent_enabled: Vec<ConsentBody>,
}

/// A further consent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SecondaryConsentEnabled)]
struct ConsentBody {
    /// What it allows.
    description: &'static str,
    /// Its kind.
    #[serde(rename = "type")]
    kind: &'static str,
}

/// The resource id of a service.
pub(super) fn service_id(service: &Service) -> String {
    format!("/providers/Microsoft.Support/services/{}", service.id)
}

/// The resource id of a problem classification.
pub(super) fn classification_id(it: &Classification) -> String {
    format!("{}/problemClassifications/{}", service_id(it.service()), it.id)
}

impl From<&Service> for ServiceBody {
    fn from(service: &Service) -> Self {
        Self {
            id: service_id(service),
            name: service.id.to_string(),
            kind: "Microsoft.Support/services",
            properties: ServiceProperties {
                display_name: service.name,
                resource_types: service.resource_types.to_vec(),
            },
        }
    }
}

impl From<&Classification> for ClassificationBody {
    fn from(it: &Classification) -> Self {
        let consents = it.consents.iter();
        Self {
            id: classification_id(it),
            name: it.id.to_string(),
            kind: "Microsoft.Support/problemClassifications",
            properties: ClassificationProperties {
                display_name: it.name,
                secondary_consent_enabled: consents
                    .map(|it| ConsentBody { description: it.description, kind: it.kind })
                    .collect(),
            },
        }
    }
}

/// The GUID in a place of the path; what is none names nothing.
fn name(call: &Call<'_>, parameter: &str, what: &'static str) -> Result<Uuid, ArmFault> {
    let text = call.path_text(parameter);
    parse_guid(text).map_err(|_| SupportFault::not_found(what, text).into())
}

fn named_service(call: &Call<'_>) -> Result<&'static Service, ArmFault> {
    Caller::of(call)?;
    Ok(service(name(call, "service_name", "service")?)?)
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    Caller::of(call)?;
    Ok(Reply::ok(&ServiceList { value: SERVICES.iter().map(Into::into).collect() }))
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    Ok(Reply::ok(&ServiceBody::from(named_service(call)?)))
}

fn list_classifications(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let value = named_service(call)?.classifications.iter().map(Into::into).collect();
    Ok(Reply::ok(&ClassificationList { value }))
}

fn get_classification(call: &Call<'_>) -> Result<Reply, ArmFault> {
    const WHAT: &str = "problem classification";
    let service = named_service(call)?;
    let id = name(call, "problem_classification_name", WHAT)?;
    let found = service.classifications.iter().find(|it| it.id == id);
    let found = found.ok_or_else(|| SupportFault::not_found(WHAT, &id.to_string()))?;
    Ok(Reply::ok(&ClassificationBody::from(found)))
}
