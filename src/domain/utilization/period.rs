//! Hours and days of UTC, and which days of a reservation figures exist for.

use std::ops::Range;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use super::reserved::Reserved;

/// The clock hour of a moment, counted from 1970-01-01T00:00Z.
pub(super) fn hour_of(moment: DateTime<Utc>) -> i64 {
    moment.timestamp().div_euclid(3600)
}

/// The clock hours of a day.
pub(super) fn hours_of_day(date: NaiveDate) -> Range<i64> {
    let days =
        i64::from(date.num_days_from_ce()) - i64::from(NaiveDate::default().num_days_from_ce());
    days * 24..(days + 1) * 24
}

/// The day that an hour belongs to.
pub(super) fn day_of(hour: i64) -> Option<NaiveDate> {
    let days = i32::try_from(hour.div_euclid(24)).ok()?;
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(NaiveDate::default().num_days_from_ce())?)
}

/// The days from `from` to `to`, both included, that figures exist for at `now`: those that the
/// benefit covers at least an hour of and that are over. Today comes tomorrow \[choice\].
pub fn complete_days(
    reserved: &Reserved,
    from: NaiveDate,
    to: NaiveDate,
    now: DateTime<Utc>,
) -> impl Iterator<Item = NaiveDate> + use<> {
    days(bounds(reserved, from, to, now))
}

/// The first and the last of [`complete_days`].
pub fn bounds(
    reserved: &Reserved,
    from: NaiveDate,
    to: NaiveDate,
    now: DateTime<Utc>,
) -> Option<(NaiveDate, NaiveDate)> {
    let hours = reserved.hours();
    if hours.is_empty() {
        return None;
    }
    let yesterday = now.date_naive().pred_opt()?;
    let first = day_of(hours.start)?.max(from);
    let last = day_of(hours.end - 1)?.min(to).min(yesterday);
    (first <= last).then_some((first, last))
}

/// The last `count` days before today that are covered from their first hour to their last.
pub(super) fn last_whole_days(
    reserved: &Reserved,
    count: u64,
    now: DateTime<Utc>,
) -> impl Iterator<Item = NaiveDate> + use<> {
    let bounds = || {
        let hours = reserved.hours();
        // Round up at the start, down at the end.
        let first = day_of(hours.start + 23)?;
        let last = day_of(hours.end)?.min(now.date_naive()).pred_opt()?;
        let from = last.checked_sub_days(Days::new(count.saturating_sub(1)))?;
        (first <= last).then_some((first.max(from), last))
    };
    days(bounds())
}

/// The days from one to another, both included.
pub fn days(bounds: Option<(NaiveDate, NaiveDate)>) -> impl Iterator<Item = NaiveDate> + use<> {
    bounds
        .into_iter()
        .flat_map(|(first, last)| first.iter_days().take_while(move |date| *date <= last))
}

/// The first day of the month.
pub(super) fn month_of(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// The first days of the months from one day to another, both included.
pub fn months(bounds: Option<(NaiveDate, NaiveDate)>) -> impl Iterator<Item = NaiveDate> + use<> {
    let first = bounds.map(|(first, _)| month_of(first));
    let next = |month: &NaiveDate| month.checked_add_months(chrono::Months::new(1));
    std::iter::successors(first, next)
        .take_while(move |month| bounds.is_some_and(|(_, last)| *month <= last))
}

/// The last day of the month.
pub(super) fn end_of_month(date: NaiveDate) -> NaiveDate {
    let next = month_of(date).checked_add_months(chrono::Months::new(1));
    next.and_then(|next| next.pred_opt()).unwrap_or(NaiveDate::MAX)
}
