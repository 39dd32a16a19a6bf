//! Orders that are cancelled, extended and billed another way.

use partner_center_mock::domain::settings::Transition;
use partner_center_mock::domain::subscriptions::{Subscription, SubscriptionStatus};
use serde_json::{Value, json};

use crate::support::items::{
    cart_line, licence, lines, listed, order, reservation, reservation_line, small_vm, software,
};
use crate::support::{
    LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, NOBODY, PRAIRIE, PRAIRIE_AZURE, mock, mock_with,
    sandbox,
};

use super::orders::{billed, cancelled, orders, patch, placed, provisioning};

#[test]
fn an_order_that_is_cancelled_while_pending_is_never_fulfilled() {
    let mock =
        mock_with(|builder| builder.delay(Transition::OrderProvisioning, "PT1H".parse().unwrap()));
    let made = mock.post(201, &orders(LARKSPUR), &order(&[cart_line(&software(), 2)]));
    let path = format!("{}/{}", orders(LARKSPUR), made["id"].as_str().unwrap());
    patch(&mock, &path, &cancelled());
    mock.advance("PT2H");
    assert_eq!(mock.get(&path)["status"], "cancelled");
    assert_eq!(provisioning(&mock, &path), ["Unfulfilled"]);
}

#[test]
fn a_sandbox_cancels_a_reservation_and_production_does_not() {
    let item = reservation("CA", "Standard_B1s", "eastus", "P1Y");
    let line = reservation_line(&item, PRAIRIE_AZURE);
    let production = mock();
    let path = placed(&production, PRAIRIE, std::slice::from_ref(&line));
    production.refused(403, 800_019, "PATCH", &path, &cancelled());

    let mock = sandbox();
    let path = placed(&mock, PRAIRIE, std::slice::from_ref(&line));
    let mut whole = mock.get(&path);
    whole["status"] = "cancelled".into();
    let answer = patch(&mock, &path, &whole);
    assert_eq!(
        (&answer["status"], &answer["lineItems"][0]["quantity"]),
        (&json!("cancelled"), &json!(1))
    );
    assert_eq!(provisioning(&mock, &path), ["Unfulfilled"]);
    assert_eq!(mock.get(&path), answer);
    mock.refused(400, 800_061, "PATCH", &path, &cancelled());
    mock.refused(400, 800_061, "PATCH", &path, &whole);

    let old = placed(&mock, PRAIRIE, &[line]);
    mock.advance("P61D");
    mock.refused(400, 800_061, "PATCH", &old, &cancelled());
}

#[test]
fn software_is_cancelled_as_a_whole_or_by_lines_within_30_days() {
    let mock = mock();
    let subscription = listed("US", "DZH318Z0WSSB", "0001", "P1Y");
    let path = placed(&mock, LARKSPUR, &[cart_line(&software(), 2), cart_line(&software(), 3)]);
    let other = mock.get(&path)["lineItems"][0]["offerId"].clone();
    let line = |number: i64| json!({ "lineItemNumber": number, "offerId": other });
    let cancel = |named: &[Value]| json!({ "status": "Cancelled", "lineItems": named });
    mock.refused(400, 800_071, "PATCH", &path, &cancel(&[line(2)]));
    mock.refused(400, 800_071, "PATCH", &path, &cancel(&[line(-1)]));
    let mistaken = json!({ "lineItemNumber": 0, "offerId": licence() });
    mock.refused(400, 800_002, "PATCH", &path, &cancel(&[mistaken]));
    mock.refused(400, 800_002, "PATCH", &path, &json!({ "status": "shipped" }));
    mock.refused(400, 800_002, "PATCH", &path, &json!({ "id": "another", "status": "cancelled" }));

    // Naming a line twice cancels it once.
    let answer = patch(&mock, &path, &cancel(&[line(0), line(0)]));
    assert_eq!(answer["status"], "completed");
    let quantities = |order: &Value| {
        let lines = order["lineItems"].as_array().unwrap();
        lines.iter().map(|line| line["quantity"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(quantities(&answer), [0, 3]);
    assert_eq!(provisioning(&mock, &path), ["Unfulfilled", "Fulfilled"]);
    let priced = mock.get(&format!("{path}?include_price=true"));
    assert_eq!(priced["totalPrice"], priced["lineItems"][1]["pricing"]["extendedPrice"]);
    mock.refused(400, 800_061, "PATCH", &path, &cancel(&[line(0)]));
    let answer = patch(&mock, &path, &cancel(&[line(1)]));
    assert_eq!((answer["status"].as_str(), quantities(&answer)), (Some("cancelled"), vec![0, 0]));

    let path = placed(&mock, LARKSPUR, &[cart_line(&subscription, 2)]);
    let answer = patch(&mock, &path, &cancelled());
    assert_eq!((answer["status"].as_str(), quantities(&answer)), (Some("cancelled"), vec![2]));

    let path = placed(&mock, LARKSPUR, &[cart_line(&software(), 2)]);
    mock.advance("P30DT1S");
    let answer = mock.refused(400, 900_117, "PATCH", &path, &cancelled());
    assert!(answer.json()["description"].as_str().unwrap().contains("30-day"), "{}", answer.text);
}

#[test]
fn what_has_a_subscription_is_cancelled_through_it() {
    let mock = mock();
    let saas = listed("US", "DZH318Z0NFA1", "0001", "P1M");
    let plan = listed("US", "DZH318Z0BPS6", "0001", "");
    let saas = placed(&mock, LARKSPUR, &[cart_line(&saas, 2)]);
    mock.refused(403, 800_077, "PATCH", &saas, &cancelled());
    for item in [licence(), plan, "MS-AZR-0145P".to_owned()] {
        let path = placed(&mock, LARKSPUR, &[cart_line(&item, 1)]);
        let answer = mock.refused(400, 800_063, "PATCH", &path, &cancelled());
        assert!(answer.text.contains(LARKSPUR), "{}", answer.text);
    }
    let links = mock.get(&format!("{saas}/activationlinks"));
    assert_eq!(links["items"][0]["lineItemNumber"], 0);
    assert_eq!(mock.get(&format!("{saas}/lineitems/0/activationlinks")), links);
    for number in ["1", "-1", "x", "99999999999"] {
        let path = format!("{saas}/lineitems/{number}/activationlinks");
        mock.refused(404, 800_007, "GET", &path, &Value::Null);
    }
    mock.refused(501, 0, "GET", &format!("{saas}/attachments"), &Value::Null);
}

#[test]
fn an_add_on_is_bought_by_changing_the_order_of_its_base() {
    let mock = mock();
    let base = listed("US", "CFQ7TTC0LFLX", "0001", "P1Y");
    let addon = listed("US", "CFQ7TTC0LHSL", "0001", "P1Y");
    let path = placed(&mock, LARKSPUR, &[cart_line(&base, 10)]);
    let mut whole = mock.get(&path);
    let parent = whole["lineItems"][0]["subscriptionId"].clone();
    let line = |quantity: i64, parent: &Value| json!({ "lineItemNumber": 1, "offerId": addon, "quantity": quantity, "parentSubscriptionId": parent });
    for (code, wrong) in [
        (800_029, line(1, &LARKSPUR_LICENCE.into())),
        (800_029, line(1, &NOBODY.into())),
        (800_029, line(1, &"garbage".into())),
        (800_002, line(0, &parent)),
        (
            800_004,
            json!({ "lineItemNumber": 1, "offerId": "x", "quantity": 1, "parentSubscriptionId": parent }),
        ),
    ] {
        mock.refused(400, code, "PATCH", &path, &lines(&[wrong]));
    }
    let other = placed(&mock, LARKSPUR, &[cart_line(&base, 1)]);
    mock.refused(400, 800_029, "PATCH", &other, &lines(&[line(1, &parent)]));

    whole["lineItems"].as_array_mut().unwrap().push(line(4, &parent));
    let answer = patch(&mock, &path, &whole);
    assert_eq!(answer["lineItems"].as_array().unwrap().len(), 2);
    let bought = &answer["lineItems"][1];
    assert_eq!((&bought["parentSubscriptionId"], &bought["quantity"]), (&parent, &json!(4)));
    assert_ne!(bought["subscriptionId"], parent);
    let no_parent = json!({ "lineItemNumber": 7, "offerId": addon, "quantity": 1 });
    mock.refused(400, 800_002, "PATCH", &path, &lines(&[no_parent]));
    // The answer sent back changes nothing.
    assert_eq!(patch(&mock, &path, &answer)["lineItems"].as_array().unwrap().len(), 2);
}

#[test]
fn the_billing_cycle_changes_where_the_item_and_the_subscription_allow_it() {
    let mock = mock();
    let annual = json!({ "billingCycle": "annual" });
    let made = mock.post(201, &orders(LARKSPUR), &billed(&licence(), "monthly"));
    let path = format!("{}/{}", orders(LARKSPUR), made["id"].as_str().unwrap());
    let price = |path: &str| {
        let order = mock.get(&format!("{path}?include_price=true"));
        order["lineItems"][0]["pricing"]["price"].as_f64().unwrap()
    };
    assert!((price(&path) - 6.0).abs() < 0.001);
    assert_eq!(patch(&mock, &path, &annual)["billingCycle"], "annual");
    assert!((price(&path) - 72.0).abs() < 0.001);
    assert_eq!(
        patch(&mock, &path, &json!({ "BillingCycle": "Unknown" }))["billingCycle"],
        "annual"
    );
    mock.refused(400, 6001, "PATCH", &path, &json!({ "billingCycle": "triennial" }));
    mock.refused(400, 900_126, "PATCH", &path, &json!({ "billingCycle": "weekly" }));

    let by_the_month = listed("US", "CFQ7TTC0LH18", "0001", "P1M");
    for line in [cart_line(&by_the_month, 1), reservation_line(&small_vm(), LARKSPUR_AZURE)] {
        let path = placed(&mock, LARKSPUR, &[line]);
        mock.refused(400, 6001, "PATCH", &path, &annual);
    }

    let id = made["lineItems"][0]["subscriptionId"].as_str().unwrap();
    let suspended = mock.handle().world().write(|tx| {
        let key = (LARKSPUR.parse().unwrap(), id.parse().unwrap());
        let mut subscription = Subscription::clone(tx.subscription(key.0, key.1)?);
        subscription.status = SubscriptionStatus::Suspended;
        tx.subscriptions.put(key, subscription);
        Ok(())
    });
    suspended.unwrap();
    mock.refused(400, 6000, "PATCH", &path, &json!({ "billingCycle": "monthly" }));
}

#[test]
fn only_legacy_orders_have_a_version_and_a_stale_one_is_refused() {
    let mock = mock();
    let legacy = mock.post(201, &orders(LARKSPUR), &order(&[cart_line("MS-AZR-0145P", 1)]));
    let path = format!("{}/{}", orders(LARKSPUR), legacy["id"].as_str().unwrap());
    assert!(legacy["attributes"]["etag"].is_string());
    assert!(legacy.get("client").is_none() && legacy.get("currencySymbol").is_none());
    assert_eq!(patch(&mock, &path, &legacy)["id"], legacy["id"]);
    let mut stale = legacy;
    stale["attributes"]["etag"] = "eyJpZCI6IjAifQ==".into();
    mock.refused(400, 2055, "PATCH", &path, &stale);
}
