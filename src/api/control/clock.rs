//! The clock of a world: read, advance, set, freeze, run, step; what it waits for, and how long
//! things take.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::ControlFault;
use crate::api::call::Call;
use crate::api::operation::{Auth, BodyOf, Fidelity, Operation, SchemaOf, Surface};
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::clock::Pace;
use crate::domain::delay::Delay;
use crate::domain::duration::IsoDuration;
use crate::domain::settings::{Settings, Transition};
use crate::domain::timers::Held;
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
        operation(Method::POST, "/_mock/clock/step", "stepClock", step)
            .summary("Clock", "Go on to the next event")
            .describe("Moves the clock to the moment of the next event and lets everything of that moment happen; where nothing is due the clock stays. Of the world of the request: `default`, or the one named by path prefix or by the header `X-Mock-World`.")
            .gives::<ClockMoved>(200, "The clock, and what happened."),
        operation(Method::POST, "/_mock/clock/release", "releaseHeld", release)
            .summary("Clock", "End what no time ends")
            .describe("Ends what waits to be released (a delay of `manual`), or to be asked after often enough (a delay of `3polls`), in the order it began. Chosen by transition, by the id of what is under way, or by its number in `GET /_mock/clock`; without any, all of it.")
            .body(BodyOf { schema: SchemaOf::of::<Release>(), required: false, content_type: "application/json" })
            .gives::<ClockMoved>(200, "The clock, and what happened, in order.")
            .example_body(json!({})),
        operation(Method::GET, "/_mock/delays", "getDelays", delays)
            .summary("Clock", "Read how long things take")
            .gives::<Delays>(200, "Delays by transition."),
        operation(Method::PATCH, "/_mock/delays", "setDelays", set_delays)
            .summary("Clock", "Say how long things take")
            .describe("A delay is an ISO 8601 duration of world time (`PT30S`), a number of times that a client who asks is told to wait (`3polls`), or `manual`: until `POST /_mock/clock/release`. It holds for what begins from now on; transitions that are not named keep theirs.")
            .takes::<Delays>()
            .gives::<Delays>(200, "All delays.")
            .example_body(json!({ "order-provisioning": "3polls", "refund": "PT2H" })),
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
    /// What falls due, soonest first; the first thousand.
    due: Vec<Event>,
    /// What no time ends, in the order it began; the first thousand.
    held: Vec<HeldEvent>,
}

/// Something that happens when it was asked after often enough, or is released.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HeldEvent {
    /// Its number, to release it by.
    number: u64,
    /// What takes so long.
    #[schema(example = "order-provisioning")]
    transition: &'static str,
    /// What will happen.
    #[schema(example = "order-fulfilled")]
    event: &'static str,
    /// Since when it waits, in world time.
    since: Timestamp,
    /// How many more times a client who asks is told to wait; absent where it waits to be released.
    #[serde(skip_serializing_if = "Option::is_none")]
    polls_left: Option<u32>,
    /// Whose; absent where it is the partner's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<String>,
    /// Id of what it happens to.
    id: String,
}

/// What to end.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Release {
    /// All of this transition.
    #[schema(example = "refund")]
    transition: Option<String>,
    /// What happens to this id.
    id: Option<String>,
    /// The one of this number.
    number: Option<u64>,
}

/// Delays by the name of their transition.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Delays(BTreeMap<String, String>);

impl PartialSchema for Delays {
    fn schema() -> RefOr<Schema> {
        let names = Transition::ALL.map(Transition::name);
        let delay = || {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some("An ISO 8601 duration, a number of polls, or manual."))
                .examples(["PT30S"])
        };
        let object = names
            .into_iter()
            .fold(ObjectBuilder::new(), |object, name| object.property(name, delay()));
        object.description(Some("How long transitions take.")).into()
    }
}

impl ToSchema for Delays {}

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
    let timers = &view.state.timers;
    let due = timers.iter().take(MOST_LISTED).map(event).collect();
    let held = timers.held().take(MOST_LISTED).map(|(number, held)| HeldEvent {
        number,
        transition: held.transition.name(),
        event: held.timer.name(),
        since: Timestamp(held.since),
        polls_left: held.polls_left,
        customer_id: held.timer.customer().map(|id| id.to_string()),
        id: held.timer.subject(),
    });
    let held = held.collect();
    Ok(Reply::ok(&ClockBody { now: Timestamp(view.now), frozen, scale, due, held }))
}

#[allow(clippy::unnecessary_wraps, reason = "the form of a handler")]
fn step(call: &Call<'_>) -> Result<Reply, ControlFault> {
    Ok(match call.world.step() {
        Some((now, fired)) => moved(now, &fired),
        None => moved(call.view().now, &[]),
    })
}

/// The transition of a name, or what names there are.
fn transition(name: &str) -> Result<Transition, ControlFault> {
    Transition::named(name).ok_or_else(|| {
        let shown: String = name.chars().take(40).collect();
        let names = Transition::ALL.map(Transition::name).join(", ");
        ControlFault::invalid(format!("`{shown}` is no transition: {names}"))
    })
}

fn release(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let wish: Release =
        if call.request.body.is_empty() { Release::default() } else { call.body()? };
    let of = wish.transition.as_deref().map(transition).transpose()?;
    let chosen = |number: u64, held: &Held| {
        of.is_none_or(|it| it == held.transition)
            && wish.number.is_none_or(|it| it == number)
            && wish.id.as_deref().is_none_or(|id| held.timer.subject().eq_ignore_ascii_case(id))
    };
    let is_choosy = of.is_some() || wish.number.is_some() || wish.id.is_some();
    let waits = call.view().state.timers.held().any(|(number, held)| chosen(number, held));
    if is_choosy && !waits {
        return Err(ControlFault::not_found(
            "nothing of that kind waits to be released; GET /_mock/clock lists what does",
        ));
    }
    let (now, fired) = call.world.release(chosen);
    Ok(moved(now, &fired))
}

#[allow(clippy::unnecessary_wraps, reason = "the form of a handler")]
fn delays(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let settings = &call.view().state.settings;
    let delay = |transition: Transition| {
        (transition.name().to_owned(), settings.delay(transition).to_string())
    };
    Ok(Reply::ok(&Delays(Transition::ALL.map(delay).into())))
}

fn set_delays(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let Delays(wanted) = call.body()?;
    let mut changed = Vec::with_capacity(wanted.len());
    for (name, delay) in wanted {
        let of = transition(&name)?;
        let delay: Delay =
            delay.parse().map_err(|error| ControlFault::invalid(format!("{name}: {error}")))?;
        changed.push((of, delay));
    }
    call.write(|tx| {
        let mut settings = Settings::clone(&tx.settings);
        for (of, delay) in changed {
            settings.set_delay(of, delay);
        }
        tx.settings = Arc::new(settings);
        Ok(())
    })?;
    delays(call)
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
            call.world.advance(by)?
        }
        (None, Some(to)) => call.world.advance_to(to.0)?,
        _ => return Err(ControlFault::invalid("send either `by` (for example P1D) or `to`")),
    };
    Ok(moved(now, &fired))
}

fn set(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let change: ClockChange = call.body()?;
    if change.now.is_none() && change.frozen.is_none() && change.scale.is_none() {
        return Err(ControlFault::invalid("send at least one of `now`, `frozen`, `scale`"));
    }
    let pace = match (change.frozen, change.scale) {
        (Some(true), _) => Some(Pace::Frozen),
        (_, Some(scale)) => Some(Pace::Running { scale }),
        (Some(false), None) => Some(Pace::Running { scale: 1.0 }),
        (None, None) => None,
    };
    let (now, fired) = call.world.set_clock(change.now.map(|now| now.0), pace)?;
    Ok(moved(now, &fired))
}
