//! Everything the rules refuse, as data. Each surface turns a refusal into its own status, code and
//! text in one exhaustive `match`; nothing here knows those.

use super::authorization::AuthorizationFault;
use super::ids::{CartId, CustomerId, OrderId, PartnerId, SubscriptionId};
use super::purchase::PurchaseFault;
use super::reservations::ReservationFault;
use super::support::SupportFault;
use super::words::{self, Word};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A refusal by a rule. Nothing has changed when one is returned.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Error {
    /// No customer of that id exists anywhere.
    #[error("customer {0} does not exist")]
    CustomerNotFound(String),
    /// The customer exists but has no relationship with the partner.
    #[error("customer {customer} is not a customer of partner {partner}")]
    CustomerNotRelated {
        /// The partner who asks.
        partner: PartnerId,
        /// The customer of somebody else.
        customer: CustomerId,
    },
    /// The customer has no such subscription.
    #[error("subscription {0} does not exist")]
    SubscriptionNotFound(String),
    /// The customer has no such order.
    #[error("order {0} does not exist")]
    OrderNotFound(String),
    /// The customer has no such cart, or it has expired.
    #[error("cart {0} does not exist or has expired")]
    CartNotFound(String),
    /// No such artifact.
    #[error("artifact {0} does not exist")]
    ArtifactNotFound(String),
    /// The order has no line of that number.
    #[error("the order has no line {0}")]
    ProvisioningInformationNotFound(String),
    /// Nothing stands at that place.
    #[error("{what} {id} does not exist")]
    NotFound {
        /// The kind of thing, in the words of the contract.
        #[serde(deserialize_with = "words::read")]
        what: Word,
        /// The id asked for.
        id: String,
    },
    /// No catalogue product of that id is sold in the market.
    #[error("product {0} was not found")]
    ProductNotFound(String),
    /// The product has no such SKU.
    #[error("SKU {0} was not found")]
    SkuNotFound(String),
    /// The SKU has no such availability.
    #[error("availability {0} was not found")]
    AvailabilityNotFound(String),
    /// The partner may not see that target view, or there is none of that name.
    #[error("target view `{0}` is unknown or not allowed")]
    TargetViewNotAllowed(String),
    /// The partner may not see that segment.
    #[error("target segment `{0}` is unknown or not allowed")]
    TargetSegmentNotAllowed(String),
    /// A value of the input breaks a rule.
    #[error("{field}: {reason}")]
    Invalid {
        /// Path of the value in the input.
        field: String,
        /// What is wrong and how to put it right.
        reason: String,
    },
    /// An address breaks the rules of its country.
    #[error("{0}")]
    InvalidAddress(String),
    /// A registration number was given for a country that has none.
    #[error("organizationRegistrationNumber is not supported in {0}; leave it out")]
    RegistrationNumberNotSupported(String),
    /// The country demands a registration number.
    #[error("organizationRegistrationNumber is required in {0}")]
    RegistrationNumberMissing(String),
    /// The registration number has the wrong form.
    #[error("organizationRegistrationNumber should be of the format {0}")]
    RegistrationNumberInvalid(String),
    /// The country demands a phone number.
    #[error("phoneNumber is required in {0}")]
    PhoneNumberMissing(String),
    /// The domain belongs to somebody already.
    #[error(
        "the domain {0} is taken; choose another, HEAD /v1/domains/{{domain}} tells whether it is free"
    )]
    DomainTaken(String),
    /// The customer consented to the application before.
    #[error("the customer has consented to application {0} already; delete that consent first")]
    ConsentExists(Uuid),
    /// No partner has that MPN id.
    #[error("no partner has the MPN id {0}")]
    MpnIdNotFound(String),
    /// The partner of that id is no active indirect reseller of this provider.
    #[error("{0} is not an active indirect reseller of this partner")]
    NotAnIndirectReseller(String),
    /// A sandbox holds so many and no more.
    #[error("the sandbox limit of {limit} {what} has been met")]
    SandboxLimit {
        /// The limit.
        limit: usize,
        /// What is counted.
        #[serde(deserialize_with = "words::read")]
        what: Word,
    },
    /// The operation exists in sandboxes only.
    #[error("{0} is possible in an integration sandbox only")]
    SandboxOnly(#[serde(deserialize_with = "words::read")] Word),
    /// The purchase would take the run over its spending cap; amounts in US dollars.
    #[error(
        "the spending cap of {cap} USD of this run: {spent} USD are charged or ordered, and this purchase comes to {wanted} USD; raise --spending-cap or reset the world"
    )]
    SpendingCap {
        /// The cap.
        cap: Decimal,
        /// What the run has spent.
        spent: Decimal,
        /// What the purchase comes to.
        wanted: Decimal,
    },
    /// The partner has reached the limit of subscriptions for one customer.
    #[error("a customer of a sandbox has at most {0} subscriptions")]
    SubscriptionLimit(usize),
    /// The sandbox has reached its limit of Azure subscriptions.
    #[error("a sandbox has at most {0} Azure subscriptions")]
    AzureSubscriptionLimit(usize),
    /// The sandbox has reached its limit of Azure plans.
    #[error("a sandbox allows {0} Azure plans")]
    AzurePlanLimit(usize),
    /// Something of the customer is still active.
    #[error("{0}")]
    CustomerStillActive(String),
    /// The resource changed since the caller read it.
    #[error("the etag is stale; read the resource again and repeat the change with its new etag")]
    StaleEtag,
    /// The cart was checked out before.
    #[error("cart {0} was checked out before")]
    CartSubmitted(CartId),
    /// Lines of the cart cannot be bought.
    #[error("the cart has lines that cannot be bought: {0}")]
    CartHasErrors(String),
    /// A line cannot be bought.
    #[error("line {line}: {fault}")]
    Purchase {
        /// Number of the line.
        line: i64,
        /// Why not.
        fault: PurchaseFault,
    },
    /// Something cannot be done with a reservation.
    #[error(transparent)]
    Reservation(#[from] ReservationFault),
    /// No Microsoft Customer Agreement stands for the customer.
    #[error(
        "no Microsoft Customer Agreement is confirmed for the customer; POST one to /customers/{0}/agreements"
    )]
    CustomerAgreementMissing(CustomerId),
    /// An agreement of that kind with the same contact stands already.
    #[error("a partner confirmed agreement already exists for the customer")]
    AgreementExists,
    /// An indirect provider names a reseller without attesting to it.
    #[error("send partnerOnRecordAttestationAccepted: true when a line names a reseller")]
    PartnerAttestationMissing,
    /// Line numbers must be 0 to n-1.
    #[error("line item numbers must be 0 to {0}, each once")]
    LineItemNumbers(usize),
    /// A reservation is cancelled through Azure, not through an order, outside sandboxes.
    #[error("reservations are cancelled in Azure outside sandboxes")]
    CancelOutsideSandbox,
    /// The order cannot be cancelled in its present state.
    #[error("order {0} cannot be cancelled: {1}")]
    OrderNotCancellable(OrderId, String),
    /// Orders of subscriptions are ended through the subscription.
    #[error("order {order} holds subscriptions; suspend or cancel those instead")]
    CancelThroughSubscription {
        /// The order.
        order: OrderId,
        /// Its customer.
        customer: CustomerId,
    },
    /// Seat-based software as a service is cancelled through its subscription.
    #[error("cancel seat-based SaaS through its subscription")]
    CancelSaasThroughSubscription,
    /// The days in which the purchase can be cancelled have passed.
    #[error("the cancellation window of {0} days has passed")]
    CancellationWindowPassed(i64),
    /// An inactive subscription stands in the way of another billing cycle.
    #[error("the order contains subscriptions that are not active")]
    BillingCycleNotActive,
    /// The offer cannot be billed that way.
    #[error("the offer does not support the billing cycle")]
    BillingCycleNotSupported,
    /// The billing cycle is changed on the order, not on the subscription.
    #[error("change the billing cycle on the order")]
    BillingCycleThroughOrder,
    /// A suspended subscription keeps its quantity.
    #[error("the quantity of a suspended subscription cannot change")]
    QuantityWhileSuspended,
    /// The quantity lies outside what the offer allows.
    #[error("the quantity must be {min} to {max}")]
    QuantityOutOfRange {
        /// The least.
        min: u32,
        /// The most.
        max: u32,
    },
    /// More seats than a sandbox allows.
    #[error("a sandbox subscription has at most {0} seats")]
    SeatLimit(u32),
    /// The quantity of this subscription is fixed.
    #[error("the quantity of this subscription cannot change")]
    QuantityFixed,
    /// The subscription has been deleted.
    #[error("subscription {0} is deleted")]
    SubscriptionDeleted(SubscriptionId),
    /// A change that needs an active subscription.
    #[error("the subscription is suspended")]
    SubscriptionSuspended,
    /// The status cannot become that from what it is.
    #[error("the status cannot change from {from} to {to}")]
    StatusNotChangeable {
        /// The present status.
        #[serde(deserialize_with = "words::read")]
        from: Word,
        /// The status asked for.
        #[serde(deserialize_with = "words::read")]
        to: Word,
    },
    /// An Azure plan with active Azure subscriptions stays active.
    #[error("the Azure plan has active Azure subscriptions")]
    AzurePlanInUse,
    /// A child cannot run while its parent does not.
    #[error("the parent subscription is not active")]
    ParentNotActive,
    /// The subscription does not renew.
    #[error("the subscription cannot be renewed automatically")]
    NotAutoRenewable,
    /// The partner of record cannot be set.
    #[error("the partner of record cannot change: {0}")]
    PartnerOnRecord(String),
    /// A change is still being carried out.
    #[error("an earlier change of the subscription is still in progress")]
    SubscriptionNotReady,
    /// The subscription is not one of Azure.
    #[error("the subscription is not an Azure subscription")]
    NotAzure,
    /// The subscription is not active.
    #[error("the subscription is not active")]
    NotActive,
    /// It was activated before.
    #[error("the subscription has been activated already")]
    AlreadyActivated,
    /// A marketplace purchase that nobody has activated yet.
    #[error("the subscription has not been activated; POST to its activate address first")]
    NotActivated,
    /// The quantity of this subscription only grows.
    #[error("the quantity cannot be decreased once the cancellation window has passed")]
    QuantityDecrease,
    /// Subscriptions to this offer are not updated that way.
    #[error("subscriptions to {0} cannot be updated; they are trials")]
    OfferNotUpdatable(String),
    /// An earlier change of a new-commerce subscription is still being carried out.
    #[error("an earlier change of the subscription is pending; repeat this one when it is done")]
    OperationPending,
    /// The partner may not administer the customer's tenant.
    #[error("the customer has not granted delegated administration")]
    DelegatedAccessMissing,
    /// Access control refuses.
    #[error(transparent)]
    Authorization(#[from] AuthorizationFault),
    /// Something cannot be done with a support case.
    #[error(transparent)]
    Support(#[from] SupportFault),
    /// A defect of the mock itself.
    #[error("internal error: {0}")]
    Internal(String),
}

impl Error {
    /// A value of the input that breaks a rule.
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into() }
    }
}

/// What a rule answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;
