//! A subscription on the wire: list, read, add-ons.

use actix_web::http::Method;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{CUSTOMER, LEGACY_AZURE, LICENCES, TAG, named, on_subscription};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::catalog::ProductType;
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::{Fault, NOT_FOUND};
use crate::api::partner_center::resource::{Attributes, Collection, Link, versioned_etag};
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::catalogue::{ProductKind, SoftwareLicensing};
use crate::domain::error::Error;
use crate::domain::ids::CustomerId;
use crate::domain::state::State;
use crate::domain::subscriptions::{NextTerm, Subscription, SubscriptionKind, SubscriptionStatus};
use crate::domain::term::Term;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/{customer_id}/subscriptions",
            "listSubscriptions",
            list,
        )
        .summary(TAG, "List the subscriptions of a customer")
        .describe(
            "All of them, deleted ones included. Azure reservations have no subscription; they show \
             as entitlements.",
        )
        .source(Fidelity::Documented, "partner-center-subscriptions.md#1-lists")
        .query("order_id", json!({"type": "string"}), "Only those that this order made.")
        .query(
            "mpn_id",
            json!({"type": "string", "pattern": "^[0-9]+$"}),
            "Only those of the reseller of record with this MPN id.",
        )
        .gives::<Collection<SubscriptionBody>>(200, "The subscriptions.")
        .faults(&[NOT_FOUND, code(20002, 403)])
        .example("customer_id", CUSTOMER),
        on_subscription(
            Method::GET,
            "/v1/customers/{customer_id}/subscriptions/{subscription_id}",
            "getSubscription",
            LEGACY_AZURE,
            read,
        )
        .summary(TAG, "Get a subscription by id")
        .source(Fidelity::Documented, "partner-center-subscriptions.md#subscription-shape")
        .throttled()
        .gives::<SubscriptionBody>(200, "The subscription."),
        on_subscription(
            Method::GET,
            "/v1/customers/{customer_id}/subscriptions/{subscription_id}/addons",
            "listSubscriptionAddOns",
            LICENCES,
            add_ons,
        )
        .summary(TAG, "List the add-ons of a subscription")
        .source(Fidelity::Documented, "partner-center-subscriptions.md#operations")
        .gives::<Collection<SubscriptionBody>>(200, "The subscriptions that add to this one."),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let customer: CustomerId = call.path("customer_id")?;
    view.state.customer(customer)?;
    let (order, mpn_id) = (call.query().get("order_id"), call.query().get("mpn_id"));
    if mpn_id.is_some_and(|id| id.parse::<u64>().is_err()) {
        return Err(Fault::invalid("mpn_id", "must be an MPN id, which has digits only"));
    }
    let wanted = |row: &Subscription| {
        order.is_none_or(|order| *row.order.0 == *order)
            && mpn_id.is_none_or(|id| row.partner_id_on_record.as_deref() == Some(id))
    };
    let uri = match (order, mpn_id) {
        (Some(order), _) => format!("/customers/{customer}/subscriptions?order_id={order}"),
        (None, Some(mpn_id)) => format!("/customers/{customer}/subscriptions?mpn_id={mpn_id}"),
        (None, None) => format!("/customers/{customer}/subscriptions"),
    };
    collect(&view.state, customer, view.now, wanted, uri)
}

fn read(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = named(call)?;
    let view = call.view();
    let subscription = view.state.subscription(customer, id)?;
    Ok(Reply::ok(&SubscriptionBody::new(&view.state, subscription, view.now)?))
}

fn add_ons(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = named(call)?;
    let view = call.view();
    view.state.subscription(customer, id)?;
    let uri = format!("/customers/{customer}/subscriptions/{id}/addons");
    collect(&view.state, customer, view.now, |row| row.parent == Some(id), uri)
}

fn collect(
    state: &State,
    customer: CustomerId,
    now: DateTime<Utc>,
    wanted: impl Fn(&Subscription) -> bool,
    uri: String,
) -> Result<Reply, Fault> {
    let items = state
        .subscriptions_of(customer)
        .filter(|row| wanted(row))
        .map(|row| SubscriptionBody::new(state, row, now))
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(Reply::ok(&Collection::of(items).at(uri)))
}

/// The version of a subscription as clients see it.
pub(super) fn etag(subscription: &Subscription) -> String {
    versioned_etag(&subscription.id.to_string(), subscription.version)
}

/// A subscription.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Subscription)]
pub struct SubscriptionBody {
    /// Id.
    pub id: String,
    /// The Azure subscription behind a Microsoft Azure subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlement_id: Option<String>,
    /// What was bought: `product:sku:availability`, or an offer id.
    #[schema(example = "MS-AZR-0145P")]
    pub offer_id: String,
    /// Title of what was bought.
    pub offer_name: String,
    /// Name given by the partner.
    pub friendly_name: String,
    /// Kind of product.
    pub product_type: ProductType,
    /// Seats or units.
    pub quantity: u32,
    /// What `quantity` counts.
    #[schema(example = "Usage-based")]
    pub unit_type: &'static str,
    /// The subscription that this one adds to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_subscription_id: Option<String>,
    /// Whether add-ons exist for it.
    pub has_purchasable_addons: bool,
    /// When it was ordered.
    pub creation_date: Timestamp,
    /// When it took effect.
    pub effective_start_date: Timestamp,
    /// When the commitment ends; in the year 9999 for what runs on.
    pub commitment_end_date: Timestamp,
    /// The same, for new commerce.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commitment_end_date_time: Option<Timestamp>,
    /// Until when it can be cancelled, where that is limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation_allowed_until_date: Option<Timestamp>,
    /// When the running billing cycle ends, for new commerce.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_cycle_end_date: Option<Timestamp>,
    /// The same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_cycle_end_date_time: Option<Timestamp>,
    /// `active`, `suspended` or `deleted`.
    #[schema(example = "active")]
    pub status: &'static str,
    /// Whether it renews by itself.
    pub auto_renew_enabled: bool,
    /// Whether it is a trial.
    pub is_trial: bool,
    /// `usage` or `license`.
    #[schema(example = "usage")]
    pub billing_type: &'static str,
    /// How it is billed.
    #[schema(example = "monthly")]
    pub billing_cycle: &'static str,
    /// Term as ISO 8601 duration; empty for what runs on.
    pub term_duration: &'static str,
    /// Term that it renews for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal_term_duration: Option<&'static str>,
    /// What is given back on cancellation, and until when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refund_options: Vec<RefundOption>,
    /// Seats that can still be given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refundable_quantity: Option<RefundableQuantity>,
    /// What becomes of it when the term ends, where that was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_next_term_instructions: Option<NextTermInstructions>,
    /// Whether Microsoft publishes it.
    pub is_microsoft_product: bool,
    /// Who publishes it.
    pub publisher_name: String,
    /// MPN id of the reseller of record; empty for none.
    pub partner_id: String,
    /// What the partner can do with it: `Edit`, `Cancel`.
    pub actions: Vec<&'static str>,
    /// Why it is suspended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suspension_reasons: Vec<String>,
    /// Always `subscription`.
    pub contract_type: &'static str,
    /// Links.
    pub links: SubscriptionLinks,
    /// The order that made it.
    pub order_id: String,
    /// Attributes; `etag` changes with every write.
    pub attributes: Attributes,
}

/// Links of a subscription.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionLinks {
    /// The legacy offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<Link>,
    /// The product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Link>,
    /// The SKU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<Link>,
    /// The availability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<Link>,
    /// The subscription that this one adds to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_subscription: Option<Link>,
    /// Where a marketplace purchase is activated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activation_links: Option<Link>,
    /// The subscription itself.
    #[serde(rename = "self")]
    pub self_link: Link,
}

/// What is given back on cancellation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SubscriptionRefundOption)]
pub struct RefundOption {
    /// `Full` or `Partial`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Seats that can still be given back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundableQuantity {
    /// All of them.
    pub total_quantity: u32,
    /// By purchase.
    pub details: Vec<RefundableQuantityDetail>,
}

/// Seats of one purchase that can still be given back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundableQuantityDetail {
    /// Seats.
    pub quantity: u32,
    /// Until when.
    pub allowed_until_date_time: Timestamp,
}

/// What becomes of a subscription when its term ends.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextTermInstructions {
    /// What it renews as.
    pub product: NextTermProduct,
    /// Seats.
    pub quantity: u32,
    /// When the next term ends, instead of after its whole length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_term_end_date: Option<Timestamp>,
}

/// What a subscription renews as.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextTermProduct {
    /// Product.
    pub product_id: String,
    /// SKU.
    pub sku_id: String,
    /// Availability.
    pub availability_id: String,
    /// How it will be billed.
    pub billing_cycle: &'static str,
    /// For how long.
    pub term_duration: &'static str,
}

impl From<&NextTerm> for NextTermInstructions {
    fn from(next: &NextTerm) -> Self {
        Self {
            product: NextTermProduct {
                product_id: next.product_id.clone(),
                sku_id: next.sku_id.clone(),
                availability_id: next.availability_id.clone(),
                billing_cycle: next.billing_cycle.as_str(),
                term_duration: next.term.iso(),
            },
            quantity: next.quantity,
            custom_term_end_date: next.custom_term_end.map(Timestamp),
        }
    }
}

impl SubscriptionBody {
    /// The subscription as it shows at `now`.
    pub(super) fn new(
        state: &State,
        subscription: &Subscription,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let country = state.customer(subscription.customer)?.country();
        Ok(Self::of(subscription, country, now))
    }

    /// The subscription of a customer in `country` as it shows at `now`.
    pub fn of(it: &Subscription, country: &str, now: DateTime<Utc>) -> Self {
        let is_azure = it.kind.is_azure();
        let is_licence = it.kind == SubscriptionKind::License;
        let cycle_end = it.billing_cycle_end(now).filter(|_| is_licence).map(Timestamp);
        Self {
            id: it.id.to_string(),
            entitlement_id: it.azure_subscription.map(|id| id.to_string()),
            offer_id: it.offer_id.clone(),
            offer_name: it.offer_name.clone(),
            friendly_name: it.friendly_name.clone(),
            product_type: product_kind(it.kind).into(),
            quantity: it.quantity,
            unit_type: unit_type(it.kind),
            parent_subscription_id: it.parent.map(|id| id.to_string()),
            has_purchasable_addons: it.has_addons,
            creation_date: Timestamp(it.created),
            effective_start_date: Timestamp(it.effective_start),
            commitment_end_date: Timestamp(it.commitment_end),
            commitment_end_date_time: is_licence.then_some(Timestamp(it.commitment_end)),
            cancellation_allowed_until_date: it.cancellable_until.map(Timestamp),
            billing_cycle_end_date: cycle_end,
            billing_cycle_end_date_time: cycle_end,
            status: it.status.name(),
            auto_renew_enabled: it.auto_renew,
            is_trial: it.is_trial,
            billing_type: if is_azure { "usage" } else { "license" },
            billing_cycle: it.billing_cycle.as_str(),
            term_duration: it.term.map_or("", Term::iso),
            renewal_term_duration: it.term.filter(|_| it.auto_renew).map(Term::iso),
            refund_options: refund_options(it),
            refundable_quantity: refundable_quantity(it, now),
            scheduled_next_term_instructions: it.next_term.as_ref().map(Into::into),
            is_microsoft_product: it.is_microsoft_product,
            publisher_name: it.publisher.clone(),
            partner_id: it.partner_id_on_record.clone().unwrap_or_default(),
            actions: actions(it, now),
            suspension_reasons: it.suspension_reasons.clone(),
            contract_type: "subscription",
            links: SubscriptionLinks::of(it, country),
            order_id: it.order.to_string(),
            attributes: Attributes::versioned("Subscription", etag(it)),
        }
    }
}

impl SubscriptionLinks {
    fn of(it: &Subscription, country: &str) -> Self {
        let uri = format!("/customers/{}/subscriptions", it.customer);
        let product = format!("/products/{}", it.product_id);
        let sku = format!("{product}/skus/{}", it.sku_id);
        let availability = format!("{sku}/availabilities/{}", it.availability_id);
        let in_country = |uri: &str| Link::get(format!("{uri}?country={country}"));
        let is_legacy = it.kind == SubscriptionKind::LegacyAzure;
        let modern = |uri: &str| (!is_legacy).then(|| in_country(uri));
        Self {
            offer: is_legacy.then(|| in_country(&format!("/offers/{}", it.offer_id))),
            product: modern(&product),
            sku: modern(&sku),
            availability: modern(&availability),
            parent_subscription: it.parent.map(|parent| Link::get(format!("{uri}/{parent}"))),
            activation_links: (it.kind == SubscriptionKind::Saas)
                .then(|| Link::get(format!("{uri}/{}/activationlinks", it.id))),
            self_link: Link::get(format!("{uri}/{}", it.id)),
        }
    }
}

/// The kind of product behind a kind of subscription. How software is licensed does not show.
fn product_kind(kind: SubscriptionKind) -> ProductKind {
    match kind {
        SubscriptionKind::LegacyAzure => ProductKind::LegacyAzure,
        SubscriptionKind::AzurePlan => ProductKind::AzurePlan,
        SubscriptionKind::License => ProductKind::License,
        SubscriptionKind::Saas => ProductKind::Saas,
        SubscriptionKind::Software => ProductKind::Software(SoftwareLicensing::Subscription),
    }
}

fn unit_type(kind: SubscriptionKind) -> &'static str {
    match kind {
        SubscriptionKind::LegacyAzure | SubscriptionKind::AzurePlan => "Usage-based",
        SubscriptionKind::License => "Licenses",
        SubscriptionKind::Saas | SubscriptionKind::Software => "License(s)",
    }
}

fn refund_options(it: &Subscription) -> Vec<RefundOption> {
    let until = it.cancellable_until.into_iter();
    until.map(|until| RefundOption { kind: "Full", expires_at: Timestamp(until) }).collect()
}

fn refundable_quantity(it: &Subscription, now: DateTime<Utc>) -> Option<RefundableQuantity> {
    let until = it.cancellable_until.filter(|_| it.kind == SubscriptionKind::License)?;
    let is_open = it.is_cancellable(now) && it.status != SubscriptionStatus::Deleted;
    let quantity = if is_open { it.quantity } else { 0 };
    let detail = RefundableQuantityDetail { quantity, allowed_until_date_time: Timestamp(until) };
    let details = if is_open { vec![detail] } else { Vec::new() };
    Some(RefundableQuantity { total_quantity: quantity, details })
}

fn actions(it: &Subscription, now: DateTime<Utc>) -> Vec<&'static str> {
    if it.status == SubscriptionStatus::Deleted {
        return Vec::new();
    }
    let is_cancellable = match it.kind {
        SubscriptionKind::AzurePlan => it.azure_entitlements.iter().all(|below| !below.active),
        SubscriptionKind::License | SubscriptionKind::Saas => it.is_cancellable(now),
        SubscriptionKind::LegacyAzure | SubscriptionKind::Software => false,
    };
    if is_cancellable { vec!["Edit", "Cancel"] } else { vec!["Edit"] }
}
