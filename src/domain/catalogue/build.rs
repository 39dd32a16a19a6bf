//! From sources to a catalogue: everything a source says is checked here, once, so that look-ups
//! need no checks and prices cannot overflow.

mod listed;
mod reservation;

use std::sync::Arc;

use rust_decimal::Decimal;

use self::{listed::listed, reservation::reservation};
use super::{
    Catalogue, CatalogueError, Country, CountryCode, Currency, LocalisedText, Product, Region,
    Segment, SegmentSet, compare_ids,
    product::{Common, Contents, TermText},
    reservation::RegionSet,
    source::{CurrencySource, SourceFile, Texts},
};
use crate::domain::term::Term;

/// A catalogue file: its name, for errors, and its JSON text.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The name by which errors refer to it.
    pub file: &'a str,
    /// The JSON.
    pub text: &'a str,
}

/// The place a value comes from.
#[derive(Clone)]
struct Place<'a> {
    file: &'a str,
    path: String,
}

impl Place<'_> {
    fn key(&self, key: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Place { file: self.file, path: format!("{}{dot}{key}", self.path) }
    }

    fn item(&self, key: &str, position: usize) -> Self {
        self.key(&format!("{key}[{position}]"))
    }

    fn error(&self, reason: impl Into<String>) -> CatalogueError {
        let (file, path) = (self.file.to_owned(), self.path.clone());
        CatalogueError { file, path, reason: reason.into() }
    }
}

/// Largest decimals of a source. Their product, over three years of hours, is far from overflow.
const MAX_USD: Decimal = Decimal::from_parts(100_000_000, 0, 0, false, 0);
const MAX_FACTOR: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);
const MAX_DECIMALS: u32 = 4;

pub(super) fn build(sources: &[Source<'_>]) -> Result<Catalogue, CatalogueError> {
    let mut files = Vec::with_capacity(sources.len());
    for source in sources {
        let parsed: SourceFile = serde_json::from_str(source.text).map_err(|error| {
            let path = format!("line {}, column {}", error.line(), error.column());
            Place { file: source.file, path }.error(error.to_string())
        })?;
        files.push((Place { file: source.file, path: String::new() }, parsed));
    }

    let mut regions = Vec::new();
    let mut terms: Vec<TermText> = Vec::new();
    let mut currencies: Vec<Currency> = Vec::new();
    let mut countries: Vec<Country> = Vec::new();
    for (place, file) in &mut files {
        for (at, source) in std::mem::take(&mut file.currencies).into_iter().enumerate() {
            let place = place.item("currencies", at);
            currency(&place, source, &mut currencies, &mut countries)?;
        }
        for (at, source) in std::mem::take(&mut file.terms).into_iter().enumerate() {
            let place = place.item("terms", at);
            let term = term(&place.key("term"), &source.term)?;
            if terms.iter().any(|text| text.term == term) {
                return Err(place.error(format!("the words for {term} are given twice")));
            }
            terms.push(TermText {
                term,
                word: text(&place.key("word"), source.word)?,
                prepaid: text(&place.key("prepaid"), source.prepaid)?,
                commitment: text(&place.key("commitment"), source.commitment)?,
            });
        }
        for (at, source) in std::mem::take(&mut file.regions).into_iter().enumerate() {
            let place = place.item("regions", at);
            let name = identifier(&place.key("armRegionName"), source.arm_region_name)?;
            if regions.iter().any(|it: &Region| it.arm_region_name.eq_ignore_ascii_case(&name)) {
                return Err(place.error(format!("region '{name}' is given twice")));
            }
            if regions.len() >= RegionSet::CAPACITY {
                let most = RegionSet::CAPACITY;
                return Err(place.error(format!("a catalogue has at most {most} regions")));
            }
            regions.push(Region {
                arm_region_name: name,
                display_name: text(&place.key("displayName"), source.display_name)?,
                price_factor: positive(&place.key("priceFactor"), source.price_factor, MAX_FACTOR)?,
            });
        }
    }
    countries.sort_by_key(|country| country.code);
    for (place, file) in &mut files {
        let place = place.key("reservationsUnavailableIn");
        for code in std::mem::take(&mut file.reservations_unavailable_in) {
            let at = CountryCode::parse(&code)
                .and_then(|code| countries.binary_search_by_key(&code, |it| it.code).ok())
                .ok_or_else(|| place.error(format!("country '{code}' has no currency")))?;
            countries[at].sells_reservations = false;
        }
    }

    let common =
        Arc::new(Common { regions: regions.into_boxed_slice(), terms: terms.into_boxed_slice() });
    let mut products = Vec::new();
    for (place, file) in files {
        for (at, source) in file.reservations.into_iter().enumerate() {
            let place = place.item("reservations", at);
            products.push((place.clone(), reservation(&place, source, &common)?));
        }
        for (at, source) in file.products.into_iter().enumerate() {
            let place = place.item("products", at);
            products.push((place.clone(), listed(&place, source, &common)?));
        }
    }
    finish(products, currencies, countries, common)
}

/// Checks what can only be seen from the whole: ids are unique, references lead somewhere.
fn finish(
    placed: Vec<(Place<'_>, Product)>,
    currencies: Vec<Currency>,
    countries: Vec<Country>,
    common: Arc<Common>,
) -> Result<Catalogue, CatalogueError> {
    let (places, products): (Vec<_>, Vec<_>) = placed.into_iter().unzip();
    let Ok(count) = u16::try_from(products.len()) else {
        return Err(places[0].error("a catalogue has at most 65535 products"));
    };
    let mut products_by_id: Box<[u16]> = (0..count).collect();
    products_by_id.sort_by(|one, other| {
        compare_ids(&products[usize::from(*one)].id, &products[usize::from(*other)].id)
    });
    for pair in products_by_id.windows(2) {
        let (one, other) = (usize::from(pair[0]), usize::from(pair[1]));
        if products[one].id.eq_ignore_ascii_case(&products[other].id) {
            let id = &products[one].id;
            return Err(places[one.max(other)].key("id").error(format!("'{id}' is given twice")));
        }
    }
    let catalogue = Catalogue {
        currencies: currencies.into_boxed_slice(),
        countries: countries.into_boxed_slice(),
        products: products.into_boxed_slice(),
        products_by_id,
        common,
        fingerprint: uuid::Uuid::nil(),
    };
    for (place, product) in places.iter().zip(&catalogue.products) {
        let Contents::Listed(skus) = &product.contents else { continue };
        for (at, sku) in skus.iter().enumerate() {
            for base in &sku.prerequisite_skus {
                let found = base
                    .split_once(':')
                    .is_some_and(|(product, sku)| catalogue.sku(product, sku).is_ok());
                if !found {
                    return Err(place
                        .item("skus", at)
                        .key("prerequisiteSkus")
                        .error(format!("'{base}' is no SKU of the catalogue; write product:sku")));
                }
            }
        }
    }
    Ok(catalogue)
}

fn currency(
    place: &Place<'_>,
    source: CurrencySource,
    currencies: &mut Vec<Currency>,
    countries: &mut Vec<Country>,
) -> Result<(), CatalogueError> {
    let code = identifier(&place.key("code"), source.code)?;
    if currencies.iter().any(|it| it.code.eq_ignore_ascii_case(&code)) {
        return Err(place.error(format!("currency '{code}' is given twice")));
    }
    if source.decimals > MAX_DECIMALS {
        let reason = format!("a currency has at most {MAX_DECIMALS} decimals");
        return Err(place.key("decimals").error(reason));
    }
    let position = u16::try_from(currencies.len())
        .map_err(|_| place.error("a catalogue has at most 65535 currencies"))?;
    for (at, country) in source.countries.iter().enumerate() {
        let place = place.item("countries", at);
        let code = CountryCode::parse(country)
            .ok_or_else(|| place.error(format!("'{country}' is not a two-letter country code")))?;
        if countries.iter().any(|it| it.code == code) {
            return Err(place.error(format!("country '{country}' has two currencies")));
        }
        countries.push(Country { code, currency: position, sells_reservations: true });
    }
    currencies.push(Currency {
        code,
        symbol: source.symbol.into_boxed_str(),
        decimals: source.decimals,
        per_usd: positive(&place.key("perUsd"), source.per_usd, MAX_FACTOR)?,
    });
    Ok(())
}

fn segments(place: &Place<'_>, names: &[String]) -> Result<SegmentSet, CatalogueError> {
    let read = |name: &String| {
        Segment::from_name(name).ok_or_else(|| place.error(format!("'{name}' is no segment")))
    };
    let segments = names.iter().map(read).collect::<Result<SegmentSet, _>>()?;
    if segments.is_empty() {
        return Err(place.error("a product is for at least one segment"));
    }
    Ok(segments)
}

fn term(place: &Place<'_>, name: &str) -> Result<Term, CatalogueError> {
    Term::from_iso(name)
        .ok_or_else(|| place.error(format!("'{name}' is no term; use P1M, P1Y or P3Y")))
}

/// A term something is sold for: it needs words.
fn sold_term(place: &Place<'_>, name: &str, common: &Common) -> Result<Term, CatalogueError> {
    let term = term(place, name)?;
    match common.term_text(term) {
        Some(_) => Ok(term),
        None => Err(place.error(format!("no source gives the words for {term} under 'terms'"))),
    }
}

fn text(place: &Place<'_>, texts: Texts) -> Result<LocalisedText, CatalogueError> {
    LocalisedText::from_map(texts).ok_or_else(|| place.error("the en-US text is missing or empty"))
}

fn positive(place: &Place<'_>, value: Decimal, most: Decimal) -> Result<Decimal, CatalogueError> {
    if value > Decimal::ZERO && value <= most {
        Ok(value)
    } else {
        Err(place.error(format!("{value} is not above 0 and at most {most}")))
    }
}

/// An id that can stand in a path and between the colons of a catalog item id.
fn identifier(place: &Place<'_>, id: String) -> Result<Box<str>, CatalogueError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if (1..=64).contains(&id.len()) && id.bytes().all(fits) {
        Ok(id.into_boxed_str())
    } else {
        Err(place.error(format!("'{id}' must be 1 to 64 letters, digits or hyphens")))
    }
}

/// A name shown as it is.
fn label(place: &Place<'_>, name: String) -> Result<Box<str>, CatalogueError> {
    if name.is_empty() {
        return Err(place.error("must not be empty"));
    }
    Ok(name.into_boxed_str())
}
