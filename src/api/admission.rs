//! Who calls and in which form: tokens, versions and media types that a request must bring before an
//! operation looks at it.

use std::sync::Arc;

use actix_web::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, ORIGIN};

use super::call::Caller;
use super::operation::{Auth, Operation, Surface};
use super::refusal::Refusal;
use super::request::Request;
use super::service::Service;
use super::{auxiliary, azure};
use crate::identity::token::{AuthLevel, Demand, Token, TokenFault};
use crate::world::World;

/// The page that sent the request, when it is not one of this server's own.
fn foreign_page(request: &Request<'_>) -> Option<String> {
    let origin = request.header(ORIGIN)?;
    let own = origin
        .split_once("://")
        .is_some_and(|(_, host)| host.eq_ignore_ascii_case(&request.origin.authority));
    (!own).then(|| origin.chars().take(100).collect())
}

/// Checks who calls and in which form.
pub(super) fn admit(
    service: &Service,
    request: &Request<'_>,
    operation: &'static Operation,
    token: Result<Arc<Token>, TokenFault>,
    world: &World,
) -> Result<Caller, Refusal> {
    // Without sign-in nothing could be called at all.
    if let Some(least) = service.options.min_fidelity
        && operation.fidelity > least
        && matches!(operation.surface, Surface::PartnerCenter | Surface::Azure)
    {
        return Err(Refusal::NotSure { operation, least });
    }
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

pub(super) fn read_token(
    service: &Service,
    request: &Request<'_>,
) -> Result<Arc<Token>, TokenFault> {
    service.tokens.read(request.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes))
}

/// Whether a token is good for a surface now.
pub(super) fn check_token(
    token: &Token,
    request: &Request<'_>,
    surface: Surface,
    world: &World,
) -> Result<(), TokenFault> {
    let audiences = match surface {
        Surface::Azure if azure::graph::is_meant_by(request) => azure::graph::AUDIENCES,
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
