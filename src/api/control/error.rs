//! Errors of the control routes, and the list of the errors that the other surfaces answer with.

use std::borrow::Cow;
use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::call::{Call, InputFault};
use crate::api::dispatch::api;
use crate::api::document::faults_of;
use crate::api::operation::{Auth, FaultOf, Fidelity, Operation, Surface};
use crate::api::partner_center::codes;
use crate::api::reply::Reply;
use crate::domain::error::Error;
use crate::world::WorldError;

/// A refusal by a control route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlFault {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ControlFault {
    /// A value that cannot be used.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "BadRequest", message: message.into() }
    }

    /// Something that stands in the way.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::CONFLICT, code, message: message.into() }
    }

    /// Something that is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "NotFound", message: message.into() }
    }
}

/// The body of every control error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ControlError {
    /// The error.
    error: ControlErrorDetail,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ControlErrorDetail {
    /// Code.
    #[schema(example = "BadRequest")]
    code: String,
    /// What is wrong and how to put it right.
    message: String,
}

impl From<ControlFault> for Reply {
    fn from(fault: ControlFault) -> Self {
        let body = ControlError {
            error: ControlErrorDetail { code: fault.code.to_owned(), message: fault.message },
        };
        let mut reply = Self::json(fault.status, &body);
        reply.code = Some(fault.code.into());
        reply
    }
}

impl From<Error> for ControlFault {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound { .. } => Self::not_found(error.to_string()),
            error => Self::invalid(error.to_string()),
        }
    }
}

impl From<InputFault> for ControlFault {
    fn from(fault: InputFault) -> Self {
        use crate::api::json::JsonFault;
        Self::invalid(match fault {
            InputFault::Body(JsonFault::Malformed(reason)) => reason,
            InputFault::Body(ref fault @ JsonFault::Value { ref reason, .. }) => {
                format!("{}: {reason}", fault.path())
            }
            InputFault::Body(JsonFault::Enum { path, given, allowed }) => {
                format!("{path}: `{given}` is not one of {}", allowed.join(", "))
            }
            InputFault::Parameter { name, reason } => format!("{name}: {reason}"),
            InputFault::Enum { name, given, allowed } => {
                format!("{name}: `{given}` is not one of {allowed}")
            }
        })
    }
}

impl From<WorldError> for ControlFault {
    fn from(error: WorldError) -> Self {
        let (status, code) = match error {
            WorldError::BadName(_) | WorldError::Permanent => {
                (StatusCode::BAD_REQUEST, "BadRequest")
            }
            WorldError::TooMany(_) => (StatusCode::CONFLICT, "TooManyWorlds"),
            WorldError::Exists(_) => (StatusCode::CONFLICT, "WorldExists"),
            WorldError::Unknown(_) => (StatusCode::NOT_FOUND, "NotFound"),
        };
        Self { status, code, message: error.to_string() }
    }
}

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Surface::Control, Method::GET, "/_mock/errors", "listErrors", list)
            .summary("Service", "List every documented error")
            .describe("The errors that operations answer with, by surface: code, status, text and the operations. Partner Center's table is complete, with codes that no operation here answers with. Each error of an operation can be armed as a fault of it.")
            .auth(Auth::None)
            .source(Fidelity::Choice, "partner-center-conventions.md#12-errors")
            .query("operation", json!({ "type": "string" }), "Only the errors of the operation of this id.")
            .gives::<ErrorList>(200, "The errors."),
    ]
}

/// Every documented error.
#[derive(Debug, Serialize, ToSchema)]
struct ErrorList {
    /// Errors of Partner Center.
    partner_center: Vec<ErrorEntry>,
    /// Errors of Azure Resource Manager.
    azure: Vec<NamedErrorEntry>,
    /// Errors of Entra ID.
    identity: Vec<NamedErrorEntry>,
}

/// A documented error of Partner Center. A code can go with several statuses.
#[derive(Debug, Serialize, ToSchema)]
struct ErrorEntry {
    /// Code.
    code: u32,
    /// HTTP status.
    status: u16,
    /// Text.
    text: &'static str,
    /// How sure it is.
    fidelity: &'static str,
    /// Operations that answer with it.
    operations: Vec<&'static str>,
}

/// A documented error of Azure Resource Manager or Entra ID. A code can go with several statuses.
#[derive(Debug, Serialize, ToSchema)]
struct NamedErrorEntry {
    /// Code: of Azure a name, of Entra ID `AADSTS` with a number, or the word of `error`.
    #[schema(example = "ReservationOrderNotFound")]
    code: Cow<'static, str>,
    /// HTTP status.
    status: u16,
    /// What it means.
    text: &'static str,
    /// Operations that answer with it.
    operations: Vec<&'static str>,
}

/// What the operations of a surface declare, by status and code.
fn declared(surface: Surface, only: Option<&Operation>) -> Vec<NamedErrorEntry> {
    let mut found: BTreeMap<(u16, Cow<'static, str>), NamedErrorEntry> = BTreeMap::new();
    let is_wanted = |it: &&Operation| only.is_none_or(|only| only.id == it.id);
    let operations = api().operations.iter().filter(|it| it.surface == surface);
    for operation in operations.filter(is_wanted) {
        for FaultOf { status, code, text } in faults_of(operation) {
            let key = (status, code.clone());
            let entry = found.entry(key).or_insert_with(|| NamedErrorEntry {
                code,
                status,
                text,
                operations: Vec::new(),
            });
            // An operation may declare what all of them have.
            if entry.operations.last() != Some(&operation.id) {
                entry.operations.push(operation.id);
            }
        }
    }
    found.into_values().collect()
}

/// The table of Partner Center with the operations of each code, and what operations declare besides.
fn partner_center(only: Option<&Operation>) -> Vec<ErrorEntry> {
    let mut declared = declared(Surface::PartnerCenter, only);
    let mut entries: Vec<ErrorEntry> = Vec::new();
    for code in codes::TABLE {
        let number = code.number.to_string();
        let same = |it: &NamedErrorEntry| it.code == number && it.status == code.status;
        let at = declared.iter().position(same);
        let operations = at.map(|at| declared.remove(at).operations).unwrap_or_default();
        if only.is_none() || !operations.is_empty() {
            let (code, fidelity, status, text) =
                (code.number, code.fidelity.name(), code.status, code.text);
            entries.push(ErrorEntry { code, status, text, fidelity, operations });
        }
    }
    entries.extend(declared.into_iter().map(|entry| ErrorEntry {
        code: entry.code.parse().unwrap_or_default(),
        status: entry.status,
        text: entry.text,
        fidelity: Fidelity::Choice.name(),
        operations: entry.operations,
    }));
    entries.sort_by_key(|entry| (entry.code, entry.status));
    entries
}

fn list(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let only = match call.query().get("operation") {
        None => None,
        Some(id) => {
            let found = api().operations.iter().find(|it| it.id.eq_ignore_ascii_case(id));
            Some(found.ok_or_else(|| {
                let id: String = id.chars().take(60).collect();
                ControlFault::not_found(format!("no operation is called `{id}`"))
            })?)
        }
    };
    Ok(Reply::ok(&ErrorList {
        partner_center: partner_center(only),
        azure: declared(Surface::Azure, only),
        identity: declared(Surface::Identity, only),
    }))
}
