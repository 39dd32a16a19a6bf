//! The words of billing in queries and paths, in every form that clients write them
//! (contract: partner-center-billing.md, enums).

use crate::api::json;
use crate::api::partner_center::fault::{Fault, unknown_word};
use crate::domain::billing::{CostPeriod, CurrencyCode, InvoiceKind, Period};

/// Who bills. The order is that of the service's integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    Office,
    Azure,
    OneTime,
    Marketplace,
    All,
}

const PROVIDERS: [&str; 6] = ["none", "office", "azure", "one_time", "marketplace", "all"];

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineType {
    Usage,
    Billing,
}

const LINE_TYPES: [&str; 3] = ["none", "usage_line_items", "billing_line_items"];

/// Which lines are asked for: a pair of provider and type that clients have a model of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lines {
    /// Who bills.
    pub provider: Provider,
    /// What the lines are.
    pub line_type: LineType,
}

impl Lines {
    /// Reads provider and type; both are required.
    pub fn of(provider: Option<&str>, line_type: Option<&str>) -> Result<Self, Fault> {
        let provider = match word("provider", &PROVIDERS, provider)? {
            "office" => Provider::Office,
            "azure" => Provider::Azure,
            "one_time" => Provider::OneTime,
            "marketplace" => Provider::Marketplace,
            _ => Provider::All,
        };
        let line_type = match word("invoicelineitemtype", &LINE_TYPES, line_type)? {
            "usage_line_items" => LineType::Usage,
            _ => LineType::Billing,
        };
        match (line_type, provider) {
            (LineType::Billing, Provider::Marketplace) => Err(Fault::invalid(
                "provider",
                "marketplace has usagelineitems only; billinglineitems of the marketplace are those of onetime",
            )),
            (LineType::Usage, Provider::Office) => Err(Fault::invalid(
                "provider",
                "office has billinglineitems only; send invoicelineitemtype=billinglineitems",
            )),
            (line_type, provider) => Ok(Self { provider, line_type }),
        }
    }

    /// The kind of entries that these lines are made of; none for usage, which is not metered here,
    /// and for the billing of legacy Azure by usage. `all` is what is bought once, because clients
    /// read it as such.
    pub fn kind(self) -> Option<InvoiceKind> {
        match (self.line_type, self.provider) {
            (LineType::Billing, Provider::OneTime | Provider::All) => Some(InvoiceKind::OneTime),
            (LineType::Billing, Provider::Office) => Some(InvoiceKind::Recurring),
            _ => None,
        }
    }

    /// Whether lists of them have pages by offset when they are invoiced.
    pub fn has_offsets(self) -> bool {
        matches!(self.provider, Provider::Office | Provider::Azure)
    }

    /// The words in a path.
    pub fn path_words(self) -> (&'static str, &'static str) {
        let provider = match self.provider {
            Provider::Office => "Office",
            Provider::Azure => "Azure",
            Provider::OneTime => "OneTime",
            Provider::Marketplace => "Marketplace",
            Provider::All => "All",
        };
        let line_type = match self.line_type {
            LineType::Usage => "UsageLineItems",
            LineType::Billing => "BillingLineItems",
        };
        (provider, line_type)
    }

    /// The words in a query.
    pub fn query_words(self) -> (String, String) {
        let (provider, line_type) = self.path_words();
        (provider.to_ascii_lowercase(), line_type.to_ascii_lowercase())
    }
}

/// A word that must be sent and must not be the one for unset.
fn word(
    name: &str,
    words: &'static [&'static str],
    given: Option<&str>,
) -> Result<&'static str, Fault> {
    let allowed = || words[1..].join(", ");
    let Some(given) = given else {
        return Err(Fault::invalid(name, &format!("is required: one of {}", allowed())));
    };
    match json::find_word(words, given) {
        None => Err(unknown_word(name, given, &allowed())),
        Some("none") => Err(Fault::invalid(name, &format!("must be one of {}", allowed()))),
        Some(word) => Ok(word),
    }
}

/// The months of unbilled lines; the running one when nothing is sent [choice].
pub(super) fn period(given: Option<&str>) -> Result<Period, Fault> {
    const WORDS: [&str; 3] = ["none", "current", "previous"];
    match given {
        None => Ok(Period::Current),
        Some(_) => Ok(match word("period", &WORDS, given)? {
            "previous" => Period::Previous,
            _ => Period::Current,
        }),
    }
}

/// The month of service costs.
pub(super) fn cost_period(given: &str) -> Result<CostPeriod, Fault> {
    const WORDS: [&str; 3] = ["none", "most_recent", "current"];
    Ok(match word("billing_period", &WORDS, Some(given))? {
        "current" => CostPeriod::Current,
        _ => CostPeriod::MostRecent,
    })
}

/// A currency, if one was sent.
pub(super) fn currency(given: Option<&str>) -> Result<Option<CurrencyCode>, Fault> {
    given
        .map(|given| {
            CurrencyCode::parse(given.trim()).ok_or_else(|| {
                Fault::invalid("currencycode", "must be the three letters of a currency: USD")
            })
        })
        .transpose()
}

/// A currency that must be sent.
pub(super) fn required_currency(given: Option<&str>) -> Result<CurrencyCode, Fault> {
    currency(given)?.ok_or_else(|| {
        Fault::invalid("currencycode", "is required: the three letters of a currency, USD")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_in_every_form_and_those_without_a_model_refused() {
        use LineType::{Billing, Usage};
        for (provider, line_type, expected) in [
            ("onetime", "billinglineitems", Some((Provider::OneTime, Billing))),
            ("OneTime", "BillingLineItems", Some((Provider::OneTime, Billing))),
            ("one_time", "billing_line_items", Some((Provider::OneTime, Billing))),
            ("3", "2", Some((Provider::OneTime, Billing))),
            ("ALL", "Billing_Line_Items", Some((Provider::All, Billing))),
            ("office", "billinglineitems", Some((Provider::Office, Billing))),
            ("Azure", "BillingLineItems", Some((Provider::Azure, Billing))),
            ("azure", "usagelineitems", Some((Provider::Azure, Usage))),
            ("marketplace", "usagelineitems", Some((Provider::Marketplace, Usage))),
            ("onetime", "UsageLineItems", Some((Provider::OneTime, Usage))),
            ("marketplace", "billinglineitems", None),
            ("office", "usagelineitems", None),
            ("none", "billinglineitems", None),
            ("onetime", "none", None),
            ("0", "2", None),
            ("google", "billinglineitems", None),
            ("onetime", "lines", None),
        ] {
            let read = Lines::of(Some(provider), Some(line_type)).ok();
            let pair = read.map(|lines| (lines.provider, lines.line_type));
            assert_eq!(pair, expected, "{provider} {line_type}");
        }
        assert!(Lines::of(None, Some("billinglineitems")).is_err());
        assert!(Lines::of(Some("all"), None).is_err());
    }
}
