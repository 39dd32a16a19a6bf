//! The catalogue on the wire: products, SKUs and availabilities by country and by customer, the
//! inventory check, promotions (contract: partner-center-catalog.md). What is sold stands in
//! `domain::catalogue`; here is how it is asked for, and its shapes.

mod availability;
mod inventory;
mod offers;
mod product;
mod promotions;
mod rendered;
mod sku;

use std::fmt::Write as _;

use serde_json::json;

pub use product::ProductType;

use super::codes::{Code, code};
use super::examples::CUSTOMER;
use super::fault::{Fault, NOT_FOUND};
use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::domain::catalogue::{
    CountryCode, Locale, LookupError, Market, Product, ReservationScope, Segment, TargetView,
};
use crate::domain::error::Error;
use crate::domain::state::State;

/// Group of these operations in the document.
const TAG: &str = "Catalog";
/// The contract page.
const CONTRACT: &str = "partner-center-catalog.md#operations";
/// A reservation product, for examples.
const PRODUCT: &str = "DZH318Z0KQ41";
/// A SKU of [`PRODUCT`], for examples.
const SKU: &str = "0001";
/// An availability of [`SKU`] in US dollars, for examples.
const AVAILABILITY: &str = "DZH3186T63IB";

const PRODUCT_UNKNOWN: Code = code(400_013, 404);
const SKU_UNKNOWN: Code = code(400_018, 404);
const AVAILABILITY_UNKNOWN: Code = code(400_019, 404);
const SEGMENT_REFUSED: Code = code(400_030, 403);
const VIEW_REFUSED: Code = code(400_036, 403);

/// The operations of this family.
pub fn operations() -> Vec<Operation> {
    [
        product::operations(),
        sku::operations(),
        availability::operations(),
        inventory::operations(),
        promotions::operations(),
        offers::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What narrows every question to the catalogue.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    market: Market<'a>,
    segment: Option<Segment>,
    scope: ReservationScope,
    locale: Locale<'a>,
    /// The same as a text without surprises, for keys.
    language: &'a str,
}

impl<'a> Asked<'a> {
    /// Reads country, segment, scope and language. The country is the customer's in operations on a
    /// customer.
    fn read(call: &'a Call<'_>, state: &'a State) -> Result<Self, Fault> {
        let market = if call.path_text("customer_id").is_empty() {
            country(call, state)?
        } else {
            let customer = state.customer(call.path("customer_id")?)?;
            state.catalogue.market(customer.country()).map_err(refuse)?
        };
        let query = call.query();
        let segment = query.get("targetSegment").map(segment_named).transpose()?;
        let scope = match query.get("reservationScope") {
            None => ReservationScope::MicrosoftAzure,
            Some(text) => ReservationScope::from_query(text).ok_or_else(|| {
                Fault::invalid("reservationScope", "must be AzurePlan, or be left out")
            })?,
        };
        // Longer texts are no language and read en-US like any unknown one.
        let language = Some(call.locale().trim()).filter(|it| it.len() <= 10).unwrap_or("en-US");
        Ok(Self { market, segment, scope, locale: Locale::new(language), language })
    }

    /// The query that links carry, so that following one stays in the same catalogue.
    fn link_query(&self) -> String {
        let mut query = format!("?country={}", self.country().as_str());
        if let Some(segment) = self.segment {
            let _ = write!(query, "&targetSegment={}", segment.as_str());
        }
        if self.scope == ReservationScope::AzurePlan {
            query.push_str("&reservationScope=AzurePlan");
        }
        query
    }

    fn country(&self) -> CountryCode {
        self.market.country()
    }

    /// The product, if it is sold in the market for the scope at all.
    fn product(&self, state: &'a State, id: &str) -> Result<&'a Product, Error> {
        let product = state.catalogue.product(id).map_err(refuse)?;
        if product.is_offered(self.market, None, self.scope) {
            Ok(product)
        } else {
            Err(Error::ProductNotFound(product.id().to_owned()))
        }
    }

    /// The product, if it is sold in the market for any scope: an availability carries its own.
    fn product_of_any_scope(&self, state: &'a State, id: &str) -> Result<&'a Product, Error> {
        let scopes = ReservationScope::ALL;
        scopes
            .into_iter()
            .find_map(|scope| Self { scope, ..*self }.product(state, id).ok())
            .map_or_else(|| self.product(state, id), Ok)
    }
}

/// The market that the query names.
fn country<'a>(call: &Call<'_>, state: &'a State) -> Result<Market<'a>, Fault> {
    let Some(country) = call.query().get("country") else {
        return Err(Fault::invalid(
            "country",
            "is required; add ?country= with two letters, as US",
        ));
    };
    Ok(state.catalogue.market(country).map_err(refuse)?)
}

fn segment_named(text: &str) -> Result<Segment, Error> {
    Segment::from_name(text).ok_or_else(|| Error::TargetSegmentNotAllowed(excerpt(text)))
}

fn view_asked(call: &Call<'_>) -> Result<TargetView, Fault> {
    let Some(text) = call.query().get("targetView") else {
        let views: Vec<&str> = TargetView::ALL.iter().map(|view| view.as_str()).collect();
        let reason = format!("is required; use one of {}", views.join(", "));
        return Err(Fault::invalid("targetView", &reason));
    };
    Ok(TargetView::from_name(text).ok_or_else(|| Error::TargetViewNotAllowed(excerpt(text)))?)
}

fn excerpt(text: &str) -> String {
    text.chars().take(60).collect()
}

/// A look-up that found nothing, as a refusal.
fn refuse(error: LookupError) -> Error {
    match error {
        LookupError::Country { country } => {
            let reason = format!("`{country}` is no country; use two letters of ISO 3166, as US");
            Error::invalid("country", reason)
        }
        LookupError::Product { product_id } => Error::ProductNotFound(product_id),
        LookupError::Sku { sku_id, .. } => Error::SkuNotFound(sku_id),
        LookupError::Availability { availability_id, .. } => {
            Error::AvailabilityNotFound(availability_id)
        }
        LookupError::CatalogItem { .. } | LookupError::OtherMarket { .. } => {
            Error::invalid("catalogItemId", error.to_string())
        }
    }
}

/// Adds what operations by country share.
fn by_country(operation: Operation) -> Operation {
    let text = "Two-letter country of the catalogue (ISO 3166), in any casing.";
    let schema = json!({"type": "string", "pattern": "^[A-Za-z]{2}$"});
    localised(operation).required_query("country", schema, text).example_query("country", "US")
}

/// Adds what operations by customer share.
fn by_customer(operation: Operation) -> Operation {
    localised(operation).faults(&[NOT_FOUND, code(20002, 403)]).example("customer_id", CUSTOMER)
}

fn localised(operation: Operation) -> Operation {
    let text = "Language of titles and descriptions: en-US or zh-TW; others read en-US.";
    operation.header("X-Locale", json!({"type": "string", "default": "en-US"}), text)
}

/// Adds `targetSegment`.
fn by_segment(operation: Operation) -> Operation {
    let segments: Vec<&str> = Segment::ALL.iter().map(|segment| segment.as_str()).collect();
    operation
        .query(
            "targetSegment",
            json!({"type": "string", "enum": segments}),
            "Kind of customer; without it, all that the partner may sell to.",
        )
        .faults(&[SEGMENT_REFUSED])
}

/// Adds `reservationScope`.
fn by_scope(operation: Operation) -> Operation {
    operation.query(
        "reservationScope",
        json!({"type": "string", "enum": ["AzurePlan"]}),
        "`AzurePlan` for reservations of an Azure plan; without it those of MS-AZR-0145P.",
    )
}

/// Adds `targetView`.
fn by_view(operation: Operation) -> Operation {
    let views: Vec<&str> = TargetView::ALL.iter().map(|view| view.as_str()).collect();
    operation
        .required_query(
            "targetView",
            json!({"type": "string", "enum": views}),
            "Part of the catalogue, in any casing.",
        )
        .faults(&[VIEW_REFUSED])
        .example_query("targetView", "AzureReservationsVM")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::Catalogue;

    #[test]
    fn the_examples_exist() {
        let catalogue = Catalogue::embedded();
        let market = catalogue.market("US").unwrap();
        let scope = ReservationScope::MicrosoftAzure;
        let first = catalogue.availabilities(PRODUCT, SKU, market, None, scope).unwrap()[0];
        assert_eq!(first.id().as_str(), AVAILABILITY);
        catalogue.resolve(promotions::ITEM, market).unwrap();
    }

    #[test]
    fn views_segments_and_countries_are_refused_by_name() {
        assert_eq!(
            segment_named("retail"),
            Err(Error::TargetSegmentNotAllowed("retail".to_owned()))
        );
        assert_eq!(segment_named("EDUCATION"), Ok(Segment::Education));
        let catalogue = Catalogue::embedded();
        let refused = |country: &str| catalogue.market(country).map(|_| ()).map_err(refuse);
        for country in ["", "USA", "U1", "XX"] {
            assert!(
                matches!(refused(country), Err(Error::Invalid { field, .. }) if field == "country"),
                "{country}"
            );
        }
    }
}
