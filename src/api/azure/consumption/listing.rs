//! Lists of figures in pages: rows by date, then by reservation, made one after the other until the
//! page is full. A page begins behind the last row of the one before, so that a change of the world
//! between two pages neither repeats nor skips rows that stay.

use std::fmt;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::period::Period;
use crate::api::azure::error::ArmFault;
use crate::api::azure::list::ListOf;
use crate::api::azure::paging::next_link;
use crate::api::call::Call;
use crate::api::reply::Reply;
use crate::domain::ids::{ReservationId, ReservationOrderId};
use crate::domain::utilization::{Reserved, bounds};

/// Rows of a page [choice].
const PAGE: usize = 1000;

/// Where a page begins.
const TOKEN: &str = "$skiptoken";

/// Where a row stands in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    date: NaiveDate,
    order: ReservationOrderId,
    reservation: ReservationId,
    nth: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { date, order, reservation, nth } = self;
        write!(f, "{}.{order}.{reservation}.{nth}", date.format("%Y%m%d"))
    }
}

impl Position {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let date = parts.next().filter(|date| date.len() == 8)?;
        let position = Self {
            date: NaiveDate::parse_from_str(date, "%Y%m%d").ok()?,
            order: parts.next()?.parse().ok()?,
            reservation: parts.next()?.parse().ok()?,
            nth: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(position)
    }

    /// The row that the page before ended with.
    fn of(call: &Call<'_>) -> Result<Option<Self>, ArmFault> {
        let sent = call.query().get(TOKEN).filter(|text| !text.is_empty());
        let read = |text| {
            Self::parse(text).ok_or_else(|| {
                ArmFault::invalid(TOKEN, "must be taken from the nextLink of the page before")
            })
        };
        sent.map(read).transpose()
    }
}

/// The first and the last day that any of the reservations has figures for.
pub(super) fn span(
    all: &[Reserved],
    period: Period,
    now: chrono::DateTime<chrono::Utc>,
) -> Option<(NaiveDate, NaiveDate)> {
    let each = all.iter().filter_map(|it| bounds(it, period.from, period.to, now));
    each.reduce(|(first, last), (from, to)| (first.min(from), last.max(to)))
}

/// Whether a reservation can have rows of a day or of the month that begins on it: a look that is
/// cheap enough for every date and reservation.
fn may_have_rows(reserved: &Reserved, date: NaiveDate) -> bool {
    let last = date.checked_add_days(Days::new(31)).unwrap_or(NaiveDate::MAX);
    reserved.benefit_start.date_naive() <= last && date <= reserved.end().date_naive()
}

/// The page of a call: the rows that `make` gives for each date and reservation. `all` is in order.
pub(super) fn page<T: Serialize>(
    call: &Call<'_>,
    all: &[Reserved],
    dates: impl Iterator<Item = NaiveDate>,
    make: impl Fn(&Reserved, NaiveDate) -> Vec<T>,
) -> Result<Reply, ArmFault> {
    let after = Position::of(call)?;
    let make = &make;
    let mut rows = dates
        .skip_while(|date| after.is_some_and(|after| *date < after.date))
        .flat_map(|date| {
            let here = all.iter().filter(move |reserved| may_have_rows(reserved, date));
            here.map(move |reserved| (date, reserved))
        })
        .filter(|(date, it)| {
            after.is_none_or(|at| {
                (*date, it.order, it.reservation) >= (at.date, at.order, at.reservation)
            })
        })
        .flat_map(|(date, reserved)| {
            make(reserved, date).into_iter().enumerate().map(move |(nth, row)| {
                let (order, reservation) = (reserved.order, reserved.reservation);
                (Position { date, order, reservation, nth }, row)
            })
        })
        .skip_while(|(at, _)| after.is_some_and(|after| *at <= after));
    let mut value = Vec::new();
    let mut last = None;
    for (at, row) in rows.by_ref().take(PAGE) {
        value.push(row);
        last = Some(at);
    }
    let more = rows.next().is_some();
    let last = last.filter(|_| more);
    let next_link = last.map(|at| next_link(call, &[(TOKEN, at.to_string())]));
    Ok(Reply::ok(&ListOf { value, next_link }))
}

/// The day as the figures write it. One client reads exactly this form
/// (contract: real-clients.md §4).
pub(super) fn moment(date: NaiveDate) -> String {
    date.format("%Y-%m-%dT00:00:00Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_as_they_are_written() {
        let text =
            "20260105.3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903.c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95.12";
        assert_eq!(Position::parse(text).unwrap().to_string(), text);
        for wrong in
            ["", "12", "20260105", &text[1..], &format!("{text}.1"), &text.replace(".12", ".-1")]
        {
            assert_eq!(Position::parse(wrong), None, "{wrong}");
        }
    }
}
