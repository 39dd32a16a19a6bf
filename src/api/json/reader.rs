//! The reader: a `serde` deserializer over a [`Tree`] that matches keys by the target's field list and
//! words by the target's variants, and knows the place of whatever is wrong.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::access::{Word, visit_array, visit_object};
use super::{JsonFault, Read, Tree, find_word};

/// Reads `value` as a `T`.
pub(super) fn read<'de, T: Deserialize<'de>>(value: &'de Tree<'de>) -> Result<Read<T>, JsonFault> {
    let context = Context::default();
    let node = Node { value, context: &context, place: Place::Root };
    let value = T::deserialize(node).map_err(|error| error.fault)?;
    Ok(Read { value, unknown: context.unknown.into_inner() })
}

/// What is noted while reading.
#[derive(Default)]
pub(super) struct Context {
    pub(super) unknown: RefCell<Vec<String>>,
}

/// Where a node hangs; a chain on the stack, printed only when something is wrong.
#[derive(Clone, Copy)]
pub(super) enum Place<'p> {
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

/// A fault on its way up to where its place is known.
#[derive(Debug)]
pub(super) struct ReadError {
    fault: JsonFault,
    placed: bool,
}

impl ReadError {
    fn unplaced(path: &str, reason: String) -> Self {
        Self { fault: JsonFault::Value { path: path.to_owned(), reason }, placed: false }
    }

    /// Adds the place to a fault that does not know it yet.
    pub(super) fn at(self, place: &Place<'_>) -> Self {
        let fault = match self.fault {
            JsonFault::Value { path, reason } if !self.placed => {
                let mut full = place.to_string();
                if !path.is_empty() && !full.is_empty() {
                    full.push('.');
                }
                full.push_str(&path);
                JsonFault::Value { path: full, reason }
            }
            fault => fault,
        };
        Self { fault, placed: true }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.fault)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::unplaced("", message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self::unplaced(field, "is required".to_owned())
    }
}

/// A value to be read.
pub(super) struct Node<'de, 'p> {
    pub(super) value: &'de Tree<'de>,
    pub(super) context: &'p Context,
    pub(super) place: Place<'p>,
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
        let reason = format!("must be {wanted}, not {}", kind(self.value));
        ReadError::unplaced("", reason).at(&self.place)
    }

    fn number_refused(&self, wanted: &str, text: &str) -> ReadError {
        let shown: String = text.chars().take(40).collect();
        let reason = format!("must be {wanted}, not `{shown}`");
        ReadError::unplaced("", reason).at(&self.place)
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
            None => Err(ReadError {
                fault: JsonFault::Enum {
                    path: self.place.to_string(),
                    given: given.chars().take(60).collect(),
                    allowed: variants,
                },
                placed: true,
            }),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }
}
