//! Dates of a query for audit records, in every form that clients send
//! (contract: partner-center-webhooks-audit.md, Part B).

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use crate::api::call::Call;
use crate::api::partner_center::fault::Fault;
use crate::api::wire::Timestamp;

/// Forms of .NET's invariant culture.
const SLASHED: [&str; 3] = ["%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M"];
/// Longest text that is looked at.
const LONGEST: usize = 40;

/// The date that the query holds under one of the names. The year 1 stands for none.
pub fn of(call: &Call<'_>, names: [&'static str; 2]) -> Result<Option<DateTime<Utc>>, Fault> {
    let named = names.iter().find_map(|name| Some((*name, call.query().get(name)?)));
    let Some((name, text)) = named else { return Ok(None) };
    let Some(date) = parse(text.trim()) else {
        let given: String = text.chars().take(LONGEST).collect();
        let reason = format!("`{given}` is no date; send one such as 2021-05-31");
        return Err(Fault::invalid(name, &reason));
    };
    Ok(Some(date).filter(|date| date.year() > 1))
}

fn parse(text: &str) -> Option<DateTime<Utc>> {
    if text.len() > LONGEST {
        return None;
    }
    if let Some(moment) = Timestamp::parse(text) {
        return Some(moment.0);
    }
    for form in SLASHED {
        if let Ok(moment) = NaiveDateTime::parse_from_str(text, form) {
            return Some(moment.and_utc());
        }
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, "%m/%d/%Y") {
        return Some(begin(date));
    }
    // A `+` of an offset that was sent as it is reads as a space.
    if let Some((moment, offset)) = text.rsplit_once(' ')
        && let Some(moment) = Timestamp::parse(&format!("{moment}+{offset}"))
    {
        return Some(moment.0);
    }
    day_of_year(text).map(begin)
}

fn begin(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// `year-month-day` with the day of the year in the place of that of the month, as one client library
/// writes dates. The month says nothing then.
fn day_of_year(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let year: i32 = parts.next()?.parse().ok()?;
    let month: u32 = parts.next()?.parse().ok()?;
    let day: u32 = parts.next()?.parse().ok()?;
    // Up to 31 it is a day of the month; one that the month has not is no date.
    (month <= 12 && day > 31).then(|| NaiveDate::from_yo_opt(year, day))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_every_form_that_clients_send() {
        for (text, read) in [
            ("2021-05-01", "2021-05-01T00:00:00Z"),
            ("2021-05-01T09:30:00Z", "2021-05-01T09:30:00Z"),
            ("2021-05-01T09:30:00.5240137", "2021-05-01T09:30:00.5240137Z"),
            ("2021-05-01T09:30:00+02:00", "2021-05-01T07:30:00Z"),
            ("2021-05-01T09:30:00 02:00", "2021-05-01T07:30:00Z"),
            ("05/01/2021 00:00:00", "2021-05-01T00:00:00Z"),
            ("05/01/2021 17:05:09", "2021-05-01T17:05:09Z"),
            ("5/1/2021 12:00:00 AM", "2021-05-01T00:00:00Z"),
            ("5/31/2021 5:07:09 PM", "2021-05-31T17:07:09Z"),
            ("5/1/2021", "2021-05-01T00:00:00Z"),
            ("2021-05-121", "2021-05-01T00:00:00Z"),
            ("2021-07-182", "2021-07-01T00:00:00Z"),
            ("2021-02-32", "2021-02-01T00:00:00Z"),
            ("2020-12-366", "2020-12-31T00:00:00Z"),
        ] {
            assert_eq!(parse(text), Some(read.parse().unwrap()), "{text}");
        }
        for text in [
            "",
            "May",
            "2021-05-000",
            "2021-12-366",
            "2021-13-40",
            "2021-02-30",
            "2021-04-31",
            "13/01/2021",
            "1/1",
            "1-1-1-1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
