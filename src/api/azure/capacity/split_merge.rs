//! Split and merge, and where their results are (contract: azure-reservations.md §5.2, §5.3).

use actix_web::http::Method;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::reservation_body::{Form, ReservationBody};
use super::{ORDER, RESERVATION, TAG, on_order};
use crate::api::azure::Handler;
use crate::api::azure::caller::{Action, Caller};
use crate::api::azure::error::{
    ArmFault, INVALID_RESERVATION_ID, NOT_IN_ORDER, OPERATION_NOT_FOUND, WRONG_STATE,
};
use crate::api::azure::{long_running, resource_id};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::ids::{OperationId, ReservationId, ReservationOrderId, parse_guid};
use crate::domain::reservations::{
    Regrouping, ReservationFault, ReservationOrder, find_order, find_reservation, merge, split,
    split_or_merge_result,
};
use crate::domain::transaction::Transaction;

/// What the example of a split makes in a default world.
const FIRST_PART: &str = "2055b0f7-6dea-4aa7-b96f-f2c0b416f661";
/// The other part.
const SECOND_PART: &str = "e18df682-2f08-4d84-8c46-cd182a77efa1";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let changing = |path, id, handler: Handler| {
        on_order(Method::POST, path, id, handler)
            .source(Fidelity::Recorded, "azure-reservations.md#52-post-reservationordersosplit")
            .gives::<Vec<ReservationBody>>(
                200,
                "The new reservations, then what they come from, each as a revision.",
            )
            .with_header("Location", "Where the same is to be had with the ids of reservations.")
            .with_header("Retry-After", "Seconds to wait.")
            .gives_nothing(202, "It has begun; with a delay for `reservation-change` only.")
            .with_header("Location", "Where the result will be.")
            .with_header("Retry-After", "Seconds to wait.")
            .faults(&[WRONG_STATE, NOT_IN_ORDER, INVALID_RESERVATION_ID])
    };
    let result = |path, id, handler: Handler| {
        on_order(Method::GET, path, id, handler)
            .source(Fidelity::Recorded, "azure-reservations.md#52-post-reservationordersosplit")
            .gives::<Vec<ReservationBody>>(200, "The new reservations, then what they come from.")
            .gives_nothing(202, "It is still being carried out.")
            .with_header("Location", "Where to ask again.")
            .with_header("Retry-After", "Seconds to wait.")
            .faults(&[OPERATION_NOT_FOUND, NOT_IN_ORDER, WRONG_STATE])
    };
    vec![
        changing(
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/split",
            "splitReservation",
            split_it,
        )
        .summary(TAG, "Split a reservation into two")
        .takes::<SplitRequest>()
        .example_body(json!({ "properties": {
            "quantities": [2, 3],
            "reservationId": format!("/providers/Microsoft.Capacity/reservationOrders/{ORDER}/reservations/{RESERVATION}"),
        } })),
        changing(
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/merge",
            "mergeReservations",
            merge_them,
        )
        .summary(TAG, "Merge two reservations of an order")
        .describe("Both must have the same scope and instance size flexibility. The example works after that of the split.")
        .takes::<MergeRequest>()
        .example_body(json!({ "properties": { "sources": [
            format!("/providers/Microsoft.Capacity/reservationOrders/{ORDER}/reservations/{FIRST_PART}"),
            format!("/providers/Microsoft.Capacity/reservationOrders/{ORDER}/reservations/{SECOND_PART}"),
        ] } }))
        .example_after("splitReservation"),
        result(
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/splitoperationresults/{operation_id}",
            "getSplitResult",
            split_outcome,
        )
        .summary(TAG, "Get what a split came to")
        .example_after("splitReservation")
        .example("operation_id", format!("{RESERVATION}_4")),
        result(
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/mergeoperationresults/{operation_id}",
            "getMergeResult",
            merge_outcome,
        )
        .summary(TAG, "Get what a merge came to")
        .example_after("splitReservation")
        .example_after("mergeReservations")
        .example("operation_id", format!("{FIRST_PART}_4")),
    ]
}

/// A split.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = SplitRequest)]
struct SplitRequest {
    /// What to split.
    properties: Option<SplitProperties>,
}

/// What to split.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SplitRequestProperties)]
struct SplitProperties {
    /// Two quantities that add up to that of the reservation.
    quantities: Option<Vec<i64>>,
    /// The reservation: its resource id or its bare id.
    reservation_id: Option<String>,
}

/// A merge.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = MergeRequest)]
struct MergeRequest {
    /// What to merge.
    properties: Option<MergeProperties>,
}

/// What to merge.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = MergeRequestProperties)]
struct MergeProperties {
    /// Two reservations: their resource ids or bare ids.
    sources: Option<Vec<String>>,
}

/// A reservation that a body names; one of another order is none of this one's.
fn named(order: ReservationOrderId, text: &str) -> Result<ReservationId, ArmFault> {
    let found = resource_id::reservation(text).map_err(ArmFault::id(INVALID_RESERVATION_ID))?;
    match found.order {
        Some(other) if other != order => {
            Err(ReservationFault::NotInOrder { order, reservation: found.reservation }.into())
        }
        _ => Ok(found.reservation),
    }
}

fn split_it(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let order = caller.order(call, &call.view().state, Action::Act)?;
    let request: SplitRequest = call.body()?;
    let asked = request.properties.unwrap_or_default();
    let source = asked.reservation_id.ok_or_else(|| {
        ArmFault::invalid("properties.reservationId", "is required: the reservation to split")
    })?;
    let source = named(order.id, &source)?;
    let quantities = asked.quantities.unwrap_or_default();
    carry_out(call, &order, source, Regrouping::Split, |tx, order| {
        split(tx, order, source, &quantities)
    })
}

fn merge_them(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let order = caller.order(call, &call.view().state, Action::Act)?;
    let request: MergeRequest = call.body()?;
    let sources = request.properties.and_then(|properties| properties.sources);
    let sources: Vec<ReservationId> = sources
        .unwrap_or_default()
        .iter()
        .take(100)
        .map(|text| named(order.id, text))
        .collect::<Result<_, _>>()?;
    let first = sources.first().copied().unwrap_or(ReservationId::FIRST);
    carry_out(call, &order, first, Regrouping::Merge, |tx, order| merge(tx, order, &sources))
}

/// Runs the rule and answers with its result, or with where the result will be.
fn carry_out(
    call: &Call<'_>,
    order: &ReservationOrder,
    source: ReservationId,
    wanted: Regrouping,
    rule: impl FnOnce(
        &mut Transaction,
        &ReservationOrder,
    ) -> crate::domain::error::Result<Option<OperationId>>,
) -> Result<Reply, ArmFault> {
    let id = order.id;
    let (operation, etag, made) = call.write(|tx| {
        let order = ReservationOrder::clone(find_order(tx, None, id)?);
        let operation = rule(tx, &order)?;
        let etag = find_reservation(tx, &order, source)?.etag;
        let made = split_or_merge_result(tx, &order, source, wanted)?;
        Ok((operation, etag, made))
    })?;
    let results = match wanted {
        Regrouping::Split => "splitoperationresults",
        Regrouping::Merge => "mergeoperationresults",
    };
    let location =
        format!("/providers/Microsoft.Capacity/reservationorders/{id}/{results}/{source}_{etag}");
    let Some(made) = made.filter(|_| operation.is_none()) else {
        return Ok(long_running::accepted(call, None, &location));
    };
    let view = call.view();
    let form = Form::of(call).of_revision();
    let revisions: Vec<ReservationBody> = made
        .iter()
        .map(|row| ReservationBody::of(&view.state, order, row, view.now, form))
        .collect();
    Ok(long_running::pointing(call, Reply::ok(&revisions), None, &location))
}

fn split_outcome(call: &Call<'_>) -> Result<Reply, ArmFault> {
    outcome(call, Regrouping::Split)
}

fn merge_outcome(call: &Call<'_>) -> Result<Reply, ArmFault> {
    outcome(call, Regrouping::Merge)
}

fn outcome(call: &Call<'_>, wanted: Regrouping) -> Result<Reply, ArmFault> {
    let view = call.view();
    let order = Caller::of(call)?.order(call, &view.state, Action::Read)?;
    let name = call.path_text("operation_id");
    let unknown =
        || ArmFault::from(ReservationFault::OperationNotFound(name.chars().take(60).collect()));
    let (source, etag) = name.split_once('_').ok_or_else(unknown)?;
    let source = ReservationId(parse_guid(source).map_err(|_| unknown())?);
    // The number is that of a revision which the source has had.
    let etag: u32 = etag.parse().map_err(|_| unknown())?;
    let known = find_reservation(&view.state, &order, source).is_ok_and(|row| etag <= row.etag);
    if etag == 0 || !known {
        return Err(unknown());
    }
    let made = split_or_merge_result(&view.state, &order, source, wanted)?;
    let Some(made) = made else {
        return Ok(long_running::accepted(call, None, call.request.path));
    };
    let form = Form::of(call);
    let all: Vec<ReservationBody> = made
        .iter()
        .map(|row| {
            ReservationBody::of(&view.state, &order, row, view.now, form)
                .named_by_both(order.id, row.id)
        })
        .collect();
    Ok(Reply::ok(&all))
}
