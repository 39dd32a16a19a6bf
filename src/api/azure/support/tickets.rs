//! Tickets: opening, listing, reading, changing (contract: azure-support.md §3.2–3.5).

use serde_json::{Value as Json, json};

use super::filter::{self, last_segment};
use super::place::{Place, actions};
use super::ticket_body::{TicketBody, status_word};
use super::ticket_request::{TicketCreate, TicketUpdate};
use super::{TAG, TICKET, after, in_both_trees, progress};
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{ArmFault, CONFLICT};
use crate::api::azure::list::ListOf;
use crate::api::azure::odata::{Filter, Value};
use crate::api::azure::paging::{count, next_link};
use crate::api::azure::version;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::support::NewCase;
use crate::domain::support::{
    Case, CaseId, find_ticket, request_ticket, tickets_of, update_ticket,
};

/// Operations whose examples open the ticket of the examples.
pub(super) const OPENED: [&str; 2] = ["createSupportTicket", "createSupportTicketNoSubscription"];
const TOKEN: &str = "$skipToken";
/// Tickets of a page when the call does not say.
const PAGE: usize = 25;
/// Most tickets of a page.
const LARGEST_PAGE: usize = 100;
/// The first version in which tickets say whether diagnostic data may be looked at.
const CONSENT_SINCE: &str = "2022-09-01-preview";
const PROPERTIES: &[&str] = &["status", "serviceId", "problemClassificationId"];

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let one = |operation: Operation| operation.example("support_ticket_name", TICKET);
    let create = in_both_trees!(
        PUT,
        "/supportTickets/{support_ticket_name}",
        "createSupportTicket",
        create
    )
    .map(|operation| {
        one(operation)
            .summary(TAG, "Open a ticket")
            .describe("The answer has no body: `Azure-AsyncOperation` tells when the ticket is there. What is about billing needs no support plan; any other ticket for a customer ends as `Failed` while the partner's plan is basic. A ticket cannot be replaced.")
            .source(Fidelity::Recorded, "azure-support.md#32-put-supportticketsname-create-no-update-through-put")
            .takes::<TicketCreate>()
            .gives_nothing(202, "The ticket is on its way.")
            .with_header("Azure-AsyncOperation", "Where to ask how far it is.")
            .with_header("Location", "Where the ticket will be answered.")
            .with_header("Retry-After", "Seconds to wait.")
            .faults(&[CONFLICT])
            .example_body(example())
    });
    let list = in_both_trees!(GET, "/supportTickets", "listSupportTickets", list).map(|operation| {
        after(operation, OPENED)
            .summary(TAG, "List tickets")
            .describe("The newest first; those of the last 18 months.")
            .source(Fidelity::Documented, "azure-support.md#33-get-supporttickets")
            .query("$top", json!({ "type": "integer" }), "Tickets of a page: 25 when left out, at most 100.")
            .query("$filter", json!({ "type": "string" }), "`status eq 'Open'`, `serviceId eq '{GUID}'`, `problemClassificationId eq '{GUID}'` and `createdDate ge 2026-01-01T00:00:00Z` (or `gt`), joined by `and`.")
            .query(TOKEN, json!({ "type": "string" }), "From the link to the next page.")
            .example_query("$filter", "status eq 'Open'")
            .gives::<ListOf<TicketBody>>(200, "The tickets.")
    });
    let get = in_both_trees!(GET, "/supportTickets/{support_ticket_name}", "getSupportTicket", get)
        .map(|operation| {
            after(one(operation), OPENED)
                .summary(TAG, "Get a ticket")
                .source(Fidelity::Documented, "azure-support.md#34-get-supportticketsname")
                .gives::<TicketBody>(200, "The ticket.")
        });
    let update = in_both_trees!(
        PATCH,
        "/supportTickets/{support_ticket_name}",
        "updateSupportTicket",
        update
    )
    .map(|operation| {
        after(one(operation), OPENED)
            .summary(TAG, "Change a ticket")
            .describe("Severity, status, contact and consents; the body has no `properties`. The severity is fixed while an engineer works on the ticket or it is closed.")
            .source(Fidelity::Documented, "azure-support.md#35-patch-supportticketsname")
            .takes::<TicketUpdate>()
            .gives::<TicketBody>(200, "The ticket.")
            .example_body(json!({ "contactDetails": { "phoneNumber": "+886 2 5550 0100" }, "status": "open" }))
    });
    [create, list, get, update].into_iter().flatten().collect()
}

/// The ticket of the examples.
fn example() -> Json {
    const BILLING: &str =
        "/providers/Microsoft.Support/services/517f2da6-78fd-0498-4e22-ad26996b1dfc";
    json!({ "properties": {
        "title": "Return 2 reserved instances",
        "description": "The machines were taken down; please refund what is left of the term.",
        "serviceId": BILLING,
        "problemClassificationId":
            format!("{BILLING}/problemClassifications/8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604"),
        "severity": "minimal",
        "advancedDiagnosticConsent": "No",
        "contactDetails": {
            "firstName": "Mei",
            "lastName": "Lin",
            "preferredContactMethod": "email",
            "primaryEmailAddress": "mei@fabricore.example",
            "preferredTimeZone": "Taipei Standard Time",
            "country": "TWN",
            "preferredSupportLanguage": "en-US",
        },
    } })
}

fn name<'c>(call: &'c Call<'_>) -> &'c str {
    call.path_text("support_ticket_name")
}

fn create(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let place = Place::of(call, &call.view().state, actions::WRITE_TICKETS)?;
    let needs_consent = version::is_from(call, CONSENT_SINCE);
    let new = call.body::<TicketCreate>()?.read(name(call), place.tree, needs_consent)?;
    let new = NewCase { access: Caller::of(call)?.access, ..new };
    let operation = call.write(|tx| request_ticket(tx, new))?;
    Ok(progress::begun(call, &place, operation.id))
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::READ_TICKETS)?;
    let case = find_ticket(&view.state, place.tree, name(call), view.now)?;
    Ok(Reply::ok(&TicketBody::of(case, &place.root, &view.state.settings.support)))
}

fn update(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::WRITE_TICKETS)?;
    let id = find_ticket(&view.state, place.tree, name(call), view.now)?.id;
    let change = call.body::<TicketUpdate>()?.read()?;
    let case = call.write(|tx| update_ticket(tx, id, change))?;
    Ok(Reply::ok(&TicketBody::of(&case, &place.root, &view.state.settings.support)))
}

/// How many items a page has: `$top`, within what is possible.
pub(super) fn page_size(call: &Call<'_>, usual: usize, largest: usize) -> Result<usize, ArmFault> {
    match count(call, "$top")? {
        Some(0) => Err(ArmFault::invalid("$top", format!("must be 1 to {largest}"))),
        sent => Ok(sent.unwrap_or(usual).min(largest)),
    }
}

/// The number that the link to a page holds: everything before it has been shown.
pub(super) fn skip_token(call: &Call<'_>) -> Result<Option<u64>, ArmFault> {
    let read = |text: &str| {
        text.parse().map_err(|_| {
            ArmFault::invalid(TOKEN, "is not one of this list; take it from the nextLink")
        })
    };
    call.query().get(TOKEN).map(read).transpose()
}

/// The link to the page after the item of that number.
pub(super) fn link_after(call: &Call<'_>, number: u64) -> String {
    next_link(call, &[(TOKEN, number.to_string())])
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let state = &view.state;
    let place = Place::of(call, state, actions::READ_TICKETS)?;
    let filter = filter::read(call, PROPERTIES)?;
    let size = page_size(call, PAGE, LARGEST_PAGE)?;
    let before = skip_token(call)?.map(CaseId);
    let mut found = tickets_of(state, place.tree, view.now)
        .filter(|case| before.is_none_or(|before| case.id < before))
        .filter(|case| filter.as_ref().is_none_or(|filter| passes(filter, case)));
    let page: Vec<_> = found.by_ref().take(size).collect();
    let last = page.last().map(|case| case.id.0);
    let next_link = last.filter(|_| found.next().is_some()).map(|id| link_after(call, id));
    let rules = &state.settings.support;
    let value = page.into_iter().map(|case| TicketBody::of(case, &place.root, rules)).collect();
    Ok(Reply::ok(&ListOf { value, next_link }))
}

fn passes(filter: &Filter, case: &Case) -> bool {
    let classification = case.classification;
    // A full id counts as the GUID at its end.
    let guid = |property: &str, id: uuid::Uuid| {
        let own = id.to_string();
        let text = match filter.demanded(property) {
            Some(Value::Text(wanted)) if last_segment(wanted).eq_ignore_ascii_case(&own) => wanted,
            _ => &own,
        };
        Value::from(text.as_str())
    };
    filter.matches(|property| {
        Some(match property {
            "status" => Value::from(status_word(case.status)),
            "serviceId" => guid(property, classification.service().id),
            "problemClassificationId" => guid(property, classification.id),
            _ => Value::Moment(case.created),
        })
    })
}
