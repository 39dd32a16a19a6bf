//! Where a role holds: the places of Azure Resource Manager that the mock knows, and what lies below
//! what (contract: azure-authorization.md §1).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::ids::{AzureSubscriptionId, ReservationId, ReservationOrderId};
use crate::domain::words::text_form;

/// Longest text that is read as a scope, in bytes.
const LONGEST: usize = 2048;

/// A name whose casing is kept and does not count.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AnyCase(Box<str>);

impl AnyCase {
    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn folded(&self) -> impl Iterator<Item = u8> {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl From<&str> for AnyCase {
    fn from(text: &str) -> Self {
        Self(Box::from(text))
    }
}

impl PartialEq for AnyCase {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for AnyCase {}

impl PartialOrd for AnyCase {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for AnyCase {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

/// A place where a role can be assigned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// `/`: everything in the tenant.
    Root,
    /// All reservations of the tenant.
    Capacity,
    /// A reservation order.
    Order(ReservationOrderId),
    /// A reservation.
    Reservation(ReservationOrderId, ReservationId),
    /// An Azure subscription.
    Subscription(AzureSubscriptionId),
    /// A resource group.
    ResourceGroup(AzureSubscriptionId, AnyCase),
    /// A resource of a subscription.
    Resource {
        /// Its subscription.
        subscription: AzureSubscriptionId,
        /// Its resource group, if it lies in one.
        group: Option<AnyCase>,
        /// Namespace and then pairs of type and name: `Microsoft.Compute/virtualMachines/web01`.
        path: AnyCase,
    },
}

impl Scope {
    /// The scope directly above; none above the root.
    ///
    /// Reservations lie below their order and that below the provider, never below a subscription.
    pub fn parent(&self) -> Option<Self> {
        match self {
            Self::Root => None,
            Self::Capacity | Self::Subscription(_) => Some(Self::Root),
            Self::Order(_) => Some(Self::Capacity),
            Self::Reservation(order, _) => Some(Self::Order(*order)),
            Self::ResourceGroup(subscription, _) => Some(Self::Subscription(*subscription)),
            Self::Resource { subscription, group, path } => {
                let mut segments: Vec<&str> = path.as_str().split('/').collect();
                if segments.len() > 4 {
                    segments.truncate(segments.len() - 2);
                    let path = AnyCase::from(segments.join("/").as_str());
                    let (subscription, group) = (*subscription, group.clone());
                    return Some(Self::Resource { subscription, group, path });
                }
                Some(match group {
                    Some(group) => Self::ResourceGroup(*subscription, group.clone()),
                    None => Self::Subscription(*subscription),
                })
            }
        }
    }

    /// This scope and all above it, from the bottom up.
    pub fn and_above(&self) -> impl Iterator<Item = Self> + use<> {
        std::iter::successors(Some(self.clone()), Self::parent)
    }

    /// Whether what holds here holds at `other` too: it is this scope or lies below it.
    pub fn covers(&self, other: &Self) -> bool {
        other.and_above().any(|above| above == *self)
    }

    /// The Azure subscription this scope lies in.
    pub fn subscription(&self) -> Option<AzureSubscriptionId> {
        match self {
            Self::Subscription(id)
            | Self::ResourceGroup(id, _)
            | Self::Resource { subscription: id, .. } => Some(*id),
            Self::Root | Self::Capacity | Self::Order(_) | Self::Reservation(..) => None,
        }
    }

    /// The id of something of this provider at the scope, for example
    /// `{scope}/providers/Microsoft.Authorization/roleAssignments/{name}`.
    pub fn id_of(&self, provider_path: &str) -> String {
        match self {
            Self::Root => format!("/providers/{provider_path}"),
            _ => format!("{self}/providers/{provider_path}"),
        }
    }
}

text_form!(Scope, NotAScope);

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CAPACITY: &str = "/providers/Microsoft.Capacity";
        match self {
            Self::Root => f.write_str("/"),
            Self::Capacity => f.write_str(CAPACITY),
            Self::Order(order) => write!(f, "{CAPACITY}/reservationOrders/{order}"),
            Self::Reservation(order, id) => {
                write!(f, "{CAPACITY}/reservationOrders/{order}/reservations/{id}")
            }
            Self::Subscription(id) => write!(f, "/subscriptions/{id}"),
            Self::ResourceGroup(id, group) => {
                write!(f, "/subscriptions/{id}/resourceGroups/{}", group.as_str())
            }
            Self::Resource { subscription, group, path } => {
                write!(f, "/subscriptions/{subscription}")?;
                if let Some(group) = group {
                    write!(f, "/resourceGroups/{}", group.as_str())?;
                }
                write!(f, "/providers/{}", path.as_str())
            }
        }
    }
}

/// The text names no scope that the mock knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error(
    "is not a scope; use /, /providers/Microsoft.Capacity[/reservationOrders/{{id}}\
     [/reservations/{{id}}]] or /subscriptions/{{id}}[/resourceGroups/{{name}}\
     [/providers/{{namespace}}/{{type}}/{{name}}]]"
)]
pub struct NotAScope;

impl FromStr for Scope {
    type Err = NotAScope;

    /// Reads a scope in any casing, with or without a slash in front, with slashes repeated.
    fn from_str(text: &str) -> Result<Self, NotAScope> {
        if text.len() > LONGEST {
            return Err(NotAScope);
        }
        let segments: Vec<&str> = text.split('/').filter(|it| !it.is_empty()).collect();
        let is = |index: usize, word: &str| {
            segments.get(index).is_some_and(|segment| segment.eq_ignore_ascii_case(word))
        };
        match segments.as_slice() {
            [] => Ok(Self::Root),
            [_, _, rest @ ..] if is(0, "providers") && is(1, "microsoft.capacity") => match rest {
                [] => Ok(Self::Capacity),
                [_, order] if is(2, "reservationorders") => {
                    Ok(Self::Order(order.parse().map_err(|_| NotAScope)?))
                }
                [_, order, _, id] if is(2, "reservationorders") && is(4, "reservations") => {
                    let order = order.parse().map_err(|_| NotAScope)?;
                    Ok(Self::Reservation(order, id.parse().map_err(|_| NotAScope)?))
                }
                _ => Err(NotAScope),
            },
            [_, id, rest @ ..] if is(0, "subscriptions") => {
                let subscription = id.parse().map_err(|_| NotAScope)?;
                match rest {
                    [] => Ok(Self::Subscription(subscription)),
                    [_, group] if is(2, "resourcegroups") => {
                        Ok(Self::ResourceGroup(subscription, AnyCase::from(*group)))
                    }
                    [_, group, _, path @ ..] if is(2, "resourcegroups") && is(4, "providers") => {
                        resource(subscription, Some(group), path)
                    }
                    [_, path @ ..] if is(2, "providers") => resource(subscription, None, path),
                    _ => Err(NotAScope),
                }
            }
            _ => Err(NotAScope),
        }
    }
}

fn resource(
    subscription: AzureSubscriptionId,
    group: Option<&str>,
    path: &[&str],
) -> Result<Scope, NotAScope> {
    // A namespace and at least one pair of type and name.
    if path.len() < 3 || path.len().is_multiple_of(2) {
        return Err(NotAScope);
    }
    let path = AnyCase::from(path.join("/").as_str());
    Ok(Scope::Resource { subscription, group: group.map(AnyCase::from), path })
}

#[cfg(test)]
mod tests {
    use super::*;

    const O: &str = "2f0a8c51-6b3d-4e97-9a14-c08d5e7b2f63";
    const R: &str = "91b7d3e0-5c2a-4f68-8d49-e7a0c6b1f352";
    const S: &str = "6e4c1a97-08bd-4d35-b2f6-3a9170e5c8d4";

    fn filled(text: &str) -> String {
        text.replace("{O}", O).replace("{R}", R).replace("{S}", S)
    }

    fn scope(text: &str) -> Scope {
        filled(text).parse().unwrap()
    }

    #[test]
    fn any_casing_and_any_slashes_are_read_and_written_in_one_form() {
        let cases = [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("providers/Microsoft.Capacity", "/providers/Microsoft.Capacity"),
            ("//PROVIDERS//microsoft.capacity/", "/providers/Microsoft.Capacity"),
            (
                "/providers/microsoft.capacity/reservationorders/{O}",
                "/providers/Microsoft.Capacity/reservationOrders/{O}",
            ),
            (
                "providers/Microsoft.Capacity/reservationOrders/{O}//RESERVATIONS/{R}",
                "/providers/Microsoft.Capacity/reservationOrders/{O}/reservations/{R}",
            ),
            ("/Subscriptions/{S}", "/subscriptions/{S}"),
            (
                "/subscriptions/{S}/resourcegroups/Web-Prod",
                "/subscriptions/{S}/resourceGroups/Web-Prod",
            ),
            (
                "/subscriptions/{S}/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/w1",
                "/subscriptions/{S}/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/w1",
            ),
            ("/subscriptions/{S}/providers/A.B/c/d", "/subscriptions/{S}/providers/A.B/c/d"),
        ];
        for (given, expected) in cases {
            assert_eq!(scope(given).to_string(), filled(expected), "{given}");
            assert_eq!(scope(&filled(given).to_uppercase()), scope(expected), "{given} upper-case");
        }
    }

    #[test]
    fn what_is_no_scope_is_refused() {
        let long = format!("/subscriptions/{S}/resourceGroups/{}", "x".repeat(LONGEST));
        for wrong in [
            "providers",
            "providers/Microsoft.Compute",
            "providers/Microsoft.Capacity/catalogs",
            "providers/Microsoft.Capacity/reservationOrders",
            "providers/Microsoft.Capacity/reservationOrders/17",
            "providers/Microsoft.Capacity/reservationOrders/{O}/reservations",
            "providers/Microsoft.Capacity/reservationOrders/{O}/reservations/x",
            "providers/Microsoft.Capacity/reservationOrders/{O}/reservations/{R}/revisions",
            "subscriptions",
            "subscriptions/mine",
            "subscriptions/{S}/resourceGroups",
            "subscriptions/{S}/resourceGroups/g/providers",
            "subscriptions/{S}/resourceGroups/g/providers/A.B/c",
            "subscriptions/{S}/resourceGroups/g/providers/A.B/c/d/e",
            "subscriptions/{S}/things/g",
            &long,
        ] {
            assert_eq!(filled(wrong).parse::<Scope>(), Err(NotAScope), "{wrong}");
        }
    }

    #[test]
    fn inheritance_goes_from_the_top_down_and_not_from_subscriptions_to_reservations() {
        let capacity = "/providers/Microsoft.Capacity";
        let order = "/providers/Microsoft.Capacity/reservationOrders/{O}";
        let other = "/providers/Microsoft.Capacity/reservationOrders/{S}";
        let reservation = "/providers/Microsoft.Capacity/reservationOrders/{O}/reservations/{R}";
        let group = "/subscriptions/{S}/resourceGroups/Web";
        let machine = "/subscriptions/{S}/resourceGroups/WEB/providers/A.B/vm/w1";
        let disk = "/subscriptions/{S}/resourceGroups/web/providers/a.b/VM/w1/disk/d1";
        let shared = "/subscriptions/{S}/providers/A.B/vm/w1";
        let cases = [
            ("/", "/", true),
            ("/", capacity, true),
            ("/", reservation, true),
            ("/", disk, true),
            (capacity, "/", false),
            (capacity, order, true),
            (capacity, reservation, true),
            (capacity, "/subscriptions/{S}", false),
            (order, reservation, true),
            (order, capacity, false),
            (order, other, false),
            (other, reservation, false),
            (reservation, order, false),
            ("/subscriptions/{S}", order, false),
            ("/subscriptions/{S}", reservation, false),
            ("/subscriptions/{S}", group, true),
            ("/subscriptions/{S}", shared, true),
            ("/subscriptions/{O}", group, false),
            (group, machine, true),
            (group, disk, true),
            (group, shared, false),
            (machine, disk, true),
            (disk, machine, false),
            (shared, machine, false),
        ];
        for (above, below, expected) in cases {
            assert_eq!(scope(above).covers(&scope(below)), expected, "{above} over {below}");
        }
    }
}
