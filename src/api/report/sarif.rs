//! The report as SARIF 2.1.0.

use serde_json::{Value, json};

use super::Report;
use crate::api::critic::{RULES, Rule};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn render(report: &Report) -> String {
    let rules: Vec<Value> = RULES.iter().map(|rule| described(rule)).collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "ruleId": finding.rule,
                "ruleIndex": RULES.iter().position(|rule| rule.id == finding.rule),
                "level": finding.severity.name(),
                "message": { "text": format!("{}: {}. {}", finding.title, finding.detail, finding.why) },
                "locations": [{
                    "logicalLocations": [{
                        "fullyQualifiedName": finding.operation,
                        "kind": "function",
                    }],
                }],
                "occurrenceCount": finding.count.max(1),
                "properties": { "calls": finding.calls, "source": finding.source },
            })
        })
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "pcmock",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "results": results,
            "columnKind": "unicodeCodePoints",
            "properties": { "world": report.world, "calls": report.calls },
        }],
    });
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn described(rule: &Rule) -> Value {
    let mut described = json!({
        "id": rule.id,
        "name": rule.name,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.why },
        "help": { "text": format!("{} See {}.", rule.why, rule.source) },
        "defaultConfiguration": { "level": rule.severity.name() },
    });
    if rule.source.starts_with("https://") {
        described["helpUri"] = json!(rule.source);
    }
    described
}
