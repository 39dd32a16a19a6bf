//! Placing an order, alone or as part of a checkout, and fulfilling it.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{LineStatus, Order, OrderLine, OrderStatus, TransactionKind};
use crate::domain::agreements::customer_agreement_stands;
use crate::domain::audit;
use crate::domain::billing;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::catalogue::{ProductKind, SoftwareLicensing};
use crate::domain::customers::Customer;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CustomerId, Draw, OrderId};
use crate::domain::partner::PartnerKind;
use crate::domain::purchase::{
    LineRequest, PricedLine, PurchaseFault, check_limits, group_of, judge,
};
use crate::domain::reservations;
use crate::domain::settings::Transition;
use crate::domain::spending;
use crate::domain::subscriptions::{self, Subscription, SubscriptionKind};
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;

/// An order as it is asked for.
#[derive(Debug, Clone, Default)]
pub struct NewOrder {
    /// How to bill it; unknown leaves it to the lines.
    pub billing_cycle: BillingCycle,
    /// Currency of all lines.
    pub currency: Option<String>,
    /// Lines.
    pub lines: Vec<LineRequest>,
    /// Whether the partner attests to the partner of record.
    pub partner_attestation: Option<bool>,
}

/// Most lines an order or a cart takes.
pub const MOST_LINES: usize = 200;

/// Places an order of one group of lines. What a cart would note on a line refuses the order.
pub fn place(tx: &mut Transaction, customer: CustomerId, new: NewOrder) -> Result<OrderId> {
    let customer = Arc::clone(tx.customer(customer)?);
    if new.lines.is_empty() || new.lines.len() > MOST_LINES {
        return Err(Error::invalid("lineItems", format!("must hold 1 to {MOST_LINES} lines")));
    }
    let count = new.lines.len();
    let mut numbers: Vec<i64> = new.lines.iter().map(|line| line.number).collect();
    numbers.sort_unstable();
    if !numbers.iter().copied().eq(0..i64::try_from(count).unwrap_or(i64::MAX)) {
        return Err(Error::LineItemNumbers(count - 1));
    }
    let mut requests = new.lines;
    requests.sort_by_key(|line| line.number);
    let mut lines = Vec::with_capacity(count);
    for mut request in requests {
        if request.billing_cycle == BillingCycle::Unknown {
            request.billing_cycle = new.billing_cycle;
        }
        request.currency = request.currency.or_else(|| new.currency.clone());
        let line = judge(tx, &customer, &request, tx.now())
            .map_err(|fault| Error::Purchase { line: request.number, fault })?;
        lines.push((request, line));
    }
    let first = group_of(&lines[0].1);
    if let Some((request, line)) = lines.iter().find(|(_, line)| group_of(line) != first) {
        let supported = lines[0].1.billing_cycle.as_str().to_owned();
        let given = line.billing_cycle.as_str();
        let fault = PurchaseFault::BillingCycleNotSupported {
            given,
            supported: format!("{supported} and the term of line 0, or order it apart"),
        };
        return Err(Error::Purchase { line: request.number, fault });
    }
    let by = TransactionKind::UserPurchase;
    place_group(tx, &customer, lines, new.partner_attestation, by)
}

/// Places an order of lines that have been judged and belong together.
pub fn place_group(
    tx: &mut Transaction,
    customer: &Customer,
    lines: Vec<(LineRequest, PricedLine)>,
    partner_attestation: Option<bool>,
    by: TransactionKind,
) -> Result<OrderId> {
    let Some((_, first)) = lines.first() else {
        return Err(Error::invalid("lineItems", "must not be empty"));
    };
    let is_legacy = !first.kind.is_modern();
    if !is_legacy && !customer_agreement_stands(tx, customer.id) {
        return Err(Error::CustomerAgreementMissing(customer.id));
    }
    let names_reseller = lines.iter().any(|(_, line)| line.partner_id_on_record.is_some());
    if tx.settings.require_partner_attestation
        && tx.partner.kind == PartnerKind::IndirectProvider
        && names_reseller
        && partner_attestation != Some(true)
    {
        return Err(Error::PartnerAttestationMissing);
    }
    if tx.settings.is_sandbox() {
        let priced: Vec<PricedLine> = lines.iter().map(|(_, line)| line.clone()).collect();
        check_limits(tx, customer.id, &priced)?;
    }

    if by == TransactionKind::UserPurchase {
        let price = |line: &PricedLine| line.unit_price.saturating_mul(line.quantity.into());
        let total = lines.iter().map(|(_, line)| price(line));
        let total = total.fold(Decimal::ZERO, Decimal::saturating_add);
        spending::check_cap(tx, total, &first.currency)?;
    }

    let now = tx.now();
    let id = if is_legacy {
        OrderId(Arc::from(tx.guid(Draw::Order).to_string()))
    } else {
        tx.ids.order()
    };
    let alternate_id = if is_legacy {
        id.to_string()
    } else {
        tx.ids.text(Draw::AlternateOrder, b"0123456789abcdef", 12)
    };
    let listed_from = tx.settings.delay(Transition::OrderListing).due(now);
    let mut order = Order {
        id: id.clone(),
        alternate_id,
        customer: customer.id,
        billing_cycle: first.billing_cycle,
        currency: first.currency.clone(),
        currency_symbol: first.currency_symbol.clone(),
        is_legacy,
        lines: Vec::with_capacity(lines.len()),
        created: now,
        listed_from,
        status: OrderStatus::Completed,
        transaction: by,
        partner_attestation,
    };
    let mut base = None;
    for (number, (request, mut line)) in (0..).zip(lines) {
        let joins_base = line.joins_base;
        if joins_base {
            line.parent = base;
        }
        let mut line = order_line(tx, customer.id, &id, number, request, line)?;
        line.reservation_order = reservations::begin(tx, customer.id, &id, &order.currency, &line)?;
        if !joins_base {
            base = line.subscription;
        }
        if line.is_pending() {
            order.status = OrderStatus::Pending;
        }
        order.lines.push(line);
    }
    if tx.settings.delay(Transition::OrderListing).is_held() {
        tx.schedule(Transition::OrderListing, Timer::ListOrder(customer.id, id.clone()));
    }
    if order.status == OrderStatus::Pending {
        tx.schedule(Transition::OrderProvisioning, Timer::FulfilOrder(customer.id, id.clone()));
    }
    let row = tx.orders.put((customer.id, id.clone()), order);
    audit::order_created(tx, row);
    billing::charge_lines(tx, customer.id, &id, 0)?;
    Ok(id)
}

/// Makes an order line and, where the item calls for one, its subscription.
pub(super) fn order_line(
    tx: &mut Transaction,
    customer: CustomerId,
    order: &OrderId,
    number: u32,
    request: LineRequest,
    line: PricedLine,
) -> Result<OrderLine> {
    let subscription = match subscription_kind(line.kind) {
        Some(kind) => Some(subscriptions::create(tx, customer, order, kind, &line)?),
        None => None,
    };
    if let (Some(id), Some(end)) = (subscription, line.custom_term_end) {
        let mut subscription = Subscription::clone(tx.subscription(customer, id)?);
        subscription.commitment_end = end;
        tx.subscriptions.put((customer, id), subscription);
    }
    let mut line = OrderLine {
        number,
        kind: line.kind,
        offer_id: line.catalog_item_id,
        product_id: line.product_id,
        sku_id: line.sku_id,
        availability_id: line.availability_id,
        title: line.title,
        friendly_name: line.friendly_name,
        quantity: line.quantity,
        ordered_quantity: line.quantity,
        term: line.term,
        unit_price: line.unit_price,
        decimals: line.decimals,
        subscription,
        parent: line.parent,
        partner_id_on_record: line.partner_id_on_record,
        additional_partner_ids_on_record: request.additional_partner_ids_on_record,
        provisioning_context: request.provisioning_context,
        reservation: line.reservation,
        reservation_order: None,
        status: LineStatus::Fulfilled,
        custom_term_end: line.custom_term_end,
        attestation_accepted: request.attestation_accepted,
        renews_to: request.renews_to,
    };
    if line.is_fulfilled_later() {
        line.status = LineStatus::PrefulfillmentPending;
    }
    Ok(line)
}

/// The subscription that an item makes, if any: reservations and perpetual software make none.
fn subscription_kind(kind: ProductKind) -> Option<SubscriptionKind> {
    match kind {
        ProductKind::AzureReservation(_) | ProductKind::Software(SoftwareLicensing::Perpetual) => {
            None
        }
        ProductKind::AzurePlan => Some(SubscriptionKind::AzurePlan),
        ProductKind::LegacyAzure => Some(SubscriptionKind::LegacyAzure),
        ProductKind::Software(_) => Some(SubscriptionKind::Software),
        ProductKind::License => Some(SubscriptionKind::License),
        ProductKind::Saas => Some(SubscriptionKind::Saas),
    }
}

/// Fulfils every line of an order that waits for it.
pub fn fulfil(tx: &mut Transaction, customer: CustomerId, id: &OrderId) -> Result<()> {
    let mut order = Order::clone(tx.order(customer, id)?);
    if order.status != OrderStatus::Pending {
        return Ok(());
    }
    let mut software = Vec::new();
    for line in &mut order.lines {
        if !line.is_pending() {
            continue;
        }
        if let Some(made) = line.reservation_order {
            reservations::take_effect(tx, made);
        }
        line.status = LineStatus::Fulfilled;
        if matches!(line.kind, ProductKind::Software(_)) {
            software.push(line.clone());
        }
    }
    order.status = OrderStatus::Completed;
    let order = tx.orders.put((customer, id.clone()), order);
    for line in &software {
        billing::charge_software(tx, &order, line);
    }
    Ok(())
}

/// Lets an order appear in lists.
pub fn list(tx: &mut Transaction, customer: CustomerId, id: &OrderId) -> Result<()> {
    let listed_from = tx.now();
    let order = Order { listed_from, ..Order::clone(tx.order(customer, id)?) };
    tx.orders.put((customer, id.clone()), order);
    Ok(())
}
