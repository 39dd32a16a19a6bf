//! The Azure subscriptions below an Azure plan (contract: partner-center-subscriptions.md §7).

use super::{AzureEntitlement, Subscription, SubscriptionStatus};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{AzureSubscriptionId, CustomerId, SubscriptionId};
use crate::domain::transaction::Transaction;

impl AzureEntitlement {
    /// Word on the wire; that of a cancelled one is a choice.
    pub fn status(&self) -> &'static str {
        if self.active { "active" } else { "canceled" }
    }
}

impl Subscription {
    /// The Azure subscription of that id below this plan.
    pub fn azure_entitlement(&self, id: AzureSubscriptionId) -> Result<&AzureEntitlement> {
        self.azure_entitlements
            .iter()
            .find(|entitlement| entitlement.id == id)
            .ok_or_else(|| Error::NotFound { what: "Azure entitlement", id: id.to_string() })
    }
}

/// Cancels an Azure subscription. Once all are cancelled the plan itself can be suspended or
/// cancelled.
pub fn cancel_entitlement(
    tx: &mut Transaction,
    customer: CustomerId,
    plan: SubscriptionId,
    id: AzureSubscriptionId,
) -> Result<AzureEntitlement> {
    tx.customer(customer)?;
    let mut subscription = Subscription::clone(tx.subscription(customer, plan)?);
    let mut cancelled = subscription.azure_entitlement(id)?.clone();
    if subscription.status == SubscriptionStatus::Deleted {
        return Err(Error::SubscriptionDeleted(plan));
    }
    if !cancelled.active {
        let status = cancelled.status();
        return Err(Error::StatusNotChangeable { from: status, to: status });
    }
    cancelled.active = false;
    for entitlement in &mut subscription.azure_entitlements {
        if entitlement.id == id {
            entitlement.clone_from(&cancelled);
        }
    }
    subscription.version += 1;
    tx.subscriptions.put((customer, plan), subscription);
    Ok(cancelled)
}
