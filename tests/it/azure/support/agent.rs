//! The support agent: what it reads, asks, decides and carries out; and who decides instead of it.

use partner_center_mock::domain::settings::{
    AgentStep, Settings, SupportAgent, SupportRules, Transition,
};
use serde_json::{Value, json};

use super::{BILLING, PURCHASES, REFUNDS, below, tenant, ticket_about};
use crate::azure::{AZURE, Bought, ORDERS, bought, bought_in};
use crate::support::{LARKSPUR, Mock, PRAIRIE, arm, mock_with};

fn world(change: impl FnOnce(&mut Settings)) -> Mock {
    let mut settings = Settings::default();
    change(&mut settings);
    mock_with(|builder| builder.settings(settings))
}

fn rules(change: impl FnOnce(&mut SupportRules)) -> Mock {
    world(|settings| change(&mut settings.support))
}

/// Opens a ticket about a refund or an exchange.
fn open(azure: &Mock, name: &str, title: &str, description: &str, form: Option<&Value>) {
    let mut body = ticket_about(BILLING, REFUNDS);
    body["properties"]["title"] = title.into();
    body["properties"]["description"] = description.into();
    if let Some(form) = form {
        body["properties"]["problemScopingQuestions"] = form.to_string().into();
    }
    azure.expect(202, "PUT", &below(&format!("supportTickets/{name}")), &body);
}

fn status(azure: &Mock, name: &str) -> String {
    let ticket = azure.get(&below(&format!("supportTickets/{name}")));
    ticket["properties"]["status"].as_str().unwrap().to_owned()
}

/// What support said, the newest first.
fn said(azure: &Mock, name: &str) -> Vec<String> {
    let list = azure.get(&below(&format!("supportTickets/{name}/communications")));
    let mut outbound: Vec<&Value> = list["value"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["properties"]["communicationDirection"] == "Outbound")
        .collect();
    outbound.sort_by_key(|it| it["properties"]["createdDate"].as_str().unwrap().to_owned());
    outbound.iter().rev().map(|it| it["properties"]["body"].as_str().unwrap().to_owned()).collect()
}

fn all_said(azure: &Mock, name: &str) -> String {
    said(azure, name).join("\n---\n")
}

fn answer(azure: &Mock, name: &str, id: &str, text: &str) {
    let body = json!({ "properties": {
        "subject": "Re", "body": text, "sender": "mei@fabricore.example",
    } });
    azure.expect(202, "PUT", &below(&format!("supportTickets/{name}/communications/{id}")), &body);
}

fn state(bought: &Bought) -> Value {
    bought.get()["properties"]["provisioningState"].clone()
}

/// The service request of a ticket in Partner Center.
fn service_request(mock: &Mock, title: &str) -> Value {
    let path = format!("/v1/customers/{LARKSPUR}/servicerequests");
    let list = mock.get(&path);
    let found = list["items"].as_array().unwrap().iter().find(|it| it["title"] == title).unwrap();
    mock.get(&format!("{path}/{}", found["id"].as_str().unwrap()))
}

#[test]
fn a_ticket_with_both_ids_is_refunded_and_closed() {
    let bought = bought(5);
    bought.mock.advance("P100D");
    let text = format!(
        "Please refund quantity 2 of reservation {} in order {}.",
        bought.reservation, bought.order
    );
    open(&bought.azure, "refund-1", "Refund", &text, None);
    assert_eq!(status(&bought.azure, "refund-1"), "Closed");
    let said = all_said(&bought.azure, "refund-1");
    // 532.61 × 2 × 265/365 = 773.38; 12 % of it are 92.81.
    assert!(
        said.contains(
            "Prorated refund 773.38 USD, early termination fee 92.81 USD, refunded 680.57 USD"
        ),
        "{said}"
    );
    assert!(said.contains("773.38 USD of 50000.00 USD"), "{said}");
    assert_eq!(state(&bought), "Cancelled");
    assert_eq!(bought.artifact().unwrap().0, 3);
    let ticket = bought.azure.get(&below("supportTickets/refund-1"));
    assert!(ticket["properties"]["supportEngineer"]["emailAddress"].is_string());
    // Partner Center tells the same of the same case.
    let request = service_request(&bought.mock, "Refund");
    assert_eq!(request["status"], "closed");
    assert!(request["notes"].to_string().contains("refunded 680.57 USD"), "{request}");
}

#[test]
fn ids_are_found_in_every_form() {
    for (title, form) in [("paths", None), ("a form", Some(true))] {
        let bought = bought(3);
        let path = bought.id_of(&bought.reservation);
        let answers = json!({
            "reservationOrderId": bought.order, "reservationId": bought.reservation.to_uppercase(),
            "quantity": 1,
        });
        let (text, form) = match form {
            None => (format!("Cancel {path}, quantity: 1, please"), None),
            Some(_) => ("See the form".to_owned(), Some(&answers)),
        };
        open(&bought.azure, "forms", title, &text, form);
        assert_eq!(
            status(&bought.azure, "forms"),
            "Closed",
            "{title}: {}",
            all_said(&bought.azure, "forms")
        );
        assert_eq!(bought.artifact().unwrap().0, 2, "{title}");
    }
}

#[test]
fn what_is_missing_is_asked_for_until_it_is_there() {
    let bought = bought(2);
    let azure = &bought.azure;
    open(azure, "ask", "Refund", "Please refund my machines.", None);
    assert_eq!(status(azure, "ask"), "Open");
    assert_eq!(service_request(&bought.mock, "Refund")["status"], "attention_needed");
    assert!(
        said(azure, "ask")
            .iter()
            .any(|it| it.contains("reservation id and the reservation order id"))
    );

    answer(azure, "ask", "one", &format!("The order is {}", bought.order));
    assert_eq!(service_request(&bought.mock, "Refund")["status"], "attention_needed");
    let asked = all_said(azure, "ask");
    assert!(asked.contains(&format!("only the reservation order {}", bought.order)), "{asked}");
    assert!(asked.contains(&bought.reservation), "it lists those there are: {asked}");

    answer(
        azure,
        "ask",
        "two",
        &format!("It is {}.", bought.order.replace('3', "4").replace('a', "b")),
    );
    assert_eq!(state(&bought), "Succeeded");
    answer(azure, "ask", "three", &format!("{} then", bought.reservation));
    assert_eq!(status(azure, "ask"), "Closed", "{}", all_said(azure, "ask"));
    assert_eq!(state(&bought), "Cancelled");
}

#[test]
fn a_reservation_alone_or_of_another_order_is_asked_about() {
    let bought = bought(1);
    let azure = &bought.azure;
    open(azure, "alone", "Refund", &format!("Return {}", bought.reservation), None);
    assert!(all_said(azure, "alone").contains("reservation order id as well"));
    let other = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
    answer(azure, "alone", "wrong", &format!("order {other}"));
    assert!(all_said(azure, "alone").contains("is not in the reservation order"));
    assert_eq!(state(&bought), "Succeeded");
}

#[test]
fn of_several_reservations_no_part_is_guessed() {
    let bought = bought(4);
    let [one, other] = bought.split(&bought.reservation, [2, 2]);
    let azure = &bought.azure;
    let text = format!("Return 1 unit of {one} and 1 unit of {other}, order {}", bought.order);
    open(azure, "parts", "Refund", &text, None);
    assert!(all_said(azure, "parts").contains("one request for each reservation"));
    assert_eq!(bought.artifact().unwrap().0, 4);
    let text = format!("Return {one} and {other}, order {}", bought.order);
    open(azure, "whole", "Refund", &text, None);
    assert_eq!(status(azure, "whole"), "Closed", "{}", all_said(azure, "whole"));
    assert!(bought.artifact().is_none());
}

#[test]
fn the_newest_word_tells_what_is_wanted() {
    let bought = bought(2);
    let azure = &bought.azure;
    let text = format!("Exchange {} of order {}", bought.reservation, bought.order);
    open(azure, "mind", "Reservation", &text, None);
    answer(azure, "mind", "changed", "No, please refund quantity 1 instead.");
    assert_eq!(status(azure, "mind"), "Closed", "{}", all_said(azure, "mind"));
    assert_eq!(bought.artifact().unwrap().0, 1);
}

#[test]
fn nobody_returns_what_is_somebody_elses() {
    let bought = bought(1);
    let prairie = bought.mock.azure(PRAIRIE);
    let mut body = ticket_about(BILLING, REFUNDS);
    body["properties"]["description"] =
        format!("Refund reservation {} of order {}", bought.reservation, bought.order).into();
    prairie.expect(202, "PUT", &tenant("supportTickets/theirs"), &body);
    let ticket = prairie.get(&tenant("supportTickets/theirs"));
    assert_eq!(ticket["properties"]["status"], "Open");
    let list = prairie.get(&tenant("supportTickets/theirs/communications"));
    assert!(list.to_string().contains("No reservation and no reservation order has the id"));
    assert_eq!(state(&bought), "Succeeded");
}

#[test]
fn the_rules_hold_for_the_agent_too() {
    let bought = bought_in(world(|it| it.refunds.limit_usd = 500.into()), 1);
    let text = format!("Refund {} in {}", bought.reservation, bought.order);
    open(&bought.azure, "limit", "Refund", &text, None);
    assert_eq!(status(&bought.azure, "limit"), "Closed");
    assert!(all_said(&bought.azure, "limit").contains("exceeds the limit of 500 USD"));
    assert_eq!(state(&bought), "Succeeded");

    // What self-service leaves to the agent, the agent does.
    let bought = bought_in(world(|it| it.refunds.self_service = false), 1);
    let text = format!("Refund {} in {}", bought.reservation, bought.order);
    open(&bought.azure, "only", "Refund", &text, None);
    assert_eq!(status(&bought.azure, "only"), "Closed");
    assert_eq!(state(&bought), "Cancelled");

    let bought = super::super::bought(1);
    let text = format!("Refund quantity 2 of {} in {}", bought.reservation, bought.order);
    open(&bought.azure, "much", "Refund", &text, None);
    assert!(all_said(&bought.azure, "much").contains("must be 1 to 1"));
    assert_eq!(state(&bought), "Succeeded");
}

#[test]
fn an_exchange_is_asked_for_in_words() {
    let bought = bought(2);
    bought.mock.advance("P10D");
    let azure = &bought.azure;
    let text = format!("Exchange {} of order {}", bought.reservation, bought.order);
    open(azure, "swap", "A bigger size", &text, None);
    assert!(all_said(azure, "swap").contains("what to exchange it for"));
    assert_eq!(state(&bought), "Succeeded");
    answer(azure, "swap", "what", "Standard_D4s_v4, westeurope, 3 years, Monthly, quantity 1");
    let said = all_said(azure, "swap");
    assert_eq!(status(azure, "swap"), "Closed", "{said}");
    assert!(said.contains("1 of Standard_D4s_v4 for P3Y"), "{said}");
    assert_eq!(state(&bought), "Cancelled");
    let orders = azure.get(&arm(ORDERS));
    let new = orders["value"].as_array().unwrap().iter().find(|it| {
        it["properties"]["term"] == "P3Y" && it["properties"]["billingPlan"] == "Monthly"
    });
    assert_eq!(new.unwrap()["properties"]["originalQuantity"], 1);

    // Too little in exchange is refused.
    let second = super::super::bought(2);
    let text = format!(
        "Exchange {} of order {} for Standard_D2s_v4, westeurope, P1Y, quantity 1",
        second.reservation, second.order
    );
    open(&second.azure, "small", "Smaller", &text, None);
    let said = all_said(&second.azure, "small");
    assert!(said.contains("less than the"), "{said}");
    assert_eq!(state(&second), "Succeeded");
}

#[test]
fn the_steps_of_the_agent_take_their_time() {
    let delayed = world(|it| it.set_delay(Transition::SupportStep, "PT1H".parse().unwrap()));
    let bought = bought_in(delayed, 1);
    let azure = &bought.azure;
    let text = format!("Refund {} in {}", bought.reservation, bought.order);
    open(azure, "slow", "Refund", &text, None);
    assert!(said(azure, "slow").is_empty());
    bought.mock.advance("PT1H");
    assert_eq!(said(azure, "slow").len(), 1, "acknowledged");
    bought.mock.advance("PT1H");
    assert_eq!(state(&bought), "Succeeded", "decided, not carried out");
    bought.mock.advance("PT1H");
    assert_eq!(state(&bought), "Cancelled");
    assert_eq!(status(azure, "slow"), "Open");
    bought.mock.advance("PT1H");
    assert_eq!(status(azure, "slow"), "Closed");
}

#[test]
fn the_agent_leaves_out_steps_that_it_is_told_to() {
    let bought = bought_in(rules(|it| it.steps = vec![AgentStep::CarryOut]), 1);
    let text = format!("Refund {} in {}", bought.reservation, bought.order);
    open(&bought.azure, "open", "Refund", &text, None);
    assert_eq!(status(&bought.azure, "open"), "Open", "its opener closes it");
    assert_eq!(state(&bought), "Cancelled");
    let ticket = bought.azure.get(&below("supportTickets/open"));
    assert_eq!(ticket["properties"]["supportEngineer"]["emailAddress"], Value::Null);

    let bought = bought_in(rules(|it| it.steps = vec![AgentStep::Acknowledge]), 1);
    let text = format!("Refund {} in {}", bought.reservation, bought.order);
    open(&bought.azure, "wait", "Refund", &text, None);
    assert_eq!(state(&bought), "Succeeded");
    bought.mock.expect(200, "POST", "/_mock/support/cases/wait/approve", &Value::Null);
    assert_eq!(state(&bought), "Cancelled");
}

#[test]
fn by_hand_a_test_decides() {
    let bought = bought_in(rules(|it| it.agent = SupportAgent::Manual), 2);
    let azure = &bought.azure;
    let text = format!("Refund quantity 1 of {} in {}", bought.reservation, bought.order);
    open(azure, "Hand-1", "By hand", &text, None);
    bought.mock.advance("P1D");
    assert!(said(azure, "hand-1").is_empty(), "nobody answers by itself");
    let cases = bought.mock.get("/_mock/support/cases");
    let case = cases["items"].as_array().unwrap().iter().find(|it| it["name"] == "Hand-1").unwrap();
    assert_eq!(case["wanted"]["kind"], "refund");
    assert_eq!(case["wanted"]["reservations"][0]["quantity"], 1);
    let by_number = |number: &str, what: &str| format!("/_mock/support/cases/{number}/{what}");
    let request = case["serviceRequestId"].as_str().unwrap();
    let ticket = case["supportTicketId"].as_str().unwrap();

    let question = json!({ "text": "Are you sure?" });
    let asked = bought.mock.post(200, &by_number(request, "ask"), &question);
    assert_eq!(asked["status"], "attention_needed");
    assert_eq!(said(azure, "hand-1"), ["Are you sure?"]);
    for (what, body) in [("ask", json!({})), ("reject", json!({ "text": " " }))] {
        bought.mock.expect(400, "POST", &by_number(ticket, what), &body);
    }
    bought.mock.expect(404, "POST", &by_number("nobody", "approve"), &Value::Null);

    let approved = bought.mock.expect(200, "POST", &by_number(ticket, "approve"), &Value::Null);
    assert_eq!(approved.json()["status"], "closed");
    assert!(approved.json()["lastMessage"].as_str().unwrap().contains("refunded 531.15 USD"));
    assert_eq!(bought.artifact().unwrap().0, 1);
    bought.mock.expect(400, "POST", &by_number("hand-1", "approve"), &Value::Null);

    open(azure, "hand-2", "Again", &text, None);
    let reason = json!({ "text": "The machines are still in use" });
    bought.mock.expect(200, "POST", &by_number("hand-2", "reject"), &reason);
    assert_eq!(status(azure, "hand-2"), "Closed");
    assert!(all_said(azure, "hand-2").contains("still in use"));
    assert_eq!(bought.artifact().unwrap().0, 1);
    // What the rules stand against cannot be approved either, nor what says nothing.
    open(azure, "hand-3", "Once more", &text, None);
    let refused = bought.mock.expect(400, "POST", &by_number("hand-3", "approve"), &Value::Null);
    assert!(refused.text.contains("Cancelled"), "{}", refused.text);
    open(azure, "hand-4", "Refund", "something", None);
    let refused = bought.mock.expect(400, "POST", &by_number("hand-4", "approve"), &Value::Null);
    assert!(refused.text.contains("reservation order id"), "{}", refused.text);
    let decision = partner_center_mock::domain::support::agent::Decision::Reject("no".to_owned());
    bought.mock.handle().decide("hand-4", decision).unwrap();
    assert_eq!(status(azure, "hand-4"), "Closed");
}

#[test]
fn without_an_agent_and_about_other_things_nobody_answers() {
    let bought = bought_in(rules(|it| it.agent = SupportAgent::Off), 1);
    let text = format!("Refund {} in {}", bought.reservation, bought.order);
    open(&bought.azure, "off", "Refund", &text, None);
    bought.mock.advance("P30D");
    assert_eq!(status(&bought.azure, "off"), "Open");
    assert_eq!(state(&bought), "Succeeded");

    let bought = super::super::bought(1);
    let mut body = ticket_about(BILLING, PURCHASES);
    body["properties"]["description"] =
        format!("Refund {} in {}", bought.reservation, bought.order).into();
    bought.azure.expect(202, "PUT", &below("supportTickets/other"), &body);
    assert_eq!(status(&bought.azure, "other"), "Open");
    assert_eq!(state(&bought), "Succeeded");
}

#[test]
fn a_case_that_is_opened_again_wants_something_new() {
    let bought = bought(3);
    let azure = &bought.azure;
    let text = format!("Refund quantity 1 of {} in {}", bought.reservation, bought.order);
    open(azure, "again", "Refund", &text, None);
    assert_eq!(status(azure, "again"), "Closed");
    let reopen = json!({ "status": "open" });
    azure.expect(200, "PATCH", &below("supportTickets/again"), &reopen);
    assert!(all_said(azure, "again").contains("what else is wanted"));
    assert_eq!(bought.artifact().unwrap().0, 2, "nothing is done twice");
    let list = azure.get(&bought.of_order("reservations"));
    let rest = list["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["properties"]["provisioningState"] == "Succeeded");
    let rest = rest.unwrap()["name"].as_str().unwrap().to_owned();
    answer(azure, "again", "more", &format!("Return {rest} of {} too", bought.order));
    assert_eq!(status(azure, "again"), "Closed", "{}", all_said(azure, "again"));
    assert!(bought.artifact().is_none());
}

#[test]
fn the_partner_asks_in_partner_center_too() {
    let bought = bought(2);
    let body = json!({
        "title": "Return a reservation",
        "description": format!("Reservation {}, order {}, quantity 2", bought.reservation, bought.order),
        "severity": "moderate",
        "supportTopicId": refund_topic(&bought.mock),
    });
    let made = bought.mock.post(201, "/v1/servicerequests/en-US", &body);
    let path = format!("/v1/servicerequests/{}", made["id"].as_str().unwrap());
    let request = bought.mock.get(&path);
    assert_eq!(request["status"], "closed", "{request}");
    assert!(request["notes"].to_string().contains("refunded 1065.22 USD"), "{request}");
    assert_eq!(state(&bought), "Cancelled");
}

/// The topic that stands for exchanges and refunds.
fn refund_topic(mock: &Mock) -> String {
    let topics = mock.get("/v1/servicerequests/supporttopics");
    let topics = topics["items"].as_array().unwrap().clone();
    let found = topics.iter().find(|it| it["name"].as_str().unwrap().contains("efund"));
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn azure_subscriptions_in_the_text_are_not_taken_for_reservations() {
    let bought = bought(1);
    let text = format!("Subscription {AZURE} of {LARKSPUR}: please refund.");
    open(&bought.azure, "ids", "Refund", &text, None);
    let said = all_said(&bought.azure, "ids");
    assert!(said.contains("Please send the reservation id and the reservation order id"), "{said}");
}
