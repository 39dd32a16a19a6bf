//! Where in a JSON text something is wrong: from the reader's line and column to the path of the value.

use serde::Deserialize;
use serde_json::Error;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::SnapshotError;

/// A text that is read in parts.
pub(super) struct Text<'t> {
    all: &'t str,
}

impl<'t> Text<'t> {
    pub(super) fn new(all: &'t str) -> Self {
        // Editors put the mark in front; it is no part of the JSON.
        Self { all: all.strip_prefix('\u{feff}').unwrap_or(all) }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Reads all of it.
    pub(super) fn read<T: Deserialize<'t>>(&self) -> Result<T, Error> {
        serde_json::from_str(self.all)
    }

    /// What it means that the text cannot even be read as an object.
    pub(super) fn syntax(error: &Error, wanted: &'static str) -> SnapshotError {
        match error.classify() {
            Category::Data => {
                SnapshotError::OtherFormat { wanted, found: "JSON that is no object".to_owned() }
            }
            Category::Syntax | Category::Eof | Category::Io => SnapshotError::NotJson {
                line: error.line(),
                column: error.column(),
                reason: reason(error),
            },
        }
    }

    /// A value of the text that does not fit.
    pub(super) fn misfit(&self, error: &Error) -> SnapshotError {
        self.misfit_at(offset(self.all, error), error)
    }

    /// A value that does not fit in a part of the text.
    pub(super) fn misfit_in(&self, part: &RawValue, error: &Error) -> SnapshotError {
        let start = (part.get().as_ptr() as usize).saturating_sub(self.all.as_ptr() as usize);
        self.misfit_at(start + offset(part.get(), error), error)
    }

    fn misfit_at(&self, offset: usize, error: &Error) -> SnapshotError {
        let end = offset.min(self.all.len());
        let before = &self.all.as_bytes()[..end];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = before.split(|byte| *byte == b'\n').count();
        let column = end - line_start;
        let (mut path, mut reason) = (path(before), reason(error));
        // A table names the row, because the reader is past it by then.
        if let Some((index, rest)) = reason.strip_prefix('[').and_then(|it| it.split_once("]: ")) {
            let table = path.strip_suffix(']').and_then(|it| it.rsplit_once('['));
            path = format!("{}[{index}]", table.map_or(&*path, |(table, _)| table));
            reason = rest.to_owned();
        }
        SnapshotError::Misfit { path, line, column, reason }
    }
}

/// The reason without the place, which is told apart.
fn reason(error: &Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

/// Where the error's line and column are in `text`, in bytes.
fn offset(text: &str, error: &Error) -> usize {
    let line = error.line().saturating_sub(1);
    let start = text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
    start + error.column()
}

/// The path of the value that `before` ends in.
fn path(before: &[u8]) -> String {
    enum Step {
        Member(String),
        Element(usize),
    }
    let mut steps: Vec<Step> = Vec::new();
    let mut text: Vec<u8> = Vec::new();
    let mut in_text = false;
    let mut escaped = false;
    let last = before.len().saturating_sub(1);
    for (at, byte) in before.iter().enumerate() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                other => text.push(*other),
            }
            continue;
        }
        match byte {
            b'"' => {
                text.clear();
                in_text = true;
            }
            b':' => {
                if let Some(Step::Member(name)) = steps.last_mut() {
                    *name = String::from_utf8_lossy(&text).into_owned();
                }
            }
            b'{' => steps.push(Step::Member(String::new())),
            b'[' => steps.push(Step::Element(0)),
            // The reader stops behind the value; where that is its end, the value is what was closed.
            b'}' | b']' if at < last => drop(steps.pop()),
            b'}' => {
                steps.pop();
            }
            b',' if at < last => {
                if let Some(Step::Element(index)) = steps.last_mut() {
                    *index += 1;
                }
            }
            _ => {}
        }
    }
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Member(name) if name.is_empty() => {}
            Step::Member(name) if path.is_empty() => path = name,
            Step::Member(name) => {
                path.push('.');
                path.push_str(&name);
            }
            Step::Element(index) => path = format!("{path}[{index}]"),
        }
    }
    if path.is_empty() { "the document".to_owned() } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_a_path() {
        for (text, expected) in [
            (r#"{"a": {"b": [1, {"c": 7"#, "a.b[1].c"),
            (r#"{"a": [[1], [2, 3"#, "a[1][1]"),
            (r#"{"a": "x,{[\"", "b": 1"#, "b"),
            ("[", "[0]"),
            ("", "the document"),
        ] {
            assert_eq!(path(text.as_bytes()), expected, "{text}");
        }
    }
}
