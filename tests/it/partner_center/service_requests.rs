//! Service requests: of the partner and of its customers, here and in Azure.

use serde_json::{Value, json};

use super::customers::encoded;
use crate::support::{COOLIBAH, FOREIGN, LARKSPUR, Mock, NOBODY, PRAIRIE, mock, sandbox};

const OWN: &str = "/v1/servicerequests";
const PARTNER: &str = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
/// The Azure subscription behind Larkspur's Microsoft Azure subscription.
const AZURE: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
const NEVER: &str = "0001-01-01T00:00:00";

fn of(customer: &str) -> String {
    format!("/v1/customers/{customer}/servicerequests")
}

fn new(title: &str) -> Value {
    json!({
        "title": title,
        "description": "Bought 2 units on 11 May",
        "severity": "moderate",
        "supportTopicId": "32870045",
    })
}

/// Opens one of the partner's own; gives its path.
fn opened(mock: &Mock, title: &str) -> String {
    let made = mock.post(201, "/v1/servicerequests/en-US", &new(title));
    format!("{OWN}/{}", made["id"].as_str().unwrap())
}

/// Opens a ticket in Azure in a customer's directory.
fn ticket(azure: &Mock, tree: &str, name: &str, title: &str) {
    let billing = "/providers/Microsoft.Support/services/517f2da6-78fd-0498-4e22-ad26996b1dfc";
    let topic = "8a2e6d10-4c57-4b93-9f0e-5d31c7b2a605";
    let body = json!({ "properties": {
        "title": title,
        "description": "Half of it goes unused.",
        "serviceId": billing,
        "problemClassificationId": format!("{billing}/problemClassifications/{topic}"),
        "severity": "critical",
        "advancedDiagnosticConsent": "No",
        "contactDetails": {
            "firstName": "Mei",
            "lastName": "Lin",
            "preferredContactMethod": "email",
            "primaryEmailAddress": "mei@larkspurfoods.example",
            "preferredTimeZone": "Taipei Standard Time",
            "country": "TWN",
            "preferredSupportLanguage": "en-US",
        },
    } });
    azure.expect(202, "PUT", &in_azure(tree, &format!("/{name}")), &body);
}

fn in_azure(tree: &str, rest: &str) -> String {
    let (tickets, version) = ("providers/Microsoft.Support/supportTickets", "2020-04-01");
    format!("{tree}/{tickets}{rest}?api-version={version}")
}

fn patch(mock: &Mock, path: &str, body: &Value) -> Value {
    mock.expect(200, "PATCH", path, body).json()
}

fn titles(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    assert_eq!(page["totalCount"], items.len());
    items.iter().map(|item| item["title"].as_str().unwrap()).collect()
}

#[test]
fn a_service_request_is_opened_talked_about_and_closed() {
    let mock = mock();
    let made = mock.post(201, "/v1/servicerequests/en-US", &new("Zero usage"));
    let id = made["id"].as_str().unwrap();
    assert!(
        id.len() == 15 && id.starts_with('6') && id.bytes().all(|b| b.is_ascii_digit()),
        "{id}"
    );
    let path = format!("{OWN}/{id}");
    assert_eq!(mock.get(&path), made);
    for (name, value) in [
        ("title", "Zero usage"),
        ("description", "Bought 2 units on 11 May"),
        ("severity", "moderate"),
        ("status", "open"),
        ("supportTopicId", "32870045"),
        ("supportTopicName", "Reservation purchase and usage"),
        ("createdDate", "2026-03-01T12:00:00.0000000Z"),
        ("lastModifiedDate", "2026-03-01T12:00:00.0000000Z"),
        ("lastClosedDate", NEVER),
    ] {
        assert_eq!(made[name], value, "{name}");
    }
    assert_eq!(made["organization"]["id"], PARTNER);
    let contact = &made["primaryContact"];
    assert_eq!((&contact["firstName"], &contact["lastName"]), (&json!("Ines"), &json!("Calder")));
    assert_eq!(contact["email"], "admin@fabricore.example");
    assert_eq!(made["notes"], json!([]));
    assert_eq!(made["attributes"], json!({ "objectType": "ServiceRequest" }));

    mock.advance("PT1H");
    let noted = patch(&mock, &path, &json!({ "newNote": { "text": "Here are the logs." } }));
    let note = json!({
        "createdByName": "Ines Calder",
        "createdDate": "2026-03-01T13:00:00.0000000Z",
        "text": "Here are the logs.",
    });
    assert!(noted.get("newNote").is_none());
    assert_eq!(noted["notes"].as_array().unwrap()[0], note);
    assert_eq!(noted["lastModifiedDate"], "2026-03-01T13:00:00.0000000Z");

    mock.advance("PT1H");
    let last = json!({ "status": "closed", "newNote": { "text": "Solved." } });
    let closed = patch(&mock, &path, &last);
    assert_eq!(closed["status"], "closed");
    assert_eq!(closed["lastClosedDate"], "2026-03-01T14:00:00.0000000Z");
    assert_eq!(closed["notes"].as_array().unwrap().last().unwrap()["text"], "Solved.");
    let late = json!({ "newNote": { "text": "One more thing." } });
    let refused = mock.refused(400, 800_002, "PATCH", &path, &late);
    assert!(refused.text.contains("set its status to open first"), "{}", refused.text);
    let again = json!({ "status": "open", "newNote": { "text": "One more thing." } });
    let open = patch(&mock, &path, &again);
    assert_eq!((&open["status"], &open["lastClosedDate"]), (&json!("open"), &json!(NEVER)));
    assert_eq!(patch(&mock, &path, &json!({ "status": 3 }))["status"], "attention_needed");
    let answered = patch(&mock, &path, &json!({ "newNote": { "text": "It is done." } }));
    assert_eq!(answered["status"], "open", "what was waited for has come");
}

#[test]
fn a_change_takes_what_is_set_and_nothing_else() {
    let mock = mock();
    let path = opened(&mock, "Zero usage");
    let before = mock.get(&path);
    // Everything unset, as the .NET library sends what nobody set.
    let unset = json!({
        "Title": null, "Description": null, "Severity": "unknown", "SupportTopicId": null,
        "SupportTopicName": null, "Id": null, "Status": "none", "Organization": null,
        "PrimaryContact": null, "LastUpdatedBy": null, "ProductName": null, "ProductId": null,
        "CreatedDate": "0001-01-01T00:00:00", "LastModifiedDate": "0001-01-01T00:00:00",
        "LastClosedDate": "0001-01-01T00:00:00", "Notes": null, "CountryCode": null,
        "NewNote": null, "Attributes": { "ObjectType": "ServiceRequest" },
    });
    assert_eq!(patch(&mock, &path, &unset), before);
    assert_eq!(patch(&mock, &path, &before), before, "sent back as it is");
    assert_eq!(patch(&mock, &path, &json!({ "severity": 0, "status": "" })), before);

    let mut noted = unset;
    noted["NewNote"] = json!({ "CreatedByName": null, "CreatedDate": null, "Text": "Any news?" });
    assert_eq!(patch(&mock, &path, &noted)["notes"][0]["text"], "Any news?");
    let changed =
        json!({ "title": "No usage", "description": "None at all", "severity": "Minimal" });
    let after = patch(&mock, &path, &changed);
    assert_eq!(
        (&after["title"], &after["description"], &after["severity"], &after["status"]),
        (&json!("No usage"), &json!("None at all"), &json!("minimal"), &json!("open"))
    );
    for (code, body, reason) in [
        (800_002, json!({ "newNote": { "text": " " } }), "newNote.text"),
        (800_002, json!({ "newNote": {} }), "newNote.text"),
        (800_002, json!({ "newNote": { "text": "x".repeat(32_001) } }), "newNote.text"),
        (800_002, json!({ "title": "" }), "title"),
        (800_002, json!({ "id": "600000000000000" }), "id: must be"),
        (900_126, json!({ "status": "waiting" }), "attention_needed"),
        (900_126, json!({ "severity": 4 }), "minimal"),
    ] {
        let refused = mock.refused(400, code, "PATCH", &path, &body);
        assert!(refused.text.contains(reason), "{}", refused.text);
    }
    // What is refused at its end has changed nothing at its beginning.
    let both = json!({ "title": "Other", "newNote": { "text": "" } });
    mock.refused(400, 800_002, "PATCH", &path, &both);
    assert_eq!(mock.get(&path)["title"], "No usage");
}

#[test]
fn what_is_incomplete_is_not_opened() {
    let mock = mock();
    for (name, value, code) in [
        ("title", Value::Null, 800_002),
        ("title", json!(" "), 800_002),
        ("description", Value::Null, 800_002),
        ("severity", json!("unknown"), 800_002),
        ("severity", Value::Null, 800_002),
        ("severity", json!("urgent"), 900_126),
        ("supportTopicId", Value::Null, 800_002),
        ("supportTopicId", json!("1"), 800_002),
    ] {
        let mut body = new("Zero usage");
        body[name] = value;
        let refused = mock.refused(400, code, "POST", "/v1/servicerequests/en-US", &body);
        assert!(refused.text.contains(name), "{}", refused.text);
    }
    let refused = mock.refused(400, 800_002, "POST", "/v1/servicerequests/1", &new("Zero usage"));
    assert!(refused.text.contains("agentLocale"), "{}", refused.text);
    let mut number = new("Zero usage");
    number["supportTopicId"] = 32_870_045.into();
    let made = mock.post(201, "/v1/servicerequests/de-DE", &number);
    assert_eq!(made["supportTopicId"], "32870045");
}

#[test]
fn a_ticket_of_azure_is_a_service_request_of_its_customer() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    ticket(&azure, &format!("/subscriptions/{AZURE}"), "unused-half", "Half unused");
    let list = mock.get(&of(LARKSPUR));
    assert_eq!(titles(&list), ["Half unused"]);
    let entry = &list["items"][0];
    let keys: Vec<&String> = entry.as_object().unwrap().keys().collect();
    let expected = [
        "title",
        "severity",
        "id",
        "status",
        "primaryContact",
        "createdDate",
        "lastModifiedDate",
        "lastClosedDate",
        "attributes",
    ];
    assert_eq!(keys, expected);
    assert_eq!(entry["primaryContact"], json!({ "lastName": "Lin", "firstName": "Mei" }));

    let id = entry["id"].as_str().unwrap();
    let (whole, own) = (format!("{}/{id}", of(LARKSPUR)), format!("{OWN}/{id}"));
    let request = mock.get(&whole);
    assert_eq!(mock.get(&own), request);
    assert_eq!(request["organization"]["id"], LARKSPUR);
    assert_eq!(request["organization"]["name"], "Larkspur Foods");
    assert_eq!((&request["severity"], &request["countryCode"]), (&json!("critical"), &json!("US")));
    assert_eq!(request["supportTopicName"], "Reservation purchase and usage");
    mock.refused(404, 1000, "GET", &format!("{}/{id}", of(PRAIRIE)), &Value::Null);

    // A note here is a communication there.
    patch(&mock, &whole, &json!({ "newNote": { "text": "Since Monday." } }));
    let path = in_azure(&format!("/subscriptions/{AZURE}"), "/unused-half/communications");
    let said = azure.get(&path);
    let texts: Vec<&Value> = said["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| &message["properties"]["body"])
        .collect();
    assert!(texts.contains(&&json!("Since Monday.")), "{said:#}");
    patch(&mock, &own, &json!({ "status": "closed" }));
    let path = in_azure(&format!("/subscriptions/{AZURE}"), "/unused-half");
    assert_eq!(azure.get(&path)["properties"]["status"], "Closed");
}

#[test]
fn a_service_request_of_the_partner_is_a_ticket_of_its_own_directory() {
    let mock = mock();
    let path = opened(&mock, "Zero usage");
    let azure = mock.azure(PARTNER);
    let tickets = azure.get(&in_azure("", ""));
    let [ticket] = &tickets["value"].as_array().unwrap()[..] else { panic!("{tickets:#}") };
    assert_eq!(ticket["properties"]["title"], "Zero usage");
    let name = format!("/{}", ticket["name"].as_str().unwrap());
    azure.expect(200, "PATCH", &in_azure("", &name), &json!({ "status": "closed" }));
    assert_eq!(mock.get(&path)["status"], "closed");
    assert!(titles(&mock.get(&of(LARKSPUR))).is_empty());
}

#[test]
fn lists_are_filtered_by_status_and_paged_by_offset() {
    let mock = mock();
    let first = opened(&mock, "First");
    opened(&mock, "Second");
    ticket(&mock.azure(LARKSPUR), &format!("/subscriptions/{AZURE}"), "third", "Third");
    patch(&mock, &first, &json!({ "status": "closed" }));
    assert_eq!(titles(&mock.get(OWN)), ["Third", "Second", "First"], "the newest first");
    let by = |value: &Value| {
        let filter = json!({ "Field": "Status", "Value": value, "Operator": "equals" });
        mock.get(&format!("{OWN}?filter={}", encoded(&filter.to_string())))
    };
    for (value, expected) in [
        (json!("Open"), &["Third", "Second"][..]),
        (json!("closed"), &["First"]),
        (json!(2), &["First"]),
        (json!("AttentionNeeded"), &[]),
    ] {
        assert_eq!(titles(&by(&value)), expected, "{value}");
    }
    let raw = r#"/v1/servicerequests?filter={"Field":"Status","Value":"Open","Operator":"equals"}"#;
    assert_eq!(titles(&mock.get(raw)), ["Third", "Second"]);

    let page = mock.get(&format!("{OWN}?size=2"));
    assert_eq!(titles(&page), ["Third", "Second"]);
    let next = page["links"]["next"]["uri"].as_str().unwrap();
    assert_eq!(next, "/servicerequests?size=2&offset=2");
    let last = mock.get(&format!("/v1{next}"));
    assert_eq!(titles(&last), ["First"]);
    assert!(last["links"].get("next").is_none());
    let open = encoded(r#"{"Field":"Status","Value":"Open","Operator":"equals"}"#);
    let page = mock.get(&format!("{OWN}?size=1&filter={open}"));
    let next = page["links"]["next"]["uri"].as_str().unwrap();
    assert_eq!(titles(&mock.get(&format!("/v1{next}"))), ["Second"]);

    for (code, query) in [
        (800_002, "size=1001".to_owned()),
        (800_002, "offset=-1".to_owned()),
        (800_002, "filter=open".to_owned()),
        (800_002, filtered("Title", "equals", "First")),
        (800_002, filtered("Status", "not_equals", "Open")),
        (900_126, filtered("Status", "equals", "waiting")),
    ] {
        for list in [OWN, &of(LARKSPUR)] {
            mock.refused(400, code, "GET", &format!("{list}?{query}"), &Value::Null);
        }
    }
}

fn filtered(field: &str, operator: &str, value: &str) -> String {
    let filter = json!({ "Field": field, "Operator": operator, "Value": value });
    format!("filter={}", encoded(&filter.to_string()))
}

#[test]
fn topics_are_told_in_the_language_asked_for() {
    let mock = mock();
    let path = format!("{OWN}/SupportTopics");
    let english = mock.get(&path);
    let topics = english["items"].as_array().unwrap();
    let known = topics.iter().find(|topic| topic["id"] == "32870045").unwrap();
    assert_eq!(known["name"], "Reservation purchase and usage");
    assert_eq!(known["attributes"]["objectType"], "SupportTopic");
    assert!(topics.iter().all(|topic| topic["id"].as_str().unwrap().parse::<i32>().is_ok()));
    let german = mock.send("GET", &path, &[("X-Locale", "de-DE")], "").json();
    let of_german = german["items"].as_array().unwrap();
    assert_eq!(of_german.len(), topics.len());
    let known = of_german.iter().find(|topic| topic["id"] == "32870045").unwrap();
    assert_eq!(known["name"], "Kauf und Nutzung von Reservierungen");

    let path = opened(&mock, "Zero usage");
    let request = mock.send("GET", &path, &[("X-Locale", "de-DE")], "").json();
    assert_eq!(request["supportTopicName"], "Kauf und Nutzung von Reservierungen");
}

#[test]
fn service_requests_are_for_users() {
    let mock = mock();
    let path = opened(&mock, "Zero usage");
    let app = mock.app_only();
    let (list, one) = (of(LARKSPUR), format!("{}/600000000000000", of(LARKSPUR)));
    for (method, path, body) in [
        ("GET", OWN, Value::Null),
        ("GET", "/v1/servicerequests/supporttopics", Value::Null),
        ("POST", "/v1/servicerequests/en-US", new("Zero usage")),
        ("GET", &path, Value::Null),
        ("PATCH", &path, json!({ "status": "closed" })),
        ("GET", &list, Value::Null),
        ("GET", &one, Value::Null),
        ("PATCH", &one, json!({ "status": "closed" })),
    ] {
        app.refused(403, 900_329, method, path, &body);
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let mock = mock();
    let own = opened(&mock, "Zero usage");
    let number = own.rsplit('/').next().unwrap();
    let body = json!({ "status": "closed" });
    for path in [
        format!("{OWN}/600000000000000"),
        format!("{OWN}/x"),
        format!("{}/{number}", of(LARKSPUR)),
        format!("{}/{number}", of(NOBODY)),
    ] {
        mock.refused(404, 1000, "GET", &path, &Value::Null);
        mock.refused(404, 1000, "PATCH", &path, &body);
    }
    mock.refused(403, 20002, "GET", &of(FOREIGN), &Value::Null);
    mock.refused(404, 1000, "GET", &of(NOBODY), &Value::Null);
    assert!(titles(&mock.get(&of(COOLIBAH))).is_empty());
}

#[test]
fn service_requests_go_with_their_customer_and_leave_no_audit_record() {
    let mock = sandbox();
    let azure = mock.azure(COOLIBAH);
    let before = mock.get("/v1/auditrecords")["totalCount"].clone();
    ticket(&azure, "", "of-coolibah", "Opened by the customer");
    let own = opened(&mock, "Our own");
    let of_customer = mock.get(&of(COOLIBAH));
    let id = of_customer["items"][0]["id"].as_str().unwrap();
    patch(&mock, &format!("{OWN}/{id}"), &json!({ "newNote": { "text": "Hello" } }));
    assert_eq!(mock.get("/v1/auditrecords")["totalCount"], before);
    mock.expect(204, "DELETE", &format!("/v1/customers/{COOLIBAH}"), &Value::Null);
    mock.refused(404, 1000, "GET", &format!("{OWN}/{id}"), &Value::Null);
    assert_eq!(titles(&mock.get(OWN)), ["Our own"]);
    mock.get(&own);
}
