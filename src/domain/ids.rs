//! One type per kind of identifier, so that a cart id cannot stand where an order id is meant, and
//! the generator that makes them all from the world's seed.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! guid {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Smaller than every id of this kind: where a range over a composite key begins.
            pub const FIRST: Self = Self(Uuid::nil());
            /// Greater than every id of this kind: where a range over a composite key ends.
            pub const LAST: Self = Self(Uuid::max());
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAGuid;

            fn from_str(text: &str) -> Result<Self, NotAGuid> {
                parse_guid(text).map(Self)
            }
        }
    )+};
}

guid! {
    /// A customer, which is a tenant.
    CustomerId,
    /// A partner, which is a tenant.
    PartnerId,
    /// A cart.
    CartId,
    /// A subscription of Partner Center.
    SubscriptionId,
    /// An Azure subscription below an Azure plan.
    AzureSubscriptionId,
    /// A reservation order of Azure.
    ReservationOrderId,
    /// A reservation of Azure.
    ReservationId,
    /// A user or service principal in a directory.
    ObjectId,
    /// A directory: that of a customer, of the partner, or of somebody else.
    TenantId,
    /// A long-running operation of Azure Resource Manager.
    OperationId,
    /// A calculated refund.
    SessionId,
}

impl From<CustomerId> for TenantId {
    fn from(customer: CustomerId) -> Self {
        Self(customer.0)
    }
}

impl From<PartnerId> for TenantId {
    fn from(partner: PartnerId) -> Self {
        Self(partner.0)
    }
}

/// The text is not a GUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a GUID; a GUID has the form 00000000-0000-0000-0000-000000000000")]
pub struct NotAGuid;

/// Reads a GUID in its hyphenated form, in any case, with or without braces.
pub fn parse_guid(text: &str) -> Result<Uuid, NotAGuid> {
    let bare = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(text);
    if bare.len() != 36 {
        return Err(NotAGuid);
    }
    Uuid::try_parse(bare).map_err(|_| NotAGuid)
}

/// An order of Partner Center: 33 characters for modern orders, a GUID for legacy ones. Case counts
/// (contract: partner-center-carts-orders.md §3).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OrderId(pub Arc<str>);

impl OrderId {
    /// The id that a client means: the casing of a GUID, which is a legacy order, does not count.
    pub fn named(text: &str) -> Self {
        Self(parse_guid(text).map_or_else(|_| Arc::from(text), |id| Arc::from(id.to_string())))
    }

    /// Whether a client means this order by `text`.
    pub fn is_named_by(&self, text: &str) -> bool {
        *self == Self::named(text)
    }

    /// Greater than every order id.
    pub fn last() -> Self {
        Self(Arc::from("\u{10FFFF}"))
    }

    /// Smaller than every order id.
    pub fn first() -> Self {
        Self(Arc::from(""))
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrderId({})", self.0)
    }
}

/// An invoice: `G` or `D` and nine more characters, upper-case
/// (contract: partner-center-billing.md, operations).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InvoiceId(pub Arc<str>);

impl InvoiceId {
    /// The id that a client means, in any casing.
    pub fn named(text: &str) -> Self {
        Self(Arc::from(text.to_ascii_uppercase()))
    }
}

impl fmt::Display for InvoiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for InvoiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InvoiceId({})", self.0)
    }
}

/// What an id is drawn for. Each kind counts on its own, so that a new kind of draw shifts no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[repr(usize)]
pub enum Draw {
    /// A customer tenant.
    Customer,
    /// The commerce id of a customer.
    Commerce,
    /// A billing profile.
    BillingProfile,
    /// A password of a new administrator.
    Password,
    /// A cart.
    Cart,
    /// An order.
    Order,
    /// The short alternate id of an order.
    AlternateOrder,
    /// A subscription.
    Subscription,
    /// The Azure subscription behind a subscription.
    AzureSubscription,
    /// A reservation order.
    ReservationOrder,
    /// A reservation.
    Reservation,
    /// The group in an artifact link.
    ArtifactGroup,
    /// The line in an artifact link.
    ArtifactLine,
    /// A long-running operation.
    Operation,
    /// A role assignment.
    RoleAssignment,
    /// The session of a calculated refund or exchange.
    Session,
    /// A support case.
    SupportCase,
    /// The number of a case in Partner Center.
    ServiceRequest,
    /// The number of a case in Azure.
    SupportTicket,
    /// What was said about a case.
    SupportMessage,
    /// A long-running operation of support.
    SupportOperation,
    /// An invoice of what is bought once.
    OneTimeInvoice,
    /// An invoice of what is billed by cycles.
    RecurringInvoice,
    /// A receipt for taxes.
    TaxReceipt,
}

impl Draw {
    /// Every kind of draw.
    pub const ALL: [Self; DRAWS] = [
        Self::Customer,
        Self::Commerce,
        Self::BillingProfile,
        Self::Password,
        Self::Cart,
        Self::Order,
        Self::AlternateOrder,
        Self::Subscription,
        Self::AzureSubscription,
        Self::ReservationOrder,
        Self::Reservation,
        Self::ArtifactGroup,
        Self::ArtifactLine,
        Self::Operation,
        Self::RoleAssignment,
        Self::Session,
        Self::SupportCase,
        Self::ServiceRequest,
        Self::SupportTicket,
        Self::SupportMessage,
        Self::SupportOperation,
        Self::OneTimeInvoice,
        Self::RecurringInvoice,
        Self::TaxReceipt,
    ];
}

const DRAWS: usize = Draw::TaxReceipt as usize + 1;

/// Makes identifiers from a seed: the same seed and the same order of draws of a kind give the same
/// identifiers, whatever else is drawn between.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IdGenerator {
    namespace: Uuid,
    #[serde(with = "drawn")]
    drawn: [u64; DRAWS],
    /// Ids that are to be given out next, for fixtures that name theirs.
    preset: Vec<(Draw, Arc<str>)>,
}

/// The counters by kind, without those that stand at zero.
mod drawn {
    use std::collections::BTreeMap;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{DRAWS, Draw};

    /// Most draws of one kind; far from where counting on would overflow.
    const MOST_DRAWN: u64 = 1 << 53;

    pub fn serialize<S: Serializer>(drawn: &[u64; DRAWS], to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(
            Draw::ALL.iter().map(|draw| (draw, drawn[*draw as usize])).filter(|it| it.1 > 0),
        )
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u64; DRAWS], D::Error> {
        let mut drawn = [0; DRAWS];
        for (draw, count) in BTreeMap::<Draw, u64>::deserialize(from)? {
            if count > MOST_DRAWN {
                return Err(D::Error::custom(format!("a count of draws is at most {MOST_DRAWN}")));
            }
            drawn[draw as usize] = count;
        }
        Ok(drawn)
    }
}

impl IdGenerator {
    /// A generator at the start of the sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_OID, &seed.to_be_bytes());
        Self { namespace, drawn: [0; DRAWS], preset: Vec::new() }
    }

    /// What the seed stands for: a name space for whatever is derived from it beside identifiers.
    pub fn name_space(&self) -> Uuid {
        self.namespace
    }

    /// Makes the next draw of a kind give `id`. Ids set for one kind are given out in turn.
    pub fn preset(&mut self, draw: Draw, id: &str) {
        self.preset.push((draw, Arc::from(id)));
    }

    fn take_preset(&mut self, draw: Draw) -> Option<Arc<str>> {
        if self.preset.is_empty() {
            return None;
        }
        let at = self.preset.iter().position(|(of, _)| *of == draw)?;
        Some(self.preset.remove(at).1)
    }

    fn next(&mut self, draw: Draw) -> Uuid {
        let count = &mut self.drawn[draw as usize];
        *count += 1;
        let mut name = [0_u8; 16];
        name[..8].copy_from_slice(&(draw as u64).to_be_bytes());
        name[8..].copy_from_slice(&count.to_be_bytes());
        Uuid::new_v5(&self.namespace, &name)
    }

    /// A GUID that looks like a random one (version 4).
    pub fn guid(&mut self, draw: Draw) -> Uuid {
        if let Some(id) = self.take_preset(draw).and_then(|text| parse_guid(&text).ok()) {
            return id;
        }
        let mut bytes = self.next(draw).into_bytes();
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        Uuid::from_bytes(bytes)
    }

    /// How many of a kind have been drawn, with this one: 1, 2, 3…
    pub fn count(&mut self, draw: Draw) -> u64 {
        self.drawn[draw as usize] += 1;
        self.drawn[draw as usize]
    }

    /// `length` characters of `alphabet`. At most 64 characters.
    pub fn text(&mut self, draw: Draw, alphabet: &[u8], length: usize) -> String {
        let first = self.next(draw);
        let mut text = String::with_capacity(length);
        let mut block = first;
        while text.len() < length {
            for byte in block.as_bytes() {
                if text.len() == length {
                    break;
                }
                text.push(char::from(alphabet[usize::from(*byte) % alphabet.len()]));
            }
            block = Uuid::new_v5(&first, block.as_bytes());
        }
        text
    }

    /// A modern order id: 33 characters ending in `1`.
    pub fn order(&mut self) -> OrderId {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        if let Some(id) = self.take_preset(Draw::Order) {
            return OrderId(id);
        }
        let mut text = self.text(Draw::Order, ALPHABET, 32);
        text.push('1');
        OrderId(Arc::from(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_kind_of_draw_shifts_no_id() {
        let mut alone = IdGenerator::new(7);
        let expected = [alone.guid(Draw::Cart), alone.guid(Draw::Cart)];
        let mut mixed = IdGenerator::new(7);
        let first = mixed.guid(Draw::Cart);
        mixed.order();
        mixed.guid(Draw::Customer);
        assert_eq!([first, mixed.guid(Draw::Cart)], expected);
    }

    #[test]
    fn guids_look_random_and_differ_by_seed() {
        let id = IdGenerator::new(1).guid(Draw::Customer);
        assert_eq!(id.get_version_num(), 4);
        assert_ne!(id, IdGenerator::new(2).guid(Draw::Customer));
    }

    #[test]
    fn order_ids_have_the_documented_form() {
        let id = IdGenerator::new(1).order();
        assert_eq!(id.0.len(), 33);
        assert!(id.0.ends_with('1'));
    }

    #[test]
    fn guids_are_read_in_any_case_and_nothing_else_is() {
        let text = "5B0E6D1C-8F0A-4A53-9D0D-3F6F2B1C7A10";
        assert_eq!(text.parse::<CustomerId>().unwrap().to_string(), text.to_lowercase());
        for wrong in [
            "",
            "5b0e6d1c",
            "5b0e6d1c8f0a4a539d0d3f6f2b1c7a10",
            "zz0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10",
        ] {
            assert_eq!(wrong.parse::<CustomerId>(), Err(NotAGuid), "{wrong}");
        }
    }
}
