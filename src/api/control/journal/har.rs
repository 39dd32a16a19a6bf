//! The journal as a HAR 1.2 archive.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{ControlFault, chosen, filter};
use crate::api::call::Call;
use crate::api::journal::{BodyView, Entry, HeaderView, in_query};
use crate::api::reply::Reply;
use crate::api::request::Query;

/// A HAR archive.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HarArchive)]
pub struct Har {
    /// The log.
    log: HarLog,
}

/// The log of an archive.
#[derive(Debug, Serialize, ToSchema)]
struct HarLog {
    /// Version of the format.
    #[schema(example = "1.2")]
    version: &'static str,
    /// What made it.
    creator: HarCreator,
    /// Calls, oldest first.
    #[schema(value_type = Vec<Object>)]
    entries: Vec<Value>,
}

/// What made an archive.
#[derive(Debug, Serialize, ToSchema)]
struct HarCreator {
    /// Name.
    name: &'static str,
    /// Version.
    version: &'static str,
}

/// The archive of the entries that are meant.
pub(super) fn export(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let (entries, _) = chosen(call, &filter(call)?);
    let log = HarLog {
        version: "1.2",
        creator: HarCreator { name: "pcmock", version: env!("CARGO_PKG_VERSION") },
        entries: entries.iter().map(|entry| entry_of(entry)).collect(),
    };
    Ok(Reply::ok(&Har { log }))
}

fn entry_of(entry: &Entry) -> Value {
    let milliseconds = entry.took.as_secs_f64() * 1000.0;
    let began = entry.at - chrono::TimeDelta::from_std(entry.took).unwrap_or_default();
    let mut shown = json!({
        "startedDateTime": began.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "time": milliseconds,
        "request": request(entry),
        "response": response(entry),
        "cache": {},
        "timings": { "send": 0, "wait": milliseconds, "receive": 0 },
        "_number": entry.number,
    });
    if let Some(operation) = entry.operation {
        shown["comment"] = json!(operation.id);
    }
    shown
}

fn request(entry: &Entry) -> Value {
    let query = in_query(&entry.query);
    let query = Query::parse(&query);
    let parameters: Vec<Value> =
        query.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let headers = entry.shown_request_headers();
    let mut shown = json!({
        "method": entry.method.as_str(),
        "url": entry.url(),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "queryString": parameters,
        "headersSize": -1,
        "bodySize": entry.request_body.length,
    });
    if let Some(body) = BodyView::of(&entry.request_body) {
        let text = body.as_text().unwrap_or_default();
        shown["postData"] = json!({ "mimeType": content_type(&headers), "text": text });
        if let Some(comment) = comment(&body) {
            shown["postData"]["comment"] = json!(comment);
        }
    }
    shown
}

fn response(entry: &Entry) -> Value {
    let headers = entry.shown_response_headers();
    let mut content = json!({
        "size": entry.response_body.length,
        "mimeType": content_type(&headers),
    });
    if let Some(body) = BodyView::of(&entry.response_body) {
        if let Some(bytes) = &body.base64 {
            content["text"] = json!(bytes);
            content["encoding"] = json!("base64");
        } else {
            content["text"] = json!(body.as_text().unwrap_or_default());
        }
        if let Some(comment) = comment(&body) {
            content["comment"] = json!(comment);
        }
    }
    let location = headers.iter().find(|header| header.name == "location");
    json!({
        "status": entry.status.as_u16(),
        "statusText": entry.status.canonical_reason().unwrap_or(""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "redirectURL": location.map_or("", |header| &*header.value),
        "headers": headers,
        "content": content,
        "headersSize": -1,
        "bodySize": entry.response_body.length,
    })
}

fn content_type(headers: &[HeaderView]) -> &str {
    headers.iter().find(|header| header.name == "content-type").map_or("", |header| &header.value)
}

fn comment(body: &BodyView) -> Option<String> {
    body.truncated.then(|| format!("the end is not kept; the body has {} bytes", body.length))
}
