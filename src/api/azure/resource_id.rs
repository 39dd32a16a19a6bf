//! Resource ids in what clients send: in any casing, with slashes missing or doubled, and bare GUIDs
//! where clients are known to send them (contract: azure-reservations.md §4.1, §5.1-§5.3;
//! real-clients.md §4). Whether what an id names exists is not asked here.

use crate::domain::ids::{AzureSubscriptionId, ReservationId, ReservationOrderId, parse_guid};

const SUBSCRIPTION: &str = "/subscriptions/{subscription GUID}";
const RESOURCE_GROUP: &str = "/subscriptions/{subscription GUID}/resourceGroups/{name}";
const MANAGEMENT_GROUP: &str = "/providers/Microsoft.Management/managementGroups/{name}";
const ORDER: &str = "/providers/Microsoft.Capacity/reservationOrders/{order GUID}";
const RESERVATION: &str =
    "/providers/Microsoft.Capacity/reservationOrders/{order GUID}/reservations/{reservation GUID}";

/// Longest name of a resource group or management group.
const LONGEST_NAME: usize = 90;

/// A text that is not the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not the id of {what}; it has the form {form}")]
pub struct ResourceIdError {
    /// What the client sent, shortened.
    pub given: String,
    /// What the id should name.
    pub what: &'static str,
    /// The form that such an id has.
    pub form: String,
}

/// A resource group, which is in a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceGroupId {
    /// The subscription.
    pub subscription: AzureSubscriptionId,
    /// The name as it was sent; its casing does not count.
    pub name: String,
}

/// What a reservation can be scoped to by one id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeId {
    /// A subscription.
    Subscription(AzureSubscriptionId),
    /// A resource group.
    ResourceGroup(ResourceGroupId),
}

/// A reservation, and its order when the id tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReservationReference {
    /// The order; absent in a bare GUID.
    pub order: Option<ReservationOrderId>,
    /// The reservation.
    pub reservation: ReservationId,
}

/// Reads `/subscriptions/{S}` or a bare GUID.
pub fn subscription(text: &str) -> Result<AzureSubscriptionId, ResourceIdError> {
    let guid = match segments(text).as_slice() {
        [guid] => parse_guid(guid).ok(),
        [word, guid] if word.eq_ignore_ascii_case("subscriptions") => parse_guid(guid).ok(),
        _ => None,
    };
    guid.map(AzureSubscriptionId)
        .ok_or_else(|| error(text, "a subscription", &[SUBSCRIPTION, "{subscription GUID}"]))
}

/// Reads `/subscriptions/{S}/resourceGroups/{name}`.
pub fn resource_group(text: &str) -> Result<ResourceGroupId, ResourceIdError> {
    read_resource_group(&segments(text))
        .ok_or_else(|| error(text, "a resource group", &[RESOURCE_GROUP]))
}

/// Reads the id of a subscription, bare GUID included, or of a resource group: what `appliedScopes`
/// holds.
pub fn scope(text: &str) -> Result<ScopeId, ResourceIdError> {
    if let Ok(id) = subscription(text) {
        return Ok(ScopeId::Subscription(id));
    }
    resource_group(text).map(ScopeId::ResourceGroup).map_err(|_| {
        error(text, "a subscription or a resource group", &[SUBSCRIPTION, RESOURCE_GROUP])
    })
}

/// Reads `/providers/Microsoft.Management/managementGroups/{name}` or the bare name, and gives the
/// name.
pub fn management_group(text: &str) -> Result<String, ResourceIdError> {
    let segments = segments(text);
    let name = match segments.as_slice() {
        [name] => Some(*name),
        [providers, namespace, kind, name]
            if providers.eq_ignore_ascii_case("providers")
                && namespace.eq_ignore_ascii_case("Microsoft.Management")
                && kind.eq_ignore_ascii_case("managementGroups") =>
        {
            Some(*name)
        }
        _ => None,
    };
    name.filter(|name| is_group_name(name))
        .map(str::to_owned)
        .ok_or_else(|| error(text, "a management group", &[MANAGEMENT_GROUP]))
}

/// Reads `/providers/Microsoft.Capacity/reservationOrders/{O}` or a bare GUID.
pub fn reservation_order(text: &str) -> Result<ReservationOrderId, ResourceIdError> {
    let segments = segments(text);
    let guid = match below_capacity(&segments).unwrap_or(&segments) {
        [guid] => parse_guid(guid).ok(),
        _ => None,
    };
    guid.map(ReservationOrderId)
        .ok_or_else(|| error(text, "a reservation order", &[ORDER, "{order GUID}"]))
}

/// Reads `/providers/Microsoft.Capacity/reservationOrders/{O}/reservations/{R}`, `{O}/{R}`, which
/// old api-versions give as the name, or a bare GUID.
pub fn reservation(text: &str) -> Result<ReservationReference, ResourceIdError> {
    let segments = segments(text);
    read_reservation(&segments)
        .ok_or_else(|| error(text, "a reservation", &[RESERVATION, "{reservation GUID}"]))
}

fn read_resource_group(segments: &[&str]) -> Option<ResourceGroupId> {
    let [subscriptions, guid, groups, name] = segments else { return None };
    let fits = subscriptions.eq_ignore_ascii_case("subscriptions")
        && groups.eq_ignore_ascii_case("resourceGroups")
        && is_group_name(name);
    let subscription = AzureSubscriptionId(parse_guid(guid).ok()?);
    fits.then(|| ResourceGroupId { subscription, name: (*name).to_owned() })
}

fn read_reservation(segments: &[&str]) -> Option<ReservationReference> {
    let pair = |order: &str, reservation: &str| {
        Some(ReservationReference {
            order: Some(ReservationOrderId(parse_guid(order).ok()?)),
            reservation: ReservationId(parse_guid(reservation).ok()?),
        })
    };
    match (below_capacity(segments), segments) {
        (Some([order, word, reservation]), _) if word.eq_ignore_ascii_case("reservations") => {
            pair(order, reservation)
        }
        (None, [order, reservation]) => pair(order, reservation),
        (None, [guid]) => {
            let reservation = ReservationId(parse_guid(guid).ok()?);
            Some(ReservationReference { order: None, reservation })
        }
        _ => None,
    }
}

/// What follows `providers/Microsoft.Capacity/reservationOrders`.
fn below_capacity<'a, 'b>(segments: &'a [&'b str]) -> Option<&'a [&'b str]> {
    let [providers, namespace, kind, rest @ ..] = segments else { return None };
    let fits = providers.eq_ignore_ascii_case("providers")
        && namespace.eq_ignore_ascii_case("Microsoft.Capacity")
        && kind.eq_ignore_ascii_case("reservationOrders");
    fits.then_some(rest)
}

/// The parts between slashes; slashes at the ends and doubled ones count for nothing. No id has
/// more than six parts: what is longer is cut after the seventh and fits nothing.
fn segments(text: &str) -> Vec<&str> {
    text.trim().split('/').filter(|part| !part.is_empty()).take(7).collect()
}

fn is_group_name(name: &str) -> bool {
    name.chars().count() <= LONGEST_NAME
        && !name.ends_with('.')
        && name.chars().all(|c| c.is_alphanumeric() || "_-.()".contains(c))
}

fn error(text: &str, what: &'static str, forms: &[&str]) -> ResourceIdError {
    const LONGEST_SHOWN: usize = 150;
    let mut given: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_SHOWN).collect();
    if text.chars().nth(LONGEST_SHOWN).is_some() {
        given.push('…');
    }
    ResourceIdError { given, what, form: forms.join(" or ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: &str = "a1b2c3d4-0001-4000-8000-000000000001";
    const O: &str = "a1b2c3d4-0002-4000-8000-000000000002";
    const R: &str = "a1b2c3d4-0003-4000-8000-000000000003";

    fn filled(form: &str) -> String {
        form.replace("{S}", S).replace("{O}", O).replace("{R}", R)
    }

    #[test]
    fn subscriptions() {
        for form in [
            "{S}",
            "/subscriptions/{S}",
            "subscriptions/{S}",
            "/Subscriptions/{S}/",
            "//SUBSCRIPTIONS//{S}",
            " /subscriptions/{S} ",
        ] {
            let text = filled(form);
            assert_eq!(subscription(&text).unwrap().to_string(), S, "{text}");
            assert_eq!(subscription(&text.to_uppercase()).unwrap().to_string(), S, "{text}");
        }
        for form in
            ["", "/", "/subscriptions", "/subscriptions/x", "/tenants/{S}", "/subscriptions/{S}/x"]
        {
            assert!(subscription(&filled(form)).is_err(), "{form}");
        }
        let told = subscription("/subscriptions/mine").unwrap_err().to_string();
        assert_eq!(
            told,
            "`/subscriptions/mine` is not the id of a subscription; it has the form \
             /subscriptions/{subscription GUID} or {subscription GUID}"
        );
    }

    #[test]
    fn resource_groups() {
        for (form, name) in [
            ("/subscriptions/{S}/resourceGroups/web-tier", "web-tier"),
            ("/subscriptions/{S}/resourcegroups/Web.Tier_1(a)", "Web.Tier_1(a)"),
            ("subscriptions/{S}/RESOURCEGROUPS/größe/", "größe"),
        ] {
            let id = resource_group(&filled(form)).unwrap();
            assert_eq!((id.subscription.to_string().as_str(), id.name.as_str()), (S, name));
        }
        let long = format!("/subscriptions/{S}/resourceGroups/{}", "g".repeat(91));
        for text in [
            filled("/subscriptions/{S}"),
            filled("/subscriptions/{S}/resourceGroups"),
            filled("/subscriptions/{S}/resourceGroups/ends."),
            filled("/subscriptions/{S}/resourceGroups/a b"),
            filled("/subscriptions/{S}/resourceGroups/a/providers"),
            long,
        ] {
            assert!(resource_group(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn scopes_are_subscriptions_or_resource_groups() {
        assert!(matches!(scope(S), Ok(ScopeId::Subscription(_))));
        assert!(matches!(scope(&filled("/subscriptions/{S}")), Ok(ScopeId::Subscription(_))));
        assert!(matches!(
            scope(&filled("/subscriptions/{S}/resourceGroups/web")),
            Ok(ScopeId::ResourceGroup(_))
        ));
        let told = scope(&filled("/providers/Microsoft.Capacity/reservationOrders/{O}"));
        assert!(told.unwrap_err().to_string().contains("/resourceGroups/{name}"));
    }

    #[test]
    fn management_groups() {
        for text in [
            "/providers/Microsoft.Management/managementGroups/mg-1",
            "providers/microsoft.management/MANAGEMENTGROUPS/mg-1/",
            "mg-1",
        ] {
            assert_eq!(management_group(text).unwrap(), "mg-1");
        }
        for text in ["", "a b", "/providers/Microsoft.Management/groups/mg-1", "/x/mg-1"] {
            assert!(management_group(text).is_err(), "{text}");
        }
    }

    #[test]
    fn orders_and_reservations() {
        for form in [
            "{O}",
            "/providers/Microsoft.Capacity/reservationOrders/{O}",
            "/providers/microsoft.capacity/reservationorders/{O}/",
        ] {
            assert_eq!(reservation_order(&filled(form)).unwrap().to_string(), O, "{form}");
        }
        for form in ["x", "{O}/{R}", "/providers/Microsoft.Compute/reservationOrders/{O}"] {
            assert!(reservation_order(&filled(form)).is_err(), "{form}");
        }
        for (form, order) in [
            ("{R}", false),
            ("{O}/{R}", true),
            ("/providers/Microsoft.Capacity/reservationOrders/{O}/reservations/{R}", true),
            ("providers//microsoft.capacity/reservationorders/{O}/Reservations/{R}/", true),
        ] {
            let id = reservation(&filled(form)).unwrap();
            assert_eq!(id.reservation.to_string(), R, "{form}");
            assert_eq!(id.order.map(|id| id.to_string()), order.then(|| O.to_owned()), "{form}");
        }
        for form in [
            "",
            "x",
            "/providers/Microsoft.Capacity/reservationOrders/{O}",
            "/providers/Microsoft.Capacity/reservationOrders/{O}/{R}",
            "/providers/Microsoft.Capacity/reservationOrders/{O}/reservations/{R}/revisions/2",
        ] {
            assert!(reservation(&filled(form)).is_err(), "{form}");
        }
    }

    #[test]
    fn what_a_client_sent_is_shown_shortened() {
        let told = reservation(&"ü\n".repeat(5000)).unwrap_err();
        assert_eq!(told.given.chars().count(), 151);
        assert!(!told.given.contains('\n'));
    }
}
