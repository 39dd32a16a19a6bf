//! Reservation SKUs: none is stored, each is a position in its family, and its id is that position.

use std::borrow::Cow;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{AttributeValue, Locale, Region, ReservationFamily, ReservedSize};
use crate::domain::term::Term;

/// Where a reservation SKU stands in its family: what its id is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReservedPosition {
    pub size: u16,
    pub region: Option<u8>,
    pub term: Term,
}

const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const SKU_NUMBERS: u32 = 36 * 36 * 36 * 36;
const PER_REGION: u32 = 4;
const PER_SIZE: u32 = 64 * PER_REGION;

impl ReservedPosition {
    /// How many sizes fit into four-character SKU ids.
    pub const MAX_SIZES: usize = ((SKU_NUMBERS - 1) / PER_SIZE) as usize;

    /// Every position that is sold.
    pub fn all(family: &ReservationFamily) -> impl Iterator<Item = Self> {
        let sizes = (0_u16..).take(family.sizes.len());
        sizes.flat_map(move |size| {
            let regions = family.regions.iter().map(Some);
            let nowhere = (!family.is_regional()).then_some(None);
            regions
                .chain(nowhere)
                .flat_map(move |region| family.terms().map(move |term| Self { size, region, term }))
        })
    }

    /// Whether the family has the combination.
    pub fn is_sold(self, family: &ReservationFamily) -> bool {
        usize::from(self.size) < family.sizes.len()
            && family.sold_term(self.term).is_some()
            && match self.region {
                Some(region) => family.regions.contains(region),
                None => !family.is_regional(),
            }
    }

    /// The id: four digits in base 36, counted so that a size or region added at the end of a
    /// source changes no id.
    pub fn sku_id(self) -> String {
        let term = match self.term {
            Term::P1M => 2,
            Term::P1Y => 0,
            Term::P3Y => 1,
        };
        let region = u32::from(self.region.unwrap_or(0));
        let mut number = 1 + u32::from(self.size) * PER_SIZE + region * PER_REGION + term;
        let mut id = ['0'; 4];
        for digit in id.iter_mut().rev() {
            *digit = char::from(DIGITS[(number % 36) as usize]);
            number /= 36;
        }
        id.iter().collect()
    }

    /// The position of a SKU id, if the family sells it.
    pub fn from_sku_id(family: &ReservationFamily, sku_id: &str) -> Option<Self> {
        if sku_id.len() != 4 {
            return None;
        }
        let digit = |ch: char| ch.is_ascii_alphanumeric().then(|| ch.to_digit(36)).flatten();
        let number = sku_id.chars().try_fold(0_u32, |number, ch| Some(number * 36 + digit(ch)?))?;
        let number = number.checked_sub(1)?;
        let term = match number % PER_REGION {
            0 => Term::P1Y,
            1 => Term::P3Y,
            2 => Term::P1M,
            _ => return None,
        };
        let size = u16::try_from(number / PER_SIZE).ok()?;
        let region = u8::try_from(number % PER_SIZE / PER_REGION).ok()?;
        let region = if family.is_regional() {
            Some(region)
        } else if region == 0 {
            None
        } else {
            return None;
        };
        let at = Self { size, region, term };
        at.is_sold(family).then_some(at)
    }
}

/// What a reservation SKU reserves.
#[derive(Clone, Copy, Debug)]
pub struct ReservedSku<'a> {
    pub(super) family: &'a ReservationFamily,
    pub(super) at: ReservedPosition,
    pub(super) size: &'a ReservedSize,
    pub(super) region: Option<&'a Region>,
}

impl<'a> ReservedSku<'a> {
    /// The family the size belongs to.
    pub fn family(&self) -> &'a ReservationFamily {
        self.family
    }

    /// The size.
    pub fn size(&self) -> &'a ReservedSize {
        self.size
    }

    /// The region; nothing for services that are not bought per region.
    pub fn region(&self) -> Option<&'a Region> {
        self.region
    }

    /// The term.
    pub fn term(&self) -> Term {
        self.at.term
    }

    /// The last day on which this term was sold, where sale ends (reservation-business-rules §9).
    /// Days after it are for the caller, who knows the date, to refuse.
    pub fn last_sale(&self) -> Option<NaiveDate> {
        self.family.sold_term(self.at.term)?.last_sale
    }

    /// Whether sandbox tenants may buy it (partner-center-conventions, sandbox limits).
    pub fn is_in_sandbox(&self) -> bool {
        self.family.is_in_sandbox(self.at.size, self.at.region, self.at.term)
    }

    /// Price of the whole term in US dollars, to the cent.
    pub fn usd_price(&self) -> Decimal {
        let years = Decimal::from(self.at.term.months()) / Decimal::from(12);
        let hours = Decimal::from(8760) * years;
        let discount = self.family.sold_term(self.at.term).map_or(Decimal::ZERO, |it| it.discount);
        let region = self.region.map_or(Decimal::ONE, |region| region.price_factor);
        let usd = self.size.usd_per_hour * hours * region * (Decimal::ONE - discount);
        usd.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
    }

    /// The attributes of the contract's table, all of them strings.
    pub(super) fn dynamic_attributes(&self) -> Vec<(&'static str, AttributeValue<'a>)> {
        let number = |number: String| Some(Cow::Owned(number));
        let text = |text: &'static str| Some(Cow::Borrowed(text));
        let size = self.size;
        [
            ("armSkuName", Some(Cow::Borrowed(&*size.arm_sku_name))),
            ("cores", size.cores.and_then(|cores| number(cores.to_string()))),
            ("ram", size.ram_gib.and_then(|ram| number(ram.normalize().to_string()))),
            ("skuDisplayName", Some(Cow::Borrowed(&*size.display_name))),
            ("category", self.family.category.as_deref().map(Cow::Borrowed)),
            ("armRegionName", self.region.map(|region| Cow::Borrowed(&*region.arm_region_name))),
            ("duration", text(self.at.term.duration_word())),
            (
                "region",
                self.region.map(|region| Cow::Borrowed(region.display_name.get(Locale::default()))),
            ),
            ("diskType", self.family.disk_type.as_deref().map(Cow::Borrowed)),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, AttributeValue::Text(value?))))
        .collect()
    }
}
