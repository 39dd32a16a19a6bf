use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::dec;

use super::*;
use crate::domain::catalogue::ReservedResourceType;
use crate::domain::ids::{AzureSubscriptionId, ReservationOrderId};

const RESERVATION: &str = "2d3c1a9e-64a0-4f0e-9a4d-0c0a6f1f7b31";
const SUBSCRIPTION: &str = "7a3f8c52-1d0b-4b7e-8f66-5e2c9d4a1b07";
const OTHER: &str = "9b1e6f40-2c7d-4e8a-a1b5-3f0d7c6e2a18";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Five instances for a year from Monday 2026-01-05 at 13:20.
fn five(usage: Usage) -> Reserved {
    let start = at("2026-01-05T13:20:00Z");
    let reservation = RESERVATION.parse().unwrap();
    Reserved {
        reservation,
        order: ReservationOrderId::FIRST,
        quantity: 5,
        benefit_start: start,
        expiry: at("2027-01-05T13:20:00Z"),
        cancelled_at: None,
        sku_name: "Standard_D2s_v3".to_owned(),
        resource_type: ReservedResourceType::VirtualMachines,
        flexibility_group: Some("DSv3 Series".to_owned()),
        flexibility_ratio: "1".to_owned(),
        subscriptions: vec![(start, SUBSCRIPTION.parse().unwrap())],
        origin: Origin { reservation, benefit_start: start },
        usage,
    }
}

fn percent(value: Decimal) -> Percentage {
    Percentage::of("percentage", value).unwrap()
}

fn constant(value: Decimal) -> Usage {
    Usage::Constant(percent(value))
}

fn instances(list: &[(&str, Decimal)]) -> Usage {
    let list = list.iter().map(|(name, hours)| InstanceHours {
        instance: format!(
            "/subscriptions/{SUBSCRIPTION}/resourceGroups/shop-rg/providers/Microsoft.Compute/virtualMachines/{name}"
        )
        .into(),
        hours: DailyHours::of("hoursPerDay", *hours).unwrap(),
    });
    Usage::instances(list).unwrap()
}

const EVER: (NaiveDate, NaiveDate) = (NaiveDate::MIN, NaiveDate::MAX);

#[test]
fn covered_hours_are_whole_clock_hours_of_the_benefit() {
    let year = five(constant(dec!(40)));
    let mut cancelled = year.clone();
    cancelled.cancelled_at = Some(at("2026-01-07T06:59:59Z"));
    let mut at_once = year.clone();
    at_once.cancelled_at = Some(at("2026-01-05T13:59:00Z"));
    for (reserved, date, covered) in [
        (&year, "2026-01-04", None),
        (&year, "2026-01-05", Some(11)),
        (&year, "2026-01-06", Some(24)),
        (&year, "2027-01-04", Some(24)),
        (&year, "2027-01-05", Some(13)),
        (&year, "2027-01-06", None),
        (&cancelled, "2026-01-06", Some(24)),
        (&cancelled, "2026-01-07", Some(6)),
        (&cancelled, "2026-01-08", None),
        (&at_once, "2026-01-05", None),
    ] {
        let summary = summary_of_day(reserved, day(date));
        assert_eq!(summary.as_ref().map(|s| s.covered_hours), covered, "{date}");
        let hours = covered.map(|hours| Decimal::from(hours * 5));
        assert_eq!(summary.map(|s| s.reserved_hours), hours, "{date}");
    }
    let hours: u32 = daily(&year, EVER.0, EVER.1, at("2028-01-01T00:00:00Z"))
        .map(|summary| summary.covered_hours)
        .sum();
    assert_eq!(hours, 8760, "a year is a year, wherever in the day it begins");
}

#[test]
fn figures_of_a_day_by_hand() {
    let days = Usage::days(
        [(day("2026-01-06"), percent(dec!(92))), (day("2026-01-07"), percent(dec!(33.33)))],
        Elsewhere::Constant(percent(dec!(0))),
    )
    .unwrap();
    let machines = instances(&[("web01", dec!(24)), ("web02", dec!(10)), ("job01", dec!(0.5))]);
    // (usage, day, used hours, lowest, average, highest, used quantity, remaining)
    let table = [
        (&constant(dec!(40)), "2026-01-05", "22 40 40 40 2 3"),
        (&constant(dec!(40)), "2026-01-06", "48 40 40 40 2 3"),
        (&constant(dec!(100)), "2026-01-06", "120 100 100 100 5 0"),
        (&constant(dec!(0)), "2026-01-06", "0 0 0 0 0 5"),
        (&days, "2026-01-06", "110.4 92 92 92 4.6 0.4"),
        // 5 × 24 × 0.3333 = 39.996
        (&days, "2026-01-07", "40 33.33 33.33 33.33 1.67 3.33"),
        (&days, "2026-01-08", "0 0 0 0 0 5"),
        // 2.5 instances in the first hour, 2 for nine more, 1 for the rest: 34.5 of 120 hours.
        (&machines, "2026-01-06", "34.5 20 28.75 50 1.44 3.56"),
        // 11 hours covered: 11 + 10 + 0.5 of 55 hours.
        (&machines, "2026-01-05", "21.5 20 39.09 50 1.95 3.05"),
    ];
    for (usage, date, expected) in table {
        let s = summary_of_day(&five(usage.clone()), day(date)).unwrap();
        let found = [
            s.used_hours,
            s.lowest,
            s.average,
            s.highest,
            s.used_quantity(),
            s.remaining_quantity(),
        ];
        assert_eq!(found.map(|d| d.to_string()).join(" "), expected, "{usage:?} on {date}");
    }
}

#[test]
fn instances_together_use_at_most_the_quantity_first_come_first_served() {
    let mut reserved =
        five(instances(&[("a", dec!(24)), ("b", dec!(12.25)), ("c", dec!(24)), ("d", dec!(1))]));
    reserved.quantity = 2;
    let rows = details_of_day(&reserved, day("2026-01-06"));
    let found: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}", row.instance.rsplit('/').next().unwrap(), row.used_hours))
        .collect();
    assert_eq!(found, ["a 24", "b 12.25", "c 11.75"], "d never found anything left");
    let summary = summary_of_day(&reserved, day("2026-01-06")).unwrap();
    assert_eq!(summary.used_hours, dec!(48));
    assert_eq!(rows[0].reserved_hours, dec!(48));
}

#[test]
fn generated_resources_fill_one_after_the_other() {
    let rows = details_of_day(&five(constant(dec!(50))), day("2026-01-06"));
    let used: Vec<String> = rows.iter().map(|row| row.used_hours.to_string()).collect();
    assert_eq!(used, ["24", "24", "12"]);
    let mut many = five(constant(dec!(100)));
    many.quantity = 23;
    let rows = details_of_day(&many, day("2026-01-06"));
    let used: Vec<String> = rows.iter().map(|row| row.used_hours.to_string()).collect();
    assert_eq!(used, ["72", "72", "72", "48", "48", "48", "48", "48", "48", "48"]);
    assert!(rows[0].instance.contains("/microsoft.compute/virtualmachinescalesets/"));
}

#[test]
fn a_change_of_scope_rewrites_no_history() {
    let mut reserved = five(constant(dec!(50)));
    reserved.subscriptions.push((at("2026-01-08T10:00:00Z"), OTHER.parse().unwrap()));
    for (date, subscription) in
        [("2026-01-05", SUBSCRIPTION), ("2026-01-07", SUBSCRIPTION), ("2026-01-08", OTHER)]
    {
        for row in details_of_day(&reserved, day(date)) {
            assert!(
                row.instance.starts_with(&format!("/subscriptions/{subscription}/")),
                "{date}: {}",
                row.instance
            );
        }
    }
}

#[test]
fn figures_come_when_the_day_is_over() {
    let reserved = five(constant(dec!(40)));
    for (now, days) in [
        ("2026-01-05T13:20:00Z", 0),
        ("2026-01-05T23:59:59Z", 0),
        ("2026-01-06T00:00:00Z", 1),
        ("2026-01-31T12:00:00Z", 26),
        ("2030-01-01T00:00:00Z", 366),
        ("2020-01-01T00:00:00Z", 0),
    ] {
        assert_eq!(daily(&reserved, EVER.0, EVER.1, at(now)).count(), days, "{now}");
    }
    let now = at("2026-03-01T00:00:00Z");
    for (from, to, dates) in [
        ("2026-01-06", "2026-01-08", 3),
        ("2026-01-06", "2026-01-06", 1),
        ("2026-01-08", "2026-01-06", 0),
        ("2020-01-01", "2026-01-05", 1),
        ("2026-02-28", "2026-12-31", 1),
        ("2026-03-01", "2026-12-31", 0),
    ] {
        assert_eq!(daily(&reserved, day(from), day(to), now).count(), dates, "{from} to {to}");
    }
}

#[test]
fn a_month_is_the_sum_of_its_days_whatever_part_was_asked_for() {
    let reserved = five(Usage::Generated);
    let now = at("2026-04-10T09:00:00Z");
    let months: Vec<Summary> = monthly(&reserved, EVER.0, EVER.1, now).collect();
    let dates: Vec<String> = months.iter().map(|month| month.date.to_string()).collect();
    assert_eq!(dates, ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]);
    assert_eq!(months[0].covered_hours, 26 * 24 + 11);
    assert_eq!(months[3].covered_hours, 9 * 24, "the days that are over");
    for month in &months {
        let days: Vec<Summary> = daily(&reserved, EVER.0, EVER.1, now)
            .filter(|day| day.date.with_day(1).unwrap() == month.date)
            .collect();
        assert_eq!(month.used_hours, days.iter().map(|day| day.used_hours).sum::<Decimal>());
        assert_eq!(month.reserved_hours, days.iter().map(|d| d.reserved_hours).sum::<Decimal>());
        assert_eq!(month.lowest, days.iter().map(|day| day.lowest).min().unwrap());
        assert_eq!(month.highest, days.iter().map(|day| day.highest).max().unwrap());
    }
    let two: Vec<Summary> = monthly(&reserved, day("2026-01-20"), day("2026-02-02"), now).collect();
    assert_eq!(two, months[..2]);
    assert_eq!(monthly(&reserved, day("2026-02-02"), day("2026-01-20"), now).next(), None);
}

#[test]
fn aggregates_cover_whole_days_that_are_over() {
    let days = Usage::days(
        (6..=20).map(|d| (NaiveDate::from_ymd_opt(2026, 1, d).unwrap(), percent(d.into()))),
        Elsewhere::Constant(percent(dec!(100))),
    )
    .unwrap();
    // Day d of January is used d percent, the half day of the purchase 100.
    for (now, expected) in [
        ("2026-01-05T14:00:00Z", None),
        ("2026-01-06T10:00:00Z", None),
        ("2026-01-06T23:59:59Z", None),
        ("2026-01-07T00:00:00Z", Some("6 6 6 Same")),
        ("2026-01-08T00:00:00Z", Some("7 6.5 6.5 Same")),
        ("2026-01-09T12:00:00Z", Some("8 7 7 Up")),
        ("2026-01-21T00:00:00Z", Some("20 17 13 Up")),
        // 15 days of 6 to 20 and 15 of 100 percent.
        ("2026-02-05T00:00:00Z", Some("100 100 56.5 Same")),
        ("2027-06-01T00:00:00Z", Some("100 100 100 Same")),
    ] {
        let found = aggregates(&five(days.clone()), at(now))
            .map(|a| format!("{} {:?}", a.values.map(|v| v.to_string()).join(" "), a.trend));
        assert_eq!(found.as_deref(), expected, "{now}");
    }
    let falling = Usage::days(
        [(day("2026-01-12"), percent(dec!(99)))],
        Elsewhere::Constant(percent(dec!(100))),
    )
    .unwrap();
    let found = aggregates(&five(falling), at("2026-01-13T00:00:00Z")).unwrap();
    assert_eq!(found.values, [dec!(99), dec!(99.9), dec!(99.9)]);
    assert_eq!(found.trend, Trend::Down);
    let mut cancelled = five(days);
    cancelled.cancelled_at = Some(at("2026-02-01T00:00:00Z"));
    assert_eq!(aggregates(&cancelled, at("2026-02-05T00:00:00Z")), None);
}

#[test]
fn the_generated_series_is_the_same_on_every_machine() {
    let reserved = five(Usage::Generated);
    let now = at("2026-03-01T00:00:00Z");
    let first: Vec<String> = daily(&reserved, EVER.0, EVER.1, now)
        .take(21)
        .map(|s| format!("{} {}..{}", s.used_hours, s.lowest, s.highest))
        .collect();
    insta::assert_debug_snapshot!("three_weeks", first);
    let rows: Vec<String> = details(&reserved, EVER.0, EVER.1, now)
        .skip(60)
        .take(5)
        .map(|row| format!("{} {} {}", row.date, row.instance, row.used_hours))
        .collect();
    insta::assert_debug_snapshot!("a_day_by_resource", rows);
}

#[test]
fn the_generated_series_is_plausible() {
    for seed in 0..200_u128 {
        let mut reserved = five(Usage::Generated);
        reserved.origin.reservation = ReservationId(uuid::Uuid::from_u128(seed));
        let now = at("2026-06-01T00:00:00Z");
        let average = |from: &str, to: &str| {
            let days: Vec<Decimal> =
                daily(&reserved, day(from), day(to), now).map(|s| s.average).collect();
            days.iter().sum::<Decimal>() / Decimal::from(days.len())
        };
        let (first, full) =
            (average("2026-01-06", "2026-01-07"), average("2026-02-02", "2026-03-01"));
        assert!(first < dec!(55), "{seed}: the ramp begins low: {first}");
        assert!((dec!(70)..=dec!(100)).contains(&full), "{seed}: {full}");
        let (weekday, weekend) =
            (average("2026-02-04", "2026-02-04"), average("2026-02-07", "2026-02-08"));
        assert!(weekend < weekday, "{seed}: {weekend} at the weekend, {weekday} on a Wednesday");
    }
}

#[test]
fn what_a_split_makes_goes_on_with_the_same_percentages() {
    let source = five(Usage::Generated);
    let mut part = source.clone();
    part.reservation = OTHER.parse().unwrap();
    part.benefit_start = at("2026-01-20T08:30:00Z");
    part.quantity = 2;
    let date = day("2026-02-03");
    let (whole, half) = (summary_of_day(&source, date), summary_of_day(&part, date));
    assert_eq!(whole.unwrap().average, half.unwrap().average);
    let named = instances(&[("a", dec!(24)), ("b", dec!(12))]);
    assert_eq!(named.inherited(5), constant(dec!(30)));
    assert_eq!(named.inherited(0), constant(dec!(0)));
    assert_eq!(named.inherited(1), constant(dec!(100)));
    assert_eq!(constant(dec!(40)).inherited(5), constant(dec!(40)));
}

#[test]
fn numbers_out_of_range_are_refused() {
    for wrong in [dec!(-0.01), dec!(100.01), dec!(33.333), Decimal::MAX, Decimal::MIN] {
        assert!(Percentage::of("percentage", wrong).is_err(), "{wrong}");
        assert!(DailyHours::of("hoursPerDay", wrong).is_err(), "{wrong}");
    }
    assert!(DailyHours::of("hoursPerDay", dec!(24.01)).is_err());
    for right in [dec!(0), dec!(0.01), dec!(23.99), dec!(24.000)] {
        assert_eq!(Percentage::of("percentage", right).unwrap().percent(), right);
        assert_eq!(DailyHours::of("hoursPerDay", right).unwrap().hours(), right);
    }
}

#[test]
fn lists_are_bounded_and_name_each_thing_once() {
    let date = |n: usize| day("2026-01-01") + TimeDelta::days(i64::try_from(n).unwrap());
    let days = |count: usize| {
        Usage::days((0..count).map(|n| (date(n), percent(dec!(1)))), Elsewhere::Generated)
    };
    assert!(days(MOST_DAYS).is_ok());
    assert!(days(MOST_DAYS + 1).is_err());
    let twice = [(date(0), percent(dec!(1))), (date(0), percent(dec!(2)))];
    let refused = Usage::days(twice, Elsewhere::Generated).unwrap_err();
    assert!(refused.to_string().starts_with("days[1].date: 2026-01-01 stands twice"), "{refused}");

    let hours = DailyHours::of("hoursPerDay", dec!(1)).unwrap();
    let one = |id: &str| Usage::instances([InstanceHours { instance: id.into(), hours }]);
    let id = format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/a"
    );
    assert!(one(&id).is_ok());
    assert!(one(&id.to_lowercase()).is_ok());
    for wrong in [
        "",
        "web01",
        "/subscriptions/none/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/a",
        &id[1..],
        &id.replace("/rg/", "//"),
        &format!("{id}/"),
        &format!("{id}\n"),
        &id.replace("/virtualMachines/a", ""),
        &format!("{id}{}", "x".repeat(2000)),
    ] {
        assert!(one(wrong).is_err(), "{wrong}");
    }
    let both = [id.clone(), id.to_uppercase()];
    let both = both.iter().map(|id| InstanceHours { instance: id.as_str().into(), hours });
    assert!(Usage::instances(both).is_err(), "casing makes no other resource");
    let list = |count: usize| {
        Usage::instances(
            (0..count).map(|n| InstanceHours { instance: format!("{id}{n}").into(), hours }),
        )
    };
    assert!(list(MOST_INSTANCES).is_ok());
    assert!(list(MOST_INSTANCES + 1).is_err());
}

fn any_usage() -> impl Strategy<Value = Usage> {
    let percentage = (0_u16..=10_000).prop_map(Percentage::from_basis_points);
    let hours = (0_i64..=2_400).prop_map(|h| Decimal::new(h, 2));
    prop_oneof![
        Just(Usage::Generated),
        percentage.clone().prop_map(Usage::Constant),
        proptest::collection::btree_map(0_u64..60, percentage, 0..20).prop_map(|days| {
            let start = day("2026-01-01");
            let days = days.into_iter().map(|(n, p)| (start + chrono::Days::new(n), p));
            Usage::days(days, Elsewhere::Generated).unwrap()
        }),
        proptest::collection::vec(hours, 0..12).prop_map(|hours| {
            let names: Vec<String> = (0..hours.len()).map(|n| format!("vm{n}")).collect();
            let list: Vec<_> = names.iter().map(String::as_str).zip(hours).collect();
            instances(&list)
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Details add up to summaries, and every figure lies in its bounds.
    #[test]
    fn sums_agree(
        usage in any_usage(),
        quantity in prop_oneof![1_u32..40, Just(u32::MAX)],
        id in any::<u128>(),
        starts in 0_i64..3_000_000,
        lasts in 0_i64..5_000_000,
    ) {
        let mut reserved = five(usage);
        reserved.quantity = quantity;
        reserved.origin.reservation = ReservationId(uuid::Uuid::from_u128(id));
        reserved.benefit_start = at("2026-01-01T00:00:00Z") + TimeDelta::seconds(starts);
        reserved.expiry = reserved.benefit_start + TimeDelta::seconds(lasts);
        let now = at("2027-01-01T00:00:00Z");
        let mut hours = 0;
        for summary in daily(&reserved, EVER.0, EVER.1, now) {
            hours += i64::from(summary.covered_hours);
            prop_assert!((1..=24).contains(&summary.covered_hours));
            prop_assert!(Decimal::ZERO <= summary.lowest);
            prop_assert!(summary.lowest <= summary.average);
            prop_assert!(summary.average <= summary.highest);
            prop_assert!(summary.highest <= dec!(100));
            prop_assert!(summary.used_hours <= summary.reserved_hours);
            prop_assert!(summary.used_hours.scale() <= 2 && summary.average.scale() <= 2);
            prop_assert!(summary.remaining_quantity() >= Decimal::ZERO);
            let rows = details_of_day(&reserved, summary.date);
            let sum: Decimal = rows.iter().map(|row| row.used_hours).sum();
            prop_assert_eq!(sum, summary.used_hours);
            prop_assert!(rows.iter().all(|row| row.used_hours > Decimal::ZERO));
        }
        let (start, end) = (reserved.benefit_start.timestamp(), reserved.expiry.timestamp());
        prop_assert_eq!(hours, end.div_euclid(3600) - start.div_euclid(3600));
        let months: Vec<Summary> = monthly(&reserved, EVER.0, EVER.1, now).collect();
        prop_assert_eq!(months.iter().map(|m| i64::from(m.covered_hours)).sum::<i64>(), hours);
        if let Some(found) = aggregates(&reserved, now) {
            prop_assert!(found.values.iter().all(|v| (dec!(0)..=dec!(100)).contains(v)));
        }
    }
}

#[test]
fn three_years_and_the_ends_of_time_take_no_time() {
    let mut reserved = five(Usage::Generated);
    reserved.expiry = at("2029-01-05T13:20:00Z");
    let begun = std::time::Instant::now();
    assert_eq!(daily(&reserved, EVER.0, EVER.1, at("2030-01-01T00:00:00Z")).count(), 1097);
    assert_eq!(monthly(&reserved, EVER.0, EVER.1, at("2030-01-01T00:00:00Z")).count(), 37);
    assert!(begun.elapsed().as_secs() < 2, "{:?} in a build without optimisation", begun.elapsed());
    for (start, end) in [
        (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MIN_UTC),
        (DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MAX_UTC),
        (DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC),
    ] {
        (reserved.benefit_start, reserved.expiry) = (start, end);
        for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert!(daily(&reserved, EVER.0, EVER.1, now).count() <= 1);
            assert_eq!(aggregates(&reserved, now), None);
            assert_eq!(details(&reserved, EVER.0, EVER.1, now).next(), None);
        }
    }
}

#[test]
fn a_reservation_whose_subscription_is_unknown_is_used_all_the_same() {
    let subscription: AzureSubscriptionId = SUBSCRIPTION.parse().unwrap();
    let mut without = five(constant(dec!(100)));
    assert_eq!(without.subscription_on(day("2020-01-01")), Some(subscription));
    without.subscriptions.clear();
    let rows = details_of_day(&without, day("2026-01-06"));
    assert_eq!(rows.len(), 5, "a reservation without subscription is still used");
}
