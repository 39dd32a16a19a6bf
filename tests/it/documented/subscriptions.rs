//! Contract: partner-center-subscriptions.md.

use serde_json::{Value, json};

use super::{Case, Page, case, check, get, patch, post, put, sandbox, set, text_at};
use crate::support::items::listed;
use crate::support::{
    LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, LARKSPUR_PLAN, Mock, SUNDARAM, SUNDARAM_AZURE,
};

pub const PAGE: Page = Page { name: "subscriptions", shapes: SHAPES, cases: CASES };

#[test]
fn subscriptions_are_as_documented() {
    check(&PAGE);
}

/// Bought through Granite Peak Cloud.
const CEDAR: &str = "2a8c4e6f-9d13-4b57-a0e2-c4f6d8b0a139";
const CEDAR_AZURE: &str = "8e0a2c4d-6f17-4b39-9d5c-e1b3f7a5d028";
/// The Azure subscription below Larkspur's plan.
const PLANS_AZURE: &str = "a4c7e0d3-5b92-4f18-8d6a-3e9f1c7b2d50";

const SHAPES: &[(&str, &str)] = &[
    (
        "Subscription",
        "id:guid entitlementId?:guid offerId,offerName,friendlyName:text \
        productType:ProductType quantity:int unitType:text parentSubscriptionId?:guid \
        hasPurchasableAddons,isTrial,isMicrosoftProduct,autoRenewEnabled:bool \
        creationDate,effectiveStartDate,commitmentEndDate:instant commitmentEndDateTime??:instant \
        cancellationAllowedUntilDate?,billingCycleEndDate?:instant billingCycleEndDateTime??:instant \
        status:enum(active|suspended|deleted|expired|pending|disabled) \
        billingType:enum(none|usage|license) \
        billingCycle:enum(monthly|annual|none|one_time|triennial|biennial) termDuration:string \
        renewalTermDuration?:text refundOptions?[]:RefundOption \
        refundableQuantity?:RefundableQuantity \
        scheduledNextTermInstructions?:NextTermInstructions nextChargeInstructions??:object \
        consumptionType??,promotionId??,migratedFromSubscriptionId??:text publisherName?:text \
        partnerId:string attentionNeeded??,actionTaken??:bool actions?[]:enum(Cancel|Edit) \
        suspensionReasons?[]:text contractType:=subscription orderId:text links:SubscriptionLinks \
        attributes.etag:base64 attributes.objectType:=Subscription",
    ),
    ("ProductType", "id,displayName:text subType??:object"),
    ("RefundOption", "type:enum(Full|Partial) expiresAt:instant"),
    (
        "RefundableQuantity",
        "totalQuantity:int details?[].quantity:int \
        details?[].allowedUntilDateTime:instant",
    ),
    (
        "NextTermInstructions",
        "product.productId,product.skuId,product.availabilityId:text \
        product.billingCycle,product.termDuration:text product.promotionId??:text quantity:int \
        customTermEndDate??:instant",
    ),
    (
        "SubscriptionLinks",
        "offer?,product?,sku?,availability?,parentSubscription?:link \
        activationLinks?:link self:link",
    ),
    (
        "Licence",
        ":Subscription billingType:=license cancellationAllowedUntilDate:instant \
        billingCycleEndDate:instant \
        links.product,links.sku,links.availability:link",
    ),
    (
        "Azure",
        ":Subscription entitlementId:guid offerId:=MS-AZR-0145P unitType:=Usage-based \
        billingType:=usage links.offer:link",
    ),
    (
        "Registration",
        "subscriptionId:guid status:enum(NotRegistered|Registering|Registered) \
        attributes.objectType:=SubscriptionRegistrationStatus",
    ),
    (
        "Provisioning",
        "skuId:guid status:enum(none|success|pending|failed) quantity:int \
        endDate:instant attributes.objectType:=SubscriptionProvisioningStatus",
    ),
    (
        "SupportContact",
        "supportTenantId:guid supportMpnId:digits name:text \
        links.self:SupportContactLink attributes.objectType:=SupportContact",
    ),
    ("SupportContactLink", ":Link method:=Get"),
    ("Activation", "lineItemNumber?:int link.uri:url link.method:text link.headers[*]:LinkHeader"),
    (
        "AzureEntitlement",
        "id:guid friendlyName:text status:enum(active|canceled) subscriptionId:guid",
    ),
];

fn of(subscription: &str, rest: &str) -> String {
    format!("/v1/customers/{LARKSPUR}/subscriptions/{subscription}{rest}")
}

/// Orders an item; gives the subscription that it makes.
fn bought(mock: &Mock, line: &Value) -> String {
    let mut line = line.clone();
    line["lineItemNumber"] = 0.into();
    let path = format!("/v1/customers/{LARKSPUR}/orders");
    let made = mock.post(201, &path, &json!({ "lineItems": [line] }));
    let order = text_at(&made, "/id");
    let path = format!("/v1/customers/{LARKSPUR}/subscriptions?order_id={order}");
    text_at(&mock.get(&path), "/items/0/id")
}

fn seats(mock: &Mock) -> String {
    let item = listed("US", "CFQ7TTC0LFLX", "0001", "P1Y");
    bought(mock, &json!({ "offerId": item, "quantity": 10 }))
}

fn add_on(mock: &Mock, base: &str) -> String {
    let item = listed("US", "CFQ7TTC0LHSL", "0001", "P1Y");
    bought(mock, &json!({ "offerId": item, "quantity": 3, "parentSubscriptionId": base }))
}

fn saas(mock: &Mock) -> String {
    let item = listed("US", "DZH318Z0NFA1", "0001", "P1M");
    bought(mock, &json!({ "offerId": item, "quantity": 4 }))
}

/// A request that changes one member of the resource and sends it whole, as the documentation does.
fn changed(mock: &Mock, subscription: &str, member: &str, value: Value) -> super::Request {
    let mut body = mock.get(&of(subscription, ""));
    body[member] = value;
    let etag = text_at(&body, "/attributes/etag");
    patch(of(subscription, ""), &body).header("if-match", format!("\"{etag}\""))
}

const CASES: &[Case] = &[
    case("listSubscriptions", 200, ":Collection items[]:Subscription", |_| get(of("", ""))),
    case("listSubscriptions", 200, ":Collection items[]:Licence", |at| {
        let order = text_at(&at.get(&of(LARKSPUR_LICENCE, "")), "/orderId");
        get(of("", "").trim_end_matches('/').to_owned() + &format!("?order_id={order}"))
    }),
    case("listSubscriptions", 200, ":Collection items[]:Azure items[].partnerId:=6120453", |_| {
        get(format!("/v1/customers/{CEDAR}/subscriptions?mpn_id=6120453"))
    }),
    case("getSubscription", 200, ":Azure commitmentEndDate:instant", |_| {
        get(of(LARKSPUR_AZURE, ""))
    }),
    case("getSubscription", 200, ":Azure partnerId:=6120453", |_| {
        get(format!("/v1/customers/{CEDAR}/subscriptions/{CEDAR_AZURE}"))
    }),
    case(
        "getSubscription",
        200,
        ":Subscription links.product,links.sku,links.availability:link",
        |_| get(of(LARKSPUR_PLAN, "")),
    ),
    case(
        "getSubscription",
        200,
        ":Licence refundOptions[]:RefundOption \
        refundableQuantity:RefundableQuantity",
        |at| get(of(&seats(at), "")),
    ),
    case(
        "getSubscription",
        200,
        ":Licence parentSubscriptionId:guid links.parentSubscription:link",
        |at| get(of(&add_on(at, &seats(at)), "")),
    ),
    case(
        "getSubscription",
        200,
        ":Subscription publisherName:text links.activationLinks:link",
        |at| get(of(&saas(at), "")),
    ),
    case("updateSubscription", 200, ":Azure friendlyName:=Renamed", |at| {
        changed(at, LARKSPUR_AZURE, "friendlyName", "Renamed".into())
    }),
    case("updateSubscription", 200, ":Licence quantity:=26", |at| {
        changed(at, LARKSPUR_LICENCE, "quantity", 26.into())
    }),
    case("updateSubscription", 202, ":Licence quantity:=26 >location:path", |at| {
        set(at, &json!({ "delays": { "subscription-provisioning": "PT5M" } }));
        changed(at, LARKSPUR_LICENCE, "quantity", 26.into())
    }),
    case("updateSubscription", 200, ":Azure status:=suspended suspensionReasons[]:text", |at| {
        changed(at, LARKSPUR_AZURE, "status", "suspended".into())
    }),
    case("updateSubscription", 200, ":Azure status:=active", |at| {
        at.expect(200, "PATCH", &of(LARKSPUR_AZURE, ""), &json!({ "status": "suspended" }));
        changed(at, LARKSPUR_AZURE, "status", "active".into())
    }),
    case("updateSubscription", 200, ":Licence status:=deleted", |at| {
        let seats = seats(at);
        changed(at, &seats, "status", "deleted".into())
    }),
    case("updateSubscription", 200, ":Licence autoRenewEnabled:=false", |at| {
        changed(at, LARKSPUR_LICENCE, "autoRenewEnabled", false.into())
    }),
    case("updateSubscription", 200, ":Licence partnerId:=6120453", |at| {
        changed(at, LARKSPUR_LICENCE, "partnerId", "6120453".into())
    }),
    case(
        "updateSubscription",
        200,
        ":Licence scheduledNextTermInstructions:NextTermInstructions",
        |at| {
            let item = text_at(&at.get(&of(LARKSPUR_LICENCE, "")), "/offerId");
            let mut parts = item.split(':');
            let mut part = || parts.next().unwrap().to_owned();
            changed(
                at,
                LARKSPUR_LICENCE,
                "scheduledNextTermInstructions",
                json!({
                    "product": {
                        "productId": part(), "skuId": part(), "availabilityId": part(),
                        "billingCycle": "monthly", "termDuration": "P1Y", "promotionId": null,
                    },
                    "quantity": 20, "customTermEndDate": null,
                }),
            )
        },
    ),
    case(
        "listSubscriptionAddOns",
        200,
        ":Collection items[]:Licence \
        items[].parentSubscriptionId:guid",
        |at| {
            let base = seats(at);
            add_on(at, &base);
            get(of(&base, "/addons"))
        },
    ),
    case("registerSubscription", 202, "- >location:path >content-length:=0", |_| {
        post(
            format!("/v1/customers/{SUNDARAM}/subscriptions/{SUNDARAM_AZURE}/registrations"),
            &Value::Null,
        )
    }),
    case("registerSubscription", 202, "- >location:path >content-length:=0", |_| {
        post(of(LARKSPUR_PLAN, "/registrations"), &Value::Null)
            .header("content-type", "application/json")
            .text("null")
    }),
    case("getSubscriptionRegistrationStatus", 200, ":Registration status:=NotRegistered", |_| {
        get(format!("/v1/customers/{SUNDARAM}/subscriptions/{SUNDARAM_AZURE}/registrationstatus"))
    }),
    case("getSubscriptionRegistrationStatus", 200, ":Registration status:=Registering", |at| {
        set(at, &json!({ "delays": { "subscription-registration": "PT5M" } }));
        let own = format!("/v1/customers/{SUNDARAM}/subscriptions/{SUNDARAM_AZURE}");
        at.expect(202, "POST", &format!("{own}/registrations"), &Value::Null);
        get(format!("{own}/registrationstatus"))
    }),
    case("getSubscriptionRegistrationStatus", 200, ":Registration status:=Registered", |_| {
        get(of(LARKSPUR_AZURE, "/registrationstatus"))
    }),
    case("getSubscriptionProvisioningStatus", 200, ":Provisioning status:=success", |_| {
        get(of(LARKSPUR_LICENCE, "/provisioningstatus"))
    }),
    case("getSubscriptionSupportContact", 200, ":SupportContact", |_| {
        get(of(LARKSPUR_AZURE, "/supportcontact"))
    }),
    case("updateSubscriptionSupportContact", 200, ":SupportContact supportMpnId:=6120453", |_| {
        put(
            of(LARKSPUR_AZURE, "/supportcontact"),
            &json!({
                "SupportTenantId": super::GRANITE, "SupportMpnId": "6120453",
                "Name": "Granite Peak Cloud", "Links": null,
                "Attributes": { "ObjectType": "SupportContact" },
            }),
        )
    }),
    case("activateSubscription", 200, "subscriptionId:guid status:=Success", |at| {
        sandbox(at);
        post(of(&saas(at), "/activate"), &Value::Null)
    }),
    case("listSubscriptionActivationLinks", 200, ":Collection items[]:Activation", |at| {
        get(of(&saas(at), "/activationlinks"))
    }),
    case("listAzureEntitlements", 200, ":Collection items[]:AzureEntitlement", |_| {
        get(of(LARKSPUR_PLAN, "/azureEntitlements"))
    }),
    case("getAzureEntitlement", 200, ":AzureEntitlement status:=active", |_| {
        get(of(LARKSPUR_PLAN, &format!("/azureentitlements/{PLANS_AZURE}")))
    }),
    case("cancelAzureEntitlement", 200, ":AzureEntitlement status:=canceled", |_| {
        post(
            of(LARKSPUR_PLAN, &format!("/azureEntitlements/{PLANS_AZURE}/cancel")),
            &json!({
                "CancellationReason": "compromise",
            }),
        )
    }),
];
