use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::super::{BillingPlan, Schedule};
use super::{RefundAmounts, Returned};
use crate::domain::settings::{RefundPolicy, RefundRules};
use crate::domain::term::Term;

fn schedule(
    plan: BillingPlan,
    term: Term,
    start: DateTime<Utc>,
    price: Decimal,
    decimals: u32,
) -> Schedule {
    Schedule::of(plan, term, start.date_naive(), price, decimals)
}

fn amounts(rules: &str, returned: &Returned<'_>) -> RefundAmounts {
    let csp = RefundRules::of(RefundPolicy::Csp);
    let fee = |percent: &str| RefundRules {
        free_period: TimeDelta::zero(),
        fee_percent: percent.parse().unwrap(),
        ..csp.clone()
    };
    match rules {
        "csp used" => returned.refund(&csp, || false),
        "csp unused" => returned.refund(&csp, || true),
        "current" => returned.refund(&RefundRules::of(RefundPolicy::Current), || true),
        "fee only" => returned.refund(&fee("12"), || false),
        "all fee" => returned.refund(&fee("100"), || false),
        "odd fee" => returned.refund(&fee("7.5"), || false),
        "exchange" => returned.exchange(),
        other => panic!("no rules are called {other}"),
    }
}

#[test]
fn refunds_are_as_worked_by_hand() {
    let lines = include_str!("cases.txt").lines().filter(|line| !line.starts_with('#'));
    let mut count = 0;
    for line in lines {
        let fields: Vec<&str> = line.split(" | ").collect();
        let [what, times, reserved, rules, expected, _how] = fields[..] else {
            panic!("{line}");
        };
        let times: Vec<&str> = times.split(' ').collect();
        let reserved: Vec<&str> = reserved.split(' ').collect();
        let plan = match times[0] {
            "Upfront" => BillingPlan::Upfront,
            "Monthly" => BillingPlan::Monthly,
            other => panic!("{other}"),
        };
        let term = Term::from_iso(times[1]).unwrap();
        let start: DateTime<Utc> = times[2].parse().unwrap();
        let decimals = reserved[3].parse().unwrap();
        let schedule = schedule(plan, term, start, reserved[2].parse().unwrap(), decimals);
        let returned = Returned {
            plan,
            schedule: &schedule,
            quantity: reserved[0].parse().unwrap(),
            part: reserved[1].parse().unwrap(),
            benefit_start: start,
            expiry: term.end_from(start),
            decimals,
            now: times[3].parse().unwrap(),
        };
        let made = amounts(rules, &returned);
        let shown = [made.paid, made.gross, made.fee, made.remaining]
            .map(|amount| format!("{amount:.*}", decimals as usize))
            .join(" ");
        assert_eq!(shown, expected, "{what}");
        assert_eq!(made.kept() + made.refund(), made.paid, "{what}");
        count += 1;
    }
    assert!(count >= 40, "{count} cases");
}

prop_compose! {
    fn reserved()(
        cents in 0_i64..10_000_000,
        decimals in prop::sample::select(vec![0_u32, 2, 3]),
        monthly in any::<bool>(),
        term in prop::sample::select(vec![Term::P1Y, Term::P3Y]),
        start in 1_700_000_000_i64..1_900_000_000,
        quantity in 1_u32..200,
        share in 0.0_f64..1.0,
        passed in 0.0_f64..1.0,
    ) -> (BillingPlan, Term, DateTime<Utc>, DateTime<Utc>, Decimal, u32, u32, u32) {
        let plan = if monthly { BillingPlan::Monthly } else { BillingPlan::Upfront };
        let start = DateTime::from_timestamp(start, 0).unwrap();
        let seconds = (term.end_from(start) - start).num_seconds();
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
        let now = start + TimeDelta::seconds((seconds as f64 * passed) as i64);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let part = ((f64::from(quantity) * share) as u32).clamp(1, quantity);
        (plan, term, start, now, Decimal::new(cents, decimals), decimals, quantity, part)
    }
}

proptest! {
    /// Whatever is divided, and however often, comes to the same to the cent, payment by payment.
    #[test]
    fn dividing_and_joining_conserve_every_payment(
        (plan, term, start, now, price, decimals, quantity, part) in reserved()
    ) {
        let whole = schedule(plan, term, start, price, decimals);
        let today = now.date_naive();
        let (one, other) = whole.divided(part, quantity, today, decimals);
        prop_assert_eq!(&one.joined(&other), &whole);
        prop_assert_eq!(one.paid(today) + other.paid(today), whole.paid(today));
        prop_assert_eq!(one.unpaid(today) + other.unpaid(today), whole.unpaid(today));
        for payment in one.payments().iter().chain(other.payments()) {
            prop_assert_eq!(payment.amount.round_dp(decimals), payment.amount);
            prop_assert!(payment.amount >= Decimal::ZERO || price < Decimal::from(60));
        }
    }

    /// Never more comes back than was paid, never less than nothing; the fee is a part of it; and what
    /// falls away is the share of what is not paid that the divided schedule says.
    #[test]
    fn refunds_stay_within_what_was_paid(
        (plan, term, start, now, price, decimals, quantity, part) in reserved(),
        used in any::<bool>(),
    ) {
        let whole = schedule(plan, term, start, price, decimals);
        let expiry = term.end_from(start);
        let schedule = &whole;
        let returned =
            Returned { plan, schedule, quantity, part, benefit_start: start, expiry, decimals, now };
        let rules = RefundRules::of(RefundPolicy::Csp);
        let made = returned.refund(&rules, || !used);
        prop_assert!(made.gross >= Decimal::ZERO && made.gross <= made.paid);
        prop_assert!(made.fee >= Decimal::ZERO && made.fee <= made.gross);
        prop_assert_eq!(made.paid, whole.paid(now.date_naive()));
        let (given, _) = whole.divided(part, quantity, now.date_naive(), decimals);
        prop_assert_eq!(made.remaining, given.unpaid(now.date_naive()));
        let later = Returned { now: (now + TimeDelta::days(40)).min(expiry), ..returned };
        if plan == BillingPlan::Upfront {
            let later = later.refund(&rules, || false);
            prop_assert!(later.refund() <= made.refund(), "time only takes");
        }
    }
}
