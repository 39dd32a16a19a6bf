//! The older catalogue of offers: MS-AZR-0145P and the licences, told as offers. An offer's id is what
//! a cart or an order names, so that what is found here can be bought [choice]
//! (contract: partner-center-catalog.md, first table).

use actix_web::http::Method;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Asked, CONTRACT, TAG, by_country, by_customer, excerpt, refuse};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::{Fault, NOT_FOUND};
use crate::api::partner_center::paging::{OffsetPage, PageSize};
use crate::api::partner_center::resource::{Attributes, Collection, SelfLink};
use crate::api::reply::Reply;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::catalogue::{Availability, LookupError, ProductKind};
use crate::domain::error::Error;
use crate::domain::state::State;

/// Most offers of one answer, and how many there are without `size` [choice].
const MOST_OFFERS: usize = 500;
const SIZES: PageSize = PageSize { default: MOST_OFFERS, max: MOST_OFFERS };

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let get =
        |path, id, handler| Operation::new(Surface::PartnerCenter, Method::GET, path, id, handler);
    let paged = |operation: Operation| {
        operation
            .source(Fidelity::Inferred, CONTRACT)
            .query("offset", json!({"type": "integer", "minimum": 0}), "How many to leave out.")
            .query(
                "size",
                json!({"type": "integer", "minimum": 0, "maximum": MOST_OFFERS}),
                "How many to give; 0 for all that one answer holds.",
            )
            .gives::<Collection<OfferBody>>(200, "The offers.")
    };
    let categories_of = |operation: Operation| {
        operation
            .summary(TAG, "List offer categories")
            .source(Fidelity::Inferred, CONTRACT)
            .gives::<Collection<OfferCategory>>(200, "The categories.")
    };
    let one = |operation: Operation| {
        operation
            .source(Fidelity::Inferred, CONTRACT)
            .faults(&[NOT_FOUND, code(2100, 400)])
            .example("offer_id", "MS-AZR-0145P")
    };
    let about = "MS-AZR-0145P and licences. Everything else is found as products and SKUs.";
    vec![
        paged(by_country(get("/v1/offers", "listOffers", list)))
            .summary(TAG, "List offers")
            .describe(about),
        one(by_country(get("/v1/offers/{offer_id}", "getOffer", read)))
            .summary(TAG, "Get an offer")
            .gives::<OfferBody>(200, "The offer."),
        one(by_country(get("/v1/offers/{offer_id}/addons", "listOfferAddOns", add_ons)))
            .summary(TAG, "List the add-ons of an offer")
            .gives::<Collection<OfferBody>>(200, "The add-ons."),
        categories_of(by_country(get("/v1/offercategories", "listOfferCategories", categories))),
        paged(by_customer(get("/v1/customers/{customer_id}/offers", "listCustomerOffers", list)))
            .summary(TAG, "List offers for a customer")
            .describe(about),
        categories_of(by_customer(get(
            "/v1/customers/{customer_id}/offercategories",
            "listCustomerOfferCategories",
            categories,
        ))),
    ]
}

fn is_offer(kind: ProductKind) -> bool {
    matches!(kind, ProductKind::LegacyAzure | ProductKind::License)
}

/// Everything that is told as an offer, in catalogue order.
fn offers<'a>(state: &'a State, asked: &Asked<'a>) -> Vec<Availability<'a>> {
    let products = state.catalogue.all_products().iter().filter(|it| is_offer(it.kind()));
    products
        .flat_map(|product| product.skus().map(move |sku| (product, sku)))
        .filter_map(|(product, sku)| {
            let (market, scope) = (asked.market, asked.scope);
            state.catalogue.availabilities(product.id(), &sku.id(), market, None, scope).ok()
        })
        .flatten()
        .collect()
}

/// The offer that the path names.
fn named<'a>(
    call: &Call<'_>,
    state: &'a State,
    asked: &Asked<'a>,
) -> Result<Availability<'a>, Fault> {
    let id = call.path_text("offer_id");
    let found = state.catalogue.resolve(id, asked.market).map_err(|error| match error {
        LookupError::Country { .. } => refuse(error),
        _ => Error::NotFound { what: "offer", id: excerpt(id) },
    })?;
    if is_offer(found.kind()) {
        Ok(found)
    } else {
        Err(Fault::with(code(2100, 400), &[&excerpt(id)]))
    }
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let asked = Asked::read(call, &view.state)?;
    let paging = OffsetPage::of(call, SIZES)?;
    let all = offers(&view.state, &asked);
    let page = all.iter().skip(paging.offset).take(paging.size);
    let items: Vec<OfferBody> = page.map(|it| OfferBody::new(it, &asked, &all)).collect();
    let mut body = Collection::of(items);
    body.links = Some(match call.path_text("customer_id") {
        "" => {
            let country = format!("&country={}", asked.country().as_str());
            paging.links("/offers", &country, all.len())
        }
        customer => {
            let uri = format!("/customers/{}/offers", customer.to_ascii_lowercase());
            paging.links(&uri, "", all.len())
        }
    });
    Ok(Reply::ok(&body))
}

fn read(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let asked = Asked::read(call, &view.state)?;
    let offer = named(call, &view.state, &asked)?;
    Ok(Reply::ok(&OfferBody::new(&offer, &asked, &offers(&view.state, &asked))))
}

fn add_ons(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let asked = Asked::read(call, &view.state)?;
    let base = named(call, &view.state, &asked)?;
    let all = offers(&view.state, &asked);
    let add_ons = all.iter().filter(|offer| adds_to(offer, &base));
    let items = add_ons.map(|offer| OfferBody::new(offer, &asked, &all)).collect();
    Ok(Reply::ok(&Collection::<OfferBody>::of(items)))
}

fn categories(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let asked = Asked::read(call, &view.state)?;
    let kinds = [ProductKind::LegacyAzure, ProductKind::License];
    let items = kinds.map(|kind| OfferCategory::new(kind, &asked));
    Ok(Reply::ok(&Collection::of(items.into())))
}

fn adds_to(offer: &Availability<'_>, base: &Availability<'_>) -> bool {
    let sku = format!("{}:{}", base.sku().product().id(), base.sku().id());
    offer.sku().prerequisite_skus().any(|wanted| wanted.eq_ignore_ascii_case(&sku))
}

fn id_of(offer: &Availability<'_>) -> String {
    offer.sku().offer_id().map_or_else(|| offer.catalog_item_id(), str::to_owned)
}

/// An offer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Offer)]
pub(super) struct OfferBody {
    /// Id, as carts and orders name it.
    #[schema(example = "MS-AZR-0145P")]
    pub id: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Smallest quantity.
    pub minimum_quantity: u32,
    /// Largest quantity.
    pub maximum_quantity: u32,
    /// Address, relative to `/v1`.
    pub uri: String,
    /// Language of name and description, as it was asked for.
    pub locale: String,
    /// Where it is sold.
    pub country: String,
    /// Category.
    pub category: OfferCategory,
    /// Whether it adds to another offer.
    pub is_add_on: bool,
    /// Whether others add to it.
    pub has_add_ons: bool,
    /// Whether it can be bought.
    pub is_available_for_purchase: bool,
    /// Whether it renews by itself.
    pub is_auto_renewable: bool,
    /// Whether it is a trial.
    pub is_trial: bool,
    /// `usage` or `license`.
    pub billing: &'static str,
    /// How it can be billed, in the cycles that offers knew: clients read a closed list here, and
    /// one with `triennial` as unreadable. SKUs and availabilities tell them all [choice].
    pub supported_billing_cycles: Vec<&'static str>,
    /// What a quantity counts.
    pub unit_type: &'static str,
    /// Links.
    pub links: SelfLink,
    /// Attributes.
    pub attributes: Attributes,
}

/// A category of offers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfferCategory {
    /// Id.
    #[schema(example = "Azure")]
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// Place among the categories.
    pub rank: u32,
    /// Language, as it was asked for.
    pub locale: String,
    /// Where it is sold.
    pub country: String,
    /// Attributes.
    pub attributes: Attributes,
}

impl OfferCategory {
    fn new(kind: ProductKind, asked: &Asked<'_>) -> Self {
        let (id, name, rank) = match kind {
            ProductKind::LegacyAzure => ("Azure", "Azure", 1),
            _ => ("OnlineServices", "Online services", 2),
        };
        Self {
            id,
            name,
            rank,
            locale: asked.language.to_owned(),
            country: asked.country().as_str().to_owned(),
            attributes: Attributes::of("OfferCategory"),
        }
    }
}

impl OfferBody {
    fn new(offer: &Availability<'_>, asked: &Asked<'_>, all: &[Availability<'_>]) -> Self {
        let (sku, id) = (offer.sku(), id_of(offer));
        let uri = format!("/offers/{id}?country={}", asked.country().as_str());
        let is_usage = offer.kind() == ProductKind::LegacyAzure;
        Self {
            name: sku.title(asked.locale).into_owned(),
            description: sku.description(asked.locale).into_owned(),
            minimum_quantity: sku.minimum_quantity(),
            maximum_quantity: sku.maximum_quantity(),
            locale: asked.language.to_owned(),
            country: asked.country().as_str().to_owned(),
            category: OfferCategory::new(offer.kind(), asked),
            is_add_on: sku.is_addon(),
            has_add_ons: all.iter().any(|other| adds_to(other, offer)),
            is_available_for_purchase: offer.is_purchasable(),
            is_auto_renewable: offer.is_renewable(),
            is_trial: sku.is_trial(),
            billing: if is_usage { "usage" } else { "license" },
            supported_billing_cycles: offer
                .supported_billing_cycles()
                .iter()
                .filter(|cycle| !matches!(cycle, BillingCycle::Triennial | BillingCycle::Biennial))
                .map(|cycle| cycle.as_str())
                .collect(),
            unit_type: if is_usage { "Usage-based" } else { "Licenses" },
            links: SelfLink::to(&*uri),
            attributes: Attributes::of("Offer"),
            uri,
            id,
        }
    }
}
