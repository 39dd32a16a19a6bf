//! The report on a client's run, and the server's counters.

use actix_web::http::{Method, StatusCode};
use serde_json::json;
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::api::report::{Format, Report};

/// A report in SARIF 2.1.0.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "for the document only; the report writes itself")]
struct SarifLog {
    /// Always 2.1.0.
    #[schema(example = "2.1.0")]
    version: String,
    /// One run, with its rules and results.
    runs: Vec<serde_json::Value>,
}

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |path, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, Method::GET, path, id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
    };
    vec![
        operation("/_mock/report", "getReport", report)
            .summary("Report", "Report on the client")
            .describe("What the client did that documentation or experience advises against, with the calls that show it; which operations, statuses, error codes and second pages it met; how sure it is that the real service does the same; what the run would have cost. Since the start of the world or its last reset.")
            .query("format", json!({ "type": "string", "enum": ["json", "text", "junit", "sarif"], "default": "json" }), "Form of the report.")
            .gives::<Report>(200, "The report.")
            .gives_content(200, "text/plain", "The report.")
            .gives_content(200, "application/xml", "The report.")
            .gives_as::<SarifLog>(200, "application/sarif+json", "The report."),
        operation("/_mock/metrics", "getMetrics", metrics)
            .summary("Report", "Read the server's counters")
            .describe("In the text format of Prometheus: requests by operation and status, how long answers took, worlds, uptime. Of the whole server, whatever world is named.")
            .gives_content(200, "text/plain", "The counters."),
    ]
}

fn report(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let format = match call.query().get("format") {
        None => Format::Json,
        Some(name) => Format::named(name).ok_or_else(|| {
            let shown: String = name.chars().take(40).collect();
            ControlFault::invalid(format!(
                "format: must be json, text, junit or sarif, not `{shown}`"
            ))
        })?,
    };
    let report = Report::of(call.world);
    Ok(match format {
        Format::Json => Reply::ok(&report),
        other => Reply::content(StatusCode::OK, other.content_type(), report.render(other)),
    })
}

#[allow(clippy::unnecessary_wraps)] // every handler has this form
fn metrics(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let text = call.service.metrics.text(call.service.worlds.len());
    Ok(Reply::content(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text))
}
