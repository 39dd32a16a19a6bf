//! Errors of Entra ID: the table of codes, the body every error has, and the headers every answer of
//! the token service has (contract: azure-identity.md §3.6).

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, PRAGMA};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Call;
use crate::api::operation::FaultOf;
use crate::api::reply::Reply;
use crate::domain::ids::parse_guid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// An error that Entra ID knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// HTTP status.
    pub status: u16,
    /// Value of `error`.
    pub error: &'static str,
    /// Number behind `AADSTS`.
    pub number: u32,
    /// What it means.
    pub text: &'static str,
}

const fn code(status: u16, error: &'static str, number: u32, text: &'static str) -> Code {
    Code { status, error, number, text }
}

/// A field is missing or the body is no form.
pub const MISSING: Code =
    code(400, "invalid_request", 900_144, "The request must contain the parameter '{0}'.");
/// The tenant does not exist, said by a token endpoint.
pub const UNKNOWN_TENANT: Code =
    code(400, "invalid_request", 90002, "Tenant '{0}' not found. Check the tenant id or domain.");
/// The tenant does not exist, said by discovery.
pub const UNKNOWN_TENANT_DISCOVERY: Code = Code { error: "invalid_tenant", ..UNKNOWN_TENANT };
/// The authority to be discovered is not one.
pub const UNKNOWN_INSTANCE: Code =
    code(400, "invalid_instance", 50049, "'{0}' is unknown or invalid as an instance.");
/// The client is not registered.
pub const UNKNOWN_CLIENT: Code = code(
    400,
    "unauthorized_client",
    700_016,
    "Application '{0}' was not found in the tenant '{1}'.",
);
/// The secret is wrong. 401 on purpose: MSAL for Python replays a 400 from memory for a minute.
pub const WRONG_SECRET: Code =
    code(401, "invalid_client", 7_000_215, "The client secret of application '{0}' is not valid.");
/// The secret is missing.
pub const NO_SECRET: Code = code(
    401,
    "invalid_client",
    7_000_218,
    "The request must contain 'client_assertion' or 'client_secret'.",
);
/// A public client sent a secret.
pub const PUBLIC_WITH_SECRET: Code = code(
    401,
    "invalid_client",
    700_025,
    "The client is public, so neither 'client_assertion' nor 'client_secret' may be presented.",
);
/// The client assertion is not a JWT.
pub const BAD_ASSERTION: Code =
    code(401, "invalid_client", 50027, "The client assertion is not a valid JWT: {0}.");
/// The client assertion has expired.
pub const EXPIRED_ASSERTION: Code =
    code(401, "invalid_client", 700_024, "The client assertion is outside its valid time range.");
/// The client assertion is another client's.
pub const FOREIGN_ASSERTION: Code = code(
    401,
    "invalid_client",
    700_021,
    "The client assertion is of the application '{0}', the request of '{1}'.",
);
/// The resource does not exist.
pub const UNKNOWN_RESOURCE: Code = code(
    400,
    "invalid_resource",
    500_011,
    "The resource principal named '{0}' was not found in the tenant '{1}'.",
);
/// The scope of an application alone is not `.default`.
pub const NOT_DEFAULT_SCOPE: Code = code(
    400,
    "invalid_scope",
    1_002_012,
    "The value for scope '{0}' is not valid: client credentials need a resource identifier followed by /.default.",
);
/// The scope cannot be read.
pub const BAD_SCOPE: Code = code(400, "invalid_scope", 70011, "The scope '{0}' is not valid: {1}.");
/// The grant type does not exist.
pub const UNKNOWN_GRANT: Code =
    code(400, "unsupported_grant_type", 70003, "The grant type '{0}' is not supported.");
/// The code or refresh token is not one of ours.
pub const MALFORMED_GRANT: Code =
    code(400, "invalid_grant", 9_002_313, "The request is malformed or invalid: {0}.");
/// The code belongs to another client or tenant.
pub const FOREIGN_GRANT: Code = code(400, "invalid_grant", 70000, "The grant is not valid: {0}.");
/// The authorization code has expired.
pub const EXPIRED_CODE: Code =
    code(400, "invalid_grant", 70008, "The authorization code expired at {0}.");
/// The refresh token has expired.
pub const EXPIRED_REFRESH_TOKEN: Code =
    code(400, "invalid_grant", 700_082, "The refresh token expired at {0}.");
/// The code was used before.
pub const REDEEMED: Code = code(400, "invalid_grant", 54005, "The code was redeemed already.");
/// The verifier does not fit the challenge.
pub const WRONG_VERIFIER: Code = code(
    400,
    "invalid_grant",
    501_481,
    "The code_verifier does not match the code_challenge of the authorization request.",
);
/// The redirect URI is not the one of the sign-in.
pub const WRONG_REDIRECT: Code = code(
    400,
    "invalid_client",
    500_112,
    "The redirect_uri '{0}' does not match the one of the authorization request.",
);
/// The redirect URI cannot be used.
pub const BAD_REDIRECT: Code =
    code(400, "invalid_request", 50011, "The redirect URI '{0}' cannot be used: {1}.");
/// A value is longer than it may be.
pub const TOO_LONG: Code = code(400, "invalid_request", 90015, "The value of '{0}' is too long.");
/// No page may be shown and the user is not known.
pub const NOT_SIGNED_IN: Code =
    code(400, "login_required", 50058, "The user '{0}' is not signed in and cannot be asked.");
/// The response type does not exist.
pub const BAD_RESPONSE_TYPE: Code = code(
    400,
    "unsupported_response_type",
    70005,
    "The response type '{0}' is not supported; use 'code' or 'code id_token'.",
);
/// The user or the password is wrong.
pub const BAD_PASSWORD: Code =
    code(400, "invalid_grant", 50126, "The username or password is not valid.");
/// The user does not exist.
pub const UNKNOWN_USER: Code =
    code(400, "invalid_grant", 50034, "The user account '{0}' does not exist in the tenant.");
/// The assertion to act on behalf of is not good.
pub const BAD_USER_ASSERTION: Code =
    code(400, "invalid_grant", 50013, "The assertion is not valid: {0}.");
/// The assertion to act on behalf of has expired.
pub const EXPIRED_USER_ASSERTION: Code =
    code(400, "invalid_grant", 500_133, "The assertion is outside its valid time range.");
/// A JWT grant for something else than acting on behalf of a user.
pub const UNSUPPORTED_USE: Code = code(
    400,
    "invalid_request",
    900_023,
    "The value '{0}' of requested_token_use is not supported; use 'on_behalf_of'.",
);
/// Nobody has signed in on the other device yet.
pub const PENDING: Code =
    code(400, "authorization_pending", 70016, "The sign-in is not finished. Ask again later.");
/// There is nobody who could sign in.
pub const DECLINED: Code =
    code(400, "authorization_declined", 70017, "The sign-in was declined: {0}.");
/// The device code has expired.
pub const EXPIRED_DEVICE_CODE: Code =
    code(400, "expired_token", 70020, "The device code expired at {0}. Ask for a new one.");
/// The device code is not one of ours.
pub const BAD_DEVICE_CODE: Code =
    code(400, "bad_verification_code", 70018, "The device code is not valid: {0}.");

/// The secret has expired; only as a fault.
pub const EXPIRED_SECRET: Code = code(
    401,
    "invalid_client",
    7_000_222,
    "The client secret keys of application '{0}' have expired.",
);
/// Nobody in the tenant has consented; only as a fault.
pub const CONSENT_MISSING: Code = code(
    400,
    "invalid_grant",
    65001,
    "Nobody has consented to the use of the application with id '{0}' in the tenant '{1}'.",
);
/// A second factor is needed; only as a fault.
pub const SECOND_FACTOR_NEEDED: Code = code(
    400,
    "interaction_required",
    50076,
    "Multi-factor authentication is needed to access the resource.",
);
/// Too many requests.
pub const THROTTLED: Code = code(
    429,
    "temporarily_unavailable",
    90055,
    "The tenant has exceeded the number of requests that are served.",
);

/// Every error of this file.
pub const TABLE: &[Code] = &[
    MISSING,
    UNKNOWN_TENANT,
    UNKNOWN_TENANT_DISCOVERY,
    UNKNOWN_INSTANCE,
    UNKNOWN_CLIENT,
    WRONG_SECRET,
    NO_SECRET,
    PUBLIC_WITH_SECRET,
    BAD_ASSERTION,
    EXPIRED_ASSERTION,
    FOREIGN_ASSERTION,
    UNKNOWN_RESOURCE,
    NOT_DEFAULT_SCOPE,
    BAD_SCOPE,
    UNKNOWN_GRANT,
    MALFORMED_GRANT,
    FOREIGN_GRANT,
    EXPIRED_CODE,
    EXPIRED_REFRESH_TOKEN,
    REDEEMED,
    WRONG_VERIFIER,
    WRONG_REDIRECT,
    BAD_REDIRECT,
    TOO_LONG,
    NOT_SIGNED_IN,
    BAD_RESPONSE_TYPE,
    BAD_PASSWORD,
    UNKNOWN_USER,
    BAD_USER_ASSERTION,
    EXPIRED_USER_ASSERTION,
    UNSUPPORTED_USE,
    PENDING,
    DECLINED,
    EXPIRED_DEVICE_CODE,
    BAD_DEVICE_CODE,
    EXPIRED_SECRET,
    CONSENT_MISSING,
    SECOND_FACTOR_NEEDED,
    THROTTLED,
];

impl From<Code> for FaultOf {
    fn from(code: Code) -> Self {
        Self {
            status: code.status,
            code: Cow::Owned(format!("AADSTS{}", code.number)),
            text: code.text,
        }
    }
}

/// An error with what it says this time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    code: Code,
    text: String,
}

impl Fault {
    /// The error with `{0}`, `{1}` filled in; longer values are cut.
    pub fn new(code: Code, values: &[&str]) -> Self {
        let mut text = code.text.to_owned();
        for (index, value) in values.iter().enumerate() {
            let value: String = value.chars().filter(|c| !c.is_control()).take(200).collect();
            text = text.replacen(&format!("{{{index}}}"), &value, 1);
        }
        Self { code, text }
    }

    /// A field is missing.
    pub fn missing(field: &str) -> Self {
        Self::new(MISSING, &[field])
    }

    /// What kind of error it is.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The text without number and ids.
    pub fn text(&self) -> String {
        format!("AADSTS{}: {}", self.code.number, self.text)
    }

    /// The answer to `call`.
    pub fn reply(&self, call: &Call<'_>) -> Reply {
        let wall = call.world.wall_time();
        let timestamp = wall.format("%Y-%m-%d %H:%M:%SZ").to_string();
        let trace = trace_id(call);
        let correlation = correlation_id(call).unwrap_or(trace);
        let body = ErrorBody {
            error: self.code.error,
            error_description: format!(
                "{} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}",
                self.text()
            ),
            error_codes: vec![self.code.number],
            timestamp: Some(timestamp),
            trace_id: Some(trace.to_string()),
            correlation_id: Some(correlation.to_string()),
            error_uri: Some(format!(
                "https://login.microsoftonline.com/error?code={}",
                self.code.number
            )),
        };
        let status = StatusCode::from_u16(self.code.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut reply = Reply::json(status, &body);
        reply.code = Some(self.code.number.to_string().into_boxed_str());
        stamp(reply, call)
    }
}

/// An error of Entra ID. Requests that reach no operation are refused without ids and time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentityError)]
pub struct ErrorBody {
    /// The OAuth 2.0 error.
    #[schema(example = "invalid_client")]
    pub error: &'static str,
    /// The `AADSTS` code and what went wrong, with trace id, correlation id and time.
    pub error_description: String,
    /// The numbers behind `AADSTS`.
    pub error_codes: Vec<u32>,
    /// When it happened, in wall time.
    #[schema(example = "2026-02-03 04:05:06Z")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// Id of the request on the server's side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Id of the request on the client's side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// Where the error is explained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_uri: Option<String>,
}

/// The headers of every answer of the token service: nothing of it may be stored.
pub fn stamp(reply: Reply, call: &Call<'_>) -> Reply {
    let mut reply = reply
        .with(CACHE_CONTROL, "no-store, no-cache")
        .with(PRAGMA, "no-cache")
        .with(REQUEST_ID, &trace_id(call).to_string());
    let wanted = call
        .request
        .header("return-client-request-id")
        .is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    if let (true, Some(id)) = (wanted, correlation_id(call)) {
        reply = reply.with(CLIENT_REQUEST_ID, &id.to_string());
    }
    reply
}

/// The id the client gave the request, in header or query.
fn correlation_id(call: &Call<'_>) -> Option<Uuid> {
    let sent = call
        .request
        .header("client-request-id")
        .or_else(|| call.query().get("client-request-id"))?;
    parse_guid(sent).ok()
}

fn trace_id(call: &Call<'_>) -> Uuid {
    let nanoseconds = call.world.wall_time().timestamp_micros();
    let name = format!("{}/{}/{nanoseconds}", call.world.name(), call.world.calls());
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_cut_and_cleaned() {
        let fault = Fault::new(UNKNOWN_CLIENT, &["a\nb", "{0}"]);
        assert_eq!(
            fault.text(),
            "AADSTS700016: Application 'ab' was not found in the tenant '{0}'."
        );
        let long = "x".repeat(5000);
        assert!(Fault::missing(&long).text().len() < 300);
    }
}
