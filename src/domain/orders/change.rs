//! Changing an order: cancelling it or lines of it, buying an add-on, another billing cycle
//! (contract: partner-center-carts-orders.md §3, PATCH and cancellation matrix).

use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::place::order_line;
use super::{LineStatus, Order, OrderLine, OrderStatus};
use crate::domain::audit;
use crate::domain::billing;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::catalogue::ProductKind;
use crate::domain::customers::Customer;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CustomerId, OrderId};
use crate::domain::purchase::{LineRequest, PurchaseFault, check_limits, judge};
use crate::domain::reservations;
use crate::domain::subscriptions::{Subscription, SubscriptionKind, SubscriptionStatus};
use crate::domain::transaction::Transaction;

/// Days in which software can be cancelled.
const SOFTWARE_WINDOW_DAYS: i64 = 30;
/// Days after which a sandbox cancels no order any more [new].
const SANDBOX_WINDOW_DAYS: i64 = 60;

/// What is asked of an order. Clients send the whole order back; what differs is what they mean.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// Id in the body, when there is one.
    pub id: Option<String>,
    /// Whether the status is to become cancelled.
    pub cancel: bool,
    /// Billing cycle; unknown means unset.
    pub billing_cycle: BillingCycle,
    /// Lines.
    pub lines: Vec<LineRequest>,
}

/// Changes an order.
pub fn change(
    tx: &mut Transaction,
    customer: CustomerId,
    id: &OrderId,
    change: Change,
) -> Result<()> {
    let customer = Customer::clone(tx.customer(customer)?);
    let before = Arc::clone(tx.order(customer.id, id)?);
    apply(tx, &customer, Order::clone(&before), change)?;
    audit::order_changed(tx, &before);
    Ok(())
}

fn apply(tx: &mut Transaction, customer: &Customer, order: Order, change: Change) -> Result<()> {
    let id = &order.id;
    if let Some(in_body) = &change.id
        && !id.is_named_by(in_body)
    {
        return Err(Error::invalid("id", format!("must be {id} or absent")));
    }
    if change.cancel {
        return cancel(tx, order, &change.lines);
    }
    let additions: Vec<LineRequest> =
        change.lines.into_iter().filter(|line| !is_known(&order, line)).collect();
    if let Some(line) = additions.iter().find(|line| line.parent_subscription.is_none()) {
        let field = format!("lineItems[{}].parentSubscriptionId", line.number);
        return Err(Error::invalid(
            field,
            "is required: the line is not of this order, which takes nothing but add-ons",
        ));
    }
    let order = if additions.is_empty() { order } else { add(tx, customer, order, additions)? };
    if change.billing_cycle != BillingCycle::Unknown && change.billing_cycle != order.billing_cycle
    {
        return set_billing_cycle(tx, order, change.billing_cycle);
    }
    Ok(())
}

fn is_known(order: &Order, line: &LineRequest) -> bool {
    order.lines.iter().any(|known| {
        i64::from(known.number) == line.number
            && (line.catalog_item_id.is_empty()
                || known.offer_id.eq_ignore_ascii_case(&line.catalog_item_id))
    })
}

fn cancel(tx: &mut Transaction, mut order: Order, named: &[LineRequest]) -> Result<()> {
    let refuse = |why: &str| Error::OrderNotCancellable(order.id.clone(), why.to_owned());
    if order.status == OrderStatus::Cancelled {
        return Err(refuse("it is cancelled already"));
    }
    let mut chosen = Vec::new();
    for line in named {
        let number = u32::try_from(line.number).unwrap_or(u32::MAX);
        let known = order.lines.iter().find(|known| known.number == number);
        match known {
            None => return Err(Error::LineItemNumbers(order.lines.len().saturating_sub(1))),
            Some(known) if known.status == LineStatus::Unfulfilled => {
                return Err(refuse(&format!("line {number} is cancelled already")));
            }
            // Nothing is cancelled by mistake: a line that is named in full must be that line.
            Some(known)
                if !line.catalog_item_id.is_empty()
                    && !line.catalog_item_id.eq_ignore_ascii_case(&known.offer_id) =>
            {
                let field = format!("lineItems[{number}].offerId");
                return Err(Error::invalid(field, format!("must be {} or absent", known.offer_id)));
            }
            Some(_) if chosen.contains(&number) => {}
            Some(_) => chosen.push(number),
        }
    }
    if named.is_empty() {
        chosen = order
            .lines
            .iter()
            .filter(|line| line.status != LineStatus::Unfulfilled)
            .map(|line| line.number)
            .collect();
    }
    for number in &chosen {
        if let Some(line) = order.lines.iter().find(|line| line.number == *number) {
            check_cancellable(tx, &order, line)?;
        }
    }
    let fulfilled =
        |line: &&OrderLine| chosen.contains(&line.number) && line.status == LineStatus::Fulfilled;
    for line in order.lines.iter().filter(fulfilled) {
        if matches!(line.kind, ProductKind::Software(_)) {
            billing::credit_software(tx, &order, line);
        }
    }
    let whole = named.is_empty() || chosen.len() == order.lines.len();
    let is_named = !named.is_empty();
    for line in order.lines.iter_mut().filter(|line| chosen.contains(&line.number)) {
        line.status = LineStatus::Unfulfilled;
        // Orders for reservations keep their quantities when they are cancelled as a whole (sandbox
        // sample); clients that send the whole order back name all its lines.
        if is_named && !(whole && line.reservation.is_some()) {
            line.quantity = 0;
        }
        if let Some(made) = line.reservation_order {
            reservations::cancel_purchase(tx, made);
        }
        if let Some(id) = line.subscription
            && let Ok(row) = tx.subscription(order.customer, id)
        {
            let mut subscription = Subscription::clone(row);
            subscription.status = SubscriptionStatus::Deleted;
            subscription.version += 1;
            tx.subscriptions.put((order.customer, id), subscription);
        }
    }
    if order.lines.iter().all(|line| line.status == LineStatus::Unfulfilled) {
        order.status = OrderStatus::Cancelled;
    }
    tx.orders.put((order.customer, order.id.clone()), order);
    Ok(())
}

/// Lets a line follow what was given back of it in Azure: its quantity is what is left; once nothing is
/// left it is closed with its last quantity, and its order with it when nothing else of it stands
/// (contract: reservation-business-rules.md §10 [choice]).
pub fn line_returned(
    tx: &mut Transaction,
    customer: CustomerId,
    id: &OrderId,
    number: u32,
    left: u32,
) {
    let Ok(row) = tx.order(customer, id) else { return };
    let before = std::sync::Arc::clone(row);
    let mut order = Order::clone(&before);
    for line in order.lines.iter_mut().filter(|line| line.number == number) {
        if left == 0 {
            line.status = LineStatus::Unfulfilled;
        } else {
            line.quantity = left;
        }
    }
    if order.lines.iter().all(|line| line.status == LineStatus::Unfulfilled) {
        order.status = OrderStatus::Cancelled;
    }
    tx.orders.put((customer, id.clone()), order);
    audit::order_changed(tx, &before);
}

/// Whether a line can be cancelled through its order.
fn check_cancellable(tx: &Transaction, order: &Order, line: &OrderLine) -> Result<()> {
    let age = tx.now() - order.created;
    match line.kind {
        ProductKind::AzureReservation(_) if !tx.settings.is_sandbox() => {
            Err(Error::CancelOutsideSandbox)
        }
        ProductKind::AzureReservation(_) if age > TimeDelta::days(SANDBOX_WINDOW_DAYS) => {
            let why = format!("it is older than {SANDBOX_WINDOW_DAYS} days");
            Err(Error::OrderNotCancellable(order.id.clone(), why))
        }
        ProductKind::Software(_) if age > TimeDelta::days(SOFTWARE_WINDOW_DAYS) => {
            Err(Error::CancellationWindowPassed(SOFTWARE_WINDOW_DAYS))
        }
        ProductKind::AzureReservation(_) | ProductKind::Software(_) => Ok(()),
        ProductKind::Saas => Err(Error::CancelSaasThroughSubscription),
        ProductKind::AzurePlan | ProductKind::LegacyAzure | ProductKind::License => {
            let (order, customer) = (order.id.clone(), order.customer);
            Err(Error::CancelThroughSubscription { order, customer })
        }
    }
}

/// Buys add-ons to subscriptions of the order.
fn add(
    tx: &mut Transaction,
    customer: &Customer,
    mut order: Order,
    requests: Vec<LineRequest>,
) -> Result<Order> {
    if order.status == OrderStatus::Cancelled {
        return Err(Error::invalid("lineItems", "a cancelled order takes no add-ons"));
    }
    let first = order.lines.len();
    for mut request in requests {
        let number = u32::try_from(order.lines.len()).unwrap_or(u32::MAX);
        if request.billing_cycle == BillingCycle::Unknown {
            request.billing_cycle = order.billing_cycle;
        }
        let line = judge(tx, customer, &request, tx.now())
            .and_then(|line| match line.parent {
                Some(parent) if order.lines.iter().all(|own| own.subscription != Some(parent)) => {
                    Err(PurchaseFault::AddOnParent(format!(
                        "subscription {parent} is not of this order; change the order that made it"
                    )))
                }
                _ => Ok(line),
            })
            .map_err(|fault| Error::Purchase { line: request.number, fault })?;
        check_limits(tx, customer.id, std::slice::from_ref(&line))?;
        let line = order_line(tx, customer.id, &order.id, number, request, line)?;
        order.lines.push(line);
    }
    tx.orders.put((customer.id, order.id.clone()), order.clone());
    billing::charge_lines(tx, customer.id, &order.id, first)?;
    Ok(order)
}

/// Bills the subscriptions of the order by another cycle, where their items allow it.
fn set_billing_cycle(tx: &mut Transaction, mut order: Order, cycle: BillingCycle) -> Result<()> {
    let customer = order.customer;
    let mut changed = Vec::new();
    for line in &order.lines {
        let Some(id) = line.subscription else { return Err(Error::BillingCycleNotSupported) };
        let mut subscription = Subscription::clone(tx.subscription(customer, id)?);
        if subscription.status != SubscriptionStatus::Active {
            return Err(Error::BillingCycleNotActive);
        }
        if subscription.kind != SubscriptionKind::License {
            return Err(Error::BillingCycleNotSupported);
        }
        let country = tx.customer(customer)?.country().to_owned();
        let price = tx
            .catalogue
            .market(&country)
            .and_then(|market| tx.catalogue.resolve(&line.offer_id, market))
            .ok()
            .filter(|item| item.supported_billing_cycles().contains(&cycle))
            .map(|item| item.price_per_bill(cycle))
            .ok_or(Error::BillingCycleNotSupported)?;
        subscription.billing_cycle = cycle;
        subscription.unit_price = price;
        subscription.version += 1;
        changed.push((id, subscription, price));
    }
    for (line, (id, subscription, price)) in order.lines.iter_mut().zip(changed) {
        line.unit_price = price;
        tx.subscriptions.put((customer, id), subscription);
    }
    order.billing_cycle = cycle;
    tx.orders.put((customer, order.id.clone()), order);
    Ok(())
}
