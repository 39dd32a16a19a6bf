//! A reservation on the wire (contract: azure-reservations.md §1.3).

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::bodies::{PriceBody, day, reservation_path};
use super::purchase_request::PurchaseRequest;
use crate::api::azure::version;
use crate::api::call::Call;
use crate::api::wire::{Amount, Timestamp};
use crate::domain::azure_subscriptions::AzureSubscriptionState;
use crate::domain::catalogue::ReservedResourceType;
use crate::domain::ids::{ReservationId, ReservationOrderId};
use crate::domain::reservations::{
    AppliedScope, Reservation, ReservationOrder, ReservationState, offer,
};
use crate::domain::state::State;
use crate::domain::utilization;

/// The first version that names a reservation by its own id and describes scopes as objects.
const MODERN: &str = "2022-03-01";

/// Days before its end from which the price of a renewal is known.
const PRICE_KNOWN_DAYS: i64 = 30;

const TYPE: &str = "microsoft.capacity/reservationOrders/reservations";
const REVISION_TYPE: &str = "microsoft.capacity/reservationOrders/reservations/revisions";

/// How a reservation is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Form {
    /// As versions before 2022-03-01 write it: `name` holds both ids, scopes are texts only.
    pub legacy: bool,
    /// Whether the list of scopes stands beside their description.
    pub with_scopes: bool,
    /// Whether what it renews to is asked for.
    pub with_renewal: bool,
    /// Whether it is written as one of its revisions
    /// (contract: azure-reservations.md §3.7, §5.2).
    pub revision: bool,
}

impl Form {
    /// As a call reads it.
    pub fn of(call: &Call<'_>) -> Self {
        let legacy = !version::is_from(call, MODERN);
        Self { legacy, with_scopes: true, with_renewal: false, revision: false }
    }

    /// As the answer to a change writes it: from 2022-11-01 on without the list of scopes, which older
    /// clients read (contract: azure-reservations.md §1.3).
    #[must_use]
    pub fn changed(self, call: &Call<'_>) -> Self {
        Self { with_scopes: !version::is_from(call, "2022-11-01"), ..self }
    }

    /// As a revision is written.
    #[must_use]
    pub fn of_revision(self) -> Self {
        Self { revision: true, ..self }
    }
}

/// A reservation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReservationResponse)]
pub struct ReservationBody {
    /// Resource id.
    id: String,
    /// Id of the reservation.
    name: String,
    /// `microsoft.capacity/reservationOrders/reservations`, with `/revisions` for a revision.
    #[serde(rename = "type")]
    kind_of_resource: &'static str,
    /// Region; absent for services without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    /// Counts its revisions.
    etag: u32,
    /// The size.
    sku: SkuName,
    /// `Microsoft.Compute` for virtual machines.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    /// What it is.
    properties: Properties,
}

/// A size.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SkuName)]
pub struct SkuName {
    /// ARM name.
    #[schema(example = "Standard_D2s_v4")]
    pub name: String,
}

/// What a reservation is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "the names on the wire")]
#[schema(as = ReservationsProperties)]
pub struct Properties {
    /// Kind of resource.
    #[schema(example = "VirtualMachines")]
    reserved_resource_type: &'static str,
    /// Whether other sizes of its group use it; for virtual machines.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_flexibility: Option<&'static str>,
    /// Name.
    display_name: String,
    /// Title of what was bought.
    sku_description: String,
    /// `Single`, `Shared` or `ManagementGroup`.
    #[schema(example = "Shared")]
    applied_scope_type: &'static str,
    /// The scope as a resource id.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_scopes: Option<Vec<String>>,
    /// The scope; absent with `Shared`.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_scope_properties: Option<ScopeProperties>,
    /// As `appliedScopeType`, with resource groups told apart.
    #[schema(example = "Shared")]
    user_friendly_applied_scope_type: &'static str,
    /// Whether it is hidden from the portal's list.
    archived: bool,
    /// What self service can do with it; absent when nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ApiReturnEnabled, ApiExchangeEnabled")]
    capabilities: Option<&'static str>,
    /// Quantity.
    quantity: u32,
    /// How far it is.
    #[schema(example = "Succeeded")]
    provisioning_state: &'static str,
    /// The same.
    #[schema(example = "Succeeded")]
    provisioning_sub_state: &'static str,
    /// State as the portal shows it.
    #[schema(example = "Succeeded")]
    display_provisioning_state: &'static str,
    /// More about the state, when there is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_status_info: Option<ExtendedStatus>,
    /// When the benefit started.
    #[serde(skip_serializing_if = "Option::is_none")]
    benefit_start_time: Option<Timestamp>,
    /// When it took effect, or was rescoped last.
    effective_date_time: Timestamp,
    /// Day it was bought.
    purchase_date: String,
    /// When it was bought.
    purchase_date_time: Timestamp,
    /// When it changed last.
    last_updated_date_time: Timestamp,
    /// Day it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_date: Option<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_date_time: Option<Timestamp>,
    /// When to review it.
    #[serde(skip_serializing_if = "Option::is_none")]
    review_date_time: Option<Timestamp>,
    /// Term.
    #[schema(example = "P1Y")]
    term: &'static str,
    /// How it is paid.
    #[schema(example = "Upfront")]
    billing_plan: &'static str,
    /// The subscription that is billed.
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_scope_id: Option<String>,
    /// Whether it renews at its end.
    renew: bool,
    /// `On`, `Off`, `Renewed`, `NotRenewed` or `NotApplicable`.
    #[schema(example = "Off")]
    user_friendly_renew_state: &'static str,
    /// What is bought at its end, with the price; with `$expand=renewProperties`.
    #[serde(skip_serializing_if = "Option::is_none")]
    renew_properties: Option<RenewProperties>,
    /// The reservation that it renews.
    #[serde(skip_serializing_if = "Option::is_none")]
    renew_source: Option<String>,
    /// The reservation that renewed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    renew_destination: Option<String>,
    /// What it was split from or into.
    #[serde(skip_serializing_if = "Option::is_none")]
    split_properties: Option<SplitProperties>,
    /// What it was merged from or into.
    #[serde(skip_serializing_if = "Option::is_none")]
    merge_properties: Option<MergeProperties>,
    /// How much of it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    utilization: Option<Utilization>,
}

/// Where a discount applies.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AppliedScopeProperties)]
pub struct ScopeProperties {
    /// Tenant of the management group.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<String>,
    /// The management group.
    #[serde(skip_serializing_if = "Option::is_none")]
    management_group_id: Option<String>,
    /// The subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_id: Option<String>,
    /// The resource group.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group_id: Option<String>,
    /// Its name.
    display_name: String,
}

/// More about a state.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExtendedStatusInfo)]
pub struct ExtendedStatus {
    /// `Split`, `Merged`, `Pending`, `Expired` and the like.
    #[schema(example = "Split")]
    status_code: &'static str,
    /// What happened.
    message: &'static str,
}

/// What is bought at the end.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RenewPropertiesResponse)]
pub struct RenewProperties {
    /// The purchase.
    purchase_properties: PurchaseRequest,
    /// Its price in US dollars; in the last 30 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing_currency_total: Option<PriceBody>,
    /// Its price in the currency of the bill; in the last 30 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_currency_total: Option<PriceBody>,
}

/// What a reservation was split from or into.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReservationSplitProperties)]
pub struct SplitProperties {
    /// What it was split from.
    #[serde(skip_serializing_if = "Option::is_none")]
    split_source: Option<String>,
    /// What it was split into.
    #[serde(skip_serializing_if = "Option::is_none")]
    split_destinations: Option<Vec<String>>,
}

/// What a reservation was merged from or into.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReservationMergeProperties)]
pub struct MergeProperties {
    /// What it was merged into.
    #[serde(skip_serializing_if = "Option::is_none")]
    merge_destination: Option<String>,
    /// What it was merged from.
    #[serde(skip_serializing_if = "Option::is_none")]
    merge_sources: Option<Vec<String>>,
}

/// How much of a reservation is used.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReservationsPropertiesUtilization)]
pub struct Utilization {
    /// `UP`, `DOWN` or `SAME`.
    #[serde(skip_serializing_if = "Option::is_none")]
    trend: Option<&'static str>,
    /// The last 1, 7 and 30 days; empty for what is new or cancelled.
    aggregates: Vec<Aggregate>,
}

/// How much was used of late.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReservationUtilizationAggregates)]
pub struct Aggregate {
    /// How many.
    grain: f64,
    /// Always `days`.
    grain_unit: &'static str,
    /// Percentage.
    value: Amount,
    /// Always `percentage`.
    value_unit: &'static str,
}

/// State as the portal shows it (contract: reservation-business-rules.md §7).
pub fn display_state(state: &State, reservation: &Reservation, now: DateTime<Utc>) -> &'static str {
    match reservation.state {
        ReservationState::Creating => "Processing",
        ReservationState::Cancelled => "Cancelled",
        ReservationState::Expired => "Expired",
        ReservationState::Succeeded if reservation.changing => "Pending",
        ReservationState::Succeeded => {
            let scope = reservation.scope.subscription();
            let usable = |found: crate::domain::azure_subscriptions::AzureSubscription| {
                found.state == AzureSubscriptionState::Enabled
            };
            if scope.is_some_and(|id| !state.azure_subscription(id).is_some_and(usable)) {
                // The subscription it applies to is gone or suspended [choice].
                "NoBenefit"
            } else if reservation.is_expiring(now, state.settings.expiring_days) {
                "Expiring"
            } else {
                "Succeeded"
            }
        }
    }
}

fn extended_status(reservation: &Reservation) -> Option<ExtendedStatus> {
    let (status_code, message) = match reservation.state {
        ReservationState::Succeeded if reservation.changing => {
            ("Pending", "An operation on the reservation is in progress.")
        }
        ReservationState::Cancelled if !reservation.lineage.split_into.is_empty() => {
            ("Split", "This reservation has been split into other reservations.")
        }
        ReservationState::Cancelled if reservation.lineage.merged_into.is_some() => {
            ("Merged", "This reservation has been merged into another reservation.")
        }
        ReservationState::Expired => ("Expired", "The term of this reservation has ended."),
        _ => return None,
    };
    Some(ExtendedStatus { status_code, message })
}

fn scope_properties(state: &State, scope: &AppliedScope) -> Option<ScopeProperties> {
    let none = ScopeProperties {
        tenant_id: None,
        management_group_id: None,
        subscription_id: None,
        resource_group_id: None,
        display_name: String::new(),
    };
    let id = scope.resource_id();
    match scope {
        AppliedScope::Shared => None,
        AppliedScope::Single(subscription) => {
            let name = state.azure_subscription(*subscription).map(|found| found.display_name);
            let display_name = name.unwrap_or_else(|| subscription.to_string());
            Some(ScopeProperties { subscription_id: id, display_name, ..none })
        }
        AppliedScope::ResourceGroup(_, group) => {
            Some(ScopeProperties { resource_group_id: id, display_name: group.clone(), ..none })
        }
        AppliedScope::ManagementGroup(tenant, group) => Some(ScopeProperties {
            tenant_id: Some(tenant.to_string()),
            management_group_id: id,
            display_name: group.clone(),
            ..none
        }),
    }
}

fn utilization(
    state: &State,
    order: &ReservationOrder,
    reservation: &Reservation,
    now: DateTime<Utc>,
) -> Utilization {
    let Some(found) = utilization::aggregates_of(state, order, reservation, now) else {
        return Utilization { trend: None, aggregates: Vec::new() };
    };
    let of = |(grain, value): (f64, rust_decimal::Decimal)| Aggregate {
        grain,
        grain_unit: "days",
        value: Amount(value),
        value_unit: "percentage",
    };
    let aggregates = [1.0, 7.0, 30.0].into_iter().zip(found.values).map(of).collect();
    Utilization { trend: Some(found.trend.name()), aggregates }
}

fn renew_properties(
    state: &State,
    order: &ReservationOrder,
    reservation: &Reservation,
    now: DateTime<Utc>,
) -> Option<RenewProperties> {
    let wanted = crate::domain::reservations::renewal_of(state, order, reservation)?;
    // The price is known when the end is near (contract: reservation-business-rules.md §9).
    let offer = reservation
        .is_expiring(now, PRICE_KNOWN_DAYS)
        .then(|| offer(state, order.customer, order.directory, &wanted).ok())
        .flatten();
    let quantity = rust_decimal::Decimal::from(wanted.quantity);
    Some(RenewProperties {
        purchase_properties: PurchaseRequest::of(&wanted),
        pricing_currency_total: offer
            .as_ref()
            .map(|offer| PriceBody::usd(offer.usd_unit_price * quantity)),
        billing_currency_total: offer
            .as_ref()
            .map(|offer| PriceBody::new(&offer.currency, offer.unit_price * quantity)),
    })
}

/// Id, name and type, of the reservation itself or of its revision.
fn identity(
    order: ReservationOrderId,
    reservation: &Reservation,
    form: Form,
) -> (String, String, &'static str) {
    let (path, etag) = (reservation_path(order, reservation.id), reservation.etag);
    let both = || format!("{order}/{}", reservation.id);
    match (form.revision, form.legacy) {
        (false, false) => (path, reservation.id.to_string(), TYPE),
        (false, true) => (path, both(), TYPE),
        (true, false) => (format!("{path}/revisions/{etag}"), etag.to_string(), REVISION_TYPE),
        (true, true) => {
            (format!("{path}/revisions/{etag}"), format!("{}/{etag}", both()), REVISION_TYPE)
        }
    }
}

impl ReservationBody {
    /// A reservation as it stands at `now`.
    pub fn of(
        state: &State,
        order: &ReservationOrder,
        reservation: &Reservation,
        now: DateTime<Utc>,
        form: Form,
    ) -> Self {
        let own = |id: ReservationId| reservation_path(order.id, id);
        let elsewhere =
            |(order, id): (ReservationOrderId, ReservationId)| reservation_path(order, id);
        let lineage = &reservation.lineage;
        let all = |ids: &[ReservationId]| {
            (!ids.is_empty()).then(|| ids.iter().map(|id| own(*id)).collect::<Vec<_>>())
        };
        let is_split = lineage.split_from.is_some() || !lineage.split_into.is_empty();
        let is_merged = lineage.merged_into.is_some() || !lineage.merged_from.is_empty();
        let scopes = reservation.scope.resource_id().map(|id| vec![id]);
        let is_vm = order.resource_type == ReservedResourceType::VirtualMachines;
        let can_return = reservation.is_in_force() && order.resource_type.is_refundable();
        let provisioning_state = reservation.provisioning_state();
        let is_single = reservation.scope.subscription().is_some();
        let (id, name, kind_of_resource) = identity(order.id, reservation, form);
        Self {
            id,
            name,
            kind_of_resource,
            location: order.region.clone(),
            etag: reservation.etag,
            sku: SkuName { name: order.arm_sku_name.clone() },
            kind: is_vm.then_some("Microsoft.Compute"),
            properties: Properties {
                reserved_resource_type: order.resource_type.as_str(),
                instance_flexibility: reservation
                    .instance_flexibility
                    .map(|on| if on { "On" } else { "Off" }),
                display_name: reservation.display_name.clone(),
                sku_description: order.title.clone(),
                applied_scope_type: reservation.scope.name(),
                applied_scopes: scopes.filter(|_| form.legacy || form.with_scopes && is_single),
                applied_scope_properties: (!form.legacy)
                    .then(|| scope_properties(state, &reservation.scope))
                    .flatten(),
                user_friendly_applied_scope_type: reservation.scope.friendly_name(),
                archived: reservation.archived,
                capabilities: can_return.then_some("ApiReturnEnabled, ApiExchangeEnabled"),
                quantity: reservation.quantity,
                provisioning_state,
                provisioning_sub_state: provisioning_state,
                display_provisioning_state: display_state(state, reservation, now),
                extended_status_info: extended_status(reservation),
                benefit_start_time: order.benefit_start.map(Timestamp),
                effective_date_time: Timestamp(reservation.effective),
                purchase_date: day(order.requested),
                purchase_date_time: Timestamp(order.requested),
                last_updated_date_time: Timestamp(reservation.updated),
                expiry_date: reservation.expiry.map(day),
                expiry_date_time: reservation.expiry.map(Timestamp),
                review_date_time: order.review.map(Timestamp),
                term: order.term.iso(),
                billing_plan: order.plan.name(),
                billing_scope_id: state
                    .billing_subscription(order.customer, order.billing_subscription)
                    .map(|found| format!("/subscriptions/{}", found.id)),
                renew: reservation.renew,
                user_friendly_renew_state: reservation.renew_state(),
                renew_properties: (form.with_renewal && reservation.renew)
                    .then(|| renew_properties(state, order, reservation, now))
                    .flatten(),
                renew_source: lineage.renews.map(elsewhere),
                renew_destination: lineage.renewed_by.map(elsewhere),
                split_properties: is_split.then(|| SplitProperties {
                    split_source: lineage.split_from.map(own),
                    split_destinations: all(&lineage.split_into),
                }),
                merge_properties: is_merged.then(|| MergeProperties {
                    merge_destination: lineage.merged_into.map(own),
                    merge_sources: all(&lineage.merged_from),
                }),
                utilization: (!form.revision).then(|| utilization(state, order, reservation, now)),
            },
        }
    }

    /// The same with both ids as its name, as the results of splits and merges have it.
    #[must_use]
    pub fn named_by_both(mut self, order: ReservationOrderId, id: ReservationId) -> Self {
        self.name = format!("{order}/{id}");
        self
    }
}
