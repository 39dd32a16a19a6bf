//! Members that lines of carts and lines of orders share in requests
//! (contract: partner-center-carts-orders.md).

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::domain::billing_cycle::BillingCycle;
use crate::domain::error::{Error, Result};

/// How something is billed. The order is that of the service's integers; the first means unset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BillingCycleWord {
    /// Unset: the item's default.
    #[default]
    Unknown,
    /// Every month.
    Monthly,
    /// Every year.
    Annual,
    /// Not at all.
    None,
    /// Once.
    OneTime,
    /// Every three years.
    Triennial,
    /// Every two years.
    Biennial,
}

impl From<BillingCycleWord> for BillingCycle {
    fn from(word: BillingCycleWord) -> Self {
        match word {
            BillingCycleWord::Unknown => Self::Unknown,
            BillingCycleWord::Monthly => Self::Monthly,
            BillingCycleWord::Annual => Self::Annual,
            BillingCycleWord::None => Self::None,
            BillingCycleWord::OneTime => Self::OneTime,
            BillingCycleWord::Triennial => Self::Triennial,
            BillingCycleWord::Biennial => Self::Biennial,
        }
    }
}

/// A role with the MPN id of who has it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParticipantRequest {
    /// Role.
    #[schema(example = "transaction_reseller")]
    pub key: Option<String>,
    /// MPN id.
    #[schema(example = "6120453")]
    pub value: Option<String>,
}

/// What provisioning needs to know. A type of its own, so that documents name it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = ProvisioningContextRequest)]
pub struct ContextRequest(BTreeMap<String, Option<String>>);

/// The provisioning context with its known keys in lower camel case and without what is unset.
pub fn context(sent: Option<ContextRequest>) -> BTreeMap<String, String> {
    const KNOWN: [&str; 4] = ["subscriptionId", "scope", "duration", "parentSubscriptionId"];
    sent.unwrap_or_default()
        .0
        .into_iter()
        .filter_map(|(key, value)| {
            let known = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(&key));
            Some((known.map_or(key, |known| (*known).to_owned()), value?))
        })
        .take(50)
        .collect()
}

/// The roles of a line.
pub fn participants(sent: Option<Vec<ParticipantRequest>>) -> Vec<(String, String)> {
    sent.unwrap_or_default()
        .into_iter()
        .filter_map(|participant| Some((participant.key?, participant.value?)))
        .collect()
}

/// A quantity, which must be at least 1.
pub fn quantity(field: String, sent: Option<i64>) -> Result<i64> {
    match sent {
        Some(quantity) if quantity >= 1 => Ok(quantity),
        Some(quantity) => Err(Error::invalid(field, format!("must be at least 1, not {quantity}"))),
        None => Err(Error::invalid(field, "is required: how many to buy, at least 1")),
    }
}

/// What a line renews to. One client sends a list, the service's own samples an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RenewsTo {
    /// ISO 8601 term.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "P1Y")]
    pub term_duration: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RenewsToMembers {
    term_duration: Option<String>,
}

impl<'de> Deserialize<'de> for RenewsTo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;

        impl<'de> Visitor<'de> for OneOrMany {
            type Value = RenewsTo;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with termDuration")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RenewsTo, A::Error> {
                let first = items.next_element::<RenewsToMembers>()?.unwrap_or_default();
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(RenewsTo { term_duration: first.term_duration })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<RenewsTo, A::Error> {
                let mut term_duration = None;
                while let Some(key) = members.next_key::<String>()? {
                    if key.eq_ignore_ascii_case("termDuration") {
                        term_duration = members.next_value::<Option<String>>()?;
                    } else {
                        members.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(RenewsTo { term_duration })
            }

            fn visit_unit<E: de::Error>(self) -> Result<RenewsTo, E> {
                Ok(RenewsTo::default())
            }
        }

        deserializer.deserialize_any(OneOrMany)
    }
}
