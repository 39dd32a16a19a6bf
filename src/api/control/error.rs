//! Errors of the control routes, and the list of the errors that the other surfaces answer with.

use std::borrow::Cow;
use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use serde::Serialize;
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
            .describe("The error codes of Partner Center with status, text, how sure they are, and the operations that answer with them; those of Azure Resource Manager with status, text and operations.")
            .auth(Auth::None)
            .source(Fidelity::Choice, "partner-center-conventions.md#12-errors")
            .gives::<ErrorList>(200, "The errors."),
    ]
}

/// Every documented error.
#[derive(Debug, Serialize, ToSchema)]
struct ErrorList {
    /// Errors of Partner Center.
    partner_center: Vec<ErrorEntry>,
    /// Errors of Azure Resource Manager.
    azure: Vec<AzureErrorEntry>,
}

/// A documented error.
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

/// A documented error of Azure Resource Manager. A code can go with several statuses.
#[derive(Debug, Serialize, ToSchema)]
struct AzureErrorEntry {
    /// Code.
    #[schema(example = "ReservationOrderNotFound")]
    code: Cow<'static, str>,
    /// HTTP status.
    status: u16,
    /// What it means.
    text: &'static str,
    /// Operations that answer with it.
    operations: Vec<&'static str>,
}

/// What the operations of Azure declare, by status and code.
fn azure() -> Vec<AzureErrorEntry> {
    let mut found: BTreeMap<(u16, Cow<'static, str>), AzureErrorEntry> = BTreeMap::new();
    for operation in api().operations.iter().filter(|it| it.surface == Surface::Azure) {
        for FaultOf { status, code, text } in faults_of(operation) {
            let entry = found.entry((status, code.clone())).or_insert_with(|| AzureErrorEntry {
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

#[allow(clippy::unnecessary_wraps)] // every handler has this form
fn list(_call: &Call<'_>) -> Result<Reply, ControlFault> {
    let operations_with = |code: &codes::Code| {
        let number = code.number.to_string();
        api()
            .operations
            .iter()
            .filter(|operation| {
                operation.surface == Surface::PartnerCenter
                    && operation.faults.iter().any(|f| f.code == number && f.status == code.status)
            })
            .map(|operation| operation.id)
            .collect()
    };
    let partner_center = codes::TABLE
        .iter()
        .map(|code| ErrorEntry {
            code: code.number,
            status: code.status,
            text: code.text,
            fidelity: code.fidelity.name(),
            operations: operations_with(code),
        })
        .collect();
    Ok(Reply::ok(&ErrorList { partner_center, azure: azure() }))
}
