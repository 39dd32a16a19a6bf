//! Registering an Azure subscription, without which no reservation can be bought for it
//! (contract: partner-center-subscriptions.md §3).

use super::{Registration, Subscription, SubscriptionStatus};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CustomerId, SubscriptionId};
use crate::domain::settings::Transition;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;

/// Begins the registration. On a subscription that is registered, or being registered, it changes
/// nothing [choice].
pub fn register(tx: &mut Transaction, customer: CustomerId, id: SubscriptionId) -> Result<()> {
    tx.customer(customer)?;
    let mut subscription = Subscription::clone(tx.subscription(customer, id)?);
    if !subscription.kind.is_azure() {
        return Err(Error::NotAzure);
    }
    if subscription.status != SubscriptionStatus::Active {
        return Err(Error::NotActive);
    }
    if subscription.registration == Registration::NotRegistered {
        subscription.registration = Registration::Registering;
        tx.subscriptions.put((customer, id), subscription);
        tx.schedule(
            Transition::SubscriptionRegistration,
            Timer::CompleteRegistration(customer, id),
        );
    }
    Ok(())
}

/// Ends the registration.
pub fn complete_registration(
    tx: &mut Transaction,
    customer: CustomerId,
    id: SubscriptionId,
) -> Result<()> {
    let mut subscription = Subscription::clone(tx.subscription(customer, id)?);
    subscription.registration = Registration::Registered;
    tx.subscriptions.put((customer, id), subscription);
    Ok(())
}
