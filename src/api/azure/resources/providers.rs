//! Resource providers: which there are, what they serve, and their registration, which is always done
//! [choice]. What they serve is read from the operations of this mock.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::subscriptions::{find, with_subscription};
use super::{CONTRACT, operation};
use crate::api::azure::NAMESPACES;
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{ArmFault, Code};
use crate::api::call::Call;
use crate::api::dispatch::api;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::reply::Reply;

const TAG: &str = "Resource providers";
/// A provider of the examples.
const CAPACITY: &str = "Microsoft.Capacity";
const INVALID_NAMESPACE: Code = Code {
    status: 404,
    name: "InvalidResourceNamespace",
    text: "There is no such resource provider.",
};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(Method::GET, "/providers", "listTenantProviders", list)
            .summary(TAG, "List the resource providers")
            .source(Fidelity::Inferred, CONTRACT)
            .gives::<ProviderList>(200, "The providers."),
        operation(Method::GET, "/providers/{namespace}", "getTenantProvider", get)
            .summary(TAG, "Get a resource provider")
            .source(Fidelity::Inferred, CONTRACT)
            .example("namespace", CAPACITY)
            .gives::<ProviderBody>(200, "The provider."),
        with_subscription(operation(
            Method::GET,
            "/subscriptions/{subscription_id}/providers",
            "listProviders",
            list_in_subscription,
        ))
        .summary(TAG, "List the resource providers of a subscription")
        .source(Fidelity::Documented, CONTRACT)
        .gives::<ProviderList>(200, "The providers."),
        with_subscription(operation(
            Method::GET,
            "/subscriptions/{subscription_id}/providers/{namespace}",
            "getProvider",
            get_in_subscription,
        ))
        .summary(TAG, "Get a resource provider of a subscription")
        .source(Fidelity::Documented, CONTRACT)
        .example("namespace", CAPACITY)
        .gives::<ProviderBody>(200, "The provider."),
        with_subscription(operation(
            Method::POST,
            "/subscriptions/{subscription_id}/providers/{namespace}/register",
            "registerProvider",
            get_in_subscription,
        ))
        .summary(TAG, "Register a resource provider")
        .describe("All are registered from the start; the answer says so.")
        .source(Fidelity::Documented, CONTRACT)
        .example("namespace", CAPACITY)
        .gives::<ProviderBody>(200, "The provider."),
    ]
}

/// Resource providers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderListResult)]
struct ProviderList {
    /// The providers.
    value: Vec<ProviderBody>,
}

/// A resource provider.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Provider)]
struct ProviderBody {
    /// Resource id.
    id: String,
    /// Name.
    namespace: &'static str,
    /// Whether it must be registered before use; only for a subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_policy: Option<&'static str>,
    /// Always `Registered`; only for a subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_state: Option<&'static str>,
    /// What it serves here.
    resource_types: Vec<ResourceTypeBody>,
}

/// A type of resource.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProviderResourceType)]
struct ResourceTypeBody {
    /// Name, without the provider's.
    resource_type: String,
    /// Regions it can be placed in; none of these can.
    locations: Vec<&'static str>,
    /// Versions that it is known in, the newest first.
    api_versions: Vec<&'static str>,
}

impl ProviderBody {
    fn of(namespace: &'static str, subscription: Option<String>) -> Self {
        let state = subscription.is_some().then_some("Registered");
        Self {
            id: format!("{}/providers/{namespace}", subscription.unwrap_or_default()),
            namespace,
            registration_policy: state.map(|_| "RegistrationRequired"),
            registration_state: state,
            resource_types: resource_types(namespace),
        }
    }
}

/// What the operations below a provider are about. The last word of an action on a resource, such as
/// `split`, is no type.
fn resource_types(namespace: &str) -> Vec<ResourceTypeBody> {
    let mut found: BTreeMap<String, &'static [&'static str]> = BTreeMap::new();
    for operation in api().operations.iter().filter(|it| it.surface == Surface::Azure) {
        let words: Vec<&str> = operation.path.split('/').collect();
        let is_below = |pair: &[&str]| pair[0] == "providers" && pair[1] == namespace;
        let Some(at) = words.windows(2).rposition(is_below) else { continue };
        let mut rest = &words[at + 2..];
        if operation.method == Method::POST
            && let [before @ .., _] = rest
            && before.last().is_some_and(|word| word.starts_with('{'))
        {
            rest = before;
        }
        let parts: Vec<&str> = rest.iter().copied().filter(|word| !word.starts_with('{')).collect();
        if !parts.is_empty() {
            found.entry(parts.join("/")).or_insert(operation.versions);
        }
    }
    let body = |(resource_type, versions): (String, &'static [&'static str])| ResourceTypeBody {
        resource_type,
        locations: Vec::new(),
        api_versions: versions.to_vec(),
    };
    found.into_iter().map(body).collect()
}

fn named(call: &Call<'_>) -> Result<&'static str, ArmFault> {
    let sent = call.path_text("namespace");
    NAMESPACES.iter().copied().find(|known| known.eq_ignore_ascii_case(sent)).ok_or_else(|| {
        let sent: String = sent.chars().take(100).collect();
        let known = NAMESPACES.join(", ");
        let message = format!("there is no resource provider `{sent}`; there are {known}");
        ArmFault::new(INVALID_NAMESPACE, message)
    })
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    Caller::of(call)?;
    let value = NAMESPACES.iter().map(|namespace| ProviderBody::of(namespace, None)).collect();
    Ok(Reply::ok(&ProviderList { value }))
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    Caller::of(call)?;
    Ok(Reply::ok(&ProviderBody::of(named(call)?, None)))
}

/// The resource id of the subscription in the path.
fn subscription(call: &Call<'_>) -> Result<String, ArmFault> {
    Ok(format!("/subscriptions/{}", find(call, &call.view().state)?.id))
}

fn list_in_subscription(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let id = subscription(call)?;
    let body = |namespace: &&'static str| ProviderBody::of(namespace, Some(id.clone()));
    Ok(Reply::ok(&ProviderList { value: NAMESPACES.iter().map(body).collect() }))
}

fn get_in_subscription(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let id = subscription(call)?;
    Ok(Reply::ok(&ProviderBody::of(named(call)?, Some(id))))
}
