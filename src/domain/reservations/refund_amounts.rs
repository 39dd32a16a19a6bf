//! What a return gives back: arithmetic on a schedule, a quantity and two dates, nothing else
//! (contract: reservation-business-rules.md §3).

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::schedule::round;
use super::{BillingPlan, Schedule};
use crate::domain::settings::RefundRules;

/// What the amounts follow from.
#[derive(Debug, Clone)]
pub struct Returned<'a> {
    /// How the reservation is paid.
    pub plan: BillingPlan,
    /// What it pays when.
    pub schedule: &'a Schedule,
    /// Its quantity.
    pub quantity: u32,
    /// How much of it is returned; 1 to `quantity`.
    pub part: u32,
    /// When its order took effect.
    pub benefit_start: DateTime<Utc>,
    /// When it ends.
    pub expiry: DateTime<Utc>,
    /// Decimals of its currency.
    pub decimals: u32,
    /// When it is returned.
    pub now: DateTime<Utc>,
}

/// The amounts of a return, in the currency of the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefundAmounts {
    /// Paid so far for the whole reservation, whatever part of it is returned.
    pub paid: Decimal,
    /// Given back before the fee.
    pub gross: Decimal,
    /// Early termination fee.
    pub fee: Decimal,
    /// Payments to come that fall away.
    pub remaining: Decimal,
    /// Payments made.
    pub completed_payments: u32,
    /// Payments of the whole term.
    pub payments: u32,
}

impl RefundAmounts {
    /// Given back in the end: `billingRefundAmount`.
    pub fn refund(&self) -> Decimal {
        self.gross - self.fee
    }

    /// What stays paid: `billingCurrencyProratedAmount`.
    pub fn kept(&self) -> Decimal {
        self.paid - self.refund()
    }

    /// The commitment that is cancelled, which the yearly limit counts. The fee does not lessen it
    /// [choice].
    pub fn cancelled_commitment(&self) -> Decimal {
        self.gross + self.remaining
    }
}

/// The share of a payment that is given back, as a fraction of whole days.
fn days_left(from: NaiveDate, to: NaiveDate, today: NaiveDate) -> (Decimal, Decimal) {
    let whole = (to - from).num_days().max(1);
    let left = (to - today).num_days().clamp(0, whole);
    (Decimal::from(left), Decimal::from(whole))
}

impl Returned<'_> {
    /// Whether no fee is due at that moment.
    fn is_free(&self, free_period: TimeDelta) -> bool {
        self.now - self.benefit_start <= free_period
    }

    /// The amounts of a refund. `unused` tells whether nothing has used the
    /// reservation so far; it is asked only where that matters.
    pub fn refund(&self, rules: &RefundRules, unused: impl FnOnce() -> bool) -> RefundAmounts {
        let free = self.is_free(rules.free_period);
        let prorated = !(free && rules.full_while_unused && unused());
        let mut amounts = self.amounts(prorated);
        if !free {
            let fee = amounts.gross * rules.fee_percent / Decimal::ONE_HUNDRED;
            amounts.fee = round(fee, self.decimals);
        }
        amounts
    }

    /// The amounts of an exchange: prorated, without fee (contract: §4).
    pub fn exchange(&self) -> RefundAmounts {
        self.amounts(true)
    }

    fn amounts(&self, prorated: bool) -> RefundAmounts {
        let today = self.now.date_naive();
        let end = self.expiry.date_naive();
        let (part, whole) = (Decimal::from(self.part), Decimal::from(self.quantity.max(1)));
        // What was paid for a time that has not passed: the whole term, or the month that runs.
        let (base, from, to) = match self.plan {
            BillingPlan::Upfront => {
                (self.schedule.paid(today), self.benefit_start.date_naive(), end)
            }
            BillingPlan::Monthly => {
                self.schedule.current(today).map_or((Decimal::ZERO, today, end), |(paid, next)| {
                    (paid.amount, paid.due, next.unwrap_or(end))
                })
            }
        };
        let (left, days) =
            if prorated { days_left(from, to, today) } else { (Decimal::ONE, Decimal::ONE) };
        let count = |payments: usize| u32::try_from(payments).unwrap_or(u32::MAX);
        RefundAmounts {
            paid: self.schedule.paid(today),
            gross: round(base * part * left / (whole * days), self.decimals),
            fee: Decimal::ZERO,
            remaining: round(self.schedule.unpaid(today) * part / whole, self.decimals),
            completed_payments: count(self.schedule.paid_count(today)),
            payments: count(self.schedule.payments().len()),
        }
    }
}

#[cfg(test)]
mod tests;
