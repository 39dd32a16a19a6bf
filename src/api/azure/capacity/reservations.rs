//! Reservations of an order: the list, one, its revisions (contract: azure-reservations.md §3.5–3.7).

use actix_web::http::{Method, StatusCode};
use serde_json::json;

use super::rendered;
use super::reservation_body::{Form, ReservationBody};
use super::{TAG, on_order, on_reservation};
use crate::api::azure::caller::{Action, Caller};
use crate::api::azure::error::ArmFault;
use crate::api::azure::list::ListOf;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        on_order(
            Method::GET,
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/reservations",
            "listReservations",
            list,
        )
        .summary(TAG, "List the reservations of an order")
        .describe("All of them: also those that were cancelled, split, merged, or have expired.")
        .source(Fidelity::Recorded, "azure-reservations.md#35-get-reservationordersoreservations")
        .gives::<ListOf<ReservationBody>>(200, "The reservations."),
        on_reservation(
            Method::GET,
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/reservations/{reservation_id}",
            "getReservation",
            get,
        )
        .summary(TAG, "Get a reservation")
        .source(Fidelity::Recorded, "azure-reservations.md#36-get-reservationsr-expandrenewproperties")
        .query("$expand", json!({ "type": "string" }), "`renewProperties`: what is bought at its end, and its price.")
        .gives::<ReservationBody>(200, "The reservation."),
        on_reservation(
            Method::GET,
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/reservations/{reservation_id}/revisions",
            "listReservationRevisions",
            revisions,
        )
        .summary(TAG, "List the revisions of a reservation")
        .describe("What the reservation was after each change, newest first. A change makes two: one while it is carried out and one after.")
        .source(Fidelity::Recorded, "azure-reservations.md#37-get-reservationsrrevisions-history")
        .gives::<ListOf<ReservationBody>>(200, "The revisions."),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let view = call.view();
    let state = &view.state;
    let order = caller.order_of_list(call, state)?;
    let seen = state
        .reservations_of(order.customer, order.id)
        .filter(|row| caller.sees(state, order.id, Some(row.id)))
        .map(|row| (&**order, &***row));
    let items = rendered::reservations(call, &view, seen, Form::of(call));
    Ok(Reply::json_bytes(StatusCode::OK, rendered::list(&items, None, b"")))
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let with_renewal = match call.query().get("$expand").or_else(|| call.query().get("expand")) {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("renewProperties") => true,
        Some(other) => return Err(ArmFault::unknown_word("$expand", other, "renewProperties")),
    };
    let view = call.view();
    let (order, reservation) = Caller::of(call)?.reservation(call, &view.state, Action::Read)?;
    let form = Form { with_renewal, ..Form::of(call) };
    let one = std::iter::once((&**order, &**reservation));
    let body = rendered::reservations(call, &view, one, form).pop().unwrap_or_default();
    Ok(Reply::json_bytes(StatusCode::OK, body))
}

fn revisions(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let (order, reservation) = Caller::of(call)?.reservation(call, &view.state, Action::Read)?;
    let form = Form::of(call).of_revision();
    let value = view
        .state
        .revisions_of(reservation.id)
        .rev()
        .map(|row| ReservationBody::of(&view.state, &order, row, view.now, form))
        .collect();
    Ok(Reply::ok(&ListOf { value, next_link: None }))
}
