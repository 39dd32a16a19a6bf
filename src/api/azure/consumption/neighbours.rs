//! What stands beside the figures: recommendations. Nothing is ever recommended, which the service may
//! answer too (contract: azure-reservation-utilization.md §2.4).

use actix_web::http::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::scope::{Scope, visible_subscription};
use super::{TAG, operation};
use crate::api::azure::Handler;
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{
    ArmFault, INVALID_ORDER_ID, INVALID_RESERVATION_ID, INVALID_SUBSCRIPTION_ID,
    SUBSCRIPTION_NOT_FOUND,
};
use crate::api::azure::list::ListOf;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;

/// A billing account, the same in every world [choice].
const BILLING_SCOPE: &str = "providers/Microsoft.Billing/billingAccounts/partner";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let on = |path, id, handler: Handler| {
        operation(Method::GET, path, id, handler)
            .source(Fidelity::Inferred, "azure-reservation-utilization.md#24-neighbours-optional")
            .faults(&[
                INVALID_ORDER_ID,
                INVALID_RESERVATION_ID,
                INVALID_SUBSCRIPTION_ID,
                SUBSCRIPTION_NOT_FOUND,
            ])
            .example("scope", BILLING_SCOPE)
    };
    let text = || json!({ "type": "string" });
    vec![
        on(
            "/{+scope}/providers/Microsoft.Consumption/reservationRecommendations",
            "listReservationRecommendations",
            list,
        )
        .summary(TAG, "List recommended reservations: none")
        .query("$filter", text(), "`properties/scope eq 'Single'`, `properties/lookBackPeriod eq 'Last7Days'`, `properties/resourceType eq 'VirtualMachines'`; not looked at.")
        .gives::<ListOf<RecommendationBody>>(200, "An empty list."),
        on(
            "/{+scope}/providers/Microsoft.Consumption/reservationRecommendationDetails",
            "getReservationRecommendationDetails",
            details,
        )
        .summary(TAG, "Details of a recommended reservation: none")
        .query("scope", text(), "`Single` or `Shared`; not looked at.")
        .query("region", text(), "Region; not looked at.")
        .query("term", text(), "`P1Y` or `P3Y`; not looked at.")
        .query("lookBackPeriod", text(), "`Last7Days` and the like; not looked at.")
        .query("product", text(), "Size; not looked at.")
        .gives_nothing(204, "There is no such recommendation."),
    ]
}

/// A recommended reservation. The mock never recommends one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReservationRecommendation)]
struct RecommendationBody {
    /// Id.
    id: String,
}

/// Insists on the path's scope being a billing scope or a subscription that the caller sees.
fn check_scope(call: &Call<'_>) -> Result<(), ArmFault> {
    let caller = Caller::of(call)?;
    match Scope::of(call)? {
        Scope::Subscription(id) => visible_subscription(&caller, &call.view().state, id),
        Scope::Billing(_) => Ok(()),
        Scope::Order(_) | Scope::Reservation(..) => {
            let reason = "must be a subscription, or a billing account or profile: what is not bought yet is recommended";
            Err(ArmFault::invalid("scope", reason))
        }
    }
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    check_scope(call)?;
    Ok(Reply::ok(&ListOf::<RecommendationBody> { value: Vec::new(), next_link: None }))
}

fn details(call: &Call<'_>) -> Result<Reply, ArmFault> {
    check_scope(call)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
