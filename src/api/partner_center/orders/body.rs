//! An order on the wire.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::partner_center::lines::RenewsTo;
use crate::api::partner_center::resource::{Attributes, Link, versioned_etag};
use crate::api::wire::{Amount, Timestamp};
use crate::domain::orders::{Order, OrderLine, TransactionKind};
use crate::store::Row;

/// An order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Order)]
pub struct OrderBody {
    /// Id; its case counts.
    id: String,
    /// Short id.
    alternate_id: String,
    /// The customer.
    reference_customer_id: String,
    /// How it is billed.
    #[schema(example = "one_time")]
    billing_cycle: &'static str,
    /// Currency code.
    #[schema(example = "USD")]
    currency_code: String,
    /// Currency symbol.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency_symbol: Option<String>,
    /// Lines.
    line_items: Vec<OrderLineBody>,
    /// Sum of all lines; with `include_price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_price: Option<Amount>,
    /// When it was placed.
    creation_date: Timestamp,
    /// `pending`, `completed` or `cancelled`.
    #[schema(example = "completed")]
    status: &'static str,
    /// Who placed it.
    #[schema(example = "UserPurchase")]
    transaction_type: &'static str,
    /// Whether the partner attested to the partner of record.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_on_record_attestation_accepted: Option<bool>,
    /// The system that placed it; modern orders only.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<ClientBody>,
    /// Links.
    links: OrderLinks,
    /// Attributes.
    attributes: Attributes,
}

/// The system that placed an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderClient)]
pub struct ClientBody {
    /// Country.
    marketplace_country: String,
    /// Device family.
    device_family: &'static str,
    /// Name.
    name: &'static str,
}

/// Links of an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderLinks {
    /// The order.
    #[serde(rename = "self")]
    self_link: Link,
    /// How far its lines are.
    provisioning_status: Link,
    /// Where it is changed.
    patch_operation: Link,
}

/// A line of an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderLineItem)]
pub struct OrderLineBody {
    /// Number, from 0.
    line_item_number: u32,
    /// What was bought.
    offer_id: String,
    /// The subscription it made; absent for reservations.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_id: Option<String>,
    /// The subscription it adds to.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_subscription_id: Option<String>,
    /// ISO 8601 term.
    #[serde(skip_serializing_if = "Option::is_none")]
    term_duration: Option<String>,
    /// Always `New`.
    transaction_type: &'static str,
    /// Name.
    friendly_name: String,
    /// How many.
    quantity: u32,
    /// MPN id of the reseller of record.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_id_on_record: Option<String>,
    /// MPN ids of further resellers of record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    additional_partner_ids_on_record: Vec<String>,
    /// What provisioning was told.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    provisioning_context: BTreeMap<String, String>,
    /// Prices; with `include_price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing: Option<PricingBody>,
    /// What it renews to.
    #[serde(skip_serializing_if = "Option::is_none")]
    renews_to: Option<RenewsTo>,
    /// Earlier end of the first term.
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_term_end_date: Option<Timestamp>,
    /// Whether the attestation was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    attestation_accepted: Option<bool>,
    /// Links.
    links: OrderLineLinks,
}

/// Prices of a line, in the currency of the order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Pricing)]
pub struct PricingBody {
    /// Price of one unit.
    list_price: Amount,
    /// After discount.
    discounted_price: Amount,
    /// For the rest of a term.
    prorated_price: Amount,
    /// Price of one unit that is charged.
    price: Amount,
    /// That times quantity.
    extended_price: Amount,
}

/// Links of a line.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderLineLinks {
    /// The product.
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<Link>,
    /// The SKU.
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<Link>,
    /// The availability.
    #[serde(skip_serializing_if = "Option::is_none")]
    availability: Option<Link>,
    /// The legacy offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<Link>,
    /// The subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription: Option<Link>,
    /// How far the order is.
    provisioning_status: Link,
    /// Where a marketplace purchase is activated.
    #[serde(skip_serializing_if = "Option::is_none")]
    activation_links: Option<Link>,
}

impl OrderBody {
    /// An order of a customer in `country`, with or without prices.
    pub fn of(order: &Row<Order>, country: &str, prices: bool) -> Self {
        let uri = format!("/customers/{}/orders/{}", order.customer, order.id);
        let provisioning = format!("{uri}/provisioningstatus");
        let patch = Link { method: "PATCH", ..Link::get(uri.clone()) };
        let attributes = if order.is_legacy {
            let id = order.id.to_string();
            Attributes::versioned("Order", versioned_etag(&id, order.revision()))
        } else {
            Attributes::of("Order")
        };
        Self {
            id: order.id.to_string(),
            alternate_id: order.alternate_id.clone(),
            reference_customer_id: order.customer.to_string(),
            billing_cycle: order.billing_cycle.as_str(),
            currency_code: order.currency.clone(),
            currency_symbol: (!order.is_legacy).then(|| order.currency_symbol.clone()),
            line_items: order
                .lines
                .iter()
                .map(|line| OrderLineBody::of(order, line, country, prices))
                .collect(),
            total_price: prices.then(|| Amount(order.total_price())),
            creation_date: Timestamp(order.created),
            status: order.status.name(),
            transaction_type: match order.transaction {
                TransactionKind::UserPurchase => "UserPurchase",
                TransactionKind::SystemPurchase => "SystemPurchase",
            },
            partner_on_record_attestation_accepted: order.partner_attestation,
            client: (!order.is_legacy).then(|| ClientBody {
                marketplace_country: country.to_owned(),
                device_family: "UniversalStore-PartnerCenter",
                name: "Partner Center API",
            }),
            links: OrderLinks {
                self_link: Link::get(uri),
                provisioning_status: Link::get(provisioning),
                patch_operation: patch,
            },
            attributes,
        }
    }
}

impl OrderLineBody {
    fn of(order: &Order, line: &OrderLine, country: &str, prices: bool) -> Self {
        let customer = format!("/customers/{}", order.customer);
        let order_uri = format!("{customer}/orders/{}", order.id);
        let product = format!("/products/{}", line.product_id);
        let sku = format!("{product}/skus/{}", line.sku_id);
        let availability = format!("{sku}/availabilities/{}", line.availability_id);
        let modern =
            |uri: String| (!order.is_legacy).then(|| Link::get(format!("{uri}?country={country}")));
        Self {
            line_item_number: line.number,
            offer_id: line.offer_id.clone(),
            subscription_id: line.subscription.map(|id| id.to_string()),
            parent_subscription_id: line.parent.map(|id| id.to_string()),
            term_duration: line.term.map(|term| term.iso().to_owned()),
            transaction_type: "New",
            friendly_name: line.friendly_name.clone(),
            quantity: line.quantity,
            partner_id_on_record: line.partner_id_on_record.clone(),
            additional_partner_ids_on_record: line.additional_partner_ids_on_record.clone(),
            provisioning_context: line.provisioning_context.clone(),
            pricing: prices.then(|| PricingBody::of(line)),
            renews_to: line.renews_to.clone().map(|term| RenewsTo { term_duration: Some(term) }),
            custom_term_end_date: line.custom_term_end.map(Timestamp),
            attestation_accepted: line.attestation_accepted,
            links: OrderLineLinks {
                product: modern(product),
                sku: modern(sku),
                availability: modern(availability),
                offer: order
                    .is_legacy
                    .then(|| Link::get(format!("/offers/{}?country={country}", line.offer_id))),
                subscription: line
                    .subscription
                    .map(|id| Link::get(format!("{customer}/subscriptions/{id}"))),
                provisioning_status: Link::get(format!("{order_uri}/provisioningstatus")),
                activation_links: (line.kind == crate::domain::catalogue::ProductKind::Saas).then(
                    || {
                        let number = line.number;
                        Link::get(format!("{order_uri}/lineitems/{number}/activationlinks"))
                    },
                ),
            },
        }
    }
}

impl PricingBody {
    fn of(line: &OrderLine) -> Self {
        let round = |amount: Decimal| {
            let halves = RoundingStrategy::MidpointAwayFromZero;
            Amount(amount.round_dp_with_strategy(line.decimals, halves))
        };
        let unit = round(line.unit_price);
        Self {
            list_price: unit,
            discounted_price: unit,
            prorated_price: unit,
            price: unit,
            extended_price: round(line.extended_price()),
        }
    }
}
