//! Contract: partner-center-entitlements.md.

use super::{Case, Page, case, check, get, text_at};
use crate::support::{LARKSPUR, Mock};

pub const PAGE: Page = Page { name: "entitlements", shapes: SHAPES, cases: CASES };

#[test]
fn entitlements_are_as_documented() {
    check(&PAGE);
}

const SHAPES: &[(&str, &str)] = &[
    (
        "Entitlement",
        "includedEntitlements[*]:Entitlement referenceOrder.id:text \
        referenceOrder.lineItemId:digits referenceOrder.alternateId:text productId,skuId:text \
        quantity:int quantityDetails[].quantity:int \
        quantityDetails[].status:enum(Fulfilled|Unfulfilled|PrefulfillmentPending) \
        entitledArtifacts[*]:Artifact entitlementType:text fulfillmentState:=Fulfilled \
        expiryDate?:instant dynamicAttributes?:ReservationAttributes",
    ),
    (
        "Artifact",
        "artifactType:text link:link resourceId:guid \
        dynamicAttributes?:ReservationAttributes",
    ),
    ("ReservationAttributes", ":map reservationType:text"),
    (
        "Reserved",
        ":Entitlement entitlementType:=reservedinstance \
        dynamicAttributes:ReservationAttributes entitledArtifacts[]:ReservedArtifact",
    ),
    ("ReservedArtifact", "artifactType:=reservedinstance dynamicAttributes:ReservationAttributes"),
    (
        "Legacy",
        ":Entitlement entitlementType:=virtualmachinereservedinstance \
        entitledArtifacts[].artifactType:=virtual_machine_reserved_instance",
    ),
    ("Software", ":Entitlement entitlementType:=software"),
    (
        "Reservation",
        "reservationId:guid scopeType:enum(Shared|Single) displayName:text \
        appliedScopes?[]:text quantity:int expiryDateTime,effectiveDateTime:instant \
        provisioningState:text",
    ),
    (
        "Details",
        "type:=reservedinstance reservations[]:Reservation \
        virtualMachineReservations[]:Reservation reservation[]:Reservation",
    ),
    (
        "LegacyDetails",
        "type:=virtual_machine_reserved_instance \
        virtualMachineReservations[]:Reservation",
    ),
];

fn of(query: &str) -> String {
    format!("/v1/customers/{LARKSPUR}/entitlements{query}")
}

/// The details behind the first artifact of a list whose reservation has that scope.
fn details(mock: &Mock, kind: &str, scope: &str) -> super::Request {
    let list = mock.get(&of(&format!("?entitlementType={kind}")));
    let items = list["items"].as_array().unwrap();
    let links = items.iter().map(|it| text_at(it, "/entitledArtifacts/0/link/uri"));
    let link = links
        .map(|it| format!("/v1{it}"))
        .find(|it| mock.get(it)["virtualMachineReservations"][0]["scopeType"] == *scope);
    get(link.unwrap())
}

const CASES: &[Case] = &[
    case("listEntitlements", 200, ":Collection items[]:Entitlement", |_| get(of(""))),
    case(
        "listEntitlements",
        200,
        ":Collection items[]:Reserved items[].expiryDate:instant",
        |_| get(of("?entitlementType=reservedInstance&showExpiry=true")),
    ),
    case("listEntitlements", 200, ":Collection items[]:Software", |_| {
        get(of("?entitlementType=software&showExpiry=True"))
    }),
    case("listEntitlements", 200, ":Collection items[]:Legacy", |_| {
        get(of("?entitlementtype=virtualmachinereservedinstance"))
    }),
    case("getReservedInstanceArtifact", 200, ":Details", |at| {
        details(at, "reservedinstance", "Shared")
    }),
    case(
        "getReservedInstanceArtifact",
        200,
        ":Details reservations[].appliedScopes[]:text",
        |at| details(at, "reservedinstance", "Single"),
    ),
    case("getVirtualMachineReservedInstanceArtifact", 200, ":LegacyDetails", |at| {
        details(at, "virtualmachinereservedinstance", "Shared")
    }),
];
