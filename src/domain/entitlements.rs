//! Entitlements: what a customer is entitled to through orders for reservations and software. They
//! are not stored: they follow from orders and reservations
//! (contract: partner-center-entitlements.md, state rules).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::catalogue::{ProductKind, ReservedResourceType, SoftwareLicensing};
use super::error::{Error, Result};
use super::ids::{CustomerId, OrderId, ReservationOrderId};
use super::orders::LineStatus;
use super::reservations::{Reservation, ReservationOrder, ReservationState};
use super::state::State;
use super::subscriptions::SubscriptionStatus;
use crate::store::Row;

/// What the entitlement is for.
#[derive(Debug, Clone)]
pub enum EntitlementKind {
    /// Software.
    Software,
    /// A reservation.
    Reservation(Arc<Row<ReservationOrder>>),
}

/// One entitlement.
#[derive(Debug, Clone)]
pub struct Entitlement {
    /// What it is for.
    pub kind: EntitlementKind,
    /// The order that bought it.
    pub order: OrderId,
    /// Short id of that order.
    pub alternate_order: String,
    /// Line of that order.
    pub line: u32,
    /// Product.
    pub product_id: String,
    /// SKU.
    pub sku_id: String,
    /// Quantity in force.
    pub quantity: u32,
    /// When it ends; none for what is perpetual.
    pub expiry: Option<DateTime<Utc>>,
}

/// All entitlements of a customer at `now`: fulfilled lines only, and nothing that is cancelled or has
/// ended [choice].
pub fn entitlements_of(
    state: &State,
    customer: CustomerId,
    now: DateTime<Utc>,
) -> Result<Vec<Entitlement>> {
    state.customer(customer)?;
    let mut found = Vec::new();
    for order in state.orders_of(customer) {
        for line in &order.lines {
            let ProductKind::Software(licensing) = line.kind else { continue };
            if line.status != LineStatus::Fulfilled {
                continue;
            }
            let subscription =
                line.subscription.and_then(|id| state.subscription(customer, id).ok());
            if subscription.is_some_and(|row| row.status == SubscriptionStatus::Deleted) {
                continue;
            }
            let expiry = match (licensing, subscription) {
                (SoftwareLicensing::Perpetual, _) => None,
                (_, Some(row)) => Some(row.commitment_end),
                (_, None) => line.term.map(|term| term.end_from(order.created)),
            };
            let renews = subscription.is_some_and(|row| row.auto_renew);
            if !renews && expiry.is_some_and(|expiry| expiry <= now) {
                continue;
            }
            found.push(Entitlement {
                kind: EntitlementKind::Software,
                order: order.id.clone(),
                alternate_order: order.alternate_id.clone(),
                line: line.number,
                product_id: line.product_id.clone(),
                sku_id: line.sku_id.clone(),
                quantity: line.quantity,
                expiry,
            });
        }
    }
    for reservation_order in state.reservation_orders_of(customer) {
        let quantity = quantity_in_force(state, reservation_order);
        if quantity == 0 {
            continue;
        }
        let (order, line) = reservation_order.purchase.clone();
        let alternate_order =
            state.order(customer, &order).map(|row| row.alternate_id.clone()).unwrap_or_default();
        found.push(Entitlement {
            kind: EntitlementKind::Reservation(Arc::clone(reservation_order)),
            order,
            alternate_order,
            line,
            product_id: reservation_order.product_id.clone(),
            sku_id: reservation_order.sku_id.clone(),
            quantity,
            expiry: reservation_order.expiry,
        });
    }
    Ok(found)
}

fn quantity_in_force(state: &State, order: &ReservationOrder) -> u32 {
    state
        .reservations_of(order.customer, order.id)
        .filter(|row| row.state == ReservationState::Succeeded)
        .fold(0, |sum, row| sum.saturating_add(row.quantity))
}

/// Which form of artifact is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArtifactForm {
    /// Any reservation.
    ReservedInstance,
    /// Virtual machines only, as clients of version 1.8 know them.
    VirtualMachineReservedInstance,
}

/// A reservation order with all its reservations.
pub type Artifact = (Arc<Row<ReservationOrder>>, Vec<Arc<Row<Reservation>>>);

/// The reservations behind an artifact link. Every part of the link must fit.
pub fn artifact(
    state: &State,
    customer: CustomerId,
    form: ArtifactForm,
    group: &str,
    line_item: &str,
    resource: &str,
) -> Result<Artifact> {
    state.customer(customer)?;
    let unknown = || Error::ArtifactNotFound(resource.chars().take(60).collect());
    let id: ReservationOrderId = resource.parse().map_err(|_| unknown())?;
    let order = state.reservation_orders.get(&(customer, id)).ok_or_else(unknown)?;
    let fits = Uuid::try_parse(group).is_ok_and(|group| group == order.group)
        && Uuid::try_parse(line_item).is_ok_and(|line| line == order.line_item)
        && (form == ArtifactForm::ReservedInstance
            || order.resource_type == ReservedResourceType::VirtualMachines);
    // What never took effect leads nowhere.
    if !fits || order.benefit_start.is_none() {
        return Err(unknown());
    }
    let reservations = state.reservations_of(customer, id).cloned().collect();
    Ok((Arc::clone(order), reservations))
}
