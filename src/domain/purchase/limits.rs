//! What a sandbox limits, counted over everything the customer and the partner have already
//! (contract: partner-center-conventions.md §11). Production has no such limits.

use super::PricedLine;
use crate::domain::catalogue::{ProductKind, ReservedResourceType, SoftwareLicensing};
use crate::domain::error::{Error, Result};
use crate::domain::ids::CustomerId;
use crate::domain::partner::PartnerKind;
use crate::domain::reservations::ReservationState;
use crate::domain::state::State;
use crate::domain::subscriptions::{SubscriptionKind, SubscriptionStatus};

/// Subscriptions per customer.
const SUBSCRIPTIONS: usize = 5;
/// Azure subscriptions of the partner.
const AZURE_SUBSCRIPTIONS: usize = 10;
/// Azure plans of the partner.
const AZURE_PLANS: usize = 10;
/// Azure plans of a customer, by a direct partner and by an indirect provider.
const AZURE_PLANS_OF_CUSTOMER: (usize, usize) = (1, 3);
/// Seats per subscription.
const SEATS: u32 = 25;
/// Reserved VM instances per customer.
const RESERVED_INSTANCES: u32 = 2;

/// Refuses what goes beyond the limits of a sandbox.
pub fn check_limits(state: &State, customer: CustomerId, lines: &[PricedLine]) -> Result<()> {
    if !state.settings.is_sandbox() {
        return Ok(());
    }
    let alive = |status| status != SubscriptionStatus::Deleted;
    let count = |kind: ProductKind| lines.iter().filter(|line| line.kind == kind).count();
    let plans = count(ProductKind::AzurePlan);
    let azure = count(ProductKind::LegacyAzure);

    let of_customer = state.subscriptions_of(customer).filter(|row| alive(row.status));
    let (mut all, mut plans_of_customer) = (0, 0);
    for row in of_customer {
        all += 1;
        plans_of_customer += usize::from(row.kind == SubscriptionKind::AzurePlan);
    }
    let new = lines
        .iter()
        .filter(|line| {
            !matches!(
                line.kind,
                ProductKind::AzureReservation(_)
                    | ProductKind::Software(SoftwareLicensing::Perpetual)
            )
        })
        .count();
    if new > 0 && all + new > SUBSCRIPTIONS {
        return Err(Error::SubscriptionLimit(SUBSCRIPTIONS));
    }
    if plans > 0 {
        let of_kind = state
            .subscriptions
            .iter()
            .filter(|(_, row)| row.kind == SubscriptionKind::AzurePlan && alive(row.status))
            .count();
        let most = match state.partner.kind {
            PartnerKind::Direct => AZURE_PLANS_OF_CUSTOMER.0,
            PartnerKind::IndirectProvider => AZURE_PLANS_OF_CUSTOMER.1,
        };
        if of_kind + plans > AZURE_PLANS || plans_of_customer + plans > most {
            return Err(Error::AzurePlanLimit(most));
        }
    }
    if azure > 0 {
        let of_kind = state
            .subscriptions
            .iter()
            .filter(|(_, row)| row.kind == SubscriptionKind::LegacyAzure && alive(row.status))
            .count();
        if of_kind + azure > AZURE_SUBSCRIPTIONS {
            return Err(Error::AzureSubscriptionLimit(AZURE_SUBSCRIPTIONS));
        }
    }
    let seats = |line: &&PricedLine| line.kind == ProductKind::License && line.quantity > SEATS;
    if lines.iter().any(|line| seats(&line)) {
        return Err(Error::SeatLimit(SEATS));
    }
    let asked = reserved_instances(lines);
    let reserved = || reserved_instances_of(state, customer);
    if asked > 0 && asked.saturating_add(reserved()) > RESERVED_INSTANCES {
        return Err(Error::SandboxLimit {
            limit: RESERVED_INSTANCES as usize,
            what: "reserved VM instances per customer",
        });
    }
    Ok(())
}

fn reserved_instances(lines: &[PricedLine]) -> u32 {
    let vms = ProductKind::AzureReservation(ReservedResourceType::VirtualMachines);
    lines
        .iter()
        .filter(|line| line.kind == vms)
        .fold(0, |sum, line| sum.saturating_add(line.quantity))
}

/// Instances that the customer has reserved, and those of orders that are not fulfilled yet.
fn reserved_instances_of(state: &State, customer: CustomerId) -> u32 {
    let reserved: u32 = state
        .reservation_orders_of(customer)
        .filter(|row| row.resource_type == ReservedResourceType::VirtualMachines)
        .flat_map(|row| state.reservations_of(customer, row.id))
        .filter(|row| row.state == ReservationState::Succeeded)
        .fold(0, |sum, row| sum.saturating_add(row.quantity));
    let pending = state
        .orders_of(customer)
        .flat_map(|order| order.lines.iter())
        .filter(|line| line.is_pending() && line.is_vm_reservation())
        .fold(0_u32, |sum, line| sum.saturating_add(line.quantity));
    reserved.saturating_add(pending)
}
