//! Why a line cannot be bought.

use serde::{Deserialize, Serialize};

use crate::domain::term::Term;
use crate::domain::words::{self, Word};

/// Why a line cannot be bought.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum PurchaseFault {
    /// No item of that id is sold to this customer.
    #[error(
        "catalogItemId `{0}` is not valid; take one from an availability of the customer's country"
    )]
    CatalogItemNotValid(String),
    /// The item exists and is not for sale.
    #[error("catalogItemId `{0}` is not purchasable")]
    NotPurchasable(String),
    /// The item is not sold in the customer's country.
    #[error("catalogItemId `{0}` is not available in the customer's country")]
    CountryNotSupported(String),
    /// The line names a currency other than the item's.
    #[error("currencyCode must be {expected}, not {given}")]
    CurrencyNotSupported {
        /// Currency of the line.
        given: String,
        /// Currency of the item.
        expected: String,
    },
    /// There is no capacity.
    #[error("inventory is not available: {0}")]
    InventoryNotAvailable(String),
    /// A direct partner names a reseller.
    #[error("participants are for indirect providers; leave them out")]
    ParticipantsNotSupported,
    /// The MPN id is not that of an active indirect reseller.
    #[error("MPN id `{0}` is not an active indirect reseller of this partner")]
    NotAnIndirectReseller(String),
    /// The customer has no such subscription.
    #[error("provisioningContext.subscriptionId `{0}` is not a subscription of the customer")]
    SubscriptionNotFound(String),
    /// The subscription is not one of Azure.
    #[error("provisioningContext.subscriptionId `{0}` is not an Azure subscription")]
    SubscriptionNotAzure(String),
    /// The subscription is suspended or deleted.
    #[error("provisioningContext.subscriptionId `{0}` is not active")]
    SubscriptionNotActive(String),
    /// The item is for the other kind of Azure subscription.
    #[error("provisioningContext.subscriptionId: {0}")]
    SubscriptionNotEnabledForReservations(String),
    /// The subscription was never registered.
    #[error(
        "provisioningContext.subscriptionId `{0}` is not registered; POST its registrations first"
    )]
    SubscriptionNotRegistered(String),
    /// A sandbox sells no more, or not this.
    #[error("{0}")]
    SandboxLimit(String),
    /// The quantity is out of range.
    #[error("quantity must be {min} to {max}")]
    Quantity {
        /// The least.
        min: u32,
        /// The most.
        max: u32,
    },
    /// A value does not fit.
    #[error("{field}: {reason}")]
    InvalidInput {
        /// Name of the value below the line.
        field: String,
        /// What is wrong and how to put it right.
        reason: String,
    },
    /// The item is not sold for that term.
    #[error("termDuration must be {}, not `{given}`", expected.map_or("absent", Term::iso))]
    TermNotSupported {
        /// Term of the line.
        given: String,
        /// Term of the item.
        expected: Option<Term>,
    },
    /// The item is not billed that way.
    #[error("billingCycle `{given}` is not supported; use {supported}")]
    BillingCycleNotSupported {
        /// Cycle of the line.
        #[serde(deserialize_with = "words::read")]
        given: Word,
        /// Cycles of the item.
        supported: String,
    },
    /// The item needs an attestation.
    #[error("an attestation is required for `{0}`; send attestationAccepted: true")]
    AttestationNotAccepted(String),
    /// No such promotion.
    #[error("promotionId `{0}` is not valid for this item")]
    InvalidPromotion(String),
    /// The add-on does not belong to that subscription.
    #[error("{0}")]
    AddOnParent(String),
    /// Only the term of licences can end earlier.
    #[error("customTermEndDate is possible for licences only; leave it out")]
    CustomTermEndDateProduct,
    /// The end date is not possible.
    #[error("customTermEndDate: {0}")]
    CustomTermEndDate(String),
}

impl PurchaseFault {
    pub(crate) fn invalid(field: &str, reason: impl Into<String>) -> Self {
        Self::InvalidInput { field: field.to_owned(), reason: reason.into() }
    }
}
