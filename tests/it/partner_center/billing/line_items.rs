//! Lines of invoices and of what is not invoiced yet: their members, the words that choose them, and
//! their pages in both styles.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{advance_to, buy, buy_seats, invoice_of, items, open_lines, server_invoice};
use crate::support::items::{listed, software};
use crate::support::{Answer, LARKSPUR, Mock, mock};

const ONE_TIME: &str = "partnerId customerId customerName customerDomainName customerCountry invoiceNumber mpnId resellerMpnId orderId orderDate productId skuId availabilityId productName skuName chargeType unitPrice effectiveUnitPrice subtotal taxTotal totalForCustomer billableQuantity pcToBCExchangeRate unitType quantity currency pricingCurrency publisherName publisherId subscriptionDescription subscriptionId chargeStartDate chargeEndDate termAndBillingCycle alternateId priceAdjustmentDescription discountDetails pcToBCExchangeRateDate meterDescription billingFrequency reservationOrderId invoiceLineItemType billingProvider attributes";

const LICENSE: &str = "partnerId customerId customerName mpnId tier2MpnId orderId subscriptionId subscriptionName subscriptionDescription billingCycleType domainName syndicationPartnerSubscriptionNumber offerId durableOfferId offerName subscriptionStartDate subscriptionEndDate chargeStartDate chargeEndDate chargeType unitPrice quantity amount totalOtherDiscount subtotal tax totalForCustomer currency invoiceLineItemType billingProvider attributes";

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn by_query(name: &str, provider: &str, line_type: &str, rest: &str) -> String {
    format!(
        "/v1/invoices/{name}/lineitems?provider={provider}&invoicelineitemtype={line_type}{rest}"
    )
}

#[test]
fn lines_have_the_members_of_their_tables() {
    let mock = mock();
    let seats = buy_seats(&mock, 10);
    let servers = listed("US", "DZH318Z0WSSB", "0001", "P1Y");
    buy(&mock, LARKSPUR, &servers, 3);
    advance_to(&mock, "2026-04-01T00:00:00Z");

    let invoice = invoice_of(&mock, "2026-03-01", "USD", "OneTime");
    let lines = super::lines_of(&mock, &invoice);
    let line = lines.iter().find(|line| line["productId"] == "DZH318Z0WSSB").unwrap();
    let with_subscription = format!("{ONE_TIME} subscriptionStartDate subscriptionEndDate");
    assert_eq!(keys(line), with_subscription.split(' ').collect());
    for (member, expected) in [
        ("customerName", json!("Larkspur Foods")),
        ("customerDomainName", json!("larkspurfoods.onmicrosoft.com")),
        ("invoiceNumber", invoice["id"].clone()),
        ("mpnId", json!("5139860")),
        ("resellerMpnId", json!(0)),
        ("productName", json!("Windows Server Standard Subscription")),
        ("chargeType", json!("New")),
        ("unitPrice", json!(212.0)),
        ("effectiveUnitPrice", json!(212.0)),
        ("quantity", json!(3)),
        ("subtotal", json!(636.0)),
        ("publisherName", json!("Microsoft")),
        ("termAndBillingCycle", json!("1 Year")),
        ("chargeStartDate", json!("2026-03-01T00:00:00.0000000Z")),
        ("chargeEndDate", json!("2027-02-28T00:00:00.0000000Z")),
        ("pcToBCExchangeRateDate", json!("2026-03-31T00:00:00.0000000Z")),
        ("reservationOrderId", json!("")),
        ("attributes", json!({ "objectType": "OneTimeInvoiceLineItem" })),
    ] {
        assert_eq!(line[member], expected, "{member}");
    }
    let reservation = lines.iter().find(|line| line["reservationOrderId"] != "").unwrap();
    assert_eq!(keys(reservation), ONE_TIME.split(' ').collect());

    let invoice = invoice_of(&mock, "2026-03-01", "USD", "Recurring");
    let lines = super::lines_of(&mock, &invoice);
    let id = seats.rsplit('/').next().unwrap();
    let line = lines.iter().find(|line| line["subscriptionId"] == id).unwrap();
    assert_eq!(keys(line), LICENSE.split(' ').collect());
    for (member, expected) in [
        ("mpnId", json!(5_139_860)),
        ("tier2MpnId", json!(-1)),
        ("billingCycleType", json!("monthly")),
        ("domainName", json!("larkspurfoods.onmicrosoft.com")),
        ("offerName", json!("Microsoft 365 Business Basic")),
        ("durableOfferId", json!("CFQ7TTC0LH18:0001")),
        ("chargeType", json!("New")),
        ("unitPrice", json!(6.0)),
        ("quantity", json!(10)),
        ("amount", json!(60.0)),
        ("chargeStartDate", json!("2026-03-01T00:00:00.0000000Z")),
        ("chargeEndDate", json!("2026-03-31T00:00:00.0000000Z")),
        ("attributes", json!({ "objectType": "LicenseBasedLineItem" })),
    ] {
        assert_eq!(line[member], expected, "{member}");
    }
}

/// Clients choose the model of a line by the pair of type and provider that it carries; these are the
/// pairs that they know, and what a list of each holds here.
#[test]
fn every_pair_of_provider_and_type_has_its_list() {
    let mock = mock();
    server_invoice(&mock);
    buy(&mock, LARKSPUR, &software(), 1);
    buy_seats(&mock, 5);
    let one_time = invoice_of(&mock, "2026-04-01", "USD", "OneTime")["id"].clone();
    let recurring = invoice_of(&mock, "2026-04-01", "USD", "Recurring")["id"].clone();
    let one_time = one_time.as_str().unwrap();
    let recurring = recurring.as_str().unwrap();
    for (line_type, provider, shows_one_time, shows_licences) in [
        ("usagelineitems", "azure", false, false),
        ("usagelineitems", "marketplace", false, false),
        ("usagelineitems", "onetime", false, false),
        ("usagelineitems", "all", false, false),
        ("billinglineitems", "azure", false, false),
        ("billinglineitems", "office", false, true),
        ("billinglineitems", "onetime", true, false),
        ("billinglineitems", "all", true, false),
    ] {
        let paths = [
            (by_query(one_time, provider, line_type, ""), shows_one_time),
            (by_query(recurring, provider, line_type, ""), shows_licences),
            (format!("/v1/invoices/{one_time}/lineitems/{provider}/{line_type}"), shows_one_time),
            (
                by_query("unbilled", provider, line_type, "&currencycode=usd"),
                shows_one_time || shows_licences,
            ),
            (
                format!("/v1/invoices/unbilled/lineitems/{provider}/{line_type}?currencycode=USD"),
                shows_one_time || shows_licences,
            ),
        ];
        for (path, shows) in paths {
            let lines = items(&mock, &path);
            assert_eq!(!lines.is_empty(), shows, "{path}");
            let pair = if shows_licences { "office" } else { "one_time" };
            for line in &lines {
                assert_eq!(line["billingProvider"], pair, "{path}");
                assert_eq!(line["invoiceLineItemType"], "billing_line_items", "{path}");
            }
        }
    }
}

#[test]
fn the_words_go_in_every_form() {
    let mock = mock();
    let invoice = server_invoice(&mock);
    let id = invoice["id"].as_str().unwrap();
    let name = format!("OneTime-{id}");
    let expected = super::lines_of(&mock, &invoice);
    assert!(!expected.is_empty());
    for (provider, line_type) in [
        ("onetime", "billinglineitems"),
        ("OneTime", "BillingLineItems"),
        ("one_time", "billing_line_items"),
        ("ONETIME", "BILLINGLINEITEMS"),
        ("3", "2"),
    ] {
        for name in [id, &name, &name.to_lowercase()] {
            let path = by_query(name, provider, line_type, "");
            assert_eq!(items(&mock, &path), expected, "{path}");
            let path = format!("/v1/invoices/{name}/lineitems/{provider}/{line_type}");
            assert_eq!(items(&mock, &path), expected, "{path}");
        }
    }
    let odd = format!(
        "/v1/invoices/{id}/LineItems?InvoiceLineItemType=BillingLineItems&PROVIDER=OneTime&currencyCode=usd&Period=Current&seekoperation=First"
    );
    assert_eq!(items(&mock.app_only(), &odd), expected);
    assert!(items(&mock, &by_query(id, "all", "2", "&currencycode=EUR")).is_empty());
    assert!(items(&mock, &by_query(id, "all", "2", "&hasPartnerEarnedCredit=True")).is_empty());
    assert_eq!(items(&mock, &by_query(id, "all", "2", "&hasPartnerEarnedCredit=false")), expected);
}

#[test]
fn words_that_mean_nothing_are_refused() {
    let mock = mock();
    let invoice = server_invoice(&mock);
    let id = invoice["id"].as_str().unwrap();
    let unbilled = "/v1/invoices/unbilled/lineitems";
    for (code, path) in [
        (800_002, format!("/v1/invoices/{id}/lineitems")),
        (800_002, format!("/v1/invoices/{id}/lineitems?provider=onetime")),
        (800_002, format!("/v1/invoices/{id}/lineitems?invoicelineitemtype=billinglineitems")),
        (900_126, by_query(id, "google", "billinglineitems", "")),
        (900_126, by_query(id, "onetime", "lines", "")),
        (900_126, by_query(id, "6", "2", "")),
        (800_002, by_query(id, "none", "billinglineitems", "")),
        (800_002, by_query(id, "onetime", "0", "")),
        (800_002, by_query(id, "marketplace", "billinglineitems", "")),
        (800_002, by_query(id, "office", "usagelineitems", "")),
        (800_002, by_query(id, "onetime", "billinglineitems", "&currencycode=dollar")),
        (800_002, by_query(id, "onetime", "billinglineitems", "&size=2001")),
        (800_002, by_query(id, "office", "billinglineitems", "&offset=-1")),
        (800_002, by_query(id, "onetime", "billinglineitems", "&hasPartnerEarnedCredit=maybe")),
        (900_126, by_query(id, "onetime", "billinglineitems", "&seekOperation=Sideways")),
        (900_126, format!("/v1/invoices/{id}/lineitems/Google/BillingLineItems")),
        (900_126, format!("/v1/invoices/{id}/lineitems/OneTime/Lines")),
        (800_002, by_query("unbilled", "all", "billinglineitems", "")),
        (800_002, format!("{unbilled}/all/billinglineitems")),
        (800_002, by_query("unbilled", "all", "2", "&currencycode=US")),
        (900_126, by_query("unbilled", "all", "2", "&currencycode=USD&period=next")),
        (800_002, "/v1/invoices/estimates/links".to_owned()),
        (800_002, "/v1/invoices/estimates/links?currencycode=1".to_owned()),
    ] {
        let refused = mock.refused(400, code, "GET", &path, &Value::Null);
        let told = refused.json()["data"][0].as_str().unwrap().to_owned();
        assert!(told.contains(": "), "{path}: {told}");
    }
    for path in [
        by_query("G000000001", "onetime", "billinglineitems", ""),
        "/v1/invoices/G000000001/lineitems/OneTime/BillingLineItems".to_owned(),
        by_query(&format!("Recurring-{id}"), "office", "billinglineitems", ""),
    ] {
        mock.refused(404, 1000, "GET", &path, &Value::Null);
    }
}

fn page(mock: &Mock, path: &str, token: Option<&str>) -> Answer {
    let headers: Vec<(&str, &str)> =
        token.map(|token| ("MS-ContinuationToken", token)).into_iter().collect();
    mock.send("GET", path, &headers, "")
}

/// Follows `links.next` as clients do: the address as it is, with the headers that it names.
fn follow(mock: &Mock, path: &str) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let (mut path, mut token): (String, Option<String>) = (path.to_owned(), None);
    loop {
        let answer = page(mock, &path, token.as_deref());
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let body = answer.json();
        pages.push(body["items"].as_array().unwrap().clone());
        let next = &body["links"]["next"];
        assert_eq!(body.get("continuationToken").is_some(), next.is_object(), "{path}");
        if !next.is_object() {
            return pages;
        }
        let header = &next["headers"][0];
        assert_eq!(header["key"], "MS-ContinuationToken");
        assert_eq!(header["value"], body["continuationToken"]);
        let uri = next["uri"].as_str().unwrap();
        assert_eq!(uri.matches('?').count(), 1, "{uri}");
        assert!(uri.contains("seekOperation=Next"), "{uri}");
        path = format!("/v1{uri}");
        token = Some(header["value"].as_str().unwrap().to_owned());
    }
}

#[test]
fn purchases_have_pages_by_token_before_and_after_they_are_invoiced() {
    let mock = mock();
    advance_to(&mock, "2026-06-10T00:00:00Z");
    for quantity in 1..=5 {
        buy(&mock, LARKSPUR, &software(), quantity);
    }
    let all = open_lines(&mock, "onetime", "USD", "current");
    assert_eq!(all.len(), 5);
    for path in [
        by_query("unbilled", "all", "billinglineitems", "&currencycode=USD&period=current&size=2"),
        "/v1/invoices/unbilled/lineitems/OneTime/BillingLineItems?currencycode=USD&size=2"
            .to_owned(),
    ] {
        let pages = follow(&mock, &path);
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1], "{path}");
        assert_eq!(pages.concat(), all);
    }
    advance_to(&mock, "2026-07-01T00:00:00Z");
    let invoice = invoice_of(&mock, "2026-06-01", "USD", "OneTime");
    let id = invoice["id"].as_str().unwrap();
    let all = super::lines_of(&mock, &invoice);
    assert_eq!(all.len(), 5);
    for path in [
        by_query(id, "onetime", "billinglineitems", "&size=2"),
        by_query(&id.to_lowercase(), "OneTime", "billing_line_items", "&size=2&currencycode=usd"),
        format!("/v1/invoices/OneTime-{id}/lineitems/OneTime/BillingLineItems?size=2"),
        format!("/v1/invoices/{id}/lineitems/all/billinglineitems?size=2"),
    ] {
        assert_eq!(follow(&mock, &path).concat(), all, "{path}");
    }

    let path = by_query(id, "onetime", "billinglineitems", "&size=2");
    let first = page(&mock, &path, None).json();
    let token = first["continuationToken"].as_str().unwrap();
    let last = page(&mock, &format!("{path}&seekOperation=Last"), None).json();
    assert_eq!(last["items"].as_array().unwrap()[..], all[3..]);
    let back = last["links"]["previous"]["headers"][0]["value"].as_str().unwrap();
    let before = page(&mock, &format!("{path}&seekoperation=previous"), Some(back)).json();
    assert_eq!(before["items"].as_array().unwrap()[..], all[1..3]);
    // A token of this list, of another, and of none.
    let other = by_query(id, "all", "billinglineitems", "&size=2&seekOperation=Next");
    for (path, token) in [
        (&other, Some(token)),
        (&format!("{path}&seekOperation=Next"), Some("bm8=")),
        (&format!("{path}&seekOperation=Next"), None),
    ] {
        let answer = page(&mock, path, token);
        assert_eq!((answer.status, answer.code()), (400, 2000), "{path}: {}", answer.text);
    }
}

#[test]
fn licences_have_pages_by_offset_once_they_are_invoiced() {
    let mock = mock();
    advance_to(&mock, "2026-06-10T00:00:00Z");
    for quantity in 1..=3 {
        buy_seats(&mock, quantity);
    }
    advance_to(&mock, "2026-07-01T00:00:00Z");
    let invoice = invoice_of(&mock, "2026-06-01", "USD", "Recurring");
    let id = invoice["id"].as_str().unwrap();
    let all = super::lines_of(&mock, &invoice);
    // Those of the fixtures' subscription come besides.
    assert_eq!(all.len(), 4);
    for path in [
        by_query(id, "office", "billinglineitems", "&size=3"),
        format!("/v1/invoices/Recurring-{id}/lineitems/Office/BillingLineItems?size=3"),
    ] {
        let first = mock.get(&path);
        assert!(first.get("continuationToken").is_none());
        assert_eq!(first["items"].as_array().unwrap()[..], all[..3]);
        let next = &first["links"]["next"];
        assert_eq!(next["headers"], json!([]));
        let uri = next["uri"].as_str().unwrap();
        assert!(uri.contains("offset=3") && !uri.contains("seekOperation"), "{uri}");
        let second = mock.get(&format!("/v1{uri}"));
        assert_eq!(second["items"].as_array().unwrap()[..], all[3..]);
        assert!(second["links"].get("next").is_none());
    }
}

#[test]
fn estimates_lead_to_what_is_not_invoiced_yet() {
    let mock = mock();
    advance_to(&mock, "2026-06-10T00:00:00Z");
    buy(&mock, LARKSPUR, &software(), 1);
    let links = items(&mock, "/v1/invoices/estimates/links?currencyCode=usd");
    let rows: Vec<(&str, &str)> = links
        .iter()
        .map(|it| (it["type"].as_str().unwrap(), it["period"].as_str().unwrap()))
        .collect();
    assert_eq!(
        rows,
        [
            ("daily_rated_usage", "current"),
            ("daily_rated_usage", "previous"),
            ("non_consumption", "current"),
            ("non_consumption", "previous"),
        ]
    );
    let found: Vec<usize> = links
        .iter()
        .map(|it| items(&mock, &format!("/v1{}", it["link"]["uri"].as_str().unwrap())).len())
        .collect();
    assert_eq!(found, [0, 0, 1, 0]);
    assert!(links.iter().all(|it| it.get("attributes").is_none()));
}
