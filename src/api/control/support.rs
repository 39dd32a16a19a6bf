//! Support cases as the person at the other end sees them: a test decides instead of the agent.

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::ids::CustomerId;
use crate::domain::state::State;
use crate::domain::support::agent::{Decision, decide, wish};
use crate::domain::support::{Case, CaseStatus, find_called, messages_of};

/// Longest reason or question in characters [choice].
const LONGEST_TEXT: usize = 4000;

/// Most cases that are listed, the newest first.
const MOST_LISTED: usize = 1000;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    const TAG: &str = "Support";
    let operation = |method, path, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, method, path, id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "azure-support.md#7-state-and-mock-hooks-choice")
    };
    let deciding = |path, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        operation(Method::POST, path, id, handler)
            .gives::<CaseBody>(200, "The case as it stands now.")
            .example("case", "refund-4711")
    };
    vec![
        operation(Method::GET, "/_mock/support/cases", "listSupportCases", list)
            .summary(TAG, "List support cases, the newest first")
            .describe("Tickets of Azure and service requests of Partner Center, with what the support agent reads from each.")
            .gives::<CaseListBody>(200, "The cases."),
        deciding("/_mock/support/cases/{case}/approve", "approveSupportCase", approve)
            .summary(TAG, "Approve a case: carry it out, note the amounts, close it")
            .describe("`case` is its name in Azure, its ticket id or its service request id. Refused when the case does not say what is wanted or the rules stand against it."),
        deciding("/_mock/support/cases/{case}/reject", "rejectSupportCase", reject)
            .summary(TAG, "Reject a case with a reason and close it")
            .takes::<TextBody>()
            .example_after("createSupportTicket")
            .example_body(json!({ "text": "The machines are still in use." })),
        deciding("/_mock/support/cases/{case}/ask", "askAboutSupportCase", ask)
            .summary(TAG, "Ask the opener of a case for something")
            .describe("The case waits (`attention_needed` in Partner Center) until its opener says something.")
            .takes::<TextBody>()
            .example_after("createSupportTicket")
            .example_body(json!({ "text": "Which of the two reservations do you mean?" })),
    ]
}

/// What is said to the opener.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = SupportText)]
struct TextBody {
    /// The reason, or the question.
    text: Option<String>,
}

/// Support cases.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SupportCaseList)]
struct CaseListBody {
    /// How many there are.
    total_count: usize,
    /// The newest 1,000 of them.
    items: Vec<CaseBody>,
}

/// A support case.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SupportCase)]
struct CaseBody {
    /// Name in Azure.
    name: String,
    /// Number in Azure.
    support_ticket_id: String,
    /// Number in Partner Center.
    service_request_id: String,
    /// The customer it is about; absent where it is the partner's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<String>,
    /// Title.
    title: String,
    /// `open`, `attention_needed` or `closed`.
    #[schema(example = "open")]
    status: &'static str,
    /// When it was opened.
    created: Timestamp,
    /// What is wanted, as the agent reads it; absent where the case is about something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted: Option<WantedBody>,
    /// The last words about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message: Option<String>,
}

/// What a case asks for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SupportCaseWish)]
struct WantedBody {
    /// `refund` or `exchange`; absent while something has to be known first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "refund")]
    kind: Option<&'static str>,
    /// The reservations.
    reservations: Vec<WantedReservation>,
    /// What has to be known first.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
}

/// A reservation that a case is about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SupportCaseReservation)]
struct WantedReservation {
    /// Its order.
    reservation_order_id: String,
    /// The reservation.
    reservation_id: String,
    /// How much of it.
    quantity: i64,
}

impl WantedBody {
    fn of(state: &State, case: &Case) -> Option<Self> {
        if !case.concerns_refunds_or_exchanges() || case.is_closed() {
            return None;
        }
        Some(match wish::read(state, case) {
            Err(missing) => {
                Self { kind: None, reservations: Vec::new(), missing: Some(missing.to_string()) }
            }
            Ok(wish) => Self {
                kind: Some(match wish.kind {
                    wish::WishKind::Refund => "refund",
                    wish::WishKind::Exchange(_) => "exchange",
                }),
                reservations: wish
                    .items
                    .iter()
                    .map(|item| WantedReservation {
                        reservation_order_id: item.order.to_string(),
                        reservation_id: item.reservation.to_string(),
                        quantity: item.quantity,
                    })
                    .collect(),
                missing: None,
            },
        })
    }
}

impl CaseBody {
    fn of(state: &State, case: &Case) -> Self {
        Self {
            name: case.name.to_string(),
            support_ticket_id: case.ticket_id.to_string(),
            service_request_id: case.service_request_id.to_string(),
            customer_id: case.owner.customer().map(|id: CustomerId| id.to_string()),
            title: case.title.clone(),
            status: match case.status {
                CaseStatus::Open => "open",
                CaseStatus::AttentionNeeded => "attention_needed",
                CaseStatus::Closed => "closed",
            },
            created: Timestamp(case.created),
            wanted: WantedBody::of(state, case),
            last_message: messages_of(state, case.id).next_back().map(|row| row.body.clone()),
        }
    }
}

#[allow(clippy::unnecessary_wraps, reason = "the form of a handler")]
fn list(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let state = &call.view().state;
    let newest = state.support.cases.iter().rev().take(MOST_LISTED);
    let items = newest.map(|(_, case)| CaseBody::of(state, case)).collect();
    Ok(Reply::ok(&CaseListBody { total_count: state.support.cases.len(), items }))
}

fn decided(call: &Call<'_>, decision: Decision) -> Result<Reply, ControlFault> {
    let body = call.write(|tx| {
        let id = find_called(tx, call.path_text("case"))?;
        decide(tx, id, decision)?;
        let case = tx.support.cases.get(&id).map(|row| CaseBody::of(tx, row));
        case.ok_or_else(|| Error::Internal(format!("case {id} is gone")))
    })?;
    Ok(Reply::ok(&body))
}

fn text(call: &Call<'_>) -> Result<String, ControlFault> {
    let body: TextBody = call.body()?;
    let text = body.text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let text =
        text.ok_or_else(|| Error::invalid("text", "is required: what the opener is told"))?;
    if text.chars().count() > LONGEST_TEXT {
        let reason = format!("must have at most {LONGEST_TEXT} characters");
        return Err(Error::invalid("text", reason).into());
    }
    Ok(text)
}

fn approve(call: &Call<'_>) -> Result<Reply, ControlFault> {
    decided(call, Decision::Approve)
}

fn reject(call: &Call<'_>) -> Result<Reply, ControlFault> {
    decided(call, Decision::Reject(text(call)?))
}

fn ask(call: &Call<'_>) -> Result<Reply, ControlFault> {
    decided(call, Decision::Ask(text(call)?))
}
