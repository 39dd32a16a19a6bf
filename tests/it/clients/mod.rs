//! Clients of Partner Center as they are: the requests that their libraries really make, and what they
//! demand of an answer, checked on each one (contract: real-clients.md §1 and §6).

mod dotnet;
mod java;
mod pliancy;
mod powershell;

use serde_json::Value;

use crate::support::{Answer, Mock};

/// A client library.
pub struct Client {
    mock: Mock,
    /// What it sends with every request.
    headers: &'static [(&'static str, &'static str)],
    /// What it cannot read in a body: where, and why.
    unreadable: fn(&str, &Value) -> Option<String>,
}

impl Client {
    /// Sends a request as the library does and reads the answer as it would.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, more: &[(&str, &str)], body: &str) -> Answer {
        let headers = [self.headers, more].concat();
        let answer = self.mock.send(method, path, &headers, body);
        readable(method, path, &answer);
        if answer.status != 429 && !answer.text.is_empty() && is_json(&answer) {
            let problem = walk(path, &answer.json(), self.unreadable);
            assert!(problem.is_none(), "{method} {path}: {}\n{}", problem.unwrap(), answer.text);
        }
        answer
    }

    /// A request that must be answered with this status; gives the body.
    #[track_caller]
    pub fn expect(&self, status: u16, method: &str, path: &str, body: &Value) -> Value {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.expect_text(status, method, path, &text)
    }

    /// The same with a body that is text.
    #[track_caller]
    pub fn expect_text(&self, status: u16, method: &str, path: &str, body: &str) -> Value {
        let answer = self.send(method, path, &[], body);
        assert_eq!(answer.status, status, "{method} {path} {body}\nanswered {}", answer.text);
        if answer.text.is_empty() { Value::Null } else { answer.json() }
    }

    /// GET that must succeed.
    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        self.expect(200, "GET", path, &Value::Null)
    }

    /// GET of a link with its headers, under `base` as the library joins them.
    #[track_caller]
    pub fn follow(&self, base: &str, link: &Value) -> Value {
        let headers: Vec<(&str, &str)> = link["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|header| (header["key"].as_str().unwrap(), header["value"].as_str().unwrap()))
            .collect();
        let path = format!("{base}{}", link["uri"].as_str().unwrap());
        let answer = self.send("GET", &path, &headers, "");
        assert_eq!(answer.status, 200, "GET {path} answered {}", answer.text);
        answer.json()
    }

    /// All pages of a list by their links; gives the ids in order.
    #[track_caller]
    pub fn ids_by_links(&self, base: &str, first: Value) -> Vec<String> {
        let (mut page, mut found) = (first, Vec::new());
        loop {
            found.extend(ids(&page));
            let next = page["links"]["next"].clone();
            if next.is_null() {
                return found;
            }
            assert!(found.len() < 1000, "the pages never end");
            page = self.follow(base, &next);
        }
    }
}

/// The ids of a page.
pub fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn is_json(answer: &Answer) -> bool {
    answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json"))
}

/// What every library demands.
#[track_caller]
fn readable(method: &str, path: &str, answer: &Answer) {
    let at = format!("{method} {path} answered {} {}", answer.status, answer.text);
    assert!(!answer.text.starts_with('\u{feff}'), "a byte order mark: {at}");
    if method == "GET" && answer.status == 200 {
        assert!(!answer.text.is_empty(), "nothing: {at}");
    }
    if answer.status == 429 {
        assert!(answer.header("retry-after").is_some(), "for how long: {at}");
    } else if answer.status >= 400 && method != "HEAD" {
        let fault = answer.json();
        assert!(fault["code"].is_u64() || fault["code"].is_string(), "{at}");
        assert!(fault["description"].as_str().is_some_and(|text| !text.is_empty()), "{at}");
        assert!(fault["data"].is_array() && fault["source"].is_string(), "{at}");
    }
    if !answer.text.is_empty() && is_json(answer) {
        let next = &answer.json()["links"]["next"]["uri"];
        assert!(!next.as_str().is_some_and(|uri| uri.contains("://")), "absolute: {at}");
    }
}

fn walk(at: &str, value: &Value, problem: fn(&str, &Value) -> Option<String>) -> Option<String> {
    if let Some(found) = problem(at, value) {
        return Some(format!("{at}: {found}"));
    }
    match value {
        Value::Array(items) => items.iter().find_map(|item| walk(at, item, problem)),
        Value::Object(members) => {
            members.iter().find_map(|(name, item)| walk(&format!("{at}.{name}"), item, problem))
        }
        _ => None,
    }
}

/// The member that a place in a body names.
pub fn member(at: &str) -> &str {
    at.rsplit('.').next().unwrap_or(at)
}

/// Whether a member is a date by its name.
pub fn is_date(name: &str) -> bool {
    ["Date", "DateTime", "Timestamp", "dateAgreed"].iter().any(|end| name.ends_with(end))
}

/// Whether a text is a date of ISO 8601, with or without a time.
pub fn is_iso_date(text: &str) -> bool {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let time = time.map(|time| time.trim_end_matches('Z'));
    date.parse::<chrono::NaiveDate>().is_ok()
        && time.is_none_or(|time| time.parse::<chrono::NaiveTime>().is_ok())
}

/// Whole numbers by name: a fraction in one is an error to readers with integer types.
pub const WHOLE: &[&str] = &[
    "quantity",
    "totalCount",
    "lineItemNumber",
    "minimumQuantity",
    "maximumQuantity",
    "offset",
    "size",
];
