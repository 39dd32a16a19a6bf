//! A request as the operations see it: no socket, no framework, so that it can come from the wire as
//! well as from a test or from the making of the documentation.

use std::borrow::Cow;

use actix_web::http::Method;
use actix_web::http::header::{AsHeaderName, HeaderMap};
use bytes::Bytes;
use percent_encoding::percent_decode_str;

/// Where the request was addressed to: what absolute URLs in the answer begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Host with port, as the client wrote it.
    pub authority: String,
    /// Path prefix before the surface's own path, for example `/w/blue`; empty for none.
    pub prefix: String,
}

impl Origin {
    /// An absolute URL for a path of this server.
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{}{path}", self.scheme, self.authority, self.prefix)
    }

    /// The host without its port.
    pub fn host(&self) -> &str {
        host_of(&self.authority)
    }
}

/// The host of an authority, without port and brackets.
pub fn host_of(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

/// A request.
#[derive(Debug)]
pub struct Request<'r> {
    /// Method.
    pub method: Method,
    /// Path without world prefix, still percent-encoded.
    pub path: &'r str,
    /// Query as sent, without `?`.
    pub query: &'r str,
    /// Headers.
    pub headers: &'r HeaderMap,
    /// Body.
    pub body: Bytes,
    /// What the client addressed.
    pub origin: Origin,
    /// The user name that the client gave the proxy it came through.
    pub proxy_user: Option<&'r str>,
}

impl Request<'_> {
    /// A header's text; absent when it is not readable text.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A query: names in any casing, a later `?` read as `&` as some documented requests need it
/// (contract: partner-center-conventions.md §1 [choice]).
#[derive(Debug, Default)]
pub struct Query<'q> {
    pairs: Vec<(Cow<'q, str>, Cow<'q, str>)>,
}

/// Most parameters that a query may have; the rest is ignored.
const MOST_PARAMETERS: usize = 100;

impl<'q> Query<'q> {
    /// Reads a query.
    pub fn parse(query: &'q str) -> Self {
        if query.is_empty() {
            return Self::default();
        }
        let pairs = query
            .split(['&', '?'])
            .filter(|part| !part.is_empty())
            .take(MOST_PARAMETERS)
            .map(|part| {
                // `?filter{...}` without `=` stands in published request samples; most clients
                // encode the brace.
                let brace = || part.find('{').or_else(|| part.find("%7B")).or(part.find("%7b"));
                let (name, value) = part
                    .split_once('=')
                    .or_else(|| brace().map(|at| part.split_at(at)))
                    .unwrap_or((part, ""));
                (decode(name), decode(value))
            })
            .collect();
        Self { pairs }
    }

    /// The last value of a parameter; empty values count as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        let same = |other: &str| {
            other.eq_ignore_ascii_case(name)
                || (other.contains('_') != name.contains('_')
                    && super::json::same_word(other, name))
        };
        self.pairs
            .iter()
            .rev()
            .find(|(other, _)| same(other))
            .map(|(_, value)| &**value)
            .filter(|value| !value.is_empty())
    }

    /// All parameters in the order they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (&**name, &**value))
    }
}

/// Decodes `%xx` and `+`; bytes that are not UTF-8 become replacement characters.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
}

/// Decodes `%xx` in a path segment.
pub fn decode_segment(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    percent_decode_str(text).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_as_clients_send_them() {
        for (query, name, value) in [
            ("size=20", "Size", Some("20")),
            ("size=20?filter=x", "filter", Some("x")),
            ("filter{\"Field\":\"a\"}", "filter", Some("{\"Field\":\"a\"}")),
            ("filter%7B%22Field%22:%22a%22%7D", "filter", Some("{\"Field\":\"a\"}")),
            ("seek_operation=Next", "seekOperation", Some("Next")),
            ("orderid=5", "order_id", Some("5")),
            ("a=1&a=2", "a", Some("2")),
            ("a=x+y%20z", "a", Some("x y z")),
            ("a=", "a", None),
            ("", "a", None),
        ] {
            assert_eq!(Query::parse(query).get(name), value, "{query}");
        }
    }

    #[test]
    fn hosts_lose_their_port() {
        for (authority, host) in [
            ("localhost:4580", "localhost"),
            ("[::1]:4580", "::1"),
            ("api.partnercenter.microsoft.com", "api.partnercenter.microsoft.com"),
        ] {
            assert_eq!(host_of(authority), host);
        }
    }
}
