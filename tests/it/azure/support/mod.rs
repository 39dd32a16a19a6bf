//! Microsoft.Support over HTTP.

mod agent;
mod catalogue;
mod communications;
mod contact;
mod refusals;
mod tickets;
mod workspaces;

use partner_center_mock::domain::settings::{Settings, SupportRules};
use serde_json::{Value, json};

use super::AZURE;
use crate::support::{Answer, LARKSPUR, Mock, mock, mock_with};

/// The services that tickets are opened about here.
const BILLING: &str = "517f2da6-78fd-0498-4e22-ad26996b1dfc";
const LINUX: &str = "8a2e6d10-4c57-4b93-9f0e-5d31c7b2a640";
/// Exchanges and refunds of reservations.
const REFUNDS: &str = "8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604";
/// Purchases of reservations, which the support agent leaves alone.
const PURCHASES: &str = "8a2e6d10-4c57-4b93-9f0e-5d31c7b2a605";
/// A technical classification of [`LINUX`].
const NO_CONNECTION: &str = "8a2e6d10-4c57-4b93-9f0e-5d31c7b2a641";

/// A path of Microsoft.Support below Larkspur's subscription, with the version of azure-mgmt-support.
pub(super) fn below(rest: &str) -> String {
    versioned(&format!("/subscriptions/{AZURE}/providers/Microsoft.Support/{rest}"))
}

/// A path of Microsoft.Support for the directory of the token.
fn tenant(rest: &str) -> String {
    versioned(&format!("/providers/Microsoft.Support/{rest}"))
}

fn versioned(path: &str) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    format!("{path}{separator}api-version=2024-04-01")
}

/// The customer's Azure in a world of its own.
fn larkspur() -> Mock {
    mock().azure(LARKSPUR)
}

/// A world with other rules of support.
fn with_rules(change: impl FnOnce(&mut SupportRules)) -> Mock {
    let mut settings = Settings::default();
    change(&mut settings.support);
    mock_with(|builder| builder.settings(settings))
}

/// A ticket about something of a service.
fn ticket_about(service: &str, classification: &str) -> Value {
    let service = format!("/providers/Microsoft.Support/services/{service}");
    json!({ "properties": {
        "title": "Reserved machines",
        "description": "Please look at reservation order 3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903.",
        "serviceId": service,
        "problemClassificationId": format!("{service}/problemClassifications/{classification}"),
        "severity": "minimal",
        "advancedDiagnosticConsent": "No",
        "contactDetails": contact(),
    } })
}

fn contact() -> Value {
    json!({
        "firstName": "Mei",
        "lastName": "Lin",
        "preferredContactMethod": "email",
        "primaryEmailAddress": "mei@fabricore.example",
        "preferredTimeZone": "Taipei Standard Time",
        "country": "TWN",
        "preferredSupportLanguage": "en-US",
    })
}

/// A ticket that nobody answers by itself.
fn ticket() -> Value {
    ticket_about(BILLING, PURCHASES)
}

/// The body of a ticket that asks for a refund in these words.
pub(super) fn refund_ticket(words: &str) -> Value {
    let mut body = ticket_about(BILLING, REFUNDS);
    body["properties"]["description"] = words.into();
    body
}

/// Opens a ticket below the subscription; gives it as it is read afterwards.
#[track_caller]
fn opened(azure: &Mock, name: &str, body: &Value) -> Value {
    let path = below(&format!("supportTickets/{name}"));
    azure.expect(202, "PUT", &path, body);
    azure.get(&path)
}

/// The path that a header of an answer leads to.
#[track_caller]
fn path_in(azure: &Mock, answer: &Answer, header: &str) -> String {
    let link = answer.header(header).unwrap_or_else(|| panic!("no {header}"));
    link.split_once(azure.server.base_url().as_str()).unwrap().1.to_owned()
}

/// The names of the items of a list.
fn names(list: &Value) -> Vec<&str> {
    list["value"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

/// Says something about a ticket.
#[track_caller]
fn say(azure: &Mock, ticket: &str, name: &str, body: &str) {
    let path = below(&format!("supportTickets/{ticket}/communications/{name}"));
    let body = json!({ "properties": { "subject": "More", "body": body } });
    azure.expect(202, "PUT", &path, &body);
}

/// The customer's Azure as the partner's application sees it, which speaks for no user.
fn application(mock: &Mock) -> Mock {
    crate::azure::strict::application(mock)
}
