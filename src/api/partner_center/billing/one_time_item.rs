//! A line about something that is bought once: reservations, software, software as a service
//! (contract: partner-center-billing.md, `OneTimeInvoiceLineItem`).

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use utoipa::ToSchema;

use super::invoice::day;
use crate::api::partner_center::resource::Attributes;
use crate::api::wire::{Amount, Timestamp};
use crate::domain::billing::{Invoice, Month};
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::catalogue::Locale;
use crate::domain::ledger::{Cause, EntryKind, LedgerEntry};
use crate::domain::state::State;
use crate::domain::term::Term;

/// A line about something that is bought once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OneTimeInvoiceLineItem)]
pub struct OneTimeItem {
    /// Tenant id of the partner.
    partner_id: String,
    /// Tenant id of the customer.
    customer_id: String,
    /// Company name of the customer.
    customer_name: String,
    /// Domain of the customer.
    customer_domain_name: String,
    /// Country of the customer.
    customer_country: String,
    /// The invoice; empty while there is none.
    invoice_number: String,
    /// MPN id of the partner.
    mpn_id: String,
    /// MPN id of the reseller of record; 0 without one.
    reseller_mpn_id: i64,
    /// The order.
    order_id: String,
    /// When it was placed.
    order_date: Timestamp,
    /// Product.
    product_id: String,
    /// SKU.
    sku_id: String,
    /// Availability.
    availability_id: String,
    /// Name of the product.
    product_name: String,
    /// Name of the SKU.
    sku_name: String,
    /// `New`, `renewal`, `cycleFee`, `Cancel`, `earlyTerminationFee` or `adjustment`.
    #[schema(example = "New")]
    charge_type: &'static str,
    /// Price of one unit.
    unit_price: Amount,
    /// The amount by unit.
    effective_unit_price: Amount,
    /// Empty.
    unit_type: &'static str,
    /// How many.
    quantity: u32,
    /// The amount; below zero for what is given back.
    subtotal: Amount,
    /// Always 0: taxes are not modelled.
    tax_total: Amount,
    /// The amount with taxes.
    total_for_customer: Amount,
    /// Currency of the amounts.
    currency: String,
    /// Who publishes the product.
    publisher_name: String,
    /// Empty.
    publisher_id: &'static str,
    /// Name of the subscription; empty for what has none.
    subscription_description: String,
    /// The subscription; empty for what has none.
    subscription_id: String,
    /// When the subscription began.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_start_date: Option<Timestamp>,
    /// When its term ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_end_date: Option<Timestamp>,
    /// First day that is paid for or given back.
    charge_start_date: Timestamp,
    /// Last such day.
    charge_end_date: Timestamp,
    /// Term and how it is billed, in words.
    #[schema(example = "1 Year")]
    term_and_billing_cycle: String,
    /// Short id of the order.
    alternate_id: String,
    /// Why the amount is what it is: a JSON array as text; empty without a reason.
    price_adjustment_description: String,
    /// Empty.
    discount_details: &'static str,
    /// Currency of the prices.
    pricing_currency: String,
    /// Always 1: prices are in the currency of the invoice.
    #[serde(rename = "pcToBCExchangeRate")]
    exchange_rate: Amount,
    /// The last day of the month.
    #[serde(rename = "pcToBCExchangeRateDate")]
    exchange_rate_date: Timestamp,
    /// How many, below zero for what is given back.
    billable_quantity: i64,
    /// Empty.
    meter_description: &'static str,
    /// The reservation order; empty for what is none.
    reservation_order_id: String,
    /// `OneTime`, `Monthly`, `Annual` or `Triennial`.
    #[schema(example = "OneTime")]
    billing_frequency: &'static str,
    /// Always `billing_line_items`.
    #[schema(example = "billing_line_items")]
    invoice_line_item_type: &'static str,
    /// Always `one_time`.
    #[schema(example = "one_time")]
    billing_provider: &'static str,
    /// Attributes.
    attributes: Attributes,
}

/// What an entry is called (contract: partner-center-billing.md, enums; free words are [choice]).
pub(super) fn charge_type(row: &LedgerEntry) -> &'static str {
    match (row.entry.kind, row.entry.cause) {
        (_, Cause::Correction) => "adjustment",
        (EntryKind::Fee, _) => "earlyTerminationFee",
        (EntryKind::Credit, _) => "Cancel",
        (EntryKind::Charge, Cause::Instalment) => "cycleFee",
        (EntryKind::Charge, Cause::Renewal) => "renewal",
        (EntryKind::Charge, _) => "New",
    }
}

/// First and last day of what an entry is about.
pub(super) fn days(row: &LedgerEntry) -> (Timestamp, Timestamp) {
    let (start, end) = (row.entry.period.0.date_naive(), row.entry.period.1.date_naive());
    // A term ends on the day before the day on which the next one would begin.
    let last = end.pred_opt().unwrap_or(end).max(start);
    (Timestamp(day(start)), Timestamp(day(last)))
}

/// The amount of an entry by unit, without sign.
pub(super) fn by_unit(row: &LedgerEntry) -> Decimal {
    let quantity = Decimal::from(row.entry.quantity.max(1));
    (row.entry.amount.abs() / quantity)
        .round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero)
}

/// MPN id of the reseller of record as a number.
pub(super) fn reseller(row: &LedgerEntry) -> Option<i64> {
    let line = row.line()?;
    let subscription = row.voucher.subscription.as_ref();
    let named = match subscription {
        Some(subscription) => subscription.partner_id_on_record.as_ref(),
        None => line.partner_id_on_record.as_ref(),
    };
    named?.parse().ok()
}

/// How often what an entry is about is billed.
fn cycle(row: &LedgerEntry) -> BillingCycle {
    match (&row.voucher.subscription, &row.voucher.order) {
        (Some(subscription), _) => subscription.billing_cycle,
        (None, Some(order)) => order.billing_cycle,
        (None, None) => BillingCycle::OneTime,
    }
}

fn frequency(cycle: BillingCycle) -> &'static str {
    match cycle {
        BillingCycle::Monthly => "Monthly",
        BillingCycle::Annual => "Annual",
        BillingCycle::Triennial => "Triennial",
        BillingCycle::Biennial => "Biennial",
        BillingCycle::Unknown | BillingCycle::None | BillingCycle::OneTime => "OneTime",
    }
}

/// Term and billing cycle in words: the term alone where it is paid at once [choice].
fn term_words(term: Option<Term>, cycle: BillingCycle) -> String {
    let term = match term {
        Some(Term::P1M) => "1 Month",
        Some(Term::P1Y) => "1 Year",
        Some(Term::P3Y) => "3 Years",
        None => "",
    };
    match frequency(cycle) {
        "OneTime" if term.is_empty() => "OneTime".to_owned(),
        "OneTime" => term.to_owned(),
        frequency if term.is_empty() => frequency.to_owned(),
        frequency => format!("{term} {frequency}"),
    }
}

impl OneTimeItem {
    /// The line of an entry, on an invoice or on none yet.
    pub fn of(state: &State, row: &LedgerEntry, invoice: Option<&Invoice>) -> Self {
        let entry = &row.entry;
        let line = row.line();
        let (customer, order) = (row.voucher.customer.as_ref(), row.voucher.order.as_ref());
        let subscription = row.voucher.subscription.as_ref();
        let product = line.and_then(|line| state.catalogue.product(&line.product_id).ok());
        let month = invoice.map_or_else(|| Month::of(row.time), |invoice| invoice.month);
        let (charge_start_date, charge_end_date) = days(row);
        let quantity = i64::from(entry.quantity);
        let gives_back = entry.amount.is_sign_negative();
        let cycle = cycle(row);
        let reason = invoice.and_then(|invoice| invoice.reason.as_ref());
        Self {
            partner_id: state.partner.id.to_string(),
            customer_id: entry.customer.to_string(),
            customer_name: customer.map(|it| it.company_name.clone()).unwrap_or_default(),
            customer_domain_name: customer.map(|it| it.domain.clone()).unwrap_or_default(),
            customer_country: customer.map(|it| it.country().to_owned()).unwrap_or_default(),
            invoice_number: invoice.map(|it| it.id.to_string()).unwrap_or_default(),
            mpn_id: state.partner.mpn_id.clone(),
            reseller_mpn_id: reseller(row).unwrap_or(0),
            order_id: entry.order.to_string(),
            order_date: Timestamp(order.map_or(row.time, |order| order.created)),
            product_id: line.map(|it| it.product_id.clone()).unwrap_or_default(),
            sku_id: line.map(|it| it.sku_id.clone()).unwrap_or_default(),
            availability_id: line.map(|it| it.availability_id.clone()).unwrap_or_default(),
            product_name: product
                .map(|it| it.title(Locale::new("en-US")).to_owned())
                .unwrap_or_default(),
            sku_name: line.map(|it| it.title.clone()).unwrap_or_default(),
            charge_type: charge_type(row),
            unit_price: Amount(entry.unit_price),
            effective_unit_price: Amount(by_unit(row)),
            unit_type: "",
            quantity: entry.quantity,
            subtotal: Amount(entry.amount),
            tax_total: Amount(Decimal::ZERO),
            total_for_customer: Amount(entry.amount),
            currency: entry.currency.clone(),
            publisher_name: product.map(|it| it.publisher().to_owned()).unwrap_or_default(),
            publisher_id: "",
            subscription_description: subscription
                .map(|it| it.friendly_name.clone())
                .unwrap_or_default(),
            subscription_id: subscription.map(|it| it.id.to_string()).unwrap_or_default(),
            subscription_start_date: subscription.map(|it| Timestamp(it.effective_start)),
            subscription_end_date: subscription.map(|it| Timestamp(it.commitment_end)),
            charge_start_date,
            charge_end_date,
            term_and_billing_cycle: term_words(line.and_then(|line| line.term), cycle),
            alternate_id: order.map(|it| it.alternate_id.clone()).unwrap_or_default(),
            price_adjustment_description: reason
                .map(|reason| serde_json::json!([reason]).to_string())
                .unwrap_or_default(),
            discount_details: "",
            pricing_currency: entry.currency.clone(),
            exchange_rate: Amount(Decimal::ONE),
            exchange_rate_date: Timestamp(day(month.last_day())),
            billable_quantity: if gives_back { -quantity } else { quantity },
            meter_description: "",
            reservation_order_id: entry
                .reservation_order
                .map(|id| id.to_string())
                .unwrap_or_default(),
            billing_frequency: frequency(cycle),
            invoice_line_item_type: "billing_line_items",
            billing_provider: "one_time",
            attributes: Attributes::of("OneTimeInvoiceLineItem"),
        }
    }
}
