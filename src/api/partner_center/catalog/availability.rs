//! Availabilities on the wire: list and read, by country and by customer.

use std::borrow::Cow;

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::product::ProductBody;
use super::sku::SkuBody;
use super::{
    AVAILABILITY, AVAILABILITY_UNKNOWN, Asked, CONTRACT, PRODUCT, PRODUCT_UNKNOWN, SKU,
    SKU_UNKNOWN, TAG, by_country, by_customer, by_scope, by_segment, refuse,
};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::fault::Fault;
use crate::api::partner_center::resource::{Collection, Link, SelfLink};
use crate::api::reply::Reply;
use crate::domain::catalogue::{Availability, ProductKind, ReservationScope};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let get =
        |path, id, handler| Operation::new(Surface::PartnerCenter, Method::GET, path, id, handler);
    let faults = [PRODUCT_UNKNOWN, SKU_UNKNOWN];
    let lists = |operation: Operation| {
        by_segment(by_scope(operation))
            .describe(
                "What can be put into a cart: `catalogItemId`. A reservation has other \
                 availabilities for an Azure plan than for MS-AZR-0145P.",
            )
            .source(Fidelity::Documented, CONTRACT)
            .gives::<Collection<AvailabilityBody<'_>>>(200, "All availabilities of the SKU.")
            .faults(&faults)
            .example("product_id", PRODUCT)
            .example("sku_id", SKU)
    };
    let reads = |operation: Operation| {
        by_scope(operation)
            .source(Fidelity::Documented, CONTRACT)
            .gives::<AvailabilityBody<'_>>(200, "The availability.")
            .faults(&faults)
            .faults(&[AVAILABILITY_UNKNOWN])
            .example("product_id", PRODUCT)
            .example("sku_id", SKU)
            .example("availability_id", AVAILABILITY)
    };
    vec![
        lists(by_country(get(
            "/v1/products/{product_id}/skus/{sku_id}/availabilities",
            "listAvailabilities",
            list,
        )))
        .summary(TAG, "List availabilities by country"),
        reads(by_country(get(
            "/v1/products/{product_id}/skus/{sku_id}/availabilities/{availability_id}",
            "getAvailability",
            read,
        )))
        .summary(TAG, "Get an availability by country"),
        lists(by_customer(get(
            "/v1/customers/{customer_id}/products/{product_id}/skus/{sku_id}/availabilities",
            "listCustomerAvailabilities",
            list,
        )))
        .summary(TAG, "List availabilities for a customer"),
        reads(by_customer(get(
            "/v1/customers/{customer_id}/products/{product_id}/skus/{sku_id}/availabilities/{availability_id}",
            "getCustomerAvailability",
            read,
        )))
        .summary(TAG, "Get an availability for a customer"),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let state = &call.view().state;
    let asked = Asked::read(call, state)?;
    let product = asked.product(state, call.path_text("product_id"))?;
    let sku = call.path_text("sku_id");
    let items: Vec<AvailabilityBody<'_>> = state
        .catalogue
        .availabilities(product.id(), sku, asked.market, asked.segment, asked.scope)
        .map_err(refuse)?
        .into_iter()
        .map(|availability| AvailabilityBody::new(availability, &asked))
        .collect();
    Ok(Reply::ok(&Collection::of(items)))
}

fn read(call: &Call<'_>) -> Result<Reply, Fault> {
    let state = &call.view().state;
    let mut asked = Asked::read(call, state)?;
    let product = asked.product_of_any_scope(state, call.path_text("product_id"))?;
    let (sku, id) = (call.path_text("sku_id"), call.path_text("availability_id"));
    let availability =
        state.catalogue.availability(product.id(), sku, asked.market, id).map_err(refuse)?;
    asked.scope = availability.reservation_scope().unwrap_or(ReservationScope::MicrosoftAzure);
    Ok(Reply::ok(&AvailabilityBody::new(availability, &asked)))
}

/// A SKU on offer in a country, to a segment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Availability)]
pub(super) struct AvailabilityBody<'a> {
    /// Id; the service may change it at any time.
    #[schema(example = "DZH318XZ4TQ7")]
    pub id: String,
    /// The product.
    pub product_id: &'a str,
    /// The SKU.
    pub sku_id: Cow<'a, str>,
    /// What carts and orders name: `product:sku:availability`.
    pub catalog_item_id: String,
    /// Currency of the price.
    pub default_currency: CurrencyBody<'a>,
    /// Whom it is for.
    #[schema(example = "commercial")]
    pub segment: &'static str,
    /// Where it is sold.
    #[schema(example = "US")]
    pub country: String,
    /// Whether it can be bought.
    pub is_purchasable: bool,
    /// Whether it renews.
    pub is_renewable: bool,
    /// Terms it can be bought for; empty for what is kept or runs on.
    pub terms: Vec<TermBody<'a>>,
    /// The product.
    pub product: ProductBody<'a>,
    /// The SKU.
    pub sku: SkuBody<'a>,
    /// Links.
    pub links: SelfLink,
}

/// A currency.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Currency)]
pub(super) struct CurrencyBody<'a> {
    /// ISO 4217 code.
    #[schema(example = "USD")]
    pub code: &'a str,
    /// Symbol.
    #[schema(example = "$")]
    pub symbol: &'a str,
}

/// A term.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Term)]
pub(super) struct TermBody<'a> {
    /// ISO 8601 duration.
    #[schema(example = "P1Y")]
    pub duration: &'static str,
    /// In words.
    #[schema(example = "1 Year Prepaid")]
    pub description: &'a str,
    /// How it is billed, where the term leaves a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_cycle: Option<&'static str>,
    /// Until when it can be cancelled.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cancellation_policies: Vec<CancellationPolicy>,
}

/// Until when a purchase can be cancelled.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CancellationPolicy {
    /// What is given back.
    pub refund_options: Vec<PolicyRefundOption>,
}

/// What is given back on cancellation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolicyRefundOption {
    /// Order of the options.
    pub sequence_id: u32,
    /// `Full` or `Partial`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// How long after the purchase, as ISO 8601 duration.
    pub expires_after: &'static str,
}

impl<'a> AvailabilityBody<'a> {
    fn new(availability: Availability<'a>, asked: &Asked<'a>) -> Self {
        let (sku, id) = (availability.sku(), availability.id());
        let (product_id, sku_id) = (sku.product().id(), sku.id());
        let country = asked.country().as_str().to_owned();
        let uri = format!("/products/{product_id}/skus/{sku_id}/availabilities/{id}");
        let currency = availability.currency();
        Self {
            id: id.to_string(),
            product_id,
            catalog_item_id: availability.catalog_item_id(),
            default_currency: CurrencyBody { code: currency.code(), symbol: currency.symbol() },
            segment: availability.segment().as_str(),
            is_purchasable: availability.is_purchasable(),
            is_renewable: availability.is_renewable(),
            terms: terms(&availability, asked),
            product: ProductBody::new(sku.product(), asked),
            sku: SkuBody::new(sku, asked),
            links: SelfLink { self_link: Link::get(format!("{uri}?country={country}")) },
            sku_id,
            country,
        }
    }
}

/// One term for each billing cycle that may be chosen; a reservation's has no choice.
fn terms<'a>(availability: &Availability<'a>, asked: &Asked<'a>) -> Vec<TermBody<'a>> {
    let Some(term) = availability.term() else { return Vec::new() };
    let description = availability.term_description(asked.locale).unwrap_or_default();
    let is_licence = matches!(availability.kind(), ProductKind::License | ProductKind::Saas);
    if !is_licence {
        let cancellation_policies = Vec::new();
        let duration = term.iso();
        return vec![TermBody {
            duration,
            description,
            billing_cycle: None,
            cancellation_policies,
        }];
    }
    let body = |cycle: &crate::domain::billing_cycle::BillingCycle| TermBody {
        duration: term.iso(),
        description,
        billing_cycle: Some(cycle.as_str()),
        cancellation_policies: vec![CancellationPolicy {
            refund_options: vec![PolicyRefundOption {
                sequence_id: 0,
                kind: "Full",
                expires_after: "P7D",
            }],
        }],
    };
    availability.supported_billing_cycles().iter().map(body).collect()
}
