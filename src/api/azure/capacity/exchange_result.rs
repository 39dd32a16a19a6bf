//! What an exchange, or its calculation, came to (contract: azure-reservations.md §7.1, §7.2).

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::bodies::{PriceBody, order_path, reservation_path};
use super::purchase_request::PurchaseRequest;
use crate::api::azure::error::{ArmFault, BAD_REQUEST, ErrorDetail};
use crate::domain::reservations::{
    Exchange, ExchangeStage, PricedExchange, PricedPurchase, PricedReturn,
};

/// The amounts of an exchange.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExchangeResponseProperties)]
pub(super) struct ExchangeResult {
    /// Session to exchange by; absent where the rules stand against the exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    /// What has to be paid on top.
    net_payable: PriceBody,
    /// Refunds and cancelled commitments of what is given back.
    refunds_total: PriceBody,
    /// Lifetime prices of what is bought.
    purchases_total: PriceBody,
    /// What is bought.
    reservations_to_purchase: Vec<PurchaseItem>,
    /// Always empty.
    #[schema(value_type = Vec<Object>)]
    savings_plans_to_purchase: [(); 0],
    /// What is given back.
    reservations_to_exchange: Vec<ReturnItem>,
    /// What the rules say.
    policy_result: ExchangePolicyResult,
}

/// What is bought.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReservationToPurchaseExchange)]
struct PurchaseItem {
    /// Resource id of the order, once it is bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    reservation_order_id: Option<String>,
    /// Resource id of the reservation, once it is bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    reservation_id: Option<String>,
    /// What was asked for.
    properties: PurchaseRequest,
    /// Price of the whole term.
    billing_currency_total: PriceBody,
    /// How far it is: `Pending`, `Succeeded` or `Failed`; in an exchange only.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
}

/// What is given back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReservationToReturnForExchange)]
struct ReturnItem {
    /// Resource id.
    reservation_id: String,
    /// How much of it.
    quantity: u32,
    /// What is given back for it.
    billing_refund_amount: PriceBody,
    /// What the amount is made from.
    billing_information: ReturnBilling,
    /// How far it is: `Pending`, `Succeeded` or `Failed`; in an exchange only.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
}

/// What an amount is made from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BillingInformation)]
#[allow(clippy::struct_field_names, reason = "the names on the wire")]
struct ReturnBilling {
    /// Paid so far for the whole reservation.
    billing_currency_total_paid_amount: PriceBody,
    /// What stays paid.
    billing_currency_prorated_amount: PriceBody,
    /// Payments to come that fall away.
    billing_currency_remaining_commitment_amount: PriceBody,
}

/// What the rules say.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExchangePolicyErrors)]
struct ExchangePolicyResult {
    /// Why it is refused; null when it is not.
    policy_errors: Option<Vec<ExchangePolicyErrorBody>>,
}

/// Why it is refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExchangePolicyError)]
struct ExchangePolicyErrorBody {
    /// Code.
    #[schema(example = "ExchangeValueTooLow")]
    code: &'static str,
    /// What exactly stands against it.
    message: String,
}

/// Status, amounts and error of an operation.
pub(super) type Answer = (&'static str, Option<ExchangeResult>, Option<ErrorDetail>);

/// What the calculation of an exchange shows at `now`.
pub(super) fn calculation(exchange: &Exchange, now: DateTime<Utc>) -> Answer {
    if now < exchange.ready {
        return ("Pending", None, None);
    }
    let priced = &exchange.priced;
    let Some(first) = priced.errors.first() else {
        let result = ExchangeResult::of(priced, None);
        let session_id = Some(exchange.id.to_string());
        return ("Succeeded", Some(ExchangeResult { session_id, ..result }), None);
    };
    let error = ArmFault::new(BAD_REQUEST, format!("{}: {first}", first.code())).detail();
    ("Failed", Some(ExchangeResult::of(priced, None)), Some(error))
}

/// What an exchange shows at `now`: refunds first, then purchases, then the end; none where nobody
/// has asked for it yet.
pub(super) fn execution(exchange: &Exchange, now: DateTime<Utc>) -> Option<Answer> {
    let result = |status| {
        let session_id = Some(exchange.id.to_string());
        Some(ExchangeResult { session_id, ..ExchangeResult::of(&exchange.priced, Some(status)) })
    };
    Some(match &exchange.stage {
        ExchangeStage::Calculated => return None,
        ExchangeStage::Running(begun, due) if now - *begun < (*due - *begun) / 2 => {
            ("PendingRefunds", None, None)
        }
        ExchangeStage::Running(..) => ("PendingPurchases", result("Pending"), None),
        ExchangeStage::Succeeded => ("Succeeded", result("Succeeded"), None),
        ExchangeStage::Failed(error) => {
            ("Failed", result("Failed"), Some(ArmFault::from(error.clone()).detail()))
        }
    })
}

impl ExchangeResult {
    fn of(priced: &PricedExchange, status: Option<&'static str>) -> Self {
        let price = |amount| PriceBody::new(&priced.currency, amount);
        let errors = priced.errors.iter().map(|error| ExchangePolicyErrorBody {
            code: error.code(),
            message: error.to_string(),
        });
        Self {
            session_id: None,
            net_payable: price(priced.net_payable()),
            refunds_total: price(priced.refunds_total()),
            purchases_total: price(priced.purchases_total()),
            reservations_to_purchase: priced
                .purchases
                .iter()
                .map(|item| PurchaseItem::of(item, &priced.currency, status))
                .collect(),
            savings_plans_to_purchase: [],
            reservations_to_exchange: priced
                .returns
                .iter()
                .map(|item| ReturnItem::of(item, &priced.currency, status))
                .collect(),
            policy_result: ExchangePolicyResult {
                policy_errors: (!priced.errors.is_empty()).then(|| errors.collect()),
            },
        }
    }
}

impl PurchaseItem {
    fn of(item: &PricedPurchase, currency: &str, status: Option<&'static str>) -> Self {
        Self {
            reservation_order_id: item.made.map(|(order, _)| order_path(order)),
            reservation_id: item.made.map(|(order, made)| reservation_path(order, made)),
            properties: PurchaseRequest::of(&item.wanted),
            billing_currency_total: PriceBody::new(currency, item.total),
            status,
        }
    }
}

impl ReturnItem {
    fn of(item: &PricedReturn, currency: &str, status: Option<&'static str>) -> Self {
        let price = |amount| PriceBody::new(currency, amount);
        Self {
            reservation_id: format!(
                "/providers/Microsoft.Capacity/reservationOrders/{}/reservations/{}",
                item.order, item.reservation
            ),
            quantity: item.quantity,
            billing_refund_amount: price(item.amounts.refund()),
            billing_information: ReturnBilling {
                billing_currency_total_paid_amount: price(item.amounts.paid),
                billing_currency_prorated_amount: price(item.amounts.kept()),
                billing_currency_remaining_commitment_amount: price(item.amounts.remaining),
            },
            status,
        }
    }
}
