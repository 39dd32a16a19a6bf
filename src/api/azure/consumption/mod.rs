//! Microsoft.Consumption: how much of reservations was used, by day, by month and by resource
//! (contract: azure-reservation-utilization.md §2). Everything is computed on reading.

mod details;
mod listing;
mod neighbours;
mod period;
mod scope;
mod summaries;

use actix_web::http::Method;
use serde_json::json;

use super::error::{
    INVALID_ORDER_ID, INVALID_RESERVATION_ID, INVALID_SUBSCRIPTION_ID, NOT_IN_ORDER,
    ORDER_NOT_FOUND, SUBSCRIPTION_NOT_FOUND,
};
use crate::api::azure::Handler;
use crate::api::operation::Operation;

/// Group of these operations in the document.
const TAG: &str = "Utilization";

/// An order of the default fixtures.
const ORDER_SCOPE: &str =
    "providers/Microsoft.Capacity/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";

/// Versions of Microsoft.Consumption; all have the same shapes.
const VERSIONS: &[&str] = &[
    "2024-08-01",
    "2023-11-01",
    "2023-05-01",
    "2023-03-01",
    "2021-10-01",
    "2019-10-01",
    "2019-06-01",
    "2019-05-01",
    "2019-04-01-preview",
    "2019-01-01",
    "2018-10-01",
    "2018-08-31",
    "2018-06-30",
    "2018-03-31",
    "2018-01-31",
];

/// Every operation of Microsoft.Consumption.
pub(super) fn operations() -> Vec<Operation> {
    let mut operations = summaries::operations();
    operations.extend(details::operations());
    operations.extend(neighbours::operations());
    operations
}

/// Begins the declaration of an operation of this provider.
fn operation(method: Method, path: &'static str, id: &'static str, handler: Handler) -> Operation {
    super::operation(method, path, id, handler).versions(VERSIONS)
}

/// Begins the declaration of a list of figures below any scope.
fn on_scope(method: Method, path: &'static str, id: &'static str, handler: Handler) -> Operation {
    let (text, date) = (json!({ "type": "string" }), json!({ "type": "string", "format": "date" }));
    let guid = json!({ "type": "string", "format": "uuid" });
    operation(method, path, id, handler)
        .query("$filter", text.clone(), "`properties/usageDate ge 2026-01-01 AND properties/usageDate le 2026-01-31`, both included. Days need it, or `startDate` and `endDate`.")
        .query("startDate", date.clone(), "First day.")
        .query("endDate", date, "Last day.")
        .query("reservationOrderId", guid.clone(), "Only the reservations of this order.")
        .query("reservationId", guid, "Only this reservation; needs `reservationOrderId`.")
        .query("$skiptoken", text, "Where the page begins; from the link to the next page.")
        .faults(&[
            INVALID_ORDER_ID,
            INVALID_RESERVATION_ID,
            INVALID_SUBSCRIPTION_ID,
            ORDER_NOT_FOUND,
            NOT_IN_ORDER,
            SUBSCRIPTION_NOT_FOUND,
        ])
}
