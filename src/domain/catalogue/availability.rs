//! Availabilities: a SKU offered in a market to a segment, with id, price and terms. None is
//! stored: ids are a hash of what they stand for, so any of them can be recomputed.

use std::fmt;

use rust_decimal::Decimal;

use super::{
    Currency, Locale, Market, ProductKind, ReservationScope, Segment, Sku,
    sku::{Body, TermOffer},
};
use crate::domain::{billing_cycle::BillingCycle, term::Term};

/// Twelve characters: a publisher's prefix and a hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AvailabilityId([u8; 12]);

impl AvailabilityId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether this is the id a client means, in any casing.
    pub fn matches(&self, text: &str) -> bool {
        self.as_str().eq_ignore_ascii_case(text)
    }
}

impl fmt::Debug for AvailabilityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for AvailabilityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A SKU on offer; with its [`Availability::catalog_item_id`] it is what carts and orders name.
#[derive(Clone, Copy, Debug)]
pub struct Availability<'a> {
    sku: Sku<'a>,
    market: Market<'a>,
    segment: Segment,
    scope: Option<ReservationScope>,
    offer: Option<&'a TermOffer>,
}

impl<'a> Availability<'a> {
    /// Everything on offer for a SKU in a market, by segment, scope and term.
    pub(super) fn all(sku: Sku<'a>, market: Market<'a>) -> impl Iterator<Item = Self> {
        let (scopes, offers): (&[_], &[_]) = match sku.body {
            Body::Reserved(reserved) => (&reserved.family().scopes, &[]),
            Body::Listed(listed) => (&[], &listed.offers),
        };
        let is_sold = market.sells_reservations || scopes.is_empty();
        let segments = sku.product().segments();
        segments.iter().filter(move |_| is_sold).flat_map(move |segment| {
            let of_scopes = scopes.iter().map(|scope| (Some(*scope), None));
            let of_offers = offers.iter().map(|offer| (None, Some(offer)));
            of_scopes.chain(of_offers).map(move |(scope, offer)| Self {
                sku,
                market,
                segment,
                scope,
                offer,
            })
        })
    }

    /// The SKU on offer.
    pub fn sku(&self) -> Sku<'a> {
        self.sku
    }

    /// The market it is on offer in.
    pub fn market(&self) -> Market<'a> {
        self.market
    }

    /// Whom it is for.
    pub fn segment(&self) -> Segment {
        self.segment
    }

    /// The kind of subscription a reservation is for; nothing outside reservations.
    pub fn reservation_scope(&self) -> Option<ReservationScope> {
        self.scope
    }

    /// What buying it brings about.
    pub fn kind(&self) -> ProductKind {
        self.sku.product().kind()
    }

    /// The id, the same in every country with the same currency.
    pub fn id(&self) -> AvailabilityId {
        let prefix = match self.kind() {
            ProductKind::License | ProductKind::Saas => *b"CFQ7TT",
            _ => *b"DZH318",
        };
        let term = self.offer.and_then(|offer| offer.term).map_or("", Term::iso);
        let scope = self.scope.map_or("", ReservationScope::as_str);
        let mut hash = Fnv::new();
        hash.part(self.sku.product().id());
        hash.part(&self.sku.id());
        hash.part(self.segment.as_str());
        hash.part(scope);
        hash.part(term);
        hash.part(self.market.currency.code());
        if self.market.rotation != 0 {
            hash.part(&self.market.rotation.to_string());
        }
        AvailabilityId(hash.id(prefix))
    }

    /// `product:sku:availability`.
    pub fn catalog_item_id(&self) -> String {
        format!("{}:{}:{}", self.sku.product().id(), self.sku.id(), self.id())
    }

    /// The term; nothing for what is bought without end, such as perpetual software.
    pub fn term(&self) -> Option<Term> {
        match self.sku.body {
            Body::Reserved(reserved) => Some(reserved.term()),
            Body::Listed(_) => self.offer?.term,
        }
    }

    /// The `description` of the term, such as `1 Year Prepaid`.
    pub fn term_description(&self, locale: Locale<'_>) -> Option<&'a str> {
        let text = self.sku.product().common.term_text(self.term()?)?;
        let description = match self.kind() {
            ProductKind::License | ProductKind::Saas => &text.commitment,
            _ => &text.prepaid,
        };
        Some(description.get(locale))
    }

    /// The billing cycles one may choose for this term, the default first.
    pub fn supported_billing_cycles(&self) -> &'a [BillingCycle] {
        self.offer.map_or_else(|| self.sku.supported_billing_cycles(), |it| &it.billing_cycles)
    }

    /// Currency of the price.
    pub fn currency(&self) -> &'a Currency {
        self.market.currency
    }

    /// Price of one unit for the whole term, or once where there is no term, in
    /// [`Availability::currency`]. What is billed by the month without a term is priced per month.
    pub fn unit_price(&self) -> Decimal {
        self.market.currency.of_usd(self.usd_price())
    }

    /// The unit price in US dollars, ARM's pricing currency.
    pub fn usd_price(&self) -> Decimal {
        match self.sku.body {
            Body::Reserved(reserved) => reserved.usd_price(),
            Body::Listed(_) => self.offer.map_or(Decimal::ZERO, |offer| offer.usd),
        }
    }

    /// What one bill of this cycle costs for one unit: the share of the term, rounded; the unit
    /// price where the cycle does not divide the term.
    pub fn price_per_bill(&self, cycle: BillingCycle) -> Decimal {
        match (self.term(), cycle.months()) {
            (Some(term), Some(months)) if months < term.months() => {
                let share = Decimal::from(months) / Decimal::from(term.months());
                self.currency().round(self.unit_price() * share)
            }
            _ => self.unit_price(),
        }
    }

    /// Whether it can be bought (else 800020, or a line error in a cart).
    pub fn is_purchasable(&self) -> bool {
        self.sku.is_purchasable()
    }

    /// Whether it renews.
    pub fn is_renewable(&self) -> bool {
        self.sku.is_renewable()
    }
}

/// FNV-1a: ids must be the same in every build and on every machine, which rules out the standard
/// hasher.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn part(&mut self, part: &str) {
        // A byte that no UTF-8 text contains ends each part, so that no two lists run together.
        for byte in part.bytes().map(|byte| byte.to_ascii_uppercase()).chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn id(self, prefix: [u8; 6]) -> [u8; 12] {
        // FNV mixes its low bits badly and six digits use few of them: spread them first.
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let mut id = [0; 12];
        id[..6].copy_from_slice(&prefix);
        for digit in &mut id[6..] {
            *digit = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(mixed % 36) as usize];
            mixed /= 36;
        }
        id
    }
}
