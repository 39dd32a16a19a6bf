//! Azure subscriptions: what Azure Resource Manager knows of the subscriptions that a partner bought
//! for a customer. A Microsoft Azure subscription stands for one, an Azure plan for those below it.
//! They are not stored: they follow from Partner Center's subscriptions.

use super::ids::{AzureSubscriptionId, CustomerId, SubscriptionId};
use super::state::State;
use super::subscriptions::{Subscription, SubscriptionKind, SubscriptionStatus};

/// State of an Azure subscription, in the words of Azure Resource Manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AzureSubscriptionState {
    /// In use.
    Enabled,
    /// Suspended by the partner.
    Disabled,
    /// Cancelled.
    Deleted,
}

impl AzureSubscriptionState {
    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::Deleted => "Deleted",
        }
    }
}

/// An Azure subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AzureSubscription {
    /// Id in Azure.
    pub id: AzureSubscriptionId,
    /// The customer whose tenant it is in.
    pub customer: CustomerId,
    /// The subscription of Partner Center that it belongs to.
    pub subscription: SubscriptionId,
    /// Name.
    pub display_name: String,
    /// Microsoft Azure or Azure plan: reservations of one do not apply to the other
    /// (contract: reservation-business-rules.md §6 [choice]).
    pub kind: SubscriptionKind,
    /// State.
    pub state: AzureSubscriptionState,
}

/// The Azure subscriptions that a subscription of Partner Center stands for.
pub fn azure_subscriptions(subscription: &Subscription) -> Vec<AzureSubscription> {
    let of = |id, display_name: &str, active: bool| AzureSubscription {
        id,
        customer: subscription.customer,
        subscription: subscription.id,
        display_name: display_name.to_owned(),
        kind: subscription.kind,
        state: match subscription.status {
            SubscriptionStatus::Deleted => AzureSubscriptionState::Deleted,
            _ if !active => AzureSubscriptionState::Deleted,
            SubscriptionStatus::Suspended => AzureSubscriptionState::Disabled,
            SubscriptionStatus::Active => AzureSubscriptionState::Enabled,
        },
    };
    let own = subscription.azure_subscription.map(|id| of(id, &subscription.friendly_name, true));
    let below = subscription
        .azure_entitlements
        .iter()
        .map(|below| of(below.id, &below.friendly_name, below.active));
    own.into_iter().chain(below).collect()
}

impl State {
    /// All Azure subscriptions of a customer.
    pub fn azure_subscriptions_of(
        &self,
        customer: CustomerId,
    ) -> impl Iterator<Item = AzureSubscription> {
        self.subscriptions_of(customer).flat_map(|row| azure_subscriptions(row))
    }

    /// The Azure subscription of that id, whoever has it.
    pub fn azure_subscription(&self, id: AzureSubscriptionId) -> Option<AzureSubscription> {
        let key = ***self.azure_subscriptions.get(&id)?;
        let row = self.subscriptions.get(&key)?;
        azure_subscriptions(row).into_iter().find(|found| found.id == id)
    }

    /// The Azure subscription that a subscription of Partner Center is billed through: its own, or the
    /// first one in use below an Azure plan.
    pub fn billing_subscription(
        &self,
        customer: CustomerId,
        id: SubscriptionId,
    ) -> Option<AzureSubscription> {
        let row = self.subscriptions.get(&(customer, id))?;
        let mut all = azure_subscriptions(row);
        let in_use = all.iter().position(|it| it.state == AzureSubscriptionState::Enabled);
        (!all.is_empty()).then(|| all.swap_remove(in_use.unwrap_or(0)))
    }
}
