//! Subscriptions of Partner Center: what licence, usage and Azure plan lines become. Reservations
//! have none (contract: partner-center-subscriptions.md).

mod registration;
mod subscription;

pub use registration::{complete_registration, register};
pub use subscription::{
    AzureEntitlement, Pending, Registration, Subscription, SubscriptionKind, SubscriptionStatus,
    complete_provisioning, create,
};
