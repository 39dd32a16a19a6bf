//! Returning a reservation for a refund: calculateRefund and return
//! (contract: azure-reservations.md §6).

use actix_web::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::bodies::PriceBody;
use super::{ORDER, RESERVATION, TAG, on_order};
use crate::api::azure::caller::{Caller, order_id};
use crate::api::azure::error::{
    ArmFault, INVALID_REFUND_QUANTITY, INVALID_RESERVATION_ID, NO_SELF_SERVICE, NOT_IN_ORDER,
    REFUND_LIMIT_EXCEEDED, WRONG_STATE,
};
use crate::api::azure::{long_running, resource_id};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::ids::{ReservationId, ReservationOrderId, SessionId, parse_guid};
use crate::domain::reservations::{
    BillingPlan, RefundAmounts, RefundSession, ReservationOrder, ReturnRequest, calculate_refund,
    check_may_return, find_order, return_reservation,
};
use crate::domain::state::State;

/// The session that the example of a calculation gives in a default world.
const CALCULATED: &str = "774f6abf-8be6-46dc-a2f2-fb7862740e41";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let wanted = json!({
        "reservationId": format!("/providers/Microsoft.Capacity/reservationOrders/{ORDER}/reservations/{RESERVATION}"),
        "quantity": 2,
    });
    let faults = [INVALID_RESERVATION_ID, NOT_IN_ORDER, INVALID_REFUND_QUANTITY, WRONG_STATE];
    vec![
        on_order(
            Method::POST,
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/calculateRefund",
            "calculateRefund",
            calculate,
        )
        .summary(TAG, "Calculate the refund of a reservation or a part of it")
        .describe("The answer holds the session to return by, for 15 minutes. What the rules of refunds have against it is told in `policyErrors`, with status 200.")
        .source(Fidelity::Documented, "azure-reservations.md#61-post-reservationordersocalculaterefund")
        .takes::<CalculateRefundRequest>()
        .gives::<RefundBody>(200, "The refund.")
        .faults(&faults)
        .example_body(json!({
            "id": format!("/providers/Microsoft.Capacity/reservationOrders/{ORDER}"),
            "properties": { "scope": "Reservation", "reservationToReturn": wanted.clone() },
        })),
        on_order(
            Method::POST,
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/return",
            "returnReservation",
            give_back,
        )
        .summary(TAG, "Return a reservation or a part of it")
        .describe("Pays what calculateRefund said. Repeated with the same session it changes nothing. The example works after that of calculateRefund.")
        .source(Fidelity::Recorded, "azure-reservations.md#62-post-reservationordersoreturn")
        .takes::<ReturnBody>()
        .gives::<RefundBody>(202, "The refund, on its way.")
        .with_header("Location", "The order.")
        .with_header("Retry-After", "Seconds to wait.")
        .faults(&faults)
        .faults(&[REFUND_LIMIT_EXCEEDED, NO_SELF_SERVICE])
        .example_after("calculateRefund")
        .example_body(json!({ "properties": {
            "sessionId": CALCULATED,
            "scope": "Reservation",
            "reservationToReturn": wanted,
            "returnReason": "The machines are no longer needed.",
        } })),
    ]
}

/// A refund to calculate.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = CalculateRefundRequest)]
struct CalculateRefundRequest {
    /// Resource id of the order.
    id: Option<String>,
    /// What to return.
    properties: Option<CalculateRefundProperties>,
}

/// What to return.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CalculateRefundRequestProperties)]
struct CalculateRefundProperties {
    /// Always `Reservation`.
    #[schema(example = "Reservation")]
    scope: Option<String>,
    /// The reservation.
    reservation_to_return: Option<ReservationToReturn>,
}

/// A reservation, or a part of it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReservationToReturn)]
pub(super) struct ReservationToReturn {
    /// Resource id.
    pub reservation_id: Option<String>,
    /// How much of it.
    pub quantity: Option<i64>,
}

/// A return.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = RefundRequest)]
struct ReturnBody {
    /// What to return.
    properties: Option<ReturnProperties>,
}

/// What to return.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefundRequestProperties)]
struct ReturnProperties {
    /// The session that calculateRefund gave.
    session_id: Option<String>,
    /// Always `Reservation`.
    #[schema(example = "Reservation")]
    scope: Option<String>,
    /// The reservation.
    reservation_to_return: Option<ReservationToReturn>,
    /// Why.
    return_reason: Option<String>,
}

/// A calculated refund.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalculateRefundResponse)]
struct RefundBody {
    /// Resource id of the reservation.
    id: String,
    /// The refund.
    properties: RefundProperties,
}

/// A calculated refund.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefundResponseProperties)]
struct RefundProperties {
    /// Session to return by.
    session_id: String,
    /// How much is returned.
    quantity: u32,
    /// What is given back, the fee taken off, in the currency of the bill.
    billing_refund_amount: PriceBody,
    /// The same in US dollars.
    pricing_refund_amount: PriceBody,
    /// What the rules say.
    policy_result: PolicyResult,
    /// What the amounts are made from.
    billing_information: BillingInformation,
}

/// What the rules say.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefundPolicyResult)]
struct PolicyResult {
    /// What the rules say.
    properties: PolicyProperties,
}

/// What the rules say.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefundPolicyResultProperty)]
struct PolicyProperties {
    /// What was cancelled within the last 365 days before this, in US dollars.
    consumed_refunds_total: PriceBody,
    /// What may be cancelled within 365 days, in US dollars.
    max_refund_limit: PriceBody,
    /// Why it would be refused; empty when it would not.
    policy_errors: Vec<PolicyErrorBody>,
}

/// Why it would be refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefundPolicyError)]
struct PolicyErrorBody {
    /// Code.
    #[schema(example = "RefundLimitExceeded")]
    code: &'static str,
    /// What exactly stands against it.
    message: String,
}

/// What the amounts are made from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefundBillingInformation)]
struct BillingInformation {
    /// How the reservation is paid.
    #[schema(example = "Upfront")]
    billing_plan: &'static str,
    /// Payments made.
    completed_transactions: u32,
    /// Payments of the whole term.
    total_transactions: u32,
    /// Paid so far for the whole reservation.
    billing_currency_total_paid_amount: PriceBody,
    /// What stays paid.
    billing_currency_prorated_amount: PriceBody,
    /// Payments to come that fall away.
    billing_currency_remaining_commitment_amount: PriceBody,
}

impl BillingInformation {
    fn of(plan: BillingPlan, currency: &str, amounts: &RefundAmounts) -> Self {
        let price = |amount| PriceBody::new(currency, amount);
        Self {
            billing_plan: plan.name(),
            completed_transactions: amounts.completed_payments,
            total_transactions: amounts.payments,
            billing_currency_total_paid_amount: price(amounts.paid),
            billing_currency_prorated_amount: price(amounts.kept()),
            billing_currency_remaining_commitment_amount: price(amounts.remaining),
        }
    }
}

impl RefundBody {
    fn of(order: &ReservationOrder, session: &RefundSession) -> Self {
        let quote = &session.quote;
        let errors = quote.errors.iter();
        Self {
            id: format!(
                "/providers/Microsoft.Capacity/reservationOrders/{}/reservations/{}",
                quote.order, quote.reservation
            ),
            properties: RefundProperties {
                session_id: session.id.to_string(),
                quantity: quote.quantity,
                billing_refund_amount: PriceBody::new(&quote.currency, quote.amounts.refund()),
                pricing_refund_amount: PriceBody::usd(quote.refund_usd),
                policy_result: PolicyResult {
                    properties: PolicyProperties {
                        consumed_refunds_total: PriceBody::usd(quote.consumed_usd),
                        max_refund_limit: PriceBody::usd(quote.limit_usd),
                        policy_errors: errors
                            .map(|it| PolicyErrorBody { code: it.code(), message: it.to_string() })
                            .collect(),
                    },
                },
                billing_information: BillingInformation::of(
                    order.plan,
                    &quote.currency,
                    &quote.amounts,
                ),
            },
        }
    }
}

/// The caller must be able to give back what is in the order: its owner or a reservations
/// administrator (contract: azure-reservations.md §6.1).
pub(super) fn check_owner(
    caller: &Caller,
    state: &State,
    order: ReservationOrderId,
) -> Result<(), ArmFault> {
    let Some(tenant) = caller.directory else { return Ok(()) };
    Ok(check_may_return(state, &caller.access, tenant, order)?)
}

/// What is to be given back of an order. `at` is the path of the object in the body.
fn read(
    item: Option<&ReservationToReturn>,
    scope: Option<&String>,
    order: ReservationOrderId,
) -> Result<(ReservationId, i64), ArmFault> {
    if let Some(scope) = scope
        && !scope.eq_ignore_ascii_case("Reservation")
    {
        return Err(ArmFault::unknown_word("properties.scope", scope, "Reservation"));
    }
    let at = "properties.reservationToReturn";
    let item =
        item.ok_or_else(|| ArmFault::invalid(at, "is required: a reservationId and a quantity"))?;
    let (named, reservation, quantity) = item.read(at)?;
    if named.is_some_and(|named| named != order) {
        let reason = "is of another order than the one in the path";
        return Err(ArmFault::invalid(&format!("{at}.reservationId"), reason));
    }
    Ok((reservation, quantity))
}

impl ReservationToReturn {
    /// What it names, with its order where the id tells it.
    pub fn read(
        &self,
        at: &str,
    ) -> Result<(Option<ReservationOrderId>, ReservationId, i64), ArmFault> {
        let missing = |name: &str, what: &str| {
            ArmFault::invalid(&format!("{at}.{name}"), format!("is required: {what}"))
        };
        let id = self.reservation_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| missing("reservationId", "the resource id of a reservation"))?;
        let named = resource_id::reservation(id).map_err(ArmFault::id(INVALID_RESERVATION_ID))?;
        let quantity = self.quantity.ok_or_else(|| missing("quantity", "1 or more"))?;
        Ok((named.order, named.reservation, quantity))
    }
}

/// A session as clients send it.
pub(super) fn session_id(text: Option<&String>, step: &str) -> Result<SessionId, ArmFault> {
    const FIELD: &str = "properties.sessionId";
    let text = text.map(|text| text.trim()).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| {
        ArmFault::invalid(FIELD, format!("is required: the session that {step} answered"))
    })?;
    parse_guid(text).map(SessionId).map_err(|error| {
        let shown: String = text.chars().take(60).collect();
        ArmFault::invalid(FIELD, format!("`{shown}` {error}"))
    })
}

fn calculate(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let id = order_id(call)?;
    let state = &call.view().state;
    let order = std::sync::Arc::clone(find_order(state, caller.directory, id)?);
    check_owner(&caller, state, id)?;
    let request: CalculateRefundRequest = call.body()?;
    let properties = request.properties.unwrap_or_default();
    if let Some(named) = &request.id
        && resource_id::reservation_order(named)
            .map_err(ArmFault::id(super::super::error::INVALID_ORDER_ID))?
            != id
    {
        return Err(ArmFault::invalid("id", "is another order than the one in the path"));
    }
    let item = properties.reservation_to_return.as_ref();
    let (reservation, quantity) = read(item, properties.scope.as_ref(), id)?;
    let session = call.write(|tx| calculate_refund(tx, &order, reservation, quantity))?;
    Ok(Reply::ok(&RefundBody::of(&order, &session)))
}

fn give_back(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let id = order_id(call)?;
    let state = &call.view().state;
    let order = std::sync::Arc::clone(find_order(state, caller.directory, id)?);
    check_owner(&caller, state, id)?;
    let properties = call.body::<ReturnBody>()?.properties.unwrap_or_default();
    let session = session_id(properties.session_id.as_ref(), "calculateRefund")?;
    let item = properties.reservation_to_return.as_ref();
    let (reservation, quantity) = read(item, properties.scope.as_ref(), id)?;
    let reason = properties.return_reason;
    let session = call.write(|tx| {
        let order = ReservationOrder::clone(find_order(tx, caller.directory, id)?);
        return_reservation(tx, &order, ReturnRequest { session, reservation, quantity, reason })
    })?;
    let reply = Reply::json(StatusCode::ACCEPTED, &RefundBody::of(&order, &session));
    let location = format!("/providers/Microsoft.Capacity/reservationOrders/{id}");
    Ok(long_running::pointing(call, reply, None, &location))
}
