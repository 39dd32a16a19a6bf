//! What a test lays down about the use of a reservation, instead of the generated series
//! (contract: azure-reservation-utilization.md §5).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::domain::error::{Error, Result};
use crate::domain::ids::AzureSubscriptionId;

/// Most days that can be laid down for one reservation: five years.
pub const MOST_DAYS: usize = 1830;

/// Most resources that can be laid down for one reservation.
pub const MOST_INSTANCES: usize = 100;

/// Longest id of a resource in characters.
const LONGEST_INSTANCE_ID: usize = 1024;

/// A part of the reserved quantity, in hundredths of a percent, 0 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Decimal", into = "Decimal")]
pub struct Percentage(u16);

impl From<Percentage> for Decimal {
    fn from(it: Percentage) -> Self {
        it.percent()
    }
}

impl TryFrom<Decimal> for Percentage {
    type Error = Error;

    fn try_from(number: Decimal) -> Result<Self> {
        Self::of("percent", number)
    }
}

impl Percentage {
    /// A number from 0 to 100 with at most two decimals; `field` names it in the refusal.
    pub fn of(field: &str, percent: Decimal) -> Result<Self> {
        hundredths(percent, 100).map(Self).ok_or_else(|| {
            Error::invalid(
                field,
                format!("must be 0 to 100 with at most two decimals, not {percent}"),
            )
        })
    }

    /// Hundredths of a percent, at most 10,000.
    pub(super) fn from_basis_points(points: u16) -> Self {
        Self(points.min(10_000))
    }

    /// Hundredths of a percent.
    pub fn basis_points(self) -> u16 {
        self.0
    }

    /// In percent.
    pub fn percent(self) -> Decimal {
        Decimal::new(i64::from(self.0), 2).normalize()
    }
}

/// Hours of a day, in hundredths, 0 to 2,400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Decimal", into = "Decimal")]
pub struct DailyHours(u16);

impl From<DailyHours> for Decimal {
    fn from(it: DailyHours) -> Self {
        it.hours()
    }
}

impl TryFrom<Decimal> for DailyHours {
    type Error = Error;

    fn try_from(number: Decimal) -> Result<Self> {
        Self::of("hours", number)
    }
}

impl DailyHours {
    /// A number from 0 to 24 with at most two decimals; `field` names it in the refusal.
    pub fn of(field: &str, hours: Decimal) -> Result<Self> {
        hundredths(hours, 24).map(Self).ok_or_else(|| {
            Error::invalid(field, format!("must be 0 to 24 with at most two decimals, not {hours}"))
        })
    }

    /// Hundredths of an hour.
    pub fn hundredths(self) -> u16 {
        self.0
    }

    /// In hours.
    pub fn hours(self) -> Decimal {
        Decimal::new(i64::from(self.0), 2).normalize()
    }
}

/// `value` in hundredths, if it lies in 0 to `most` and has at most two decimals.
fn hundredths(value: Decimal, most: u16) -> Option<u16> {
    if value < Decimal::ZERO || value > Decimal::from(most) {
        return None;
    }
    let scaled = value.checked_mul(Decimal::ONE_HUNDRED)?;
    if scaled.fract().is_zero() { scaled.to_u16() } else { None }
}

/// A resource that runs some hours every day, from the first hour of the day that the reservation
/// covers [choice].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InstanceHours {
    /// ARM id, shown as it was laid down.
    pub instance: Arc<str>,
    /// For how long it runs each day.
    pub hours: DailyHours,
}

/// What holds for days that were not laid down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Elsewhere {
    /// The generated series.
    Generated,
    /// This part of the quantity, every hour.
    Constant(Percentage),
}

/// Where the hours of a reservation come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenUsage", rename_all = "camelCase")]
pub enum Usage {
    /// From the reservation's id.
    Generated,
    /// This part of the quantity, every hour.
    Constant(Percentage),
    /// This part of the quantity in every hour of those days.
    Days {
        /// The days.
        days: Arc<BTreeMap<NaiveDate, Percentage>>,
        /// All other days.
        elsewhere: Elsewhere,
    },
    /// These resources, each at most one instance at a time; together at most the quantity, those
    /// that stand first served first.
    Instances(Arc<[InstanceHours]>),
}

/// A use as it is written down, not yet checked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum WrittenUsage {
    Generated,
    Constant(Percentage),
    Days { days: BTreeMap<NaiveDate, Percentage>, elsewhere: Elsewhere },
    Instances(Vec<InstanceHours>),
}

impl TryFrom<WrittenUsage> for Usage {
    type Error = Error;

    fn try_from(written: WrittenUsage) -> Result<Self> {
        match written {
            WrittenUsage::Generated => Ok(Self::Generated),
            WrittenUsage::Constant(percentage) => Ok(Self::Constant(percentage)),
            WrittenUsage::Days { days, elsewhere } => Self::days(days, elsewhere),
            WrittenUsage::Instances(instances) => Self::instances(instances),
        }
    }
}

impl Usage {
    /// The use of some days; a day stands once.
    pub fn days(
        list: impl IntoIterator<Item = (NaiveDate, Percentage)>,
        elsewhere: Elsewhere,
    ) -> Result<Self> {
        let mut days = BTreeMap::new();
        for (index, (date, percentage)) in list.into_iter().enumerate() {
            if index >= MOST_DAYS {
                return Err(Error::invalid("days", format!("has at most {MOST_DAYS} entries")));
            }
            if days.insert(date, percentage).is_some() {
                let reason = format!("{date} stands twice; name each day once");
                return Err(Error::invalid(format!("days[{index}].date"), reason));
            }
        }
        Ok(Self::Days { days: Arc::new(days), elsewhere })
    }

    /// The use by named resources; a resource stands once.
    pub fn instances(list: impl IntoIterator<Item = InstanceHours>) -> Result<Self> {
        let mut known = BTreeSet::new();
        let mut instances = Vec::new();
        for (index, instance) in list.into_iter().enumerate() {
            if index >= MOST_INSTANCES {
                let reason = format!("has at most {MOST_INSTANCES} entries");
                return Err(Error::invalid("instances", reason));
            }
            let refuse = |reason: &str| {
                Err(Error::invalid(format!("instances[{index}].instanceId"), reason))
            };
            if !is_resource_id(&instance.instance) {
                return refuse(
                    "must have the form /subscriptions/{guid}/resourceGroups/{group}/providers/{namespace}/{type}/{name}",
                );
            }
            if !known.insert(instance.instance.to_ascii_lowercase()) {
                return refuse("stands twice; name each resource once");
            }
            instances.push(instance);
        }
        Ok(Self::Instances(instances.into()))
    }

    /// What a reservation takes over from one of `quantity` that it was split or merged from: the
    /// same percentages (contract: §5). Named resources run once and not once per part, so of them
    /// only the percentage of a whole day goes over \[choice\].
    #[must_use]
    pub fn inherited(&self, quantity: u32) -> Self {
        let Self::Instances(instances) = self else { return self.clone() };
        let used: u64 = instances.iter().map(|it| u64::from(it.hours.hundredths())).sum();
        let reserved = u64::from(quantity) * 2_400;
        let points = (used * 10_000).checked_div(reserved).unwrap_or(0).min(10_000);
        Self::Constant(Percentage::from_basis_points(u16::try_from(points).unwrap_or(10_000)))
    }
}

/// Whether `text` is the id of a resource in a resource group, in any casing.
fn is_resource_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    text.len() <= LONGEST_INSTANCE_ID
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
        && parts.len() >= 9
        && parts[0].is_empty()
        && parts[1..].iter().all(|part| !part.is_empty())
        && parts[1].eq_ignore_ascii_case("subscriptions")
        && parts[2].parse::<AzureSubscriptionId>().is_ok()
        && parts[3].eq_ignore_ascii_case("resourceGroups")
        && parts[5].eq_ignore_ascii_case("providers")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use rust_decimal::dec;

    use super::*;

    const SUBSCRIPTION: &str = "7a3f8c52-1d0b-4b7e-8f66-5e2c9d4a1b07";

    fn percent(value: Decimal) -> Percentage {
        Percentage::of("percentage", value).unwrap()
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
        let date = |n: usize| {
            "2026-01-01".parse::<NaiveDate>().unwrap() + TimeDelta::days(i64::try_from(n).unwrap())
        };
        let days = |count: usize| {
            Usage::days((0..count).map(|n| (date(n), percent(dec!(1)))), Elsewhere::Generated)
        };
        assert!(days(MOST_DAYS).is_ok());
        assert!(days(MOST_DAYS + 1).is_err());
        let twice = [(date(0), percent(dec!(1))), (date(0), percent(dec!(2)))];
        let refused = Usage::days(twice, Elsewhere::Generated).unwrap_err();
        assert!(
            refused.to_string().starts_with("days[1].date: 2026-01-01 stands twice"),
            "{refused}"
        );

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
}
