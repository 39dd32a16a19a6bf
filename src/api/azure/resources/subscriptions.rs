//! Azure subscriptions: those of the directory, one, its regions. They are what a partner bought; here
//! they are only read.

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CONTRACT, SUBSCRIPTION, operation};
use crate::api::azure::Handler;
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{ArmFault, SUBSCRIPTION_NOT_FOUND};
use crate::api::azure::subscription::subscription_of;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::authorization::Scope;
use crate::domain::azure_subscriptions::{
    AzureSubscription, AzureSubscriptionState, azure_subscriptions,
};
use crate::domain::catalogue::{Locale, Region};
use crate::domain::ids::CustomerId;
use crate::domain::state::State;

const TAG: &str = "Subscriptions and tenants";

/// Action of reading a subscription.
const READ: &str = "Microsoft.Resources/subscriptions/read";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(Method::GET, "/subscriptions", "listAzureSubscriptions", list)
            .summary(TAG, "List the subscriptions of the directory")
            .describe(
                "What the partner bought for the customer whose tenant the token is for. Without a \
                 token, when none is needed: all. Cancelled ones are left out.",
            )
            .source(Fidelity::Documented, CONTRACT)
            .gives::<SubscriptionList>(200, "The subscriptions."),
        on_subscription("/subscriptions/{subscription_id}", "getAzureSubscription", get)
            .summary(TAG, "Get a subscription")
            .gives::<SubscriptionBody>(200, "The subscription."),
        on_subscription(
            "/subscriptions/{subscription_id}/locations",
            "listLocations",
            list_locations,
        )
        .summary(TAG, "List the regions of a subscription")
        .describe("The regions in which reservations are sold.")
        .gives::<LocationList>(200, "The regions."),
    ]
}

fn on_subscription(path: &'static str, id: &'static str, handler: Handler) -> Operation {
    with_subscription(operation(Method::GET, path, id, handler))
        .source(Fidelity::Documented, CONTRACT)
}

/// Declares what comes with a subscription in the path.
pub(super) fn with_subscription(operation: Operation) -> Operation {
    operation.faults(&[SUBSCRIPTION_NOT_FOUND]).example("subscription_id", SUBSCRIPTION)
}

/// The subscriptions of a directory.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubscriptionListResult)]
struct SubscriptionList {
    /// The subscriptions.
    value: Vec<SubscriptionBody>,
    /// How many there are.
    count: CountBody,
}

/// How many items a list has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Count)]
struct CountBody {
    /// Always `Total`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The number.
    value: usize,
}

/// An Azure subscription.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AzureSubscription)]
struct SubscriptionBody {
    /// `/subscriptions/` and the id.
    id: String,
    /// Id.
    subscription_id: String,
    /// The tenant it is in.
    tenant_id: String,
    /// Name.
    display_name: String,
    /// `Enabled`, `Disabled` or `Deleted`.
    state: &'static str,
    /// Always `RoleBased`.
    authorization_source: &'static str,
    /// What it may be used for.
    subscription_policies: PoliciesBody,
    /// Tenants that manage it by delegation; none.
    managed_by_tenants: Vec<TenantReference>,
}

/// What a subscription may be used for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SubscriptionPolicies)]
struct PoliciesBody {
    /// Which regions it may use.
    location_placement_id: &'static str,
    /// The kind of offer.
    quota_id: &'static str,
    /// Always `Off`.
    spending_limit: &'static str,
}

/// A tenant that manages a subscription.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedByTenant)]
struct TenantReference {
    /// Id of the tenant.
    tenant_id: String,
}

impl SubscriptionBody {
    fn of(subscription: &AzureSubscription) -> Self {
        Self {
            id: format!("/subscriptions/{}", subscription.id),
            subscription_id: subscription.id.to_string(),
            tenant_id: subscription.customer.to_string(),
            display_name: subscription.display_name.clone(),
            state: subscription.state.name(),
            authorization_source: "RoleBased",
            subscription_policies: PoliciesBody {
                location_placement_id: "Public_2014-09-01",
                // Of the Azure plan as well [choice].
                quota_id: "CSP_2015-05-01",
                spending_limit: "Off",
            },
            managed_by_tenants: Vec::new(),
        }
    }
}

/// The regions of a subscription.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LocationListResult)]
struct LocationList {
    /// The regions.
    value: Vec<LocationBody>,
}

/// A region.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Location)]
struct LocationBody {
    /// Resource id.
    id: String,
    /// The name that other operations take, such as `westeurope`.
    name: String,
    /// Always `Region`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Name for people, as reservations are titled [choice].
    display_name: String,
    /// The same.
    regional_display_name: String,
    /// More about the region.
    metadata: LocationMetadata,
}

/// More about a region.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LocationMetadata {
    /// Always `Physical`.
    region_type: &'static str,
    /// Always `Recommended`.
    region_category: &'static str,
}

impl LocationBody {
    fn of(subscription: &AzureSubscription, region: &Region) -> Self {
        let name = region.arm_region_name();
        let title = region.display_name().get(Locale::default()).to_owned();
        Self {
            id: format!("/subscriptions/{}/locations/{name}", subscription.id),
            name: name.to_owned(),
            kind: "Region",
            display_name: title.clone(),
            regional_display_name: title,
            metadata: LocationMetadata { region_type: "Physical", region_category: "Recommended" },
        }
    }
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let view = call.view();
    let all: Vec<AzureSubscription> = match caller.directory {
        Some(home) => {
            let readable = caller.access.granted(&view.state, home, READ);
            let own = view.state.azure_subscriptions_of(CustomerId(home.0));
            own.filter(|it| readable.covers(&Scope::Subscription(it.id))).collect()
        }
        None => {
            view.state.subscriptions.iter().flat_map(|(_, row)| azure_subscriptions(row)).collect()
        }
    };
    let in_use = all.iter().filter(|it| it.state != AzureSubscriptionState::Deleted);
    let value: Vec<SubscriptionBody> = in_use.map(SubscriptionBody::of).collect();
    let count = CountBody { kind: "Total", value: value.len() };
    Ok(caller.explained(&view.state, Reply::ok(&SubscriptionList { value, count })))
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let subscription = find(call, &call.view().state)?;
    Ok(Reply::ok(&SubscriptionBody::of(&subscription)))
}

fn list_locations(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let subscription = find(call, &view.state)?;
    let regions = view.state.catalogue.regions().iter();
    let value = regions.map(|region| LocationBody::of(&subscription, region)).collect();
    Ok(Reply::ok(&LocationList { value }))
}

/// The subscription in the path, if it is in the directory of the caller and the caller may read it.
pub(super) fn find(call: &Call<'_>, state: &State) -> Result<AzureSubscription, ArmFault> {
    let caller = Caller::of(call)?;
    let found = subscription_of(call, &caller, state)?;
    caller.check_at(state, READ, &Scope::Subscription(found.id))?;
    Ok(found)
}
