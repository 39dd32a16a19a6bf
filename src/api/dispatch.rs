//! The way of a request: which surface, which operation, who, which world, then the operation itself,
//! then the headers of the surface. No rule of any family here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, ORIGIN,
};

use super::call::{Call, Caller};
use super::hosts::surface_of_host;
use super::idempotency::{Key, Replays};
use super::operation::{Auth, Operation, Surface};
use super::partner_center::correlation;
use super::refusal::Refusal;
use super::reply::Reply;
use super::request::Request;
use super::route::{Found, Router};
use super::service::Service;
use super::{auxiliary, azure, control, identity, partner_center};
use crate::identity::token::{AuthLevel, Demand, Token, TokenFault};
use crate::world::World;

/// Header that chooses a world.
pub static WORLD_HEADER: HeaderName = HeaderName::from_static("x-mock-world");

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

/// What a request became: its answer, and what a log line says about it.
#[derive(Debug)]
pub struct Outcome {
    /// The answer.
    pub reply: Reply,
    /// The operation, when one was found.
    pub operation: Option<&'static Operation>,
    /// The world, when one was reached.
    pub world: Option<Arc<World>>,
}

/// The surface that a path most likely means, for refusals.
fn surface_of_path(path: &str) -> Surface {
    let first = path.split('/').find(|s| !s.is_empty()).unwrap_or("").to_ascii_lowercase();
    match first.as_str() {
        "providers" | "subscriptions" | "tenants" | "metadata" => Surface::Azure,
        "_mock" | "__admin" | "" => Surface::Control,
        "common" | "organizations" => Surface::Identity,
        "v1" => Surface::PartnerCenter,
        _ if path.to_ascii_lowercase().contains("/providers/microsoft.") => Surface::Azure,
        _ if path.contains("/oauth2/") || path.contains("/.well-known/") => Surface::Identity,
        _ => Surface::PartnerCenter,
    }
}

/// Answers a request. Never panics.
pub fn answer(service: &Service, request: &mut Request<'_>) -> Outcome {
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
            let surface = by_host.unwrap_or_else(|| surface_of_path(request.path));
            let refusal = match before_path(service, request, surface) {
                Err(refusal) => refusal,
                Ok(()) => Refusal::Method { method, allowed },
            };
            finish_refused(service, request, refusal, surface)
        }
        Found::Nothing => {
            let surface = by_host.unwrap_or_else(|| surface_of_path(request.path));
            let refusal = match before_path(service, request, surface) {
                Err(refusal) => refusal,
                Ok(()) => Refusal::UnknownPath {
                    method: request.method.clone(),
                    path: request.path.to_owned(),
                    closest: closest(&request.method, request.path, surface),
                },
            };
            finish_refused(service, request, refusal, surface)
        }
    }
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
    azure::version::check(request)
}

fn refused(refusal: Refusal, surface: Surface) -> Outcome {
    Outcome { reply: refusal.reply(surface), operation: None, world: None }
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
        Surface::Azure => azure::headers::stamp(reply, request, call, world.wall_time()),
        Surface::Identity | Surface::Control => {}
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
    let world =
        match choose_world(service, request, operation, token.as_deref().ok(), chosen, &parameters)
        {
            Ok(world) => world,
            Err(refusal) => return refused(refusal, operation.surface),
        };
    // Counted before it is carried out: what a call writes carries ids made from its number.
    let number = world.count_call();
    let mut reply = match admit(service, request, operation, token, &world) {
        Err(refusal) => refusal.reply(operation.surface),
        Ok(caller) => {
            let call = Call::new(operation, request, service, &world, caller, number, parameters);
            let key = if operation.idempotent && operation.surface == Surface::PartnerCenter {
                Key::of(request)
            } else {
                None
            };
            match key {
                Some(key) => {
                    let replays = world.attachment::<Replays>();
                    replays.answer(key, world.wall_time(), || carry_out(operation, &call))
                }
                None => carry_out(operation, &call),
            }
        }
    };
    stamp(&mut reply, request, operation.surface, &world, number);
    if operation.surface == Surface::Azure {
        azure::version::report(&mut reply, operation, request);
    }
    Outcome { reply, operation: Some(operation), world: Some(world) }
}

fn carry_out(operation: &'static Operation, call: &Call<'_>) -> Reply {
    // A panic is a defect of the mock; the world drops the draft, and the client still gets an answer.
    catch_unwind(AssertUnwindSafe(|| (operation.handler)(call))).unwrap_or_else(|_| {
        tracing::error!(operation = operation.id, "an operation panicked");
        Refusal::Broken.reply(operation.surface)
    })
}

/// The world of a request: path prefix, header, token, tenant or client id, else the default.
fn choose_world(
    service: &Service,
    request: &Request<'_>,
    operation: &Operation,
    token: Option<&Token>,
    chosen: Option<Arc<World>>,
    parameters: &super::route::Parameters<'_>,
) -> Result<Arc<World>, Refusal> {
    let worlds = &service.worlds;
    let refuse = |error: crate::world::WorldError| Refusal::World(error.to_string());
    if let Some(world) = chosen {
        return Ok(world);
    }
    if let Some(name) = request.header(&WORLD_HEADER) {
        return worlds.find_or_create(name).map_err(refuse);
    }
    if let Some(token) = token {
        if let Some(name) = &token.claims.world {
            return worlds.find_or_create(name).map_err(refuse);
        }
        for key in [&*token.claims.client, &*token.claims.tenant] {
            if let Some(world) = worlds.world_of(key).map_err(refuse)? {
                return Ok(world);
            }
        }
    }
    if operation.surface == Surface::Identity {
        let tenant = parameters.iter().find(|(name, _)| *name == "tenant").map(|(_, t)| &**t);
        let client = identity::client_id_of(request);
        for key in client.as_deref().into_iter().chain(tenant) {
            if let Some(world) = worlds.world_of(key).map_err(refuse)? {
                return Ok(world);
            }
        }
    }
    Ok(Arc::clone(worlds.default_world()))
}

/// The page that sent the request, when it is not one of this server's own.
fn foreign_page(request: &Request<'_>) -> Option<String> {
    let origin = request.header(ORIGIN)?;
    let own = origin
        .split_once("://")
        .is_some_and(|(_, host)| host.eq_ignore_ascii_case(&request.origin.authority));
    (!own).then(|| origin.chars().take(100).collect())
}

/// Checks who calls and in which form.
fn admit(
    service: &Service,
    request: &Request<'_>,
    operation: &Operation,
    token: Result<Arc<Token>, TokenFault>,
    world: &World,
) -> Result<Caller, Refusal> {
    // A page of somebody else must not steer the mock through the developer's browser.
    if operation.surface == Surface::Control
        && let Some(page) = foreign_page(request)
    {
        return Err(Refusal::Origin(page));
    }
    let caller = authenticate(service, request, operation, token, world)?;
    if !operation.versions.is_empty() {
        azure::version::check(request)?;
        if service.options.strict {
            azure::version::check_known(request, operation)?;
        }
    }
    if let Some(accept) = request.header(ACCEPT)
        && operation.surface == Surface::PartnerCenter
        && !accepts(accept, operation)
    {
        return Err(Refusal::NotAcceptable(accept.chars().take(100).collect()));
    }
    if let Some(body) = &operation.body
        && body.content_type == "application/json"
        && !request.body.is_empty()
        && let Some(sent) = request.header(CONTENT_TYPE)
        && !is_json(sent)
    {
        return Err(Refusal::MediaType(sent.chars().take(100).collect()));
    }
    Ok(caller)
}

fn read_token(service: &Service, request: &Request<'_>) -> Result<Arc<Token>, TokenFault> {
    service.tokens.read(request.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes))
}

/// Whether a token is good for a surface now.
fn check_token(
    token: &Token,
    request: &Request<'_>,
    surface: Surface,
    world: &World,
) -> Result<(), TokenFault> {
    let audiences = match surface {
        Surface::Azure => crate::identity::AZURE_AUDIENCES,
        _ => crate::identity::PARTNER_CENTER_AUDIENCES,
    };
    let demand = Demand { audiences, authority: &request.origin.authority };
    token.check(demand, world.wall_time())
}

fn authenticate(
    service: &Service,
    request: &Request<'_>,
    operation: &Operation,
    token: Result<Arc<Token>, TokenFault>,
    world: &World,
) -> Result<Caller, Refusal> {
    let level = service.options.auth;
    if operation.auth == Auth::None {
        return Ok(Caller::default());
    }
    if level == AuthLevel::Off {
        return Ok(Caller::with(token.ok()));
    }
    let token = token.map_err(Refusal::Token)?;
    check_token(&token, request, operation.surface, world).map_err(Refusal::Token)?;
    if level == AuthLevel::Strict {
        strictly(&token, operation, world).map_err(Refusal::Token)?;
    }
    if operation.surface == Surface::Azure {
        check_auxiliary(service, request, operation, world).map_err(Refusal::AuxiliaryToken)?;
    }
    if operation.auth == Auth::UserOnly
        && !token.claims.delegated
        && world.published().settings.refuse_app_only
    {
        return Err(Refusal::AppOnly);
    }
    Ok(Caller::with(Some(token)))
}

/// Checks the further tokens of a request like the one that speaks.
fn check_auxiliary(
    service: &Service,
    request: &Request<'_>,
    operation: &Operation,
    world: &World,
) -> Result<(), TokenFault> {
    for sent in auxiliary::tokens(request)? {
        let token = service.tokens.read(Some(sent))?;
        check_token(&token, request, operation.surface, world)?;
        if service.options.auth == AuthLevel::Strict {
            strictly(&token, operation, world)?;
        }
    }
    Ok(())
}

/// What level `strict` checks beyond `standard`.
fn strictly(token: &Token, operation: &Operation, world: &World) -> Result<(), TokenFault> {
    token.signature.clone().map_err(TokenFault::BadSignature)?;
    if operation.surface == Surface::PartnerCenter {
        let state = world.published();
        if !token.claims.tenant.eq_ignore_ascii_case(&state.partner.id.to_string()) {
            return Err(TokenFault::WrongTenant(token.claims.tenant.clone()));
        }
        let bare = token.claims.client.split('@').next().unwrap_or("");
        if !state.partner.clients.iter().any(|client| client.id.eq_ignore_ascii_case(bare)) {
            return Err(TokenFault::UnknownClient(token.claims.client.to_string()));
        }
    }
    Ok(())
}

fn accepts(accept: &str, operation: &Operation) -> bool {
    accept.is_empty()
        || accept.split(',').any(|range| {
            let range = range.split(';').next().unwrap_or("").trim();
            matches!(range, "*/*" | "application/*" | "application/json" | "text/json")
                || range.ends_with("+json")
                || operation.successes.iter().any(|s| s.content_type.eq_ignore_ascii_case(range))
        })
}

fn is_json(content_type: &str) -> bool {
    let media = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    media.is_empty()
        || media == "application/json"
        || media == "text/json"
        || media.ends_with("+json")
}

/// The operation whose path has the most in common with `path`: whole segments first, then the
/// spelling of the first that differs, then the method.
fn closest(method: &Method, path: &str, surface: Surface) -> Option<String> {
    let sent: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).take(20).collect();
    let score = |operation: &Operation| {
        let known: Vec<&str> = operation.path.split('/').filter(|s| !s.is_empty()).collect();
        let fits = |(a, b): &(&&str, &&str)| b.starts_with('{') || a.eq_ignore_ascii_case(b);
        let pairs = || sent.iter().zip(&known);
        let same = pairs().filter(fits).count();
        let whole = (2 * same).saturating_sub(known.len().abs_diff(sent.len()));
        let differing = pairs().find(|pair| !fits(pair));
        let alike = differing.map_or(0, |(a, b)| letters_alike(a, b));
        (whole, alike, operation.method == *method)
    };
    api()
        .operations
        .iter()
        .filter(|operation| operation.surface == surface)
        .max_by_key(|operation| score(operation))
        .filter(|operation| score(operation).0 > 0)
        .map(|operation| format!("{} {}", operation.method, operation.path))
}

/// How many letters two words begin and end with alike, in percent of the longer one.
fn letters_alike(a: &str, b: &str) -> usize {
    let same = |(a, b): &(u8, u8)| a.eq_ignore_ascii_case(b);
    let begin = a.bytes().zip(b.bytes()).take_while(same).count();
    let end = a.bytes().rev().zip(b.bytes().rev()).take_while(same).count();
    let (shorter, longer) = (a.len().min(b.len()), a.len().max(b.len()).max(1));
    100 * (begin + end).min(shorter) / longer
}
