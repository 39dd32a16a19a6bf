//! The way of a request: which surface, which operation, who, which world, then the operation itself,
//! then the headers of the surface. No rule of any family here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};

use super::admission::{admit, check_token, read_token};
use super::as_of;
use super::call::Call;
use super::delivery::Delivery;
use super::hosts::surface_of_host;
use super::idempotency::{Key, Replays};
use super::instruments::Instruments;
use super::journal::{Entry, Trace};
use super::near_miss::{likeness, near_misses};
use super::operation::{Operation, Surface};
use super::partner_center::correlation;
use super::refusal::Refusal;
use super::reply::Reply;
use super::request::Request;
use super::route::{Found, Router};
use super::service::Service;
use super::{azure, control, identity, partner_center};
use crate::identity::token::{AuthLevel, Token, TokenFault};
use crate::world::{World, at_wall_time};

/// Header that chooses a world.
pub static WORLD_HEADER: HeaderName = HeaderName::from_static("x-mock-world");

/// Header that asks how sure an answer is, and those that tell.
static FIDELITY_WISH: HeaderName = HeaderName::from_static("x-mock-fidelity");
static FIDELITY: HeaderName = HeaderName::from_static("x-fidelity");
static CONTRACT: HeaderName = HeaderName::from_static("x-contract");

/// All operations and the way to them.
#[derive(Debug)]
pub struct Api {
    /// Every operation of every surface.
    pub operations: Vec<Operation>,
    router: Router,
}

/// The API, put together once.
pub fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    API.get_or_init(|| {
        let operations: Vec<Operation> = partner_center::operations()
            .into_iter()
            .chain(azure::operations())
            .chain(identity::operations())
            .chain(control::operations())
            .collect();
        let router = Router::new(&operations);
        Api { operations, router }
    })
}

/// The operation of an id, in any casing; else why there is none, with the id that comes closest.
pub fn operation_called(id: &str) -> Result<&'static Operation, String> {
    let operations = &api().operations;
    if let Some(found) = operations.iter().find(|operation| operation.id.eq_ignore_ascii_case(id)) {
        return Ok(found);
    }
    let shown: String = id.chars().take(60).collect();
    let nearest = operations.iter().max_by_key(|operation| likeness(&shown, operation.id));
    let hint = nearest.map(|nearest| format!("; the nearest is `{}`", nearest.id));
    Err(format!("no operation is called `{shown}`{}", hint.unwrap_or_default()))
}

/// What a request became: its answer, and what a log line says about it.
#[derive(Debug)]
pub struct Outcome {
    /// The answer.
    pub reply: Reply,
    /// How the answer reaches the client.
    pub delivery: Delivery,
    /// The operation that comes closest, when none was found, and why it is not meant.
    pub near_miss: Option<String>,
    /// The operation, when one was found.
    pub operation: Option<&'static Operation>,
    /// The world, when one was reached.
    pub world: Option<Arc<World>>,
}

/// The surface that a path most likely means, for refusals.
pub(super) fn surface_of_path(path: &str) -> Surface {
    let first = path.split('/').find(|s| !s.is_empty()).unwrap_or("").to_ascii_lowercase();
    match first.as_str() {
        "providers" | "subscriptions" | "tenants" | "metadata" => Surface::Azure,
        "_mock" | "__admin" | "" => Surface::Control,
        "common" | "organizations" => Surface::Identity,
        "v1" => Surface::PartnerCenter,
        _ if azure::graph::is_path(path) => Surface::Azure,
        _ if path.to_ascii_lowercase().contains("/providers/microsoft.") => Surface::Azure,
        _ if path.contains("/oauth2/") || path.contains("/.well-known/") => Surface::Identity,
        _ => Surface::PartnerCenter,
    }
}

/// Answers a request, at one moment of wall time. Never panics.
pub fn answer(service: &Service, request: &mut Request<'_>) -> Outcome {
    let started = Instant::now();
    let moment = service.worlds.default_world().wall_time();
    let outcome = at_wall_time(moment, || find_and_run(service, request));
    let surface = outcome.operation.map(|operation| operation.surface);
    let surface = surface.unwrap_or_else(|| surface_of(request));
    let status = outcome.reply.status.as_u16();
    service.metrics.count(surface, outcome.operation, status, started.elapsed());
    outcome
}

fn find_and_run(service: &Service, request: &mut Request<'_>) -> Outcome {
    let mut chosen = None;
    if let Some(rest) = request.path.strip_prefix("/w/") {
        let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
        match service.worlds.find_or_create(name) {
            Ok(world) => chosen = Some(world),
            Err(error) => return refused(Refusal::World(error.to_string()), Surface::Control),
        }
        request.origin.prefix = format!("/w/{name}");
        // `rest` follows a slash that stays part of the path.
        request.path = if rest.is_empty() {
            "/"
        } else {
            &request.path[request.path.len() - rest.len() - 1..]
        };
    }
    let request = &*request;
    let by_host = surface_of_host(request.origin.host());
    match api().router.find(&request.method, request.path, by_host) {
        Found::Operation(index, parameters) => {
            let operation = &api().operations[index];
            run(service, request, operation, parameters, chosen)
        }
        Found::OtherMethods(mut allowed) => {
            allowed.sort_by(|a, b| a.as_str().cmp(b.as_str()));
            allowed.dedup();
            let method = request.method.clone();
            lost(service, request, by_host, chosen, |_| Refusal::Method { method, allowed })
        }
        Found::Nothing => lost(service, request, by_host, chosen, |closest| Refusal::UnknownPath {
            method: request.method.clone(),
            path: request.path.to_owned(),
            closest,
        }),
    }
}

/// The answer to a request that matches no operation.
fn lost(
    service: &Service,
    request: &Request<'_>,
    by_host: Option<Surface>,
    chosen: Option<Arc<World>>,
    refusal: impl FnOnce(Option<String>) -> Refusal,
) -> Outcome {
    let surface = by_host.unwrap_or_else(|| surface_of_path(request.path));
    let missed = near_misses(&request.method, request.path, surface);
    let first = missed.first().map(ToString::to_string);
    let refusal = match before_path(service, request, surface) {
        Err(refusal) => refusal,
        Ok(()) => refusal(first.clone()),
    };
    let named = || request.header(&WORLD_HEADER).and_then(|name| service.worlds.find(name));
    let world = chosen.or_else(named).unwrap_or_else(|| Arc::clone(service.worlds.default_world()));
    let began = Instant::now();
    let number = world.count_call();
    let mut trace = Trace { near_misses: missed, ..Trace::default() };
    trace.stopped = Some(refusal.text().into());
    let mut reply = refusal.reply(surface);
    stamp(&mut reply, request, surface, &world, number);
    let outcome = Outcome {
        reply,
        delivery: Delivery::default(),
        near_miss: first,
        operation: None,
        world: None,
    };
    if surface != Surface::Control {
        let limits = service.worlds.limits();
        let entry = Entry::new(request, surface, &outcome, trace, &limits);
        let entry = entry.ended(number, began, world.version(), &world);
        world.attachment::<Instruments>().note(request, &outcome.reply.body, &limits, entry);
    }
    outcome
}

/// What Azure finds wrong before it looks at the path: the token, then the version
/// (contract: azure-identity.md §4 [choice]).
fn before_path(service: &Service, request: &Request<'_>, surface: Surface) -> Result<(), Refusal> {
    if surface != Surface::Azure {
        return Ok(());
    }
    if service.options.auth != AuthLevel::Off {
        let token = read_token(service, request).map_err(Refusal::Token)?;
        check_token(&token, request, surface, service.worlds.default_world())
            .map_err(Refusal::Token)?;
    }
    if azure::graph::is_meant_by(request) {
        return Ok(());
    }
    azure::version::check(request)
}

fn refused(refusal: Refusal, surface: Surface) -> Outcome {
    Outcome {
        reply: refusal.reply(surface),
        delivery: Delivery::default(),
        near_miss: None,
        operation: None,
        world: None,
    }
}

/// A refusal of something that belongs to no operation, with the surface's headers.
pub fn finish_refused(
    service: &Service,
    request: &Request<'_>,
    refusal: Refusal,
    surface: Surface,
) -> Outcome {
    let mut outcome = refused(refusal, surface);
    if matches!(surface, Surface::PartnerCenter | Surface::Azure) {
        let world = service.worlds.default_world();
        stamp(&mut outcome.reply, request, surface, world, world.count_call());
    }
    outcome
}

/// Adds the headers of a surface.
fn stamp(reply: &mut Reply, request: &Request<'_>, surface: Surface, world: &World, call: u64) {
    match surface {
        Surface::PartnerCenter => correlation::stamp(reply, request, call),
        Surface::Azure if azure::graph::is_meant_by(request) => {
            azure::graph::error::finish(reply, request, call, world.wall_time());
        }
        Surface::Azure => azure::headers::stamp(reply, request, call, world.wall_time()),
        Surface::Identity | Surface::Control => {}
    }
}

/// Largest body in bytes that a request may have: `usual`, or more where its operation takes more.
pub fn largest_body(request: &Request<'_>, usual: usize) -> usize {
    let path = match request.path.strip_prefix("/w/") {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => request.path,
    };
    if !path.starts_with("/_mock/") {
        return usual;
    }
    match api().router.find(&request.method, path, None) {
        Found::Operation(index, _) => api().operations[index].largest_body.max(usual),
        Found::OtherMethods(_) | Found::Nothing => usual,
    }
}

/// The surface a request is addressed to, for refusals from outside.
pub fn surface_of(request: &Request<'_>) -> Surface {
    surface_of_host(request.origin.host()).unwrap_or_else(|| surface_of_path(request.path))
}

fn run(
    service: &Service,
    request: &Request<'_>,
    operation: &'static Operation,
    parameters: super::route::Parameters<'_>,
    chosen: Option<Arc<World>>,
) -> Outcome {
    let token = match operation.surface {
        Surface::PartnerCenter | Surface::Azure => read_token(service, request),
        Surface::Identity | Surface::Control => Err(TokenFault::Missing),
    };
    let (world, chosen_by) =
        match choose_world(service, request, operation, token.as_deref().ok(), chosen, &parameters)
        {
            Ok(chosen) => chosen,
            Err(refusal) => return refused(refusal, operation.surface),
        };
    // Counted before it is carried out: what a call writes carries ids made from its number.
    let began = Instant::now();
    let number = world.count_call();
    let instruments = world.attachment::<Instruments>();
    let version = world.version();
    let mut trace = Trace { chosen_by, token: token.as_ref().ok().cloned(), ..Trace::default() };
    let mut delivery = Delivery::default();
    let admitted = admit(service, request, operation, token, &world)
        .and_then(|caller| Ok((caller, as_of::view(request, &world)?)));
    let mut reply = match admitted {
        Err(refusal) => {
            trace.stopped = Some(refusal.text().into());
            refusal.reply(operation.surface)
        }
        Ok((caller, past)) => {
            let call = Call::new(operation, request, service, &world, caller, number, parameters)
                .of_past(past);
            let (reply, how) = serve(&call, &instruments, &mut trace);
            trace.unknown = call.take_unknown();
            delivery = how;
            reply
        }
    };
    stamp(&mut reply, request, operation.surface, &world, number);
    if operation.surface == Surface::Azure {
        azure::version::report(&mut reply, operation, request);
    }
    if request.headers.contains_key(&FIDELITY_WISH) {
        tell_fidelity(&mut reply, request, operation);
    }
    let world = Some(world);
    let outcome = Outcome { reply, delivery, near_miss: None, operation: Some(operation), world };
    if operation.recorded
        && let Some(world) = &outcome.world
    {
        let limits = service.worlds.limits();
        let entry = Entry::new(request, operation.surface, &outcome, trace, &limits);
        let entry = entry.ended(number, began, version, world);
        instruments.note(request, &outcome.reply.body, &limits, entry);
    }
    outcome
}

/// Tells how sure it is that the real service does the same, to who wants to know.
fn tell_fidelity(reply: &mut Reply, request: &Request<'_>, operation: &Operation) {
    if !request.header(&FIDELITY_WISH).is_some_and(|wish| wish.eq_ignore_ascii_case("true")) {
        return;
    }
    for (name, value) in [(&FIDELITY, operation.fidelity.name()), (&CONTRACT, operation.contract)] {
        if !value.is_empty() {
            reply.headers.push((name.clone(), HeaderValue::from_static(value)));
        }
    }
}

/// Carries out what was admitted, unless it is throttled or a fault is in the way.
fn serve(call: &Call<'_>, instruments: &Instruments, trace: &mut Trace) -> (Reply, Delivery) {
    let operation = call.operation;
    if operation.surface == Surface::Control {
        let reply = carry_out(operation, call);
        let delivery = reply.streamed.as_ref().map(Delivery::streamed).unwrap_or_default();
        return (reply, delivery);
    }
    let budget = match instruments.throttle.take(call, trace) {
        Err(refusal) => {
            trace.stopped = Some("the caller's budget is used up".into());
            return (refusal, Delivery::default());
        }
        Ok(budget) => budget,
    };
    let strike = instruments.faults.strike(call, trace);
    let mut carry_out = || {
        if call.request.method == Method::GET && !call.is_of_past() {
            call.world.count_poll(call.request.path);
        }
        once(call, trace)
    };
    let (mut reply, delivery) = match strike {
        None => (carry_out(), Delivery::default()),
        Some(strike) => strike.apply(carry_out),
    };
    if let Some(budget) = budget {
        budget.stamp(&mut reply);
    }
    (reply, delivery)
}

/// Carries a call out, or answers a repeated one again.
fn once(call: &Call<'_>, trace: &mut Trace) -> Reply {
    let operation = call.operation;
    let key = if operation.idempotent && operation.surface == Surface::PartnerCenter {
        Key::of(call.request)
    } else {
        None
    };
    let Some(key) = key else { return carry_out(operation, call) };
    let replays = call.world.attachment::<Replays>();
    trace.repeated = true;
    replays.answer(key, call.world.wall_time(), || {
        trace.repeated = false;
        carry_out(operation, call)
    })
}

fn carry_out(operation: &'static Operation, call: &Call<'_>) -> Reply {
    // A panic is a defect of the mock; the world drops the draft, and the client still gets an answer.
    catch_unwind(AssertUnwindSafe(|| (operation.handler)(call))).unwrap_or_else(|_| {
        tracing::error!(operation = operation.id, "an operation panicked");
        Refusal::Broken.reply(operation.surface)
    })
}

/// The world of a request: path prefix, header, token, tenant or client id, else the default; and what
/// chose it.
fn choose_world(
    service: &Service,
    request: &Request<'_>,
    operation: &Operation,
    token: Option<&Token>,
    chosen: Option<Arc<World>>,
    parameters: &super::route::Parameters<'_>,
) -> Result<(Arc<World>, &'static str), Refusal> {
    let worlds = &service.worlds;
    let refuse = |error: crate::world::WorldError| Refusal::World(error.to_string());
    if let Some(world) = chosen {
        return Ok((world, "the path"));
    }
    if let Some(name) = request.header(&WORLD_HEADER) {
        return Ok((worlds.find_or_create(name).map_err(refuse)?, "the header X-Mock-World"));
    }
    if let Some(name) = request.proxy_user {
        return Ok((worlds.find_or_create(name).map_err(refuse)?, "the user name for the proxy"));
    }
    if let Some(token) = token {
        if let Some(name) = &token.claims.world {
            return Ok((worlds.find_or_create(name).map_err(refuse)?, "the token"));
        }
        for (key, by) in [
            (&*token.claims.client, "the token's client"),
            (&*token.claims.tenant, "the token's tenant"),
        ] {
            if let Some(world) = worlds.world_of(key).map_err(refuse)? {
                return Ok((world, by));
            }
        }
    }
    if operation.surface == Surface::Identity {
        let tenant = parameters.iter().find(|(name, _)| *name == "tenant").map(|(_, t)| &**t);
        let client = identity::client_id_of(request);
        let keys = [(client.as_deref(), "the client id"), (tenant, "the tenant")];
        for (key, by) in keys.into_iter().filter_map(|(key, by)| Some((key?, by))) {
            if let Some(world) = worlds.world_of(key).map_err(refuse)? {
                return Ok((world, by));
            }
        }
    }
    Ok((Arc::clone(worlds.default_world()), "nothing, so it is the default"))
}
