//! Contract: azure-reservations.md.

use serde_json::{Value, json};

use super::{Case, Page, case, check, get, patch, post, put, set, text_at};
use crate::support::{Answer, LARKSPUR, Mock, PRAIRIE, arm};

pub const PAGE: Page = Page { name: "reservations in Azure", shapes: SHAPES, cases: CASES };

#[test]
fn reservations_in_azure_are_as_documented() {
    check(&PAGE);
}

/// A reservation of the default fixtures: five, shared.
const ORDER: &str = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
const RESERVATION: &str = "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
/// Another: two, with a single scope, 350 days old.
const OLD_ORDER: &str = "b6e2c9f4-7d31-4a58-9c06-1f8b5d3e7a92";
const OLD_RESERVATION: &str = "5d0f8b3e-6c42-4e97-a1b5-8f2c7d9e0a36";
const SUBSCRIPTION: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
const ORDERS: &str = "/providers/Microsoft.Capacity/reservationOrders";
const CAPACITY: &str = "/providers/Microsoft.Capacity";

const SHAPES: &[(&str, &str)] = &[
    ("Order", "id:path type,name:text etag:int properties:OrderProperties"),
    (
        "OrderProperties",
        "displayName:text requestDateTime:utc createdDateTime?:utc \
        benefitStartTime?:utc expiryDate?:date expiryDateTime?:utc originalQuantity:int \
        term:enum(P1Y|P3Y|P5Y) provisioningState:ProvisioningState \
        billingPlan:enum(Upfront|Monthly) reviewDateTime?:utc reservations[].id:path \
        planInformation?:PlanInformation",
    ),
    // As long as an order is on its way it has no times of its own.
    ("RunningOrder", ":Order type:=microsoft.capacity/reservationOrders properties:InForce"),
    ("InForce", "createdDateTime,benefitStartTime,expiryDateTime:utc expiryDate:date"),
    (
        "ProvisioningState",
        ":enum(Creating|PendingResourceHold|ConfirmedResourceHold|PendingBilling|ConfirmedBilling|Created|Succeeded|Cancelled|Expired|BillingFailed|Failed|Split|Merged|Pending|PendingCapacity)",
    ),
    (
        "PlanInformation",
        "pricingCurrencyTotal:Money startDate:date nextPaymentDueDate?:date \
        transactions[]:Payment",
    ),
    (
        "Payment",
        "dueDate:date paymentDate?:date pricingCurrencyTotal:Money \
        billingCurrencyTotal?:Money billingAccount?:text \
        status:enum(Succeeded|Failed|Scheduled|Cancelled)",
    ),
    (
        "Reservation",
        "id:path name:text type:text location:text etag:int sku.name:text \
        kind??:=Microsoft.Compute properties:ReservationProperties",
    ),
    ("Listed", ":Reservation type:=microsoft.capacity/reservationOrders/reservations name:guid"),
    (
        "ReservationProperties",
        "reservedResourceType:text instanceFlexibility?:enum(On|Off) \
        displayName,skuDescription:text appliedScopeType:enum(Single|Shared|ManagementGroup) \
        appliedScopes?[]:path appliedScopeProperties?:AppliedScope \
        userFriendlyAppliedScopeType:enum(None|Shared|Single|ResourceGroup|ManagementGroup) \
        archived:bool capabilities?:text quantity:int provisioningState:ProvisioningState \
        provisioningSubState:text \
        displayProvisioningState:enum(Succeeded|Expiring|Expired|Pending|Processing|Cancelled|Failed|Warning|NoBenefit) \
        benefitStartTime,effectiveDateTime,purchaseDateTime,lastUpdatedDateTime:utc expiryDateTime?:utc \
        purchaseDate:date expiryDate?:date term:enum(P1Y|P3Y|P5Y) billingPlan:enum(Upfront|Monthly) \
        billingScopeId:path renew:bool \
        userFriendlyRenewState:enum(On|Off|Renewed|NotRenewed|NotApplicable) \
        utilization?:Utilization extendedStatusInfo?:StatusInfo splitProperties?:Lineage \
        mergeProperties?:Lineage swapProperties??:Lineage renewProperties?:RenewProperties \
        renewSource?,renewDestination?:text",
    ),
    (
        "AppliedScope",
        "subscriptionId?,resourceGroupId?:path tenantId?:guid managementGroupId?:path \
        displayName:text",
    ),
    ("Utilization", "trend?:enum(UP|DOWN|SAME) aggregates[*]:Aggregate"),
    ("Aggregate", "grain,value:decimal grainUnit:=days valueUnit:=percentage"),
    // `swapProperties` come from a swap to the twin of a size with premium storage, which is not built.
    ("StatusInfo", "statusCode,message:text"),
    (
        "Lineage",
        "splitSource?,mergeDestination?,swapSource??,swapDestination??:text \
        splitDestinations?[]:text mergeSources?[]:text",
    ),
    (
        "RenewProperties",
        "purchaseProperties:PurchaseRequest \
        pricingCurrencyTotal,billingCurrencyTotal:Money",
    ),
    ("PurchaseRequest", "sku.name:text location:text properties:PurchaseProperties"),
    (
        "PurchaseProperties",
        "reservedResourceType:text billingScopeId:path term,billingPlan:text \
        quantity:int displayName:text appliedScopeType:text renew:bool \
        reservedResourceProperties?.instanceFlexibility:text",
    ),
    ("Operation", "name:text isDataAction:bool display:OperationDisplay origin:text"),
    ("OperationDisplay", "provider,resource,operation,description:text"),
    (
        "Summary",
        "succeededCount,failedCount,expiringCount,expiredCount,pendingCount:decimal \
        cancelledCount,processingCount,warningCount,noBenefitCount:decimal",
    ),
    (
        "CatalogItem",
        "resourceType,name:text billingPlans:BillingPlans terms[]:enum(P1Y|P3Y|P5Y) \
        locations[]:text skuProperties[].name:text skuProperties[].value:string msrp:Prices \
        restrictions[*]:Restriction tier?,size?:text capabilities?[]:Property",
    ),
    ("BillingPlans", "P1Y?[]:enum(Upfront|Monthly) P3Y?[]:enum(Upfront|Monthly)"),
    ("Prices", "p1Y?,p3Y?:Money"),
    ("Restriction", "type:text values[]:text reasonCode:text"),
    ("Property", "name:text value:string"),
    (
        "AppliedReservations",
        "id:path type:=Microsoft.Capacity/AppliedReservations name:=default \
        properties.reservationOrderIds.value[]:path",
    ),
    (
        "Price",
        "billingCurrencyTotal,pricingCurrencyTotal:Money netTotal,taxTotal,grandTotal:decimal \
        isTaxIncluded:bool isBillingPartnerManaged:=true reservationOrderId:guid \
        skuTitle,skuDescription:text paymentSchedule?[]:Payment",
    ),
    ("Refund", "id:path properties:RefundProperties"),
    (
        "RefundProperties",
        "sessionId:guid quantity:int billingRefundAmount,pricingRefundAmount:Money \
        policyResult.properties:RefundPolicy billingInformation:RefundBilling",
    ),
    ("RefundPolicy", "consumedRefundsTotal,maxRefundLimit:Money policyErrors[*]:PolicyError"),
    ("PolicyError", "code,message:text"),
    (
        "RefundBilling",
        "billingPlan:enum(Upfront|Monthly) completedTransactions,totalTransactions:int \
        :ExchangeBilling",
    ),
    (
        "ExchangeBilling",
        "billingCurrencyTotalPaidAmount,billingCurrencyProratedAmount:Money \
        billingCurrencyRemainingCommitmentAmount:Money",
    ),
    (
        "Calculated",
        "id:path name:guid status:enum(Succeeded|Failed) properties:CalculatedProperties",
    ),
    (
        "CalculatedProperties",
        "sessionId?:guid netPayable,refundsTotal,purchasesTotal:Money \
        reservationsToPurchase[]:Purchase savingsPlansToPurchase[*]:object \
        reservationsToExchange[]:Returned policyResult:object",
    ),
    ("Purchase", "properties:PurchaseRequest billingCurrencyTotal:Money"),
    (
        "Returned",
        "reservationId:path quantity:int billingRefundAmount:Money \
        billingInformation:ExchangeBilling",
    ),
    (
        "Exchanged",
        ":Calculated status:=Succeeded properties.sessionId:guid \
        properties.reservationsToPurchase[].reservationOrderId:path \
        properties.reservationsToPurchase[].reservationId:path \
        properties.reservationsToPurchase[].status:=Succeeded \
        properties.reservationsToExchange[].status:=Succeeded",
    ),
    ("Moved", "id:guid name:text isSucceeded:bool error??:text"),
];

fn of_order(rest: &str) -> String {
    arm(&format!("{ORDERS}/{ORDER}{rest}"))
}

fn of_reservation(rest: &str) -> String {
    of_order(&format!("/reservations/{RESERVATION}{rest}"))
}

fn old_reservation(rest: &str) -> String {
    arm(&format!("{ORDERS}/{OLD_ORDER}/reservations/{OLD_RESERVATION}{rest}"))
}

fn id() -> String {
    format!("{ORDERS}/{ORDER}/reservations/{RESERVATION}")
}

fn below(scope: &str, rest: &str) -> String {
    arm(&format!("/subscriptions/{scope}{CAPACITY}/{rest}"))
}

/// What is to be bought, with every documented member.
fn wanted(size: &str, plan: &str) -> Value {
    json!({
        "sku": { "name": size }, "location": "westeurope",
        "properties": {
            "reservedResourceType": "VirtualMachines",
            "billingScopeId": format!("/subscriptions/{SUBSCRIPTION}"),
            "term": "P1Y", "billingPlan": plan, "quantity": 5, "displayName": "web-tier",
            "appliedScopeType": "Single",
            "appliedScopes": [format!("/subscriptions/{SUBSCRIPTION}")],
            "appliedScopeProperties": {
                "subscriptionId": format!("/subscriptions/{SUBSCRIPTION}"),
                "displayName": "Customer prod",
            },
            "renew": false, "reservedResourceProperties": { "instanceFlexibility": "On" },
            "reviewDateTime": "2026-12-12T00:00:00Z",
        },
    })
}

fn shared(size: &str, quantity: i64) -> Value {
    let mut body = wanted(size, "Upfront");
    let properties = body["properties"].as_object_mut().unwrap();
    properties.remove("appliedScopeProperties");
    properties.insert("appliedScopes".to_owned(), Value::Null);
    properties.insert("appliedScopeType".to_owned(), "Shared".into());
    properties.insert("quantity".to_owned(), quantity.into());
    body
}

/// Prices it; gives the path of the order that it may become.
fn priced(azure: &Mock, body: &Value) -> String {
    let price = azure.post(200, &arm(&format!("{CAPACITY}/calculatePrice")), body);
    arm(&format!("{ORDERS}/{}", text_at(&price, "/properties/reservationOrderId")))
}

/// Buys it; gives the path of the order.
fn bought(mock: &Mock, body: &Value) -> String {
    let azure = mock.azure(LARKSPUR);
    let path = priced(&azure, body);
    azure.expect(202, "PUT", &path, body);
    path
}

/// The path that a header of an answer leads to.
fn path_in(mock: &Mock, answer: &Answer, header: &str) -> String {
    let link = answer.header(header).unwrap();
    link.split_once(mock.server.base_url().as_str()).unwrap().1.to_owned()
}

fn split_body() -> Value {
    json!({ "properties": { "quantities": [2, 3], "reservationId": id() } })
}

/// Splits the reservation; gives the answer.
fn split(mock: &Mock) -> Answer {
    mock.azure(LARKSPUR).expect(200, "POST", &of_order("/split"), &split_body())
}

/// The body that merges what [`split`] made.
fn merge_body(mock: &Mock) -> Value {
    let result = path_in(mock, &split(mock), "location");
    let made = mock.azure(LARKSPUR).get(&result);
    json!({ "properties": { "sources": [text_at(&made, "/0/id"), text_at(&made, "/1/id")] } })
}

/// Changes the reservation.
fn changed(mock: &Mock, properties: &Value) {
    let body = json!({ "properties": properties });
    mock.azure(LARKSPUR).expect(200, "PATCH", &of_reservation(""), &body);
}

fn refund_body(quantity: i64) -> Value {
    json!({
        "id": format!("{ORDERS}/{ORDER}"),
        "properties": {
            "scope": "Reservation",
            "reservationToReturn": { "reservationId": id(), "quantity": quantity },
        },
    })
}

/// The body that returns what was calculated.
fn return_body(mock: &Mock, quantity: i64) -> Value {
    let mut body = refund_body(quantity);
    let calculated = mock.azure(LARKSPUR).post(200, &of_order("/calculateRefund"), &body);
    body.as_object_mut().unwrap().remove("id");
    body["properties"]["sessionId"] = calculated["properties"]["sessionId"].clone();
    body["properties"]["returnReason"] = "No longer needed".into();
    body
}

fn exchange_body(purchases: &[Value]) -> Value {
    json!({ "properties": {
        "reservationsToExchange": [{ "reservationId": id(), "quantity": 5 }],
        "reservationsToPurchase": purchases, "savingsPlansToPurchase": [],
    } })
}

fn calculate_exchange(mock: &Mock, body: &Value) -> String {
    let path = arm(&format!("{CAPACITY}/calculateExchange"));
    let accepted = mock.azure(LARKSPUR).expect(202, "POST", &path, body);
    path_in(mock, &accepted, "location")
}

fn worth() -> Value {
    shared("Standard_E4s_v4", 5)
}

/// The body that carries an exchange out.
fn exchange(mock: &Mock) -> Value {
    let result = calculate_exchange(mock, &exchange_body(&[worth()]));
    let calculated = mock.azure(LARKSPUR).get(&result);
    json!({ "properties": { "sessionId": text_at(&calculated, "/properties/sessionId") } })
}

/// The result of an exchange that was carried out.
fn exchanged(mock: &Mock) -> String {
    let body = exchange(mock);
    let path = arm(&format!("{CAPACITY}/exchange"));
    path_in(mock, &mock.azure(LARKSPUR).expect(202, "POST", &path, &body), "azure-asyncoperation")
}

/// Lets a reservation come to its end and renew.
fn renewed(mock: &Mock) -> Value {
    let azure = mock.azure(LARKSPUR);
    azure.expect(200, "PATCH", &old_reservation(""), &json!({ "properties": { "renew": true } }));
    mock.advance("P16D");
    azure.get(&old_reservation(""))
}

const RUNNING: &str = "- >location:url >azure-asyncoperation:url >retry-after:digits";
const CHANGED: &str = ":Listed properties.provisioningState:=Succeeded";
const REVISIONS: &str = "[]:Reservation >location:url >retry-after:digits";

const CASES: &[Case] = &[
    // 3. Lists and reads
    case("listCapacityOperations", 200, "value[]:Operation", |_| {
        get(arm(&format!("{CAPACITY}/operations")))
    }),
    case("listAllReservations", 200, "value[]:Listed nextLink:url summary:Summary", |_| {
        get(arm(&format!(
            "{CAPACITY}/reservations?$orderby=properties/displayName%20asc&refreshSummary=true&selectedState=All&take=2.0"
        )))
    }),
    case("listAllReservations", 200, "value[]:Listed", |_| {
        get(arm(&format!(
            "{CAPACITY}/reservations?$filter=properties/archived%20eq%20false%20and%20properties/reservedResourceType%20eq%20'VirtualMachines'&$skiptoken=1.0&take=50.0&refreshsummary=true"
        )))
    }),
    case(
        "listAllReservations",
        200,
        "value[]:Listed value[].properties.displayProvisioningState:=Cancelled",
        |_| get(arm(&format!("{CAPACITY}/reservations?selectedState=Cancelled"))),
    ),
    case("listReservationOrders", 200, "value[]:Order", |_| get(arm(ORDERS))),
    case("getReservationOrder", 200, ":RunningOrder", |_| get(of_order(""))),
    case(
        "getReservationOrder",
        200,
        ":RunningOrder properties.planInformation:PlanInformation \
        properties.planInformation.nextPaymentDueDate:date properties.reviewDateTime:utc",
        |at| get(format!("{}&$expand=schedule", bought(at, &wanted("Standard_D2s_v4", "Monthly")))),
    ),
    case(
        "getReservationOrder",
        200,
        ":RunningOrder properties.planInformation:PlanInformation",
        |_| get(of_order("?$expand=planInformation")),
    ),
    case("listReservations", 200, "value[]:Listed", |_| get(of_order("/reservations"))),
    case(
        "getReservation",
        200,
        ":Listed properties.utilization.trend:text \
        properties.utilization.aggregates[]:Aggregate properties.capabilities:text \
        properties.instanceFlexibility:text",
        |_| get(of_reservation("")),
    ),
    case(
        "getReservation",
        200,
        ":Listed properties.appliedScopeType:=Single \
        properties.appliedScopes[]:path properties.appliedScopeProperties.subscriptionId:path",
        |_| get(old_reservation("")),
    ),
    case("getReservation", 200, ":Listed properties.renewProperties:RenewProperties", |at| {
        let body = json!({ "properties": { "renew": true } });
        at.azure(LARKSPUR).expect(200, "PATCH", &old_reservation(""), &body);
        get(old_reservation("?$expand=renewProperties"))
    }),
    case(
        "getReservation",
        200,
        ":Listed properties.renewDestination:text \
        properties.userFriendlyRenewState:=Renewed",
        |at| {
            renewed(at);
            get(old_reservation(""))
        },
    ),
    case("getReservation", 200, ":Listed properties.renewSource:text", |at| {
        get(arm(&text_at(&renewed(at), "/properties/renewDestination")))
    }),
    case(
        "getReservation",
        200,
        ":Listed properties.splitProperties.splitDestinations[]:path \
        properties.extendedStatusInfo:StatusInfo",
        |at| {
            split(at);
            get(of_reservation(""))
        },
    ),
    case(
        "getReservation",
        404,
        "error.code:=ReservationIdNotInReservationOrder error.message:text",
        |_| get(of_order(&format!("/reservations/{OLD_RESERVATION}"))),
    ),
    case(
        "getReservationOrder",
        404,
        "error.code:=ReservationOrderNotFound error.message:text",
        |_| get(arm(&format!("{ORDERS}/00000000-0000-4000-8000-000000000001"))),
    ),
    case(
        "listReservationRevisions",
        200,
        "value[]:Reservation \
        value[].type:=microsoft.capacity/reservationOrders/reservations/revisions \
        value[].name:digits",
        |at| {
            changed(at, &json!({ "name": "renamed" }));
            get(of_reservation("/revisions"))
        },
    ),
    case("getCatalog", 200, "value[]:CatalogItem totalItems:int", |_| {
        get(below(
            SUBSCRIPTION,
            "catalogs?reservedResourceType=VirtualMachines&location=westeurope&$skip=0.0&$take=2.0",
        ))
    }),
    case(
        "getCatalog",
        200,
        "value[]:CatalogItem totalItems:int value[].restrictions[*]:Restriction",
        |_| {
            get(below(
                SUBSCRIPTION,
                "catalogs?reservedResourceType=VirtualMachines&location=uksouth",
            ))
        },
    ),
    case("getAppliedReservationList", 200, ":AppliedReservations", |_| {
        get(below(SUBSCRIPTION, "appliedReservations"))
    }),
    case(
        "getAvailableScopes",
        200,
        "properties.scopes[].scope:path properties.scopes[].valid:bool",
        |_| {
            post(
                of_reservation("/availableScopes"),
                &json!({ "properties": { "scopes": [
            format!("/subscriptions/{SUBSCRIPTION}"),
            "/subscriptions/e18c5a70-4d2b-4f96-93a7-6b0f2c8d1e54",
        ] } }),
            )
        },
    ),
    // 4. Buy
    case("calculatePrice", 200, "properties:Price properties.paymentSchedule[]:Payment", |_| {
        post(arm(&format!("{CAPACITY}/calculatePrice")), &wanted("Standard_D2s_v4", "Monthly"))
    }),
    case("calculatePrice", 200, "properties:Price", |_| {
        post(arm(&format!("{CAPACITY}/calculatePrice")), &shared("Standard_D2s_v4", 1))
    }),
    case(
        "purchaseReservationOrder",
        202,
        ":Order properties.provisioningState:=Creating \
        >location:url >retry-after:digits",
        |at| {
            let body = wanted("Standard_D2s_v4", "Monthly");
            put(priced(&at.azure(LARKSPUR), &body), &body)
        },
    ),
    case("purchaseReservationOrder", 200, ":Order", |at| {
        let body = wanted("Standard_D2s_v4", "Upfront");
        put(bought(at, &body), &body)
    }),
    // 5. Change
    case("updateReservation", 200, CHANGED, |_| {
        patch(
            of_reservation(""),
            &json!({ "properties": {
            "name": "web-tier-2", "instanceFlexibility": "On", "renew": true,
            "renewProperties": { "purchaseProperties": shared("Standard_D2s_v4", 5) },
            "reviewDateTime": "2026-06-01T00:00:00Z",
        } }),
        )
    }),
    case(
        "updateReservation",
        200,
        ":Listed properties.provisioningState:=Succeeded \
        properties.appliedScopeType:=Single properties.appliedScopeProperties.subscriptionId:path",
        |_| {
            patch(
                of_reservation(""),
                &json!({ "properties": {
            "appliedScopeType": "Single",
            "appliedScopes": [format!("/subscriptions/{SUBSCRIPTION}")], "renew": false,
            "instanceFlexibility": "Off",
        } }),
            )
        },
    ),
    case(
        "updateReservation",
        200,
        ":Listed properties.userFriendlyAppliedScopeType:=ResourceGroup \
        properties.appliedScopeProperties.resourceGroupId:path",
        |_| {
            patch(
                of_reservation(""),
                &json!({ "properties": {
            "appliedScopeType": "Single",
            "appliedScopeProperties": {
                "resourceGroupId": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/shop-rg"),
            },
        } }),
            )
        },
    ),
    case(
        "updateReservation",
        200,
        ":Listed properties.userFriendlyAppliedScopeType:=ManagementGroup \
        properties.appliedScopeProperties.managementGroupId:path \
        properties.appliedScopeProperties.tenantId:guid",
        |_| {
            patch(
                of_reservation(""),
                &json!({ "properties": {
            "appliedScopeType": "ManagementGroup",
            "appliedScopeProperties": {
                "tenantId": LARKSPUR,
                "managementGroupId": "/providers/Microsoft.Management/managementGroups/retail",
            },
        } }),
            )
        },
    ),
    case("updateReservation", 200, ":Listed properties.appliedScopeType:=Shared", |_| {
        patch(old_reservation(""), &json!({ "properties": { "appliedScopeType": "Shared" } }))
    }),
    case(
        "updateReservation",
        202,
        ">location:url >azure-asyncoperation:url >retry-after:digits",
        |at| {
            set(at, &json!({ "delays": { "reservation-change": "PT1M" } }));
            patch(of_reservation(""), &json!({ "properties": { "name": "renamed" } }))
        },
    ),
    case("splitReservation", 200, REVISIONS, |_| post(of_order("/split"), &split_body())),
    case("getSplitResult", 200, "[]:Reservation", |at| get(path_in(at, &split(at), "location"))),
    case("mergeReservations", 200, REVISIONS, |at| post(of_order("/merge"), &merge_body(at))),
    case("getMergeResult", 200, "[]:Reservation [].properties.mergeProperties:Lineage", |at| {
        let body = merge_body(at);
        let merged = at.azure(LARKSPUR).expect(200, "POST", &of_order("/merge"), &body);
        get(path_in(at, &merged, "location"))
    }),
    case("archiveReservation", 200, "-", |at| {
        split(at);
        post(of_reservation("/archive"), &Value::Null)
    }),
    case("unarchiveReservation", 200, "-", |at| {
        split(at);
        at.azure(LARKSPUR).expect(200, "POST", &of_reservation("/archive"), &Value::Null);
        post(of_reservation("/unarchive"), &Value::Null)
    }),
    case("changeDirectory", 200, "reservationOrder:Moved reservations[]:Moved", |at| {
        set(at, &json!({ "allowChangeDirectory": true }));
        post(of_order("/changeDirectory"), &json!({ "destinationTenantId": PRAIRIE }))
    }),
    // 6. Refund
    case("calculateRefund", 200, ":Refund", |_| {
        post(of_order("/calculateRefund"), &refund_body(2))
    }),
    case(
        "calculateRefund",
        200,
        ":Refund \
        properties.policyResult.properties.policyErrors[]:PolicyError",
        |at| {
            set(at, &json!({ "refunds": { "limitUsd": "1" } }));
            post(of_order("/calculateRefund"), &refund_body(5))
        },
    ),
    case("returnReservation", 202, ":Refund >location:url >retry-after:digits", |at| {
        post(of_order("/return"), &return_body(at, 2))
    }),
    case("getReservationOrder", 200, ":RunningOrder", |at| {
        let body = return_body(at, 5);
        let accepted = at.azure(LARKSPUR).expect(202, "POST", &of_order("/return"), &body);
        get(path_in(at, &accepted, "location"))
    }),
    // 7. Exchange
    case("calculateExchange", 202, RUNNING, |_| {
        post(arm(&format!("{CAPACITY}/calculateExchange")), &exchange_body(&[worth()]))
    }),
    case(
        "getOperationResult",
        200,
        ":Calculated status:=Succeeded properties.sessionId:guid",
        |at| get(calculate_exchange(at, &exchange_body(&[worth()]))),
    ),
    case(
        "getOperationResult",
        200,
        ":Calculated status:=Failed error:PolicyError \
        properties.policyResult.policyErrors[]:PolicyError",
        |at| get(calculate_exchange(at, &exchange_body(&[shared("Standard_D2s_v4", 1)]))),
    ),
    case(
        "getOperationResult",
        200,
        "id:path name:guid status:=Pending >location:url \
        >azure-asyncoperation:url >retry-after:digits",
        |at| {
            set(at, &json!({ "delays": { "exchange-calculation": "PT1M" } }));
            get(calculate_exchange(at, &exchange_body(&[worth()])))
        },
    ),
    case("exchange", 202, RUNNING, |at| post(arm(&format!("{CAPACITY}/exchange")), &exchange(at))),
    case("getOperationResult", 200, ":Exchanged", |at| get(exchanged(at))),
    case("getOperationResult", 200, "id:path name:guid status:=PendingRefunds", |at| {
        set(at, &json!({ "delays": { "exchange": "PT1M" } }));
        get(exchanged(at))
    }),
    case("getOperationResult", 404, "error.code:=OperationNotFound error.message:text", |_| {
        get(arm(&format!("{CAPACITY}/operationResults/00000000-0000-4000-8000-000000000001")))
    }),
];
