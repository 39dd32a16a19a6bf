//! The notation in which the documented keys of an answer are written down, and the reader that holds
//! an answer against them.
//!
//! Keys are separated by blanks, each `path:type`. Several paths share a type behind commas.
//!
//! | in a path | means |
//! |---|---|
//! | `a.b` | member `b` of the object `a` |
//! | `a[]` | a list with at least one item, each of which is meant (`a?[]`: an empty one is absent) |
//! | `a[*]` | a list that may be empty, but must be there |
//! | `a?` | may be absent; some case of the page has to show it |
//! | `a??` | may be absent and need not be shown: the contract is unsure, or the mock never has it |
//! | nothing | the value itself, as in `:Shape` and `[]:Shape` |
//! | `>name` | a header of the answer |
//!
//! A type that begins with a capital is a shape of the page; the others are in [`Kind`]. A lone `-`
//! stands for an answer without a body. Where `null` stands, nothing stands.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Shapes by name.
pub type Shapes = BTreeMap<&'static str, &'static str>;

/// What the shapes of all pages are made of.
pub const COMMON: &[(&str, &str)] = &[
    ("Link", "uri:path method:string headers[*]:LinkHeader"),
    ("LinkHeader", "key,value:string"),
    ("Collection", "totalCount:int attributes.objectType:=Collection"),
    ("Money", "currencyCode:string amount:decimal"),
];

/// Reads answers; keeps what is wrong with them and which optional keys it has met.
pub struct Reader<'a> {
    shapes: &'a Shapes,
    wrong: BTreeSet<String>,
    optional: BTreeSet<String>,
    shown: BTreeSet<String>,
    keys: BTreeSet<String>,
}

/// One step of a path.
struct Step<'a> {
    key: &'a str,
    absence: Absence,
    list: Option<bool>,
}

#[derive(PartialEq, Clone, Copy)]
enum Absence {
    Wrong,
    ToBeShown,
    Fine,
}

impl<'a> Reader<'a> {
    pub fn new(shapes: &'a Shapes) -> Self {
        Self {
            shapes,
            wrong: BTreeSet::new(),
            optional: BTreeSet::new(),
            shown: BTreeSet::new(),
            keys: BTreeSet::new(),
        }
    }

    /// Holds a body against keys; `name` is that of the keys.
    pub fn body(&mut self, name: &str, keys: &str, body: &Value) {
        let of_body: Vec<&str> =
            keys.split_whitespace().filter(|it| !it.starts_with('>')).collect();
        self.keys_of(name, &of_body.join(" "), body, "");
    }

    /// Holds headers against those keys that mean headers.
    pub fn headers(&mut self, name: &str, keys: &str, header: impl Fn(&str) -> Option<Value>) {
        for key in keys.split_whitespace().filter_map(|it| it.strip_prefix('>')) {
            let (path, _) = key.split_once(':').unwrap();
            let value = header(path.trim_end_matches('?')).unwrap_or(Value::Null);
            let answer = Value::Object(
                [(path.trim_end_matches('?').to_owned(), value)].into_iter().collect(),
            );
            self.keys_of(&format!("{name} header"), key, &answer, "header ");
        }
    }

    /// What was wrong since this was asked last.
    pub fn wrong(&mut self) -> Vec<String> {
        std::mem::take(&mut self.wrong).into_iter().collect()
    }

    /// Optional keys that no answer has shown.
    pub fn never_shown(&self) -> Vec<&String> {
        self.optional.difference(&self.shown).collect()
    }

    /// How many different keys were looked for.
    pub fn count(&self) -> usize {
        self.keys.len()
    }

    fn keys_of(&mut self, name: &str, keys: &str, value: &Value, at: &str) {
        for key in keys.split_whitespace() {
            let (paths, kind) =
                key.split_once(':').unwrap_or_else(|| panic!("{name}: `{key}` has no type"));
            for path in paths.split(',') {
                self.keys.insert(format!("{name} {path}"));
                let steps: Vec<Step> = path.split('.').map(step).collect();
                self.walk((name, path), value, &steps, kind, at);
            }
        }
    }

    fn walk(&mut self, of: (&str, &str), value: &Value, steps: &[Step], kind: &str, at: &str) {
        let Some((step, rest)) = steps.split_first() else {
            return self.fits(value, kind, at);
        };
        let at = match (step.key, at) {
            ("", _) => at.to_owned(),
            (key, "") => key.to_owned(),
            (key, at) if at.ends_with(' ') => format!("{at}{key}"),
            (key, at) => format!("{at}.{key}"),
        };
        let found = if step.key.is_empty() { Some(value) } else { value.get(step.key) };
        let nothing = |it: &Value| {
            it.is_null()
                || step.absence != Absence::Wrong && it.as_array().is_some_and(Vec::is_empty)
        };
        let found = found.filter(|it| !nothing(it));
        if step.absence == Absence::ToBeShown {
            let key = format!("{}: {} ({})", of.0, of.1, step.key);
            if found.is_some() {
                self.shown.insert(key.clone());
            }
            self.optional.insert(key);
        }
        let Some(found) = found else {
            if step.absence == Absence::Wrong {
                self.wrong.insert(format!("{at} is missing"));
            }
            return;
        };
        let Some(may_be_empty) = step.list else { return self.walk(of, found, rest, kind, &at) };
        let Some(items) = found.as_array() else {
            self.wrong.insert(format!("{at} is no list: {found:.80}"));
            return;
        };
        if items.is_empty() && !may_be_empty {
            self.wrong.insert(format!("{at} is empty: the case shows nothing of its items"));
        }
        for item in items {
            self.walk(of, item, rest, kind, &format!("{at}[]"));
        }
    }

    fn fits(&mut self, value: &Value, kind: &str, at: &str) {
        if kind == "link" {
            return self.shape("Link", value, at);
        }
        if kind.starts_with(|first: char| first.is_ascii_uppercase()) {
            return self.shape(kind, value, at);
        }
        if !Kind(kind).fits(value) {
            self.wrong.insert(format!("{at} is no {kind}: {value:.80}"));
        }
    }

    fn shape(&mut self, name: &str, value: &Value, at: &str) {
        let keys = self.shapes.get(name).copied().unwrap_or_else(|| panic!("no shape {name}"));
        self.keys_of(name, keys, value, at);
    }
}

fn step(text: &str) -> Step<'_> {
    let (text, list) = match (text.strip_suffix("[]"), text.strip_suffix("[*]")) {
        (Some(rest), _) => (rest, Some(false)),
        (_, Some(rest)) => (rest, Some(true)),
        _ => (text, None),
    };
    let (key, absence) = match (text.strip_suffix("??"), text.strip_suffix('?')) {
        (Some(rest), _) => (rest, Absence::Fine),
        (_, Some(rest)) => (rest, Absence::ToBeShown),
        _ => (text, Absence::Wrong),
    };
    Step { key, absence, list }
}

/// A type: `string`, `text` (not empty), `guid`, `digits`, `int64` (as text), `int`, `decimal`, `bool`,
/// `instant` (with or without zone), `utc` (with `Z`), `date`, `path` (relative, from the root), `url`,
/// `map` (of texts), `object`, `any`, `jwt`, `base64`, `enum(a|b)`, `=literal`.
struct Kind<'a>(&'a str);

impl Kind<'_> {
    fn fits(&self, value: &Value) -> bool {
        if let Some(literal) = self.0.strip_prefix('=') {
            let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            return written == literal;
        }
        if let Some(words) = self.0.strip_prefix("enum(") {
            let mut words = words.trim_end_matches(')').split('|');
            return value.as_str().is_some_and(|it| words.any(|word| word == it));
        }
        match self.0 {
            "int" => value.is_i64() || value.is_u64(),
            "decimal" => value.is_number(),
            "bool" => value.is_boolean(),
            "any" => true,
            "object" => value.is_object(),
            "map" => value.as_object().is_some_and(|it| it.values().all(Value::is_string)),
            written => value.as_str().is_some_and(|text| is_written(written, text)),
        }
    }
}

fn is_written(kind: &str, text: &str) -> bool {
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    match kind {
        "string" => true,
        "text" => !text.is_empty(),
        "guid" => text.len() == 36 && uuid::Uuid::parse_str(text).is_ok(),
        "digits" => digits(text),
        "int64" => text.parse::<i64>().is_ok(),
        "instant" => is_instant(text.trim_end_matches('Z').trim_end_matches("+00:00")),
        "utc" => text.strip_suffix('Z').is_some_and(is_instant),
        "date" => has_form(text, "dddd-dd-dd"),
        "path" => text.starts_with('/') && text.matches('?').count() < 2 && !text.contains("//"),
        "url" => text.starts_with("https://") || text.starts_with("http://"),
        "jwt" => text.split('.').count() == 3 && text.starts_with("ey"),
        "base64" => text.bytes().all(|it| it.is_ascii_alphanumeric() || b"+/=-_".contains(&it)),
        other => panic!("no type {other}"),
    }
}

fn is_instant(text: &str) -> bool {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    has_form(seconds, "dddd-dd-ddTdd:dd:dd")
        && (1..=7).contains(&fraction.len())
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, of)| match of {
            b'd' => byte.is_ascii_digit(),
            _ => byte == of,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(keys: &str, body: &Value) -> Vec<String> {
        let shapes: Shapes = COMMON.iter().copied().collect();
        let mut reader = Reader::new(&shapes);
        reader.body("test", keys, body);
        reader.wrong()
    }

    #[test]
    fn everything_that_is_missing_or_of_another_type_is_told_at_once() {
        let body = json!({
            "id": "5b0e6d1c", "count": "1", "gone": null, "kind": "monthly", "empty": [],
            "items": [{ "day": "2026-03-01" }, { "day": "2026-3-1", "links": { "self": {
                "uri": "v1/x", "method": "GET", "headers": [] } } }],
        });
        let keys = "id:guid count:int gone:string kind:enum(annual|none) empty[]:string \
                    items[].day:date items[].links.self:link :Collection";
        assert_eq!(
            wrong(keys, &body),
            [
                "attributes is missing",
                "count is no int: \"1\"",
                "empty is empty: the case shows nothing of its items",
                "gone is missing",
                "id is no guid: \"5b0e6d1c\"",
                "items[].day is no date: \"2026-3-1\"",
                "items[].links is missing",
                "items[].links.self.uri is no path: \"v1/x\"",
                "kind is no enum(annual|none): \"monthly\"",
                "totalCount is missing",
            ]
        );
    }

    #[test]
    fn types_take_what_the_contract_writes_and_nothing_else() {
        for (kind, fits, fails) in [
            (
                "guid",
                json!("5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10"),
                json!("5b0e6d1c8f0a4a539d0d3f6f2b1c7a10"),
            ),
            ("int", json!(-1), json!(1.5)),
            ("decimal", json!(1.5), json!("1.5")),
            ("bool", json!(false), json!("false")),
            ("instant", json!("0001-01-01T00:00:00"), json!("2026-03-01")),
            (
                "instant",
                json!("2026-03-01T12:00:00.1234567Z"),
                json!("2026-03-01T12:00:00.12345678Z"),
            ),
            ("utc", json!("2026-03-01T12:00:00Z"), json!("2026-03-01T12:00:00")),
            ("date", json!("2026-03-01"), json!("2026-03-01T00:00:00Z")),
            ("path", json!("/v1/x?a=b"), json!("/v1/x?a=b?c=d")),
            ("url", json!("https://arm.example/x"), json!("/x")),
            ("map", json!({ "a": "1" }), json!({ "a": 1 })),
            ("text", json!("x"), json!("")),
            ("string", json!(""), json!(0)),
            ("digits", json!("618034771920556"), json!("-6")),
            ("int64", json!("-5820417639820174433"), json!("0x1")),
            ("=0", json!(0), json!("1")),
            ("=Order", json!("Order"), json!("order")),
            ("enum(a|b)", json!("b"), json!("B")),
        ] {
            assert!(Kind(kind).fits(&fits), "{kind} {fits}");
            assert!(!Kind(kind).fits(&fails), "{kind} {fails}");
        }
    }

    #[test]
    fn what_may_be_absent_must_be_shown_once() {
        let shapes = Shapes::new();
        let mut reader = Reader::new(&shapes);
        for body in [json!({ "a": 1 }), json!({})] {
            reader.body("it", "a?:int b?.c:int d??:int e?[]:int", &body);
        }
        assert_eq!(reader.wrong(), [""; 0]);
        assert_eq!(reader.never_shown(), ["it: b?.c (b)", "it: e?[] (e)"]);
        reader.body("it", "a?:int", &json!({ "a": "1" }));
        assert_eq!(reader.wrong(), ["a is no int: \"1\""]);
    }
}
