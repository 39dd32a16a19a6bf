//! Which entries are meant: what a list, a stream and a verification choose by.

use std::str::FromStr;

use actix_web::http::Method;

use super::Entry;
use crate::api::operation::{Operation, Surface};

/// What an entry must have. Whatever is absent is not asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The operation.
    pub operation: Option<&'static Operation>,
    /// The API.
    pub surface: Option<Surface>,
    /// Method.
    pub method: Option<Method>,
    /// Status: one, or a class.
    pub status: Option<StatusFilter>,
    /// Part of the path with its query, or, with `*`, a pattern for the whole path.
    pub path: Option<String>,
    /// Customer that the call is about.
    pub customer: Option<String>,
    /// The surface's error code.
    pub code: Option<String>,
    /// Correlation id, of the request or of the answer.
    pub correlation_id: Option<String>,
    /// Request id, of the request or of the answer.
    pub request_id: Option<String>,
    /// Calls after this number.
    pub since: Option<u64>,
    /// Whether an operation was found.
    pub matched: Option<bool>,
}

/// A status or a class of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusFilter {
    /// One status.
    Is(u16),
    /// All of one hundred.
    Class(u16),
}

impl StatusFilter {
    /// Whether a status is meant.
    pub fn takes(self, status: u16) -> bool {
        match self {
            Self::Is(wanted) => status == wanted,
            Self::Class(hundred) => status / 100 == hundred,
        }
    }
}

impl std::fmt::Display for StatusFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Is(status) => write!(f, "{status}"),
            Self::Class(hundred) => write!(f, "{hundred}xx"),
        }
    }
}

impl FromStr for StatusFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let class = text.to_ascii_lowercase();
        if let Some(hundred) = class.strip_suffix("xx").and_then(|digit| digit.parse().ok())
            && (1..=5).contains(&hundred)
        {
            return Ok(Self::Class(hundred));
        }
        match text.parse() {
            Ok(status) if (100..=599).contains(&status) => Ok(Self::Is(status)),
            _ => Err("must be a status such as 404, or a class such as 4xx".to_owned()),
        }
    }
}

const CORRELATION: [&str; 2] = ["ms-correlationid", "x-ms-correlation-request-id"];
const REQUEST: [&str; 4] =
    ["ms-requestid", "x-ms-request-id", "x-ms-client-request-id", "client-request-id"];

impl Filter {
    /// Whether an entry has all that is asked for.
    pub fn takes(&self, entry: &Entry) -> bool {
        self.misses(entry).is_none()
    }

    /// The first thing that is asked for and that the entry has not, in words.
    pub fn misses(&self, entry: &Entry) -> Option<String> {
        if let Some(operation) = self.operation
            && entry.operation.is_none_or(|other| other.id != operation.id)
        {
            let other = entry.operation.map_or("no operation", |other| other.id);
            return Some(format!("it is {other}"));
        }
        if self.surface.is_some_and(|surface| entry.surface != surface) {
            return Some(format!("it went to {}", entry.surface.name()));
        }
        if self.method.as_ref().is_some_and(|method| entry.method != *method) {
            return Some(format!("its method is {}", entry.method));
        }
        if let Some(path) = &self.path
            && !path_fits(path, entry)
        {
            return Some(format!("its path does not fit `{path}`"));
        }
        if let Some(customer) = &self.customer {
            let other = customer_of(entry);
            if !other.is_some_and(|other| other.eq_ignore_ascii_case(customer)) {
                return Some(match other {
                    Some(other) => format!("it is about customer {other}"),
                    None => "it is about no customer".to_owned(),
                });
            }
        }
        if self.status.is_some_and(|status| !status.takes(entry.status.as_u16())) {
            return Some(format!("it was answered {}", entry.status.as_u16()));
        }
        if let Some(code) = &self.code
            && !entry.code.as_deref().is_some_and(|other| other.eq_ignore_ascii_case(code))
        {
            let other = entry.code.as_deref().unwrap_or("none");
            return Some(format!("its error code is {other}"));
        }
        for (wanted, names, what) in [
            (&self.correlation_id, &CORRELATION[..], "correlation id"),
            (&self.request_id, &REQUEST[..], "request id"),
        ] {
            if let Some(wanted) = wanted
                && !carries(entry, names, wanted)
            {
                return Some(format!("it has another {what}"));
            }
        }
        if self.since.is_some_and(|since| entry.number <= since) {
            return Some(format!("it is call {}, which was before", entry.number));
        }
        if self.matched.is_some_and(|matched| matched != entry.operation.is_some()) {
            return Some("it matched otherwise".to_owned());
        }
        None
    }
}

/// Whether a header of those names, of request or answer, has the value.
fn carries(entry: &Entry, names: &[&str], wanted: &str) -> bool {
    names.iter().any(|name| {
        [entry.request_header(name), entry.response_header(name)]
            .into_iter()
            .flatten()
            .any(|value| value.eq_ignore_ascii_case(wanted))
    })
}

/// The customer that a call is about: named in the path, in Azure the tenant of the token.
pub fn customer_of(entry: &Entry) -> Option<&str> {
    let mut segments = entry.path.split('/').filter(|segment| !segment.is_empty());
    if entry.surface == Surface::Azure {
        return entry.trace.token.as_ref().map(|token| &*token.claims.tenant);
    }
    segments.find(|segment| segment.eq_ignore_ascii_case("customers"))?;
    segments.next().filter(|id| id.len() == 36)
}

fn path_fits(wanted: &str, entry: &Entry) -> bool {
    let wanted = wanted.to_ascii_lowercase();
    let path = entry.path.to_ascii_lowercase();
    if wanted.contains('*') {
        return glob_fits(&wanted, &path);
    }
    path.contains(&wanted) || {
        let query = entry.query.to_ascii_lowercase();
        format!("{path}?{query}").contains(&wanted)
    }
}

/// Whether a text fits a pattern in which `*` stands for any characters. Each `*` takes as few as it
/// can, so the work is bounded by the product of the lengths.
fn glob_fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut last = "";
    let mut any = false;
    for part in parts {
        any = true;
        last = part;
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    // The last part must be the end; what the search above took first may stand there again.
    rest.is_empty() || any && (last.is_empty() || rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("/v1/*/orders", "/v1/customers/5/orders", true),
            ("/v1/*/orders", "/v1/customers/5/orders/7", false),
            ("*orders*", "/v1/customers/5/orders/7", true),
            ("*a", "aba", true),
            ("*ab", "abab", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxcyyb", false),
            ("*", "", true),
        ] {
            assert_eq!(glob_fits(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn statuses() {
        assert!("4xx".parse::<StatusFilter>().unwrap().takes(404));
        assert!(!"4XX".parse::<StatusFilter>().unwrap().takes(500));
        assert!("404".parse::<StatusFilter>().unwrap().takes(404));
        assert!("9xx".parse::<StatusFilter>().is_err() && "x".parse::<StatusFilter>().is_err());
    }
}
