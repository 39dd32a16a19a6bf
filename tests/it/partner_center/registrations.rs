//! Registration of Azure subscriptions for reservations.

use partner_center_mock::domain::settings::Transition;
use serde_json::{Value, json};

use crate::support::{
    FOREIGN, LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, LARKSPUR_PLAN, Mock, NOBODY, mock,
    mock_with,
};

/// Has an active Azure subscription that nobody registered.
const SUNDARAM: &str = "c8f5a1d7-3e92-4b64-a0d8-2f7e6c9b5a43";
const SUNDARAM_AZURE: &str = "3fb8d2c6-9a05-4e71-8c4d-6e0b1a7f5d92";
/// Has a suspended Azure subscription.
const VERNEUIL: &str = "3d6f0a95-2b8c-4e17-9f4a-c5e7d9b1a382";
const VERNEUIL_AZURE: &str = "74e1b8c5-0d39-4a62-b7f8-2c6e9a4d1f53";

fn registrations(customer: &str, subscription: &str) -> String {
    format!("/v1/customers/{customer}/subscriptions/{subscription}/registrations")
}

fn status(mock: &Mock, customer: &str, subscription: &str) -> String {
    let path = format!("/v1/customers/{customer}/subscriptions/{subscription}/registrationstatus");
    let body = mock.get(&path);
    assert_eq!(body["subscriptionId"], subscription);
    assert_eq!(body["attributes"]["objectType"], "SubscriptionRegistrationStatus");
    body["status"].as_str().unwrap().to_owned()
}

#[test]
fn a_subscription_is_registered_once_and_stays_so() {
    let mock = mock();
    assert_eq!(status(&mock, SUNDARAM, SUNDARAM_AZURE), "NotRegistered");
    let answer = mock.expect(202, "POST", &registrations(SUNDARAM, SUNDARAM_AZURE), &Value::Null);
    assert_eq!(answer.text, "");
    assert_eq!(answer.header("content-length"), Some("0"));
    let location = answer.header("location").unwrap();
    let expected =
        format!("/customers/{SUNDARAM}/subscriptions/{SUNDARAM_AZURE}/registrationstatus");
    assert_eq!(location, expected);
    assert_eq!(mock.get(&format!("/v1{location}"))["status"], "Registered");
    let version = mock.handle().world().published();
    mock.expect(202, "POST", &registrations(SUNDARAM, SUNDARAM_AZURE), &Value::Null);
    assert_eq!(status(&mock, SUNDARAM, SUNDARAM_AZURE), "Registered");
    assert!(
        version.subscriptions.changes(&mock.handle().world().published().subscriptions).is_empty()
    );
    // The Azure plan registers by the same call.
    mock.expect(202, "POST", &registrations(LARKSPUR, LARKSPUR_PLAN), &Value::Null);
}

#[test]
fn any_body_is_ignored() {
    let mock = mock();
    for (content_type, body) in [
        ("application/json", "null"),
        ("application/json", "\"success\""),
        ("application/json", "{"),
        ("text/plain", "hello"),
        ("application/json; charset=utf-8", "\u{feff}null"),
    ] {
        let path = registrations(SUNDARAM, SUNDARAM_AZURE);
        let answer = mock.send("POST", &path, &[("content-type", content_type)], body);
        assert_eq!((answer.status, &*answer.text), (202, ""), "{content_type} {body}");
    }
}

#[test]
fn registration_takes_the_time_that_the_world_says() {
    let mock = mock_with(|builder| {
        builder.delay(Transition::SubscriptionRegistration, "PT20M".parse().unwrap())
    });
    mock.expect(202, "POST", &registrations(SUNDARAM, SUNDARAM_AZURE), &Value::Null);
    assert_eq!(status(&mock, SUNDARAM, SUNDARAM_AZURE), "Registering");
    mock.advance("PT19M");
    mock.expect(202, "POST", &registrations(SUNDARAM, SUNDARAM_AZURE), &Value::Null);
    assert_eq!(status(&mock, SUNDARAM, SUNDARAM_AZURE), "Registering");
    mock.advance("PT1M");
    assert_eq!(status(&mock, SUNDARAM, SUNDARAM_AZURE), "Registered");
}

#[test]
fn what_cannot_be_registered_is_refused() {
    let mock = mock();
    for (status, code, customer, subscription) in [
        (404, 20003, LARKSPUR, NOBODY),
        (404, 20003, LARKSPUR, "not-a-guid"),
        (404, 20003, LARKSPUR, SUNDARAM_AZURE),
        (400, 800_011, LARKSPUR, LARKSPUR_LICENCE),
        (400, 800_012, VERNEUIL, VERNEUIL_AZURE),
        (404, 1000, NOBODY, LARKSPUR_AZURE),
        (403, 20002, FOREIGN, LARKSPUR_AZURE),
    ] {
        let path = registrations(customer, subscription);
        mock.refused(status, code, "POST", &path, &json!("success"));
    }
    let nobody = format!("/v1/customers/{LARKSPUR}/subscriptions/{NOBODY}/registrationstatus");
    mock.refused(404, 20003, "GET", &nobody, &Value::Null);
}
