//! The subscription in the path of a call (contract: azure-identity.md §4).

use super::caller::{Caller, WRONG_TENANT};
use super::error::{ArmFault, SUBSCRIPTION_NOT_FOUND};
use crate::api::call::Call;
use crate::domain::azure_subscriptions::AzureSubscription;
use crate::domain::ids::{AzureSubscriptionId, CustomerId, SubscriptionId, TenantId};
use crate::domain::state::State;

/// The Azure subscription that the path names, in the directory of the caller.
pub fn subscription_of(
    call: &Call<'_>,
    caller: &Caller,
    state: &State,
) -> Result<AzureSubscription, ArmFault> {
    let text = call.path_text("subscription_id");
    let id: Option<AzureSubscriptionId> = text.parse().ok();
    let Some(found) = id.and_then(|id| state.azure_subscription(id)) else {
        let shown: String = text.chars().take(60).collect();
        let mut message = format!("The subscription '{shown}' could not be found.");
        if let Some(tenant) = caller.directory
            && let Some(azure) = id.and_then(|id| {
                state.billing_subscription(CustomerId(tenant.0), SubscriptionId(id.0))
            })
        {
            message.push_str(" It is the id of Partner Center; Azure's is ");
            message.push_str(&azure.id.to_string());
            message.push('.');
        }
        return Err(ArmFault::new(SUBSCRIPTION_NOT_FOUND, message));
    };
    match caller.directory {
        Some(tenant) if tenant != TenantId::from(found.customer) => {
            let home = found.customer;
            let message = format!(
                "The access token is from the tenant '{tenant}'; the subscription belongs to the tenant '{home}'. Ask for a token of that tenant."
            );
            Err(ArmFault::new(WRONG_TENANT, message))
        }
        _ => Ok(found),
    }
}
