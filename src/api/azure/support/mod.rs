//! Microsoft.Support: tickets, what is said about them, and what they can be about, below a
//! subscription and for a directory as such (contract: azure-support.md).

mod catalogue;
mod chat;
mod communications;
mod filter;
mod names;
mod place;
mod progress;
mod provider_operations;
mod ticket_body;
mod ticket_request;
mod tickets;
mod workspaces;

use actix_web::http::Method;

use super::Handler;
use super::error::{RESOURCE_NOT_FOUND, SUBSCRIPTION_NOT_FOUND};
use super::version::{SUPPORT, SUPPORT_OF_TENANT};
use crate::api::operation::Operation;

/// Group of these operations in the document.
const TAG: &str = "Support";
/// An Azure subscription of the customer of the examples.
const SUBSCRIPTION: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
/// Name of the ticket of the examples.
const TICKET: &str = "refund-4711";

/// Every operation of the provider.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = catalogue::operations();
    all.extend(provider_operations::operations());
    all.extend(names::operations());
    all.extend(tickets::operations());
    all.extend(communications::operations());
    all.extend(chat::operations());
    all.extend(workspaces::operations());
    all.extend(progress::operations());
    all
}

/// Begins the declaration of an operation that exists in both trees: below a subscription, and for
/// the directory as such.
macro_rules! in_both_trees {
    ($method:ident, $path:literal, $id:literal, $handler:path) => {
        [
            $crate::api::azure::support::in_subscription(
                actix_web::http::Method::$method,
                concat!("/subscriptions/{subscription_id}/providers/Microsoft.Support", $path),
                $id,
                $handler,
            ),
            $crate::api::azure::support::in_tenant(
                actix_web::http::Method::$method,
                concat!("/providers/Microsoft.Support", $path),
                concat!($id, "NoSubscription"),
                $handler,
            ),
        ]
    };
}
use in_both_trees;

fn in_subscription(
    method: Method,
    path: &'static str,
    id: &'static str,
    handler: Handler,
) -> Operation {
    super::operation(method, path, id, handler)
        .versions(SUPPORT)
        .faults(&[SUBSCRIPTION_NOT_FOUND, RESOURCE_NOT_FOUND])
        .example("subscription_id", SUBSCRIPTION)
}

fn in_tenant(method: Method, path: &'static str, id: &'static str, handler: Handler) -> Operation {
    super::operation(method, path, id, handler)
        .versions(SUPPORT_OF_TENANT)
        .faults(&[RESOURCE_NOT_FOUND])
}

/// Lets the example of an operation follow that of another in the same tree; named for both trees.
fn after(operation: Operation, [in_subscription, in_tenant]: [&'static str; 2]) -> Operation {
    let is_tenant = operation.path.starts_with("/providers");
    operation.example_after(if is_tenant { in_tenant } else { in_subscription })
}
