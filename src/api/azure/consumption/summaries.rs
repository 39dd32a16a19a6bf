//! Summaries: a row per reservation and day or month
//! (contract: azure-reservation-utilization.md §2.1).

use std::collections::BTreeMap;

use actix_web::http::Method;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::listing::{moment, page, span};
use super::period::Period;
use super::scope::{Scope, reservations};
use super::{ORDER_SCOPE, TAG, on_scope};
use crate::api::azure::error::ArmFault;
use crate::api::azure::list::ListOf;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::api::wire::Amount;
use crate::domain::utilization::{
    Reserved, Summary, days, months, summary_of_day, summary_of_month,
};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        on_scope(
            Method::GET,
            "/{+scope}/providers/Microsoft.Consumption/reservationSummaries",
            "listReservationSummaries",
            list,
        )
        .summary(TAG, "List how much of reservations was used, by day or month")
        .describe("Ascending by date, a row per reservation. Days show up when they are over (UTC). A month is summed up whole, whatever part of it is asked for. Rows of the future are not there. Where a reservation is in force for part of a day, `reservedHours` counts the clock hours covered.")
        .source(Fidelity::Documented, "azure-reservation-utilization.md#2-microsoftconsumption")
        .required_query("grain", json!({ "type": "string", "enum": ["daily", "monthly"] }), "Length of the periods, in any casing.")
        .example("scope", ORDER_SCOPE)
        .example_query("grain", "monthly")
        .gives::<ListOf<SummaryBody>>(200, "A page of up to 1000 rows."),
    ]
}

/// The use of one reservation in one day or month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UtilizationSummary)]
struct SummaryBody {
    /// Id; without a leading slash below reservations.
    #[schema(
        example = "providers/Microsoft.Capacity/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903/reservations/c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95/providers/Microsoft.Consumption/reservationSummaries/20260105"
    )]
    id: String,
    /// Order, reservation and day.
    name: String,
    /// `Microsoft.Consumption/reservationSummaries`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Never set.
    tags: Option<BTreeMap<String, String>>,
    /// The figures.
    properties: SummaryProperties,
}

/// The figures of a day or a month, with at most two decimals.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UtilizationSummaryProperties)]
struct SummaryProperties {
    /// The order.
    reservation_order_id: String,
    /// The reservation.
    reservation_id: String,
    /// ARM name of the size.
    #[schema(example = "Standard_D2s_v4")]
    sku_name: String,
    /// `Reservation`.
    kind: &'static str,
    /// Quantity times covered hours.
    reserved_hours: Amount,
    /// The day, or the first day of the month.
    #[schema(example = "2026-01-05T00:00:00Z")]
    usage_date: String,
    /// Hours used, at most the reserved ones.
    used_hours: Amount,
    /// Lowest percentage of an hour.
    min_utilization_percentage: Amount,
    /// Used hours in percent of the reserved ones.
    avg_utilization_percentage: Amount,
    /// Highest percentage of an hour.
    max_utilization_percentage: Amount,
    /// Quantity of the reservation.
    purchased_quantity: u32,
    /// Instances that were not used on average.
    remaining_quantity: Amount,
    /// Quantity of the reservation.
    total_reserved_quantity: u32,
    /// Instances that were used on average.
    used_quantity: Amount,
    /// The same as the average.
    utilized_percentage: Amount,
}

impl SummaryBody {
    fn new(scope: &Scope, reserved: &Reserved, summary: &Summary) -> Self {
        let amount = |number: Decimal| Amount(number);
        let (id, name) = scope.row_id("reservationSummaries", reserved, summary.date);
        Self {
            id,
            name,
            kind: "Microsoft.Consumption/reservationSummaries",
            tags: None,
            properties: SummaryProperties {
                reservation_order_id: reserved.order.to_string(),
                reservation_id: reserved.reservation.to_string(),
                sku_name: reserved.sku_name.clone(),
                kind: "Reservation",
                reserved_hours: amount(summary.reserved_hours),
                usage_date: moment(summary.date),
                used_hours: amount(summary.used_hours),
                min_utilization_percentage: amount(summary.lowest),
                avg_utilization_percentage: amount(summary.average),
                max_utilization_percentage: amount(summary.highest),
                purchased_quantity: summary.quantity,
                remaining_quantity: amount(summary.remaining_quantity()),
                total_reserved_quantity: summary.quantity,
                used_quantity: amount(summary.used_quantity()),
                utilized_percentage: amount(summary.average),
            },
        }
    }
}

/// Whether the query asks for days; else it asks for months.
fn is_daily(call: &Call<'_>) -> Result<bool, ArmFault> {
    match call.query().get("grain") {
        Some(grain) if grain.eq_ignore_ascii_case("daily") => Ok(true),
        Some(grain) if grain.eq_ignore_ascii_case("monthly") => Ok(false),
        Some(other) => Err(ArmFault::unknown_word("grain", other, "daily, monthly")),
        None => Err(ArmFault::invalid("grain", "is required: daily or monthly")),
    }
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let scope = Scope::of(call)?;
    if let Scope::Subscription(_) = scope {
        let reason = "summaries are of reservations, not of subscriptions; ask for reservationDetails, or name a reservation order";
        return Err(ArmFault::invalid("scope", reason));
    }
    let view = call.view();
    let all = reservations(call, &view.state, &scope)?;
    let daily = is_daily(call)?;
    let span = span(&all, Period::of(call, daily)?, view.now);
    let row = |reserved: &Reserved, found: Option<Summary>| {
        found.iter().map(|summary| SummaryBody::new(&scope, reserved, summary)).collect()
    };
    if daily {
        page(call, &all, days(span), |it, date| row(it, summary_of_day(it, date)))
    } else {
        page(call, &all, months(span), |it, date| row(it, summary_of_month(it, date, view.now)))
    }
}
