//! What is paid when (contract: reservation-business-rules.md §2, azure-reservations.md §4.1).
//!
//! Rounding, of every amount of money in this crate: half up, away from zero, to the decimals of the
//! currency, once, at the end of a calculation.

use std::sync::Arc;

use chrono::{Months, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::BillingPlan;
use crate::domain::term::Term;

/// One payment of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Payment {
    /// Day it is due.
    pub due: NaiveDate,
    /// Amount in the currency of the total.
    pub amount: Decimal,
}

/// Rounds an amount half up to the decimals of its currency.
pub fn round(amount: Decimal, decimals: u32) -> Decimal {
    amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// The payments of `total` over a term that begins on `start`: equal, on the same day of each month,
/// the remainder of the rounding on the last [choice].
pub fn payments(
    plan: BillingPlan,
    term: Term,
    start: NaiveDate,
    total: Decimal,
    decimals: u32,
) -> Vec<Payment> {
    let count = plan.payments(term);
    let share = round(total / Decimal::from(count), decimals);
    let mut rest = total;
    (0..count)
        .map(|number| {
            let amount = if number + 1 == count { rest } else { share };
            rest -= amount;
            let due = start.checked_add_months(Months::new(number)).unwrap_or(NaiveDate::MAX);
            Payment { due, amount }
        })
        .collect()
}

/// What one reservation pays when: its share of what its order pays. Splits and partial returns divide
/// it, merges join it, and not a cent is lost or won by either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule(Arc<[Payment]>);

impl Default for Schedule {
    fn default() -> Self {
        Self(Arc::from([]))
    }
}

impl Schedule {
    /// The schedule of a purchase that takes effect on `start`.
    pub fn of(
        plan: BillingPlan,
        term: Term,
        start: NaiveDate,
        total: Decimal,
        decimals: u32,
    ) -> Self {
        Self(payments(plan, term, start, total, decimals).into())
    }

    /// The payments in the order they are due.
    pub fn payments(&self) -> &[Payment] {
        &self.0
    }

    /// All of it.
    pub fn total(&self) -> Decimal {
        self.0.iter().map(|payment| payment.amount).sum()
    }

    /// How many payments are made by the end of `day`.
    pub fn paid_count(&self, day: NaiveDate) -> usize {
        self.0.partition_point(|payment| payment.due <= day)
    }

    /// Sum of the payments made by the end of `day`.
    pub fn paid(&self, day: NaiveDate) -> Decimal {
        self.0[..self.paid_count(day)].iter().map(|payment| payment.amount).sum()
    }

    /// Sum of the payments due after `day`.
    pub fn unpaid(&self, day: NaiveDate) -> Decimal {
        self.0[self.paid_count(day)..].iter().map(|payment| payment.amount).sum()
    }

    /// The payment that covers `day`, and the day of the next one.
    pub fn current(&self, day: NaiveDate) -> Option<(&Payment, Option<NaiveDate>)> {
        let count = self.paid_count(day);
        let current = self.0.get(count.checked_sub(1)?)?;
        Some((current, self.0.get(count).map(|payment| payment.due)))
    }

    /// The share of `part` units out of `whole`, and what is left for the others. What is paid by
    /// `day` and what is not are each shared to the cent, half up; within them the payments are
    /// shared by their running sum [choice].
    #[must_use]
    pub fn divided(&self, part: u32, whole: u32, day: NaiveDate, decimals: u32) -> (Self, Self) {
        let paid = self.paid_count(day);
        let mut shares = Vec::with_capacity(self.0.len());
        for run in [&self.0[..paid], &self.0[paid..]] {
            let (mut sum, mut given) = (Decimal::ZERO, Decimal::ZERO);
            for payment in run {
                sum += payment.amount;
                let reached = share(sum, part, whole, decimals);
                shares.push(reached - given);
                given = reached;
            }
        }
        let with = |amount: &dyn Fn(&Payment, Decimal) -> Decimal| {
            let all = self.0.iter().zip(&shares);
            Self(
                all.map(|(payment, share)| Payment {
                    due: payment.due,
                    amount: amount(payment, *share),
                })
                .collect(),
            )
        };
        (with(&|_, share| share), with(&|payment, share| payment.amount - share))
    }

    /// Two schedules of the same days as one.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        let both = self.0.iter().zip(other.0.iter());
        Self(
            both.map(|(one, other)| Payment { due: one.due, amount: one.amount + other.amount })
                .collect(),
        )
    }
}

/// `part` out of `whole` of an amount, half up to the decimals of its currency.
fn share(amount: Decimal, part: u32, whole: u32, decimals: u32) -> Decimal {
    round(amount * Decimal::from(part) / Decimal::from(whole.max(1)), decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payments_are_equal_and_sum_up_to_the_total() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (plan, term, start, total, decimals, count, first, last, last_due) in [
            (
                BillingPlan::Upfront,
                Term::P3Y,
                "2026-01-12",
                "1060.80",
                2,
                1,
                "1060.80",
                "1060.80",
                "2026-01-12",
            ),
            (
                BillingPlan::Monthly,
                Term::P1Y,
                "2026-01-12",
                "1060.80",
                2,
                12,
                "88.40",
                "88.40",
                "2026-12-12",
            ),
            (
                BillingPlan::Monthly,
                Term::P1Y,
                "2026-01-31",
                "1000.00",
                2,
                12,
                "83.33",
                "83.37",
                "2026-12-31",
            ),
            (
                BillingPlan::Monthly,
                Term::P3Y,
                "2024-02-29",
                "100.00",
                2,
                36,
                "2.78",
                "2.70",
                "2027-01-29",
            ),
            (
                BillingPlan::Monthly,
                Term::P1Y,
                "2026-03-01",
                "100000",
                0,
                12,
                "8333",
                "8337",
                "2027-02-01",
            ),
        ] {
            let total: Decimal = total.parse().unwrap();
            let all = payments(plan, term, date(start), total, decimals);
            assert_eq!(all.len(), count);
            assert_eq!(all.iter().map(|p| p.amount).sum::<Decimal>(), total);
            assert_eq!(all[0], Payment { due: date(start), amount: first.parse().unwrap() });
            let end = Payment { due: date(last_due), amount: last.parse().unwrap() };
            assert_eq!(*all.last().unwrap(), end, "{start} {total}");
        }
    }
}
