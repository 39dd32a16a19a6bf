//! Microsoft.Capacity: reservation orders and reservations (contract: azure-reservations.md).

mod all_reservations;
mod bodies;
mod catalogs;
mod change;
mod directory;
mod exchange;
mod exchange_result;
mod operation_results;
mod orders;
mod provider_operations;
mod purchase;
mod purchase_request;
mod refund;
mod rendered;
mod reservation_body;
mod reservations;
mod split_merge;

use super::error::{NOT_IN_ORDER, ORDER_NOT_FOUND};
use super::version::CAPACITY;
use crate::api::azure::Handler;
use crate::api::operation::Operation;
use actix_web::http::Method;

/// Group of these operations in the document.
const TAG: &str = "Reservations";
/// An order of the default fixtures.
const ORDER: &str = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
/// Its reservation.
const RESERVATION: &str = "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
/// An Azure subscription of the customer of the examples.
const SUBSCRIPTION: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";

/// Every operation of the provider.
pub(super) fn operations() -> Vec<Operation> {
    [
        orders::operations(),
        all_reservations::operations(),
        reservations::operations(),
        change::operations(),
        split_merge::operations(),
        refund::operations(),
        exchange::operations(),
        operation_results::operations(),
        purchase::operations(),
        directory::operations(),
        catalogs::operations(),
        provider_operations::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Begins the declaration of an operation of this provider.
fn operation(method: Method, path: &'static str, id: &'static str, handler: Handler) -> Operation {
    super::operation(method, path, id, handler).versions(CAPACITY)
}

/// Begins the declaration of an operation on an order.
fn on_order(method: Method, path: &'static str, id: &'static str, handler: Handler) -> Operation {
    operation(method, path, id, handler)
        .faults(&[super::error::INVALID_ORDER_ID, ORDER_NOT_FOUND])
        .example("reservation_order_id", ORDER)
}

/// Begins the declaration of an operation on a reservation.
fn on_reservation(
    method: Method,
    path: &'static str,
    id: &'static str,
    handler: Handler,
) -> Operation {
    on_order(method, path, id, handler)
        .faults(&[super::error::INVALID_RESERVATION_ID, NOT_IN_ORDER])
        .example("reservation_id", RESERVATION)
}
