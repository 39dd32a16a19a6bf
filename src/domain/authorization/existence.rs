//! Whether a scope is there: reservations and Azure subscriptions of a tenant. Resource groups and
//! resources are not modelled; any name stands for one in a subscription that exists [choice].

use super::fault::AuthorizationFault;
use super::scope::Scope;
use crate::domain::error::Result;
use crate::domain::ids::TenantId;
use crate::domain::reservations::{find_order, find_reservation};
use crate::domain::state::State;

impl Scope {
    /// Refuses a scope that the tenant does not have.
    pub fn check_exists(&self, state: &State, tenant: TenantId) -> Result<()> {
        match self {
            Self::Root | Self::Capacity => {}
            Self::Order(id) => {
                find_order(state, Some(tenant), *id)?;
            }
            Self::Reservation(order, id) => {
                find_reservation(state, find_order(state, Some(tenant), *order)?, *id)?;
            }
            Self::Subscription(id)
            | Self::ResourceGroup(id, _)
            | Self::Resource { subscription: id, .. } => {
                let known = state
                    .azure_subscription(*id)
                    .ok_or(AuthorizationFault::SubscriptionNotFound(*id))?;
                let home = TenantId::from(known.customer);
                if home != tenant {
                    let subscription = *id;
                    return Err(
                        AuthorizationFault::OtherTenant { subscription, tenant, home }.into()
                    );
                }
            }
        }
        Ok(())
    }

    /// The tenant that holds what the scope names; none for the scopes that every tenant has, and for
    /// what does not exist.
    pub fn home(&self, state: &State) -> Option<TenantId> {
        match self {
            Self::Root | Self::Capacity => None,
            Self::Order(id) | Self::Reservation(id, _) => {
                find_order(state, None, *id).ok().map(|order| order.directory)
            }
            Self::Subscription(id)
            | Self::ResourceGroup(id, _)
            | Self::Resource { subscription: id, .. } => {
                state.azure_subscription(*id).map(|found| found.customer.into())
            }
        }
    }
}
