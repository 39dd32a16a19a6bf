//! What the rules of reservations refuse. Each variant is one documented case
//! (contract: azure-reservations.md §1.2 and the errors of each operation).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ExchangePolicyError, RefundPolicyError};
use crate::domain::ids::{ReservationId, ReservationOrderId, TenantId};
use crate::domain::words::{self, Word};

/// Why something cannot be done with a reservation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ReservationFault {
    /// No such order.
    #[error("the reservation order {0} does not exist")]
    OrderNotFound(ReservationOrderId),
    /// The order is in another directory.
    #[error("the reservation order {order} is not in the directory {tenant} of the token")]
    OtherDirectory {
        /// The order.
        order: ReservationOrderId,
        /// The directory that was asked.
        tenant: TenantId,
        /// The directory it is in.
        home: TenantId,
    },
    /// The order has no such reservation.
    #[error("the reservation order {order} has no reservation {reservation}")]
    NotInOrder {
        /// The order.
        order: ReservationOrderId,
        /// The reservation.
        reservation: ReservationId,
    },
    /// The state does not allow it.
    #[error("the reservation {reservation} is {state}; {needed}")]
    WrongState {
        /// The reservation.
        reservation: ReservationId,
        /// Its state in the words of the wire.
        #[serde(deserialize_with = "words::read")]
        state: Word,
        /// What would be needed.
        #[serde(deserialize_with = "words::read")]
        needed: Word,
    },
    /// The change changes nothing.
    #[error(
        "nothing in the body changes the reservation; what can be changed is name, appliedScopeType, appliedScopes, appliedScopeProperties, instanceFlexibility, renew, renewProperties and reviewDateTime"
    )]
    NothingChanges,
    /// The scope is the one it has.
    #[error("the reservation applies to that scope already")]
    SameScope,
    /// `Single` without a scope.
    #[error("appliedScopeType Single needs one scope in appliedScopes or appliedScopeProperties")]
    ScopeMissing,
    /// More than one scope.
    #[error("exactly one scope is possible, {0} were sent")]
    ScopeCount(usize),
    /// The scope is not of the reservation's billing context.
    #[error("{scope}: {reason}")]
    ScopeNotAssociated {
        /// What was named.
        scope: String,
        /// Why it does not fit.
        reason: String,
    },
    /// The billing scope never changes.
    #[error("billingScopeId cannot change once a reservation is bought")]
    BillingScopeFixed,
    /// Not such a GUID.
    #[error("{0}: is not the id of a subscription: a GUID or /subscriptions/{{GUID}}")]
    SubscriptionIdInvalid(String),
    /// The billing subscription is none of the customer's.
    #[error("{0}: {1}")]
    SubscriptionNotUsable(String, String),
    /// The region is unknown or does not sell it.
    #[error("location `{0}`: {1}")]
    Location(String, String),
    /// The term is not sold.
    #[error("term `{0}`: {1}")]
    Term(String, String),
    /// A value that fits nothing else.
    #[error("{field}: {reason}")]
    Invalid {
        /// Path of the value.
        field: String,
        /// What is wrong and how to put it right.
        reason: String,
    },
    /// No region has capacity at the moment.
    #[error("there is no capacity: {0}")]
    OutOfStock(String),
    /// The purchase is refused by the partner's side.
    #[error("{0}")]
    Purchase(String),
    /// The id was not given out by calculatePrice, or too long ago, or to somebody else.
    #[error(
        "the reservation order id {0} comes from no calculatePrice call of the last 60 minutes in this directory; call calculatePrice again and use the id it answers"
    )]
    NotQuoted(ReservationOrderId),
    /// The body is not what was priced.
    #[error("the {0} differs from what calculatePrice was asked; call calculatePrice again")]
    NotAsQuoted(#[serde(deserialize_with = "words::read")] Word),
    /// The order exists and was bought with another body.
    #[error("the reservation order {0} exists already and was bought with another body")]
    OrderExists(ReservationOrderId),
    /// Not the id of a directory.
    #[error("destinationTenantId `{0}`: {1}")]
    Tenant(String, #[serde(deserialize_with = "words::read")] Word),
    /// A quantity that cannot be given back.
    #[error("the quantity must be 1 to {1}, the quantity of the reservation, not {0}")]
    RefundQuantity(i64, u32),
    /// The rules of refunds refuse it.
    #[error(transparent)]
    RefundPolicy(RefundPolicyError),
    /// The rules of exchanges refuse it.
    #[error(transparent)]
    ExchangePolicy(ExchangePolicyError),
    /// The session cannot be used.
    #[error("the session {0} {1}; calculate again and use the session of that answer")]
    Session(Uuid, #[serde(deserialize_with = "words::read")] Word),
    /// No long-running operation of that id.
    #[error("there is no operation {0}")]
    OperationNotFound(String),
}

impl ReservationFault {
    /// A value that cannot be used.
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into() }
    }
}
