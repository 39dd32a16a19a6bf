//! Reservation orders: the list and one (contract: azure-reservations.md §3.3, §3.4).

use actix_web::http::Method;
use serde_json::json;

use super::bodies::OrderBody;
use super::{TAG, on_order, operation};
use crate::api::azure::caller::{Action, Caller};
use crate::api::azure::error::ArmFault;
use crate::api::azure::list::ListOf;
use crate::api::azure::paging::page;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;

/// Items of a page [choice].
const PAGE: usize = 50;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::GET,
            "/providers/Microsoft.Capacity/reservationOrders",
            "listReservationOrders",
            list,
        )
        .summary(TAG, "List the reservation orders of the directory")
        .describe("Newest first. What the caller may not see is left out.")
        .source(
            Fidelity::Documented,
            "azure-reservations.md#33-get-providersmicrosoftcapacityreservationorders",
        )
        .query(
            "$skiptoken",
            json!({ "type": "string" }),
            "How many to skip; from the link to the next page.",
        )
        .gives::<ListOf<OrderBody>>(200, "The orders."),
        on_order(
            Method::GET,
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}",
            "getReservationOrder",
            get,
        )
        .summary(TAG, "Get a reservation order")
        .source(
            Fidelity::Recorded,
            "azure-reservations.md#34-get-reservationorderso-expandscheduleplaninformation",
        )
        .query(
            "$expand",
            json!({ "type": "string" }),
            "`schedule` or `planInformation`: what is paid when.",
        )
        .example_query("$expand", "schedule")
        .gives::<OrderBody>(200, "The order."),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let view = call.view();
    let mut orders: Vec<_> = view
        .state
        .reservation_orders_in(caller.directory)
        .filter(|order| caller.sees(&view.state, order.id, None))
        .collect();
    orders.sort_by(|a, b| b.requested.cmp(&a.requested).then(a.id.cmp(&b.id)));
    let (orders, next_link) = page(call, orders, "$skiptoken", PAGE)?;
    let value = orders.into_iter();
    let value = value.map(|order| OrderBody::of(&view.state, order, view.now, false)).collect();
    Ok(caller.explained(&view.state, Reply::ok(&ListOf { value, next_link })))
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let expand = call.query().get("$expand").unwrap_or_default();
    let with_payments = match expand {
        "" => false,
        word if word.eq_ignore_ascii_case("schedule") => true,
        word if word.eq_ignore_ascii_case("planInformation") => true,
        other => {
            return Err(ArmFault::unknown_word("$expand", other, "schedule, planInformation"));
        }
    };
    let view = call.view();
    let order = Caller::of(call)?.order(call, &view.state, Action::Read)?;
    Ok(Reply::ok(&OrderBody::of(&view.state, &order, view.now, with_payments)))
}
