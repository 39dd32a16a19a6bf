//! What Microsoft.Support refuses, and whom.

use partner_center_mock::identity::token::AuthLevel;
use serde_json::{Value, json};

use super::{BILLING, LINUX, NO_CONNECTION, PURCHASES, below, larkspur, opened, tenant, ticket};
use crate::azure::access::{HELPDESK, assign, assignment};
use crate::azure::strict::{signed_in, strict};
use crate::azure::{AZURE, PRAIRIE_SUBSCRIPTION};
use crate::support::{LARKSPUR, Mock, NOBODY, mock, mock_with};

fn refused(azure: &Mock, body: &Value, field: &str) {
    let path = below("supportTickets/machines");
    let told = azure.azure_refused(400, "BadRequest", "PUT", &path, body);
    assert!(told.text.contains(field), "{field}: {}", told.text);
}

#[test]
fn what_is_required_of_a_ticket_is_missed_by_its_name() {
    let azure = larkspur();
    refused(&azure, &json!({}), "properties: is required");
    for field in [
        "title",
        "description",
        "serviceId",
        "problemClassificationId",
        "severity",
        "advancedDiagnosticConsent",
        "contactDetails",
    ] {
        let mut body = ticket();
        body["properties"].as_object_mut().unwrap().remove(field);
        refused(&azure, &body, &format!("properties.{field}: is required"));
    }
}

#[test]
fn consent_is_asked_for_from_2022_on() {
    let azure = larkspur();
    let mut body = ticket();
    body["properties"].as_object_mut().unwrap().remove("advancedDiagnosticConsent");
    let path = |version: &str| {
        let path = below("supportTickets/machines");
        path.replace("api-version=2024-04-01", &format!("api-version={version}"))
    };
    azure.azure_refused(400, "BadRequest", "PUT", &path("2022-09-01-preview"), &body);
    azure.expect(202, "PUT", &path("2020-04-01"), &body);
    let read = azure.get(&path("2020-04-01"));
    assert_eq!(read["properties"].get("advancedDiagnosticConsent"), None);
}

#[test]
fn values_that_cannot_be_used_are_refused_by_their_names() {
    let azure = larkspur();
    let service = format!("/providers/Microsoft.Support/services/{BILLING}");
    let foreign = format!(
        "/providers/Microsoft.Support/services/{LINUX}/problemClassifications/{NO_CONNECTION}"
    );
    let mixed =
        format!("/providers/Microsoft.Support/services/{LINUX}/problemClassifications/{PURCHASES}");
    for (field, value) in [
        ("title", json!("")),
        ("title", json!("x".repeat(256))),
        ("description", json!("x".repeat(32_001))),
        ("severity", json!("catastrophic")),
        ("severity", json!("highestcriticalimpact")),
        ("advancedDiagnosticConsent", json!("Maybe")),
        ("serviceId", json!("Billing")),
        ("serviceId", json!(format!("/providers/Microsoft.Support/services/{NOBODY}"))),
        ("problemClassificationId", json!(service)),
        ("problemClassificationId", json!(foreign)),
        ("problemClassificationId", json!(mixed)),
        ("fileWorkspaceName", json!("nothing")),
        ("secondaryConsent", json!([{ "userConsent": "Yes" }])),
    ] {
        let mut body = ticket();
        body["properties"][field] = value;
        refused(&azure, &body, field);
    }
    let mut body = ticket();
    body["properties"]["title"] = 17.into();
    body["properties"]["contactDetails"] = "Mei".into();
    let path = below("supportTickets/machines");
    azure.azure_refused(400, "InvalidRequestContent", "PUT", &path, &body);
}

#[test]
fn names_that_cannot_be_given_are_refused() {
    let azure = larkspur();
    for name in ["4711", "tmp-1", "a%3Ab", "a%25b", "a%26b", "a%3Cb", "a%5Cb", "a%07b"] {
        let path = below(&format!("supportTickets/{name}"));
        let told = azure.azure_refused(400, "BadRequest", "PUT", &path, &ticket());
        assert!(told.text.contains("name"), "{}", told.text);
    }
    opened(&azure, "machines", &ticket());
    let guid = below("supportTickets/machines/communications/5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10");
    let body = json!({ "properties": { "subject": "a", "body": "b" } });
    azure.azure_refused(400, "BadRequest", "PUT", &guid, &body);
    for (field, wrong) in [("subject", json!("")), ("body", json!(" ")), ("body", Value::Null)] {
        let mut body = body.clone();
        body["properties"][field] = wrong;
        let path = below("supportTickets/machines/communications/more");
        let told = azure.azure_refused(400, "BadRequest", "PUT", &path, &body);
        assert!(told.text.contains(field), "{}", told.text);
    }
}

#[test]
fn filters_that_the_lists_do_not_know_are_refused() {
    let azure = larkspur();
    opened(&azure, "machines", &ticket());
    for filter in [
        "status ne 'Open'",
        "severity eq 'Minimal'",
        "createdDate eq 2026-03-01",
        "createdDate lt 2026-03-01",
        "createdDate ge 'yesterday'",
        "status eq 'Open' or status eq 'Closed'",
        "not (status eq 'Open')",
        "contains(status, 'Open')",
        "status eq 5",
        "status eq",
    ] {
        for list in ["supportTickets", "supportTickets/machines/communications"] {
            let path = below(&format!("{list}?$filter={}", filter.replace(' ', "%20")));
            let told = azure.azure_refused(400, "BadRequest", "GET", &path, &Value::Null);
            assert!(told.text.contains("$filter"), "{}", told.text);
        }
    }
    let path = below("supportTickets?$skipToken=nonsense");
    azure.azure_refused(400, "BadRequest", "GET", &path, &Value::Null);
}

#[test]
fn tickets_are_those_of_the_subscription_and_the_tenant_of_the_token() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    opened(&azure, "machines", &ticket());
    let path = |subscription: &str| below("supportTickets/machines").replace(AZURE, subscription);
    azure.azure_refused(404, "SubscriptionNotFound", "GET", &path(NOBODY), &Value::Null);
    azure.azure_refused(404, "SubscriptionNotFound", "PUT", &path("nonsense"), &ticket());
    let foreign = path(PRAIRIE_SUBSCRIPTION);
    azure.azure_refused(401, "InvalidAuthenticationTokenTenant", "GET", &foreign, &Value::Null);
    let nobody = mock.azure(NOBODY);
    let list = tenant("supportTickets");
    nobody.azure_refused(401, "InvalidAuthenticationTokenTenant", "GET", &list, &Value::Null);
}

#[test]
fn without_a_token_the_directory_is_the_partners() {
    let open = mock_with(|builder| builder.auth(AuthLevel::Off)).with_token("");
    open.expect(202, "PUT", &below("supportTickets/machines"), &ticket());
    open.get(&below("supportTickets/machines"));
    open.expect(202, "PUT", &tenant("supportTickets/machines"), &ticket());
    let partner = open.handle().world().published().partner.id.to_string();
    let list = open.azure(&partner).get(&tenant("supportTickets"));
    assert_eq!(list["value"][0]["name"], "machines");
}

#[test]
fn at_level_strict_a_role_on_the_subscription_opens_tickets() {
    const SUPPORT_REQUEST_CONTRIBUTOR: &str = "cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e";
    const RESERVATION_PURCHASER: &str = "f7b75c60-3036-4b75-91c3-6b41c27c1689";
    const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
    let mock = strict();
    let (admin, helpdesk) = (signed_in(&mock, "admin"), signed_in(&mock, "helpdesk"));
    let subscription = format!("/subscriptions/{AZURE}");
    let owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    let path = below("supportTickets/machines");
    let forbidden = |method: &str, path: &str, body: &Value| {
        helpdesk.azure_refused(403, "AuthorizationFailed", method, path, body)
    };
    let told = forbidden("PUT", &path, &ticket());
    assert!(told.text.contains("Microsoft.Support/supportTickets/write"), "{}", told.text);
    opened(&admin, "machines", &ticket());
    let grant = assignment(&subscription, "5f3b90d7-1c84-4ea6-92b3-6d07c8e5a1f4");
    for (role, reads, writes) in [
        (READER, true, false),
        (RESERVATION_PURCHASER, false, true),
        (SUPPORT_REQUEST_CONTRIBUTOR, true, true),
        (owner, true, true),
    ] {
        admin.expect(201, "PUT", &grant, &assign(role, HELPDESK));
        if reads {
            helpdesk.get(&path);
            helpdesk.get(&below("supportTickets"));
        } else {
            forbidden("GET", &path, &Value::Null);
        }
        let mine = below(&format!("supportTickets/by-{role}"));
        if writes {
            helpdesk.expect(202, "PUT", &mine, &ticket());
        } else {
            forbidden("PUT", &mine, &ticket());
        }
        admin.expect(200, "DELETE", &grant, &Value::Null);
    }
    // For the directory as such a role on a subscription is not enough.
    let of_tenant = tenant("supportTickets/machines");
    forbidden("PUT", &of_tenant, &ticket());
    admin.expect(202, "PUT", &of_tenant, &ticket());
}

#[test]
fn further_tokens_are_looked_at_like_the_first() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let partner = mock.handle().world().published().partner.id.to_string();
    let good = format!("Bearer {}", mock.handle().azure_token(&partner));
    let path = tenant("services");
    let send =
        |value: &str| azure.send("GET", &path, &[("x-ms-authorization-auxiliary", value)], "");
    for value in [good.clone(), format!("{good}, {good}"), format!("{good},{good},{good}")] {
        assert_eq!(send(&value).status, 200);
    }
    let partner_center = format!("Bearer {}", mock.handle().token());
    for (value, code) in [
        ("Bearer nonsense".to_owned(), "InvalidAuthenticationToken"),
        (format!("{good}, Basic eDp5"), "InvalidAuthenticationToken"),
        (format!("{good}, "), "InvalidAuthenticationToken"),
        (partner_center, "InvalidAuthenticationTokenAudience"),
        ([good.as_str(); 4].join(", "), "InvalidAuthenticationToken"),
    ] {
        let answer = send(&value);
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (401, &code.into()),
            "{value}"
        );
        assert!(answer.text.contains("x-ms-authorization-auxiliary"), "{}", answer.text);
        assert!(answer.header("www-authenticate").is_some());
    }
}

#[test]
fn a_case_has_at_most_500_messages() {
    let azure = larkspur();
    opened(&azure, "machines", &super::ticket_about(BILLING, PURCHASES));
    for number in 0..500 {
        super::say(&azure, "machines", &format!("m{number}"), "More.");
    }
    azure.get(&below("supportTickets/machines"));
    let path = below("supportTickets/machines/communications/one-more");
    let body = json!({ "properties": { "subject": "a", "body": "b" } });
    let told = azure.azure_refused(400, "BadRequest", "PUT", &path, &body);
    assert!(told.text.contains("500"), "{}", told.text);
}
