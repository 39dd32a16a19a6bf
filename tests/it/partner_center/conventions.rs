//! What holds for every operation of Partner Center.

use serde_json::Value;

use crate::support::{LARKSPUR, NOBODY, mock};

#[test]
fn a_path_matches_in_any_casing_with_repeated_and_trailing_slashes() {
    let mock = mock();
    for path in [
        format!("/v1/customers/{LARKSPUR}"),
        format!("/v1//Customers/{}/", LARKSPUR.to_uppercase()),
        format!("//V1/CUSTOMERS//{LARKSPUR}//"),
    ] {
        assert_eq!(mock.get(&path)["id"], LARKSPUR, "{path}");
    }
}

#[test]
fn ids_of_request_and_correlation_are_echoed_or_made() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}");
    let sent = [
        ("MS-RequestId", "6f1d0b2a-0000-4000-8000-000000000001"),
        ("MS-CorrelationId", "6f1d0b2a-0000-4000-8000-000000000002"),
    ];
    let answer = mock.send("GET", &path, &sent, "");
    assert_eq!(answer.header("ms-requestid"), Some(sent[0].1));
    assert_eq!(answer.header("ms-correlationid"), Some(sent[1].1));
    let made = mock.send("GET", &path, &[], "");
    assert_eq!(made.header("ms-requestid").unwrap().len(), 36);
    assert!(made.header("ms-cv").unwrap().ends_with(".0"));
    assert_eq!(made.header("content-type"), Some("application/json; charset=utf-8"));
}

#[test]
fn what_is_no_operation_is_refused_in_the_services_own_shape() {
    let mock = mock();
    let nowhere = mock.refused(404, 1000, "GET", "/v1/customer/x/y/z", &Value::Null);
    assert!(nowhere.text.contains("the closest is"), "{}", nowhere.text);
    let method = mock.expect(405, "PUT", &format!("/v1/customers/{NOBODY}"), &Value::Null);
    assert!(method.header("allow").unwrap().contains("GET"));
    assert_eq!(method.code(), 800_002);
}

#[test]
fn bad_tokens_of_every_kind_are_refused() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}");
    for (header, code) in
        [("", 400), ("Basic abc", 400), ("Bearer", 400), ("Bearer abc", 400), ("Bearer a.b.c", 400)]
    {
        let answer = mock.send("GET", &path, &[("authorization", header)], "");
        assert_eq!((answer.status, answer.code()), (401, code), "{header}: {}", answer.text);
        assert!(answer.header("www-authenticate").is_some());
    }
}

#[test]
fn a_token_is_needed_and_must_be_one_for_partner_center() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/orders");
    mock.with_token("").refused(401, 800_001, "GET", &path, &Value::Null);
    let form = "grant_type=client_credentials&client_id=31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846&client_secret=demo-secret&resource=https%3A%2F%2Fmanagement.azure.com%2F";
    let sent = [("content-type", "application/x-www-form-urlencoded")];
    let tenant = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
    let granted = mock.send("POST", &format!("/{tenant}/oauth2/token"), &sent, form);
    assert_eq!(granted.status, 200, "{}", granted.text);
    let granted = granted.json();
    let for_azure = mock.with_token(granted["access_token"].as_str().unwrap());
    for (method, path) in [("GET", path.clone()), ("POST", path)] {
        for_azure.refused(401, 900_420, method, &path, &Value::Null);
    }
}

#[test]
fn an_application_buys_without_a_user() {
    use crate::support::items::{cart_line, licence, lines, order};
    let mock = mock();
    let app = mock.app_only();
    let customer = format!("/v1/customers/{LARKSPUR}");
    app.post(201, &format!("{customer}/orders"), &order(&[cart_line(&licence(), 1)]));
    let cart = app.post(201, &format!("{customer}/carts"), &lines(&[cart_line(&licence(), 1)]));
    let checkout = format!("{customer}/carts/{}/checkout", cart["id"].as_str().unwrap());
    app.post(201, &checkout, &Value::Null);
    assert_eq!(
        app.get(&format!("{customer}/entitlements")),
        mock.get(&format!("{customer}/entitlements"))
    );
}
