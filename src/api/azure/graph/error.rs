//! Errors of Graph: their codes, and what every answer carries: ids of the request in the headers, and
//! in the body of an error once more.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue, STRICT_TRANSPORT_SECURITY};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::azure::error::{ArmFault, Code};
use crate::api::azure::odata::FilterError;
use crate::api::call::InputFault;
use crate::api::correlation::guid;
use crate::api::operation::FaultOf;
use crate::api::reply::Reply;
use crate::api::request::Request;

/// A value cannot be used.
pub const BAD_REQUEST: Code =
    Code { status: 400, name: "Request_BadRequest", text: "A value cannot be used." };
/// The request makes no sense for who sends it.
pub const NOT_FOR_CALLER: Code = Code {
    status: 400,
    name: "BadRequest",
    text: "The request cannot be carried out for who sends it, or cannot be read.",
};
/// The filter asks for what the list cannot tell.
pub const UNSUPPORTED_QUERY: Code = Code {
    status: 400,
    name: "Request_UnsupportedQuery",
    text: "The filter is not one that the list knows.",
};
/// There is no such object.
pub const NOT_FOUND: Code = Code {
    status: 404,
    name: "Request_ResourceNotFound",
    text: "The directory has no such object.",
};

static REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
static CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
static ODATA_VERSION: HeaderName = HeaderName::from_static("odata-version");

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphFault {
    code: Code,
    message: String,
}

impl GraphFault {
    /// An error with what exactly is wrong.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let message: String = message.into();
        Self { code, message: message.chars().take(1024).collect() }
    }

    /// There is no object of that id or name.
    pub fn not_found(sought: &str) -> Self {
        let sought: String = sought.chars().take(120).collect();
        Self::new(
            NOT_FOUND,
            format!(
                "Resource '{sought}' does not exist or one of its queried reference-property objects are not present."
            ),
        )
    }
}

impl From<InputFault> for GraphFault {
    fn from(fault: InputFault) -> Self {
        let code = if matches!(fault, InputFault::Body(_)) { NOT_FOR_CALLER } else { BAD_REQUEST };
        Self::new(code, ArmFault::from(fault).message)
    }
}

impl From<ArmFault> for GraphFault {
    fn from(fault: ArmFault) -> Self {
        Self::new(BAD_REQUEST, fault.message)
    }
}

impl From<FilterError> for GraphFault {
    fn from(error: FilterError) -> Self {
        Self::new(UNSUPPORTED_QUERY, error.to_string())
    }
}

impl From<GraphFault> for Reply {
    fn from(fault: GraphFault) -> Self {
        let status = StatusCode::from_u16(fault.code.status).unwrap_or(StatusCode::BAD_REQUEST);
        let error = json!({ "code": fault.code.name, "message": fault.message });
        let mut reply = Self::json(status, &json!({ "error": error }));
        reply.code = Some(fault.code.name.into());
        reply
    }
}

/// The body of every error of Graph.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GraphErrorResponse)]
pub struct ErrorBody {
    /// The error.
    error: ErrorDetail,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GraphError)]
struct ErrorDetail {
    /// Code.
    #[schema(example = "Request_ResourceNotFound")]
    code: String,
    /// What exactly is wrong.
    message: String,
    /// Which request it was.
    inner_error: InnerError,
}

/// The request that went wrong.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = GraphInnerError)]
struct InnerError {
    /// When, in UTC, without offset.
    date: String,
    /// Id of the request.
    request_id: String,
    /// Id that the client gave it, else the same.
    client_request_id: String,
}

/// Errors that any operation of Graph answers with.
pub fn common(takes_json: bool) -> Vec<FaultOf> {
    let plain = |status, code: &'static str, text| FaultOf { status, code: code.into(), text };
    let mut all = vec![
        BAD_REQUEST.into(),
        NOT_FOR_CALLER.into(),
        plain(401, "InvalidAuthenticationToken", "The token is missing or of no use."),
        plain(403, "Authorization_RequestDenied", "The caller may not do this."),
        NOT_FOUND.into(),
        plain(405, "Request_BadRequest", "The method is not possible here."),
        plain(413, "RequestContentTooLarge", "The body is too large."),
        plain(429, "TooManyRequests", "Too many requests."),
        plain(500, "InternalServerError", "The mock failed."),
        plain(501, "NotImplemented", "The mock was told to refuse what is not sure enough."),
    ];
    if takes_json {
        all.push(plain(415, "UnsupportedMediaType", "The body is not JSON."));
    }
    all
}

/// The word of Graph for a refusal that Azure Resource Manager has another word for.
fn word(code: &str, status: u16) -> (&str, u16) {
    match code {
        "AuthenticationFailed"
        | "ExpiredAuthenticationToken"
        | "InvalidAuthenticationTokenAudience"
        | "InvalidAuthenticationTokenTenant" => ("InvalidAuthenticationToken", status),
        "AuthorizationFailed" => ("Authorization_RequestDenied", status),
        "HttpMethodNotSupported" => (BAD_REQUEST.name, status),
        "InvalidRequestContent" => (NOT_FOR_CALLER.name, status),
        // A path that is none is no missing object [choice].
        "InvalidResourceType" | "InvalidResourceNamespace" => (NOT_FOR_CALLER.name, 400),
        other => (other, status),
    }
}

/// Adds the headers, and makes an error of the shape that Graph has.
pub fn finish(reply: &mut Reply, request: &Request<'_>, call: u64, wall: DateTime<Utc>) {
    let id = guid(call, 3);
    let id = std::str::from_utf8(&id).unwrap_or_default();
    let sent = request.header(&CLIENT_REQUEST_ID).filter(|sent| sent.len() <= 128);
    let client_id = sent.unwrap_or(id);
    for (name, value) in [(&REQUEST_ID, id), (&CLIENT_REQUEST_ID, client_id)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            reply.headers.push((name.clone(), value));
        }
    }
    for (name, value) in [
        (CACHE_CONTROL, "no-cache"),
        (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (ODATA_VERSION.clone(), "4.0"),
    ] {
        reply.headers.push((name, HeaderValue::from_static(value)));
    }
    if reply.status.as_u16() < 400 {
        return;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else { return };
    let Some(error) = body.get_mut("error").filter(|error| error.is_object()) else { return };
    let told = error["code"].as_str().unwrap_or_default();
    let (code, status) = word(told, reply.status.as_u16());
    reply.code = Some(code.into());
    reply.status = StatusCode::from_u16(status).unwrap_or(reply.status);
    error["code"] = code.to_owned().into();
    error["innerError"] = json!({
        "date": wall.format("%Y-%m-%dT%H:%M:%S").to_string(),
        "request-id": id,
        "client-request-id": client_id,
    });
    reply.body = Bytes::from(body.to_string());
}
