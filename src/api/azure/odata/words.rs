//! From the text of an expression to its words.

use super::{FilterError, LONGEST, shown};

/// A word and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    /// From 1, in characters.
    pub position: usize,
    pub word: Word,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// A name, an operator, or a value without quotes.
    Bare(String),
    /// Text that stood in single quotes, and what stood right before the opening one.
    Quoted {
        kind: String,
        text: String,
    },
    Open,
    Close,
    Comma,
}

impl Word {
    /// As a message shows it.
    pub fn shown(&self) -> String {
        match self {
            Self::Bare(word) => shown(word),
            Self::Quoted { kind, text } => shown(&format!("{kind}'{text}'")),
            Self::Open => shown("("),
            Self::Close => shown(")"),
            Self::Comma => shown(","),
        }
    }
}

/// Splits an expression.
pub(super) fn split(option: &'static str, text: &str) -> Result<Vec<Placed>, FilterError> {
    if text.len() > LONGEST {
        return Err(FilterError {
            option,
            position: LONGEST + 1,
            found: format!("{} bytes", text.len()),
            expected: format!("at most {LONGEST} bytes"),
        });
    }
    let mut words = Vec::new();
    let mut rest = text.chars().enumerate().peekable();
    while let Some((index, first)) = rest.next() {
        let word = match first {
            space if space.is_whitespace() => continue,
            '(' => Word::Open,
            ')' => Word::Close,
            ',' => Word::Comma,
            '\'' => quoted(option, index, String::new(), &mut rest)?,
            first => {
                let mut word = String::from(first);
                while let Some((_, c)) =
                    rest.next_if(|(_, c)| !c.is_whitespace() && !"(),'".contains(*c))
                {
                    word.push(c);
                }
                if rest.next_if(|(_, c)| *c == '\'').is_some() {
                    quoted(option, index, word, &mut rest)?
                } else {
                    Word::Bare(word)
                }
            }
        };
        words.push(Placed { position: index + 1, word });
    }
    Ok(words)
}

/// Reads up to the closing quote; two quotes stand for one.
fn quoted(
    option: &'static str,
    begin: usize,
    kind: String,
    rest: &mut std::iter::Peekable<impl Iterator<Item = (usize, char)>>,
) -> Result<Word, FilterError> {
    let mut text = String::new();
    while let Some((_, c)) = rest.next() {
        if c != '\'' {
            text.push(c);
        } else if rest.next_if(|(_, c)| *c == '\'').is_some() {
            text.push('\'');
        } else {
            return Ok(Word::Quoted { kind, text });
        }
    }
    Err(FilterError {
        option,
        position: begin + 1,
        found: shown(&format!("{kind}'{text}")),
        expected: "a closing single quote; a quote within text is written twice".to_owned(),
    })
}
