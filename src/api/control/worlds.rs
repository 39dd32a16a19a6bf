//! Worlds: make, list, look at, reset, delete.

use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::api::service::{NewContent, NewState, Service};
use crate::api::wire::Timestamp;
use crate::domain::state::State;
use crate::world::{Origin, World, WorldError, started};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |method, path, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, method, path, id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
    };
    vec![
        operation(Method::GET, "/_mock/worlds", "listWorlds", list)
            .summary("Worlds", "List the worlds")
            .gives::<WorldList>(200, "The worlds, by name."),
        operation(Method::POST, "/_mock/worlds", "createWorld", create)
            .summary("Worlds", "Create a world")
            .describe("From the server's seed, as a fork of another world (`from`), from a snapshot, empty, or from fixtures of its own, in the form that fixtures/README.md describes. Forking takes microseconds whatever a world holds; telling fixtures takes as long as they are. A world can also be had without this call: name it in the path (`/w/{world}/…`), in the header `X-Mock-World`, or behind the client id of a token request (`{client_id}@{world}`). `clientIds` and `tenants` lead to the world from then on.")
            .takes::<NewWorld>()
            .gives::<WorldBody>(201, "The world.")
            .example_body(json!({ "name": "checkout-test" })),
        operation(Method::GET, "/_mock/worlds/{world}", "getWorld", get)
            .summary("Worlds", "Look at a world")
            .gives::<WorldBody>(200, "The world.")
            .example("world", "default"),
        operation(Method::DELETE, "/_mock/worlds/{world}", "deleteWorld", delete)
            .summary("Worlds", "Delete a world")
            .gives_nothing(204, "It is gone.")
            .example("world", "checkout-test"),
        operation(Method::POST, "/_mock/reset", "resetWorld", reset)
            .summary("Worlds", "Put a world back to its start")
            .describe("The world of the request: `default`, or the one named by path prefix or header. `to=empty` leaves the partner and nothing else.")
            .query("to", json!({ "type": "string", "enum": ["seed", "empty"], "default": "seed" }), "Where to.")
            .gives::<WorldBody>(200, "The world."),
        operation(Method::POST, "/__admin/reset", "resetWorldAlias", reset)
            .summary("Worlds", "Put a world back to its start (alias)")
            .query("to", json!({ "type": "string", "enum": ["seed", "empty"], "default": "seed" }), "Where to.")
            .gives::<WorldBody>(200, "The world."),
    ]
}

/// A world to be made.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewWorld {
    /// Name: 1 to 64 letters, digits, `-`, `_`, `.`.
    #[schema(example = "checkout-test")]
    name: Option<String>,
    /// World to fork; the seed when absent.
    from: Option<String>,
    /// Snapshot to begin with, instead.
    snapshot: Option<String>,
    /// `seed`, or `empty`: the partner and nothing else.
    #[schema(example = "seed")]
    content: Option<String>,
    /// Fixtures that say what it holds.
    #[schema(value_type = Object)]
    fixtures: Option<serde_json::Value>,
    /// Seed of its identifiers. Not for forks.
    seed: Option<u64>,
    /// World time at its start.
    time: Option<Timestamp>,
    /// Whether its clock stands still.
    frozen: Option<bool>,
    /// Client ids whose tokens lead to the world.
    client_ids: Option<Vec<String>>,
    /// Tenants whose tokens lead to the world.
    tenants: Option<Vec<String>>,
}

/// The worlds.
#[derive(Debug, Serialize, ToSchema)]
struct WorldList {
    /// By name.
    worlds: Vec<WorldBody>,
}

/// A world.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WorldBody {
    /// Name.
    #[schema(example = "default")]
    name: String,
    /// World time.
    now: Timestamp,
    /// `production` or `sandbox`.
    profile: &'static str,
    /// Requests since the start or the last reset.
    calls: u64,
    /// Client ids and tenants that lead here.
    registered: Vec<String>,
    /// How much there is.
    counts: Counts,
}

/// How much a world holds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Counts {
    /// Customers.
    customers: usize,
    /// Carts.
    carts: usize,
    /// Orders.
    orders: usize,
    /// Subscriptions.
    subscriptions: usize,
    /// Reservation orders.
    reservation_orders: usize,
    /// Reservations.
    reservations: usize,
}

impl WorldBody {
    pub(super) fn of(service: &Service, world: &World) -> Self {
        let view = world.view();
        let State {
            customers, carts, orders, subscriptions, reservation_orders, reservations, ..
        } = &*view.state;
        Self {
            name: world.name().to_owned(),
            now: Timestamp(view.now),
            profile: view.state.settings.profile.name(),
            calls: world.calls(),
            registered: service.worlds.keys_of(world),
            counts: Counts {
                customers: customers.len(),
                carts: carts.len(),
                orders: orders.len(),
                subscriptions: subscriptions.len(),
                reservation_orders: reservation_orders.len(),
                reservations: reservations.len(),
            },
        }
    }
}

#[allow(clippy::unnecessary_wraps)] // every handler has this form
fn list(call: &Call<'_>) -> Result<Reply, ControlFault> {
    call.service.worlds.expire();
    let all = call.service.worlds.list();
    let worlds = all.iter().map(|world| WorldBody::of(call.service, world)).collect();
    Ok(Reply::ok(&WorldList { worlds }))
}

fn create(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let new: NewWorld = call.body()?;
    let name = new
        .name
        .clone()
        .ok_or_else(|| ControlFault::invalid("name: is required, for example `checkout-test`"))?;
    let world = call.service.worlds.create(&name, origin(call.service, &new)?)?;
    let keys =
        new.client_ids.unwrap_or_default().into_iter().chain(new.tenants.unwrap_or_default());
    for key in keys.take(100) {
        call.service.worlds.register(&key, &world);
    }
    Ok(Reply::created(&WorldBody::of(call.service, &world)))
}

/// Where a new world begins.
fn origin(service: &Service, new: &NewWorld) -> Result<Origin, ControlFault> {
    let content = match (new.content.as_deref(), &new.fixtures) {
        (None | Some("seed"), None) => NewContent::Seed,
        (Some("empty"), None) => NewContent::Empty,
        (None, Some(fixtures)) => NewContent::Fixtures(fixtures.to_string()),
        (Some(_), Some(_)) => {
            return Err(ControlFault::invalid("send either `content` or `fixtures`"));
        }
        (Some(other), None) => {
            let shown: String = other.chars().take(40).collect();
            return Err(ControlFault::invalid(format!(
                "content: must be seed or empty, not `{shown}`"
            )));
        }
    };
    let time = new.time.map(|time| time.0);
    let is_seed = matches!(content, NewContent::Seed) && new.seed.is_none();
    if let Some(name) = &new.snapshot {
        if new.from.is_some() || !is_seed {
            return Err(ControlFault::invalid(
                "snapshot: says all that the world holds; leave `from`, `content`, `fixtures` and `seed` out",
            ));
        }
        let wall = service.worlds.default_world().wall_time();
        let state = service.worlds.snapshots().find(name)?.state_at(wall);
        return Ok(Origin::State(Arc::new(started(&state, wall, time, new.frozen)?)));
    }
    let base = match &new.from {
        Some(from) if is_seed => {
            let from = service.worlds.find(from);
            from.ok_or_else(|| WorldError::Unknown(new.from.clone().unwrap_or_default()))?
                .published()
        }
        Some(_) => {
            return Err(ControlFault::invalid(
                "from: a fork holds what the other world holds; leave `content`, `fixtures` and `seed` out",
            ));
        }
        None if is_seed && time.is_none() => Arc::clone(service.worlds.seed()),
        // Told at another time, stories have other dates: their ages count back from it.
        None => {
            let wish = NewState { content, seed: new.seed, time, frozen: new.frozen };
            let state = (service.make_state)(&wish).map_err(ControlFault::invalid)?;
            return Ok(Origin::State(Arc::new(state)));
        }
    };
    if time.is_none() && new.frozen.is_none() {
        return Ok(Origin::State(base));
    }
    let wall = service.worlds.default_world().wall_time();
    Ok(Origin::State(Arc::new(started(&base, wall, time, new.frozen)?)))
}

fn find(call: &Call<'_>) -> Result<Arc<World>, ControlFault> {
    let name = call.path_text("world");
    let worlds = &call.service.worlds;
    let shown: String = name.chars().take(64).collect();
    worlds.find(name).ok_or_else(|| {
        ControlFault::not_found(format!(
            "there is no world named `{shown}`; GET /_mock/worlds lists them"
        ))
    })
}

fn get(call: &Call<'_>) -> Result<Reply, ControlFault> {
    Ok(Reply::ok(&WorldBody::of(call.service, &*find(call)?)))
}

fn delete(call: &Call<'_>) -> Result<Reply, ControlFault> {
    call.service.worlds.delete(call.path_text("world"))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn reset(call: &Call<'_>) -> Result<Reply, ControlFault> {
    match call.query().get("to") {
        None | Some("seed") => call.world.reset(None),
        Some("empty") => call.world.reset(Some(call.world.seed().emptied())),
        Some(other) => {
            let shown: String = other.chars().take(40).collect();
            return Err(ControlFault::invalid(format!("to: must be seed or empty, not `{shown}`")));
        }
    }
    Ok(Reply::ok(&WorldBody::of(call.service, call.world)))
}
