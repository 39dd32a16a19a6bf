//! How much of a reservation is used, laid down by a test instead of generated. Fixture files say it
//! in the same form (fixtures/README.md).

use actix_web::http::{Method, StatusCode};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::api::wire::{Amount, Timestamp};
use crate::domain::error::{Error, Result};
use crate::domain::ids::ReservationId;
use crate::domain::state::State;
use crate::domain::utilization::{self, DailyHours, Elsewhere, InstanceHours, Percentage, Usage};

/// A reservation of the default fixtures.
const EXAMPLE: &str = "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    const PATH: &str = "/_mock/reservations/{reservation_id}/utilization";
    let operation = |method, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, method, PATH, id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "azure-reservation-utilization.md#5-mock-data-model-choice")
            .example("reservation_id", EXAMPLE)
    };
    vec![
        operation(Method::GET, "getReservationUtilization", get)
            .summary("Reservations", "Read what was laid down about the use of a reservation")
            .gives::<UtilizationBody>(200, "What holds."),
        operation(Method::PUT, "setReservationUtilization", set)
            .summary("Reservations", "Lay down how much of a reservation is used")
            .describe("For the whole time of the reservation, past days included: summaries, details and the percentages on the reservation follow at once. One of:\n\n- `{\"percentage\": 40}`: that part of the quantity, every hour.\n- `{\"days\": [{\"date\": \"2026-01-05\", \"percentage\": 92}]}`: on those days; other days stay generated, or follow `percentage` when it is sent as well.\n- `{\"instances\": [{\"instanceId\": \"/subscriptions/…\", \"hoursPerDay\": 8}]}`: these resources, from the first hour of each day, together at most the quantity.")
            .takes::<UsageBody>()
            .gives::<UtilizationBody>(200, "What holds from now on.")
            .example_body(json!({ "percentage": 40 })),
        operation(Method::DELETE, "clearReservationUtilization", clear)
            .summary("Reservations", "Give a reservation its generated use back")
            .gives_nothing(204, "The use is generated."),
    ]
}

/// How much of a reservation is used.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsageBody {
    /// Percent of the quantity in every hour, 0 to 100, at most two decimals.
    #[schema(example = 40)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentage: Option<Amount>,
    /// Percent of the quantity in every hour of certain days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<Vec<DayBody>>,
    /// The resources that use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instances: Option<Vec<InstanceBody>>,
}

/// The use on one day.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UtilizationDay)]
pub struct DayBody {
    /// The day, UTC.
    #[schema(example = "2026-01-05")]
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    /// Percent of the quantity, 0 to 100, at most two decimals.
    #[schema(example = 92)]
    #[serde(skip_serializing_if = "Option::is_none")]
    percentage: Option<Amount>,
}

/// The use by one resource.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UtilizationInstance)]
pub struct InstanceBody {
    /// ARM id of the resource.
    #[schema(
        example = "/subscriptions/2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33/resourceGroups/shop-rg/providers/Microsoft.Compute/virtualMachines/web01"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_id: Option<String>,
    /// Hours it runs each day, 0 to 24, at most two decimals.
    #[schema(example = 8)]
    #[serde(skip_serializing_if = "Option::is_none")]
    hours_per_day: Option<Amount>,
}

/// What holds for a reservation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UtilizationBody {
    /// The reservation.
    reservation_id: String,
    /// `generated`, `percentage`, `days` or `instances`.
    #[schema(example = "percentage")]
    source: &'static str,
    /// As it was laid down.
    usage: UsageBody,
}

impl UsageBody {
    /// The usage meant; refused when nothing is, or two things are.
    pub fn usage(&self) -> Result<Usage> {
        let percentage =
            self.percentage.map(|it| Percentage::of("percentage", it.0)).transpose()?;
        match (percentage, &self.days, &self.instances) {
            (Some(percentage), None, None) => Ok(Usage::Constant(percentage)),
            (elsewhere, Some(days), None) => {
                let elsewhere = elsewhere.map_or(Elsewhere::Generated, Elsewhere::Constant);
                let days: Result<Vec<_>> =
                    (0..).zip(days).map(|(index, day)| day.read(index)).collect();
                Usage::days(days?, elsewhere)
            }
            (None, None, Some(instances)) => {
                let instances: Result<Vec<_>> =
                    (0..).zip(instances).map(|(index, it)| it.read(index)).collect();
                Usage::instances(instances?)
            }
            _ => Err(Error::invalid(
                "utilization",
                "send `percentage`, `days` (with or without `percentage` for all other days), or `instances`",
            )),
        }
    }

    /// How a usage is written.
    fn of(usage: &Usage) -> Self {
        let amount = |percentage: Percentage| Some(Amount(percentage.percent()));
        let mut body = Self::default();
        match usage {
            Usage::Generated => {}
            Usage::Constant(percentage) => body.percentage = amount(*percentage),
            Usage::Days { days, elsewhere } => {
                if let Elsewhere::Constant(percentage) = elsewhere {
                    body.percentage = amount(*percentage);
                }
                let days = days.iter().map(|(date, percentage)| DayBody {
                    date: Some(date.to_string()),
                    percentage: amount(*percentage),
                });
                body.days = Some(days.collect());
            }
            Usage::Instances(instances) => {
                let instances = instances.iter().map(|it| InstanceBody {
                    instance_id: Some(it.instance.to_string()),
                    hours_per_day: Some(Amount(it.hours.hours())),
                });
                body.instances = Some(instances.collect());
            }
        }
        body
    }
}

impl DayBody {
    fn read(&self, index: usize) -> Result<(NaiveDate, Percentage)> {
        let path = |name: &str| format!("days[{index}].{name}");
        let date =
            self.date.as_deref().and_then(Timestamp::parse).ok_or_else(|| {
                Error::invalid(path("date"), "is required: a day such as 2026-01-05")
            })?;
        let percentage = self.percentage.ok_or_else(|| {
            Error::invalid(path("percentage"), "is required: a number from 0 to 100")
        })?;
        Ok((date.0.date_naive(), Percentage::of(&path("percentage"), percentage.0)?))
    }
}

impl InstanceBody {
    fn read(&self, index: usize) -> Result<InstanceHours> {
        let path = |name: &str| format!("instances[{index}].{name}");
        let instance = self.instance_id.as_deref().ok_or_else(|| {
            Error::invalid(path("instanceId"), "is required: the ARM id of a resource")
        })?;
        let hours = self.hours_per_day.ok_or_else(|| {
            Error::invalid(path("hoursPerDay"), "is required: a number from 0 to 24")
        })?;
        let hours = DailyHours::of(&path("hoursPerDay"), hours.0)?;
        Ok(InstanceHours { instance: instance.into(), hours })
    }
}

fn body_of(state: &State, reservation: ReservationId) -> UtilizationBody {
    let usage = utilization::usage_of(state, reservation);
    let source = match usage {
        Usage::Generated => "generated",
        Usage::Constant(_) => "percentage",
        Usage::Days { .. } => "days",
        Usage::Instances(_) => "instances",
    };
    let usage = UsageBody::of(&usage);
    UtilizationBody { reservation_id: reservation.to_string(), source, usage }
}

fn get(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let id: ReservationId = call.path("reservation_id")?;
    let view = call.view();
    utilization::must_exist(&view.state, id)?;
    Ok(Reply::ok(&body_of(&view.state, id)))
}

fn set(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let id: ReservationId = call.path("reservation_id")?;
    let usage = call.body::<UsageBody>()?.usage()?;
    let body = call.write(|tx| {
        utilization::set(tx, id, usage)?;
        Ok(body_of(tx, id))
    })?;
    Ok(Reply::ok(&body))
}

fn clear(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let id: ReservationId = call.path("reservation_id")?;
    call.write(|tx| utilization::clear(tx, id))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
