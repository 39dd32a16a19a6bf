//! Contract: partner-center-billing.md.

use serde_json::{Value, json};

use super::{Case, Page, case, check, encoded, get, text_at};
use crate::support::items::{licence, listed, software};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock};

pub const PAGE: Page = Page { name: "billing", shapes: SHAPES, cases: CASES };

#[test]
fn billing_is_as_documented() {
    check(&PAGE);
}

const SHAPES: &[(&str, &str)] = &[
    (
        "Invoice",
        "id:text invoiceDate,billingPeriodStartDate,billingPeriodEndDate:instant \
        totalCharges,paidAmount:decimal currencyCode,currencySymbol:text pdfDownloadLink:path \
        taxReceipts?[]:TaxReceipt invoiceDetails[]:InvoiceDetail amendments?[]:Amendment \
        documentType:enum(invoice|void_note|adjustment_note) amendsOf?:text \
        invoiceType:enum(Recurring|OneTime) state??:text links.self:link \
        attributes.objectType:=Invoice",
    ),
    ("Amendment", ":Invoice documentType:=adjustment_note amendsOf:text"),
    ("TaxReceipt", "id:text taxReceiptPdfDownloadLink:path"),
    (
        "InvoiceDetail",
        "invoiceLineItemType:enum(usage_line_items|billing_line_items) \
        billingProvider:enum(office|azure|one_time|marketplace|all) links.self:link \
        attributes.objectType:=InvoiceDetail",
    ),
    (
        "OneTimeLine",
        "partnerId:guid customerId,customerName,customerDomainName,customerCountry:text \
        invoiceNumber:string mpnId:digits resellerMpnId:int orderId:text orderDate:instant \
        productId,skuId,availabilityId,productName,skuName:text productQualifiers??[*]:text \
        chargeType:enum(New|Cancel) \
        unitPrice,effectiveUnitPrice,subtotal,taxTotal,totalForCustomer:decimal \
        billableQuantity,pcToBCExchangeRate:decimal unitType:string quantity:int \
        currency,pricingCurrency,publisherName:text publisherId:string \
        subscriptionDescription,subscriptionId:string \
        subscriptionStartDate?,subscriptionEndDate?:instant chargeStartDate,chargeEndDate:instant \
        termAndBillingCycle:text alternateId:text referenceId??,creditReasonCode??:text \
        promotionId??:text priceAdjustmentDescription,discountDetails:string \
        pcToBCExchangeRateDate?:instant meterDescription:string billingFrequency:enum(OneTime|Monthly) \
        reservationOrderId:string invoiceLineItemType:=billing_line_items billingProvider:=one_time \
        attributes.objectType:=OneTimeInvoiceLineItem",
    ),
    (
        "LicenseLine",
        "partnerId:guid customerId,customerName:text mpnId,tier2MpnId:int \
        orderId,subscriptionId,subscriptionName:text subscriptionDescription:string \
        billingCycleType,domainName:text syndicationPartnerSubscriptionNumber:string \
        offerId,durableOfferId,offerName:text \
        subscriptionStartDate,subscriptionEndDate,chargeStartDate,chargeEndDate:instant \
        chargeType:text unitPrice,amount,totalOtherDiscount,subtotal,tax,totalForCustomer:decimal \
        quantity:int currency:text invoiceLineItemType:=billing_line_items billingProvider:=office \
        attributes.objectType:text",
    ),
    (
        "SeekPage",
        "totalCount:int attributes.objectType:=Collection continuationToken?:text \
        links.self:link links.next?:NextLink",
    ),
    ("NextLink", ":Link headers[]:ContinuationHeader"),
    ("ContinuationHeader", "key:=MS-ContinuationToken value:text"),
    (
        "Figures",
        "balanceAmount:decimal currencyCode,currencySymbol:text \
        accountingDate,firstInvoiceCreationDate,lastPaymentDate,latestInvoiceDate:instant \
        lastPaymentAmount:decimal attributes.objectType:=InvoiceSummary",
    ),
    (
        "Summary",
        ":Figures details[].invoiceType:enum(Recurring|OneTime) details[].summary:Figures \
        links.self:link",
    ),
    (
        "EstimateLink",
        "type:enum(daily_rated_usage|non_consumption) title,description:text \
        period:enum(current|previous) link:link",
    ),
];

/// Two servers and seats in April, and the first of May.
fn in_may(mock: &Mock) {
    mock.post(200, "/_mock/clock/advance", &json!({ "to": "2026-04-10T00:00:00Z" }));
    order(mock, LARKSPUR, &json!({ "offerId": software(), "quantity": 2 }));
    order(
        mock,
        LARKSPUR,
        &json!({
            "offerId": listed("US", "DZH318Z0WSSB", "0001", "P1Y"), "quantity": 3,
        }),
    );
    mock.post(200, "/_mock/clock/advance", &json!({ "to": "2026-05-01T00:00:00Z" }));
}

fn order(mock: &Mock, customer: &str, line: &Value) -> Value {
    let mut line = line.clone();
    line["lineItemNumber"] = 0.into();
    mock.post(201, &format!("/v1/customers/{customer}/orders"), &json!({ "lineItems": [line] }))
}

/// The invoice of April of a type in US dollars.
fn invoice(mock: &Mock, kind: &str) -> String {
    in_may(mock);
    let all = mock.get("/v1/invoices");
    let found = all["items"].as_array().unwrap().iter().find(|it| {
        it["billingPeriodStartDate"].as_str().unwrap().starts_with("2026-04-01")
            && it["currencyCode"] == "USD"
            && it["invoiceType"] == *kind
    });
    text_at(found.unwrap(), "/id")
}

/// An invoice with a correction and a payment.
fn corrected(mock: &Mock) -> String {
    let id = invoice(mock, "OneTime");
    let control = |what: &str| format!("/_mock/invoices/{id}/{what}");
    let correction = json!({ "reason": "Agreed", "lines": [{ "line": 0, "amount": -38.5 }] });
    mock.post(201, &control("amendments"), &correction);
    mock.post(201, &control("payments"), &json!({ "amount": 100 }));
    id
}

/// An invoice of Taiwan, which has a receipt for taxes; gives the path of the receipt.
fn receipt(mock: &Mock) -> (String, String) {
    let taiwan = "6e1b4d9f-8c32-4a75-b0e6-3d5f7a9c1b28";
    order(
        mock,
        taiwan,
        &json!({ "offerId": listed("TW", "DZH318Z0WS19", "0002", ""), "quantity": 1 }),
    );
    mock.post(200, "/_mock/clock/advance", &json!({ "to": "2026-04-01T00:00:00Z" }));
    let all = mock.get("/v1/invoices");
    let found = all["items"].as_array().unwrap().iter().find(|it| it["taxReceipts"].is_array());
    let found = found.unwrap();
    (text_at(found, "/id"), text_at(found, "/taxReceipts/0/taxReceiptPdfDownloadLink"))
}

const PDF: &str = ">content-type:=application/pdf >content-disposition:text";
const ONE_TIME: &str = ":SeekPage items[]:OneTimeLine";

const CASES: &[Case] = &[
    case("listInvoices", 200, ":Collection items[]:Invoice links.self:link", |_| {
        get("/v1/invoices")
    }),
    case("listInvoices", 200, ":Collection items[]:Invoice links.next:link", |at| {
        in_may(at);
        get("/v1/invoices?size=2&offset=0")
    }),
    case("listInvoices", 200, ":Collection items[]:Invoice", |at| {
        in_may(at);
        let filter =
            json!({ "Field": "InvoiceDate", "Value": "2026-04-02", "Operator": "greater_than" });
        get(format!("/v1/invoices?filter={}", encoded(&filter.to_string())))
    }),
    case("getInvoice", 200, ":Invoice amendments[]:Amendment invoiceType:=OneTime", |at| {
        get(format!("/v1/invoices/{}", corrected(at)))
    }),
    case("getInvoice", 200, ":Invoice invoiceType:=Recurring", |at| {
        get(format!("/v1/invoices/Recurring-{}", invoice(at, "Recurring")))
    }),
    case("getInvoice", 200, ":Invoice taxReceipts[]:TaxReceipt", |at| {
        get(format!("/v1/invoices/OneTime-{}", receipt(at).0))
    }),
    case("getInvoiceStatement", 200, PDF, |at| {
        get(format!("/v1/invoices/{}/documents/statement", invoice(at, "OneTime")))
            .header("accept", "application/pdf")
    }),
    case("getTaxReceiptStatement", 200, PDF, |at| {
        get(format!("/v1{}", receipt(at).1)).header("accept", "application/pdf")
    }),
    case("getInvoiceSummary", 200, ":Summary", |at| {
        corrected(at);
        get("/v1/invoices/summary")
    }),
    case("getInvoiceSummaries", 200, ":Collection items[]:Summary links.self:link", |at| {
        corrected(at);
        get("/v1/invoices/summaries")
    }),
    case("getInvoiceLineItems", 200, ONE_TIME, |at| {
        get(format!(
            "/v1/invoices/{}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=usd&period=current&size=1",
            invoice(at, "OneTime")
        ))
    }),
    case("getInvoiceLineItems", 200, ONE_TIME, |at| {
        let path = format!(
            "/v1/invoices/OneTime-{}/lineitems?provider=all&invoicelineitemtype=billinglineitems&size=1",
            invoice(at, "OneTime")
        );
        let first = at.get(&path);
        get(format!("/v1{}", text_at(&first, "/links/next/uri")))
            .header("ms-continuationtoken", text_at(&first, "/continuationToken"))
    }),
    case("getInvoiceLineItems", 200, ":Collection items[]:LicenseLine", |at| {
        get(format!(
            "/v1/invoices/{}/lineitems?provider=office&invoicelineitemtype=billinglineitems&size=100&offset=0",
            invoice(at, "Recurring")
        ))
    }),
    // Nothing is metered in the mock: usage has no items that could be shown.
    case("getInvoiceLineItems", 200, ":Collection items[*]:object", |at| {
        get(format!(
            "/v1/invoices/{}/lineitems?provider=marketplace&invoicelineitemtype=usagelineitems&currencycode=usd",
            invoice(at, "OneTime")
        ))
    }),
    case("getInvoiceLineItemsByPath", 200, ONE_TIME, |at| {
        get(format!(
            "/v1/invoices/OneTime-{}/lineitems/OneTime/BillingLineItems",
            invoice(at, "OneTime")
        ))
    }),
    case("getInvoiceLineItemsByPath", 200, ":Collection items[]:LicenseLine", |at| {
        get(format!(
            "/v1/invoices/Recurring-{}/lineitems/Office/BillingLineItems",
            invoice(at, "Recurring")
        ))
    }),
    case(
        "getUnbilledLineItems",
        200,
        ":SeekPage items[]:OneTimeLine items[].invoiceNumber:= \
        items[].reservationOrderId:guid",
        |at| {
            order(
                at,
                LARKSPUR,
                &json!({
                    "offerId": crate::support::items::small_vm(), "quantity": 1,
                    "provisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared" },
                }),
            );
            get(
                "/v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=usd&period=current&size=2000",
            )
        },
    ),
    case("getUnbilledLineItemsByPath", 200, ONE_TIME, |at| {
        order(at, LARKSPUR, &json!({ "offerId": software(), "quantity": 1 }));
        get(
            "/v1/invoices/unbilled/lineitems/OneTime/BillingLineItems?currencycode=usd&period=current",
        )
    }),
    case("getEstimateLinks", 200, ":Collection items[]:EstimateLink", |at| {
        order(at, LARKSPUR, &json!({ "offerId": licence(), "quantity": 1 }));
        get("/v1/invoices/estimates/links?currencycode=USD")
    }),
];
