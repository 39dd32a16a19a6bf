//! Activating a marketplace purchase in the place of its publisher, which sandboxes allow
//! (contract: partner-center-subscriptions.md §6).

use super::{Subscription, SubscriptionStatus};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CustomerId, SubscriptionId};
use crate::domain::transaction::Transaction;

/// Activates the subscription. Production leaves that to the publisher [choice]; what is no
/// marketplace purchase is active from the start.
pub fn activate(tx: &mut Transaction, customer: CustomerId, id: SubscriptionId) -> Result<()> {
    tx.customer(customer)?;
    let mut subscription = Subscription::clone(tx.subscription(customer, id)?);
    if !tx.settings.is_sandbox() {
        return Err(Error::SandboxOnly("activating a subscription"));
    }
    if subscription.status == SubscriptionStatus::Deleted {
        return Err(Error::SubscriptionDeleted(id));
    }
    if subscription.activated {
        return Err(Error::AlreadyActivated);
    }
    subscription.activated = true;
    subscription.version += 1;
    tx.subscriptions.put((customer, id), subscription);
    Ok(())
}
