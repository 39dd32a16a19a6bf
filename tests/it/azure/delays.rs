//! What takes a number of polls, or waits to be released: every transition, and what counts as a poll.

use partner_center_mock::domain::delay::Delay;
use partner_center_mock::domain::settings::Transition;
use serde_json::{Value, json};

use super::{Bought, bought_in};
use crate::support::{
    Answer, LARKSPUR, LARKSPUR_AZURE, Mock, SUNDARAM, SUNDARAM_AZURE, arm, items, mock,
};

const REFUSED: &str = "OperationCannotBePerformedInCurrentState";

fn orders() -> String {
    format!("/v1/customers/{LARKSPUR}/orders")
}

/// Sets a delay as a test of another language does.
fn delay(mock: &Mock, transition: Transition, delay: &str) {
    let name = transition.name();
    let set = mock.expect(200, "PATCH", "/_mock/delays", &json!({ name: delay })).json();
    assert_eq!(set[name], delay);
}

/// Something that has begun, and whether a client that asks finds it done.
struct Begun {
    mock: Mock,
    is_done: Box<dyn Fn(&Mock) -> bool>,
}

/// Begins what a transition is about, in a world where it is delayed so.
fn begin(transition: Transition, how: &str) -> Begun {
    let mock = mock();
    let begun = |mock: Mock, is_done: Box<dyn Fn(&Mock) -> bool>| Begun { mock, is_done };
    let operation = |bought: Bought, answer: &Answer| {
        let poll = link(&bought.azure, answer, "azure-asyncoperation");
        let azure = bought.azure;
        let is_done = move |_: &Mock| {
            let status = azure.get(&poll)["status"].clone();
            assert_ne!(status, "Failed");
            status == "Succeeded"
        };
        begun(bought.mock, Box::new(is_done))
    };
    match transition {
        Transition::OrderProvisioning | Transition::OrderListing => {
            delay(&mock, transition, how);
            let line = items::reservation_line(&items::small_vm(), LARKSPUR_AZURE);
            let id = mock.post(201, &orders(), &items::order(&[line]))["id"].clone();
            let path = format!("{}/{}", orders(), id.as_str().unwrap());
            let provisioning = transition == Transition::OrderProvisioning;
            begun(
                mock,
                Box::new(move |mock| {
                    if provisioning {
                        return mock.get(&path)["status"] == "completed";
                    }
                    let list = mock.get(&orders());
                    list["items"].as_array().unwrap().iter().any(|order| order["id"] == id)
                }),
            )
        }
        Transition::SubscriptionRegistration => {
            delay(&mock, transition, how);
            let path = format!("/v1/customers/{SUNDARAM}/subscriptions/{SUNDARAM_AZURE}");
            mock.expect(202, "POST", &format!("{path}/registrations"), &Value::Null);
            let path = format!("{path}/registrationstatus");
            begun(mock, Box::new(move |mock| mock.get(&path)["status"] == "Registered"))
        }
        Transition::SubscriptionProvisioning => {
            let line = items::cart_line(&items::licence(), 5);
            let order = mock.post(201, &orders(), &items::order(&[line]));
            let id = order["lineItems"][0]["subscriptionId"].as_str().unwrap();
            let path = format!("/v1/customers/{LARKSPUR}/subscriptions/{id}");
            delay(&mock, transition, how);
            mock.expect(202, "PATCH", &path, &json!({ "quantity": 7 }));
            let path = format!("{path}/provisioningstatus");
            begun(mock, Box::new(move |mock| mock.get(&path)["status"] == "success"))
        }
        Transition::InvoiceIssue => {
            delay(&mock, transition, how);
            mock.post(200, "/_mock/clock/advance", &json!({ "to": "2026-04-10T00:00:00Z" }));
            let line = items::cart_line(&items::software(), 1);
            mock.post(201, &orders(), &items::order(&[line]));
            mock.post(200, "/_mock/clock/advance", &json!({ "to": "2026-05-20T00:00:00Z" }));
            begun(
                mock,
                Box::new(|mock| {
                    let invoices = mock.get("/v1/invoices?size=100");
                    let month = |it: &Value| {
                        it["billingPeriodStartDate"].as_str().unwrap().starts_with("2026-04")
                    };
                    invoices["items"].as_array().unwrap().iter().any(month)
                }),
            )
        }
        Transition::ReservationChange => {
            let bought = bought_in(mock, 1);
            delay(&bought.mock, transition, how);
            let body = json!({ "properties": { "name": "later" } });
            let answer = bought.azure.expect(202, "PATCH", &bought.path(), &body);
            operation(bought, &answer)
        }
        Transition::Refund => {
            let bought = bought_in(mock, 1);
            delay(&bought.mock, transition, how);
            let to_return =
                json!({ "reservationId": bought.id_of(&bought.reservation), "quantity": 1 });
            let mut body = json!({
                "id": format!("{}/{}", super::ORDERS, bought.order),
                "properties": { "scope": "Reservation", "reservationToReturn": to_return },
            });
            let path = bought.of_order("calculateRefund");
            let quote = bought.azure.expect(200, "POST", &path, &body).json();
            body["properties"]["sessionId"] = quote["properties"]["sessionId"].clone();
            body["properties"]["returnReason"] = "not needed".into();
            let answer = bought.azure.expect(202, "POST", &bought.of_order("return"), &body);
            assert!(answer.header("location").is_some());
            let path = bought.path();
            let azure = bought.azure;
            let is_done =
                move |_: &Mock| azure.get(&path)["properties"]["provisioningState"] == "Cancelled";
            begun(bought.mock, Box::new(is_done))
        }
        Transition::ExchangeCalculation | Transition::Exchange => {
            let bought = bought_in(mock, 1);
            let calculating = transition == Transition::ExchangeCalculation;
            if calculating {
                delay(&bought.mock, transition, how);
            }
            let purchase = json!({
                "sku": { "name": "Standard_D4s_v4" }, "location": "eastus",
                "properties": {
                    "reservedResourceType": "VirtualMachines",
                    "billingScopeId": format!("/subscriptions/{}", super::AZURE),
                    "term": "P3Y", "billingPlan": "Upfront", "quantity": 1,
                    "displayName": "larger", "appliedScopeType": "Shared",
                    "reservedResourceProperties": { "instanceFlexibility": "On" }, "renew": false,
                },
            });
            let body = json!({ "properties": {
                "reservationsToExchange": [{
                    "reservationId": bought.id_of(&bought.reservation), "quantity": 1,
                }],
                "reservationsToPurchase": [purchase],
            } });
            let path = arm("/providers/Microsoft.Capacity/calculateExchange");
            let answer = bought.azure.expect(202, "POST", &path, &body);
            if calculating {
                return operation(bought, &answer);
            }
            let poll = link(&bought.azure, &answer, "azure-asyncoperation");
            let session = bought.azure.get(&poll)["properties"]["sessionId"].clone();
            delay(&bought.mock, transition, how);
            let body = json!({ "properties": { "sessionId": session } });
            let path = arm("/providers/Microsoft.Capacity/exchange");
            let answer = bought.azure.expect(202, "POST", &path, &body);
            operation(bought, &answer)
        }
        Transition::SupportTicket | Transition::SupportStep => {
            let bought = bought_in(mock, 1);
            delay(&bought.mock, transition, how);
            let text = format!("Refund {} in {}", bought.reservation, bought.order);
            let path = super::support::below("supportTickets/late");
            let ticket = super::support::refund_ticket(&text);
            let answer = bought.azure.expect(202, "PUT", &path, &ticket);
            if transition == Transition::SupportTicket {
                return operation(bought, &answer);
            }
            let azure = bought.azure;
            let said = super::support::below("supportTickets/late/communications");
            let path = super::support::below("supportTickets/late");
            let is_done = move |_: &Mock| {
                azure.get(&path);
                !azure.get(&said)["value"].as_array().unwrap().is_empty()
            };
            begun(bought.mock, Box::new(is_done))
        }
    }
}

fn link(mock: &Mock, answer: &Answer, header: &str) -> String {
    let link = answer.header(header).unwrap_or_else(|| panic!("no {header}"));
    link.split_once(mock.server.base_url().as_str()).unwrap().1.to_owned()
}

#[test]
fn every_transition_ends_once_it_was_asked_after_often_enough() {
    for transition in Transition::ALL {
        let Begun { mock, is_done } = begin(transition, "2polls");
        mock.advance("P10D");
        // The agent's steps are asked after by each of two reads.
        let waits = if transition == Transition::SupportStep { 1 } else { 2 };
        for poll in 1..=waits {
            assert!(!is_done(&mock), "{transition:?} was done at poll {poll}");
        }
        assert!(is_done(&mock), "{transition:?} goes on");
    }
}

#[test]
fn every_transition_waits_to_be_released() {
    for transition in Transition::ALL {
        let Begun { mock, is_done } = begin(transition, "manual");
        mock.advance("P10D");
        for _ in 0..5 {
            assert!(!is_done(&mock), "{transition:?} ended by itself");
        }
        let held = mock.get("/_mock/clock")["held"].clone();
        let of =
            |it: &Value| it["transition"] == transition.name() && it.get("pollsLeft").is_none();
        assert!(held.as_array().unwrap().iter().any(of), "{transition:?}: {held}");
        let released =
            mock.post(200, "/_mock/clock/release", &json!({ "transition": transition.name() }));
        // What follows at once happens with it: an exchange fulfils the order it places.
        assert!(released["firedCount"].as_u64() >= Some(1), "{transition:?}: {released}");
        assert!(is_done(&mock), "{transition:?} goes on");
    }
}

#[test]
fn only_reads_of_what_is_under_way_count() {
    let mock = mock();
    delay(&mock, Transition::OrderProvisioning, "1poll");
    let line = items::reservation_line(&items::small_vm(), LARKSPUR_AZURE);
    let body = items::order(&[line]);
    let [first, second] = [0, 1].map(|_| mock.post(201, &orders(), &body)["id"].clone());
    let path = |id: &Value| format!("{}/{}", orders(), id.as_str().unwrap());
    mock.get(&orders());
    mock.get(&format!("/v1/customers/{LARKSPUR}"));
    let status = |id| mock.get(&path(id))["status"].clone();
    assert_eq!(status(&first), "pending");
    assert_eq!(status(&second), "pending");
    assert_eq!(status(&second), "completed");
    // Asking for the state of the lines is asking as well.
    let lines = mock.get(&format!("{}/provisioningstatus", path(&first)));
    assert_eq!(lines["items"][0]["status"], "Fulfilled");
    assert_eq!(mock.get("/_mock/clock")["held"], json!([]));
}

#[test]
fn what_is_held_is_released_one_by_one_or_altogether() {
    let mock = mock();
    delay(&mock, Transition::OrderProvisioning, "manual");
    let line = items::reservation_line(&items::small_vm(), LARKSPUR_AZURE);
    let body = items::order(&[line]);
    let ids = [0, 1, 2].map(|_| mock.post(201, &orders(), &body)["id"].clone());
    let release = |body: Value| mock.expect(200, "POST", "/_mock/clock/release", &body).json();
    let by_id = release(json!({ "id": ids[1] }));
    assert_eq!(by_id["fired"][0]["id"], ids[1]);
    let number = mock.get("/_mock/clock")["held"][0]["number"].clone();
    let by_number = release(json!({ "number": number }));
    assert_eq!(by_number["fired"][0]["id"], ids[0]);
    let rest = release(Value::Null);
    assert_eq!((&rest["firedCount"], &rest["fired"][0]["id"]), (&json!(1), &ids[2]));
    assert_eq!(release(Value::Null)["firedCount"], 0);
    for body in
        [json!({ "id": ids[0] }), json!({ "number": 99 }), json!({ "transition": "refund" })]
    {
        mock.expect(404, "POST", "/_mock/clock/release", &body);
    }
    mock.expect(400, "POST", "/_mock/clock/release", &json!({ "transition": "sleep" }));
}

#[test]
fn delays_that_are_none_are_refused_and_change_nothing() {
    let mock = mock();
    let before = mock.get("/_mock/delays");
    assert_eq!(before.as_object().unwrap().len(), Transition::ALL.len());
    for (body, hint) in [
        (json!({ "refund": "soon" }), "refund: `soon` is not a delay"),
        (json!({ "refund": "-PT5M" }), "is not a delay"),
        (json!({ "exchange": "PT5M", "refund": "10001polls" }), "at most 10000"),
        (json!({ "refnd": "PT5M" }), "`refnd` is no transition: order-provisioning"),
        (json!({ "refund": 5 }), "refund"),
        (json!([]), ""),
    ] {
        let message =
            mock.expect(400, "PATCH", "/_mock/delays", &body).json()["error"]["message"].clone();
        assert!(message.as_str().unwrap().contains(hint), "{body}: {message}");
        assert_eq!(mock.get("/_mock/delays"), before);
    }
}

#[test]
fn a_deleted_customer_takes_what_is_held_along() {
    use partner_center_mock::domain::settings::{Profile, Settings};
    let settings = Settings { profile: Profile::Sandbox, ..Settings::default() };
    let mock = crate::support::mock_with(|it| it.settings(settings.clone()));
    mock.handle().set_delay(Transition::SubscriptionRegistration, Delay::Manual).unwrap();
    let path = format!("/v1/customers/{SUNDARAM}/subscriptions/{SUNDARAM_AZURE}/registrations");
    mock.expect(202, "POST", &path, &Value::Null);
    assert_eq!(mock.handle().clock().held().len(), 1);
    mock.expect(204, "DELETE", &format!("/v1/customers/{SUNDARAM}"), &Value::Null);
    assert!(mock.handle().clock().held().is_empty());
}

#[test]
fn the_library_says_the_same_in_types() {
    let bought = bought_in(mock(), 1);
    let world = bought.mock.handle();
    world.set_delay(Transition::ReservationChange, Delay::Manual).unwrap();
    let body = json!({ "properties": { "name": "later" } });
    bought.azure.expect(202, "PATCH", &bought.path(), &body);
    let refused = json!({ "properties": { "name": "again" } });
    bought.azure.azure_refused(400, REFUSED, "PATCH", &bought.path(), &refused);
    assert_eq!(world.clock().held()[0].transition, Transition::ReservationChange);
    assert!(world.clock().release(Transition::Refund).is_empty());
    let fired = world.clock().release(Transition::ReservationChange);
    assert_eq!(fired[0].timer.name(), "operation-completed");
    assert_eq!(bought.get()["properties"]["displayName"], "later");
}
