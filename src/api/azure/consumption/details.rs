//! Details: a row per reservation, day and resource that used it
//! (contract: azure-reservation-utilization.md §2.2).

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde::Serialize;
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
use crate::domain::utilization::{Detail, Reserved, days, details_of_day};

/// Group or ratio of a size that stands for itself alone [choice].
const NO_GROUP: &str = "NA";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        on_scope(
            Method::GET,
            "/{+scope}/providers/Microsoft.Consumption/reservationDetails",
            "listReservationDetails",
            list,
        )
        .summary(TAG, "List which resources used reservations, by day")
        .describe("Ascending by date, a row per reservation and resource that used it; the used hours of a day add up to those of its summary. With a subscription as scope: the rows of its resources. Days show up when they are over (UTC).")
        .source(Fidelity::Documented, "azure-reservation-utilization.md#22-detail-item-one-row-per-reservation-day-and-consuming-resource")
        .example("scope", ORDER_SCOPE)
        .example_query("$filter", "properties/usageDate ge 2026-02-01 AND properties/usageDate le 2026-02-02")
        .gives::<ListOf<DetailBody>>(200, "A page of up to 1000 rows."),
    ]
}

/// The use of one reservation by one resource in one day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UtilizationDetail)]
struct DetailBody {
    /// Id; without a leading slash below reservations. Rows of one day share it.
    id: String,
    /// Order, reservation and day.
    name: String,
    /// `Microsoft.Consumption/reservationDetails`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Never set.
    tags: Option<BTreeMap<String, String>>,
    /// The figures.
    properties: DetailProperties,
}

/// The figures of a resource in a day, with at most two decimals.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UtilizationDetailProperties)]
struct DetailProperties {
    /// The order.
    reservation_order_id: String,
    /// The reservation.
    reservation_id: String,
    /// The day.
    #[schema(example = "2026-01-05T00:00:00Z")]
    usage_date: String,
    /// ARM name of the size.
    #[schema(example = "Standard_D2s_v4")]
    sku_name: String,
    /// ARM id of the resource.
    instance_id: String,
    /// Quantity of the reservation.
    total_reserved_quantity: u32,
    /// Quantity times covered hours of the day.
    reserved_hours: Amount,
    /// Hours that the resource used.
    used_hours: Amount,
    /// The group within which sizes stand in for each other; `NA` where there is none.
    #[schema(example = "DSv4 Series")]
    instance_flexibility_group: String,
    /// What one instance counts for in that group.
    #[schema(example = "1")]
    instance_flexibility_ratio: String,
    /// `Reservation`.
    kind: &'static str,
}

impl DetailBody {
    fn new(scope: &Scope, reserved: &Reserved, detail: &Detail) -> Self {
        let (id, name) = scope.row_id("reservationDetails", reserved, detail.date);
        let group = reserved.flexibility_group.as_deref().unwrap_or(NO_GROUP);
        Self {
            id,
            name,
            kind: "Microsoft.Consumption/reservationDetails",
            tags: None,
            properties: DetailProperties {
                reservation_order_id: reserved.order.to_string(),
                reservation_id: reserved.reservation.to_string(),
                usage_date: moment(detail.date),
                sku_name: reserved.sku_name.clone(),
                instance_id: detail.instance.to_string(),
                total_reserved_quantity: detail.quantity,
                reserved_hours: Amount(detail.reserved_hours),
                used_hours: Amount(detail.used_hours),
                instance_flexibility_group: group.to_owned(),
                instance_flexibility_ratio: reserved.flexibility_ratio.clone(),
                kind: "Reservation",
            },
        }
    }
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let scope = Scope::of(call)?;
    let view = call.view();
    let all = reservations(call, &view.state, &scope)?;
    let span = span(&all, Period::of(call, true)?, view.now);
    let below = match &scope {
        Scope::Subscription(id) => format!("/subscriptions/{id}/"),
        _ => String::new(),
    };
    let is_wanted = |detail: &Detail| {
        let start = detail.instance.get(..below.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(&below))
    };
    page(call, &all, days(span), |reserved, date| {
        let found = details_of_day(reserved, date).into_iter().filter(is_wanted);
        found.map(|detail| DetailBody::new(&scope, reserved, &detail)).collect()
    })
}
