//! Error answers of Azure Resource Manager: one body shape, and the one place where refusals of the
//! rules get their status and code (contract: azure-reservations.md §1.2, azure-identity.md §4).

use actix_web::http::StatusCode;
use actix_web::http::header::WWW_AUTHENTICATE;
use serde::Serialize;
use utoipa::ToSchema;

use super::resource_id::ResourceIdError;
use crate::api::call::InputFault;
use crate::api::json::JsonFault;
use crate::api::operation::{FaultOf, Operation};
use crate::api::reply::Reply;
use crate::domain::error::Error;
use crate::domain::reservations::{RefundPolicyError, ReservationFault};
use crate::domain::support::SupportFault;

/// A documented error. Which status goes with a code is a choice for Microsoft.Capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// HTTP status.
    pub status: u16,
    /// Code.
    pub name: &'static str,
    /// What it means.
    pub text: &'static str,
}

impl From<Code> for FaultOf {
    fn from(code: Code) -> Self {
        Self { status: code.status, code: code.name.into(), text: code.text }
    }
}

macro_rules! codes {
    ($($constant:ident $status:literal $name:literal $text:literal;)+) => {
        $(#[doc = $text] pub const $constant: Code = Code { status: $status, name: $name, text: $text };)+

        /// Every error that the operations answer with.
        pub const TABLE: &[Code] = &[$($constant),+];
    };
}

codes! {
    BAD_REQUEST 400 "BadRequest" "A value cannot be used.";
    INVALID_REQUEST_CONTENT 400 "InvalidRequestContent" "The body is not the JSON that is expected.";
    INVALID_ORDER_ID 400 "InvalidReservationOrderId" "The reservation order id is not a GUID.";
    INVALID_RESERVATION_ID 400 "InvalidReservationId" "The reservation id is not a GUID.";
    INVALID_SUBSCRIPTION_ID 400 "InvalidSubscriptionId" "The subscription id is not a GUID, or not one of an Azure subscription of the customer.";
    INVALID_TENANT_ID 400 "InvalidTenantId" "The tenant id is not one of a directory.";
    INVALID_LOCATION_ID 400 "InvalidLocationId" "The region is unknown, or does not sell what is wanted.";
    UNSUPPORTED_TERM 400 "UnsupportedReservationTerm" "The term is not sold.";
    BILLING_SCOPE_FIXED 400 "BillingScopeIdCannotBeChanged" "The billing scope cannot change.";
    SCOPE_NOT_ASSOCIATED 400 "AppliedScopesNotAssociatedWithCommerceAccount" "The scope is not of the billing context of the reservation.";
    PATCH_SAME 400 "PatchValuesSameAsExisting" "The change changes nothing.";
    SCOPE_SAME 400 "AppliedScopesSameAsExisting" "The scope is the one that the reservation has.";
    SCOPE_MISSING 400 "MissingAppliedScopesForSingle" "The scope type Single needs a scope.";
    SCOPE_COUNT 400 "InvalidSingleAppliedScopesCount" "Exactly one scope is possible.";
    WRONG_STATE 400 "OperationCannotBePerformedInCurrentState" "The state of the reservation does not allow it.";
    INVALID_REFUND_QUANTITY 400 "InvalidRefundQuantity" "The quantity is not 1 to that of the reservation.";
    REFUND_LIMIT_EXCEEDED 400 "RefundLimitExceeded" "More would be cancelled within a year than is allowed.";
    NO_SELF_SERVICE 400 "SelfServiceRefundNotSupported" "The reservation cannot be returned, or by support request only.";
    ORDER_EXISTS 400 "ReservationOrderIdAlreadyExists" "The order exists and was bought with another body.";
    PURCHASE_ERROR 400 "PurchaseError" "The purchase is refused.";
    OUT_OF_STOCK 400 "FulfillmentOutOfStockError" "There is no capacity.";
    AUTHORIZATION_FAILED 403 "AuthorizationFailed" "The caller may not do this.";
    INVALID_ASSIGNMENT_NAME 400 "InvalidRoleAssignmentId" "The name of the role assignment is not a GUID.";
    INVALID_ROLE_ID 400 "InvalidRoleDefinitionId" "The id of the role is not a GUID.";
    ROLE_NOT_ASSIGNABLE 400 "RoleDefinitionNotAssignable" "The role cannot be assigned at the scope.";
    PRINCIPAL_NOT_FOUND 400 "PrincipalNotFound" "The directory does not know the principal.";
    PRINCIPAL_TYPE 400 "UnmatchedPrincipalType" "The principal is of another type.";
    INVALID_ROLE 400 "InvalidRoleDefinition" "The role breaks a rule, or is built in.";
    INVALID_ACTION 400 "InvalidActionOrNotAction" "No action can fit the pattern.";
    ROLE_IN_USE 400 "RoleDefinitionHasAssignments" "The role is assigned to somebody.";
    ASSIGNMENT_EXISTS 409 "RoleAssignmentExists" "The principal has the role at the scope already.";
    ASSIGNMENT_FIXED 409 "RoleAssignmentUpdateNotPermitted" "An assignment of that name has other content.";
    ROLE_NAME_TAKEN 409 "RoleDefinitionWithSameNameExists" "Another role has the name.";
    ASSIGNMENT_NOT_FOUND 404 "RoleAssignmentNotFound" "There is no such role assignment.";
    ROLE_NOT_FOUND 404 "RoleDefinitionDoesNotExist" "There is no such role.";
    DENY_ASSIGNMENT_NOT_FOUND 404 "DenyAssignmentNotFound" "There is no such deny assignment.";
    MISSING_SUBSCRIPTION 404 "MissingSubscription" "The scope is neither a subscription nor a known provider.";
    ORDER_NOT_FOUND 404 "ReservationOrderNotFound" "There is no such reservation order.";
    NOT_IN_ORDER 404 "ReservationIdNotInReservationOrder" "The order has no such reservation.";
    SUBSCRIPTION_NOT_FOUND 404 "SubscriptionNotFound" "There is no such subscription.";
    OPERATION_NOT_FOUND 404 "OperationNotFound" "There is no such long-running operation.";
    RESOURCE_NOT_FOUND 404 "ResourceNotFound" "There is no such resource.";
    NOT_FOUND 404 "NotFound" "There is no such long-running operation.";
    CONFLICT 409 "Conflict" "The name is in use.";
    SUPPORT_PLAN 400 "InvalidSupportPlan" "The support plan does not cover the ticket.";
    INTERNAL 500 "InternalServerError" "The mock failed.";
}

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArmFault {
    /// The documented error.
    pub code: Code,
    /// What exactly is wrong and how to put it right.
    pub message: String,
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErrorResponse)]
pub struct ErrorBody {
    /// The error.
    pub error: ErrorDetail,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// Code.
    #[schema(example = "ReservationOrderNotFound")]
    pub code: String,
    /// What exactly is wrong and how to put it right.
    pub message: String,
}

impl ArmFault {
    /// An error with what exactly is wrong.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let message: String = message.into();
        Self { code, message: message.chars().take(1024).collect() }
    }

    /// A value that cannot be used.
    pub fn invalid(field: &str, reason: impl std::fmt::Display) -> Self {
        Self::new(BAD_REQUEST, format!("{field}: {reason}"))
    }

    /// The error of an id that a client sends in a place, by the code of that place.
    pub fn id(code: Code) -> impl Fn(ResourceIdError) -> Self {
        move |error| Self::new(code, error.to_string())
    }

    /// The error as it stands in a body.
    pub fn detail(&self) -> ErrorDetail {
        ErrorDetail { code: self.code.name.to_owned(), message: self.message.clone() }
    }
}

impl From<ArmFault> for Reply {
    fn from(fault: ArmFault) -> Self {
        let status =
            StatusCode::from_u16(fault.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut reply = Self::json(status, &ErrorBody { error: fault.detail() });
        reply.code = Some(fault.code.name.into());
        if status == StatusCode::UNAUTHORIZED {
            return reply.with(WWW_AUTHENTICATE, &challenge(&fault.message));
        }
        reply
    }
}

/// The header that every 401 carries: all values quoted, a comma and a space between them, as clients
/// read it (contract: azure-identity.md §4).
pub fn challenge(text: &str) -> String {
    let text: String = text.chars().filter(|it| it.is_ascii() && !it.is_ascii_control()).collect();
    let text = text.replace(['"', '\\'], "'");
    format!(
        "Bearer authorization_uri=\"https://login.microsoftonline.com/common\", error=\"invalid_token\", error_description=\"{text}\""
    )
}

impl From<InputFault> for ArmFault {
    fn from(fault: InputFault) -> Self {
        match fault {
            InputFault::Body(JsonFault::Malformed(reason)) => {
                Self::new(INVALID_REQUEST_CONTENT, reason)
            }
            InputFault::Body(ref fault @ JsonFault::Value { ref reason, .. }) => {
                let path = fault.path();
                let path = if path.is_empty() { "the body" } else { path };
                Self::new(INVALID_REQUEST_CONTENT, format!("{path}: {reason}"))
            }
            InputFault::Body(JsonFault::Enum { path, given, allowed }) => {
                Self::unknown_word(&path, &given, &allowed.join(", "))
            }
            InputFault::Parameter { name, reason } => Self::invalid(&name, reason),
            InputFault::Enum { name, given, allowed } => {
                Self::unknown_word(&name, &given, &allowed)
            }
        }
    }
}

impl ArmFault {
    /// A word that is none of those allowed.
    pub fn unknown_word(path: &str, given: &str, allowed: &str) -> Self {
        let given: String = given.chars().take(60).collect();
        Self::new(BAD_REQUEST, format!("{path}: `{given}` is not one of {allowed}"))
    }
}

impl From<Error> for ArmFault {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let code = match error {
            Error::Reservation(fault) => return fault.into(),
            Error::Authorization(fault) => return fault.into(),
            Error::Support(fault) => return fault.into(),
            Error::SubscriptionNotFound(_) => SUBSCRIPTION_NOT_FOUND,
            Error::Internal(_) => {
                tracing::error!(message, "a rule failed");
                INTERNAL
            }
            // Rules of Partner Center that are reached from here: the text says which.
            _ => BAD_REQUEST,
        };
        Self::new(code, message)
    }
}

impl From<ReservationFault> for ArmFault {
    fn from(fault: ReservationFault) -> Self {
        use ReservationFault as F;
        let message = fault.to_string();
        let code = match fault {
            F::OrderNotFound(_) => ORDER_NOT_FOUND,
            F::OtherDirectory { home, .. } => {
                let help = format!("{message}; ask for a token of the tenant {home}");
                return Self::new(AUTHORIZATION_FAILED, help);
            }
            F::NotInOrder { .. } => NOT_IN_ORDER,
            F::WrongState { .. } => WRONG_STATE,
            F::NothingChanges => PATCH_SAME,
            F::SameScope => SCOPE_SAME,
            F::ScopeMissing => SCOPE_MISSING,
            F::ScopeCount(_) => SCOPE_COUNT,
            F::ScopeNotAssociated { .. } => SCOPE_NOT_ASSOCIATED,
            F::BillingScopeFixed => BILLING_SCOPE_FIXED,
            F::SubscriptionIdInvalid(_) | F::SubscriptionNotUsable(..) => INVALID_SUBSCRIPTION_ID,
            F::Location(..) => INVALID_LOCATION_ID,
            F::Term(..) => UNSUPPORTED_TERM,
            F::Invalid { .. }
            | F::NotQuoted(_)
            | F::NotAsQuoted(_)
            | F::ExchangePolicy(_)
            | F::Session(..) => BAD_REQUEST,
            F::OutOfStock(_) => OUT_OF_STOCK,
            F::Purchase(_) => PURCHASE_ERROR,
            F::OrderExists(_) => ORDER_EXISTS,
            F::Tenant(..) => INVALID_TENANT_ID,
            F::RefundQuantity(..) => INVALID_REFUND_QUANTITY,
            F::RefundPolicy(RefundPolicyError::LimitExceeded { .. }) => REFUND_LIMIT_EXCEEDED,
            F::RefundPolicy(RefundPolicyError::SelfServiceNotSupported(_)) => NO_SELF_SERVICE,
            F::OperationNotFound(_) => OPERATION_NOT_FOUND,
        };
        Self::new(code, message)
    }
}

impl From<SupportFault> for ArmFault {
    fn from(fault: SupportFault) -> Self {
        use SupportFault as F;
        let code = match fault {
            F::NotFound { .. } => RESOURCE_NOT_FOUND,
            F::OperationNotFound(_) => NOT_FOUND,
            F::NameInUse(_) => CONFLICT,
            F::PlanNeeded => SUPPORT_PLAN,
            F::Invalid { .. }
            | F::Closed
            | F::EngineerAssigned
            | F::TooManyMessages(_)
            | F::TooMany { .. } => BAD_REQUEST,
        };
        Self::new(code, fault.to_string())
    }
}

/// Errors that any operation answers with.
pub fn common(operation: &Operation, takes_json: bool) -> Vec<FaultOf> {
    let plain = |status, code: &'static str, text| FaultOf { status, code: code.into(), text };
    let mut all = Vec::new();
    if !operation.versions.is_empty() {
        all.push(plain(400, "MissingApiVersionParameter", "The request names no api-version."));
        all.push(plain(400, "InvalidApiVersionParameter", "The api-version is not a date."));
    }
    if operation.auth != crate::api::operation::Auth::None {
        all.extend([
            plain(401, "AuthenticationFailed", "The request has no token."),
            plain(401, "InvalidAuthenticationToken", "The token cannot be read."),
            plain(401, "ExpiredAuthenticationToken", "The token has expired."),
            plain(401, "InvalidAuthenticationTokenAudience", "The token is for another service."),
            plain(401, "InvalidAuthenticationTokenTenant", "The token is for another tenant."),
            AUTHORIZATION_FAILED.into(),
        ]);
    }
    all.extend([
        BAD_REQUEST.into(),
        plain(404, "InvalidResourceType", "There is nothing at this path."),
        plain(404, "InvalidResourceNamespace", "There is no such resource provider."),
        plain(405, "HttpMethodNotSupported", "The method is not possible here."),
        plain(413, "RequestContentTooLarge", "The body is too large."),
        plain(429, "TooManyRequests", "Too many requests."),
        INTERNAL.into(),
        plain(501, "NotImplemented", "The mock was told to refuse what is not sure enough."),
    ]);
    if takes_json {
        all.push(INVALID_REQUEST_CONTENT.into());
        all.push(plain(415, "UnsupportedMediaType", "The body is not JSON."));
    }
    all
}
