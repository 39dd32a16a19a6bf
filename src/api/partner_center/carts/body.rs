//! A cart on the wire.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::partner_center::lines::RenewsTo;
use crate::api::partner_center::resource::{Attributes, KeyValue, SelfLink};
use crate::api::wire::Timestamp;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::carts::{Cart, CartLine};
use crate::domain::purchase::PurchaseFault;

/// A cart.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Cart)]
pub struct CartBody {
    /// Id.
    id: String,
    /// When it was made.
    creation_timestamp: Timestamp,
    /// When it changed last.
    last_modified_timestamp: Timestamp,
    /// When it is gone.
    expiration_timestamp: Timestamp,
    /// Object id of who changed it last.
    last_modified_user: String,
    /// `Active` or `Ordered`.
    #[schema(example = "Active")]
    status: &'static str,
    /// Lines.
    line_items: Vec<CartLineBody>,
    /// Whether the partner attests to the partner of record.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_on_record_attestation_accepted: Option<bool>,
    /// Links.
    links: SelfLink,
    /// Attributes.
    attributes: Attributes,
}

/// A line of a cart.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CartLineItem)]
pub struct CartLineBody {
    /// Number of the line.
    id: i64,
    /// What to buy.
    catalog_item_id: String,
    /// Name to give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    friendly_name: Option<String>,
    /// How many.
    quantity: i64,
    /// Currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency_code: Option<String>,
    /// How it is billed.
    #[schema(example = "one_time")]
    billing_cycle: &'static str,
    /// ISO 8601 term.
    #[serde(skip_serializing_if = "Option::is_none")]
    term_duration: Option<String>,
    /// Roles with MPN ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    participants: Vec<KeyValue>,
    /// What provisioning needs to know.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    provisioning_context: BTreeMap<String, String>,
    /// The order it becomes part of; absent while it cannot be bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_group: Option<String>,
    /// Add-ons bought with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion, required = false)]
    addon_items: Vec<CartLineBody>,
    /// What it renews to.
    #[serde(skip_serializing_if = "Option::is_none")]
    renews_to: Option<RenewsTo>,
    /// Promotion.
    #[serde(skip_serializing_if = "Option::is_none")]
    promotion_id: Option<String>,
    /// Earlier end of the first term.
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_term_end_date: Option<Timestamp>,
    /// Whether the attestation of the item is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    attestation_accepted: Option<bool>,
    /// Why it cannot be bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<CartErrorBody>,
}

/// Why a line cannot be bought.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CartError)]
pub struct CartErrorBody {
    /// Number of the error.
    #[schema(example = 10011)]
    error_code: u32,
    /// What is wrong and how to put it right.
    error_description: String,
}

impl From<&Cart> for CartBody {
    fn from(cart: &Cart) -> Self {
        Self {
            id: cart.id.to_string(),
            creation_timestamp: Timestamp(cart.created),
            last_modified_timestamp: Timestamp(cart.modified),
            expiration_timestamp: Timestamp(cart.expires),
            last_modified_user: cart.modified_by.to_string(),
            status: cart.status.name(),
            line_items: cart.lines.iter().map(CartLineBody::from).collect(),
            partner_on_record_attestation_accepted: cart.partner_attestation,
            links: SelfLink::to(format!("/customers/{}/carts/{}", cart.customer, cart.id)),
            attributes: Attributes::of("Cart"),
        }
    }
}

impl From<&CartLine> for CartLineBody {
    fn from(line: &CartLine) -> Self {
        let request = &line.request;
        let renews_to = request.renews_to.clone();
        Self {
            id: request.number,
            catalog_item_id: request.catalog_item_id.clone(),
            friendly_name: request.friendly_name.clone(),
            quantity: request.quantity,
            currency_code: line.currency.clone(),
            billing_cycle: match (line.fault.as_ref(), request.billing_cycle) {
                (None, BillingCycle::Unknown) => line.billing_cycle.as_str(),
                (_, cycle) => cycle.as_str(),
            },
            term_duration: request
                .term
                .clone()
                .or_else(|| line.term.map(|term| term.iso().to_owned())),
            participants: request
                .participants
                .iter()
                .map(|(key, value)| KeyValue { key: key.clone(), value: value.clone() })
                .collect(),
            provisioning_context: request.provisioning_context.clone(),
            order_group: line.order_group.clone(),
            addon_items: line.addons.iter().map(Self::from).collect(),
            renews_to: renews_to.map(|term| RenewsTo { term_duration: Some(term) }),
            promotion_id: request.promotion_id.clone(),
            custom_term_end_date: request.custom_term_end.map(Timestamp),
            attestation_accepted: request.attestation_accepted,
            error: line.fault.as_ref().map(CartErrorBody::from),
        }
    }
}

impl From<&PurchaseFault> for CartErrorBody {
    /// Numbers as the contract lists them (partner-center-carts-orders.md §1, line errors).
    fn from(fault: &PurchaseFault) -> Self {
        let error_code = match fault {
            PurchaseFault::CurrencyNotSupported { .. } => 10000,
            PurchaseFault::CatalogItemNotValid(_)
            | PurchaseFault::NotPurchasable(_)
            | PurchaseFault::CountryNotSupported(_) => 10001,
            PurchaseFault::InventoryNotAvailable(_) => 10003,
            PurchaseFault::ParticipantsNotSupported => 10004,
            PurchaseFault::NotAnIndirectReseller(_) | PurchaseFault::AddOnParent(_) => 10006,
            PurchaseFault::SubscriptionNotFound(_)
            | PurchaseFault::SubscriptionNotAzure(_)
            | PurchaseFault::SubscriptionNotActive(_) => 10007,
            PurchaseFault::SubscriptionNotEnabledForReservations(_) => 10008,
            PurchaseFault::SandboxLimit(_) => 10009,
            PurchaseFault::InvalidInput { .. }
            | PurchaseFault::TermNotSupported { .. }
            | PurchaseFault::Quantity { .. } => 10010,
            PurchaseFault::SubscriptionNotRegistered(_) => 10011,
            PurchaseFault::AttestationNotAccepted(_) => 10012,
            PurchaseFault::BillingCycleNotSupported { .. } => 10013,
            PurchaseFault::InvalidPromotion(_) => 10014,
            PurchaseFault::CustomTermEndDateProduct => 10016,
            PurchaseFault::CustomTermEndDate(_) => 10017,
        };
        Self { error_code, error_description: fault.to_string() }
    }
}
