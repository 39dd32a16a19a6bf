//! JSON as clients of the real service send it: keys in any casing, enums in any casing, snake or
//! camel, or by number, `null` for unset, a byte order mark in front. One reader for all request
//! types; request types themselves stay plain `serde` structs without flatten, tag or untagged
//! (contract: partner-center-conventions.md §4 and §5).

mod access;
mod reader;
mod tree;

use serde::de::Deserialize;
use serde_json::Value;

pub use tree::Tree;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;

/// Why a body could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonFault {
    /// The text is not JSON; says where.
    Malformed(String),
    /// A value has the wrong type or form.
    Value {
        /// Path of the value, for example `lineItems[0].quantity`.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A word is not one of the enum's.
    Enum {
        /// Path of the value.
        path: String,
        /// What was sent.
        given: String,
        /// What is allowed.
        allowed: &'static [&'static str],
    },
}

/// Parses a text whose shape is not known beforehand; the limits are those of [`parse`].
pub fn parse_value(bytes: &[u8]) -> Result<Value, JsonFault> {
    parse_as(bytes)
}

/// Parses a body: UTF-8, at most 64 levels deep, a leading byte order mark ignored.
pub fn parse(bytes: &[u8]) -> Result<Tree<'_>, JsonFault> {
    parse_as(bytes)
}

fn parse_as<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, JsonFault> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Err(error) = std::str::from_utf8(bytes) {
        return Err(JsonFault::Malformed(format!(
            "the body is not UTF-8: invalid byte at offset {}",
            error.valid_up_to()
        )));
    }
    check_depth(bytes)?;
    serde_json::from_slice(bytes)
        .map_err(|error| JsonFault::Malformed(format!("the body is not JSON: {error}")))
}

fn check_depth(bytes: &[u8]) -> Result<(), JsonFault> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (offset, byte) in bytes.iter().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(JsonFault::Malformed(format!(
                        "the body is nested deeper than {MAX_DEPTH} levels at offset {offset}"
                    )));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// What reading a body gave.
#[derive(Debug)]
pub struct Read<T> {
    /// The value.
    pub value: T,
    /// Paths of members that the type does not know.
    pub unknown: Vec<String>,
}

/// Reads `value` as a `T`.
pub fn read<'de, T: Deserialize<'de>>(value: &'de Tree<'de>) -> Result<Read<T>, JsonFault> {
    reader::read(value)
}

/// The word of `words` that `given` means: in any casing, with or without `_`, or by its number in
/// the order of declaration. Empty text is the first, which stands for unset.
pub fn find_word(words: &'static [&'static str], given: &str) -> Option<&'static str> {
    let given = given.trim();
    if given.is_empty() {
        return words.first().copied();
    }
    if let Ok(number) = given.parse::<usize>() {
        return words.get(number).copied();
    }
    words.iter().copied().find(|word| same_word(word, given))
}

/// Whether two words agree apart from casing and `_`.
pub fn same_word(a: &str, b: &str) -> bool {
    let plain = |text: &'_ str| -> Vec<u8> {
        text.bytes().filter(|b| *b != b'_').map(|b| b.to_ascii_lowercase()).collect()
    };
    a.eq_ignore_ascii_case(b) || plain(a) == plain(b)
}

impl JsonFault {
    /// Path of the value; empty for the body as a whole.
    pub fn path(&self) -> &str {
        match self {
            Self::Malformed(_) => "",
            Self::Value { path, .. } | Self::Enum { path, .. } => path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize, PartialEq, Default)]
    #[serde(rename_all = "camelCase", default)]
    struct Order {
        billing_cycle: Option<Cycle>,
        line_items: Vec<Line>,
        tags: BTreeMap<String, String>,
    }

    #[derive(Debug, Deserialize, PartialEq, Default)]
    #[serde(rename_all = "camelCase")]
    struct Line {
        quantity: i64,
        #[serde(default)]
        friendly_name: Option<String>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Cycle {
        Unknown,
        Monthly,
        OneTime,
    }

    fn order(text: &str) -> Result<Order, JsonFault> {
        let value = parse(text.as_bytes())?;
        read(&value).map(|read| read.value)
    }

    #[test]
    fn keys_and_words_are_read_in_any_casing() {
        for text in [
            r#"{"billingCycle":"one_time","lineItems":[{"quantity":2,"friendlyName":"x"}]}"#,
            r#"{"BillingCycle":"OneTime","LineItems":[{"Quantity":2.0,"FriendlyName":"x"}]}"#,
            r#"{"BILLINGCYCLE":"ONETIME","line_items":[{"quantity":"2","FRIENDLYNAME":"x","Other":1}]}"#,
            "\u{feff}{\"billingCycle\":2,\"lineItems\":[{\"quantity\":1,\"Quantity\":2,\"friendlyname\":\"x\"}],\"tags\":null}",
        ] {
            let read = order(text).unwrap();
            assert_eq!(read.billing_cycle, Some(Cycle::OneTime), "{text}");
            let line = Line { quantity: 2, friendly_name: Some("x".into()) };
            assert_eq!(read.line_items, [line], "{text}");
        }
    }

    #[test]
    fn map_keys_stay_as_sent() {
        let read = order(r#"{"tags":{"CostCentre":"a","costcentre":"b"}}"#).unwrap();
        assert_eq!(read.tags.len(), 2);
    }

    #[test]
    fn faults_name_the_place_and_what_is_wrong() {
        for (text, path, reason) in [
            (
                r#"{"lineItems":[{"quantity":1},{"Quantity":"many"}]}"#,
                "lineItems[1].quantity",
                "must be an integer, not `many`",
            ),
            (r#"{"lineItems":[{}]}"#, "lineItems[0].quantity", "is required"),
            (r#"{"lineItems":[{"quantity":null}]}"#, "lineItems[0].quantity", "is required"),
            (r#"{"lineItems":{}}"#, "lineItems", "must be an array, not an object"),
            ("[]", "", "must be an object, not an array"),
        ] {
            let fault = order(text).unwrap_err();
            assert_eq!(fault.path(), path, "{text}");
            assert!(
                matches!(&fault, JsonFault::Value { reason: r, .. } if r == reason),
                "{fault:?}"
            );
        }
        let fault = order(r#"{"billingCycle":"weekly"}"#).unwrap_err();
        assert!(matches!(&fault, JsonFault::Enum { given, .. } if given == "weekly"));
        let fault = order("{\n \"a\": }").unwrap_err();
        assert!(
            matches!(&fault, JsonFault::Malformed(m) if m.contains("line 2 column 7")),
            "{fault:?}"
        );
    }

    #[test]
    fn unknown_members_are_reported_not_refused() {
        let value = parse(br#"{"a":1,"lineItems":[{"quantity":1,"b":2}]}"#).unwrap();
        assert_eq!(read::<Order>(&value).unwrap().unknown, ["a", "lineItems[0].b"]);
    }

    #[test]
    fn deep_nesting_and_bad_utf8_are_refused() {
        assert!(
            matches!(parse("[".repeat(100_000).as_bytes()), Err(JsonFault::Malformed(m)) if m.contains("64 levels"))
        );
        assert!(
            matches!(parse(b"{\"a\":\"\xff\"}"), Err(JsonFault::Malformed(m)) if m.contains("UTF-8"))
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(value) = parse(&bytes) {
                let _ = read::<Order>(&value);
            }
        }
    }
}
