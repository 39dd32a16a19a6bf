//! What is refused before an operation is reached, or after one broke: said in the words and the
//! shape of the surface that was addressed.

use actix_web::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::azure;
use super::operation::{Fidelity, Operation, Surface};
use super::partner_center::absent;
use super::partner_center::codes::Code;
use super::partner_center::fault::{
    APP_ONLY, Fault, INVALID_INPUT, NOT_DEFINED, NOT_FOUND, UNEXPECTED,
};
use super::reply::Reply;
use crate::identity::token::TokenFault;

/// Why a request gets no further.
#[derive(Debug)]
pub enum Refusal {
    /// No operation has this path.
    UnknownPath {
        /// Method as sent.
        method: Method,
        /// Path as sent.
        path: String,
        /// The operation that comes closest.
        closest: Option<String>,
    },
    /// The path exists, the method does not.
    Method {
        /// Method as sent.
        method: Method,
        /// Methods that the path has.
        allowed: Vec<Method>,
    },
    /// The token is missing or not good enough.
    Token(TokenFault),
    /// A further token is not good enough.
    AuxiliaryToken(TokenFault),
    /// The operation needs a user and the token speaks for an app.
    AppOnly,
    /// The client accepts no JSON.
    NotAcceptable(String),
    /// The body is not JSON.
    MediaType(String),
    /// The body is larger than allowed, in bytes.
    TooLarge(usize),
    /// The request cannot be read.
    Unreadable(String),
    /// The world that was chosen cannot be had.
    World(String),
    /// The address is not one this server answers to.
    Host(String),
    /// As a proxy the server was asked for a host that it does not stand in for; what to do about it.
    Proxied(String),
    /// A page from elsewhere calls the control routes.
    Origin(String),
    /// A request to Azure names no version of the API.
    ApiVersionMissing,
    /// A request to Azure names something that is no version.
    ApiVersionInvalid(String),
    /// A request to Azure names a version that the operation does not know, and the server is strict.
    ApiVersionUnknown {
        /// The version.
        sent: String,
        /// Those that are known.
        known: &'static [&'static str],
    },
    /// The caller has asked too often; seconds to wait.
    TooManyRequests(u32),
    /// The past that was asked for cannot be read.
    AsOf(String),
    /// The operation is less sure than the server was told to accept.
    NotSure {
        /// The operation.
        operation: &'static Operation,
        /// The least that is accepted.
        least: Fidelity,
    },
    /// The operation broke.
    Broken,
}

impl Refusal {
    fn status(&self) -> u16 {
        match self {
            Self::UnknownPath { .. } => 404,
            Self::Method { .. } => 405,
            Self::Token(_) | Self::AuxiliaryToken(_) => 401,
            Self::AppOnly | Self::Origin(_) | Self::Proxied(_) => 403,
            Self::NotAcceptable(_) => 406,
            Self::MediaType(_) => 415,
            Self::TooLarge(_) => 413,
            Self::Unreadable(_)
            | Self::World(_)
            | Self::AsOf(_)
            | Self::ApiVersionMissing
            | Self::ApiVersionInvalid(_)
            | Self::ApiVersionUnknown { .. } => 400,
            Self::Host(_) => 421,
            Self::TooManyRequests(_) => 429,
            Self::NotSure { .. } => 501,
            Self::Broken => 500,
        }
    }

    /// What is wrong and how to put it right.
    pub(super) fn text(&self) -> String {
        match self {
            Self::UnknownPath { method, path, closest } => {
                let path: String = path.chars().take(200).collect();
                let hint = closest.as_ref().map(|c| format!("; the closest is {c}"));
                format!("no operation matches {method} {path}{}", hint.unwrap_or_default())
            }
            Self::Method { method, allowed } => {
                let allowed: Vec<&str> = allowed.iter().map(Method::as_str).collect();
                format!("{method} is not possible here; possible: {}", allowed.join(", "))
            }
            Self::Token(fault) => fault.to_string(),
            Self::AuxiliaryToken(fault) => format!("x-ms-authorization-auxiliary: {fault}"),
            Self::AppOnly => {
                "the token speaks for an application; sign a user in and send that token".to_owned()
            }
            Self::NotAcceptable(accept) => {
                format!("the answer is application/json, which `Accept: {accept}` excludes")
            }
            Self::MediaType(sent) => {
                format!("the body must be application/json, not `{sent}`")
            }
            Self::TooLarge(limit) => format!("the body is larger than {limit} bytes"),
            Self::Unreadable(reason)
            | Self::World(reason)
            | Self::AsOf(reason)
            | Self::Proxied(reason) => reason.clone(),
            Self::Host(host) => format!(
                "this server does not answer for the host `{host}`; allow it with --allow-host"
            ),
            Self::Origin(origin) => {
                format!("a page of `{origin}` must not call the control routes")
            }
            Self::ApiVersionMissing => {
                "The api-version query parameter (?api-version=) is required for all requests."
                    .to_owned()
            }
            Self::ApiVersionInvalid(sent) => format!(
                "The api-version `{sent}` is not valid: it is a date such as 2022-11-01, with or without -preview."
            ),
            Self::ApiVersionUnknown { sent, known } => format!(
                "The api-version `{sent}` is not one of this resource type; known are {}.",
                known.join(", ")
            ),
            Self::TooManyRequests(seconds) => {
                format!("Rate limit is exceeded. Try again in {seconds} seconds.")
            }
            Self::NotSure { operation, least } => {
                let page = match operation.contract {
                    "" => String::new(),
                    page => format!(" ({page})"),
                };
                format!(
                    "{} is {}{page}, and the server accepts {} or surer only (--min-fidelity)",
                    operation.id,
                    operation.fidelity.name(),
                    least.name()
                )
            }
            Self::Broken => "the mock failed; its log says why".to_owned(),
        }
    }

    /// The answer, in the shape of `surface`.
    pub fn reply(self, surface: Surface) -> Reply {
        let allow = match &self {
            Self::Method { allowed, .. } => {
                let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
                Some(names.join(", "))
            }
            _ => None,
        };
        let reply = match surface {
            Surface::PartnerCenter => self.partner_center(),
            Surface::Azure => self.azure(),
            Surface::Identity => self.identity(),
            Surface::Control => self.control(),
        };
        match allow {
            Some(allow) => reply.with(ALLOW, &allow),
            None => reply,
        }
    }

    fn partner_center(self) -> Reply {
        if let Self::UnknownPath { method, path, .. } = &self
            && let Some(operation) = absent::operation_at(method, path)
        {
            let text = format!("The service has {operation}, this mock does not.");
            return not_implemented(&text).into();
        }
        let text = self.text();
        let code = match self {
            Self::TooManyRequests(seconds) => return rate_limited(&text, seconds),
            Self::Token(fault) => return Fault::from(fault).into(),
            Self::UnknownPath { .. } => NOT_FOUND,
            Self::AppOnly => APP_ONLY,
            Self::NotSure { .. } => NOT_DEFINED,
            Self::Broken => UNEXPECTED,
            ref other => Code { status: other.status(), ..INVALID_INPUT },
        };
        Fault::new(code).because(text).into()
    }

    fn azure(self) -> Reply {
        if let Self::UnknownPath { method, path, .. } = &self
            && let Some(operation) = azure::absent::operation_at(method, path)
        {
            let text = format!("The service has {operation}, this mock does not.");
            let error = json!({ "code": "NotImplemented", "message": text });
            let mut reply = Reply::json(StatusCode::NOT_IMPLEMENTED, &json!({ "error": error }));
            reply.code = Some("NotImplemented".into());
            return reply;
        }
        let code = match &self {
            Self::UnknownPath { path, .. } => azure::unknown_code(path),
            Self::Method { .. } => "HttpMethodNotSupported",
            Self::ApiVersionMissing => "MissingApiVersionParameter",
            Self::ApiVersionInvalid(_) | Self::ApiVersionUnknown { .. } => {
                "InvalidApiVersionParameter"
            }
            Self::TooLarge(_) => "RequestContentTooLarge",
            Self::MediaType(_) => "UnsupportedMediaType",
            Self::TooManyRequests(_) => "TooManyRequests",
            Self::World(_) | Self::Host(_) | Self::AsOf(_) => "BadRequest",
            Self::Token(fault) | Self::AuxiliaryToken(fault) => token_code(fault),
            Self::AppOnly => "AuthorizationFailed",
            Self::NotSure { .. } => "NotImplemented",
            Self::Broken => "InternalServerError",
            _ => "InvalidRequestContent",
        };
        let reply = nested(&self, code);
        match &self {
            Self::Token(_) | Self::AuxiliaryToken(_) => {
                reply.with(WWW_AUTHENTICATE, &azure::error::challenge(&self.text()))
            }
            Self::TooManyRequests(seconds) => reply.with(RETRY_AFTER, &seconds.to_string()),
            _ => reply,
        }
    }

    fn identity(self) -> Reply {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let error = if self.status() == 500 { "server_error" } else { "invalid_request" };
        let mut reply = Reply::json(
            status,
            &json!({
                "error": error,
                "error_description": self.text(),
                "error_codes": [900_144],
            }),
        );
        reply.code = Some(error.into());
        reply
    }

    fn control(self) -> Reply {
        let code = match &self {
            Self::UnknownPath { .. } => "NotFound",
            Self::Method { .. } => "MethodNotAllowed",
            Self::NotAcceptable(_) => "NotAcceptable",
            Self::MediaType(_) => "UnsupportedMediaType",
            Self::TooLarge(_) => "PayloadTooLarge",
            Self::Host(_) => "MisdirectedRequest",
            Self::Broken => "InternalServerError",
            Self::Origin(_) | Self::Proxied(_) => "Forbidden",
            Self::TooManyRequests(_) => "TooManyRequests",
            _ => "BadRequest",
        };
        nested(&self, code)
    }
}

/// The code by which Azure refuses a token (contract: azure-identity.md §4).
fn token_code(fault: &TokenFault) -> &'static str {
    match fault {
        TokenFault::Missing => "AuthenticationFailed",
        TokenFault::Expired(_) => "ExpiredAuthenticationToken",
        TokenFault::WrongAudience(_) => "InvalidAuthenticationTokenAudience",
        TokenFault::WrongTenant(_) => "InvalidAuthenticationTokenTenant",
        _ => "InvalidAuthenticationToken",
    }
}

/// What Partner Center answers to too many requests: another shape than all its other errors
/// (contract: partner-center-conventions.md §10).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RateLimitBody {
    /// Always 429.
    #[schema(example = 429)]
    status_code: u16,
    /// What to do.
    #[schema(example = "Rate limit is exceeded. Try again in 42 seconds.")]
    message: String,
}

fn rate_limited(text: &str, seconds: u32) -> Reply {
    let body = RateLimitBody { status_code: 429, message: text.to_owned() };
    let mut reply = Reply::json(StatusCode::TOO_MANY_REQUESTS, &body);
    reply.code = Some("429".into());
    reply.with(RETRY_AFTER, &seconds.to_string())
}

fn nested(refusal: &Refusal, code: &'static str) -> Reply {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let body = json!({ "error": { "code": code, "message": refusal.text() } });
    let mut reply = Reply::json(status, &body);
    reply.code = Some(code.into());
    reply
}

/// An operation that the service has and the mock does not.
pub fn not_implemented(what: &str) -> Fault {
    Fault::new(NOT_DEFINED).because(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_requests_have_the_shape_that_clients_count_on() {
        let reply = Refusal::TooManyRequests(42).reply(Surface::PartnerCenter);
        assert_eq!(reply.status, 429);
        assert_eq!(reply.header(&RETRY_AFTER), Some("42"));
        let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(
            body,
            json!({
                "statusCode": 429,
                "message": "Rate limit is exceeded. Try again in 42 seconds.",
            })
        );
    }
}
