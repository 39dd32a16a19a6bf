//! What an order is.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::billing_cycle::BillingCycle;
use crate::domain::catalogue::{ProductKind, ReservedResourceType};
use crate::domain::ids::{CustomerId, OrderId, ReservationOrderId, SubscriptionId};
use crate::domain::purchase::ReservationTerms;
use crate::domain::term::Term;

/// Status of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OrderStatus {
    /// Every line is fulfilled.
    Completed,
    /// Lines wait for fulfilment.
    Pending,
    /// Cancelled as a whole.
    Cancelled,
}

impl OrderStatus {
    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Pending => "pending",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Who placed the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TransactionKind {
    /// The partner.
    UserPurchase,
    /// A renewal by itself.
    SystemPurchase,
}

/// How far a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LineStatus {
    /// Not fulfilled yet.
    PrefulfillmentPending,
    /// Fulfilled.
    Fulfilled,
    /// Cancelled.
    Unfulfilled,
}

impl LineStatus {
    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::PrefulfillmentPending => "PrefulfillmentPending",
            Self::Fulfilled => "Fulfilled",
            Self::Unfulfilled => "Unfulfilled",
        }
    }
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderLine {
    /// Number, from 0.
    pub number: u32,
    /// What buying it brought about.
    pub kind: ProductKind,
    /// What was bought: `P:S:A` or an offer id.
    pub offer_id: String,
    /// Product.
    pub product_id: String,
    /// SKU.
    pub sku_id: String,
    /// Availability.
    pub availability_id: String,
    /// Title of the SKU.
    pub title: String,
    /// Name given by the partner, else the title.
    pub friendly_name: String,
    /// Quantity; 0 once a software line is cancelled.
    pub quantity: u32,
    /// Quantity as ordered.
    pub ordered_quantity: u32,
    /// Term.
    pub term: Option<Term>,
    /// Price of one unit.
    pub unit_price: Decimal,
    /// Decimals of the currency.
    pub decimals: u32,
    /// The subscription it made; none for reservations and perpetual software.
    pub subscription: Option<SubscriptionId>,
    /// The subscription it adds to.
    pub parent: Option<SubscriptionId>,
    /// MPN id of the reseller of record.
    pub partner_id_on_record: Option<String>,
    /// MPN ids of further resellers of record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_partner_ids_on_record: Vec<String>,
    /// What provisioning was told.
    pub provisioning_context: BTreeMap<String, String>,
    /// What is reserved.
    pub reservation: Option<ReservationTerms>,
    /// The reservation order it made.
    pub reservation_order: Option<ReservationOrderId>,
    /// How far it is.
    pub status: LineStatus,
    /// Earlier end of the first term.
    pub custom_term_end: Option<DateTime<Utc>>,
    /// Whether the attestation was accepted.
    pub attestation_accepted: Option<bool>,
    /// Term it renews to.
    pub renews_to: Option<String>,
}

impl OrderLine {
    /// Whether it waits for fulfilment.
    pub fn is_pending(&self) -> bool {
        self.status == LineStatus::PrefulfillmentPending
    }

    /// Whether it reserves virtual machines.
    pub fn is_vm_reservation(&self) -> bool {
        self.kind == ProductKind::AzureReservation(ReservedResourceType::VirtualMachines)
    }

    /// Whether it is fulfilled by itself some time after the order was placed.
    pub fn is_fulfilled_later(&self) -> bool {
        matches!(self.kind, ProductKind::AzureReservation(_) | ProductKind::Software(_))
    }

    /// Unit price times quantity; nothing for a line that was cancelled apart.
    pub fn extended_price(&self) -> Decimal {
        self.unit_price * Decimal::from(self.quantity)
    }
}

/// An order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Order {
    /// Id.
    pub id: OrderId,
    /// Short id; the id itself for legacy orders.
    pub alternate_id: String,
    /// The customer.
    pub customer: CustomerId,
    /// How it is billed.
    pub billing_cycle: BillingCycle,
    /// Currency code.
    pub currency: String,
    /// Currency symbol.
    pub currency_symbol: String,
    /// Whether it was made by the legacy system.
    pub is_legacy: bool,
    /// Lines in the order of their numbers.
    pub lines: Vec<OrderLine>,
    /// When it was placed.
    pub created: DateTime<Utc>,
    /// From when on lists show it.
    pub listed_from: DateTime<Utc>,
    /// Status.
    pub status: OrderStatus,
    /// Who placed it.
    pub transaction: TransactionKind,
    /// Whether the partner attested to the partner of record.
    pub partner_attestation: Option<bool>,
}

impl Order {
    /// Sum over all lines, in the currency of the order.
    pub fn total_price(&self) -> Decimal {
        self.lines.iter().map(OrderLine::extended_price).sum()
    }
}
