//! What a reservation order and a reservation are.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::domain::catalogue::ReservedResourceType;
use crate::domain::ids::{CustomerId, OrderId, ReservationId, ReservationOrderId, SubscriptionId};
use crate::domain::term::Term;

/// Provisioning state of an order or a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservationState {
    /// In force.
    Succeeded,
    /// Returned, split, merged or cancelled.
    Cancelled,
    /// Past its end.
    Expired,
}

/// Where the discount applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppliedScope {
    /// To all subscriptions of the billing context.
    Shared,
    /// To one subscription.
    Single(SubscriptionId),
}

impl AppliedScope {
    /// Word on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Shared => "Shared",
            Self::Single(_) => "Single",
        }
    }
}

/// What one purchase made: the unit that roles, refunds and renewals refer to.
#[derive(Debug, Clone, PartialEq)]
pub struct ReservationOrder {
    /// Id.
    pub id: ReservationOrderId,
    /// The customer whose tenant holds it.
    pub customer: CustomerId,
    /// The Partner Center order and line that bought it.
    pub purchase: (OrderId, u32),
    /// First part of the artifact link.
    pub group: Uuid,
    /// Second part of the artifact link.
    pub line_item: Uuid,
    /// Name.
    pub display_name: String,
    /// Catalogue product.
    pub product_id: String,
    /// Catalogue SKU.
    pub sku_id: String,
    /// What is reserved.
    pub resource_type: ReservedResourceType,
    /// ARM name of the size.
    pub arm_sku_name: String,
    /// ARM name of the region; none for services without one.
    pub region: Option<String>,
    /// Title of the SKU.
    pub title: String,
    /// Term.
    pub term: Term,
    /// The subscription that is billed.
    pub billing_subscription: SubscriptionId,
    /// Quantity bought.
    pub original_quantity: u32,
    /// Price of one unit for the whole term.
    pub unit_price: Decimal,
    /// Currency of the price.
    pub currency: String,
    /// When it was asked for.
    pub requested: DateTime<Utc>,
    /// When it took effect.
    pub benefit_start: DateTime<Utc>,
    /// When it ends.
    pub expiry: DateTime<Utc>,
    /// State.
    pub state: ReservationState,
}

/// One reservation.
#[derive(Debug, Clone, PartialEq)]
pub struct Reservation {
    /// Id.
    pub id: ReservationId,
    /// Its order.
    pub order: ReservationOrderId,
    /// Name.
    pub display_name: String,
    /// Quantity.
    pub quantity: u32,
    /// Where the discount applies.
    pub scope: AppliedScope,
    /// State.
    pub state: ReservationState,
    /// When it took effect, or was rescoped last.
    pub effective: DateTime<Utc>,
    /// When it ends.
    pub expiry: DateTime<Utc>,
}
