//! The settings of a world while it runs: profile, delays, rules of refunds and support.

use std::sync::Arc;

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::ControlFault;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::domain::settings::Settings;

/// Deepest that a change may be nested.
const DEEPEST: usize = 8;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let operation = |method, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, method, "/_mock/settings", id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
    };
    vec![
        operation(Method::GET, "getSettings", get)
            .summary("Settings", "Read the settings of a world")
            .gives::<SettingsDocument>(200, "All settings."),
        operation(Method::PATCH, "setSettings", set)
            .summary("Settings", "Change settings of a world")
            .describe("Members that are sent are changed, all others stay; objects are merged, arrays replaced. It holds for what happens from now on, and a reset brings the settings of the start back. Of the world of the request: `default`, or the one named by path prefix or by the header `X-Mock-World`.")
            .takes::<SettingsDocument>()
            .gives::<SettingsDocument>(200, "All settings.")
            .example_body(json!({ "profile": "sandbox", "refunds": { "feePercent": "0" } })),
    ]
}

/// Settings of a world, in the form of snapshots.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct SettingsDocument(Value);

impl PartialSchema for SettingsDocument {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some(
                "What a world does where the real service varies. Spans of time are ISO 8601 durations, amounts and percentages decimal numbers in text.",
            ))
            .examples(serde_json::to_value(Settings::default()))
            .into()
    }
}

impl ToSchema for SettingsDocument {
    fn name() -> std::borrow::Cow<'static, str> {
        "Settings".into()
    }
}

fn document(settings: &Settings) -> Result<Value, ControlFault> {
    serde_json::to_value(settings).map_err(|error| ControlFault::invalid(error.to_string()))
}

fn get(call: &Call<'_>) -> Result<Reply, ControlFault> {
    Ok(Reply::ok(&document(&call.view().state.settings)?))
}

/// Puts a change into a document: objects are merged, everything else is replaced.
fn merge(into: &mut Value, change: Value, depth: usize) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) if depth < DEEPEST => {
            for (name, change) in change {
                merge(into.entry(name).or_insert(Value::Null), change, depth + 1);
            }
        }
        (into, change) => *into = change,
    }
}

fn set(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let SettingsDocument(change) = call.body()?;
    if !change.is_object() {
        return Err(ControlFault::invalid(
            "send an object with the settings to change, for example {\"profile\":\"sandbox\"}",
        ));
    }
    // What the change is merged into is read inside: another change may come first.
    let changed = call.write(|tx| {
        let refuse = |reason: String| crate::domain::error::Error::invalid("settings", reason);
        let mut all =
            serde_json::to_value(&*tx.settings).map_err(|error| refuse(error.to_string()))?;
        merge(&mut all, change, 0);
        let settings: Settings =
            serde_json::from_value(all).map_err(|error| refuse(error.to_string()))?;
        settings.check()?;
        let settings = Arc::new(settings);
        tx.settings = Arc::clone(&settings);
        Ok(settings)
    })?;
    Ok(Reply::ok(&document(&changed)?))
}
