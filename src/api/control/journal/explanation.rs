//! Why a call was answered as it was: what was decided on its way, in order, with where that is written.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{ControlFault, named};
use crate::api::call::Call;
use crate::api::document::faults_of;
use crate::api::journal::{Entry, in_value};
use crate::api::operation::{Auth, Operation, Surface};
use crate::api::partner_center::codes;
use crate::api::reply::Reply;
use crate::api::request::Query;
use crate::identity::token::AuthLevel;
use crate::snapshot::{ChangeKind, Diff};
use crate::world::World;

/// Most changes that an explanation lists.
const MOST_CHANGES: usize = 100;

/// Why a call was answered as it was.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Explanation {
    /// Number of the call.
    number: u64,
    /// The call in one line.
    #[schema(example = "#1 GET /v1/customers → 200")]
    call: String,
    /// What was decided, in order.
    steps: Vec<Step>,
    /// Number of the state before the call.
    version_before: u64,
    /// Number of the state after it.
    version_after: u64,
    /// Rows that differ between the two. Calls at the same time, and what fell due, show up too.
    changes: Vec<ChangedRow>,
}

/// A row that a call changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExplainedChange)]
struct ChangedRow {
    /// Table.
    #[schema(example = "orders")]
    table: &'static str,
    /// Key of the row.
    key: Value,
    /// `created`, `changed` or `deleted`.
    #[schema(example = "created")]
    change: &'static str,
    /// Members that changed, of a row that changed.
    members: Vec<String>,
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExplanationStep)]
struct Step {
    /// What about.
    #[schema(example = "operation")]
    about: &'static str,
    /// `ok`, `refused`, or `note` for what changed the answer without refusing.
    #[schema(example = "ok")]
    outcome: &'static str,
    /// What was decided and why.
    said: String,
    /// Where that is written: page and section of the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<String>,
    /// How sure it is that the real service does the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    fidelity: Option<&'static str>,
}

impl Step {
    fn ok(about: &'static str, said: impl Into<String>) -> Self {
        Self { about, outcome: "ok", said: said.into(), contract: None, fidelity: None }
    }

    fn refused(about: &'static str, said: impl Into<String>) -> Self {
        Self { outcome: "refused", ..Self::ok(about, said) }
    }

    fn note(about: &'static str, said: impl Into<String>) -> Self {
        Self { outcome: "note", ..Self::ok(about, said) }
    }

    fn written(mut self, contract: &str) -> Self {
        self.contract = Some(contract.to_owned()).filter(|page| !page.is_empty());
        self
    }

    fn sure(mut self, fidelity: &'static str) -> Self {
        self.fidelity = Some(fidelity);
        self
    }
}

/// Explains the call that the path names.
pub(super) fn explain(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let entry = named(call)?;
    let mut steps = steps(&entry, call.world.name(), call.service.options.auth);
    let changes = difference(&entry, call.world).unwrap_or_else(|| {
        let said = "what changed cannot be told: those states are not kept any more (--history)";
        steps.push(Step::note("change", said));
        Vec::new()
    });
    Ok(Reply::ok(&Explanation {
        number: entry.number,
        call: entry.line(),
        steps,
        version_before: entry.version,
        version_after: entry.version_after,
        changes,
    }))
}

/// What differs between the states before and after a call; none when one of them is forgotten.
fn difference(entry: &Entry, world: &World) -> Option<Vec<ChangedRow>> {
    if entry.version == entry.version_after {
        return Some(Vec::new());
    }
    let (before, after) =
        (world.at_version(entry.version)?, world.at_version(entry.version_after)?);
    let diff = Diff::between(&before, &after);
    let changes = diff.changes().take(MOST_CHANGES).map(|change| ChangedRow {
        table: change.table,
        key: change.key.clone(),
        change: match change.kind {
            ChangeKind::Created => "created",
            ChangeKind::Changed => "changed",
            ChangeKind::Deleted => "deleted",
        },
        members: change.fields.iter().map(|field| field.path.clone()).collect(),
    });
    Some(changes.collect())
}

fn steps(entry: &Entry, world: &str, level: AuthLevel) -> Vec<Step> {
    let mut steps = vec![chosen_world(entry, world)];
    let Some(operation) = entry.operation else {
        steps.push(no_operation(entry));
        return steps;
    };
    let found = format!("{} {} is {}", operation.method, operation.path, operation.id);
    steps.push(
        Step::ok("operation", found).written(operation.contract).sure(operation.fidelity.name()),
    );
    steps.push(token(entry, operation, level));
    if !operation.versions.is_empty() {
        steps.push(api_version(entry, operation));
    }
    if let Some(reason) = &entry.trace.stopped {
        // The step that refused it says so itself where it can be told from the status.
        if !steps.iter().any(|step| step.outcome == "refused") {
            steps.push(Step::refused("request", &**reason));
        }
        steps.extend(entry.trace.budget.as_ref().map(|said| Step::note("budget", said)));
        return steps;
    }
    let budget = entry.trace.budget.as_deref().unwrap_or("no budget is counted");
    steps.push(Step::ok("budget", budget).written("partner-center-conventions.md#10-throttling"));
    steps.push(match &entry.trace.fault {
        Some(fault) => Step::note("fault", fault),
        None => Step::ok("fault", "none struck"),
    });
    steps.extend(repeat(entry, operation));
    if !entry.trace.unknown.is_empty() {
        let names = entry.trace.unknown.join(", ");
        steps
            .push(Step::note("body", format!("members that the operation does not know: {names}")));
    }
    steps.push(answer(entry, operation));
    steps.push(change(entry));
    steps
}

fn chosen_world(entry: &Entry, world: &str) -> Step {
    let by = entry.trace.chosen_by;
    let by = if by.is_empty() { String::new() } else { format!(", chosen by {by}") };
    Step::ok("world", format!("`{world}`{by}"))
}

fn no_operation(entry: &Entry) -> Step {
    let mut said = entry.trace.stopped.as_deref().unwrap_or("no operation matches").to_owned();
    for near in entry.trace.near_misses.iter().skip(1) {
        said.push_str("; then ");
        said.push_str(&near.to_string());
    }
    Step::refused("operation", said)
}

fn token(entry: &Entry, operation: &Operation, level: AuthLevel) -> Step {
    let page = match operation.surface {
        Surface::Azure => "azure-identity.md#4",
        _ => "partner-center-conventions.md#2-authentication",
    };
    if operation.auth == Auth::None {
        return Step::ok("token", "the operation needs none");
    }
    let level = format!("auth level {}", level.name());
    let status = entry.status.as_u16();
    let sent = entry.trace.token.as_deref().map(|token| {
        let claims = &token.claims;
        let kind = if claims.delegated { "app+user" } else { "app-only" };
        let whose = claims.user.as_deref().unwrap_or(&claims.client);
        format!("{kind} token of {whose} in tenant {} for {}", claims.tenant, claims.audience)
    });
    match (&entry.trace.stopped, sent) {
        (Some(reason), sent) if matches!(status, 401 | 403) => {
            let sent = sent.unwrap_or_else(|| "no token that can be read".to_owned());
            Step::refused("token", format!("{sent} ({level}): {reason}")).written(page)
        }
        (_, Some(sent)) => {
            let accepts = operation.auth.name();
            Step::ok("token", format!("{sent} ({level}); the operation takes {accepts}"))
                .written(page)
        }
        (_, None) => Step::ok("token", format!("none that can be read ({level})")),
    }
}

fn api_version(entry: &Entry, operation: &Operation) -> Step {
    let query = Query::parse(&entry.query);
    let page = "azure-reservations.md#1";
    let Some(sent) = query.get("api-version") else {
        return Step::refused("api-version", "none was sent").written(page);
    };
    let shown: String = sent.chars().take(60).collect();
    if operation.versions.iter().any(|known| known.eq_ignore_ascii_case(sent)) {
        return Step::ok("api-version", format!("{shown} is known")).written(page);
    }
    match &entry.trace.stopped {
        Some(reason) if entry.status == 400 => Step::refused("api-version", &**reason),
        _ => Step::note("api-version", format!("{shown} is not known and served as the newest")),
    }
    .written(page)
}

/// What a request id did, where one was sent with a write.
fn repeat(entry: &Entry, operation: &Operation) -> Option<Step> {
    if operation.surface != Surface::PartnerCenter || !operation.idempotent {
        return None;
    }
    let page = "partner-center-conventions.md#9-idempotency-and-retries";
    let id = entry.request_header("ms-requestid");
    let step = match id {
        None => Step::ok(
            "repeat",
            "no MS-RequestId was sent: a repeat could not be told from a new call",
        ),
        Some(_) if entry.trace.repeated => Step::note(
            "repeat",
            "the same MS-RequestId, path and body came before: the answer of that call was given again and nothing was carried out",
        ),
        Some(_) => Step::ok("repeat", "this MS-RequestId was new for this path and body"),
    };
    Some(step.written(page))
}

/// The answer and what the tables say about it.
fn answer(entry: &Entry, operation: &Operation) -> Step {
    let status = entry.status.as_u16();
    if status < 400 {
        let success = operation.successes.iter().find(|success| success.status == status);
        let said = success.map_or("", |success| success.description);
        return Step::ok("answer", format!("{status}: {said}"))
            .written(operation.contract)
            .sure(operation.fidelity.name());
    }
    let told = told(entry);
    let Some(code) = entry.code.as_deref() else {
        return Step::refused("answer", format!("{status}: {told}"));
    };
    let row = codes::TABLE
        .iter()
        .filter(|_| operation.surface == Surface::PartnerCenter)
        .find(|row| row.status == status && row.number.to_string() == code);
    if let Some(row) = row {
        let said = format!("{status} with code {code} “{}”: {told}", row.text);
        return Step::refused("answer", said)
            .written("partner-center-conventions.md#12-errors")
            .sure(row.fidelity.name());
    }
    let declared = faults_of(operation)
        .into_iter()
        .find(|fault| fault.status == status && fault.code.eq_ignore_ascii_case(code));
    let text = declared.map_or(String::new(), |fault| format!(" “{}”", fault.text));
    Step::refused("answer", format!("{status} with code {code}{text}: {told}"))
        .written(operation.contract)
}

/// What an error answer tells.
fn told(entry: &Entry) -> String {
    let Some(mut body) = entry.response_body.json() else { return String::new() };
    in_value(&mut body);
    let text = [
        &body["description"],
        &body["error"]["message"],
        &body["message"],
        &body["error_description"],
    ]
    .into_iter()
    .find_map(Value::as_str);
    text.unwrap_or_default().chars().take(500).collect()
}

fn change(entry: &Entry) -> Step {
    let (before, after) = (entry.version, entry.version_after);
    if before == after {
        return Step::ok("change", format!("the state is what it was, version {before}"));
    }
    Step::ok("change", format!("the state went from version {before} to {after}"))
}
