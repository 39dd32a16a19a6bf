//! Where a discount may apply, and where it does (contract: reservation-business-rules.md §6).

use super::{AppliedScope, Reservation, ReservationFault, ReservationOrder};
use crate::domain::azure_subscriptions::{AzureSubscription, AzureSubscriptionState};
use crate::domain::error::Result;
use crate::domain::ids::{AzureSubscriptionId, CustomerId, TenantId};
use crate::domain::state::State;
use crate::domain::subscriptions::SubscriptionKind;

/// Whether the scope belongs to the billing context: the customer, and the same kind of Azure offer
/// [choice].
pub(super) fn check_scope(
    state: &State,
    customer: CustomerId,
    directory: TenantId,
    billed: SubscriptionKind,
    scope: &AppliedScope,
) -> Result<()> {
    let refuse = |reason: &str| {
        let scope = scope.resource_id().unwrap_or_default();
        Err(ReservationFault::ScopeNotAssociated { scope, reason: reason.to_owned() }.into())
    };
    match scope {
        AppliedScope::Single(id) | AppliedScope::ResourceGroup(id, _) => {
            let Some(found) = state.azure_subscription(*id).filter(|it| it.customer == customer)
            else {
                return refuse(
                    "is no Azure subscription of the customer; GET /subscriptions lists those",
                );
            };
            if found.kind != billed {
                return refuse(
                    "belongs to another kind of Azure offer than the subscription billed",
                );
            }
            if found.state != AzureSubscriptionState::Enabled {
                return refuse("is not enabled");
            }
            Ok(())
        }
        AppliedScope::ManagementGroup(tenant, _) if *tenant != directory => {
            refuse("is a management group of another directory")
        }
        AppliedScope::Shared | AppliedScope::ManagementGroup(..) => Ok(()),
    }
}

/// The kind of Azure offer that an order is billed through.
pub(super) fn billed_kind(state: &State, order: &ReservationOrder) -> SubscriptionKind {
    state
        .subscriptions
        .get(&(order.customer, order.billing_subscription))
        .map_or(SubscriptionKind::LegacyAzure, |row| row.kind)
}

/// Whether the reservations of an order could be given this scope.
pub fn is_valid_scope(state: &State, order: &ReservationOrder, scope: &AppliedScope) -> bool {
    let billed = billed_kind(state, order);
    check_scope(state, order.customer, order.directory, billed, scope).is_ok()
}

/// Whether a reservation gives its discount to the subscription at the moment.
pub fn applies_to(
    state: &State,
    order: &ReservationOrder,
    reservation: &Reservation,
    subscription: &AzureSubscription,
) -> bool {
    if !reservation.is_in_force() || order.customer != subscription.customer {
        return false;
    }
    let same = |id: AzureSubscriptionId| id == subscription.id;
    match &reservation.scope {
        AppliedScope::Single(id) | AppliedScope::ResourceGroup(id, _) => same(*id),
        // Which subscriptions are below a management group is not modelled: all of the tenant [choice].
        AppliedScope::Shared | AppliedScope::ManagementGroup(..) => {
            billed_kind(state, order) == subscription.kind
        }
    }
}
