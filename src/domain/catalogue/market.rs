//! Countries, currencies and the market they make up: where something is sold and in what money.

use rust_decimal::{Decimal, RoundingStrategy};

/// A country as two upper-case letters (ISO 3166-1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Reads two ASCII letters in any casing; whether the country exists is not checked.
    pub fn parse(text: &str) -> Option<Self> {
        let [first, second] = *text.as_bytes() else { return None };
        (first.is_ascii_alphabetic() && second.is_ascii_alphabetic())
            .then(|| Self([first.to_ascii_uppercase(), second.to_ascii_uppercase()]))
    }

    /// The upper-case letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A currency the partner is billed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Currency {
    pub(super) code: Box<str>,
    pub(super) symbol: Box<str>,
    pub(super) decimals: u32,
    pub(super) per_usd: Decimal,
}

impl Currency {
    /// ISO 4217 code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The symbol shown with amounts.
    pub fn symbol(&self) -> &str {
        &self.symbol
    }

    /// Decimal places of an amount.
    pub fn decimals(&self) -> u32 {
        self.decimals
    }

    /// Units of this currency for one US dollar: a fixed, invented rate.
    pub fn per_usd(&self) -> Decimal {
        self.per_usd
    }

    /// Rounds half up to the places of this currency.
    pub fn round(&self, amount: Decimal) -> Decimal {
        amount.round_dp_with_strategy(self.decimals, RoundingStrategy::MidpointAwayFromZero)
    }

    /// What a dollar price is in this currency, rounded.
    pub(super) fn of_usd(&self, usd: Decimal) -> Decimal {
        usd.checked_mul(self.per_usd).map_or(Decimal::MAX, |amount| self.round(amount))
    }
}

/// A country seen from the catalogue: the currency of its prices, and what is sold there.
///
/// Countries with the same currency share availability ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Market<'a> {
    pub(super) country: CountryCode,
    pub(super) currency: &'a Currency,
    pub(super) sells_reservations: bool,
    pub(super) rotation: u32,
}

impl<'a> Market<'a> {
    /// The country.
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// The currency of every price in this market.
    pub fn currency(&self) -> &'a Currency {
        self.currency
    }

    /// Whether Azure reservations are sold here (partner-center-catalog, Query values).
    pub fn sells_reservations(&self) -> bool {
        self.sells_reservations
    }

    /// The same market after its availability ids changed `rotation` times. The service may
    /// change them at any time; by default they never do \[choice\].
    #[must_use]
    pub fn rotated(self, rotation: u32) -> Self {
        Self { rotation, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn country_codes() {
        for (text, expected) in [
            ("us", Some("US")),
            ("Tw", Some("TW")),
            ("", None),
            ("u", None),
            ("usa", None),
            ("u1", None),
            ("é", None),
        ] {
            let code = CountryCode::parse(text);
            assert_eq!(code.as_ref().map(CountryCode::as_str), expected, "{text:?}");
        }
    }

    #[test]
    fn rounds_half_up_to_the_places_of_the_currency() {
        let currency = |decimals, per_usd: &str| Currency {
            code: "XXX".into(),
            symbol: "¤".into(),
            decimals,
            per_usd: per_usd.parse().unwrap(),
        };
        for (decimals, rate, usd, expected) in
            [(2, "1", "0.125", "0.13"), (0, "150", "0.01", "2"), (2, "0.9", "10.55", "9.50")]
        {
            let amount = currency(decimals, rate).of_usd(usd.parse().unwrap());
            assert_eq!(amount, expected.parse().unwrap(), "{usd} at {rate}");
        }
        assert_eq!(currency(2, "1000").of_usd(Decimal::MAX), Decimal::MAX);
    }
}
