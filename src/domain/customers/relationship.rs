//! The end of a customer: the relationship removed, or, in a sandbox, the customer deleted
//! (contract: partner-center-customers.md §4 and §5); and who else relates to it (§9–11).

use uuid::Uuid;

use super::customer::Customer;
use crate::domain::audit;
use crate::domain::authorization::keep_only;
use crate::domain::catalogue::ProductKind;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{
    CartId, CustomerId, OrderId, ReservationId, ReservationOrderId, SubscriptionId, TenantId,
};
use crate::domain::orders::{LineStatus, Order, OrderStatus};
use crate::domain::partner::{IndirectReseller, Partner};
use crate::domain::reservations::ReservationState;
use crate::domain::state::State;
use crate::domain::subscriptions::SubscriptionStatus;
use crate::domain::support::{self, Tree};
use crate::domain::transaction::Transaction;

/// The partners that stand between the partner and a customer: its indirect reseller, while that
/// relationship is active.
pub fn resellers_of<'p>(
    partner: &'p Partner,
    customer: &Customer,
) -> impl Iterator<Item = &'p IndirectReseller> {
    customer
        .associated_partner
        .and_then(|id| partner.reseller(id))
        .filter(|reseller| reseller.active)
        .into_iter()
}

/// Ends the relationship with a customer. The customer is gone for the partner; its tenant, and so
/// its domains, remain, and so do the orders that were billed.
///
/// Refused while a reservation is in force, an order waits or a subscription is active.
pub fn remove_relationship(tx: &mut Transaction, id: CustomerId) -> Result<()> {
    tx.customer(id)?;
    refuse_reservations(tx, id)?;
    if let Some(order) = tx.orders_of(id).find(|order| order.status == OrderStatus::Pending) {
        return Err(Error::CustomerStillActive(format!(
            "order {} is not fulfilled yet; cancel it or wait until it is",
            order.id
        )));
    }
    let active = tx.subscriptions_of(id).find(|s| s.status == SubscriptionStatus::Active);
    if let Some(subscription) = active {
        return Err(Error::CustomerStillActive(format!(
            "subscription {} is active; suspend or delete all subscriptions first",
            subscription.id
        )));
    }
    for key in keys(tx.carts.range((id, CartId::FIRST)..=(id, CartId::LAST))) {
        tx.carts.remove(&key);
    }
    if let Some(customer) = tx.customers.remove(&id) {
        audit::relationship_removed(tx, customer);
    }
    Ok(())
}

/// Deletes a customer of a sandbox with everything that is its own, and frees its domains.
///
/// Refused while a reservation or software order stands that was not cancelled.
pub fn delete(tx: &mut Transaction, id: CustomerId) -> Result<()> {
    tx.customer(id)?;
    if !tx.settings.is_sandbox() {
        return Err(Error::SandboxOnly("deleting a customer"));
    }
    refuse_reservations(tx, id)?;
    if let Some(order) = tx.orders_of(id).find(|order| must_be_cancelled(order)) {
        return Err(Error::CustomerStillActive(format!(
            "order {} holds reservations or software; cancel it first",
            order.id
        )));
    }
    purge(tx, id);
    Ok(())
}

fn refuse_reservations(state: &State, id: CustomerId) -> Result<()> {
    let from = (id, ReservationOrderId::FIRST, ReservationId::FIRST);
    let to = (id, ReservationOrderId::LAST, ReservationId::LAST);
    let standing =
        state.reservations.range(from..=to).find(|(_, r)| r.state == ReservationState::Succeeded);
    match standing {
        Some(((_, order, reservation), _)) => Err(Error::CustomerStillActive(format!(
            "reservation {reservation} of reservation order {order} is in force; cancel it first"
        ))),
        None => Ok(()),
    }
}

fn must_be_cancelled(order: &Order) -> bool {
    order.status != OrderStatus::Cancelled
        && order.lines.iter().any(|line| {
            line.status != LineStatus::Unfulfilled
                && matches!(line.kind, ProductKind::AzureReservation(_) | ProductKind::Software(_))
        })
}

fn purge(tx: &mut Transaction, id: CustomerId) {
    for key in keys(tx.carts.range((id, CartId::FIRST)..=(id, CartId::LAST))) {
        tx.carts.remove(&key);
    }
    for key in keys(tx.orders.range((id, OrderId::first())..=(id, OrderId::last()))) {
        tx.orders.remove(&key);
    }
    let subscriptions = (id, SubscriptionId::FIRST)..=(id, SubscriptionId::LAST);
    let azure: Vec<_> = tx.azure_subscriptions_of(id).map(|azure| azure.id).collect();
    let mut trees: Vec<Tree> = azure.iter().map(|azure| Tree::Subscription(*azure)).collect();
    trees.push(Tree::Tenant(TenantId::from(id)));
    support::forget_customer(tx, id, &trees);
    for azure in azure {
        tx.azure_subscriptions.remove(&azure);
    }
    for key in keys(tx.subscriptions.range(subscriptions)) {
        tx.subscriptions.remove(&key);
        tx.subscription_charges.remove(&key);
    }
    let consents = (id, Uuid::nil())..=(id, Uuid::max());
    for key in keys(tx.application_consents.range(consents)) {
        tx.application_consents.remove(&key);
    }
    for key in keys(tx.agreements.range((id, 0)..=(id, u32::MAX))) {
        tx.agreements.remove(&key);
    }
    let orders = (id, ReservationOrderId::FIRST)..=(id, ReservationOrderId::LAST);
    for key in keys(tx.reservation_orders.range(orders)) {
        if let Some(order) = tx.reservation_orders.remove(&key) {
            // The order may have been moved to a directory that stays.
            keep_only(tx, (order.directory, order.directory), order.id, None);
            tx.reservation_order_customers.remove(&order.id);
            tx.reservation_order_directories.remove(&(order.directory, order.id));
        }
    }
    let from = (id, ReservationOrderId::FIRST, ReservationId::FIRST);
    let to = (id, ReservationOrderId::LAST, ReservationId::LAST);
    for key in keys(tx.reservations.range(from..=to)) {
        tx.reservations.remove(&key);
        tx.utilization.remove(&key.2);
        for revision in keys(tx.reservation_revisions.range((key.2, 0)..=(key.2, u32::MAX))) {
            tx.reservation_revisions.remove(&revision);
        }
    }
    for key in keys(tx.quotes.iter().filter(|(_, row)| row.customer == id)) {
        tx.quotes.remove(&key);
    }
    for key in keys(tx.operations.iter().filter(|(_, row)| row.customer == id)) {
        tx.operations.remove(&key);
    }
    for key in keys(tx.refund_sessions.iter().filter(|(_, row)| row.customer == id)) {
        tx.refund_sessions.remove(&key);
    }
    for key in keys(tx.refunds.range((id, 0)..=(id, u64::MAX))) {
        tx.refunds.remove(&key);
    }
    for key in keys(tx.exchanges.iter().filter(|(_, row)| row.customer == id)) {
        if let Some(exchange) = tx.exchanges.remove(&key) {
            tx.exchange_calculations.remove(&exchange.calculation);
        }
    }
    let tenant = TenantId::from(id);
    let everything = (tenant, Uuid::nil())..=(tenant, Uuid::max());
    for key in keys(tx.role_assignments.range(everything.clone())) {
        tx.role_assignments.remove(&key);
    }
    for key in keys(tx.role_definitions.range(everything)) {
        tx.role_definitions.remove(&key);
    }
    tx.timers.forget(id);
    if let Some(customer) = tx.customers.remove(&id) {
        for domain in std::iter::once(&customer.domain).chain(&customer.custom_domains) {
            tx.domains.remove(&domain.as_str().into());
        }
        audit::customer_deleted(tx, customer);
    }
}

/// The keys of some rows, so that the rows can be taken out.
fn keys<'k, K: Clone + 'k, V: 'k>(rows: impl Iterator<Item = (&'k K, V)>) -> Vec<K> {
    rows.map(|(key, _)| key.clone()).collect()
}

#[cfg(test)]
mod tests;
