//! How a refused value is shown in a fault: short, on one line, without control characters, so
//! that hostile input cannot flood a response or a log.

use std::fmt;

/// Most characters of a refused value that a fault repeats.
pub const EXCERPT_LIMIT: usize = 40;

/// The beginning of a refused value, control characters replaced by `\u{fffd}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt(String);

impl Excerpt {
    /// Takes at most [`EXCERPT_LIMIT`] characters; `…` marks that more followed.
    pub fn of(value: &str) -> Self {
        let mut characters = value.chars();
        let mut text: String = characters
            .by_ref()
            .take(EXCERPT_LIMIT)
            .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
            .collect();
        if characters.next().is_some() {
            text.push('…');
        }
        Self(text)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_and_control_characters_replaced() {
        assert_eq!(Excerpt::of("98").to_string(), "98");
        assert_eq!(Excerpt::of("a\nb\0").to_string(), "a\u{fffd}b\u{fffd}");
        assert_eq!(Excerpt::of(&"é".repeat(40)).to_string(), "é".repeat(40));
        assert_eq!(Excerpt::of(&"é".repeat(41)).to_string(), format!("{}…", "é".repeat(40)));
    }
}
