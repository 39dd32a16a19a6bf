//! Whether a scope is there: reservations and Azure subscriptions of a tenant. Resource groups and
//! resources are not modelled; any name stands for one in a subscription that exists [choice].

use super::fault::AuthorizationFault;
use super::scope::Scope;
use crate::domain::error::Result;
use crate::domain::ids::{AzureSubscriptionId, CustomerId, TenantId};
use crate::domain::state::State;

impl Scope {
    /// Refuses a scope that the tenant does not have.
    pub fn check_exists(&self, state: &State, tenant: TenantId) -> Result<()> {
        let customer = CustomerId(tenant.0);
        let fault = match self {
            Self::Order(id) | Self::Reservation(id, _)
                if !state.reservation_orders.contains(&(customer, *id)) =>
            {
                AuthorizationFault::ReservationOrderNotFound(*id)
            }
            Self::Reservation(order, id)
                if !state.reservations.contains(&(customer, *order, *id)) =>
            {
                AuthorizationFault::ReservationNotFound(*order, *id)
            }
            Self::Subscription(id)
            | Self::ResourceGroup(id, _)
            | Self::Resource { subscription: id, .. }
                if !has_subscription(state, customer, *id) =>
            {
                AuthorizationFault::SubscriptionNotFound(*id)
            }
            _ => return Ok(()),
        };
        Err(fault.into())
    }
}

fn has_subscription(state: &State, customer: CustomerId, id: AzureSubscriptionId) -> bool {
    state.subscriptions_of(customer).any(|row| {
        row.azure_subscription == Some(id) || row.azure_entitlements.iter().any(|it| it.id == id)
    })
}
