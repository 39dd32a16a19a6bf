//! Checking carts out.

use partner_center_mock::domain::settings::SecondCheckout;
use partner_center_mock::domain::subscriptions::{Registration, Subscription};
use serde_json::{Value, json};

use crate::support::items::{
    cart_line, licence, lines, listed, reservation_line, small_vm, software,
};
use crate::support::{COOLIBAH, LARKSPUR, LARKSPUR_AZURE, Mock, SUNDARAM, mock};

use super::carts::{cart, carts, checkout_of, errors, groups, path_of, with_settings};

/// Takes the registration of Larkspur's Azure subscription back, behind the wire.
fn unregister(mock: &Mock) {
    let changed = mock.handle().world().write(|tx| {
        let key = (LARKSPUR.parse().unwrap(), LARKSPUR_AZURE.parse().unwrap());
        let mut subscription = Subscription::clone(tx.subscription(key.0, key.1)?);
        subscription.registration = Registration::NotRegistered;
        tx.subscriptions.put(key, subscription);
        Ok(())
    });
    changed.unwrap();
}

#[test]
fn checkout_makes_an_order_of_every_group() {
    let mock = mock();
    let made = cart(
        &mock,
        LARKSPUR,
        &[
            reservation_line(&small_vm(), LARKSPUR_AZURE),
            cart_line(&licence(), 3),
            cart_line(&software(), 2),
            cart_line("MS-AZR-0145P", 1),
        ],
    );
    let result = mock.post(201, &checkout_of(&made), &Value::Null);
    assert_eq!(result["attributes"]["objectType"], "CartCheckoutResult");
    assert_eq!(result["orderErrors"], json!([]));
    let orders = result["orders"].as_array().unwrap();
    let shape: Vec<_> = orders
        .iter()
        .map(|order| {
            let lines = order["lineItems"].as_array().unwrap().len();
            (order["status"].as_str().unwrap(), order["billingCycle"].as_str().unwrap(), lines)
        })
        .collect();
    let expected =
        [("pending", "one_time", 2), ("completed", "monthly", 1), ("completed", "monthly", 1)];
    assert_eq!(shape, expected);
    assert_eq!(orders[0]["lineItems"][1]["lineItemNumber"], 1);
    assert_eq!(
        orders[0]["lineItems"][1]["friendlyName"],
        "Windows Server 2019 Standard - 16 Core License Pack"
    );
    assert!(orders[0]["lineItems"][0].get("subscriptionId").is_none());
    assert!(orders[1]["lineItems"][0]["subscriptionId"].is_string());
    assert_eq!(orders[2]["alternateId"], orders[2]["id"]);
    assert_eq!(orders[2]["id"].as_str().unwrap().len(), 36);
    for order in orders {
        let path = format!("/v1{}", order["links"]["self"]["uri"].as_str().unwrap());
        assert_eq!(mock.get(&path)["status"], "completed");
    }
}

#[test]
fn what_is_sent_with_a_checkout_does_not_matter() {
    let mock = mock();
    for (body, content_type) in [
        ("", "application/json"),
        ("null", "application/json"),
        ("{}", "application/json; charset=utf-8"),
        ("\"success\"", "application/json"),
        ("success", "text/plain"),
        ("{ this is no JSON", "application/json"),
    ] {
        let made = cart(&mock, LARKSPUR, &[cart_line(&licence(), 1)]);
        let answer =
            mock.send("POST", &checkout_of(&made), &[("content-type", content_type)], body);
        assert_eq!(answer.status, 201, "{body}: {}", answer.text);
    }
}

#[test]
fn a_second_checkout_is_refused_or_repeated_as_the_settings_say() {
    let mock = mock();
    let made = cart(&mock, LARKSPUR, &[cart_line(&licence(), 1)]);
    let sent = [("MS-RequestId", "0b7c6a52-0000-4000-8000-000000000001")];
    let first = mock.send("POST", &checkout_of(&made), &sent, "");
    assert_eq!(first.status, 201);
    let replayed = mock.send("POST", &checkout_of(&made), &sent, "");
    assert_eq!((replayed.status, &replayed.text), (201, &first.text));
    let refused = mock.refused(400, 800_065, "POST", &checkout_of(&made), &Value::Null);
    assert!(refused.text.contains(made["id"].as_str().unwrap()), "{}", refused.text);

    let kind = with_settings(|settings| settings.second_checkout = SecondCheckout::Repeated);
    let made = partly_possible(&kind);
    let first = kind.post(201, &checkout_of(&made), &Value::Null);
    assert_eq!(kind.post(201, &checkout_of(&made), &Value::Null), first);
}

/// A cart of the customer without agreement: Azure is possible, licences are not.
fn partly_possible(mock: &Mock) -> Value {
    let seats = listed("IN", "CFQ7TTC0LH18", "0001", "P1Y");
    cart(mock, SUNDARAM, &[cart_line(&seats, 1), cart_line("MS-AZR-0145P", 1)])
}

#[test]
fn a_group_that_cannot_be_ordered_does_not_stop_the_others() {
    let mock = mock();
    let made = partly_possible(&mock);
    assert_eq!((errors(&made), groups(&made)), (vec![0, 0], vec!["0", "OMS-0"]));
    let result = mock.post(201, &checkout_of(&made), &Value::Null);
    assert_eq!(result["orders"].as_array().unwrap().len(), 1);
    assert_eq!(result["orders"][0]["lineItems"][0]["offerId"], "MS-AZR-0145P");
    let failed = result["orderErrors"].as_array().unwrap();
    assert_eq!(failed.len(), 1);
    assert_eq!((&failed[0]["orderGroupId"], &failed[0]["code"]), (&json!("0"), &json!(13605)));
    assert!(failed[0]["description"].as_str().unwrap().contains("Microsoft Customer Agreement"));
    assert_eq!(mock.get(&path_of(&made))["status"], "Ordered");
}

#[test]
fn modern_items_need_the_customer_agreement_at_checkout() {
    let mock = mock();
    let seats = listed("IN", "CFQ7TTC0LH18", "0001", "P1Y");
    let made = cart(&mock, SUNDARAM, &[cart_line(&seats, 1)]);
    assert_eq!(errors(&made), [0]);
    mock.refused(403, 13605, "POST", &checkout_of(&made), &Value::Null);
    assert_eq!(mock.get(&path_of(&made))["status"], "Active");
    // An agreement that the customer signed directly does as well.
    let seats = listed("AU", "CFQ7TTC0LH18", "0001", "P1Y");
    let made = cart(&mock, COOLIBAH, &[cart_line(&seats, 1)]);
    mock.post(201, &checkout_of(&made), &Value::Null);
}

#[test]
fn a_cart_with_errors_is_not_checked_out() {
    let mock = mock();
    let bad = cart(&mock, LARKSPUR, &[cart_line(&licence(), 1), cart_line("nonsense", 1)]);
    let answer = mock.refused(400, 800_009, "POST", &checkout_of(&bad), &Value::Null);
    assert!(answer.text.contains("line 1: catalogItemId `nonsense`"), "{}", answer.text);
    // A cart that was fine may go bad.
    let good = cart(&mock, LARKSPUR, &[reservation_line(&small_vm(), LARKSPUR_AZURE)]);
    assert_eq!(errors(&good), [0]);
    unregister(&mock);
    mock.refused(400, 800_009, "POST", &checkout_of(&good), &Value::Null);
}

#[test]
fn an_attestation_of_the_partner_of_record_is_demanded_where_the_settings_say() {
    let mock = with_settings(|settings| settings.require_partner_attestation = true);
    let mut line = cart_line(&licence(), 1);
    line["participants"] = json!([{ "key": "transaction_reseller", "value": "6120453" }]);
    let mut body = lines(&[line]);
    let made = mock.post(201, &carts(LARKSPUR), &body);
    mock.refused(400, 900_206, "POST", &checkout_of(&made), &Value::Null);
    body["PartnerOnRecordAttestationAccepted"] = true.into();
    mock.expect(201, "PUT", &path_of(&made), &body);
    let order = &mock.post(201, &checkout_of(&made), &Value::Null)["orders"][0];
    assert_eq!(order["partnerOnRecordAttestationAccepted"], true);
    assert_eq!(order["lineItems"][0]["partnerIdOnRecord"], "6120453");
}
