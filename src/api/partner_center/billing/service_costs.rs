//! What a customer cost in a month: sum and lines
//! (contract: partner-center-billing.md, operations; the members are those of client models).

use actix_web::http::Method;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::invoice::day;
use super::one_time_item::{charge_type, days, reseller};
use super::words::cost_period;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::examples::CUSTOMER;
use crate::api::partner_center::fault::{Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM};
use crate::api::partner_center::resource::{Attributes, Collection, Link};
use crate::api::reply::Reply;
use crate::api::wire::{Amount, Timestamp};
use crate::domain::billing::{CostPeriod, Costs, costs_of, symbol};
use crate::domain::ids::CustomerId;
use crate::domain::ledger::LedgerEntry;
use crate::domain::state::State;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |path, id, handler: fn(&Call<'_>) -> Result<Reply, Fault>| {
        Operation::new(Surface::PartnerCenter, Method::GET, path, id, handler)
            .describe(
                "`billing_period` is `mostrecent`, the month of the partner's last invoices, or \
                 `current`, the running month. Corrections of invoices are left out.",
            )
            .auth(Auth::UserOnly)
            .source(Fidelity::Inferred, "partner-center-billing.md#operations")
            .faults(&[NOT_FOUND, code(20002, 403), INVALID_INPUT, UNKNOWN_ENUM])
            .example("customer_id", CUSTOMER)
            .example("billing_period", "mostrecent")
    };
    let sum = "/v1/customers/{customer_id}/servicecosts/{billing_period}";
    let lines = "/v1/customers/{customer_id}/servicecosts/{billing_period}/lineitems";
    vec![
        operation(sum, "getServiceCosts", summary)
            .summary("Billing", "Get what a customer cost")
            .gives::<ServiceCostsSummary>(200, "The sum."),
        operation(lines, "getServiceCostLineItems", line_items)
            .summary("Billing", "List what a customer cost")
            .gives::<Collection<ServiceCostLineItem>>(200, "The lines."),
    ]
}

/// What a customer cost in a month.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceCostsSummary {
    /// First day of the month.
    billing_start_date: Timestamp,
    /// Last day of the month.
    billing_end_date: Timestamp,
    /// The sum.
    pretax_total: Amount,
    /// Always 0: taxes are not modelled.
    tax: Amount,
    /// The sum with taxes.
    after_tax_total: Amount,
    /// Currency code.
    #[schema(example = "USD")]
    currency_code: String,
    /// Currency symbol.
    #[schema(example = "$")]
    currency_symbol: String,
    /// Tenant id of the customer.
    customer_id: String,
    /// Links.
    links: ServiceCostsLinks,
    /// Attributes.
    attributes: Attributes,
}

/// Links of a sum of service costs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceCostsLinks {
    /// Its lines.
    service_cost_line_items: Link,
    /// The sum.
    #[serde(rename = "self")]
    self_link: Link,
}

/// A line of what a customer cost.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceCostLineItem {
    /// First day that is paid for or given back.
    start_date: Timestamp,
    /// Last such day.
    end_date: Timestamp,
    /// Name of the subscription, or of what was bought.
    subscription_friendly_name: String,
    /// The subscription; empty for what has none.
    subscription_id: String,
    /// The order.
    order_id: String,
    /// What was bought.
    offer_id: String,
    /// Its name.
    offer_name: String,
    /// MPN id of the reseller of record; empty without one.
    #[serde(rename = "resellerMPNId")]
    reseller_mpn_id: String,
    /// As on lines of invoices.
    #[schema(example = "New")]
    charge_type: &'static str,
    /// How many.
    quantity: u32,
    /// Price of one unit.
    unit_price: Amount,
    /// The amount.
    pretax_total: Amount,
    /// Always 0: taxes are not modelled.
    tax: Amount,
    /// The amount with taxes.
    after_tax_total: Amount,
    /// Currency code.
    currency_code: String,
    /// Currency symbol.
    currency_symbol: String,
    /// Tenant id of the customer.
    customer_id: String,
    /// Attributes.
    attributes: Attributes,
}

fn asked(
    call: &Call<'_>,
    state: &State,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(CustomerId, CostPeriod, Costs), Fault> {
    let customer: CustomerId = call.path("customer_id")?;
    state.customer(customer)?;
    let period = cost_period(call.path_text("billing_period"))?;
    Ok((customer, period, costs_of(state, customer, period, now)?))
}

fn word(period: CostPeriod) -> &'static str {
    match period {
        CostPeriod::MostRecent => "MostRecent",
        CostPeriod::Current => "Current",
    }
}

fn summary(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let (customer, period, costs) = asked(call, &view.state, view.now)?;
    let total =
        costs.entries.iter().fold(Decimal::ZERO, |sum, row| sum.saturating_add(row.entry.amount));
    let uri = format!("/customers/{customer}/servicecosts/{}", word(period));
    Ok(Reply::ok(&ServiceCostsSummary {
        billing_start_date: Timestamp(day(costs.month.first_day())),
        billing_end_date: Timestamp(day(costs.month.last_day())),
        pretax_total: Amount(total),
        tax: Amount(Decimal::ZERO),
        after_tax_total: Amount(total),
        currency_symbol: symbol(&view.state, &costs.currency),
        currency_code: costs.currency,
        customer_id: customer.to_string(),
        links: ServiceCostsLinks {
            service_cost_line_items: Link::get(format!("{uri}/lineitems")),
            self_link: Link::get(uri),
        },
        attributes: Attributes::of("ServiceCostsSummary"),
    }))
}

fn line_items(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let (customer, period, costs) = asked(call, &view.state, view.now)?;
    let symbol = symbol(&view.state, &costs.currency);
    let items: Vec<_> =
        costs.entries.iter().map(|row| ServiceCostLineItem::of(row, &symbol)).collect();
    let uri = format!("/customers/{customer}/servicecosts/{}/lineitems", word(period));
    Ok(Reply::ok(&Collection::of(items).at(uri)))
}

impl ServiceCostLineItem {
    fn of(row: &LedgerEntry, symbol: &str) -> Self {
        let entry = &row.entry;
        let line = row.line();
        let subscription = row.voucher.subscription.as_ref();
        let (start_date, end_date) = days(row);
        let bought = || line.map(|it| it.friendly_name.clone()).unwrap_or_default();
        Self {
            start_date,
            end_date,
            subscription_friendly_name: subscription
                .map_or_else(bought, |it| it.friendly_name.clone()),
            subscription_id: subscription.map(|it| it.id.to_string()).unwrap_or_default(),
            order_id: entry.order.to_string(),
            offer_id: line.map(|it| it.offer_id.clone()).unwrap_or_default(),
            offer_name: line.map(|it| it.title.clone()).unwrap_or_default(),
            reseller_mpn_id: reseller(row).map(|id| id.to_string()).unwrap_or_default(),
            charge_type: charge_type(row),
            quantity: entry.quantity,
            unit_price: Amount(entry.unit_price),
            pretax_total: Amount(entry.amount),
            tax: Amount(Decimal::ZERO),
            after_tax_total: Amount(entry.amount),
            currency_code: entry.currency.clone(),
            currency_symbol: symbol.to_owned(),
            customer_id: entry.customer.to_string(),
            attributes: Attributes::of("ServiceCostLineItem"),
        }
    }
}
