//! The list of all reservations of a directory, with filter, order, pages and summary: what the portal
//! shows (contract: azure-reservations.md §3.2).

use std::cmp::Ordering;
use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::rendered;
use super::reservation_body::{Form, ReservationBody, display_state};
use super::{TAG, operation};
use crate::api::azure::caller::Caller;
use crate::api::azure::error::ArmFault;
use crate::api::azure::odata::{Filter, OrderBy, Value};
use crate::api::azure::paging::{count, next_link};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::reservations::{Reservation, ReservationOrder};
use crate::domain::state::State;
use crate::store::Row;

/// Items of a page, and the most that one can ask for [choice].
const PAGE: (usize, usize) = (50, 200);

/// States that can be selected.
const STATES: &[&str] = &[
    "All",
    "Succeeded",
    "Expiring",
    "Expired",
    "Pending",
    "Processing",
    "Cancelled",
    "Failed",
    "Warning",
    "NoBenefit",
];

/// Properties that filters and orders name.
const PROPERTIES: &[&str] = &[
    "sku/name",
    "properties/appliedScopeType",
    "properties/archived",
    "properties/displayName",
    "properties/displayProvisioningState",
    "properties/effectiveDateTime",
    "properties/expiryDate",
    "properties/expiryDateTime",
    "properties/provisioningState",
    "properties/quantity",
    "properties/renew",
    "properties/reservedResourceType",
    "properties/term",
    "properties/userFriendlyAppliedScopeType",
    "properties/userFriendlyRenewState",
];

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": "number", "minimum": 0 });
    vec![
        operation(
            Method::GET,
            "/providers/Microsoft.Capacity/reservations",
            "listAllReservations",
            list,
        )
        .summary(TAG, "List all reservations of the directory")
        .describe("Archived ones included, unless filtered out. The summary counts all that the caller may see, whatever the filter.")
        .source(Fidelity::Documented, "azure-reservations.md#32-get-providersmicrosoftcapacityreservations-listall-the-portals-list")
        .query("$filter", text(), "`eq`, `ne`, `gt`, `ge`, `lt`, `le`, `and`, `or`, `not` over the properties, for example `properties/archived eq false`.")
        .query("$orderby", text(), "Properties with `asc` or `desc`, separated by commas.")
        .query("refreshSummary", text(), "`true` counts the summary again; it always is.")
        .query("$skiptoken", number(), "How many to skip.")
        .query("selectedState", text(), "`All`, or a displayProvisioningState.")
        .query("take", number(), "Items of a page, 200 at most.")
        .example_query("$filter", "properties/archived eq false and properties/reservedResourceType eq 'VirtualMachines'")
        .example_query("$orderby", "properties/displayName asc")
        .gives::<AllReservations>(200, "A page of reservations."),
    ]
}

/// A page of reservations, for the document: it is put together from parts that are kept.
#[derive(ToSchema)]
#[schema(as = ReservationsListResult, rename_all = "camelCase")]
#[allow(dead_code, reason = "describes the answer")]
struct AllReservations {
    /// The reservations.
    value: Vec<ReservationBody>,
    /// Where the next page is; null on the last.
    next_link: Option<String>,
    /// How many there are in each state; on the first page.
    summary: Option<Summary>,
}

/// How many there are in each state.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "the names on the wire")]
#[schema(as = ReservationSummary)]
struct Summary {
    /// In force.
    succeeded_count: f64,
    /// Failed.
    failed_count: f64,
    /// Ending soon.
    expiring_count: f64,
    /// Ended.
    expired_count: f64,
    /// Being changed.
    pending_count: f64,
    /// Cancelled, split or merged.
    cancelled_count: f64,
    /// Being bought.
    processing_count: f64,
    /// With a warning.
    warning_count: f64,
    /// Without benefit.
    no_benefit_count: f64,
}

impl Summary {
    fn add(&mut self, state: &str) {
        let count = match state {
            "Succeeded" => &mut self.succeeded_count,
            "Expiring" => &mut self.expiring_count,
            "Expired" => &mut self.expired_count,
            "Pending" => &mut self.pending_count,
            "Cancelled" => &mut self.cancelled_count,
            "Processing" => &mut self.processing_count,
            "Warning" => &mut self.warning_count,
            "NoBenefit" => &mut self.no_benefit_count,
            _ => &mut self.failed_count,
        };
        *count += 1.0;
    }
}

/// A reservation with what filters and orders look at.
struct Found {
    order: Arc<Row<ReservationOrder>>,
    reservation: Arc<Row<Reservation>>,
    display_state: &'static str,
}

impl Found {
    fn property(&self, name: &str) -> Option<Value> {
        let (order, reservation) = (&self.order, &self.reservation);
        Some(match name {
            "sku/name" => order.arm_sku_name.as_str().into(),
            "properties/appliedScopeType" => reservation.scope.name().into(),
            "properties/archived" => reservation.archived.into(),
            "properties/displayName" => reservation.display_name.as_str().into(),
            "properties/displayProvisioningState" => self.display_state.into(),
            "properties/effectiveDateTime" => Value::Moment(reservation.effective),
            "properties/expiryDate" => Value::Date(reservation.expiry?.date_naive()),
            "properties/expiryDateTime" => Value::Moment(reservation.expiry?),
            "properties/provisioningState" => reservation.provisioning_state().into(),
            "properties/quantity" => reservation.quantity.into(),
            "properties/renew" => reservation.renew.into(),
            "properties/reservedResourceType" => order.resource_type.as_str().into(),
            "properties/term" => order.term.iso().into(),
            "properties/userFriendlyAppliedScopeType" => reservation.scope.friendly_name().into(),
            "properties/userFriendlyRenewState" => reservation.renew_state().into(),
            _ => return None,
        })
    }
}

fn all(state: &State, caller: &Caller, now: DateTime<Utc>) -> Vec<Found> {
    let mut found = Vec::new();
    for order in state.reservation_orders_in(caller.directory) {
        for reservation in state.reservations_of(order.customer, order.id) {
            if caller.sees(state, order.id, Some(reservation.id)) {
                found.push(Found {
                    order: Arc::clone(order),
                    reservation: Arc::clone(reservation),
                    display_state: display_state(state, reservation, now),
                });
            }
        }
    }
    found
}

/// Newest first where nothing else is asked for [choice].
fn newest_first(a: &Found, b: &Found) -> Ordering {
    let age = |found: &Found| (found.order.requested, found.reservation.created);
    age(b).cmp(&age(a)).then_with(|| a.reservation.id.cmp(&b.reservation.id))
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let query = call.query();
    let wrong = |error: crate::api::azure::odata::FilterError| {
        ArmFault::new(crate::api::azure::error::BAD_REQUEST, error.to_string())
    };
    let filter = query
        .get("$filter")
        .map(|text| Filter::parse(text).and_then(|filter| filter.resolve(PROPERTIES, &[])))
        .transpose()
        .map_err(wrong)?;
    let order_by = query
        .get("$orderby")
        .map(|text| OrderBy::parse(text).and_then(|order| order.resolve(PROPERTIES)))
        .transpose()
        .map_err(wrong)?;
    let selected = query.get("selectedState").filter(|state| !state.eq_ignore_ascii_case("All"));
    if let Some(state) = selected
        && !STATES.iter().any(|known| known.eq_ignore_ascii_case(state))
    {
        return Err(ArmFault::unknown_word("selectedState", state, &STATES.join(", ")));
    }
    let take = count(call, "take")?.unwrap_or(PAGE.0);
    if take == 0 {
        return Err(ArmFault::invalid("take", "must be 1 or more"));
    }
    let take = take.min(PAGE.1);
    let skip = count(call, "$skiptoken")?.unwrap_or(0);

    let caller = Caller::of(call)?;
    let view = call.view();
    let mut found = all(&view.state, &caller, view.now);
    let mut summary = Summary::default();
    for one in &found {
        summary.add(one.display_state);
    }
    found.retain(|one| {
        selected.is_none_or(|state| one.display_state.eq_ignore_ascii_case(state))
            && filter.as_ref().is_none_or(|filter| filter.matches(|name| one.property(name)))
    });
    found.sort_by(|a, b| {
        let asked = order_by
            .as_ref()
            .map_or(Ordering::Equal, |it| it.compare(|n| a.property(n), |n| b.property(n)));
        asked.then_with(|| newest_first(a, b))
    });
    let page = found.iter().skip(skip).take(take);
    let page = page.map(|one| (&**one.order, &**one.reservation));
    let items = rendered::reservations(call, &view, page, Form::of(call));
    let next = skip.saturating_add(take);
    let next_link = (next < found.len())
        .then(|| next_link(call, &[("$skiptoken", next.to_string()), ("take", take.to_string())]));
    let mut rest = Vec::new();
    if skip == 0 {
        rest.extend_from_slice(b",\"summary\":");
        // Writing numbers into memory cannot fail.
        let _ = serde_json::to_writer(&mut rest, &summary);
    }
    let body = rendered::list(&items, next_link.as_deref(), &rest);
    Ok(caller.explained(&view.state, Reply::json_bytes(StatusCode::OK, body)))
}
