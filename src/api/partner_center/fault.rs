//! Error answers of Partner Center: one body shape, and the one place where refusals of the rules get
//! their status, code and text.

use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Serialize;
use utoipa::ToSchema;

use super::codes::{Code, code};
use crate::api::call::InputFault;
use crate::api::json::JsonFault;
use crate::api::reply::Reply;
use crate::domain::error::Error;
use crate::domain::purchase::PurchaseFault;
use crate::domain::support::SupportFault;
use crate::identity::token::TokenFault;

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The documented error.
    pub code: Code,
    /// The documented text, filled in.
    pub description: String,
    /// What exactly is wrong and how to put it right.
    pub detail: Vec<String>,
    /// The service behind the answer.
    pub source: &'static str,
}

/// The body of every error (contract: partner-center-conventions.md §12).
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody<'a> {
    /// Number of the error.
    #[schema(example = 20000)]
    pub code: u32,
    /// What happened.
    #[schema(example = "Order Id not found")]
    pub description: &'a str,
    /// What exactly is wrong and how to put it right.
    pub data: &'a [String],
    /// The service behind the answer.
    #[schema(example = "PartnerFD")]
    pub source: &'static str,
}

/// What is answered to a value that no other code fits.
pub const INVALID_INPUT: Code = code(800_002, 400);
/// An enum word that the service does not know.
pub const UNKNOWN_ENUM: Code = code(900_126, 400);
/// Anything unknown.
pub const NOT_FOUND: Code = code(1000, 404);
/// A token that is not good enough.
pub const ACCESS_DENIED: Code = code(400, 401);
/// No token.
pub const TOKEN_MISSING: Code = code(800_001, 401);
/// A token for another service.
pub const WRONG_AUDIENCE: Code = code(900_420, 401);
/// An app-only token where a user is needed.
pub const APP_ONLY: Code = code(900_329, 403);
/// A defect of the mock.
pub const UNEXPECTED: Code = code(800_003, 500);
/// What the mock does not do.
pub const NOT_DEFINED: Code = code(0, 501);

impl Fault {
    /// An error with its text as it stands in the table.
    pub fn new(code: Code) -> Self {
        Self { code, description: code.text.to_owned(), detail: Vec::new(), source: "PartnerFD" }
    }

    /// An error whose `{0}`, `{1}`… are filled in.
    pub fn with(code: Code, arguments: &[&dyn std::fmt::Display]) -> Self {
        let mut fault = Self::new(code);
        for (index, argument) in arguments.iter().enumerate() {
            let place = format!("{{{index}}}");
            fault.description = fault.description.replace(&place, &argument.to_string());
        }
        fault
    }

    /// Adds what exactly is wrong; also to the text, because clients show nothing else.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        let detail: String = detail.into();
        let detail: String = detail.chars().take(800).collect();
        if !self.description.ends_with(['.', ':']) {
            self.description.push('.');
        }
        self.description.push(' ');
        self.description.push_str(&detail);
        self.detail.push(detail);
        self
    }

    /// A value that cannot be used.
    pub fn invalid(field: &str, reason: &str) -> Self {
        Self::new(INVALID_INPUT).because(format!("{field}: {reason}"))
    }
}

impl From<Fault> for Reply {
    fn from(fault: Fault) -> Self {
        let status =
            StatusCode::from_u16(fault.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let description: String = fault.description.chars().take(1024).collect();
        let body = ErrorBody {
            code: fault.code.number,
            description: &description,
            data: &fault.detail,
            source: fault.source,
        };
        let mut reply = Self::json(status, &body);
        reply.code = Some(fault.code.number.to_string().into());
        match fault.code.status {
            401 => reply.with(WWW_AUTHENTICATE, "OAuth realm=urn:cpsvc:cpid:mock"),
            429 => reply.with(RETRY_AFTER, "1"),
            _ => reply,
        }
    }
}

impl From<InputFault> for Fault {
    fn from(fault: InputFault) -> Self {
        match fault {
            InputFault::Body(JsonFault::Malformed(reason)) => {
                Self::new(INVALID_INPUT).because(reason)
            }
            InputFault::Body(ref fault @ JsonFault::Value { ref reason, .. }) => {
                let path = fault.path();
                Self::invalid(if path.is_empty() { "the body" } else { path }, reason)
            }
            InputFault::Body(JsonFault::Enum { path, given, allowed }) => {
                unknown_word(&path, &given, &allowed.join(", "))
            }
            InputFault::Parameter { name, reason } => Self::invalid(&name, &reason),
            InputFault::Enum { name, given, allowed } => unknown_word(&name, &given, &allowed),
        }
    }
}

/// A word at `path` that is none of those `allowed`.
pub fn unknown_word(path: &str, given: &str, allowed: &str) -> Fault {
    const HELP: &str = "the documentation of the field";
    let given: String = given.chars().take(60).collect();
    Fault::with(UNKNOWN_ENUM, &[&given, &HELP]).because(format!("{path}: use one of {allowed}"))
}

impl From<TokenFault> for Fault {
    fn from(fault: TokenFault) -> Self {
        let code = match fault {
            TokenFault::Missing => TOKEN_MISSING,
            TokenFault::WrongAudience(_) => WRONG_AUDIENCE,
            _ => ACCESS_DENIED,
        };
        Self::new(code).because(fault.to_string())
    }
}

impl From<Error> for Fault {
    #[allow(clippy::match_same_arms)] // one line per refusal reads as a table
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::CustomerNotFound(_) | Error::NotFound { .. } => Self::new(NOT_FOUND),
            Error::CustomerNotRelated { partner, customer } => {
                return Self::with(code(20002, 403), &[&partner, &customer]);
            }
            Error::SubscriptionNotFound(id) => return Self::with(code(20003, 404), &[&id]),
            Error::OrderNotFound(_) => Self::new(code(20000, 404)),
            Error::CartNotFound(_) => Self::new(code(800_008, 404)),
            Error::ArtifactNotFound(_) => Self::new(code(800_037, 404)),
            Error::ProvisioningInformationNotFound(_) => Self::new(code(800_007, 404)),
            Error::ProductNotFound(_) => Self::new(code(400_013, 404)),
            Error::SkuNotFound(_) => Self::new(code(400_018, 404)),
            Error::AvailabilityNotFound(_) => Self::new(code(400_019, 404)),
            Error::TargetViewNotAllowed(_) => Self::new(code(400_036, 403)),
            Error::TargetSegmentNotAllowed(_) => Self::new(code(400_030, 403)),
            Error::Invalid { .. } => Self::new(INVALID_INPUT),
            Error::InvalidAddress(_) => Self::new(code(2007, 400)),
            Error::RegistrationNumberNotSupported(_) => Self::new(code(600_002, 400)),
            Error::RegistrationNumberMissing(_) => Self::new(code(600_049, 400)),
            Error::RegistrationNumberInvalid(format) => {
                return Self::with(code(600_050, 400), &[&format]);
            }
            Error::PhoneNumberMissing(_) => Self::new(code(600_051, 400)),
            Error::DomainTaken(_) | Error::ConsentExists(_) => {
                Self::new(Code { status: 409, ..INVALID_INPUT })
            }
            Error::MpnIdNotFound(_) => Self::new(code(800_015, 404)),
            Error::NotAnIndirectReseller(_) => Self::new(code(800_016, 400)),
            Error::SandboxLimit { .. } => Self::new(code(800_018, 400)),
            Error::SandboxOnly(_) => Self::new(code(900_127, 400)),
            Error::SubscriptionLimit(_) => Self::new(code(800_066, 403)),
            Error::AzureSubscriptionLimit(_) => Self::new(code(800_068, 403)),
            Error::AzurePlanLimit(_) => Self::new(code(900_116, 400)),
            Error::CustomerStillActive(_) => Self::new(INVALID_INPUT),
            Error::StaleEtag => Self::new(code(2055, 400)),
            Error::CartSubmitted(id) => return Self::with(code(800_065, 400), &[&id]),
            Error::CartHasErrors(_) => Self::new(code(800_009, 400)),
            Error::Purchase { line, fault } => return purchase(line, &fault),
            // Partner Center changes no reservation.
            Error::Reservation(_) => Self::new(INVALID_INPUT),
            Error::SpendingCap { .. } => Self::new(code(800_023, 403)),
            Error::CustomerAgreementMissing(_) => Self::new(code(13605, 403)),
            Error::AgreementExists => return Self::new(code(600_061, 400)),
            Error::PartnerAttestationMissing => Self::new(code(900_206, 400)),
            Error::LineItemNumbers(_) => Self::new(code(800_071, 400)),
            Error::CancelOutsideSandbox => Self::new(code(800_019, 403)),
            Error::OrderNotCancellable(..) => Self::new(code(800_061, 400)),
            Error::CancelThroughSubscription { order, customer } => {
                return Self::with(code(800_063, 400), &[&order, &customer]);
            }
            Error::CancelSaasThroughSubscription => return Self::new(code(800_077, 403)),
            Error::CancellationWindowPassed(days) => {
                return Self::with(code(900_117, 400), &[&days]);
            }
            Error::BillingCycleNotActive => return Self::new(code(6000, 400)),
            Error::BillingCycleNotSupported => return Self::new(code(6001, 400)),
            Error::BillingCycleThroughOrder => return Self::new(code(2054, 400)),
            Error::QuantityWhileSuspended => return Self::new(code(2001, 400)),
            Error::QuantityOutOfRange { .. } => Self::new(code(2002, 400)),
            Error::SeatLimit(_) => Self::new(code(800_067, 403)),
            Error::QuantityFixed => Self::new(code(800_095, 400)),
            Error::SubscriptionDeleted(id) => return Self::with(code(2011, 400), &[&id]),
            Error::SubscriptionSuspended => Self::new(code(800_091, 400)),
            Error::StatusNotChangeable { .. } => Self::new(code(800_096, 400)),
            Error::AzurePlanInUse => Self::new(code(900_115, 403)),
            Error::ParentNotActive => Self::new(code(27009, 409)),
            Error::NotAutoRenewable => Self::new(code(800_093, 400)),
            Error::PartnerOnRecord(_) => Self::new(code(800_098, 400)),
            Error::SubscriptionNotReady => Self::new(code(800_082, 400)),
            Error::NotAzure => Self::new(code(800_011, 400)),
            Error::NotActive => Self::new(code(800_012, 400)),
            Error::AlreadyActivated => Self::new(code(800_041, 400)),
            Error::NotActivated => Self::new(code(800_081, 400)),
            Error::QuantityDecrease => Self::new(code(800_090, 400)),
            Error::OfferNotUpdatable(offer) => return Self::with(code(2006, 400), &[&offer]),
            Error::OperationPending => Self::new(code(900_278, 409)),
            Error::DelegatedAccessMissing => Self::new(code(900_150, 403)),
            Error::Support(fault) => return support(&fault),
            // Access control speaks in Azure only; no rule of this surface asks it.
            Error::Authorization(_) | Error::Internal(_) => {
                tracing::error!(error = %detail, "internal error");
                Self::new(UNEXPECTED)
            }
        }
        .because(detail)
    }
}

/// What the rules of support refuse (contract: partner-center-service-requests.md, last table).
fn support(fault: &SupportFault) -> Fault {
    let code = match fault {
        SupportFault::NotFound { .. } | SupportFault::OperationNotFound(_) => NOT_FOUND,
        SupportFault::NameInUse(_)
        | SupportFault::Invalid { .. }
        | SupportFault::Closed
        | SupportFault::EngineerAssigned
        | SupportFault::PlanNeeded
        | SupportFault::TooManyMessages(_)
        | SupportFault::TooMany { .. } => INVALID_INPUT,
    };
    Fault::new(code).because(fault.to_string())
}

/// A line that cannot be bought, as a hard error of an order
/// (contract: partner-center-carts-orders.md §3, table below POST /orders).
#[allow(clippy::match_same_arms)] // one line per refusal reads as a table
fn purchase(line: i64, fault: &PurchaseFault) -> Fault {
    let code = match fault {
        PurchaseFault::CatalogItemNotValid(_) => code(800_004, 400),
        PurchaseFault::NotPurchasable(_) => code(800_020, 403),
        PurchaseFault::CurrencyNotSupported { .. } => INVALID_INPUT,
        PurchaseFault::InventoryNotAvailable(_) => code(800_010, 400),
        PurchaseFault::ParticipantsNotSupported => INVALID_INPUT,
        PurchaseFault::NotAnIndirectReseller(_) => code(900_154, 400),
        PurchaseFault::SubscriptionNotFound(_) => code(800_021, 400),
        PurchaseFault::SubscriptionNotAzure(_) => code(800_011, 400),
        PurchaseFault::SubscriptionNotActive(_) => code(800_012, 400),
        PurchaseFault::SubscriptionNotEnabledForReservations(_) => code(800_013, 400),
        PurchaseFault::SubscriptionNotRegistered(_) => code(800_030, 400),
        PurchaseFault::SandboxLimit(_) => code(800_018, 400),
        PurchaseFault::Quantity { .. } => code(800_017, 400),
        PurchaseFault::InvalidInput { .. } => INVALID_INPUT,
        PurchaseFault::TermNotSupported { .. } => INVALID_INPUT,
        PurchaseFault::BillingCycleNotSupported { .. } => code(800_085, 400),
        PurchaseFault::CountryNotSupported(_) => code(800_070, 400),
        PurchaseFault::AttestationNotAccepted(item) => {
            return Fault::with(code(900_203, 400), &[item])
                .because(format!("lineItems[{line}].attestationAccepted: must be true"));
        }
        PurchaseFault::InvalidPromotion(_) => code(27007, 400),
        PurchaseFault::AddOnParent(_) => code(800_029, 400),
        PurchaseFault::CustomTermEndDateProduct => INVALID_INPUT,
        PurchaseFault::CustomTermEndDate(_) => INVALID_INPUT,
    };
    Fault::new(code).because(format!("lineItems[{line}]: {fault}"))
}
