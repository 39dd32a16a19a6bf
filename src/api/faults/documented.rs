//! Documented errors of an operation, found by their code and answered in the shape of its surface.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};

use crate::api::azure::error::{ErrorBody, ErrorDetail, challenge};
use crate::api::call::Call;
use crate::api::document::faults_of;
use crate::api::identity::{self, error as entra};
use crate::api::operation::{FaultOf, Fidelity, Operation, Surface};
use crate::api::partner_center::codes::Code;
use crate::api::partner_center::fault::{
    ACCESS_DENIED, Fault, INVALID_INPUT, NOT_FOUND, UNEXPECTED,
};
use crate::api::refusal::Refusal;
use crate::api::reply::Reply;

/// Seconds that a 429 tells to wait where the rule does not say.
const SECONDS: u32 = 1;

/// The errors of an operation with that code, and status where one is given. Errors of Entra ID also
/// go by their number alone and by the word of `error`.
pub(super) fn find(operation: &Operation, code: &str, status: Option<u16>) -> Vec<FaultOf> {
    let is_meant = |fault: &FaultOf| {
        fault.code.eq_ignore_ascii_case(code)
            || (operation.surface == Surface::Identity
                && entra_code(operation, fault).is_some_and(|known| {
                    known.error.eq_ignore_ascii_case(code) || known.number.to_string() == code
                }))
    };
    let mut found: Vec<FaultOf> = faults_of(operation)
        .into_iter()
        .filter(|fault| is_meant(fault) && status.is_none_or(|status| status == fault.status))
        .collect();
    found.sort_by_key(|fault| fault.status);
    found
}

/// All errors of an operation in a line.
pub(super) fn listed(operation: &Operation) -> String {
    let mut all: Vec<String> =
        faults_of(operation).iter().map(|it| format!("{} {}", it.status, it.code)).collect();
    all.sort();
    all.dedup();
    all.join(", ")
}

/// The row of the table that a documented error of Entra ID is.
fn entra_code(operation: &Operation, fault: &FaultOf) -> Option<entra::Code> {
    let number = fault.code.strip_prefix("AADSTS")?;
    let is_discovery =
        operation.path.contains("/.well-known/") || operation.path.contains("/discovery/");
    let fits =
        |code: &&entra::Code| code.number.to_string() == number && code.status == fault.status;
    let mut rows = entra::TABLE.iter().filter(fits);
    let first = rows.next()?;
    // The same number has another word where it is said by discovery.
    let other = rows.next().filter(|_| is_discovery);
    Some(*other.unwrap_or(first))
}

/// The answer to `call` with a documented error.
pub(super) fn reply(call: &Call<'_>, fault: &FaultOf, retry_after: Option<u32>) -> Reply {
    let surface = call.operation.surface;
    if fault.status == 429 {
        return too_many(call, retry_after.unwrap_or(SECONDS));
    }
    let reply = match surface {
        Surface::PartnerCenter => partner_center(call, fault),
        Surface::Azure => azure(fault.status, &fault.code, fault.text),
        Surface::Identity => entra_id(call, fault),
        Surface::Control => Refusal::Broken.reply(surface),
    };
    waiting(reply, retry_after)
}

/// The answer to `call` with a bare status.
pub(super) fn status_reply(call: &Call<'_>, status: u16, retry_after: Option<u32>) -> Reply {
    if status == 429 {
        return too_many(call, retry_after.unwrap_or(SECONDS));
    }
    let words = StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
    let words = words.unwrap_or("Unknown error");
    let reply = match call.operation.surface {
        Surface::PartnerCenter => {
            let like = match status {
                401 => ACCESS_DENIED,
                404 => NOT_FOUND,
                500.. => UNEXPECTED,
                _ => INVALID_INPUT,
            };
            let mut fault = Fault::new(Code { status, ..like });
            if like.status != status {
                words.clone_into(&mut fault.description);
            }
            fault.into()
        }
        Surface::Azure => azure(status, &azure_word(status, words), words),
        Surface::Identity => {
            let error = match status {
                503 => "temporarily_unavailable",
                500.. => "server_error",
                _ => "invalid_request",
            };
            entra::Fault::new(entra::Code { status, error, number: 90033, text: words }, &[])
                .reply(call)
        }
        Surface::Control => Refusal::Broken.reply(Surface::Control),
    };
    waiting(reply, retry_after)
}

/// The code that Azure Resource Manager says with a status.
fn azure_word(status: u16, words: &'static str) -> String {
    match status {
        401 => "InvalidAuthenticationToken".to_owned(),
        403 => "AuthorizationFailed".to_owned(),
        _ => words.split(|c: char| !c.is_ascii_alphanumeric()).collect(),
    }
}

fn waiting(reply: Reply, retry_after: Option<u32>) -> Reply {
    match retry_after {
        Some(seconds) => reply.with(RETRY_AFTER, &seconds.to_string()),
        None => reply,
    }
}

/// What the surfaces answer to too many requests (contract: partner-center-conventions.md §10,
/// azure-identity.md §3.6 and §4, azure-reservation-utilization.md).
pub(crate) fn too_many(call: &Call<'_>, seconds: u32) -> Reply {
    match call.operation.surface {
        Surface::Identity => {
            let reply = entra::Fault::new(entra::THROTTLED, &[]).reply(call);
            waiting(reply, Some(seconds))
        }
        Surface::Azure if call.operation.path.contains("/Microsoft.Consumption/") => {
            let header =
                HeaderName::from_static("x-ms-ratelimit-microsoft.consumption-retry-after");
            Refusal::TooManyRequests(seconds)
                .reply(Surface::Azure)
                .with(header, &seconds.to_string())
        }
        surface => Refusal::TooManyRequests(seconds).reply(surface),
    }
}

fn partner_center(call: &Call<'_>, fault: &FaultOf) -> Reply {
    let number: u32 = fault.code.parse().unwrap_or_default();
    let code =
        Code { number, status: fault.status, text: fault.text, fidelity: Fidelity::Documented };
    let partner = call.world.published().partner.id.to_string();
    let mut values: Vec<&str> =
        call.operation.path_parameters().map(|name| call.path_text(name)).collect();
    // The texts speak of what the path ends with first, then of what that belongs to.
    values.reverse();
    if number == 20002 {
        values.insert(0, &partner);
    }
    values.push(&partner);
    let mut fault = Fault::new(code);
    for index in 0..5 {
        let place = format!("{{{index}}}");
        let value: String = values.get(index).unwrap_or(&"0").chars().take(100).collect();
        fault.description = fault.description.replace(&place, &value);
    }
    fault.into()
}

fn azure(status: u16, code: &str, text: &str) -> Reply {
    let body = ErrorBody { error: ErrorDetail { code: code.to_owned(), message: text.to_owned() } };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = Reply::json(status, &body);
    reply.code = Some(code.into());
    if status == StatusCode::UNAUTHORIZED {
        return reply.with(WWW_AUTHENTICATE, &challenge(text));
    }
    reply
}

fn entra_id(call: &Call<'_>, fault: &FaultOf) -> Reply {
    let code = entra_code(call.operation, fault).unwrap_or(entra::Code {
        status: fault.status,
        error: match &fault.code {
            std::borrow::Cow::Borrowed(word) => word,
            std::borrow::Cow::Owned(_) => "invalid_request",
        },
        number: 900_144,
        text: fault.text,
    });
    let client = identity::client_id_of(call.request).unwrap_or_default();
    entra::Fault::new(code, &[&client, call.path_text("tenant")]).reply(call)
}
