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
