//! Marks, differences and counts: what happened in a world, for assertions.

use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::state::State;
use crate::snapshot::{ChangeKind, Diff, RowChange, counts};
use crate::world::marks::{Mark, MarkError, Marks};

/// Most changes that an answer lists unless it is asked for another number; more are counted.
const USUALLY_LISTED: usize = 1_000;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |method, path, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, method, path, id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
    };
    vec![
        operation(Method::GET, "/_mock/marks", "listMarks", list)
            .summary("Marks", "List the marks of a world")
            .gives::<MarkList>(200, "The marks, in the order in which they were set.")
            .example_after("setMark"),
        operation(Method::POST, "/_mock/marks", "setMark", set)
            .summary("Marks", "Mark a world as it is now")
            .describe("Of the world of the request. A mark that had the name before is replaced; a reset drops all. With the header `X-Mock-As-Of` any GET reads the world as it was at a mark, at the number of a version, or at a moment of world time.")
            .takes::<NewMark>()
            .gives::<MarkBody>(201, "The mark.")
            .example_body(json!({ "name": "before-checkout" })),
        operation(Method::GET, "/_mock/marks/{name}/diff", "getDiff", diff)
            .summary("Marks", "What happened since a mark")
            .describe("The rows that came to be, changed or went between the mark and now, or another mark, with the members that changed. Tables that only serve the rules (indexes, timers, earlier versions of rows) are left out.")
            .query("to", json!({ "type": "string" }), "The mark to compare with, instead of the present.")
            .query("all", json!({ "type": "boolean", "default": false }), "Show the tables that only serve the rules too.")
            .query("limit", json!({ "type": "integer", "default": USUALLY_LISTED, "minimum": 0 }), "Most changes to list; all are counted.")
            .gives::<DiffBody>(200, "The difference.")
            .example("name", "before-checkout")
            .example_after("setMark"),
        operation(Method::DELETE, "/_mock/marks/{name}", "deleteMark", delete)
            .summary("Marks", "Delete a mark")
            .gives_nothing(204, "It is gone.")
            .example("name", "before-checkout")
            .example_after("setMark"),
        operation(Method::GET, "/_mock/counts", "getCounts", count)
            .summary("Marks", "How much a world holds")
            .query("all", json!({ "type": "boolean", "default": false }), "Count the tables that only serve the rules too.")
            .gives::<CountsBody>(200, "The number of rows, by table."),
    ]
}

/// A mark to be set.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewMark {
    /// Name: 1 to 64 letters, digits, `-`, `_`, `.`, and not digits alone.
    #[schema(example = "before-checkout")]
    name: Option<String>,
}

/// The marks.
#[derive(Debug, Serialize, ToSchema)]
struct MarkList {
    /// In the order in which they were set.
    marks: Vec<MarkBody>,
}

/// A mark.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Mark)]
struct MarkBody {
    /// Name.
    #[schema(example = "before-checkout")]
    name: String,
    /// World time.
    at: Timestamp,
    /// Number of the world's version.
    version: u64,
}

impl From<&Mark> for MarkBody {
    fn from(mark: &Mark) -> Self {
        Self { name: mark.name.to_string(), at: Timestamp(mark.at), version: mark.version }
    }
}

/// What happened between two moments.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Diff)]
struct DiffBody {
    /// World time of the mark.
    from: Timestamp,
    /// World time of what it is compared with.
    to: Timestamp,
    /// How many rows came to be, changed or went, by table.
    summary: BTreeMap<&'static str, Tally>,
    /// How many changes there are; the list may be shorter.
    change_count: usize,
    /// The changes.
    changes: Vec<ChangeBody>,
}

/// How many rows of a table differ.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Tally {
    /// Rows that came to be.
    created: usize,
    /// Rows that changed.
    changed: usize,
    /// Rows that are gone.
    deleted: usize,
}

/// A row that differs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ChangeBody {
    /// Table.
    #[schema(example = "orders")]
    table: &'static str,
    /// Key of the row: one value, or those it is made of.
    key: Value,
    /// `created`, `changed` or `deleted`.
    change: &'static str,
    /// Whether the table only serves the rules.
    internal: bool,
    /// The row before; absent for one that came to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    /// The row after; absent for one that is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
    /// The members that changed.
    fields: Vec<FieldBody>,
}

/// A member that changed.
#[derive(Debug, Serialize, ToSchema)]
struct FieldBody {
    /// Its path in the row.
    #[schema(example = "lines[0].status")]
    path: String,
    /// What it was.
    before: Value,
    /// What it is.
    after: Value,
}

fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Created => "created",
        ChangeKind::Changed => "changed",
        ChangeKind::Deleted => "deleted",
    }
}

impl From<&RowChange> for ChangeBody {
    fn from(change: &RowChange) -> Self {
        let fields = change.fields.iter().map(|field| FieldBody {
            path: field.path.clone(),
            before: field.before.clone(),
            after: field.after.clone(),
        });
        Self {
            table: change.table,
            key: change.key.clone(),
            change: word(change.kind),
            internal: change.is_internal,
            before: change.before.clone(),
            after: change.after.clone(),
            fields: fields.collect(),
        }
    }
}

/// How much a world holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TableCounts)]
struct CountsBody {
    /// World time.
    at: Timestamp,
    /// Number of rows by table.
    counts: BTreeMap<&'static str, usize>,
}

impl From<MarkError> for ControlFault {
    fn from(error: MarkError) -> Self {
        match error {
            MarkError::Unknown(_) => Self::not_found(error.to_string()),
            MarkError::TooMany => Self::conflict("TooManyMarks", error.to_string()),
            MarkError::BadName(_) => Self::invalid(format!("name: {error}")),
        }
    }
}

#[allow(clippy::unnecessary_wraps)] // every handler has this form
fn list(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let marks = call.world.attachment::<Marks>().list();
    Ok(Reply::ok(&MarkList { marks: marks.iter().map(MarkBody::from).collect() }))
}

fn set(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let new: NewMark = call.body()?;
    let name = new
        .name
        .ok_or_else(|| ControlFault::invalid("name: is required, for example `before-checkout`"))?;
    let mark = call.world.attachment::<Marks>().set(&name, call.world)?;
    Ok(Reply::created(&MarkBody::from(&mark)))
}

fn diff(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let marks = call.world.attachment::<Marks>();
    let all = call.query_flag("all")?;
    let limit = call.query_value::<usize>("limit")?.unwrap_or(USUALLY_LISTED);
    let from = marks.find(call.path_text("name"))?;
    let (to, at) = if let Some(name) = call.query().get("to") {
        let mark = marks.find(name)?;
        (mark.state, mark.at)
    } else {
        let view = call.view();
        (view.state, view.now)
    };
    let diff = Diff::between(&from.state, &to);
    let shown: Vec<&RowChange> =
        diff.all().iter().filter(|change| all || !change.is_internal).collect();
    let mut summary: BTreeMap<&'static str, Tally> = BTreeMap::new();
    for change in &shown {
        let tally = summary.entry(change.table).or_default();
        match change.kind {
            ChangeKind::Created => tally.created += 1,
            ChangeKind::Changed => tally.changed += 1,
            ChangeKind::Deleted => tally.deleted += 1,
        }
    }
    Ok(Reply::ok(&DiffBody {
        from: Timestamp(from.at),
        to: Timestamp(at),
        summary,
        change_count: shown.len(),
        changes: shown.into_iter().take(limit).map(ChangeBody::from).collect(),
    }))
}

fn delete(call: &Call<'_>) -> Result<Reply, ControlFault> {
    call.world.attachment::<Marks>().forget(call.path_text("name"))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn count(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let all = call.query_flag("all")?;
    let view = call.view();
    let mut counts = counts(&view.state);
    if !all {
        for info in State::TABLES.iter().filter(|info| info.is_internal) {
            counts.remove(info.name);
        }
    }
    Ok(Reply::ok(&CountsBody { at: Timestamp(view.now), counts }))
}
