//! The catalogue: products, SKUs, availabilities, prices and stock restrictions, the same for every
//! world and never changed.
//!
//! Sources (`fixtures/catalogue/`) hold sizes, regions, terms and dollar prices; SKUs, titles,
//! availabilities and their ids are computed when asked for, so that nothing is held in memory but
//! the sources themselves. Links, wire shapes, and which partner may see what live elsewhere, as
//! does the date: see [`ReservedSku::last_sale`].
//!
//! Reference: partner-center-catalog; azure-reservations §3.8 reads the same data.

mod availability;
mod build;
mod error;
mod market;
mod product;
mod query;
mod reservation;
mod reserved_sku;
mod sku;
mod source;
#[cfg(test)]
mod tests;
mod text;

use std::{
    cmp::Ordering,
    sync::{Arc, OnceLock},
};

pub use self::{
    availability::{Availability, AvailabilityId},
    build::Source,
    error::{CatalogueError, LookupError},
    market::{CountryCode, Currency, Market},
    product::{Product, ProductKind, SoftwareLicensing},
    query::{ReservationScope, Segment, SegmentSet, TargetView},
    reservation::{ExchangeFamily, Region, ReservationFamily, ReservedResourceType, ReservedSize},
    reserved_sku::ReservedSku,
    sku::{AttributeValue, Restriction, Sku},
    text::{Locale, LocalisedText},
};
use uuid::Uuid;

use self::{error::excerpt, product::Common};
use crate::domain::term::Term;

/// The catalogue built into the program.
const EMBEDDED: &[Source<'static>] = &[
    Source {
        file: "fixtures/catalogue/markets.json",
        text: include_str!("../../../fixtures/catalogue/markets.json"),
    },
    Source {
        file: "fixtures/catalogue/azure-regions.json",
        text: include_str!("../../../fixtures/catalogue/azure-regions.json"),
    },
    Source {
        file: "fixtures/catalogue/virtual-machines.json",
        text: include_str!("../../../fixtures/catalogue/virtual-machines.json"),
    },
    Source {
        file: "fixtures/catalogue/azure-services.json",
        text: include_str!("../../../fixtures/catalogue/azure-services.json"),
    },
    Source {
        file: "fixtures/catalogue/azure-offers.json",
        text: include_str!("../../../fixtures/catalogue/azure-offers.json"),
    },
    Source {
        file: "fixtures/catalogue/software.json",
        text: include_str!("../../../fixtures/catalogue/software.json"),
    },
    Source {
        file: "fixtures/catalogue/online-services.json",
        text: include_str!("../../../fixtures/catalogue/online-services.json"),
    },
];

/// Everything that can be bought.
#[derive(Debug)]
pub struct Catalogue {
    currencies: Box<[Currency]>,
    /// Sorted by code.
    countries: Box<[Country]>,
    products: Box<[Product]>,
    /// Positions of `products`, sorted by id without regard to case.
    products_by_id: Box<[u16]>,
    common: Arc<Common>,
    fingerprint: Uuid,
}

/// A country of the sources.
#[derive(Clone, Copy, Debug)]
struct Country {
    code: CountryCode,
    currency: u16,
    sells_reservations: bool,
}

impl Catalogue {
    /// The catalogue built into the program, built on first use.
    pub fn embedded() -> Arc<Self> {
        static CATALOGUE: OnceLock<Arc<Catalogue>> = OnceLock::new();
        // The sources are part of the program and a test reads them, so no input leads to the
        // panic; an empty catalogue would only hide a bad edit from whoever made it.
        let build = || match Self::from_sources(EMBEDDED) {
            Ok(catalogue) => Arc::new(catalogue),
            Err(error) => panic!("the embedded catalogue is damaged: {error}"),
        };
        Arc::clone(CATALOGUE.get_or_init(build))
    }

    /// Builds a catalogue from sources that together give currencies, countries, regions, terms,
    /// products and reservation families, each in any file. Refused as a whole at the first fault.
    pub fn from_sources(sources: &[Source<'_>]) -> Result<Self, CatalogueError> {
        let mut catalogue = build::build(sources)?;
        catalogue.fingerprint = sources
            .iter()
            .fold(Uuid::nil(), |so_far, source| Uuid::new_v5(&so_far, source.text.as_bytes()));
        Ok(catalogue)
    }

    /// Tells catalogues apart: the same sources in the same order give the same fingerprint.
    pub fn fingerprint(&self) -> Uuid {
        self.fingerprint
    }

    /// The market of a country (ISO 3166-1, any casing).
    pub fn market(&self, country: &str) -> Result<Market<'_>, LookupError> {
        CountryCode::parse(country)
            .and_then(|code| {
                let at = self.countries.binary_search_by_key(&code, |it| it.code).ok()?;
                let found = self.countries[at];
                let currency = self.currencies.get(usize::from(found.currency))?;
                let sells_reservations = found.sells_reservations;
                Some(Market { country: code, currency, sells_reservations, rotation: 0 })
            })
            .ok_or_else(|| LookupError::Country { country: excerpt(country) })
    }

    /// Every market, by country code.
    pub fn markets(&self) -> impl Iterator<Item = Market<'_>> {
        self.countries.iter().filter_map(|country| {
            Some(Market {
                country: country.code,
                currency: self.currencies.get(usize::from(country.currency))?,
                sells_reservations: country.sells_reservations,
                rotation: 0,
            })
        })
    }

    /// The currencies prices exist in.
    pub fn currencies(&self) -> &[Currency] {
        &self.currencies
    }

    /// The Azure regions, in catalogue order.
    pub fn regions(&self) -> &[Region] {
        &self.common.regions
    }

    /// The Azure region with this ARM name, in any casing.
    pub fn region(&self, arm_region_name: &str) -> Option<&Region> {
        self.regions().iter().find(|it| it.arm_region_name.eq_ignore_ascii_case(arm_region_name))
    }

    /// The products of a view that are offered in a market, to a segment (absent: to any) and for a
    /// scope, in catalogue order.
    pub fn products<'a>(
        &'a self,
        view: TargetView,
        market: Market<'a>,
        segment: Option<Segment>,
        scope: ReservationScope,
    ) -> impl Iterator<Item = &'a Product> {
        self.all_products().iter().filter(move |product| {
            product.kind().is_in(view) && product.is_offered(market, segment, scope)
        })
    }

    /// Every product, in catalogue order.
    pub fn all_products(&self) -> &[Product] {
        &self.products
    }

    /// The product with this id, in any casing.
    pub fn product(&self, product_id: &str) -> Result<&Product, LookupError> {
        self.products_by_id
            .binary_search_by(|at| compare_ids(&self.products[usize::from(*at)].id, product_id))
            .ok()
            .and_then(|found| self.products.get(usize::from(self.products_by_id[found])))
            .ok_or_else(|| LookupError::Product { product_id: excerpt(product_id) })
    }

    /// The SKU with this id of this product, both in any casing.
    pub fn sku(&self, product_id: &str, sku_id: &str) -> Result<Sku<'_>, LookupError> {
        self.product(product_id)?.sku(sku_id).ok_or_else(|| LookupError::Sku {
            product_id: excerpt(product_id),
            sku_id: excerpt(sku_id),
        })
    }

    /// The availabilities of a SKU in a market, to a segment (absent: to any) and for a scope.
    pub fn availabilities<'a>(
        &'a self,
        product_id: &str,
        sku_id: &str,
        market: Market<'a>,
        segment: Option<Segment>,
        scope: ReservationScope,
    ) -> Result<Vec<Availability<'a>>, LookupError> {
        let sku = self.sku(product_id, sku_id)?;
        let wanted = |availability: &Availability<'_>| {
            segment.is_none_or(|segment| availability.segment() == segment)
                && availability.reservation_scope().is_none_or(|it| it == scope)
        };
        Ok(Availability::all(sku, market).filter(wanted).collect())
    }

    /// The availability with this id, of whatever segment and scope.
    pub fn availability<'a>(
        &'a self,
        product_id: &str,
        sku_id: &str,
        market: Market<'a>,
        availability_id: &str,
    ) -> Result<Availability<'a>, LookupError> {
        let sku = self.sku(product_id, sku_id)?;
        Availability::all(sku, market)
            .find(|availability| availability.id().matches(availability_id))
            .ok_or_else(|| LookupError::Availability {
                product_id: excerpt(product_id),
                sku_id: excerpt(sku_id),
                availability_id: excerpt(availability_id),
            })
    }

    /// What a cart or order line names: `product:sku:availability`, or the id of an offer such as
    /// `MS-AZR-0145P`; any casing. An item of another market is told apart from an unknown one.
    pub fn resolve<'a>(
        &'a self,
        catalog_item_id: &str,
        market: Market<'a>,
    ) -> Result<Availability<'a>, LookupError> {
        let unreadable = || LookupError::CatalogItem { catalog_item_id: excerpt(catalog_item_id) };
        let other_market = || LookupError::OtherMarket {
            catalog_item_id: excerpt(catalog_item_id),
            country: market.country.as_str().to_owned(),
        };
        let mut parts = catalog_item_id.splitn(4, ':');
        let (product_id, sku_id, availability_id) =
            match (parts.next(), parts.next(), parts.next(), parts.next()) {
                (Some(product), Some(sku), Some(availability), None) => {
                    (product, sku, availability)
                }
                (Some(offer), None, None, None) => {
                    let sku = self.sku_of_offer(offer).ok_or_else(unreadable)?;
                    return Availability::all(sku, market).next().ok_or_else(other_market);
                }
                _ => return Err(unreadable()),
            };
        if [product_id, sku_id, availability_id].contains(&"") {
            return Err(unreadable());
        }
        self.availability(product_id, sku_id, market, availability_id).map_err(|error| {
            let sold_elsewhere = matches!(error, LookupError::Availability { .. })
                && self.currencies.iter().any(|currency| {
                    let other = Market { currency, sells_reservations: true, ..market };
                    self.availability(product_id, sku_id, other, availability_id).is_ok()
                });
            if sold_elsewhere { other_market() } else { error }
        })
    }

    fn sku_of_offer(&self, offer_id: &str) -> Option<Sku<'_>> {
        self.products
            .iter()
            .filter(|product| product.reservation_family().is_none())
            .flat_map(Product::skus)
            .find(|sku| sku.offer_id().is_some_and(|id| id.eq_ignore_ascii_case(offer_id)))
    }

    /// Why no subscription can have a SKU at the moment; empty if any can.
    pub fn inventory_restrictions(
        &self,
        product_id: &str,
        sku_id: &str,
    ) -> Result<Vec<Restriction<'_>>, LookupError> {
        Ok(self.sku(product_id, sku_id)?.inventory_restrictions())
    }

    /// The reservation families of a resource type.
    pub fn reservation_products(
        &self,
        kind: ReservedResourceType,
    ) -> impl Iterator<Item = &Product> {
        let wanted = ProductKind::AzureReservation(kind);
        self.products.iter().filter(move |product| product.kind() == wanted)
    }

    /// The SKU that ARM names by resource type, size, region and term.
    pub fn reserved_sku(
        &self,
        kind: ReservedResourceType,
        arm_sku_name: &str,
        arm_region_name: Option<&str>,
        term: Term,
    ) -> Option<Sku<'_>> {
        self.reservation_products(kind)
            .find_map(|product| product.reserved_sku(arm_sku_name, arm_region_name, term))
    }
}

/// Order of ids without regard to case.
fn compare_ids(one: &str, other: &str) -> Ordering {
    one.bytes()
        .map(|byte| byte.to_ascii_uppercase())
        .cmp(other.bytes().map(|byte| byte.to_ascii_uppercase()))
}
