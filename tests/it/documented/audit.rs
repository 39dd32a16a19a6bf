//! Contract: partner-center-webhooks-audit.md, part B. Its part A is not built: those routes are on the
//! list of `completeness`.

use serde_json::json;

use super::{Case, Page, case, check, encoded, get, text_at};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock};

pub const PAGE: Page = Page { name: "audit", shapes: SHAPES, cases: CASES };

#[test]
fn audit_records_are_as_documented() {
    check(&PAGE);
}

const SHAPES: &[(&str, &str)] = &[
    (
        "Record",
        "id:text partnerId:guid customerId:guid customerName:text userPrincipalName?:text \
        applicationId:text \
        resourceType:enum(customer|customer_user|order|subscription|license|invoice|agreement) \
        resourceOldValue?:text resourceNewValue?:text operationType:text operationDate:instant \
        operationStatus:enum(succeeded|failed|progress|decline) originalCorrelationId??:guid \
        customizedData?[]:Datum attributes.objectType:=AuditRecord",
    ),
    ("Datum", "key:text value??:string"),
    (
        "SeekPage",
        ":Collection items[]:Record continuationToken?:text links.self:link \
        links.next?:NextLink",
    ),
    ("NextLink", ":Link headers[]:ContinuationHeader"),
    ("ContinuationHeader", "key:=MS-ContinuationToken value:text"),
];

/// Something that is recorded, of a customer and of an order.
fn something(mock: &Mock) {
    let path = format!("/v1/customers/{LARKSPUR}/subscriptions/{LARKSPUR_AZURE}");
    mock.expect(200, "PATCH", &path, &json!({ "friendlyName": "Renamed" }));
    let line = json!({
        "lineItemNumber": 0, "offerId": crate::support::items::small_vm(), "quantity": 1,
        "provisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared" },
    });
    let path = format!("/v1/customers/{LARKSPUR}/orders");
    mock.post(201, &path, &json!({ "lineItems": [line] }));
}

fn filter(field: &str, value: &str, operator: &str) -> String {
    encoded(&json!({ "Field": field, "Value": value, "Operator": operator }).to_string())
}

/// The id of the newest record.
fn newest(mock: &Mock) -> String {
    something(mock);
    text_at(&mock.get("/v1/auditrecords"), "/items/0/id")
}

const CASES: &[Case] = &[
    case("listAuditRecords", 200, ":SeekPage", |at| {
        something(at);
        get(format!(
            "/v1/auditrecords?startDate=2026-02-01&endDate=2026-03-01&filter={}",
            filter("CompanyName", "larkspur", "substring")
        ))
    }),
    case(
        "listAuditRecords",
        200,
        ":SeekPage items[].resourceOldValue,items[].resourceNewValue:text \
        items[].resourceType:=subscription",
        |at| {
            something(at);
            get(format!(
                "/v1/auditrecords?startDate=02%2F20%2F2026%2000:00:00&size=1&filter={}",
                filter("ResourceType", "Subscription", "equals")
            ))
        },
    ),
    case(
        "listAuditRecords",
        200,
        ":SeekPage items[].operationType:=create_order \
        items[].customizedData[]:Datum",
        |at| {
            something(at);
            let query = filter("ResourceType", "Order", "equals");
            get(format!("/v1/auditrecords?startDate=2026-03-01&filter={query}"))
        },
    ),
    case("listAuditRecords", 200, ":SeekPage", |at| {
        something(at);
        let first = at.get("/v1/auditrecords?startDate=2026-02-01&size=1");
        get(format!("/v1{}", text_at(&first, "/links/next/uri")))
            .header("ms-continuationtoken", text_at(&first, "/continuationToken"))
    }),
    case("getAuditRecord", 200, ":Record userPrincipalName:text", |at| {
        get(format!("/v1/auditrecords/{}", newest(at)))
    }),
    case("listAuditActivity", 200, ":SeekPage", |at| {
        something(at);
        get(format!(
            "/auditactivity/v1/auditrecords?auditRequest.startDate=2026-02-01&auditRequest.endDate=2026-03-01&auditRequest.size=10&auditRequest.filter.field=CustomerId&auditRequest.filter.value={LARKSPUR}&auditRequest.filter.operator=equals"
        ))
    }),
    case("getAuditActivity", 200, ":Record", |at| {
        get(format!("/auditactivity/v1/auditrecords/{}", newest(at)))
    }),
];
