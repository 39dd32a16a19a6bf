//! What is paid when (contract: reservation-business-rules.md §2, azure-reservations.md §4.1).

use chrono::{Months, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};

use super::BillingPlan;
use crate::domain::term::Term;

/// One payment of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Day it is due.
    pub due: NaiveDate,
    /// Amount in the currency of the total.
    pub amount: Decimal,
}

/// Rounds an amount half up to the decimals of its currency.
pub(super) fn round(amount: Decimal, decimals: u32) -> Decimal {
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
