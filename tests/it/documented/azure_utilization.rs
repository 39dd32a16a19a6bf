//! Contract: azure-reservation-utilization.md.

use super::{Case, Page, case, check, get, patch};
use serde_json::json;

pub const PAGE: Page = Page { name: "utilisation in Azure", shapes: SHAPES, cases: CASES };

#[test]
fn utilisation_in_azure_is_as_documented() {
    check(&PAGE);
}

const ORDER: &str =
    "providers/Microsoft.Capacity/reservationorders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
const RESERVATION: &str = "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
const ACCOUNT: &str = "providers/Microsoft.Billing/billingAccounts/a1%3Ab2_2019-05-31";

const SHAPES: &[(&str, &str)] = &[
    ("Row", "id:text name:text"),
    ("Summary", ":Row type:=Microsoft.Consumption/reservationSummaries properties:Use"),
    (
        "Use",
        "reservationOrderId,reservationId:guid skuName:text kind:=Reservation \
        reservedHours,usedHours:decimal usageDate:utc \
        minUtilizationPercentage,avgUtilizationPercentage,maxUtilizationPercentage:decimal \
        purchasedQuantity,remainingQuantity,totalReservedQuantity,usedQuantity:decimal \
        utilizedPercentage:decimal",
    ),
    ("Detail", ":Row type:=Microsoft.Consumption/reservationDetails properties:Instance"),
    (
        "Instance",
        "reservationOrderId,reservationId:guid usageDate:utc skuName:text instanceId:path \
        totalReservedQuantity,reservedHours,usedHours:decimal instanceFlexibilityGroup:text \
        instanceFlexibilityRatio:text kind:=Reservation",
    ),
    ("Refusal", "error.code,error.message:text"),
];

const FEBRUARY: &str =
    "$filter=properties/usageDate%20ge%202026-02-01%20AND%20properties/usageDate%20le%202026-02-28";
const SUMMARIES: &str = "value[]:Summary";
const DETAILS: &str = "value[]:Detail";

fn consumption(scope: &str, rest: &str) -> String {
    format!("/{scope}/providers/Microsoft.Consumption/{rest}&api-version=2024-08-01")
}

fn reservation() -> String {
    format!("{ORDER}/reservations/{RESERVATION}")
}

fn profile() -> String {
    format!("{ACCOUNT}/billingProfiles/P-1")
}

fn billing(rest: &str) -> String {
    format!("/{ACCOUNT}{rest}?api-version=2024-04-01")
}

fn refused(rest: &str) -> super::Request {
    get(billing(rest))
}

const CASES: &[Case] = &[
    case("listReservationSummaries", 200, SUMMARIES, |_| {
        get(consumption(ORDER, &format!("reservationSummaries?grain=daily&{FEBRUARY}")))
    }),
    case("listReservationSummaries", 200, SUMMARIES, |_| {
        get(consumption(&reservation(), &format!("reservationSummaries?grain=daily&{FEBRUARY}")))
    }),
    case("listReservationSummaries", 200, SUMMARIES, |_| {
        get(consumption(ORDER, "reservationSummaries?grain=monthly"))
    }),
    case("listReservationSummaries", 200, "value[]:Summary value[].id:path", |_| {
        get(consumption(
            &profile(),
            "reservationSummaries?grain=Daily&startDate=2026-02-01&endDate=2026-02-28",
        ))
    }),
    case("listReservationSummaries", 200, SUMMARIES, |_| {
        get(consumption(
            &profile(),
            &format!(
                "reservationSummaries?grain=daily&startDate=2026-02-01&endDate=2026-02-28&reservationId={RESERVATION}&reservationOrderId=3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903"
            ),
        ))
    }),
    case("listReservationSummaries", 400, ":Refusal error.code:=BadRequest", |_| {
        get(consumption(ORDER, "reservationSummaries?grain=daily"))
    }),
    case("listReservationDetails", 200, DETAILS, |_| {
        get(consumption(ORDER, &format!("reservationDetails?{FEBRUARY}")))
    }),
    case("listReservationDetails", 200, DETAILS, |_| {
        get(consumption(&reservation(), &format!("reservationDetails?{FEBRUARY}")))
    }),
    case("listReservationDetails", 200, DETAILS, |_| {
        get(consumption(&profile(), "reservationDetails?startDate=2026-02-01&endDate=2026-02-28"))
    }),
    case("listReservationDetails", 400, ":Refusal error.code:=BadRequest", |_| {
        get(consumption(ORDER, "reservationDetails?x=1"))
    }),
    case("listReservationRecommendations", 200, "value[*]:object", |_| {
        get(consumption(
            "subscriptions/7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18",
            "reservationRecommendations?$filter=properties/scope%20eq%20'Single'",
        ))
    }),
    case("getReservationRecommendationDetails", 204, "-", |_| {
        get(consumption(
            "subscriptions/7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18",
            "reservationRecommendationDetails?scope=Single&region=eastus&term=P1Y&lookBackPeriod=Last7Days&product=Standard_D2s_v4",
        ))
    }),
    // 3. The views of Microsoft.Billing are not for partners.
    case("listBillingReservations", 403, ":Refusal error.code:=AuthorizationFailed", |_| {
        refused("/reservations")
    }),
    case("listBillingProfileReservations", 403, ":Refusal error.code:=AuthorizationFailed", |_| {
        refused("/billingProfiles/P-1/reservations")
    }),
    case("listBillingReservationOrders", 403, ":Refusal error.code:=AuthorizationFailed", |_| {
        refused("/reservationOrders")
    }),
    case("getBillingReservationOrder", 403, ":Refusal error.code:=AuthorizationFailed", |_| {
        refused("/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903")
    }),
    case("listBillingReservationsOfOrder", 403, ":Refusal error.code:=AuthorizationFailed", |_| {
        refused("/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903/reservations")
    }),
    case("getBillingReservation", 403, ":Refusal error.code:=AuthorizationFailed", |_| {
        refused(&format!(
            "/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903/reservations/{RESERVATION}"
        ))
    }),
    case("updateBillingReservation", 403, ":Refusal error.code:=AuthorizationFailed", |_| {
        let path = format!(
            "/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903/reservations/{RESERVATION}"
        );
        patch(billing(&path), &json!({ "properties": { "name": "renamed" } }))
    }),
];
