//! Orders and reservations on the wire (contract: azure-reservations.md §1.3).

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::azure::billing::ACCOUNT;
use crate::api::wire::{Amount, Timestamp};
use crate::domain::ids::{ReservationId, ReservationOrderId};
use crate::domain::reservations::{ReservationOrder, ReservationState, round};
use crate::domain::settings::{PurchaseStates, Transition};
use crate::domain::state::State;

/// An amount with its currency.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Price)]
pub struct PriceBody {
    /// ISO 4217 currency.
    #[schema(example = "USD")]
    pub currency_code: String,
    /// Amount.
    pub amount: Amount,
}

impl PriceBody {
    /// An amount in a currency.
    pub fn new(currency: &str, amount: Decimal) -> Self {
        Self { currency_code: currency.to_owned(), amount: Amount(amount) }
    }

    /// An amount in US dollars, in which Azure prices.
    pub fn usd(amount: Decimal) -> Self {
        Self::new("USD", amount)
    }
}

/// The id of an order as its own body writes it.
pub fn order_path(order: ReservationOrderId) -> String {
    format!("/providers/microsoft.capacity/reservationOrders/{order}")
}

/// The id of a reservation as its own body writes it.
pub fn reservation_path(order: ReservationOrderId, reservation: ReservationId) -> String {
    format!("/providers/microsoft.capacity/reservationOrders/{order}/reservations/{reservation}")
}

/// Day on the wire.
pub fn day(moment: DateTime<Utc>) -> String {
    date(moment.date_naive())
}

/// Day on the wire.
pub fn date(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

/// A reservation order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReservationOrderResponse)]
pub struct OrderBody {
    /// Resource id.
    id: String,
    /// Always `microsoft.capacity/reservationOrders`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Id of the order.
    name: String,
    /// Counts its changes.
    etag: u32,
    /// What it is.
    properties: OrderProperties,
}

/// What a reservation order is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReservationOrderProperties)]
pub struct OrderProperties {
    /// Name.
    display_name: String,
    /// When it was asked for.
    request_date_time: Timestamp,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_date_time: Option<Timestamp>,
    /// When it took effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    benefit_start_time: Option<Timestamp>,
    /// Day it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_date: Option<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_date_time: Option<Timestamp>,
    /// Quantity bought.
    original_quantity: u32,
    /// Term.
    #[schema(example = "P1Y")]
    term: &'static str,
    /// How far it is.
    #[schema(example = "Succeeded")]
    provisioning_state: &'static str,
    /// How it is paid.
    #[schema(example = "Upfront")]
    billing_plan: &'static str,
    /// When to review it.
    #[serde(skip_serializing_if = "Option::is_none")]
    review_date_time: Option<Timestamp>,
    /// What is paid when; with `$expand=schedule`.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_information: Option<PlanInformation>,
    /// Its reservations.
    reservations: Vec<ReservationReference>,
}

/// A reservation of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReservationReference)]
pub struct ReservationReference {
    /// Resource id.
    id: String,
}

/// What is paid when.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReservationOrderBillingPlanInformation)]
pub struct PlanInformation {
    /// Price of the whole term in US dollars.
    pricing_currency_total: PriceBody,
    /// First day of the term.
    start_date: String,
    /// Day of the next payment; absent when all is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_payment_due_date: Option<String>,
    /// The payments.
    transactions: Vec<PaymentBody>,
}

/// A payment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentDetail)]
pub struct PaymentBody {
    /// Day it is due.
    pub due_date: String,
    /// Day it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_date: Option<String>,
    /// Amount in US dollars.
    pub pricing_currency_total: PriceBody,
    /// Amount in the currency of the bill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_currency_total: Option<PriceBody>,
    /// Account that was billed, once it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "partner")]
    pub billing_account: Option<&'static str>,
    /// `Succeeded`, `Scheduled` or `Cancelled`.
    #[schema(example = "Scheduled")]
    pub status: &'static str,
}

/// What an order passes through on its way, in the order of the specification.
const LONG_WAY: [&str; 6] = [
    "Creating",
    "PendingResourceHold",
    "ConfirmedResourceHold",
    "PendingBilling",
    "ConfirmedBilling",
    "Created",
];

/// Provisioning state of an order. After the answer to the purchase itself the service shows an order
/// that is on its way as waiting for capacity.
fn order_state(state: &State, order: &ReservationOrder, now: DateTime<Utc>) -> &'static str {
    match order.state {
        ReservationState::Succeeded if order.returns_under_way > 0 => "Pending",
        ReservationState::Creating => match state.settings.purchase_states {
            PurchaseStates::Short => "PendingCapacity",
            PurchaseStates::Long => long_way(state, order, now),
        },
        state => state.name(),
    }
}

/// The state by the part of the way that is done.
fn long_way(state: &State, order: &ReservationOrder, now: DateTime<Utc>) -> &'static str {
    let delay = state.settings.delay(Transition::OrderProvisioning);
    let due = delay.due(order.requested);
    let whole = (due - order.requested).num_milliseconds().max(1);
    let done = (now - order.requested).num_milliseconds().clamp(0, whole);
    let count = i64::try_from(LONG_WAY.len()).unwrap_or(1);
    let step = usize::try_from(done.saturating_mul(count) / whole).unwrap_or(0);
    LONG_WAY[step.min(LONG_WAY.len() - 1)]
}

/// What is paid by one payment of an order: by reservations that pay it, or would have paid it. What
/// was split or merged pays as what it became.
struct Due {
    day: NaiveDate,
    paid: Decimal,
    scheduled: Decimal,
    dropped: Decimal,
}

fn dues(state: &State, order: &ReservationOrder, today: NaiveDate) -> Vec<Due> {
    let mut dues: Vec<Due> = Vec::new();
    let last = state
        .reservations_of(order.customer, order.id)
        .filter(|row| row.lineage.split_into.is_empty() && row.lineage.merged_into.is_none());
    for row in last {
        let until = row.cancelled.map_or(today, |moment| moment.date_naive().min(today));
        for (at, payment) in row.schedule.payments().iter().enumerate() {
            if dues.len() == at {
                let none = Decimal::ZERO;
                dues.push(Due { day: payment.due, paid: none, scheduled: none, dropped: none });
            }
            let due = &mut dues[at];
            if payment.due <= until {
                due.paid += payment.amount;
            } else if row.cancelled.is_none() {
                due.scheduled += payment.amount;
            } else {
                due.dropped += payment.amount;
            }
        }
    }
    dues
}

impl OrderBody {
    /// An order; `payments` says whether its payments are asked for.
    pub fn of(
        state: &State,
        order: &ReservationOrder,
        now: DateTime<Utc>,
        with_payments: bool,
    ) -> Self {
        let reservations = state
            .reservations_of(order.customer, order.id)
            .map(|row| ReservationReference {
                id: format!(
                    "/providers/Microsoft.Capacity/reservationOrders/{}/reservations/{}",
                    order.id, row.id
                ),
            })
            .collect();
        Self {
            id: order_path(order.id),
            kind: "microsoft.capacity/reservationOrders",
            name: order.id.to_string(),
            etag: order.etag,
            properties: OrderProperties {
                display_name: order.display_name.clone(),
                request_date_time: Timestamp(order.requested),
                created_date_time: order.benefit_start.map(Timestamp),
                benefit_start_time: order.benefit_start.map(Timestamp),
                expiry_date: order.expiry.map(day),
                expiry_date_time: order.expiry.map(Timestamp),
                original_quantity: order.original_quantity,
                term: order.term.iso(),
                provisioning_state: order_state(state, order, now),
                billing_plan: order.plan.name(),
                review_date_time: order.review.map(Timestamp),
                plan_information: with_payments
                    .then(|| PlanInformation::of(state, order, now))
                    .flatten(),
                reservations,
            },
        }
    }

    /// The same as the purchase itself answers it: just begun.
    #[must_use]
    pub fn just_begun(mut self) -> Self {
        if self.properties.provisioning_state == "PendingCapacity" {
            self.properties.provisioning_state = "Creating";
        }
        self
    }
}

impl PlanInformation {
    /// The payments of an order at `now`; none before it took effect. Those of what was given back fall
    /// away (contract: reservation-business-rules.md §2).
    fn of(state: &State, order: &ReservationOrder, now: DateTime<Utc>) -> Option<Self> {
        let start = order.benefit_start?.date_naive();
        let dues = dues(state, order, now.date_naive());
        let next = dues.iter().find(|due| !due.scheduled.is_zero()).map(|due| date(due.day));
        let usd = order.usd_unit_price * Decimal::from(order.original_quantity);
        Some(Self {
            pricing_currency_total: PriceBody::usd(usd),
            start_date: date(start),
            next_payment_due_date: next,
            transactions: dues.iter().map(|due| PaymentBody::of(order, due)).collect(),
        })
    }
}

impl PaymentBody {
    fn of(order: &ReservationOrder, due: &Due) -> Self {
        let (amount, status) = match (due.paid.is_zero(), due.scheduled.is_zero()) {
            (false, _) => (due.paid, "Succeeded"),
            (true, false) => (due.scheduled, "Scheduled"),
            (true, true) => (due.dropped, "Cancelled"),
        };
        let paid = status == "Succeeded";
        let usd = match order.unit_price {
            price if price.is_zero() => Decimal::ZERO,
            price => round(amount * order.usd_unit_price / price, 2),
        };
        Self {
            due_date: date(due.day),
            payment_date: paid.then(|| date(due.day)),
            pricing_currency_total: PriceBody::usd(usd),
            billing_currency_total: paid.then(|| PriceBody::new(&order.currency, amount)),
            billing_account: paid.then_some(ACCOUNT),
            status,
        }
    }
}
