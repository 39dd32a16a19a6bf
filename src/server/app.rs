//! From actix-web to the operations and back: reading the body within its limit, telling what was
//! addressed, writing the answer, logging the line. Nothing of actix's own error texts reaches a
//! client: every path and method ends here.

use std::sync::Arc;
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, ORIGIN,
    PROXY_AUTHORIZATION, UPGRADE, VARY,
};
use actix_web::http::uri::{Authority, Scheme};
use actix_web::http::{ConnectionType, Method};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use super::hosts::{Destination, Hosts, is_loopback_origin};
use super::listener::{Connection, Stopping};
use super::response_body::body_of;
use crate::api::delivery::{Delivery, Form};
use crate::api::dispatch::{self, Outcome};
use crate::api::operation::Surface;
use crate::api::refusal::Refusal;
use crate::api::reply::Reply;
use crate::api::request::{Origin, Request, host_of};
use crate::api::service::Service;

/// What every worker shares.
#[derive(Debug)]
pub struct Shared {
    /// The service behind the socket.
    pub service: Service,
    /// The hosts this server answers for.
    pub hosts: Arc<Hosts>,
    /// Whether each request is logged.
    pub log_requests: bool,
}

/// Answers every request.
pub async fn entry(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<Shared>,
) -> HttpResponse<BoxBody> {
    let started = shared.log_requests.then(Instant::now);
    let connection = request.conn_data::<Connection>();
    let origin = Origin {
        scheme: scheme(&request, connection),
        authority: authority(&request, connection),
        prefix: String::new(),
    };
    let own_user = proxy_user(&request);
    let tunnel_user = connection.and_then(|connection| connection.proxy_user.as_deref());
    let mut seen = Request {
        method: request.method().clone(),
        path: request.uri().path(),
        query: request.uri().query().unwrap_or(""),
        headers: request.headers(),
        body: Bytes::new(),
        origin,
        proxy_user: own_user.as_deref().or(tunnel_user),
    };
    let limit = dispatch::largest_body(&seen, shared.service.options.max_body);
    let endless = has_endless_body(&request);
    let body = if endless { Ok(Bytes::new()) } else { read_body(&request, payload, limit).await };
    let outcome = match body {
        Ok(body) => {
            seen.body = body;
            let foreign = foreign(&shared.hosts, &request);
            answer(&shared, &mut seen, host(&request), foreign)
        }
        Err(refusal) => {
            let surface = dispatch::surface_of(&seen);
            dispatch::finish_refused(&shared.service, &seen, refusal, surface)
        }
    };
    if let Some(started) = started {
        log(&seen, &outcome, started);
    }
    let Delivery { delay, form } = outcome.delivery;
    if !delay.is_zero() {
        actix_rt::time::sleep(delay).await;
    }
    let mut response = write(&request, outcome.reply, form, connection);
    if endless {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    response
}

/// Whether what follows the head is another protocol and not a body: it would have no end.
fn has_endless_body(request: &HttpRequest) -> bool {
    let upgrade = request.headers().get(UPGRADE).and_then(|value| value.to_str().ok());
    request.method() == Method::CONNECT
        || upgrade.is_some_and(|protocol| protocol.eq_ignore_ascii_case("websocket"))
}

/// The host that the request was sent to. Not what a proxy says it was forwarded for: a page that has
/// its own name lead here could say anything there. A request in absolute form says it itself, and its
/// Host header counts nothing (RFC 9112 §3.2.2).
fn host(request: &HttpRequest) -> &str {
    let header = || request.headers().get(HOST).and_then(|value| value.to_str().ok());
    let authority = request.uri().authority().map(Authority::as_str).or_else(header);
    authority.map_or("", host_of)
}

/// The user name for the proxy in a request in absolute form.
fn proxy_user(request: &HttpRequest) -> Option<Box<str>> {
    let header = request.headers().get(PROXY_AUTHORIZATION)?;
    super::proxy::user_of(header.to_str().ok()?)
}

/// The host of a request in absolute form that this server, asked as a proxy, does not stand in for.
fn foreign<'r>(hosts: &Hosts, request: &'r HttpRequest) -> Option<&'r str> {
    let uri = request.uri();
    let authority = uri.authority()?;
    let default = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    let port = authority.port_u16().unwrap_or(default);
    let local = request.conn_data::<Connection>()?.local;
    let host = host_of(authority.as_str());
    (hosts.destination(host, port, local) != Destination::Here
        // A client that was pointed here may write whole URLs, too.
        && !(port == local.port() && hosts.allows(host)))
    .then_some(host)
}

fn answer(
    shared: &Shared,
    request: &mut Request<'_>,
    host: &str,
    foreign: Option<&str>,
) -> Outcome {
    let refuse = |request: &Request<'_>, refusal| {
        dispatch::finish_refused(&shared.service, request, refusal, dispatch::surface_of(request))
    };
    if request.method == Method::CONNECT {
        let says = "a tunnel is asked for at the beginning of a connection";
        let refusal = Refusal::Unreadable(says.to_owned());
        return dispatch::finish_refused(&shared.service, request, refusal, Surface::Control);
    }
    if let Some(host) = foreign {
        let refusal = Refusal::Proxied(super::proxy::refusal_text(host));
        return dispatch::finish_refused(&shared.service, request, refusal, Surface::Control);
    }
    if !shared.hosts.allows(host) {
        return refuse(request, Refusal::Host(host.chars().take(100).collect()));
    }
    // Whose page asks is told by the headers of the answer; a preflight asks for nothing else.
    if request.method == Method::OPTIONS
        && request.headers.contains_key(ORIGIN)
        && request.headers.contains_key("access-control-request-method")
    {
        let reply = Reply::empty(actix_web::http::StatusCode::NO_CONTENT);
        return plain(reply);
    }
    if let Some(reply) = super::docs::serve(request) {
        return plain(reply);
    }
    dispatch::answer(&shared.service, request)
}

fn plain(reply: Reply) -> Outcome {
    Outcome { reply, delivery: Delivery::default(), near_miss: None, operation: None, world: None }
}

static FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
static FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

fn scheme(request: &HttpRequest, connection: Option<&Connection>) -> &'static str {
    let forwarded = request.headers().get(&FORWARDED_PROTO).and_then(|v| v.to_str().ok());
    match forwarded {
        Some(proto) if proto.eq_ignore_ascii_case("https") => "https",
        Some(proto) if proto.eq_ignore_ascii_case("http") => "http",
        _ if connection.is_some_and(|connection| connection.is_tls) => "https",
        // A client that has a proxy do the encrypting asks it in the clear.
        _ if request.uri().scheme() == Some(&Scheme::HTTPS) => "https",
        _ => "http",
    }
}

fn authority(request: &HttpRequest, connection: Option<&Connection>) -> String {
    let header = |name: &HeaderName| {
        let value = request.headers().get(name)?.to_str().ok()?;
        Some(value.split(',').next().unwrap_or(value).trim())
    };
    let plausible = |host: &&str| {
        !host.is_empty()
            && host.len() <= 255
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b))
    };
    header(&FORWARDED_HOST)
        .filter(plausible)
        .or_else(|| request.uri().authority().map(Authority::as_str).filter(plausible))
        .or_else(|| header(&HOST).filter(plausible))
        .map(str::to_owned)
        .or_else(|| connection.map(|connection| connection.local.to_string()))
        .unwrap_or_else(|| "localhost".to_owned())
}

async fn read_body(
    request: &HttpRequest,
    mut payload: web::Payload,
    limit: usize,
) -> Result<Bytes, Refusal> {
    let declared = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(Refusal::TooLarge(limit));
    }
    let mut first = None;
    let mut rest: Option<BytesMut> = None;
    let mut size = 0;
    while let Some(chunk) = payload.next().await {
        let chunk =
            chunk.map_err(|error| Refusal::Unreadable(format!("the body broke off: {error}")))?;
        size += chunk.len();
        if size > limit {
            return Err(Refusal::TooLarge(limit));
        }
        // Most bodies come in one piece, which need not be copied.
        match (&mut rest, first.take()) {
            (Some(all), _) => all.extend_from_slice(&chunk),
            (None, None) => first = Some(chunk),
            (None, Some(before)) => {
                let before: Bytes = before;
                let mut all = BytesMut::with_capacity(before.len() + chunk.len());
                all.extend_from_slice(&before);
                all.extend_from_slice(&chunk);
                rest = Some(all);
            }
        }
    }
    Ok(rest.map(BytesMut::freeze).or(first).unwrap_or_default())
}

fn write(
    request: &HttpRequest,
    reply: Reply,
    form: Form,
    connection: Option<&Connection>,
) -> HttpResponse<BoxBody> {
    let body = body_of(reply.body, form, connection, request.conn_data::<Stopping>());
    let mut response = HttpResponse::with_body(reply.status, body);
    let headers = response.headers_mut();
    for (name, value) in reply.headers {
        headers.append(name, value);
    }
    if let Some(origin) = request.headers().get(ORIGIN)
        && origin.to_str().is_ok_and(is_loopback_origin)
    {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
        headers.insert(VARY, HeaderValue::from_static("Origin"));
        let methods = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        let allowed = request
            .headers()
            .get("access-control-request-headers")
            .cloned()
            .unwrap_or(HeaderValue::from_static("authorization, content-type"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    response
}

fn log(request: &Request<'_>, outcome: &Outcome, started: Instant) {
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::info!(
        target: "pcmock::request",
        method = %request.method,
        path = request.path,
        status = outcome.reply.status.as_u16(),
        code = outcome.reply.code.as_deref().unwrap_or(""),
        operation = outcome.operation.map_or("", |operation| operation.id),
        world = outcome.world.as_ref().map_or("", |world| world.name()),
        closest = outcome.near_miss.as_deref().unwrap_or(""),
        micros,
    );
}

/// Puts the one handler behind every path and method.
pub fn configure(shared: Arc<Shared>) -> impl Fn(&mut web::ServiceConfig) + Clone {
    let shared = web::Data::from(shared);
    move |config: &mut web::ServiceConfig| {
        config.app_data(shared.clone()).default_service(web::to(entry));
    }
}
