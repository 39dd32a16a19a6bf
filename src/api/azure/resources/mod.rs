//! What Azure's clients ask for around the resources themselves: subscriptions, tenants, the
//! description of the cloud, resource providers (contract: azure-identity.md §4.2, real-clients.md §1
//! item 11 and §5).

mod metadata;
mod providers;
mod subscriptions;
mod tenants;

use actix_web::http::Method;

use crate::api::azure::Handler;
use crate::api::operation::Operation;

/// Versions of Microsoft.Resources.
const VERSIONS: &[&str] = &[
    "2022-12-01",
    "2022-09-01",
    "2022-01-01",
    "2021-04-01",
    "2021-01-01",
    "2020-10-01",
    "2020-06-01",
    "2020-01-01",
    "2019-11-01",
    "2019-10-01",
    "2019-06-01",
    "2019-03-01",
    "2018-06-01",
    "2018-05-01",
    "2018-02-01",
    "2016-09-01",
    "2016-06-01",
    "2016-02-01",
    "2015-01-01",
];
/// Where most of it is described.
const CONTRACT: &str = "azure-identity.md#42-arm-helper-endpoints-clients-touch";
/// An Azure subscription of the customer of the examples.
const SUBSCRIPTION: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";

/// Every operation of this folder.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = subscriptions::operations();
    all.extend(tenants::operations());
    all.extend(metadata::operations());
    all.extend(providers::operations());
    all
}

/// Begins the declaration of an operation.
fn operation(method: Method, path: &'static str, id: &'static str, handler: Handler) -> Operation {
    super::operation(method, path, id, handler).versions(VERSIONS)
}
