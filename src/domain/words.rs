//! Words that rules have as constants and keep in rows: kinds of things in refusals, states, names of
//! groups. A snapshot gives them back as text; they are kept once per word for as long as the program
//! runs, so their number and length are limited.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A word that a rule has as a constant.
pub type Word = &'static str;

/// Most different words that snapshots may bring along. The rules have fewer than a hundred.
const MOST_WORDS: usize = 2_000;

/// Longest word in bytes.
const LONGEST_WORD: usize = 200;

static WORDS: Mutex<BTreeSet<Word>> = Mutex::new(BTreeSet::new());

/// `#[serde(deserialize_with = "crate::domain::words::read")]`.
pub fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    let text = String::deserialize(from)?;
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(word) = words.get(text.as_str()) {
        return Ok(word);
    }
    if text.len() > LONGEST_WORD || words.len() >= MOST_WORDS {
        return Err(D::Error::custom("is none of the words of the rules"));
    }
    let word: Word = Box::leak(text.into_boxed_str());
    words.insert(word);
    Ok(word)
}

/// Lets serde write a type by its `Display` and read it by its `FromStr`.
macro_rules! text_form {
    ($name:ty, $fault:ty) => {
        impl From<$name> for String {
            fn from(it: $name) -> Self {
                it.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = $fault;

            fn try_from(text: String) -> Result<Self, $fault> {
                text.parse()
            }
        }
    };
}

pub(in crate::domain) use text_form;
