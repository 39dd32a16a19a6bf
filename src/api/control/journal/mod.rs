//! The journal: what was asked and answered, as a list, one by one, as a stream, as a HAR file.

mod explanation;
mod har;
mod stream;

use std::str::FromStr;
use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::{Call, InputFault};
use crate::api::dispatch::operation_called;
use crate::api::instruments::Instruments;
use crate::api::journal::{Entry, EntryView, Filter};
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;

/// Entries of a list, unless another number is asked for.
const LISTED: usize = 100;
/// Most entries of a list.
const MOST_LISTED: usize = 10_000;

const LIST: &str = "Newest first, at most `limit`. The journal of a world keeps the last calls to its APIs and the calls that changed the mock itself (`--journal`, 1000 by default); what is older is counted in `forgotten`. Secrets in bodies and queries and the signatures of tokens are never shown.";

/// The operations of this folder.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |method, path, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, method, path, id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
            .unrecorded()
    };
    let listed = |path, id| {
        filtered(operation(Method::GET, path, id, list))
            .query("limit", json!({ "type": "integer", "minimum": 1, "maximum": MOST_LISTED, "default": LISTED }), "Most entries to list.")
            .describe(LIST)
            .gives::<EntryList>(200, "The entries.")
    };
    vec![
        listed("/_mock/requests", "listRequests").summary("Journal", "List what was asked and answered"),
        listed("/__admin/requests", "listRequestsAlias")
            .summary("Journal", "List what was asked and answered (alias)"),
        operation(Method::DELETE, "/_mock/requests", "clearRequests", clear)
            .summary("Journal", "Forget what was asked and answered")
            .describe("The journal only: the report on the client goes on. A reset of the world forgets both.")
            .gives_nothing(204, "The journal is empty."),
        filtered(operation(Method::GET, "/_mock/requests/stream", "streamRequests", stream::stream))
            .summary("Journal", "Watch what is asked and answered")
            .describe("Server-sent events: `request` with an entry as it is answered, its number as id; `missed` with how many were lost on a listener who is too slow; a comment every few seconds. With `since`, or `Last-Event-ID` as browsers send it when they come back, what is kept of that time comes first. The stream ends when the world is reset or deleted.")
            .query("heartbeat", json!({ "type": "integer", "minimum": 1, "maximum": 60, "default": 10 }), "Seconds between comments.")
            .header("Last-Event-ID", json!({ "type": "integer" }), "Number of the last entry that was seen.")
            .gives_content(200, "text/event-stream", "The events."),
        filtered(operation(Method::GET, "/_mock/requests/har", "exportRequests", har::export))
            .summary("Journal", "Export what was asked and answered")
            .describe("A HAR 1.2 archive, oldest first, that browsers and proxies open. Nothing in it is secret.")
            .gives::<har::Har>(200, "The archive."),
        operation(Method::GET, "/_mock/requests/{id}", "getRequest", get)
            .summary("Journal", "Look at a call")
            .describe("By its number, or by its request id: the client's or the answer's (`MS-RequestId`, `x-ms-request-id`, `x-ms-client-request-id`). Of several calls with one id it is the last.")
            .gives::<EntryView>(200, "The entry.")
            .example("id", "1")
            .example_after("getMpnProfile"),
        operation(Method::GET, "/_mock/requests/{id}/explanation", "explainRequest", explanation::explain)
            .summary("Journal", "Explain an answer")
            .describe("What was decided on the way of a call, in order: the world and what chose it, the operation or what comes closest, the token, the version of the API, the budget, faults, a repeated `MS-RequestId`, the answer with its entry in the table of errors, and what changed. `contract` names page and section of the documentation that a decision rests on.")
            .gives::<explanation::Explanation>(200, "The explanation.")
            .example("id", "1")
            .example_after("getMpnProfile"),
    ]
}

/// The parameters that choose entries.
fn filtered(operation: Operation) -> Operation {
    let text = || json!({ "type": "string" });
    operation
        .query("operation", text(), "Id of the operation.")
        .query(
            "surface",
            json!({ "type": "string", "enum": ["partner-center", "azure", "identity", "control"] }),
            "The API.",
        )
        .query("method", text(), "Method.")
        .query("status", text(), "Status, such as 404, or class, such as 4xx.")
        .query("path", text(), "Part of the path, or a pattern with `*` for all of it.")
        .query("customer", text(), "Customer that the call is about.")
        .query("code", text(), "The surface's error code.")
        .query("correlationId", text(), "Correlation id of request or answer.")
        .query("requestId", text(), "Request id of request or answer.")
        .query("since", json!({ "type": "integer" }), "Only calls after this number.")
        .query(
            "matched",
            json!({ "type": "boolean" }),
            "`false` for calls that no operation matched, with what comes closest.",
        )
}

/// What was asked and answered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JournalEntryList)]
struct EntryList {
    /// How many of those that are kept are meant.
    total: usize,
    /// How many calls are not kept any more.
    forgotten: u64,
    /// Newest first.
    requests: Vec<EntryView>,
}

fn bad(name: &str, reason: String) -> InputFault {
    InputFault::Parameter { name: name.to_owned(), reason }
}

/// A parameter as a `T`.
fn value<T: FromStr>(call: &Call<'_>, name: &str) -> Result<Option<T>, InputFault>
where
    T::Err: std::fmt::Display,
{
    let Some(text) = call.query().get(name) else { return Ok(None) };
    let shown = || text.chars().take(60).collect::<String>();
    text.parse().map(Some).map_err(|error| bad(name, format!("`{}`: {error}", shown())))
}

/// What the parameters of a request choose. A parameter that is not known is refused: whoever
/// misspells one would take all entries for those that were meant.
fn filter(call: &Call<'_>) -> Result<Filter, ControlFault> {
    let known = &call.operation.parameters;
    for (name, _) in call.query().iter() {
        if !known.iter().any(|parameter| parameter.name.eq_ignore_ascii_case(name)) {
            let names: Vec<&str> =
                known.iter().filter(|it| it.place == "query").map(|it| it.name).collect();
            let shown: String = name.chars().take(60).collect();
            return Err(ControlFault::invalid(format!(
                "{shown}: is no parameter; there are {}",
                names.join(", ")
            )));
        }
    }
    let text = |name: &str| call.query().get(name).map(str::to_owned);
    let operation = text("operation").map(|id| operation_called(&id));
    let surface = text("surface").map(|name| {
        Surface::ALL
            .into_iter()
            .find(|surface| surface.name().eq_ignore_ascii_case(&name))
            .ok_or_else(|| {
                bad("surface", "must be partner-center, azure, identity or control".to_owned())
            })
    });
    let matched = match call.query().get("matched") {
        None => None,
        Some(_) => Some(call.query_flag("matched")?),
    };
    Ok(Filter {
        operation: operation.transpose().map_err(|reason| bad("operation", reason))?,
        surface: surface.transpose()?,
        method: text("method").and_then(|it| it.to_ascii_uppercase().parse().ok()),
        status: value(call, "status")?,
        path: text("path"),
        customer: text("customer"),
        code: text("code"),
        correlation_id: text("correlationId"),
        request_id: text("requestId"),
        since: value(call, "since")?,
        matched,
    })
}

/// The entries that are meant, in the order in which the calls came in.
fn chosen(call: &Call<'_>, filter: &Filter) -> (Vec<Arc<Entry>>, u64) {
    let journal = &call.world.attachment::<Instruments>().journal;
    let mut entries = journal.entries();
    entries.retain(|entry| filter.takes(entry));
    entries.sort_by_key(|entry| entry.number);
    (entries, journal.forgotten())
}

fn list(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let limit: usize = value(call, "limit")?.unwrap_or(LISTED).clamp(1, MOST_LISTED);
    let (entries, forgotten) = chosen(call, &filter(call)?);
    let requests = entries.iter().rev().take(limit).map(|entry| entry.view()).collect();
    Ok(Reply::ok(&EntryList { total: entries.len(), forgotten, requests }))
}

#[allow(clippy::unnecessary_wraps)] // every handler has this form
fn clear(call: &Call<'_>) -> Result<Reply, ControlFault> {
    call.world.attachment::<Instruments>().journal.clear();
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// The entry that the path names.
pub(super) fn named(call: &Call<'_>) -> Result<Arc<Entry>, ControlFault> {
    let id = call.path_text("id");
    let journal = &call.world.attachment::<Instruments>().journal;
    let found = if let Ok(number) = id.parse() {
        journal.find(number)
    } else {
        let filter = Filter { request_id: Some(id.to_owned()), ..Filter::default() };
        journal.entries().into_iter().rev().find(|entry| filter.takes(entry))
    };
    let shown: String = id.chars().take(60).collect();
    found.ok_or_else(|| {
        ControlFault::not_found(format!(
            "the journal of `{}` has no call `{shown}`: name a number or a request id; GET /_mock/requests lists what is kept, {} calls are not kept any more",
            call.world.name(),
            journal.forgotten()
        ))
    })
}

fn get(call: &Call<'_>) -> Result<Reply, ControlFault> {
    Ok(Reply::ok(&named(call)?.view()))
}

/// A value as JSON, for what is put together by hand.
fn json_of<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
