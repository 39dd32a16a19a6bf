//! What holds for every call: tokens, versions, headers, errors, hostile input.

use partner_center_mock::api::service::Options;
use partner_center_mock::identity::token::AuthLevel;
use serde_json::{Value, json};

use super::{ORDERS, bought};
use crate::support::{LARKSPUR, arm, mock, mock_with};

#[test]
fn a_version_is_needed_and_any_date_will_do() {
    let azure = mock().azure(LARKSPUR);
    azure.azure_refused(400, "MissingApiVersionParameter", "GET", ORDERS, &Value::Null);
    for wrong in ["latest", "2022-11", "2022-11-01%20x"] {
        let path = format!("{ORDERS}?api-version={wrong}");
        azure.azure_refused(400, "InvalidApiVersionParameter", "GET", &path, &Value::Null);
    }
    let known = azure.expect(200, "GET", &arm(ORDERS), &Value::Null);
    assert_eq!(known.header("x-mock-notice"), None);
    for other in ["2019-04-01", "2022-11-01", "2017-11-01"] {
        let answer =
            azure.expect(200, "GET", &format!("{ORDERS}?api-version={other}"), &Value::Null);
        assert_eq!(answer.header("x-mock-notice"), None, "{other}");
    }
    let newer = azure.expect(200, "GET", &format!("{ORDERS}?api-version=2031-01-01"), &Value::Null);
    assert!(newer.header("x-mock-notice").unwrap().contains("2031-01-01"));
}

#[test]
fn tokens_are_told_apart_by_what_is_wrong_with_them() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let get = |authorization: &str| {
        azure.send("GET", &arm(ORDERS), &[("authorization", authorization)], "")
    };
    let partner_center = format!("Bearer {}", mock.handle().token());
    for (authorization, code) in [
        ("Bearer nonsense", "InvalidAuthenticationToken"),
        ("Basic eDp5", "InvalidAuthenticationToken"),
        (partner_center.as_str(), "InvalidAuthenticationTokenAudience"),
    ] {
        let answer = get(authorization);
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()["error"]["code"], code, "{authorization}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Bearer authorization_uri=\"https://"), "{challenge}");
    }
    let none = mock.with_token("").expect(401, "GET", &arm(ORDERS), &Value::Null);
    assert_eq!(none.json()["error"]["code"], "AuthenticationFailed");
    // The token comes before the version, the version before the path.
    let nowhere = "/providers/Microsoft.Capacity/bicycles";
    let none = mock.with_token("").expect(401, "GET", nowhere, &Value::Null);
    assert_eq!(none.json()["error"]["code"], "AuthenticationFailed");
    azure.azure_refused(400, "MissingApiVersionParameter", "GET", nowhere, &Value::Null);
    azure.azure_refused(404, "InvalidResourceType", "GET", &arm(nowhere), &Value::Null);
    azure.azure_refused(
        404,
        "InvalidResourceNamespace",
        "GET",
        &arm("/providers/Microsoft.Bicycles/all"),
        &Value::Null,
    );
    let out_of_scope = arm("/providers/Microsoft.BillingBenefits/savingsPlanOrders");
    azure.azure_refused(404, "InvalidResourceType", "GET", &out_of_scope, &Value::Null);
    let unversioned = format!("{ORDERS}/x");
    mock.with_token("").expect(401, "DELETE", &unversioned, &Value::Null);
    azure.azure_refused(400, "MissingApiVersionParameter", "DELETE", &unversioned, &Value::Null);
    let method = azure.expect(405, "DELETE", &arm(&format!("{ORDERS}/x")), &Value::Null);
    assert_eq!(method.json()["error"]["code"], "HttpMethodNotSupported");
    assert!(method.header("allow").unwrap().contains("PUT"));
}

#[test]
fn without_a_look_at_tokens_everything_is_seen() {
    let open = mock_with(|builder| builder.auth(AuthLevel::Off)).with_token("");
    let all = open.get(&arm(ORDERS));
    let one = mock().azure(LARKSPUR).get(&arm(ORDERS));
    let count = |list: &Value| list["value"].as_array().unwrap().len();
    assert!(count(&all) > count(&one));
    open.get(&arm(&format!("{ORDERS}/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903")));
}

#[test]
fn answers_carry_the_headers_of_the_service() {
    let azure = mock().azure(LARKSPUR);
    let headers = [
        ("x-ms-correlation-request-id", "6f0f5a51-9b0e-4f57-8d8e-1d2c3b4a5f60"),
        ("x-ms-client-request-id", "abc"),
        ("x-ms-return-client-request-id", "true"),
    ];
    let answer = azure.send("GET", &arm(ORDERS), &headers, "");
    assert_eq!(answer.header("x-ms-correlation-request-id"), Some(headers[0].1));
    assert_eq!(answer.header("x-ms-client-request-id"), Some("abc"));
    assert_eq!(answer.header("x-ms-request-id").map(str::len), Some(36));
    assert!(answer.header("x-ms-routing-request-id").unwrap().starts_with("WESTEUROPE:"));
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    assert_eq!(answer.header("retry-after"), None);
    let plain = azure.expect(200, "GET", &arm(ORDERS), &Value::Null);
    assert_eq!(plain.header("x-ms-client-request-id"), None);
}

#[test]
fn paths_are_read_in_any_casing_and_with_doubled_slashes() {
    let azure = mock().azure(LARKSPUR);
    let order = "3E8D5A71-0C9B-4F26-B7D4-58E1A2F6C903";
    for path in [
        format!("/providers/microsoft.capacity/reservationorders/{order}"),
        format!("//Providers/Microsoft.Capacity//reservationOrders/{order}/"),
    ] {
        assert_eq!(azure.get(&arm(&path))["name"], order.to_lowercase(), "{path}");
    }
}

#[test]
fn bodies_that_are_no_good_say_where() {
    let bought = bought(1);
    let send = |body: &str| bought.azure.send("PATCH", &bought.path(), &[], body);
    for (body, code) in [
        ("{", "InvalidRequestContent"),
        ("[]", "InvalidRequestContent"),
        ("", "InvalidRequestContent"),
        (r#"{"properties":{"name":{}}}"#, "InvalidRequestContent"),
        (r#"{"properties":{"appliedScopes":"x"}}"#, "InvalidRequestContent"),
        (r#"{"properties":[]}"#, "InvalidRequestContent"),
    ] {
        let answer = send(body);
        assert_eq!(
            (answer.status, answer.json()["error"]["code"].as_str().unwrap()),
            (400, code),
            "{body}"
        );
    }
    let located = send(r#"{"properties":{"renew":"perhaps"}}"#);
    assert!(located.text.contains("properties.renew"), "{}", located.text);
    let form = bought.azure.send("PATCH", &bought.path(), &[("content-type", "text/plain")], "x");
    assert_eq!(form.status, 415);
    let nulls =
        json!({ "properties": { "name": "kept", "appliedScopes": null, "renewProperties": null } });
    bought.azure.expect(200, "PATCH", &bought.path(), &nulls);
}

#[test]
fn a_misspelt_path_is_told_the_nearest_one() {
    let bought = bought(1);
    for (path, nearest) in [
        (
            bought.of_order("reservatons"),
            "GET /providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}/reservations",
        ),
        (
            bought.of_order(&format!("reservations/{}/revision", bought.reservation)),
            "/reservations/{reservation_id}/revisions",
        ),
        (
            arm("/providers/Microsoft.Capacity/reservation"),
            "GET /providers/Microsoft.Capacity/reservations",
        ),
    ] {
        let answer = bought.azure.expect(404, "GET", &path, &Value::Null);
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        let wanted = format!("{nearest}, because ");
        assert!(message.contains(&wanted), "{path}: {message}");
    }
    let far = format!("{}/providers/Microsoft.Authorization/roleAssignments", "/a".repeat(45));
    let answer = bought.azure.expect(404, "GET", &arm(&far), &Value::Null);
    assert!(answer.json()["error"]["code"].is_string(), "Azure's own shape: {}", answer.text);
}

#[test]
fn a_strict_server_refuses_versions_that_it_does_not_know() {
    let options = Options { strict: true, ..Options::default() };
    let azure = mock_with(|builder| builder.options(options)).azure(LARKSPUR);
    azure.expect(200, "GET", &arm(ORDERS), &Value::Null);
    let newer = format!("{ORDERS}?api-version=2031-01-01");
    let refused =
        azure.azure_refused(400, "InvalidApiVersionParameter", "GET", &newer, &Value::Null);
    assert!(refused.text.contains("2022-11-01"), "it names those known: {}", refused.text);
}
