//! The days that a request asks for: `$filter` over `properties/usageDate`, or `startDate` and
//! `endDate` (contract: azure-reservation-utilization.md §2).

use chrono::NaiveDate;

use crate::api::azure::error::ArmFault;
use crate::api::call::Call;
use crate::api::wire::Timestamp;

/// Longest `$filter` that is read.
const LONGEST_FILTER: usize = 1000;

/// Days, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Period {
    const EVER: Self = Self { from: NaiveDate::MIN, to: NaiveDate::MAX };

    /// The period of a call. One that names no date at all is refused when one is `needed`.
    pub fn of(call: &Call<'_>, needed: bool) -> Result<Self, ArmFault> {
        let query = |name| call.query().get(name).filter(|text| !text.trim().is_empty());
        Self::read(query("$filter"), query("startDate"), query("endDate"), needed)
    }

    fn read(
        filter: Option<&str>,
        start: Option<&str>,
        end: Option<&str>,
        needed: bool,
    ) -> Result<Self, ArmFault> {
        if needed && filter.is_none() && (start.is_none() || end.is_none()) {
            let reason = "is required, for example properties/usageDate ge 2026-01-01 AND properties/usageDate le 2026-01-31; startDate and endDate do as well";
            return Err(ArmFault::invalid("$filter", reason));
        }
        let mut period = filter.map_or(Ok(Self::EVER), Self::filtered)?;
        if let Some(start) = start {
            period.from = period.from.max(date("startDate", start)?);
        }
        if let Some(end) = end {
            period.to = period.to.min(date("endDate", end)?);
        }
        if period.from > period.to {
            let (from, to) = (period.from, period.to);
            let name = if filter.is_some() { "$filter" } else { "endDate" };
            let reason = format!("the period ends on {to}, before it starts on {from}");
            return Err(ArmFault::invalid(name, reason));
        }
        Ok(period)
    }

    /// `usageDate ge D AND usageDate le D`, in any casing, with or without `properties/` and quotes.
    fn filtered(text: &str) -> Result<Self, ArmFault> {
        let refuse = |reason: String| Err(ArmFault::invalid("$filter", reason));
        if text.len() > LONGEST_FILTER {
            return refuse(format!("is longer than {LONGEST_FILTER} bytes"));
        }
        let mut period = Self::EVER;
        let mut words = text.split_whitespace().peekable();
        loop {
            let (property, operator) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let name = property.rsplit('/').next().unwrap_or("");
            let is_known = name.eq_ignore_ascii_case("usageDate")
                && (property.len() == name.len()
                    || property.len() == "properties/".len() + name.len()
                        && property[.."properties/".len()].eq_ignore_ascii_case("properties/"));
            if !is_known {
                return refuse(format!(
                    "`{}` must be properties/usageDate",
                    property.chars().take(40).collect::<String>()
                ));
            }
            // A quoted date and time may be written with a space in the middle.
            let mut value = words.next().unwrap_or("").to_owned();
            let is_open = |value: &str| {
                let quoted = |quote| {
                    value.starts_with(quote) && (value.len() == 1 || !value.ends_with(quote))
                };
                quoted('\'') || quoted('"')
            };
            while is_open(&value)
                && let Some(more) = words.next()
            {
                value.push(' ');
                value.push_str(more);
            }
            let day = date("$filter", unquoted(&value))?;
            if operator.eq_ignore_ascii_case("ge") {
                period.from = period.from.max(day);
            } else if operator.eq_ignore_ascii_case("le") {
                period.to = period.to.min(day);
            } else {
                return refuse(format!(
                    "`{}` must be ge or le",
                    operator.chars().take(40).collect::<String>()
                ));
            }
            match words.next() {
                None => return Ok(period),
                Some(word) if word.eq_ignore_ascii_case("and") && words.peek().is_some() => {}
                Some(word) => {
                    return refuse(format!(
                        "`{}` must be AND with another comparison behind it",
                        word.chars().take(40).collect::<String>()
                    ));
                }
            }
        }
    }
}

/// The text between quotes, if it stands between some.
fn unquoted(text: &str) -> &str {
    let between = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    between('\'').or_else(|| between('"')).unwrap_or(text)
}

/// The day of a date or of a date and time.
fn date(name: &'static str, text: &str) -> Result<NaiveDate, ArmFault> {
    // A `+` of an offset arrives as a space when a client did not encode it.
    let moment = Timestamp::parse(text).or_else(|| Timestamp::parse(&text.replace(' ', "+")));
    moment.map(|moment| moment.0.date_naive()).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        ArmFault::invalid(name, format!("`{shown}` must be a date such as 2026-01-31"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(filter: Option<&str>, dates: (Option<&str>, Option<&str>)) -> String {
        match Period::read(filter, dates.0, dates.1, true) {
            Ok(Period { from, to }) => {
                let shown = |date: NaiveDate| {
                    let open = date == NaiveDate::MIN || date == NaiveDate::MAX;
                    if open { "*".to_owned() } else { date.to_string() }
                };
                format!("{} {}", shown(from), shown(to))
            }
            Err(fault) => fault.message,
        }
    }

    #[test]
    fn filters_are_read_as_clients_write_them() {
        for (filter, period) in [
            (
                "properties/usageDate ge 2026-01-01 AND properties/usageDate le 2026-01-31",
                "2026-01-01 2026-01-31",
            ),
            (
                "properties/UsageDate ge 2026-01-01 and properties/UsageDate le 2026-01-31",
                "2026-01-01 2026-01-31",
            ),
            ("usagedate GE '2026-01-01' And UsageDate LE '2026-01-31'", "2026-01-01 2026-01-31"),
            (
                "properties/usageDate ge 2026-01-01T00:00:00Z AND properties/usageDate le 2026-01-31T23:59:59.999Z",
                "2026-01-01 2026-01-31",
            ),
            (
                "usageDate ge '2026-01-01 00:00:00' AND usageDate le '2026-01-31 00:00:00'",
                "2026-01-01 2026-01-31",
            ),
            ("  usageDate   le 2026-01-31\t AND usageDate ge 2026-01-01 ", "2026-01-01 2026-01-31"),
            ("usageDate ge 2026-01-31T23:00:00-02:00", "2026-02-01 *"),
            ("usageDate le 2026-01-31", "* 2026-01-31"),
            ("usageDate le \"2026-01-31\"", "* 2026-01-31"),
            (
                "usageDate ge 2026-01-01 AND usageDate ge 2026-01-05 AND usageDate le 2026-01-05",
                "2026-01-05 2026-01-05",
            ),
        ] {
            assert_eq!(read(Some(filter), (None, None)), period, "{filter}");
        }
    }

    #[test]
    fn what_is_no_such_filter_is_refused() {
        for (filter, text) in [
            ("2026-01-01", "`2026-01-01` must be properties/usageDate"),
            ("properties/skuName ge 2026-01-01", "must be properties/usageDate"),
            ("xproperties/usageDate ge 2026-01-01", "must be properties/usageDate"),
            ("ééééééééééé/usageDate ge 2026-01-01", "must be properties/usageDate"),
            ("usageDate eq 2026-01-01", "`eq` must be ge or le"),
            ("usageDate ge", "`` must be a date"),
            ("usageDate ge yesterday", "`yesterday` must be a date"),
            ("usageDate ge '2026-01-01", "`'2026-01-01` must be a date"),
            ("usageDate ge '2026-01-01 AND usageDate le 2026-01-02", "must be a date"),
            ("usageDate ge '", "`'` must be a date"),
            ("usageDate ge 2026-02-30", "`2026-02-30` must be a date"),
            ("usageDate ge 2026-01-01 AND", "`AND` must be AND with another"),
            ("usageDate ge 2026-01-01 OR usageDate le 2026-01-02", "`OR` must be AND"),
            (
                "usageDate ge 2026-02-01 AND usageDate le 2026-01-01",
                "the period ends on 2026-01-01",
            ),
            (&"x".repeat(1001), "is longer than 1000"),
        ] {
            let message = read(Some(filter), (None, None));
            assert!(message.starts_with("$filter: "), "{filter}: {message}");
            assert!(message.contains(text), "{filter}: {message}");
        }
    }

    #[test]
    fn start_and_end_stand_for_a_filter_or_narrow_it() {
        let both = (Some("2026-01-01"), Some("2026-01-31T00:00:00Z"));
        assert_eq!(read(None, both), "2026-01-01 2026-01-31");
        assert_eq!(read(Some("usageDate ge 2026-01-20"), both), "2026-01-20 2026-01-31");
        assert!(read(None, (Some("2026-01-01"), None)).contains("is required"));
        assert!(read(None, (Some("soon"), Some("later"))).starts_with("startDate: `soon`"));
        let turned = read(None, (Some("2026-02-01"), Some("2026-01-01")));
        assert_eq!(
            turned,
            "endDate: the period ends on 2026-01-01, before it starts on 2026-02-01"
        );
        assert_eq!(Period::read(None, None, None, false).unwrap(), Period::EVER);
    }
}
