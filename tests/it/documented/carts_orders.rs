//! Contract: partner-center-carts-orders.md.

use serde_json::{Value, json};

use super::{Case, Page, case, check, get, patch, post, put, sandbox, set, text_at};
use crate::support::items::{licence, listed, reservation, small_vm, software};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock, PRAIRIE, PRAIRIE_AZURE, SUNDARAM};

pub const PAGE: Page = Page { name: "carts and orders", shapes: SHAPES, cases: CASES };

#[test]
fn carts_and_orders_are_as_documented() {
    check(&PAGE);
}

/// Bought through Granite Peak Cloud.
const CEDAR: &str = "2a8c4e6f-9d13-4b57-a0e2-c4f6d8b0a139";
const CEDAR_AZURE: &str = "8e0a2c4d-6f17-4b39-9d5c-e1b3f7a5d028";
/// A reservation of the default fixtures.
const WEB_TIER: &str = "Tn4vQ8cYxR2bLmZpK6wJ_hG9sD3fA7e-1";
/// A cart of the default fixtures.
const CART: &str = "b81f2a64-7c3e-4e0a-9d55-9a1f60c7e2d3";

const SHAPES: &[(&str, &str)] = &[
    (
        "Cart",
        "id:guid creationTimestamp,lastModifiedTimestamp,expirationTimestamp:instant \
        lastModifiedUser:guid status:enum(Active|Ordered) lineItems[]:CartLine \
        partnerOnRecordAttestationAccepted?:bool links.self:link attributes.objectType:=Cart",
    ),
    (
        "CartLine",
        "id:int catalogItemId:text friendlyName?:text quantity:int currencyCode:text \
        billingCycle:enum(monthly|annual|none|one_time|triennial|biennial) termDuration?:text \
        participants?[]:Participant provisioningContext?:map orderGroup?:text \
        addonItems?[]:CartLine renewsTo?.termDuration:text promotionId??:text \
        customTermEndDate??:instant attestationAccepted?:bool error?:CartError",
    ),
    ("Participant", "key:=transaction_reseller value:digits"),
    ("CartError", "errorCode:int errorDescription:text additionalInformation??:text"),
    (
        "ReservationLine",
        "billingCycle:=one_time orderGroup:digits termDuration:enum(P1Y|P3Y) \
        provisioningContext:ReservationContext",
    ),
    ("ReservationContext", "subscriptionId:guid scope:enum(shared|single) duration?:text"),
    (
        "Checkout",
        "orders[]:Order orderErrors[*]:OrderError \
        attributes.objectType:=CartCheckoutResult",
    ),
    ("OrderError", "orderGroupId:text code:int description:text"),
    (
        "Order",
        "id,alternateId:text referenceCustomerId:guid \
        billingCycle:enum(monthly|annual|none|one_time|triennial|biennial) currencyCode:text \
        currencySymbol?:text lineItems[]:OrderLine totalPrice?:decimal creationDate:instant \
        status:enum(completed|pending|cancelled) \
        transactionType:enum(UserPurchase|SystemPurchase|SystemBilling) client?:Client \
        links.self:link links.provisioningStatus:link links.patchOperation?:PatchLink \
        attributes.etag?:text attributes.objectType:=Order",
    ),
    ("Client", "marketplaceCountry:text deviceFamily:=UniversalStore-PartnerCenter name:text"),
    ("PatchLink", ":Link method:=PATCH"),
    (
        "OrderLine",
        "lineItemNumber:int offerId:text subscriptionId?,parentSubscriptionId?:guid \
        termDuration?:text transactionType:=New friendlyName:text quantity:int \
        partnerIdOnRecord?:digits additionalPartnerIdsOnRecord?[]:digits provisioningContext?:map \
        pricing?:Pricing renewsTo?.termDuration:text promotionId??:text \
        customTermEndDate??:instant attestationAccepted?:bool links:LineLinks",
    ),
    (
        "LineLinks",
        "product?,sku?,availability?,subscription?,provisioningStatus?,activationLinks?:link",
    ),
    ("ModernOrder", ":Order currencySymbol:text client:Client"),
    ("Pricing", "listPrice,discountedPrice,proratedPrice,price,extendedPrice:decimal"),
    ("ReservedLine", "termDuration:enum(P1Y|P3Y) links.product,links.sku,links.availability:link"),
    ("ReservationOrder", ":ModernOrder billingCycle:=one_time lineItems[]:ReservedLine"),
    (
        "Provisioning",
        "lineItemNumber:int status:enum(PrefulfillmentPending|Fulfilled|Unfulfilled) \
        quantityProvisioningInformation[].quantity:int \
        quantityProvisioningInformation[].status:enum(PrefulfillmentPending|Fulfilled|Unfulfilled) \
        attributes.objectType:=OrderLineItemProvisioningStatus",
    ),
    ("Activation", "lineItemNumber:int link.uri:url link.method:text link.headers[*]:LinkHeader"),
];

fn carts(rest: &str) -> String {
    format!("/v1/customers/{LARKSPUR}/carts{rest}")
}

fn orders(rest: &str) -> String {
    format!("/v1/customers/{LARKSPUR}/orders{rest}")
}

/// The body of the documentation, with a line of every kind and every member.
fn everything() -> Value {
    json!({
        "PartnerOnRecordAttestationAccepted": true,
        "LineItems": [
            {
                "Id": 0, "CatalogItemId": small_vm(), "FriendlyName": "web tier", "Quantity": 2,
                "CurrencyCode": "USD", "BillingCycle": "one_time", "TermDuration": "P1Y",
                "Participants": [{ "Key": "transaction_reseller", "Value": "6120453" }],
                "ProvisioningContext": {
                    "subscriptionId": LARKSPUR_AZURE.to_uppercase(), "scope": "shared",
                    "duration": "1Year",
                },
                "OrderGroup": null, "AddonItems": null, "Error": null,
            },
            {
                "Id": 1, "CatalogItemId": listed("US", "CFQ7TTC0LFLX", "0001", "P1Y"),
                "FriendlyName": "Seats", "Quantity": 5, "CurrencyCode": "USD",
                "BillingCycle": "monthly", "TermDuration": "P1Y",
                "RenewsTo": { "TermDuration": "P1Y" }, "AttestationAccepted": true,
                "AddonItems": [{
                    "CatalogItemId": listed("US", "CFQ7TTC0LHSL", "0001", "P1Y"), "Quantity": 5,
                    "BillingCycle": "monthly", "TermDuration": "P1Y",
                }],
            },
            { "Id": 2, "CatalogItemId": "0:0:0", "Quantity": 1, "BillingCycle": "one_time" },
        ],
    })
}

/// What can be bought of it.
fn sound() -> Value {
    let mut body = everything();
    body["LineItems"].as_array_mut().unwrap().truncate(2);
    body
}

fn reserved_line(rest: &Value) -> Value {
    let mut line = json!({
        "LineItemNumber": 0, "OfferId": small_vm(), "FriendlyName": "web tier", "Quantity": 1,
        "TermDuration": "P1Y",
        "ProvisioningContext": {
            "subscriptionId": LARKSPUR_AZURE, "scope": "shared", "duration": "1Year",
        },
    });
    line.as_object_mut().unwrap().extend(rest.as_object().cloned().unwrap_or_default());
    line
}

fn reservation_order(rest: &Value) -> Value {
    json!({
        "BillingCycle": "one_time", "CurrencyCode": "USD", "LineItems": [reserved_line(rest)],
        "PartnerOnRecordAttestationAccepted": true,
    })
}

/// Places an order; gives its path.
fn placed(mock: &Mock, body: &Value) -> String {
    let made = mock.post(201, &orders(""), body);
    orders(&format!("/{}", text_at(&made, "/id")))
}

fn seats() -> Value {
    json!({ "BillingCycle": "annual", "LineItems": [{
        "LineItemNumber": 0, "OfferId": licence(), "Quantity": 3, "TermDuration": "P1Y",
        "AttestationAccepted": true, "RenewsTo": { "TermDuration": "P1Y" },
    }] })
}

fn saas(mock: &Mock) -> String {
    let item = listed("US", "DZH318Z0NFA1", "0001", "P1M");
    placed(mock, &json!({ "LineItems": [{ "LineItemNumber": 0, "OfferId": item, "Quantity": 2 }] }))
}

const CASES: &[Case] = &[
    case("createCart", 201, ":Cart status:=Active", |_| post(carts(""), &everything())),
    case("createCart", 201, ":Cart lineItems[]:ReservationLine", |_| {
        post(
            carts(""),
            &json!({
                "Id": null, "CreationTimestamp": "0001-01-01T00:00:00", "Status": null,
                "LastModifiedTimestamp": "0001-01-01T00:00:00", "ExpirationTimestamp": null,
                "LastModifiedUser": null, "Links": null, "Attributes": { "ObjectType": "Cart" },
                "LineItems": [everything()["LineItems"][0]],
            }),
        )
    }),
    case("getCart", 200, ":Cart lineItems[]:ReservationLine", |_| get(carts(&format!("/{CART}")))),
    case("getCart", 200, ":Cart status:=Ordered", |at| {
        at.post(201, &carts(&format!("/{CART}/checkout")), &json!("success"));
        get(carts(&format!("/{CART}")))
    }),
    case("updateCart", 201, ":Cart", |at| {
        let mut body = at.get(&carts(&format!("/{CART}")));
        body["lineItems"].as_array_mut().unwrap().push(sound()["LineItems"][1].clone());
        put(carts(&format!("/{CART}")), &body)
    }),
    case("checkoutCart", 201, ":Checkout orders[].lineItems[].subscriptionId:guid", |at| {
        let mut body = sound();
        body["LineItems"].as_array_mut().unwrap().remove(0);
        let made = at.post(201, &carts(""), &body);
        post(carts(&format!("/{}/checkout", text_at(&made, "/id"))), &Value::Null)
    }),
    case(
        "checkoutCart",
        201,
        ":Checkout orders[]:ReservationOrder orders[].status:=pending",
        |_| {
            post(carts(&format!("/{CART}/checkout")), &json!("success"))
                .header("x-ms-customeruser-upn", "mara@larkspurfoods.example")
        },
    ),
    case("checkoutCart", 201, ":Checkout orderErrors[]:OrderError", |at| {
        // The customer without agreement may have Azure and no licences.
        let seats = listed("IN", "CFQ7TTC0LH18", "0001", "P1Y");
        let path = format!("/v1/customers/{SUNDARAM}/carts");
        let lines = [(seats, "monthly"), ("MS-AZR-0145P".to_owned(), "monthly")];
        let lines = lines.map(
            |(item, cycle)| json!({ "catalogItemId": item, "quantity": 1, "billingCycle": cycle }),
        );
        let made = at.post(201, &path, &json!({ "lineItems": lines }));
        post(format!("{path}/{}/checkout", text_at(&made, "/id")), &Value::Null)
    }),
    case("createOrder", 201, ":ReservationOrder status:=pending", |_| {
        post(orders(""), &reservation_order(&Value::Null))
    }),
    case(
        "createOrder",
        201,
        ":ModernOrder billingCycle:=annual lineItems[].subscriptionId:guid",
        |_| post(orders(""), &seats()),
    ),
    case(
        "createOrder",
        201,
        ":ReservationOrder lineItems[].partnerIdOnRecord:digits \
        lineItems[].additionalPartnerIdsOnRecord[]:=6233871",
        |_| {
            let mut body = reservation_order(&json!({
                "PartnerIdOnRecord": "6120453", "AdditionalPartnerIdsOnRecord": ["6233871"],
                "SubscriptionId": null, "ParentSubscriptionId": null, "RenewsTo": null, "Links": null,
            }));
            body["LineItems"][0]["ProvisioningContext"]["subscriptionId"] = CEDAR_AZURE.into();
            post(format!("/v1/customers/{CEDAR}/orders"), &body)
        },
    ),
    case("createOrder", 201, ":Order billingCycle:=monthly attributes.etag:text", |_| {
        post(
            orders(""),
            &json!({
                "BillingCycle": "monthly", "CurrencyCode": null, "ReferenceCustomerId": LARKSPUR,
                "LineItems": [{
                    "LineItemNumber": 0, "OfferId": "MS-AZR-0145P", "FriendlyName": "More workloads",
                    "Quantity": 1, "ProvisioningContext": null,
                }],
            }),
        )
    }),
    case("listOrders", 200, ":Collection items[]:Order", |_| get(orders(""))),
    case(
        "listOrders",
        200,
        ":Collection items[]:ModernOrder items[].totalPrice:decimal \
        items[].lineItems[].pricing:Pricing",
        |_| get(orders("?billingType=OneTime&include_price=True")),
    ),
    case("getOrder", 200, ":ReservationOrder status:=completed", |_| {
        get(orders(&format!("/{WEB_TIER}")))
    }),
    case(
        "getOrder",
        200,
        ":ReservationOrder totalPrice:decimal lineItems[].pricing:Pricing",
        |_| get(orders(&format!("/{WEB_TIER}?include_price=true"))),
    ),
    case("getOrder", 200, ":Order lineItems[].links.activationLinks:link", |at| get(saas(at))),
    case("updateOrder", 200, ":ReservationOrder status:=cancelled", |at| {
        sandbox(at);
        // Prairie has none of the two small machines yet that a sandbox allows.
        let small = reservation("CA", "Standard_B1s", "eastus", "P1Y");
        let mut body = reservation_order(&json!({ "OfferId": small }));
        body["CurrencyCode"] = "CAD".into();
        body["LineItems"][0]["ProvisioningContext"]["subscriptionId"] = PRAIRIE_AZURE.into();
        let path = format!("/v1/customers/{PRAIRIE}/orders");
        let id = text_at(&at.post(201, &path, &body), "/id");
        patch(format!("{path}/{id}"), &json!({ "id": id, "status": "cancelled" }))
    }),
    case("updateOrder", 200, ":ModernOrder status:=completed", |at| {
        let lines = [0, 1].map(|number| {
            json!({
                "LineItemNumber": number, "OfferId": software(), "Quantity": 2,
            })
        });
        let path = placed(at, &json!({ "BillingCycle": "one_time", "LineItems": lines }));
        let id = path.rsplit('/').next().unwrap();
        patch(
            &path,
            &json!({ "id": id, "status": "cancelled", "lineItems": [
            { "lineItemNumber": 0, "offerId": software() },
        ] }),
        )
    }),
    case("updateOrder", 200, ":ModernOrder lineItems[].subscriptionId:guid", |at| {
        let base = listed("US", "CFQ7TTC0LFLX", "0001", "P1Y");
        let path = placed(
            at,
            &json!({ "LineItems": [{
            "LineItemNumber": 0, "OfferId": base, "Quantity": 5,
        }] }),
        );
        let mut whole = at.get(&path);
        let parent = whole["lineItems"][0]["subscriptionId"].clone();
        whole["lineItems"].as_array_mut().unwrap().push(json!({
            "lineItemNumber": 1, "offerId": listed("US", "CFQ7TTC0LHSL", "0001", "P1Y"),
            "friendlyName": "Add-on", "quantity": 2, "parentSubscriptionId": parent,
        }));
        patch(&path, &whole)
    }),
    case("updateOrder", 200, ":ModernOrder billingCycle:=monthly", |at| {
        let path = placed(at, &seats());
        let id = path.rsplit('/').next().unwrap();
        patch(&path, &json!({ "id": id, "billingCycle": "Monthly" }))
    }),
    case(
        "getOrderProvisioningStatus",
        200,
        ":Collection items[]:Provisioning \
        items[].status:=Fulfilled",
        |_| get(orders(&format!("/{WEB_TIER}/provisioningstatus"))),
    ),
    case(
        "getOrderProvisioningStatus",
        200,
        ":Collection items[]:Provisioning \
        items[].status:=PrefulfillmentPending",
        |at| {
            set(at, &json!({ "delays": { "order-provisioning": "PT1H" } }));
            get(format!("{}/provisioningstatus", placed(at, &reservation_order(&Value::Null))))
        },
    ),
    case(
        "getOrderProvisioningStatus",
        200,
        ":Collection items[]:Provisioning \
        items[].status:=Unfulfilled",
        |at| {
            let path = placed(
                at,
                &json!({ "LineItems": [{
            "LineItemNumber": 0, "OfferId": software(), "Quantity": 2,
        }] }),
            );
            at.expect(200, "PATCH", &path, &json!({ "status": "cancelled" }));
            get(format!("{path}/provisioningstatus"))
        },
    ),
    case("listOrderActivationLinks", 200, ":Collection items[]:Activation", |at| {
        get(format!("{}/activationlinks", saas(at)))
    }),
    case("listOrderLineActivationLinks", 200, ":Collection items[]:Activation", |at| {
        get(format!("{}/lineitems/0/activationlinks", saas(at)))
    }),
];
