//! The billing cycle of orders, cart lines and SKUs: its names, ordinals and length.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How often a purchase is billed. The ordinals are those of the Partner Center enumeration.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum BillingCycle {
    /// Unset: the SKU's default applies.
    #[default]
    Unknown,
    /// Every month.
    Monthly,
    /// Every year.
    Annual,
    /// Never: trials.
    None,
    /// Once, at purchase: reservations, perpetual software, the Azure plan.
    OneTime,
    /// Every three years.
    Triennial,
    /// Every two years.
    Biennial,
}

impl BillingCycle {
    /// Every cycle, by ordinal.
    pub const ALL: [Self; 7] = [
        Self::Unknown,
        Self::Monthly,
        Self::Annual,
        Self::None,
        Self::OneTime,
        Self::Triennial,
        Self::Biennial,
    ];

    /// The lower snake name the service writes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Monthly => "monthly",
            Self::Annual => "annual",
            Self::None => "none",
            Self::OneTime => "one_time",
            Self::Triennial => "triennial",
            Self::Biennial => "biennial",
        }
    }

    /// Reads a name whatever its casing and underscores: `one_time`, `OneTime`, `onetime`
    /// (partner-center-carts-orders, GET orders).
    pub fn from_name(text: &str) -> Option<Self> {
        let letters = |name: &'static str| name.bytes().filter(|byte| *byte != b'_');
        Self::ALL.into_iter().find(|cycle| {
            text.bytes()
                .filter(|byte| *byte != b'_')
                .map(|byte| byte.to_ascii_lowercase())
                .eq(letters(cycle.as_str()))
        })
    }

    /// The cycle with this ordinal.
    pub fn from_ordinal(ordinal: i64) -> Option<Self> {
        Self::ALL.get(usize::try_from(ordinal).ok()?).copied()
    }

    /// Months between two bills; nothing for a cycle that does not recur.
    pub const fn months(self) -> Option<u32> {
        match self {
            Self::Monthly => Some(1),
            Self::Annual => Some(12),
            Self::Biennial => Some(24),
            Self::Triennial => Some(36),
            Self::Unknown | Self::None | Self::OneTime => None,
        }
    }
}

impl fmt::Display for BillingCycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ordinals() {
        for (text, expected) in [
            ("one_time", Some(BillingCycle::OneTime)),
            ("OneTime", Some(BillingCycle::OneTime)),
            ("onetime", Some(BillingCycle::OneTime)),
            ("MONTHLY", Some(BillingCycle::Monthly)),
            ("none", Some(BillingCycle::None)),
            ("", None),
            ("___", None),
            ("weekly", None),
            ("ｍonthly", None),
        ] {
            assert_eq!(BillingCycle::from_name(text), expected, "{text:?}");
        }
        for (ordinal, cycle) in (0..).zip(BillingCycle::ALL) {
            assert_eq!(BillingCycle::from_ordinal(ordinal), Some(cycle));
            assert_eq!(BillingCycle::from_name(cycle.as_str()), Some(cycle));
        }
        for ordinal in [-1, 7, i64::MAX, i64::MIN] {
            assert_eq!(BillingCycle::from_ordinal(ordinal), None, "{ordinal}");
        }
        assert_eq!(BillingCycle::OneTime as u8, 4);
    }
}
