//! PATCH of a reservation, availableScopes, archive and unarchive
//! (contract: azure-reservations.md §5.1, §5.4, §3.10).

use actix_web::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::purchase_request::{PurchaseRequest, ScopeRequest, applied_scope, flexibility};
use super::reservation_body::{Form, ReservationBody};
use super::{SUBSCRIPTION, TAG, on_reservation};
use crate::api::azure::caller::{Action, Caller};
use crate::api::azure::error::{
    ArmFault, BILLING_SCOPE_FIXED, INVALID_LOCATION_ID, INVALID_SUBSCRIPTION_ID, INVALID_TENANT_ID,
    PATCH_SAME, PURCHASE_ERROR, SCOPE_COUNT, SCOPE_MISSING, SCOPE_NOT_ASSOCIATED, SCOPE_SAME,
    UNSUPPORTED_TERM, WRONG_STATE,
};
use crate::api::azure::long_running;
use crate::api::azure::resource_id;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::reservations::{
    AppliedScope, Change, ReservationFault, ReservationOrder, change, find_order, find_reservation,
    is_valid_scope, set_archived,
};

/// Most scopes that one question names [choice].
const MOST_SCOPES: usize = 1000;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    const RESERVATION_PATH: &str = "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/reservations/{reservation_id}";
    vec![
        on_reservation(Method::PATCH, RESERVATION_PATH, "updateReservation", update)
            .summary(TAG, "Change a reservation")
            .describe("Name, scope, instance size flexibility, renewal. What is left out stays. With a delay for `reservation-change` the change is a long-running operation.")
            .source(Fidelity::Recorded, "azure-reservations.md#51-patch-reservationordersoreservationsr")
            .takes::<PatchRequest>()
            .gives::<ReservationBody>(200, "The reservation as it is now.")
            .gives_nothing(202, "The change has begun; with a delay for `reservation-change` only.")
            .with_header("Azure-AsyncOperation", "Where the operation is.")
            .with_header("Location", "The reservation.")
            .with_header("Retry-After", "Seconds to wait.")
            .faults(&[
                WRONG_STATE, PATCH_SAME, SCOPE_SAME, SCOPE_MISSING, SCOPE_COUNT,
                SCOPE_NOT_ASSOCIATED, BILLING_SCOPE_FIXED, INVALID_SUBSCRIPTION_ID,
                INVALID_TENANT_ID, INVALID_LOCATION_ID, UNSUPPORTED_TERM, PURCHASE_ERROR,
            ])
            .example_body(json!({ "properties": {
                "name": "web tier 2026",
                "appliedScopeType": "Single",
                "appliedScopes": [format!("/subscriptions/{SUBSCRIPTION}")],
                "instanceFlexibility": "On",
                "renew": true,
            } })),
        on_reservation(
            Method::POST,
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/reservations/{reservation_id}/availableScopes",
            "getAvailableScopes",
            available_scopes,
        )
        .summary(TAG, "Ask which scopes a reservation could have")
        .describe("A scope is valid when its subscription is one of the customer's, enabled, and of the same kind of Azure offer.")
        .source(Fidelity::Recorded, "azure-reservations.md#310-post-reservationsravailablescopes")
        .takes::<ScopesRequest>()
        .gives::<ScopesBody>(200, "Each scope with a verdict.")
        .example_body(json!({ "properties": { "scopes": [
            format!("/subscriptions/{SUBSCRIPTION}"),
        ] } })),
        on_reservation(
            Method::POST,
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/reservations/{reservation_id}/archive",
            "archiveReservation",
            archive,
        )
        .summary(TAG, "Archive a reservation that is over")
        .source(Fidelity::Recorded, "azure-reservations.md#54-post-reservationsrarchive-unarchive")
        .gives_nothing(200, "It is archived.")
        .faults(&[WRONG_STATE]),
        on_reservation(
            Method::POST,
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/reservations/{reservation_id}/unarchive",
            "unarchiveReservation",
            unarchive,
        )
        .summary(TAG, "Bring an archived reservation back")
        .source(Fidelity::Recorded, "azure-reservations.md#54-post-reservationsrarchive-unarchive")
        .gives_nothing(200, "It is not archived.")
        .faults(&[WRONG_STATE]),
    ]
}

/// A change.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = Patch)]
struct PatchRequest {
    /// What to change.
    properties: Option<PatchProperties>,
}

/// What to change.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PatchProperties)]
struct PatchProperties {
    /// `Single`, `Shared` or `ManagementGroup`.
    #[schema(example = "Shared")]
    applied_scope_type: Option<String>,
    /// The scope, with `Single`.
    applied_scopes: Option<Vec<String>>,
    /// The scope, instead of `appliedScopes`.
    applied_scope_properties: Option<ScopeRequest>,
    /// `On` or `Off`.
    #[schema(example = "On")]
    instance_flexibility: Option<String>,
    /// Name.
    name: Option<String>,
    /// Whether it renews at its end.
    renew: Option<bool>,
    /// What it renews to.
    renew_properties: Option<RenewRequest>,
    /// When to review its order.
    review_date_time: Option<Timestamp>,
    /// Cannot change; sending it is refused.
    billing_scope_id: Option<String>,
}

/// What a reservation renews to.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PatchPropertiesRenewProperties)]
struct RenewRequest {
    /// The purchase.
    purchase_properties: Option<PurchaseRequest>,
}

fn read(order: &ReservationOrder, request: PatchRequest) -> Result<Change, ArmFault> {
    let asked = request.properties.unwrap_or_default();
    if asked.billing_scope_id.is_some() {
        let text = ReservationFault::BillingScopeFixed.to_string();
        return Err(ArmFault::new(BILLING_SCOPE_FIXED, text));
    }
    let scope = applied_scope(
        order.directory,
        asked.applied_scope_type.as_ref(),
        asked.applied_scopes.as_ref(),
        asked.applied_scope_properties.as_ref(),
    )?;
    let flexible_path = "properties.instanceFlexibility";
    let renewal = match asked.renew_properties {
        None => None,
        Some(renew) => {
            let at = "properties.renewProperties.purchaseProperties";
            let purchase = renew
                .purchase_properties
                .ok_or_else(|| ArmFault::invalid(at, "is required: what to buy at the end"))?;
            Some(Box::new(purchase.read(&format!("{at}."), order.directory)?))
        }
    };
    Ok(Change {
        name: asked.name,
        scope,
        instance_flexibility: flexibility(flexible_path, asked.instance_flexibility.as_ref())?,
        renew: asked.renew,
        renewal,
        review: asked.review_date_time.and_then(Timestamp::set),
    })
}

fn update(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let (order, reservation) = caller.reservation(call, &call.view().state, Action::Write)?;
    let change_of = read(&order, call.body()?)?;
    let form = Form::of(call).changed(call);
    // What is answered is the reservation as the change left it: any other state would be polled on.
    let (operation, body) = call.write(|tx| {
        let found = ReservationOrder::clone(find_order(tx, caller.directory, order.id)?);
        let operation = change(tx, &found, reservation.id, change_of)?;
        let order = find_order(tx, None, order.id)?;
        let reservation = find_reservation(tx, order, reservation.id)?;
        Ok((operation, ReservationBody::of(tx, order, reservation, tx.now(), form)))
    })?;
    Ok(match operation {
        Some(operation) => long_running::accepted(call, Some(operation), call.request.path),
        None => Reply::ok(&body),
    })
}

/// A question which scopes are valid.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = AvailableScopeRequest)]
struct ScopesRequest {
    /// The question.
    properties: Option<ScopesRequestProperties>,
}

/// A question which scopes are valid.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = AvailableScopeRequestProperties)]
struct ScopesRequestProperties {
    /// Ids of subscriptions or resource groups.
    scopes: Option<Vec<String>>,
}

/// Which scopes are valid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AvailableScopeProperties)]
struct ScopesBody {
    /// The answer.
    properties: ScopesBodyProperties,
}

/// Which scopes are valid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubscriptionScopeProperties)]
struct ScopesBodyProperties {
    /// Each scope with a verdict.
    scopes: Vec<ScopeVerdict>,
}

/// Whether a scope is valid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScopeProperties)]
struct ScopeVerdict {
    /// The scope as it was sent.
    scope: String,
    /// Whether it is valid.
    valid: bool,
}

fn available_scopes(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let (order, _) = Caller::of(call)?.reservation(call, &view.state, Action::Act)?;
    let request: ScopesRequest = call.body()?;
    let scopes = request.properties.and_then(|properties| properties.scopes);
    let scopes = scopes.ok_or_else(|| {
        ArmFault::invalid("properties.scopes", "is required: a list of ids of subscriptions")
    })?;
    if scopes.len() > MOST_SCOPES {
        let reason = format!("must hold {MOST_SCOPES} scopes at most");
        return Err(ArmFault::invalid("properties.scopes", reason));
    }
    let scopes = scopes
        .into_iter()
        .map(|scope| {
            let meant = resource_id::scope(&scope).ok().map(|id| match id {
                resource_id::ScopeId::Subscription(id) => AppliedScope::Single(id),
                resource_id::ScopeId::ResourceGroup(group) => {
                    AppliedScope::ResourceGroup(group.subscription, group.name)
                }
            });
            let valid = meant.is_some_and(|it| is_valid_scope(&view.state, &order, &it));
            ScopeVerdict { scope, valid }
        })
        .collect();
    Ok(Reply::ok(&ScopesBody { properties: ScopesBodyProperties { scopes } }))
}

fn archive(call: &Call<'_>) -> Result<Reply, ArmFault> {
    archived(call, true)
}

fn unarchive(call: &Call<'_>) -> Result<Reply, ArmFault> {
    archived(call, false)
}

fn archived(call: &Call<'_>, wanted: bool) -> Result<Reply, ArmFault> {
    let (order, reservation) =
        Caller::of(call)?.reservation(call, &call.view().state, Action::Act)?;
    call.write(|tx| set_archived(tx, &order, reservation.id, wanted))?;
    Ok(Reply::empty(StatusCode::OK))
}
