//! `$orderby`: properties with `asc` or `desc`, joined by commas.

use std::cmp::Ordering;

use super::filter::is_property;
use super::words::{Placed, Word, split};
use super::{FilterError, MOST_CONDITIONS, Value, one_of, shown, spelling};

const OPTION: &str = "$orderby";

/// An order as a client wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBy {
    /// The keys, the most significant first; at least one.
    pub keys: Vec<OrderKey>,
}

/// One property of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderKey {
    /// The property as the client wrote it, or as the list writes it after [`OrderBy::resolve`].
    pub property: String,
    /// Greatest first.
    pub descending: bool,
    position: usize,
}

impl OrderBy {
    /// Reads an order. An error says where reading stopped and what could stand there.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let words = split(OPTION, text)?;
        let end = text.chars().count() + 1;
        let wrong = |placed: Option<&Placed>, expected: &str| FilterError {
            option: OPTION,
            position: placed.map_or(end, |placed| placed.position),
            found: placed.map_or_else(|| "the end".to_owned(), |placed| placed.word.shown()),
            expected: expected.to_owned(),
        };
        let mut keys = Vec::new();
        let mut rest = words.iter();
        loop {
            let first = rest.next();
            let Some(Placed { position, word: Word::Bare(property) }) = first else {
                return Err(wrong(first, "a property such as properties/displayName"));
            };
            if !is_property(property) {
                return Err(wrong(first, "a property such as properties/displayName"));
            }
            if keys.len() == MOST_CONDITIONS {
                return Err(wrong(first, &format!("at most {MOST_CONDITIONS} properties")));
            }
            let mut next = rest.next();
            let descending = match next {
                Some(Placed { word: Word::Bare(word), .. }) => {
                    let Some(direction) = spelling(&["asc", "desc"], word) else {
                        return Err(wrong(next, "asc, desc, a comma or the end"));
                    };
                    next = rest.next();
                    direction == "desc"
                }
                _ => false,
            };
            keys.push(OrderKey { property: property.clone(), descending, position: *position });
            match next {
                None => return Ok(Self { keys }),
                Some(Placed { word: Word::Comma, .. }) => {}
                Some(_) => return Err(wrong(next, "asc, desc, a comma or the end")),
            }
        }
    }

    /// Replaces the names that the client wrote, in any casing, with the spelling of the list, and
    /// refuses those that the list does not know.
    pub fn resolve(mut self, properties: &[&str]) -> Result<Self, FilterError> {
        for key in &mut self.keys {
            let Some(right) = spelling(properties, &key.property) else {
                return Err(FilterError {
                    option: OPTION,
                    position: key.position,
                    found: shown(&key.property),
                    expected: one_of("property", properties),
                });
            };
            right.clone_into(&mut key.property);
        }
        Ok(self)
    }

    /// Which of two rows comes first, given their properties. What is absent counts as least.
    pub fn compare(
        &self,
        left: impl Fn(&str) -> Option<Value>,
        right: impl Fn(&str) -> Option<Value>,
    ) -> Ordering {
        for key in &self.keys {
            let order = match (left(&key.property), right(&key.property)) {
                (Some(a), Some(b)) => a.sort(&b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            };
            if order.is_ne() {
                return if key.descending { order.reverse() } else { order };
            }
        }
        Ordering::Equal
    }
}
