//! What a reservation order and a reservation are.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{NewReservation, Schedule};
use crate::domain::catalogue::ReservedResourceType;
use crate::domain::ids::{
    AzureSubscriptionId, CustomerId, OrderId, ReservationId, ReservationOrderId, SubscriptionId,
    TenantId,
};
use crate::domain::term::Term;

/// Provisioning state of an order or a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReservationState {
    /// Bought, not in force yet.
    Creating,
    /// In force.
    Succeeded,
    /// Returned, split, merged or cancelled.
    Cancelled,
    /// Past its end.
    Expired,
}

impl ReservationState {
    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Succeeded => "Succeeded",
            Self::Cancelled => "Cancelled",
            Self::Expired => "Expired",
        }
    }

    /// Whether it is neither cancelled nor expired.
    pub fn stands(self) -> bool {
        matches!(self, Self::Creating | Self::Succeeded)
    }
}

/// How a reservation is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BillingPlan {
    /// At once.
    Upfront,
    /// Month by month, for the same total.
    Monthly,
}

impl BillingPlan {
    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upfront => "Upfront",
            Self::Monthly => "Monthly",
        }
    }

    /// How many payments a term has.
    pub fn payments(self, term: Term) -> u32 {
        match self {
            Self::Upfront => 1,
            Self::Monthly => term.months(),
        }
    }
}

/// Where the discount applies (contract: reservation-business-rules.md §6). Two are the same whatever
/// the casing of the names in them (contract: azure-reservations.md §1).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AppliedScope {
    /// To all subscriptions of the billing context.
    Shared,
    /// To one subscription.
    Single(AzureSubscriptionId),
    /// To one resource group of a subscription.
    ResourceGroup(AzureSubscriptionId, String),
    /// To the subscriptions below a management group of a tenant.
    ManagementGroup(TenantId, String),
}

impl PartialEq for AppliedScope {
    fn eq(&self, other: &Self) -> bool {
        let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
        match (self, other) {
            (Self::Shared, Self::Shared) => true,
            (Self::Single(a), Self::Single(b)) => a == b,
            (Self::ResourceGroup(a, group), Self::ResourceGroup(b, other)) => {
                a == b && same(group, other)
            }
            (Self::ManagementGroup(a, group), Self::ManagementGroup(b, other)) => {
                a == b && same(group, other)
            }
            _ => false,
        }
    }
}

impl Eq for AppliedScope {}

impl AppliedScope {
    /// `appliedScopeType` on the wire: a resource group is `Single`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Shared => "Shared",
            Self::Single(_) | Self::ResourceGroup(..) => "Single",
            Self::ManagementGroup(..) => "ManagementGroup",
        }
    }

    /// `userFriendlyAppliedScopeType` on the wire.
    pub fn friendly_name(&self) -> &'static str {
        match self {
            Self::Shared => "Shared",
            Self::Single(_) => "Single",
            Self::ResourceGroup(..) => "ResourceGroup",
            Self::ManagementGroup(..) => "ManagementGroup",
        }
    }

    /// The subscription it names.
    pub fn subscription(&self) -> Option<AzureSubscriptionId> {
        match self {
            Self::Single(id) | Self::ResourceGroup(id, _) => Some(*id),
            Self::Shared | Self::ManagementGroup(..) => None,
        }
    }

    /// The resource id it names; none for shared.
    pub fn resource_id(&self) -> Option<String> {
        match self {
            Self::Shared => None,
            Self::Single(id) => Some(format!("/subscriptions/{id}")),
            Self::ResourceGroup(id, group) => {
                Some(format!("/subscriptions/{id}/resourceGroups/{group}"))
            }
            Self::ManagementGroup(_, group) => {
                Some(format!("/providers/Microsoft.Management/managementGroups/{group}"))
            }
        }
    }
}

/// What one purchase made: the unit that roles, refunds and renewals refer to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReservationOrder {
    /// Id.
    pub id: ReservationOrderId,
    /// The customer who bought it.
    pub customer: CustomerId,
    /// The directory it is seen in: the customer's, unless it was moved.
    pub directory: TenantId,
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
    /// How it is paid.
    pub plan: BillingPlan,
    /// The subscription that is billed.
    pub billing_subscription: SubscriptionId,
    /// Quantity bought.
    pub original_quantity: u32,
    /// Price of one unit for the whole term.
    pub unit_price: Decimal,
    /// The same in US dollars, the currency that Azure prices in.
    pub usd_unit_price: Decimal,
    /// Currency of `unit_price`.
    pub currency: String,
    /// Decimals of that currency.
    pub decimals: u32,
    /// When it was asked for.
    pub requested: DateTime<Utc>,
    /// When it took effect; none before.
    pub benefit_start: Option<DateTime<Utc>>,
    /// When it ends; none before it took effect.
    pub expiry: Option<DateTime<Utc>>,
    /// When to review it, if somebody set that.
    pub review: Option<DateTime<Utc>>,
    /// How many returns of it are being carried out.
    pub returns_under_way: u32,
    /// State.
    pub state: ReservationState,
    /// Counts the writes, from 1.
    pub etag: u32,
}

/// What a reservation came from or became (contract: azure-reservations.md §1.3).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lineage {
    /// The reservation it was split from.
    pub split_from: Option<ReservationId>,
    /// The two it was split into.
    pub split_into: Vec<ReservationId>,
    /// The two it was merged from.
    pub merged_from: Vec<ReservationId>,
    /// The one it was merged into.
    pub merged_into: Option<ReservationId>,
    /// The one that it renews.
    pub renews: Option<(ReservationOrderId, ReservationId)>,
    /// The one that renewed it.
    pub renewed_by: Option<(ReservationOrderId, ReservationId)>,
}

/// One reservation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reservation {
    /// Id.
    pub id: ReservationId,
    /// Its order.
    pub order: ReservationOrderId,
    /// The customer who bought it.
    pub customer: CustomerId,
    /// Name.
    pub display_name: String,
    /// Quantity.
    pub quantity: u32,
    /// Where the discount applies.
    pub scope: AppliedScope,
    /// State.
    pub state: ReservationState,
    /// Whether a change of it is being carried out.
    pub changing: bool,
    /// Whether other sizes of its group use it; none where sizes are not flexible.
    pub instance_flexibility: Option<bool>,
    /// Whether it is hidden from the portal's list.
    pub archived: bool,
    /// Whether it renews at its end.
    pub renew: bool,
    /// What is bought then; as it is when absent.
    pub renewal: Option<Box<NewReservation>>,
    /// Where it came from and what it became.
    pub lineage: Lineage,
    /// What it pays when; empty before it took effect.
    pub schedule: Schedule,
    /// When it came to be: by purchase, split or merge. Its use counts from here.
    pub created: DateTime<Utc>,
    /// When it took effect, or was rescoped last.
    pub effective: DateTime<Utc>,
    /// When it changed last.
    pub updated: DateTime<Utc>,
    /// When it was cancelled, split or merged.
    pub cancelled: Option<DateTime<Utc>>,
    /// When it ends; none before it took effect.
    pub expiry: Option<DateTime<Utc>>,
    /// Counts its revisions, from 1.
    pub etag: u32,
}

impl Reservation {
    /// Provisioning state on the wire: `Pending` while it is being changed.
    pub fn provisioning_state(&self) -> &'static str {
        if self.is_in_force() && self.changing { "Pending" } else { self.state.name() }
    }

    /// Whether it is in force.
    pub fn is_in_force(&self) -> bool {
        self.state == ReservationState::Succeeded
    }

    /// Whether at `now` its end is that many days away, or fewer
    /// (contract: reservation-business-rules.md §1 [choice]).
    pub fn is_expiring(&self, now: DateTime<Utc>, days: i64) -> bool {
        self.is_in_force() && self.expiry.is_some_and(|end| end - now <= TimeDelta::days(days))
    }

    /// The moment its use ends, or has ended; none before it took effect.
    pub fn end_of_use(&self) -> Option<DateTime<Utc>> {
        match (self.cancelled, self.expiry) {
            (Some(cancelled), Some(expiry)) => Some(cancelled.min(expiry)),
            (cancelled, expiry) => cancelled.or(expiry),
        }
    }

    /// `userFriendlyRenewState` on the wire (contract: reservation-business-rules.md §7).
    pub fn renew_state(&self) -> &'static str {
        match self.state {
            ReservationState::Cancelled => "NotApplicable",
            ReservationState::Expired if self.lineage.renewed_by.is_some() => "Renewed",
            ReservationState::Expired => "NotRenewed",
            _ if self.renew => "On",
            _ => "Off",
        }
    }
}
