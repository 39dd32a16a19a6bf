//! Invoices: issued at the end of a month, found by their ids, listed and filtered.

use partner_center_mock::domain::settings::Transition;
use serde_json::{Value, json};

use super::{
    advance_to, buy, buy_seats, cancel, hundredths, invoice_of, invoices_of, items, lines_of,
    open_lines, server_invoice, sum,
};
use crate::support::items::{listed, reservation, reservation_line, software};
use crate::support::{LARKSPUR, PRAIRIE, PRAIRIE_AZURE, arm, mock, mock_with, sandbox};

#[test]
fn a_month_closes_into_one_invoice_for_each_currency_and_type() {
    let mock = mock();
    advance_to(&mock, "2026-06-10T00:00:00Z");
    let before = sum(&open_lines(&mock, "onetime", "USD", "current"), "subtotal");
    buy(&mock, LARKSPUR, &software(), 2);
    buy(&mock, PRAIRIE, &listed("CA", "DZH318Z0WS19", "0002", ""), 1);
    buy_seats(&mock, 10);
    let open = open_lines(&mock, "onetime", "USD", "current");
    assert_eq!(sum(&open, "subtotal"), before + 2 * 106_900);
    assert!(invoices_of(&mock, "2026-06-01").is_empty());

    advance_to(&mock, "2026-07-01T00:00:00Z");
    let made = invoices_of(&mock, "2026-06-01");
    let mut kinds: Vec<(&str, &str)> = made
        .iter()
        .map(|it| (it["currencyCode"].as_str().unwrap(), it["invoiceType"].as_str().unwrap()))
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [("CAD", "OneTime"), ("USD", "OneTime"), ("USD", "Recurring")]);
    for invoice in &made {
        let id = invoice["id"].as_str().unwrap();
        let first = if invoice["invoiceType"] == "OneTime" { 'G' } else { 'D' };
        assert!(id.starts_with(first) && id.len() == 10, "{id}");
        assert_eq!(invoice["invoiceDate"], "2026-07-01T00:00:00.0000000Z");
        assert_eq!(invoice["billingPeriodEndDate"], "2026-06-30T00:00:00.0000000Z");
        assert_eq!(invoice["documentType"], "invoice");
        assert_eq!(
            (invoice["paidAmount"].as_f64(), &invoice["state"]),
            (Some(0.0), &json!("Open"))
        );
        let lines = lines_of(&mock, invoice);
        assert!(lines.iter().all(|line| line["currency"] == invoice["currencyCode"]));
        assert_eq!(sum(&lines, "subtotal"), sum(std::slice::from_ref(invoice), "totalCharges"));
    }
    assert!(open_lines(&mock, "onetime", "USD", "current").is_empty());
    assert!(open_lines(&mock, "onetime", "USD", "previous").is_empty());
}

#[test]
fn invoices_are_issued_later_where_the_settings_say_so() {
    let mock = mock_with(|it| it.delay(Transition::InvoiceIssue, "P7D".parse().unwrap()));
    advance_to(&mock, "2026-04-10T00:00:00Z");
    buy(&mock, LARKSPUR, &software(), 1);
    let current = open_lines(&mock, "onetime", "USD", "current");
    advance_to(&mock, "2026-05-01T00:00:00Z");
    assert!(invoices_of(&mock, "2026-04-01").is_empty());
    assert_eq!(open_lines(&mock, "onetime", "USD", "previous"), current);
    assert!(open_lines(&mock, "onetime", "USD", "current").is_empty());
    let due = mock.get("/_mock/clock")["due"].clone();
    let waits = due.as_array().unwrap().iter().find(|it| it["event"] == "invoices-issued").unwrap();
    assert_eq!(
        (&waits["id"], &waits["at"]),
        (&json!("2026-04"), &json!("2026-05-08T00:00:00.0000000Z"))
    );
    assert_eq!(waits.get("customerId"), None);
    advance_to(&mock, "2026-05-08T00:00:00Z");
    let invoice = invoice_of(&mock, "2026-04-01", "USD", "OneTime");
    assert_eq!(invoice["invoiceDate"], "2026-05-08T00:00:00.0000000Z");
    assert!(open_lines(&mock, "onetime", "USD", "previous").is_empty());
}

#[test]
fn a_credit_for_an_earlier_month_stands_on_the_next_invoice_as_a_negative_line() {
    let mock = mock();
    advance_to(&mock, "2026-06-10T00:00:00Z");
    let order = buy(&mock, LARKSPUR, &software(), 20);
    advance_to(&mock, "2026-07-01T00:00:00Z");
    cancel(&mock, &order);
    advance_to(&mock, "2026-08-01T00:00:00Z");
    let (june, july) = (
        invoice_of(&mock, "2026-06-01", "USD", "OneTime"),
        invoice_of(&mock, "2026-07-01", "USD", "OneTime"),
    );
    let of_order = |invoice: &Value| {
        let lines = lines_of(&mock, invoice).into_iter();
        let own = lines.filter(|line| order.ends_with(line["orderId"].as_str().unwrap()));
        own.collect::<Vec<_>>()
    };
    let [charge, credit] = [of_order(&june), of_order(&july)].map(|lines| {
        assert_eq!(lines.len(), 1);
        lines[0].clone()
    });
    assert_eq!((&charge["chargeType"], &credit["chargeType"]), (&json!("New"), &json!("Cancel")));
    assert_eq!(
        (charge["subtotal"].as_f64(), credit["subtotal"].as_f64()),
        (Some(21380.0), Some(-21380.0))
    );
    assert_eq!(
        (&charge["billableQuantity"], &credit["billableQuantity"]),
        (&json!(20), &json!(-20))
    );
    assert!(july["totalCharges"].as_f64().unwrap() < 0.0, "{july}");
    assert!(june.get("amendments").is_none());
}

#[test]
fn a_cancelled_reservation_has_two_lines_of_one_order() {
    let mock = sandbox();
    let item = reservation("CA", "Standard_B1s", "eastus", "P1Y");
    let line = reservation_line(&item, PRAIRIE_AZURE);
    let order = super::super::orders::placed(&mock, PRAIRIE, &[line]);
    cancel(&mock, &order);
    let lines = open_lines(&mock, "all", "CAD", "current");
    let [charge, credit] = &lines[..] else { panic!("{lines:#?}") };
    assert_eq!((&charge["chargeType"], &credit["chargeType"]), (&json!("New"), &json!("Cancel")));
    for member in ["orderId", "reservationOrderId", "customerName", "skuId", "alternateId"] {
        assert_eq!(charge[member], credit[member], "{member}");
        assert_ne!(charge[member], "", "{member}");
    }
    assert_eq!(sum(&lines, "totalForCustomer"), 0);
    assert_eq!(charge["chargeStartDate"], "2026-03-01T00:00:00.0000000Z");
    assert_eq!(charge["chargeEndDate"], "2027-02-28T00:00:00.0000000Z");
    assert_eq!(
        (&charge["termAndBillingCycle"], &charge["billingFrequency"]),
        (&json!("1 Year"), &json!("OneTime"))
    );
    assert_eq!((&charge["invoiceNumber"], &charge["subscriptionId"]), (&json!(""), &json!("")));
}

#[test]
fn a_return_in_azure_is_a_negative_line_and_its_fee_a_line_of_its_own() {
    const ORDER: &str = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
    const RESERVATION: &str = "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
    let mock = mock();
    advance_to(&mock, "2026-04-10T00:00:00Z");
    let azure = mock.azure(LARKSPUR);
    let order = format!("/providers/Microsoft.Capacity/reservationOrders/{ORDER}");
    let mut body = json!({
        "id": order,
        "properties": { "scope": "Reservation", "reservationToReturn": {
            "reservationId": format!("{order}/reservations/{RESERVATION}"), "quantity": 2,
        } },
    });
    let calculated = azure.post(200, &arm(&format!("{order}/calculateRefund")), &body);
    body.as_object_mut().unwrap().remove("id");
    body["properties"]["sessionId"] = calculated["properties"]["sessionId"].clone();
    body["properties"]["returnReason"] = "no longer needed".into();
    azure.expect(202, "POST", &arm(&format!("{order}/return")), &body);

    let refund = hundredths(&calculated["properties"]["billingRefundAmount"]["amount"]);
    let lines = open_lines(&mock, "onetime", "USD", "current");
    let lines: Vec<Value> =
        lines.into_iter().filter(|line| line["reservationOrderId"] == ORDER).collect();
    let [credit, fee] = &lines[..] else { panic!("{lines:#?}") };
    assert_eq!(
        (&credit["chargeType"], &fee["chargeType"]),
        (&json!("Cancel"), &json!("earlyTerminationFee"))
    );
    assert!(credit["subtotal"].as_f64() < Some(0.0) && fee["subtotal"].as_f64() > Some(0.0));
    assert_eq!(sum(&lines, "subtotal"), -refund);
    assert_eq!((&credit["quantity"], &credit["billableQuantity"]), (&json!(2), &json!(-2)));
    assert_eq!(credit["orderId"], fee["orderId"]);
}

#[test]
fn an_invoice_is_found_by_its_id_in_every_form() {
    let mock = mock();
    let invoice = server_invoice(&mock);
    let id = invoice["id"].as_str().unwrap();
    let lower = id.to_lowercase();
    for form in [
        id,
        &lower,
        &format!("OneTime-{id}"),
        &format!("onetime-{lower}"),
        &format!("ONETIME-{id}"),
    ] {
        assert_eq!(mock.get(&format!("/v1/invoices/{form}")), invoice, "{form}");
        assert_eq!(mock.get(&format!("/v1//Invoices/{form}/")), invoice, "{form}");
    }
    let link = invoice["links"]["self"]["uri"].as_str().unwrap();
    assert_eq!(link, format!("/invoices/OneTime-{id}"));
    assert_eq!(mock.get(&format!("/v1{link}")), invoice);
    let pdf = format!("/invoices/{id}/documents/statement");
    assert_eq!(invoice["pdfDownloadLink"], *pdf);

    for unknown in [
        "G000000001",
        "unbilled",
        "summaryx",
        "Recurring",
        "-",
        "%2e%2e",
        "OneTime-",
        "%F0%9F%92%A9",
        &format!("Recurring-{id}"),
        &format!("Monthly-{id}"),
        &format!("OneTime-OneTime-{id}"),
        &format!("{id}-"),
    ] {
        mock.refused(404, 1000, "GET", &format!("/v1/invoices/{unknown}"), &Value::Null);
    }
    mock.app_only().refused(403, 900_329, "GET", &format!("/v1/invoices/{id}"), &Value::Null);
}

#[test]
fn the_list_has_pages_by_offset() {
    let mock = mock();
    let all = mock.get("/v1/invoices");
    let count = all["items"].as_array().unwrap().len();
    assert!(count > 4, "the fixtures have few invoices: {count}");
    assert_eq!(all["totalCount"], count);
    assert!(all["links"].get("next").is_none() && all["links"].get("previous").is_none());
    let dates: Vec<&str> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["invoiceDate"].as_str().unwrap())
        .collect();
    assert!(dates.is_sorted());

    let mut next = "/invoices?size=3".to_owned();
    let mut read = Vec::new();
    let mut pages = 0;
    loop {
        let page = mock.app_only().get(&format!("/v1{next}"));
        read.extend(page["items"].as_array().unwrap().clone());
        assert_eq!(page["links"].get("previous").is_some(), pages > 0);
        pages += 1;
        let Some(link) = page["links"]["next"]["uri"].as_str() else { break };
        assert_eq!(link, format!("/invoices?size=3&offset={}", 3 * pages));
        next = link.to_owned();
    }
    assert_eq!((read.len(), pages), (count, count.div_ceil(3)));
    assert_eq!(Value::Array(read), all["items"]);
    assert_eq!(items(&mock, "/v1/invoices?size=2&offset=100000").len(), 0);
    for wrong in ["size=-1", "size=100001", "size=x", "offset=-1", "offset=99999999999999999999"] {
        mock.refused(400, 800_002, "GET", &format!("/v1/invoices?{wrong}"), &Value::Null);
    }
}

/// How the date of an invoice relates to a day.
type Holds = fn(&str, &str) -> bool;

#[test]
fn the_list_is_filtered_by_date() {
    let mock = mock();
    let all = items(&mock, "/v1/invoices");
    let date = |invoice: &Value| invoice["invoiceDate"].as_str().unwrap()[..10].to_owned();
    // Several invoices are dated on this day, others earlier and later.
    let day = "2025-04-01";
    let filtered = |operator: &str, value: &str| {
        let filter = json!({ "Field": "InvoiceDate", "Value": value, "Operator": operator });
        items(&mock, &format!("/v1/invoices?filter={filter}"))
    };
    let cases: [(&[&str], Holds); 6] = [
        (&["equals", "Equals", "0"], |a, b| a == b),
        (&["not_equals"], |a, b| a != b),
        (&["greater_than", "GreaterThan", "GREATERTHAN", "2"], |a, b| a > b),
        (&["greater_than_or_equals"], |a, b| a >= b),
        (&["less_than"], |a, b| a < b),
        (&["less_than_or_equals", "5"], |a, b| a <= b),
    ];
    for (operators, holds) in cases {
        let expected: Vec<Value> = all.iter().filter(|it| holds(&date(it), day)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < all.len(), "{operators:?}");
        for operator in operators {
            for value in
                [day.to_owned(), format!("{day}T00:00:00Z"), format!("{day}T02:00:00%2B02:00")]
            {
                assert_eq!(filtered(operator, &value), expected, "{operator} {value}");
            }
        }
    }
    assert!(filtered("equals", "2025-04-01T00:00:01Z").is_empty());
    let between = r#"{"LeftFilter":{"field":"invoicedate","value":"2025-01-01","operator":"greater_than"},"RightFilter":{"Field":"InvoiceDate","Value":"2025-12-31","Operator":4},"Operator":"and"}"#;
    let page = mock.get(&format!("/v1/invoices?size=1&filter={between}"));
    let next = page["links"]["next"]["uri"].as_str().unwrap();
    assert_eq!(next.matches('?').count(), 1);
    let second = mock.get(&format!("/v1{next}"));
    for page in [&page, &second] {
        assert!(date(&page["items"][0]).starts_with("2025"), "{page}");
    }
    assert_ne!(page["items"], second["items"]);

    for (filter, code) in [
        (r#"{"Field":"Amount","Value":"1","Operator":"equals"}"#, 800_002),
        (r#"{"Field":"InvoiceDate","Value":"soon","Operator":"equals"}"#, 800_002),
        (r#"{"Field":"InvoiceDate","Value":"2025","Operator":"starts_with"}"#, 800_002),
        (r#"{"Field":"InvoiceDate","Value":"2025-01-01","Operator":"like"}"#, 900_126),
        ("InvoiceDate", 800_002),
    ] {
        mock.refused(400, code, "GET", &format!("/v1/invoices?filter={filter}"), &Value::Null);
    }
}

#[test]
fn what_a_deleted_customer_was_charged_is_still_shown_by_its_name() {
    let mock = sandbox();
    let address = json!({
        "country": "US", "city": "Boise", "addressLine1": "1 Main St", "state": "ID",
        "postalCode": "83702", "phoneNumber": "2085550142",
    });
    let made = mock.post(
        201,
        "/v1/customers",
        &json!({
            "companyProfile": { "domain": "gonesoon.onmicrosoft.com" },
            "billingProfile": {
                "culture": "en-US", "email": "ap@gone.example", "language": "en",
                "companyName": "Gone Soon", "defaultAddress": address,
            },
        }),
    );
    let customer = made["id"].as_str().unwrap();
    let agreement = json!({
        "primaryContact": { "firstName": "Ada", "lastName": "Gone", "email": "ada@gone.example" },
        "templateId": "998b88de-aa99-4388-a42c-1b3517d49490",
        "dateAgreed": "2026-02-01T00:00:00Z", "type": "MicrosoftCustomerAgreement",
        "userId": "4d2b9e10-55aa-4c8f-8e61-0d7c3b2a9f14",
    });
    mock.post(201, &format!("/v1/customers/{customer}/agreements"), &agreement);
    let order = buy(&mock, customer, &software(), 1);
    cancel(&mock, &order);
    mock.expect(204, "DELETE", &format!("/v1/customers/{customer}"), &Value::Null);
    advance_to(&mock, "2026-04-01T00:00:00Z");
    let invoice = invoice_of(&mock, "2026-03-01", "USD", "OneTime");
    let lines = lines_of(&mock, &invoice).into_iter();
    let lines: Vec<Value> = lines.filter(|line| line["customerId"] == customer).collect();
    assert_eq!(lines.len(), 2);
    for line in &lines {
        assert_eq!(line["customerName"], "Gone Soon");
        assert_eq!(line["customerDomainName"], "gonesoon.onmicrosoft.com");
        assert_eq!(
            (&line["customerCountry"], &line["productId"]),
            (&json!("US"), &json!("DZH318Z0WS19"))
        );
    }
    mock.refused(
        404,
        1000,
        "GET",
        &format!("/v1/customers/{customer}/servicecosts/mostrecent"),
        &Value::Null,
    );
}

#[test]
fn an_issued_invoice_is_told_to_the_audit() {
    let mock = mock();
    let invoice = server_invoice(&mock);
    let records = items(&mock, "/v1/auditrecords?startDate=2026-04-15");
    let id = invoice["id"].as_str().unwrap();
    let told = records.iter().find(|it| it["resourceNewValue"].to_string().contains(id));
    let told = told.unwrap_or_else(|| panic!("{records:#?}"));
    assert_eq!(
        (&told["operationType"], &told["resourceType"]),
        (&json!("ready_invoice"), &json!("invoice"))
    );
}
