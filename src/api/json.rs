//! JSON as clients of the real service send it: keys in any casing, enums in any casing, snake or
//! camel, or by number, `null` for unset, a byte order mark in front. One reader for all request
//! types; request types themselves stay plain `serde` structs without flatten, tag or untagged
//! (contract: partner-center-conventions.md §4 and §5).

mod tree;

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::{self, Write as _};

use serde::de::value::{StrDeserializer, StringDeserializer};
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
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
    let context = Context::default();
    let node = Node { value, context: &context, place: Place::Root };
    let value = T::deserialize(node).map_err(|error| error.0)?;
    Ok(Read { value, unknown: context.unknown.into_inner() })
}

#[derive(Default)]
struct Context {
    unknown: RefCell<Vec<String>>,
}

/// Where a node hangs; a chain on the stack, printed only when something is wrong.
#[derive(Clone, Copy)]
enum Place<'p> {
    Root,
    Key(&'p Place<'p>, &'p str),
    Index(&'p Place<'p>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(Self::Root, key) => f.write_str(key),
            Self::Key(parent, key) => write!(f, "{parent}.{key}"),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

#[derive(Debug)]
struct ReadError(JsonFault);

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(JsonFault::Value { path: String::new(), reason: message.to_string() })
    }

    fn missing_field(field: &'static str) -> Self {
        Self(JsonFault::Value { path: field.to_owned(), reason: "is required".to_owned() })
    }
}

impl ReadError {
    /// Adds the place to an error that does not know it yet.
    fn at(self, place: &Place<'_>) -> Self {
        match self.0 {
            JsonFault::Value { path, reason } if !path.starts_with('\u{1}') => {
                let mut full = String::from('\u{1}');
                let _ = write!(full, "{place}");
                if !path.is_empty() {
                    if full.len() > 1 {
                        full.push('.');
                    }
                    full.push_str(&path);
                }
                Self(JsonFault::Value { path: full, reason })
            }
            other => Self(other),
        }
    }
}

struct Node<'de, 'p> {
    value: &'de Tree<'de>,
    context: &'p Context,
    place: Place<'p>,
}

fn kind(value: &Tree<'_>) -> &'static str {
    match value {
        Tree::Null => "null",
        Tree::Bool(_) => "a boolean",
        Tree::Number(_) => "a number",
        Tree::Text(_) => "a string",
        Tree::Array(_) => "an array",
        Tree::Object(_) => "an object",
    }
}

impl Node<'_, '_> {
    fn refuse(&self, wanted: &str) -> ReadError {
        ReadError(JsonFault::Value {
            path: String::new(),
            reason: format!("must be {wanted}, not {}", kind(self.value)),
        })
        .at(&self.place)
    }

    fn number_refused(&self, wanted: &str, text: &str) -> ReadError {
        let shown: String = text.chars().take(40).collect();
        ReadError(JsonFault::Value {
            path: String::new(),
            reason: format!("must be {wanted}, not `{shown}`"),
        })
        .at(&self.place)
    }

    /// An integer from a number, a number with an empty fraction, or their text.
    fn integer(&self) -> Result<i64, ReadError> {
        const WANTED: &str = "an integer";
        match self.value {
            Tree::Number(number) => {
                whole(number).ok_or_else(|| self.number_refused(WANTED, &number.to_string()))
            }
            Tree::Text(text) => text.trim().parse().map_err(|_| self.number_refused(WANTED, text)),
            _ => Err(self.refuse(WANTED)),
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // bounded below
fn whole(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
    })
}

macro_rules! integers {
    ($($method:ident $visit:ident),+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            let place = self.place;
            visitor.visit_i64(self.integer()?).map_err(|e: ReadError| e.at(&place))
        }
    )+};
}

impl<'de> Deserializer<'de> for Node<'de, '_> {
    type Error = ReadError;

    integers!(
        deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32,
        deserialize_i64 visit_i64, deserialize_u8 visit_u8, deserialize_u16 visit_u16,
        deserialize_u32 visit_u32, deserialize_u64 visit_u64
    );

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let place = self.place;
        match self.value {
            Tree::Null => visitor.visit_unit(),
            Tree::Bool(value) => visitor.visit_bool(*value),
            Tree::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(integer), _) => visitor.visit_i64(integer),
                (None, Some(float)) => visitor.visit_f64(float),
                (None, None) => return Err(self.refuse("a number in range")),
            },
            Tree::Text(text) => visitor.visit_str(text),
            Tree::Array(items) => {
                return visit_array(items, self.context, self.place, visitor);
            }
            Tree::Object(members) => {
                return visit_object(members, None, self.context, self.place, visitor);
            }
        }
        .map_err(|error: ReadError| error.at(&place))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.value {
            Tree::Bool(value) => visitor.visit_bool(*value),
            Tree::Text(text) if text.eq_ignore_ascii_case("true") => visitor.visit_bool(true),
            Tree::Text(text) if text.eq_ignore_ascii_case("false") => visitor.visit_bool(false),
            _ => Err(self.refuse("true or false")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let place = self.place;
        let float = match self.value {
            Tree::Number(number) => number.as_f64(),
            Tree::Text(text) => text.trim().parse().ok().filter(|f: &f64| f.is_finite()),
            _ => None,
        };
        let float = float.ok_or_else(|| self.refuse("a number"))?;
        visitor.visit_f64(float).map_err(|e: ReadError| e.at(&place))
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let place = self.place;
        match self.value {
            Tree::Text(text) => visitor.visit_str(text),
            Tree::Number(number) => visitor.visit_string(number.to_string()),
            _ => return Err(self.refuse("a string")),
        }
        .map_err(|error: ReadError| error.at(&place))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.value {
            Tree::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.value {
            Tree::Array(items) => visit_array(items, self.context, self.place, visitor),
            _ => Err(self.refuse("an array")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.value {
            Tree::Object(members) => visit_object(members, None, self.context, self.place, visitor),
            _ => Err(self.refuse("an object")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.value {
            Tree::Object(members) => {
                visit_object(members, Some(fields), self.context, self.place, visitor)
            }
            _ => Err(self.refuse("an object")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let given = match self.value {
            Tree::Text(text) => text.to_string(),
            Tree::Number(number) => number.to_string(),
            _ => return Err(self.refuse("a word")),
        };
        match find_word(variants, &given) {
            Some(variant) => visitor.visit_enum(Word(variant)),
            None => Err(ReadError(JsonFault::Enum {
                path: self.place.to_string(),
                given: given.chars().take(60).collect(),
                allowed: variants,
            })),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }
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

struct Word(&'static str);

impl<'de> EnumAccess<'de> for Word {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        let variant: StrDeserializer<'_, ReadError> = self.0.into_deserializer();
        Ok((seed.deserialize(variant)?, self))
    }
}

impl<'de> VariantAccess<'de> for Word {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, ReadError> {
        Err(de::Error::custom("must be a word"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, ReadError> {
        Err(de::Error::custom("must be a word"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, ReadError> {
        Err(de::Error::custom("must be a word"))
    }
}

fn visit_array<'de, V: Visitor<'de>>(
    items: &'de [Tree<'de>],
    context: &Context,
    place: Place<'_>,
    visitor: V,
) -> Result<V::Value, ReadError> {
    visitor
        .visit_seq(Items { items: items.iter().enumerate(), context, place: &place })
        .map_err(|error| error.at(&place))
}

struct Items<'de, 'p> {
    #[allow(clippy::struct_field_names, reason = "they are what it is made of")]
    items: std::iter::Enumerate<std::slice::Iter<'de, Tree<'de>>>,
    context: &'p Context,
    place: &'p Place<'p>,
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        let Some((index, value)) = self.items.next() else { return Ok(None) };
        let place = Place::Index(self.place, index);
        let node = Node { value, context: self.context, place };
        seed.deserialize(node).map(Some).map_err(|error| error.at(&place))
    }
}

fn visit_object<'de, V: Visitor<'de>>(
    members: &'de [(Cow<'de, str>, Tree<'de>)],
    fields: Option<&'static [&'static str]>,
    context: &Context,
    place: Place<'_>,
    visitor: V,
) -> Result<V::Value, ReadError> {
    let mut entries: Vec<(Name<'de>, &'de Tree<'de>)> = Vec::with_capacity(members.len());
    for (key, value) in members {
        let name = match fields {
            None => Name::Own(key),
            Some(fields) => match fields.iter().find(|field| same_key(field, key)) {
                // Unset and absent are the same to a type whose members are known.
                Some(_) if matches!(value, Tree::Null) => continue,
                Some(field) => Name::Field(field),
                None => {
                    if context.unknown.borrow().len() < 50 {
                        let path = Place::Key(&place, key).to_string();
                        context.unknown.borrow_mut().push(path);
                    }
                    continue;
                }
            },
        };
        // The same key in another casing: the last one counts [choice].
        match entries.iter_mut().find(|(known, _)| known.is_same_field(&name)) {
            Some(entry) => entry.1 = value,
            None => entries.push((name, value)),
        }
    }
    visitor
        .visit_map(Members { entries: entries.into_iter(), value: None, context, place: &place })
        .map_err(|error| error.at(&place))
}

/// Whether a key means a field: casing and `_` aside, as old documents write `company_name`.
fn same_key(field: &str, key: &str) -> bool {
    field.eq_ignore_ascii_case(key) || (key.contains('_') && same_word(field, key))
}

#[derive(Clone, Copy)]
enum Name<'de> {
    Field(&'static str),
    Own(&'de str),
}

impl Name<'_> {
    #[allow(clippy::match_same_arms, reason = "their lifetimes differ")]
    fn text(&self) -> &str {
        match self {
            Self::Field(name) => name,
            Self::Own(name) => name,
        }
    }

    fn is_same_field(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Field(a), Self::Field(b)) if a == b)
    }
}

struct Members<'de, 'p> {
    entries: std::vec::IntoIter<(Name<'de>, &'de Tree<'de>)>,
    value: Option<(Name<'de>, &'de Tree<'de>)>,
    context: &'p Context,
    place: &'p Place<'p>,
}

impl<'de> MapAccess<'de> for Members<'de, '_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let Some((name, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some((name, value));
        match name {
            Name::Field(field) => {
                let key: StrDeserializer<'_, ReadError> = field.into_deserializer();
                seed.deserialize(key)
            }
            Name::Own(key) => {
                let key: StringDeserializer<ReadError> = key.to_owned().into_deserializer();
                seed.deserialize(key)
            }
        }
        .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let Some((name, value)) = self.value.take() else {
            return Err(de::Error::custom("a member without a value"));
        };
        let place = Place::Key(self.place, name.text());
        let node = Node { value, context: self.context, place };
        seed.deserialize(node).map_err(|error| error.at(&place))
    }
}

impl JsonFault {
    /// The path without the mark that tells finished paths from unfinished ones.
    pub fn path(&self) -> &str {
        match self {
            Self::Malformed(_) => "",
            Self::Value { path, .. } => path.trim_start_matches('\u{1}'),
            Self::Enum { path, .. } => path,
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
