//! The clock of a world: read, advance, set, freeze, run.

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::clock::Pace;
use crate::domain::duration::IsoDuration;
use crate::domain::error::Error;
use crate::world::Fired;

/// Most timers that an answer lists; more are counted.
const MOST_LISTED: usize = 1000;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |method, path, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, method, path, id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
            .describe("Of the world of the request: `default`, or the one named by path prefix or by the header `X-Mock-World`.")
    };
    vec![
        operation(Method::GET, "/_mock/clock", "getClock", get)
            .summary("Clock", "Read the clock and what is due")
            .gives::<ClockBody>(200, "The clock."),
        operation(Method::PUT, "/_mock/clock", "setClock", set)
            .summary("Clock", "Set, freeze, run or scale the clock")
            .takes::<ClockChange>()
            .gives::<ClockMoved>(200, "The clock, and what happened on the way.")
            .example_body(json!({ "frozen": true })),
        operation(Method::POST, "/_mock/clock/advance", "advanceClock", advance)
            .summary("Clock", "Advance the clock")
            .takes::<Advance>()
            .gives::<ClockMoved>(200, "The clock, and what happened on the way, in order.")
            .example_body(json!({ "by": "P1D" })),
    ]
}

/// How far to advance.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Advance {
    /// ISO 8601 duration.
    #[schema(example = "P1D")]
    by: Option<String>,
    /// Or the moment to advance to.
    to: Option<Timestamp>,
}

/// What to change.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ClockChange {
    /// World time from now on.
    now: Option<Timestamp>,
    /// Whether the clock stands still.
    frozen: Option<bool>,
    /// World seconds per wall second.
    scale: Option<f64>,
}

/// A clock.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ClockBody {
    /// World time.
    now: Timestamp,
    /// Whether it stands still.
    frozen: bool,
    /// World seconds per wall second.
    scale: f64,
    /// What falls due, soonest first.
    due: Vec<Event>,
}

/// A clock after a change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ClockMoved {
    /// World time.
    now: Timestamp,
    /// Number of events that happened.
    fired_count: usize,
    /// What happened, in order; the first thousand.
    fired: Vec<Event>,
}

/// Something that happens by itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Event {
    /// When, in world time.
    at: Timestamp,
    /// What.
    #[schema(example = "order-fulfilled")]
    #[allow(clippy::struct_field_names, reason = "the name on the wire")]
    event: &'static str,
    /// Whose; absent where it is the partner's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<String>,
    /// Id of what it happens to.
    id: String,
}

#[allow(clippy::unnecessary_wraps, reason = "the form of a handler")]
fn get(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let view = call.view();
    let (frozen, scale) = match view.state.clock.pace() {
        Pace::Frozen => (true, 0.0),
        Pace::Running { scale } => (false, scale),
    };
    let event =
        |(at, timer): (chrono::DateTime<chrono::Utc>, &crate::domain::timers::Timer)| Event {
            at: Timestamp(at),
            event: timer.name(),
            customer_id: timer.customer().map(|id| id.to_string()),
            id: timer.subject(),
        };
    let due = view.state.timers.iter().take(MOST_LISTED).map(event).collect();
    Ok(Reply::ok(&ClockBody { now: Timestamp(view.now), frozen, scale, due }))
}

fn moved(now: chrono::DateTime<chrono::Utc>, fired: &[Fired]) -> Reply {
    let listed = fired.iter().take(MOST_LISTED).map(|fired| Event {
        at: Timestamp(fired.at),
        event: fired.timer.name(),
        customer_id: fired.timer.customer().map(|id| id.to_string()),
        id: fired.timer.subject(),
    });
    let body =
        ClockMoved { now: Timestamp(now), fired_count: fired.len(), fired: listed.collect() };
    Reply::ok(&body)
}

fn advance(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let body: Advance = call.body()?;
    let (now, fired) = match (body.by, body.to) {
        (Some(by), None) => {
            let by: IsoDuration =
                by.parse().map_err(|error| ControlFault::invalid(format!("by: {error}")))?;
            crate::mock_server::advance(call.world, by)?
        }
        (None, Some(to)) => call.world.adjust_clock(|clock, wall| {
            if to.0 < clock.now(wall) {
                return Err(Error::invalid("to", "lies in the past; PUT /_mock/clock goes back"));
            }
            Ok(clock.set(wall, to.0))
        })?,
        _ => return Err(ControlFault::invalid("send either `by` (for example P1D) or `to`")),
    };
    Ok(moved(now, &fired))
}

fn set(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let change: ClockChange = call.body()?;
    if change.now.is_none() && change.frozen.is_none() && change.scale.is_none() {
        return Err(ControlFault::invalid("send at least one of `now`, `frozen`, `scale`"));
    }
    if let Some(scale) = change.scale
        && !(scale > 0.0 && scale <= 1_000_000.0)
    {
        return Err(ControlFault::invalid("scale: must be above 0 and at most 1000000"));
    }
    let (now, fired) = call.world.adjust_clock(|clock, wall| {
        let mut clock = match change.now {
            Some(now) => clock.set(wall, now.0),
            None => clock,
        };
        if change.frozen == Some(true) {
            clock = clock.paced(wall, Pace::Frozen);
        } else if let Some(scale) = change.scale {
            clock = clock.paced(wall, Pace::Running { scale });
        } else if change.frozen == Some(false) {
            clock = clock.paced(wall, Pace::Running { scale: 1.0 });
        }
        Ok(clock)
    })?;
    Ok(moved(now, &fired))
}
