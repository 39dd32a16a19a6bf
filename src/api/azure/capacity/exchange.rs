//! Exchanging reservations: calculateExchange and exchange, both long-running
//! (contract: azure-reservations.md §7).

use actix_web::http::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use utoipa::ToSchema;

use super::purchase::check_buyer;
use super::purchase_request::PurchaseRequest;
use super::refund::{ReservationToReturn, check_owner, session_id};
use super::{ORDER, RESERVATION, SUBSCRIPTION, TAG, operation};
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{
    ArmFault, INVALID_LOCATION_ID, INVALID_REFUND_QUANTITY, INVALID_RESERVATION_ID,
    INVALID_SUBSCRIPTION_ID, INVALID_TENANT_ID, NOT_IN_ORDER, ORDER_NOT_FOUND, PURCHASE_ERROR,
    SCOPE_COUNT, SCOPE_MISSING, SCOPE_NOT_ASSOCIATED, UNSUPPORTED_TERM, WRONG_STATE,
};
use crate::api::azure::long_running;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::ids::{OperationId, ReservationId, ReservationOrderId};
use crate::domain::reservations::{
    ExchangeRequest, ExchangeReturn, calculate_exchange, exchange, find_exchange, find_order,
};
use crate::domain::state::State;

/// The session that the example of a calculation gives in a default world.
const CALCULATED: &str = "774f6abf-8be6-46dc-a2f2-fb7862740e41";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let beginning = |path, id, handler| {
        operation(Method::POST, path, id, handler)
            .gives_nothing(202, "It has begun.")
            .with_header("Azure-AsyncOperation", "Where its result will be.")
            .with_header("Location", "The same.")
            .with_header("Retry-After", "Seconds to wait.")
    };
    vec![
        beginning(
            "/providers/Microsoft.Capacity/calculateExchange",
            "calculateExchange",
            calculate,
        )
        .summary(TAG, "Calculate an exchange")
        .describe("The result holds the session to exchange by, for 15 minutes. What the rules of exchanges have against it makes the operation fail, with `policyErrors`.")
        .source(Fidelity::Recorded, "azure-reservations.md#71-post-providersmicrosoftcapacitycalculateexchange")
        .takes::<CalculateExchangeRequest>()
        .faults(&[
            INVALID_RESERVATION_ID,
            ORDER_NOT_FOUND,
            NOT_IN_ORDER,
            INVALID_REFUND_QUANTITY,
            INVALID_LOCATION_ID,
            INVALID_SUBSCRIPTION_ID,
            INVALID_TENANT_ID,
            UNSUPPORTED_TERM,
            SCOPE_MISSING,
            SCOPE_COUNT,
            SCOPE_NOT_ASSOCIATED,
            PURCHASE_ERROR,
        ])
        .example_body(json!({ "properties": {
            "reservationsToExchange": [{
                "reservationId": format!("/providers/Microsoft.Capacity/reservationOrders/{ORDER}/reservations/{RESERVATION}"),
                "quantity": 1,
            }],
            "reservationsToPurchase": [{
                "sku": { "name": "Standard_D4s_v4" },
                "location": "westeurope",
                "properties": {
                    "reservedResourceType": "VirtualMachines",
                    "billingScopeId": format!("/subscriptions/{SUBSCRIPTION}"),
                    "term": "P3Y",
                    "billingPlan": "Upfront",
                    "quantity": 2,
                    "displayName": "db-tier",
                    "appliedScopeType": "Shared",
                    "renew": false,
                },
            }],
        } })),
        beginning("/providers/Microsoft.Capacity/exchange", "exchange", begin)
            .summary(TAG, "Exchange reservations")
            .describe("Carries out what calculateExchange said: all of it or nothing. Repeated with the same session it changes nothing. The example works after that of calculateExchange.")
            .source(Fidelity::Recorded, "azure-reservations.md#72-post-providersmicrosoftcapacityexchange")
            .takes::<ExchangeBody>()
            .faults(&[WRONG_STATE, ORDER_NOT_FOUND, NOT_IN_ORDER])
            .example_after("calculateExchange")
            .example_body(json!({ "properties": { "sessionId": CALCULATED } })),
    ]
}

/// An exchange to calculate.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = CalculateExchangeRequest)]
struct CalculateExchangeRequest {
    /// What to exchange.
    properties: Option<CalculateExchangeProperties>,
}

/// What to exchange.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CalculateExchangeRequestProperties)]
struct CalculateExchangeProperties {
    /// What is given back.
    reservations_to_exchange: Option<Vec<ReservationToReturn>>,
    /// What is bought.
    reservations_to_purchase: Option<Vec<PurchaseRequest>>,
    /// Savings plans to buy: none are sold here, the rules refuse them.
    #[schema(value_type = Option<Vec<Object>>)]
    savings_plans_to_purchase: Option<Vec<IgnoredAny>>,
}

/// An exchange to carry out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ExchangeRequest)]
struct ExchangeBody {
    /// Which one.
    properties: Option<ExchangeProperties>,
}

/// An exchange to carry out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExchangeRequestProperties)]
struct ExchangeProperties {
    /// The session that calculateExchange gave.
    session_id: Option<String>,
}

/// The order of a reservation that is named without it.
fn order_of(state: &State, id: ReservationId) -> Result<ReservationOrderId, ArmFault> {
    // Every reservation has a first revision, which knows its order.
    let first = state.revisions_of(id).next().map(|row| row.order);
    first.ok_or_else(|| {
        let text = format!("there is no reservation {id}; name it by its resource id");
        ArmFault::new(NOT_IN_ORDER, text)
    })
}

fn read(
    caller: &Caller,
    state: &State,
    body: CalculateExchangeProperties,
) -> Result<ExchangeRequest, ArmFault> {
    let mut returns = Vec::new();
    for (at, item) in body.reservations_to_exchange.iter().flatten().enumerate() {
        let (order, reservation, quantity) =
            item.read(&format!("properties.reservationsToExchange[{at}]"))?;
        let order = order.map_or_else(|| order_of(state, reservation), Ok)?;
        returns.push(ExchangeReturn { order, reservation, quantity });
    }
    let Some(first) = returns.first() else {
        let field = "properties.reservationsToExchange";
        return Err(ArmFault::invalid(field, "is required: the reservations that are given back"));
    };
    let directory = find_order(state, caller.directory, first.order)?.directory;
    for item in &returns {
        find_order(state, caller.directory, item.order)?;
        check_owner(caller, state, item.order)?;
    }
    let mut purchases = Vec::new();
    for (at, item) in body.reservations_to_purchase.iter().flatten().enumerate() {
        let at = format!("properties.reservationsToPurchase[{at}].");
        let wanted = item.read(&at, directory)?;
        check_buyer(caller, state, directory, &wanted)?;
        purchases.push(wanted);
    }
    let savings_plans = body.savings_plans_to_purchase.map_or(0, |all| all.len());
    if purchases.is_empty() && savings_plans == 0 {
        let field = "properties.reservationsToPurchase";
        return Err(ArmFault::invalid(field, "is required: what is bought instead"));
    }
    Ok(ExchangeRequest { returns, purchases, savings_plans })
}

fn calculate(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let properties = call.body::<CalculateExchangeRequest>()?.properties.unwrap_or_default();
    let request = read(&caller, &call.view().state, properties)?;
    let owner = caller.principal(call);
    let made = call.write(|tx| calculate_exchange(tx, caller.directory, &request, owner))?;
    Ok(accepted(call, made.calculation))
}

fn begin(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let properties = call.body::<ExchangeBody>()?.properties.unwrap_or_default();
    let session = session_id(properties.session_id.as_ref(), "calculateExchange")?;
    let id = OperationId(session.0);
    let state = &call.view().state;
    if let Ok(found) = find_exchange(state, caller.directory, id) {
        for item in &found.priced.returns {
            check_owner(&caller, state, item.order)?;
        }
    }
    call.write(|tx| exchange(tx, caller.directory, id))?;
    Ok(accepted(call, id))
}

/// 202 with both links to where the result will be.
fn accepted(call: &Call<'_>, id: OperationId) -> Reply {
    let path = format!("/providers/Microsoft.Capacity/operationResults/{id}");
    long_running::accepted(call, Some(id), &path)
}
