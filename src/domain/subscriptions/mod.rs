//! Subscriptions of Partner Center: what licence, usage and Azure plan lines become. Reservations
//! have none (contract: partner-center-subscriptions.md).

mod activation;
mod azure_entitlements;
mod change;
mod registration;
mod subscription;
mod support_contact;

pub use activation::activate;
pub use azure_entitlements::cancel_entitlement;
pub use change::{Changed, NextTerm, NextTermChange, StatusWish, SubscriptionChange, change};
pub use registration::{complete_registration, register};
pub use subscription::{
    AzureEntitlement, Pending, Registration, Subscription, SubscriptionKind, SubscriptionStatus,
    complete_provisioning, create,
};
pub use support_contact::{
    SupportContact, SupportContactChange, set_support_contact, support_contact,
};
