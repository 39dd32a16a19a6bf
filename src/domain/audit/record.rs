//! What an audit record holds.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Actor;
use crate::domain::agreements::Agreement;
use crate::domain::customers::Customer;
use crate::domain::ids::CustomerId;
use crate::domain::orders::Order;
use crate::domain::subscriptions::Subscription;
use crate::domain::words::{self, Word};
use crate::store::Row;

/// Days that a record is kept (contract: partner-center-webhooks-audit.md, Part B, Paging).
pub const KEPT_DAYS: i64 = 90;

/// Kind of resource, in the words of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AuditResource {
    /// A customer, its billing profile or the relationship with it.
    Customer,
    /// An order.
    Order,
    /// A subscription.
    Subscription,
    /// An agreement.
    Agreement,
    /// An invoice.
    Invoice,
}

impl AuditResource {
    /// Its word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Order => "order",
            Self::Subscription => "subscription",
            Self::Agreement => "agreement",
            Self::Invoice => "invoice",
        }
    }
}

/// What was done. These and no others: a word that is not in the contract's table breaks clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AuditOperation {
    /// A customer was created.
    AddCustomer,
    /// A customer of a sandbox was deleted.
    DeleteCustomer,
    /// The relationship with a customer was removed.
    RemovePartnerCustomerRelationship,
    /// A billing profile was replaced.
    UpdateCustomerBillingProfile,
    /// An order was placed, on whichever surface, or by a renewal.
    CreateOrder,
    /// An order was changed, cancelled or refunded.
    UpdateOrder,
    /// A subscription was changed.
    UpdateSubscription,
    /// An agreement was confirmed.
    CreateAgreement,
    /// An invoice was issued.
    ReadyInvoice,
}

impl AuditOperation {
    /// Its word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::AddCustomer => "add_customer",
            Self::DeleteCustomer => "delete_customer",
            Self::RemovePartnerCustomerRelationship => "remove_partner_customer_relationship",
            Self::UpdateCustomerBillingProfile => "update_customer_billing_profile",
            Self::CreateOrder => "create_order",
            Self::UpdateOrder => "update_order",
            Self::UpdateSubscription => "update_subscription",
            Self::CreateAgreement => "create_agreement",
            Self::ReadyInvoice => "ready_invoice",
        }
    }
}

/// A row before and after, shared with its table.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    bound(serialize = "V: Serialize", deserialize = "V: Deserialize<'de> + Send + Sync + 'static")
)]
pub struct Versions<V> {
    /// As it was; none for what came to be.
    #[serde(with = "crate::store::shared::maybe")]
    pub before: Option<Arc<Row<V>>>,
    /// As it is; none for what is gone.
    #[serde(with = "crate::store::shared::maybe")]
    pub after: Option<Arc<Row<V>>>,
}

impl<V> Versions<V> {
    /// What came to be.
    pub fn made(after: Arc<Row<V>>) -> Self {
        Self { before: None, after: Some(after) }
    }

    /// What changed.
    pub fn changed(before: Arc<Row<V>>, after: Arc<Row<V>>) -> Self {
        Self { before: Some(before), after: Some(after) }
    }

    /// What is gone.
    pub fn gone(before: Arc<Row<V>>) -> Self {
        Self { before: Some(before), after: None }
    }

    /// The newest version there is.
    pub fn newest(&self) -> Option<&Row<V>> {
        self.after.as_deref().or(self.before.as_deref())
    }
}

/// What a record tells of an invoice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IssuedInvoice {
    /// Id, for example `G012345678`.
    pub id: String,
    /// `OneTime` or `Recurring`.
    #[serde(deserialize_with = "words::read")]
    pub invoice_type: Word,
    /// When it was issued.
    pub date: DateTime<Utc>,
    /// Its total; below zero when more was credited than charged.
    pub total_charges: Decimal,
    /// Currency code.
    pub currency: String,
}

/// What a record is about.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AuditSubject {
    /// A customer.
    Customer(Versions<Customer>),
    /// An order.
    Order(Versions<Order>),
    /// A subscription.
    Subscription(Versions<Subscription>),
    /// An agreement.
    Agreement(Versions<Agreement>),
    /// An invoice of the partner.
    Invoice(IssuedInvoice),
}

impl AuditSubject {
    /// Its kind.
    pub fn resource(&self) -> AuditResource {
        match self {
            Self::Customer(_) => AuditResource::Customer,
            Self::Order(_) => AuditResource::Order,
            Self::Subscription(_) => AuditResource::Subscription,
            Self::Agreement(_) => AuditResource::Agreement,
            Self::Invoice(_) => AuditResource::Invoice,
        }
    }
}

/// An audit record. It never changes, and it outlives what it is about.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditRecord {
    /// When it was written, in tenths of a microsecond from the beginning of the year 1, raised where
    /// need be so that each record has its own and later ones have greater ones.
    pub number: u64,
    /// When it was written.
    pub time: DateTime<Utc>,
    /// The customer it concerns; none for what concerns the partner alone.
    pub customer: Option<CustomerId>,
    /// That customer as it was then; none when it had gone before.
    #[serde(with = "crate::store::shared::maybe")]
    pub customer_row: Option<Arc<Row<Customer>>>,
    /// What it is about.
    pub subject: AuditSubject,
    /// What was done.
    pub operation: AuditOperation,
    /// Who did it.
    pub actor: Actor,
}

impl AuditRecord {
    /// Whether the record is still shown at `now`.
    pub fn is_kept(&self, now: DateTime<Utc>) -> bool {
        now - self.time <= chrono::TimeDelta::days(KEPT_DAYS)
    }

    /// Name of the customer.
    pub fn customer_name(&self) -> Option<&str> {
        self.customer_row.as_ref().map(|row| row.company_name.as_str())
    }
}
