//! `$filter` and `$orderby` of Azure's lists (contract: azure-reservations.md §3.2,
//! azure-authorization.md §2-§3). How expressions are read and compared lives here; which properties
//! and functions a list knows is the list's own affair: it names them with [`Filter::resolve`].

mod filter;
mod order_by;
#[cfg(test)]
mod tests;
mod value;
mod words;

pub use filter::{Condition, Filter, FunctionCall, Operand};
pub use order_by::{OrderBy, OrderKey};
pub use value::Value;

/// Longest expression in bytes [choice].
pub const LONGEST: usize = 8192;
/// Most conditions, or keys of an order, in one expression [choice].
pub const MOST_CONDITIONS: usize = 100;
/// Most parentheses and `not` inside one another [choice].
pub const DEEPEST: usize = 20;

/// Why an expression cannot be used, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{option} is not readable at character {position}: found {found}, expected {expected}")]
pub struct FilterError {
    /// The query option: `$filter` or `$orderby`.
    pub option: &'static str,
    /// The character at which reading stopped, from 1.
    pub position: usize,
    /// What stands there.
    pub found: String,
    /// What could stand there.
    pub expected: String,
}

/// A word of a client as a message may show it.
fn shown(word: &str) -> String {
    const LONGEST_SHOWN: usize = 60;
    let mut text: String = word.chars().take(LONGEST_SHOWN).filter(|c| !c.is_control()).collect();
    if word.chars().nth(LONGEST_SHOWN).is_some() {
        text.push('…');
    }
    format!("`{text}`")
}

/// Finds the spelling that a list uses for a name that a client wrote in any casing.
fn spelling<'a>(known: &[&'a str], name: &str) -> Option<&'a str> {
    known.iter().copied().find(|spelling| spelling.eq_ignore_ascii_case(name))
}

/// The sentence that names what is known.
fn one_of(what: &str, known: &[&str]) -> String {
    match known {
        [] => format!("no {what}: this list knows none"),
        [one] => format!("the {what} {one}"),
        several => format!("one of: {}", several.join(", ")),
    }
}
