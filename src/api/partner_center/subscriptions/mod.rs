//! Subscriptions on the wire: read, change, registration for reservations, provisioning, support
//! contact, activation, Azure subscriptions (contract: partner-center-subscriptions.md). The rules
//! stand in `domain::subscriptions`.

mod absent;
mod activation;
mod azure_entitlements;
mod change;
mod provisioning;
mod registration;
mod subscription;
mod support_contact;

use actix_web::http::Method;

use super::codes::{Code, code};
use super::customers;
use super::examples::{CUSTOMER, SUBSCRIPTION as LEGACY_AZURE};
use super::fault::{Fault, NOT_FOUND};
use crate::api::call::Call;
use crate::api::operation::{Operation, Surface};
use crate::api::reply::Reply;
use crate::domain::error::Error;
use crate::domain::ids::{CustomerId, SubscriptionId};
pub use subscription::SubscriptionBody;

/// Group of these operations in the document.
const TAG: &str = "Subscriptions";
/// The Azure plan of the customer of the examples.
const AZURE_PLAN: &str = "8d1f4b7a-2c63-4e95-b0a8-5f7c9e3d1a46";
/// Its subscription to licences.
const LICENCES: &str = "c3a9e5d1-7b24-4f68-9d0e-1a6b8c2f4e57";

const SUBSCRIPTION_UNKNOWN: Code = code(20003, 404);
const SUBSCRIPTION_DELETED: Code = code(2011, 400);

/// The operations of this family.
pub fn operations() -> Vec<Operation> {
    [
        subscription::operations(),
        change::operations(),
        registration::operations(),
        provisioning::operations(),
        support_contact::operations(),
        activation::operations(),
        azure_entitlements::operations(),
        absent::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// An operation on one subscription of a customer; the example is `subscription`.
fn on_subscription(
    method: Method,
    path: &'static str,
    id: &'static str,
    subscription: &'static str,
    handler: fn(&Call<'_>) -> Result<Reply, Fault>,
) -> Operation {
    Operation::new(Surface::PartnerCenter, method, path, id, handler)
        .faults(&[NOT_FOUND, code(20002, 403), SUBSCRIPTION_UNKNOWN])
        .example("customer_id", CUSTOMER)
        .example("subscription_id", subscription)
}

/// The subscription that a path names. What is no GUID is no subscription's id.
fn named(call: &Call<'_>) -> Result<(CustomerId, SubscriptionId), Fault> {
    let customer = customers::named(call)?;
    let text = call.path_text("subscription_id");
    let unknown = || Error::SubscriptionNotFound(text.chars().take(60).collect());
    Ok((customer, text.parse().map_err(|_| unknown())?))
}
