//! Contract: partner-center-service-requests.md.

use serde_json::{Value, json};

use super::{Case, Page, case, check, encoded, get, patch, post, text_at};
use crate::support::{LARKSPUR, Mock};

pub const PAGE: Page = Page { name: "service requests", shapes: SHAPES, cases: CASES };

#[test]
fn service_requests_are_as_documented() {
    check(&PAGE);
}

const SHAPES: &[(&str, &str)] = &[
    (
        "Listed",
        "title,id:text severity:enum(critical|moderate|minimal) \
        status:enum(open|closed|attention_needed) primaryContact.lastName:text \
        primaryContact.firstName:text createdDate,lastModifiedDate,lastClosedDate:instant",
    ),
    (
        "ServiceRequest",
        ":Listed description:text id:digits supportTopicId:digits \
        supportTopicName:text organization.id:guid organization.name:text \
        organization.phoneNumber?:text primaryContact:Contact lastUpdatedBy?:Contact \
        productName?:text productId:text notes?[]:Note countryCode:text fileLinks??[*]:object \
        attributes.objectType:=ServiceRequest",
    ),
    (
        "Contact",
        "organization??:object contactId?:text lastName,firstName:text email?:text \
        phoneNumber?:text",
    ),
    ("Note", "createdByName:text createdDate:instant text:text"),
    ("Topic", "name,description:text id:digits attributes.objectType:=SupportTopic"),
    ("Paged", ":Collection items[]:Listed links.self:link links.next?,links.previous?:link"),
];

fn new() -> Value {
    json!({
        "Title": "Reservation shows zero usage", "Description": "Bought 2 units on 11 May",
        "Severity": "moderate", "SupportTopicId": "32870045", "SupportTopicName": null, "Id": null,
        "Status": "none", "Organization": null, "PrimaryContact": null, "LastUpdatedBy": null,
        "ProductName": null, "ProductId": null, "CreatedDate": "0001-01-01T00:00:00",
        "LastModifiedDate": "0001-01-01T00:00:00", "LastClosedDate": "0001-01-01T00:00:00",
        "NewNote": null, "Notes": null, "CountryCode": null,
        "Attributes": { "ObjectType": "ServiceRequest" },
    })
}

fn note() -> Value {
    json!({
        "Title": null, "Description": null, "Severity": "unknown", "SupportTopicId": null,
        "Status": "none", "CreatedDate": "0001-01-01T00:00:00",
        "LastModifiedDate": "0001-01-01T00:00:00", "LastClosedDate": "0001-01-01T00:00:00",
        "NewNote": { "CreatedByName": null, "CreatedDate": null, "Text": "Ticket with logs" },
        "Attributes": { "ObjectType": "ServiceRequest" },
    })
}

fn opened(mock: &Mock) -> String {
    let made = mock.post(201, "/v1/servicerequests/en-US", &new());
    format!("/v1/servicerequests/{}", text_at(&made, "/id"))
}

fn of_customer(rest: &str) -> String {
    format!("/v1/customers/{LARKSPUR}/servicerequests{rest}")
}

/// A ticket of the customer's own directory, which is a service request of the customer.
fn ticket(mock: &Mock) -> String {
    let path = super::azure_support::tickets("machines");
    let body = super::azure_support::ticket();
    mock.azure(LARKSPUR).expect(202, "PUT", &path, &body);
    let list = mock.get(&of_customer(""));
    of_customer(&format!("/{}", text_at(&list, "/items/0/id")))
}

const CASES: &[Case] = &[
    case("listServiceRequests", 200, ":Paged links.next:link", |at| {
        opened(at);
        opened(at);
        get("/v1/servicerequests?size=1&offset=0")
    }),
    case("listServiceRequests", 200, ":Paged links.previous:link", |at| {
        opened(at);
        opened(at);
        let filter = json!({ "Field": "Status", "Value": "Open", "Operator": "equals" });
        get(format!("/v1/servicerequests?size=1&offset=1&filter={}", encoded(&filter.to_string())))
    }),
    case("listCustomerServiceRequests", 200, ":Paged", |at| {
        ticket(at);
        get(of_customer("?size=1000&offset=0"))
    }),
    case("getServiceRequest", 200, ":ServiceRequest status:=open", |at| get(opened(at))),
    case("getServiceRequest", 200, ":ServiceRequest notes[]:Note lastUpdatedBy:Contact", |at| {
        let path = opened(at);
        at.expect(200, "PATCH", &path, &note());
        get(path)
    }),
    case("getCustomerServiceRequest", 200, ":ServiceRequest", |at| get(ticket(at))),
    case("updateServiceRequest", 200, ":ServiceRequest notes[]:Note", |at| {
        patch(opened(at), &note())
    }),
    case("updateServiceRequest", 200, ":ServiceRequest status:=closed", |at| {
        patch(opened(at), &json!({ "status": "closed" }))
    }),
    case("updateCustomerServiceRequest", 200, ":ServiceRequest notes[]:Note", |at| {
        patch(ticket(at), &note())
    }),
    case("createServiceRequest", 201, ":ServiceRequest status:=open severity:=moderate", |_| {
        post("/v1/servicerequests/en-US", &new())
    }),
    case("listSupportTopics", 200, ":Collection items[]:Topic", |_| {
        get("/v1/servicerequests/supporttopics")
    }),
];
