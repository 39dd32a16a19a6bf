//! Tickets: opened, polled, listed, changed.

use partner_center_mock::domain::ids::CustomerId;
use partner_center_mock::domain::settings::{SupportAgent, SupportPlan, Transition};
use partner_center_mock::domain::support::CaseOwner;
use serde_json::{Value, json};

use super::{
    BILLING, LINUX, NO_CONNECTION, PURCHASES, REFUNDS, below, larkspur, names, opened, path_in,
    tenant, ticket, ticket_about, versioned, with_rules,
};
use crate::azure::{AZURE, PLAN};
use crate::support::{LARKSPUR, Mock, PRAIRIE, mock, mock_with};

#[test]
fn a_ticket_is_there_when_the_first_poll_says_so() {
    let azure = larkspur();
    let path = below("supportTickets/machines");
    let accepted = azure.expect(202, "PUT", &path, &ticket());
    assert_eq!(accepted.text, "");
    assert_eq!(accepted.header("retry-after"), Some("1"));
    let poll = path_in(&azure, &accepted, "azure-asyncoperation");
    let status = azure.get(&poll);
    assert_eq!(status["status"], "Succeeded");
    assert_eq!(poll.split('?').next().unwrap(), status["id"].as_str().unwrap());
    assert!(status["id"].as_str().unwrap().ends_with(status["name"].as_str().unwrap()));
    let result = path_in(&azure, &accepted, "location");
    assert!(result.contains("/operationResults/"), "{result}");

    // Clients read the ticket at its own address in the end.
    let read = azure.get(&path);
    assert_eq!(azure.get(&result), read);
    assert_eq!(
        read["id"],
        format!("/subscriptions/{AZURE}/providers/Microsoft.Support/supportTickets/machines")
    );
    assert_eq!(
        (&read["name"], &read["type"]),
        (&"machines".into(), &"Microsoft.Support/supportTickets".into())
    );
    let number = read["properties"]["supportTicketId"].as_str().unwrap();
    assert!(number.len() == 16 && number.bytes().all(|b| b.is_ascii_digit()), "{number}");
    assert!(number.starts_with("260301"), "{number}");
    let mut told = read["properties"].clone();
    told["supportTicketId"] = Value::Null;
    let service = format!("/providers/Microsoft.Support/services/{BILLING}");
    assert_eq!(
        told,
        json!({
            "supportTicketId": null,
            "title": "Reserved machines",
            "description": "Please look at reservation order 3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903.",
            "serviceId": service,
            "serviceDisplayName": "Billing",
            "problemClassificationId": format!("{service}/problemClassifications/{PURCHASES}"),
            "problemClassificationDisplayName": "Reservation management / Purchase reservations",
            "severity": "Minimal",
            "advancedDiagnosticConsent": "No",
            "require24X7Response": false,
            "contactDetails": {
                "firstName": "Mei",
                "lastName": "Lin",
                "preferredContactMethod": "Email",
                "primaryEmailAddress": "mei@fabricore.example",
                "preferredTimeZone": "Taipei Standard Time",
                "country": "TWN",
                "preferredSupportLanguage": "en-US",
            },
            "serviceLevelAgreement": {
                "startTime": "2026-03-01T12:00:00Z",
                "expirationTime": "2026-03-01T20:00:00Z",
                "slaMinutes": 480,
            },
            "supportEngineer": { "emailAddress": null },
            "supportPlanType": "Basic support",
            "supportPlanDisplayName": "Basic support",
            "enrollmentId": "",
            "status": "Open",
            "createdDate": "2026-03-01T12:00:00Z",
            "modifiedDate": "2026-03-01T12:00:00Z",
            "isTemporaryTicket": "No",
            "secondaryConsent": [],
        })
    );
}

#[test]
fn everything_that_was_sent_is_read_again() {
    let azure = with_rules(|rules| rules.plan = SupportPlan::Premier).azure(LARKSPUR);
    azure.expect(201, "PUT", &below("fileWorkspaces/dumps"), &Value::Null);
    let mut body = ticket_about(LINUX, NO_CONNECTION);
    let details = json!({
        "severity": "HIGHESTCRITICALIMPACT",
        "advancedDiagnosticConsent": "yes",
        "problemStartTime": "2026-02-28T21:30:00Z",
        "require24X7Response": true,
        "problemScopingQuestions": "{\"articleId\":\"076846c1\"}",
        "supportPlanId": "plan-17",
        "enrollmentId": "100200",
        "supportTicketId": "1",
        "fileWorkspaceName": "dumps",
        "secondaryConsent": [{ "userConsent": "No", "type": "VirtualMachineMemoryDump" }],
        "technicalTicketDetails": { "resourceId": format!("/subscriptions/{AZURE}/resourceGroups/web/providers/Microsoft.Compute/virtualMachines/web01") },
        "quotaTicketDetails": {
            "quotaChangeRequestSubType": "Batch",
            "quotaChangeRequestVersion": "1.0",
            "quotaChangeRequests": [{ "region": "eastus", "payload": "{\"NewLimit\":200}" }],
        },
    });
    for (key, value) in details.as_object().unwrap() {
        body["properties"][key] = value.clone();
    }
    body["properties"]["contactDetails"]["preferredContactMethod"] = "Phone".into();
    body["properties"]["contactDetails"]["phoneNumber"] = "+886 2 5550 0100".into();
    body["properties"]["contactDetails"]["additionalEmailAddresses"] =
        json!(["tao@fabricore.example"]);
    let read = opened(&azure, "down", &body)["properties"].clone();
    for key in [
        "problemStartTime",
        "require24X7Response",
        "problemScopingQuestions",
        "supportPlanId",
        "enrollmentId",
        "fileWorkspaceName",
        "secondaryConsent",
        "technicalTicketDetails",
        "quotaTicketDetails",
    ] {
        assert_eq!(read[key], details[key], "{key}");
    }
    assert_eq!(read["contactDetails"], body["properties"]["contactDetails"]);
    assert_eq!(read["severity"], "HighestCriticalImpact");
    assert_eq!(read["advancedDiagnosticConsent"], "Yes");
    assert_eq!(read["serviceLevelAgreement"]["slaMinutes"], 15);
    assert_eq!(read["supportPlanType"], "Premier support for partners");
    assert_ne!(read["supportTicketId"], "1", "the service numbers tickets itself");
}

#[test]
fn a_ticket_that_takes_time_is_polled() {
    let mock =
        mock_with(|builder| builder.delay(Transition::SupportTicket, "PT1M".parse().unwrap()));
    let azure = mock.azure(LARKSPUR);
    let path = below("supportTickets/machines");
    let accepted = azure.expect(202, "PUT", &path, &ticket());
    let poll = path_in(&azure, &accepted, "azure-asyncoperation");
    let result = path_in(&azure, &accepted, "location");
    let running = azure.expect(200, "GET", &poll, &Value::Null);
    assert_eq!(running.json()["status"], "InProgress");
    assert_eq!(running.header("retry-after"), Some("1"));
    let waiting = azure.expect(202, "GET", &result, &Value::Null);
    assert_eq!(path_in(&azure, &waiting, "location"), result);
    azure.azure_refused(404, "ResourceNotFound", "GET", &path, &Value::Null);
    azure.azure_refused(409, "Conflict", "PUT", &path, &ticket());
    assert_eq!(names(&azure.get(&below("supportTickets"))), [""; 0]);
    let elsewhere = mock.azure(PRAIRIE);
    elsewhere.expect(401, "GET", &poll, &Value::Null);
    let in_tenant = poll.replace(&format!("/subscriptions/{AZURE}"), "");
    azure.azure_refused(404, "NotFound", "GET", &in_tenant, &Value::Null);

    mock.advance("PT1M");
    assert_eq!(azure.get(&poll)["status"], "Succeeded");
    assert_eq!(azure.get(&path)["properties"]["createdDate"], "2026-03-01T12:01:00Z");
    assert_eq!(azure.get(&result)["name"], "machines");
    mock.advance("PT23H");
    assert_eq!(azure.get(&poll)["status"], "Succeeded");
    mock.advance("PT1H");
    for gone in [&poll, &result] {
        azure.azure_refused(404, "NotFound", "GET", gone, &Value::Null);
    }
    azure.get(&path);
}

#[test]
fn a_ticket_that_the_plan_does_not_cover_fails_and_leaves_its_name_free() {
    let azure = larkspur();
    let path = below("supportTickets/slow-disk");
    let accepted = azure.expect(202, "PUT", &path, &ticket_about(LINUX, NO_CONNECTION));
    let failed = azure.get(&path_in(&azure, &accepted, "azure-asyncoperation"));
    assert_eq!(failed["status"], "Failed");
    assert_eq!(failed["error"]["code"], "InvalidSupportPlan");
    let told = failed["error"]["message"].as_str().unwrap();
    assert!(told.contains("support plan type is CSP") && told.contains("higher tier"), "{told}");
    let result = path_in(&azure, &accepted, "location");
    azure.azure_refused(400, "InvalidSupportPlan", "GET", &result, &Value::Null);
    azure.azure_refused(404, "ResourceNotFound", "GET", &path, &Value::Null);
    opened(&azure, "slow-disk", &ticket());

    // A plan covers it; without the exception for billing nothing is free.
    let planned = with_rules(|rules| rules.plan = SupportPlan::Advanced);
    opened(&planned.azure(LARKSPUR), "slow-disk", &ticket_about(LINUX, NO_CONNECTION));
    let strict_about_plans = with_rules(|rules| rules.billing_without_plan = false).azure(LARKSPUR);
    let accepted = strict_about_plans.expect(202, "PUT", &path, &ticket());
    let poll = path_in(&strict_about_plans, &accepted, "azure-asyncoperation");
    assert_eq!(strict_about_plans.get(&poll)["status"], "Failed");
}

#[test]
fn each_tree_has_tickets_of_its_own() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let in_subscription = opened(&azure, "same", &ticket());
    let path = tenant("supportTickets/same");
    azure.azure_refused(404, "ResourceNotFound", "GET", &path, &Value::Null);
    let accepted = azure.expect(202, "PUT", &path, &ticket());
    let poll = path_in(&azure, &accepted, "azure-asyncoperation");
    assert!(poll.starts_with("/providers/Microsoft.Support/operationsStatus/"), "{poll}");
    let in_tenant = azure.get(&path);
    assert_eq!(in_tenant["id"], "/providers/Microsoft.Support/supportTickets/same");
    assert_ne!(
        in_tenant["properties"]["supportTicketId"],
        in_subscription["properties"]["supportTicketId"]
    );
    let other = format!("/subscriptions/{PLAN}/providers/Microsoft.Support/supportTickets");
    assert_eq!(names(&azure.get(&versioned(&other))), [""; 0]);
    for list in [below("supportTickets"), tenant("supportTickets")] {
        assert_eq!(names(&azure.get(&list)), ["same"]);
    }
    // The directory of the token is the customer's, of another customer, or the partner's.
    let partner = mock.handle().world().published().partner.id.to_string();
    for other in [PRAIRIE, &partner] {
        let other = mock.azure(other);
        assert_eq!(names(&other.get(&tenant("supportTickets"))), [""; 0]);
        other.expect(202, "PUT", &path, &ticket());
    }
    let state = mock.handle().world().published();
    let customer: CustomerId = LARKSPUR.parse().unwrap();
    assert_eq!(state.cases_of(CaseOwner::Customer(customer)).count(), 2);
    assert_eq!(state.cases_of(CaseOwner::Partner).count(), 1);
}

#[test]
fn the_list_is_filtered_and_paged() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let path = |query: &str| below(&format!("supportTickets{query}"));
    for (name, classification) in [("a", PURCHASES), ("b", PURCHASES), ("c", REFUNDS)] {
        opened(&azure, name, &ticket_about(BILLING, classification));
        mock.advance("P1D");
    }
    let closed = json!({ "status": "closed" });
    azure.expect(200, "PATCH", &path("/b"), &closed);
    let full = format!("/providers/Microsoft.Support/services/{BILLING}");
    for (filter, expected) in [
        (String::new(), &["c", "b", "a"][..]),
        ("status eq 'Open'".into(), &["c", "a"]),
        ("Status eq 'closed'".into(), &["b"]),
        (format!("ServiceId eq '{BILLING}'"), &["c", "b", "a"]),
        (format!("serviceid eq '{full}'"), &["c", "b", "a"]),
        (format!("serviceId eq '{LINUX}'"), &[]),
        (format!("ProblemClassificationId eq '{PURCHASES}' and status eq 'open'"), &["a"]),
        (format!("problemClassificationId eq '{full}/problemClassifications/{REFUNDS}'"), &["c"]),
        ("createdDate gt 2026-03-02T12:00:00Z".into(), &["c"]),
        ("createdDate ge 2026-03-02T12:00:00Z".into(), &["c", "b"]),
        ("CreatedDate ge 2026-03-02".into(), &["c", "b"]),
        ("CreatedDate ge 2026-03-02 and Status eq 'Open'".into(), &["c"]),
    ] {
        let list = azure.get(&path(&format!("?$filter={}", filter.replace(' ', "%20"))));
        assert_eq!(names(&list), expected, "{filter}");
        assert_eq!(list["nextLink"], Value::Null);
    }

    let first = azure.get(&path("?$top=2&$filter=createdDate%20ge%202026-03-01"));
    assert_eq!(names(&first), ["c", "b"]);
    let next = first["nextLink"].as_str().unwrap();
    let next = next.split_once(azure.server.base_url().as_str()).unwrap().1;
    assert!(next.contains("$skipToken=") && next.contains("top=2"), "{next}");
    opened(&azure, "d", &ticket());
    let second = azure.get(next);
    assert_eq!(names(&second), ["a"], "new tickets do not shift the pages");
    assert_eq!(second["nextLink"], Value::Null);
}

#[test]
fn a_page_has_25_tickets_and_at_most_100() {
    let azure = larkspur();
    for number in 0..102 {
        let path = below(&format!("supportTickets/t{number}"));
        azure.expect(202, "PUT", &path, &ticket());
    }
    for (query, count) in [("", 25), ("?$top=7", 7), ("?$top=100", 100), ("?$top=5000", 100)] {
        let list = azure.get(&below(&format!("supportTickets{query}")));
        assert_eq!(names(&list).len(), count, "{query}");
        assert_eq!(names(&list)[0], "t101");
        assert!(list["nextLink"].is_string());
    }
    for wrong in ["0", "-1", "many"] {
        let path = below(&format!("supportTickets?$top={wrong}"));
        azure.azure_refused(400, "BadRequest", "GET", &path, &Value::Null);
    }
}

#[test]
fn tickets_and_what_was_said_are_shown_for_18_months() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    opened(&azure, "old", &ticket());
    super::say(&azure, "old", "early", "Before.");
    mock.advance("P18M");
    assert_eq!(names(&azure.get(&below("supportTickets"))), ["old"]);
    assert_eq!(names(&azure.get(&below("supportTickets/old/communications"))), ["early"]);
    mock.advance("PT1S");
    assert_eq!(names(&azure.get(&below("supportTickets"))), [""; 0]);
    let path = below("supportTickets/old");
    azure.azure_refused(404, "ResourceNotFound", "GET", &path, &Value::Null);
    azure.azure_refused(409, "Conflict", "PUT", &path, &ticket());
}

#[test]
fn a_change_names_only_what_changes() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let before = opened(&azure, "machines", &ticket());
    mock.advance("PT10M");
    let path = below("supportTickets/machines");
    let body = json!({
        "severity": "moderate",
        "advancedDiagnosticConsent": "Yes",
        "contactDetails": { "phoneNumber": "+886 2 5550 0100", "preferredContactMethod": "phone" },
        "secondaryConsent": [{ "type": "VirtualMachineMemoryDump", "userConsent": "Yes" }],
    });
    let after = azure.expect(200, "PATCH", &path, &body).json();
    let mut expected = before.clone();
    let properties = &mut expected["properties"];
    properties["severity"] = "Moderate".into();
    properties["advancedDiagnosticConsent"] = "Yes".into();
    properties["contactDetails"]["phoneNumber"] = "+886 2 5550 0100".into();
    properties["contactDetails"]["preferredContactMethod"] = "Phone".into();
    properties["secondaryConsent"] =
        json!([{ "userConsent": "Yes", "type": "VirtualMachineMemoryDump" }]);
    properties["serviceLevelAgreement"]["slaMinutes"] = 240.into();
    properties["serviceLevelAgreement"]["expirationTime"] = "2026-03-01T16:00:00Z".into();
    properties["modifiedDate"] = "2026-03-01T12:10:00Z".into();
    assert_eq!(after, expected);
    assert_eq!(azure.get(&path), expected);
}

#[test]
fn a_ticket_is_closed_and_opened_again() {
    let azure = larkspur();
    opened(&azure, "machines", &ticket());
    let path = below("supportTickets/machines");
    let patch = |body: Value| azure.expect(200, "PATCH", &path, &body).json();
    assert_eq!(patch(json!({ "status": "closed" }))["properties"]["status"], "Closed");
    let moderate = json!({ "severity": "moderate" });
    let told = azure.azure_refused(400, "BadRequest", "PATCH", &path, &moderate);
    assert!(told.text.contains("closed"), "{}", told.text);
    patch(json!({ "severity": "minimal" }));
    let reopened = patch(json!({ "status": "open", "severity": "moderate" }));
    assert_eq!(reopened["properties"]["status"], "Open");
    assert_eq!(reopened["properties"]["severity"], "Moderate");
}

#[test]
fn the_severity_is_fixed_while_an_engineer_works_on_the_ticket() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let read = opened(&azure, "refund", &ticket_about(BILLING, REFUNDS));
    let engineer = read["properties"]["supportEngineer"]["emailAddress"].as_str();
    assert!(engineer.is_some_and(|it| it.contains('@')), "the agent takes it over: {read}");
    let path = below("supportTickets/refund");
    let told =
        azure.azure_refused(400, "BadRequest", "PATCH", &path, &json!({ "severity": "critical" }));
    assert!(told.text.contains("engineer"), "{}", told.text);

    let alone = without_agent();
    opened(&alone, "refund", &ticket_about(BILLING, REFUNDS));
    let after = alone.expect(200, "PATCH", &path, &json!({ "severity": "critical" })).json();
    assert_eq!(after["properties"]["severity"], "Critical");
}

/// A world in which nobody answers tickets.
fn without_agent() -> Mock {
    with_rules(|rules| rules.agent = SupportAgent::Off).azure(LARKSPUR)
}

#[test]
fn the_same_seed_gives_the_same_numbers() {
    let number = || {
        let read = opened(&larkspur(), "machines", &ticket());
        read["properties"]["supportTicketId"].as_str().unwrap().to_owned()
    };
    assert_eq!(number(), number());
}

#[test]
fn names_are_read_in_any_casing_and_ids_as_well() {
    let azure = larkspur();
    let mut body = ticket();
    let id = body["properties"]["serviceId"].as_str().unwrap().to_uppercase();
    body["properties"]["serviceId"] = id.into();
    body["properties"]["problemClassificationId"] = PURCHASES.to_uppercase().into();
    opened(&azure, "Machines", &body);
    assert_eq!(azure.get(&below("supporttickets/MACHINES"))["name"], "Machines");
    azure.azure_refused(409, "Conflict", "PUT", &below("supportTickets/machines"), &body);
}
