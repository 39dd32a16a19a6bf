//! What is said about a ticket.

use partner_center_mock::domain::settings::Transition;
use partner_center_mock::domain::support::{Tree, find_ticket, post_outbound};
use serde_json::{Value, json};

use super::{BILLING, REFUNDS, below, larkspur, names, opened, path_in, say, ticket, ticket_about};
use crate::azure::AZURE;
use crate::support::{LARKSPUR, mock, mock_with};

fn of(ticket: &str, rest: &str) -> String {
    below(&format!("supportTickets/{ticket}/communications{rest}"))
}

fn said() -> Value {
    json!({ "properties": {
        "subject": "Order number",
        "body": "It is 3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903.",
        "sender": "mei@fabricore.example",
    } })
}

#[test]
fn what_was_said_is_read_at_its_own_address() {
    let azure = larkspur();
    opened(&azure, "machines", &ticket());
    let path = of("machines", "/order-number");
    let accepted = azure.expect(202, "PUT", &path, &said());
    assert_eq!(accepted.text, "");
    let poll = path_in(&azure, &accepted, "azure-asyncoperation");
    assert_eq!(azure.get(&poll)["status"], "Succeeded");
    let read = azure.get(&path);
    assert_eq!(
        read,
        json!({
            "id": format!("/subscriptions/{AZURE}/providers/Microsoft.Support/supportTickets/machines/communications/order-number"),
            "name": "order-number",
            "type": "Microsoft.Support/communications",
            "properties": {
                "communicationType": "Web",
                "communicationDirection": "Inbound",
                "sender": "mei@fabricore.example",
                "subject": "Order number",
                "body": "It is 3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903.",
                "createdDate": "2026-03-01T12:00:00Z",
            },
        })
    );
    assert_eq!(azure.get(&path_in(&azure, &accepted, "location")), read);
    assert_eq!(azure.get(&of("machines", ""))["value"], json!([read]));
    azure.azure_refused(409, "Conflict", "PUT", &of("machines", "/Order-Number"), &said());
}

#[test]
fn a_communication_that_takes_time_is_polled() {
    let mock =
        mock_with(|builder| builder.delay(Transition::SupportTicket, "PT1M".parse().unwrap()));
    let azure = mock.azure(LARKSPUR);
    azure.expect(202, "PUT", &below("supportTickets/machines"), &ticket());
    mock.advance("PT1M");
    let path = of("machines", "/more");
    let accepted = azure.expect(202, "PUT", &path, &said());
    let poll = path_in(&azure, &accepted, "azure-asyncoperation");
    assert_eq!(azure.get(&poll)["status"], "InProgress");
    azure.azure_refused(404, "ResourceNotFound", "GET", &path, &Value::Null);
    azure.azure_refused(409, "Conflict", "PUT", &path, &said());
    // Closed meanwhile, the ticket takes nothing any more.
    azure.expect(200, "PATCH", &below("supportTickets/machines"), &json!({ "status": "closed" }));
    mock.advance("PT1M");
    let failed = azure.get(&poll);
    assert_eq!(
        (&failed["status"], &failed["error"]["code"]),
        (&"Failed".into(), &"BadRequest".into())
    );
    let result = path_in(&azure, &accepted, "location");
    azure.azure_refused(400, "BadRequest", "GET", &result, &Value::Null);
    azure.expect(200, "PATCH", &below("supportTickets/machines"), &json!({ "status": "open" }));
    azure.expect(202, "PUT", &path, &said());
}

#[test]
fn the_user_of_the_token_speaks_unless_a_sender_is_named() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    opened(&azure, "machines", &ticket());
    say(&azure, "machines", "more", "There is more.");
    let read = azure.get(&of("machines", "/more"));
    let sender = read["properties"]["sender"].as_str().unwrap();
    assert!(sender.ends_with("@fabricore.example"), "{sender}");

    let application = super::application(&mock);
    let mut body = said();
    body["properties"]["sender"] = Value::Null;
    let path = of("machines", "/by-machine");
    let told = application.azure_refused(400, "BadRequest", "PUT", &path, &body);
    assert!(told.text.contains("properties.sender"), "{}", told.text);
    application.expect(202, "PUT", &path, &said());
}

#[test]
fn support_answers_outbound_and_a_closed_ticket_takes_nothing() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    opened(&azure, "refund", &ticket_about(BILLING, REFUNDS));
    let list = azure.get(&of("refund", ""));
    let answer = &list["value"][0]["properties"];
    assert_eq!(answer["communicationDirection"], "Outbound");
    assert_eq!(answer["communicationType"], "Web");
    let ticket = azure.get(&below("supportTickets/refund"));
    assert_eq!(answer["sender"], ticket["properties"]["supportEngineer"]["emailAddress"]);

    azure.expect(200, "PATCH", &below("supportTickets/refund"), &json!({ "status": "closed" }));
    let told = azure.azure_refused(400, "BadRequest", "PUT", &of("refund", "/late"), &said());
    assert!(told.text.contains("closed"), "{}", told.text);
}

#[test]
fn the_newest_ten_are_on_a_page() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    opened(&azure, "machines", &ticket());
    for number in 0..12 {
        say(&azure, "machines", &format!("m{number}"), "More.");
        mock.advance("PT1H");
    }
    let world = mock.handle();
    let tree = Tree::Subscription(AZURE.parse().unwrap());
    world
        .world()
        .write(|tx| {
            let id = find_ticket(tx, tree, "machines", tx.now())?.id;
            post_outbound(tx, id, "Answer", "We have seen it.")
        })
        .unwrap();
    for query in ["", "?$top=10", "?$top=50"] {
        let first = azure.get(&of("machines", query));
        assert_eq!(names(&first).len(), 10, "{query}");
        assert_eq!(names(&first)[1], "m11");
        let next = first["nextLink"].as_str().unwrap();
        let next = next.split_once(azure.server.base_url().as_str()).unwrap().1;
        let second = azure.get(next);
        assert_eq!(names(&second), ["m2", "m1", "m0"]);
        assert_eq!(second["nextLink"], Value::Null);
    }
    for (filter, expected) in [
        ("communicationType eq 'web'", 10),
        ("CommunicationType eq 'phone'", 0),
        ("createdDate ge 2026-03-01T22:00:00Z", 3),
        ("communicationType eq 'Web' and createdDate gt 2026-03-01T22:00:00Z", 2),
    ] {
        let path = of("machines", &format!("?$filter={}", filter.replace(' ', "%20")));
        assert_eq!(names(&azure.get(&path)).len(), expected, "{filter}");
    }
}

#[test]
fn there_are_no_chats() {
    let azure = larkspur();
    opened(&azure, "machines", &ticket());
    let list = azure.get(&below("supportTickets/machines/chatTranscripts"));
    assert_eq!(list["value"], json!([]));
    for path in
        ["machines/chatTranscripts/one", "nothing/chatTranscripts", "nothing/communications"]
    {
        let path = below(&format!("supportTickets/{path}"));
        azure.azure_refused(404, "ResourceNotFound", "GET", &path, &Value::Null);
    }
}
