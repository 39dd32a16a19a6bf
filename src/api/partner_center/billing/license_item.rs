//! A line about licences that are billed by cycles
//! (contract: partner-center-billing.md, `LicenseBasedLineItem`).

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::one_time_item::{charge_type, days, reseller};
use crate::api::partner_center::resource::Attributes;
use crate::api::wire::{Amount, Timestamp};
use crate::domain::ledger::LedgerEntry;
use crate::domain::state::State;

/// A line about licences.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LicenseBasedLineItem)]
pub struct LicenseItem {
    /// Tenant id of the partner.
    partner_id: String,
    /// Tenant id of the customer.
    customer_id: String,
    /// Company name of the customer.
    customer_name: String,
    /// MPN id of the partner.
    mpn_id: i64,
    /// MPN id of the reseller of record; -1 without one.
    #[serde(rename = "tier2MpnId")]
    tier2_mpn_id: i64,
    /// The order.
    order_id: String,
    /// The subscription.
    subscription_id: String,
    /// Its name.
    subscription_name: String,
    /// What it is for.
    subscription_description: String,
    /// How it is billed.
    #[schema(example = "monthly")]
    billing_cycle_type: &'static str,
    /// Domain of the customer.
    domain_name: String,
    /// Empty.
    syndication_partner_subscription_number: &'static str,
    /// What was bought.
    offer_id: String,
    /// The product and SKU of it, which stay when availabilities change.
    durable_offer_id: String,
    /// Its name.
    offer_name: String,
    /// When the subscription began.
    subscription_start_date: Timestamp,
    /// When its term ends.
    subscription_end_date: Timestamp,
    /// First day that is paid for or given back.
    charge_start_date: Timestamp,
    /// Last such day.
    charge_end_date: Timestamp,
    /// `New`, `cycleFee`, `Cancel` or `adjustment`.
    #[schema(example = "cycleFee")]
    charge_type: &'static str,
    /// Price of one seat for a whole cycle.
    unit_price: Amount,
    /// Seats.
    quantity: u32,
    /// The amount; below zero for what is given back.
    amount: Amount,
    /// Always 0.
    total_other_discount: Amount,
    /// The amount after discounts.
    subtotal: Amount,
    /// Always 0: taxes are not modelled.
    tax: Amount,
    /// The amount with taxes.
    total_for_customer: Amount,
    /// Currency of the amounts.
    currency: String,
    /// Always `billing_line_items`.
    #[schema(example = "billing_line_items")]
    invoice_line_item_type: &'static str,
    /// Always `office`.
    #[schema(example = "office")]
    billing_provider: &'static str,
    /// Attributes.
    attributes: Attributes,
}

impl LicenseItem {
    /// The line of an entry.
    pub fn of(state: &State, row: &LedgerEntry) -> Self {
        let entry = &row.entry;
        let line = row.line();
        let customer = row.voucher.customer.as_ref();
        let subscription = row.voucher.subscription.as_ref();
        let (charge_start_date, charge_end_date) = days(row);
        let zero = Amount(Decimal::ZERO);
        let start = subscription.map_or(entry.period.0, |it| it.effective_start);
        let end = subscription.map_or(entry.period.1, |it| it.commitment_end);
        Self {
            partner_id: state.partner.id.to_string(),
            customer_id: entry.customer.to_string(),
            customer_name: customer.map(|it| it.company_name.clone()).unwrap_or_default(),
            mpn_id: state.partner.mpn_id.parse().unwrap_or(0),
            tier2_mpn_id: reseller(row).unwrap_or(-1),
            order_id: entry.order.to_string(),
            subscription_id: subscription.map(|it| it.id.to_string()).unwrap_or_default(),
            subscription_name: subscription.map(|it| it.friendly_name.clone()).unwrap_or_default(),
            subscription_description: line.map(|it| it.title.clone()).unwrap_or_default(),
            billing_cycle_type: subscription.map_or("none", |it| it.billing_cycle.as_str()),
            domain_name: customer.map(|it| it.domain.clone()).unwrap_or_default(),
            syndication_partner_subscription_number: "",
            offer_id: line.map(|it| it.offer_id.clone()).unwrap_or_default(),
            durable_offer_id: line
                .map(|it| format!("{}:{}", it.product_id, it.sku_id))
                .unwrap_or_default(),
            offer_name: subscription.map(|it| it.offer_name.clone()).unwrap_or_default(),
            subscription_start_date: Timestamp(start),
            subscription_end_date: Timestamp(end),
            charge_start_date,
            charge_end_date,
            charge_type: charge_type(row),
            unit_price: Amount(entry.unit_price),
            quantity: entry.quantity,
            amount: Amount(entry.amount),
            total_other_discount: zero,
            subtotal: Amount(entry.amount),
            tax: zero,
            total_for_customer: Amount(entry.amount),
            currency: entry.currency.clone(),
            invoice_line_item_type: "billing_line_items",
            billing_provider: "office",
            attributes: Attributes::of("LicenseBasedLineItem"),
        }
    }
}
