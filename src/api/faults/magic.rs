//! Words in the data of a request that stand for faults, for tests that cannot reach the control
//! routes: `mock-status-503-first-2` in the name of a customer, in a query or in a path.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::documented;
use super::rule::{Amount, Answer, Effect, LONGEST_WAIT, Latency, Wire};
use super::strike::Strike;
use crate::api::call::Call;

/// What every word begins with.
const BEGIN: &[u8] = b"mock-";
/// Longest word in bytes.
const LONGEST_WORD: usize = 120;
/// Most words of a request that are looked at.
const MOST_WORDS: usize = 20;
/// Most texts whose calls are counted in a world; words with `-first-` in further ones do not strike.
const MOST_COUNTED: usize = 10_000;

/// A word that stands for a fault.
#[derive(Debug)]
pub struct Word {
    /// How it is written.
    pub form: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// Reads what follows `mock-`.
    read: fn(&str) -> Option<Effect>,
}

fn answered(answer: Answer) -> Effect {
    Effect { answer, ..Effect::default() }
}

/// Every word. Each may end with `-first-<n>`: it then strikes only the first n calls with that very
/// text.
pub const WORDS: [Word; 7] = [
    Word {
        form: "mock-error-<code>",
        meaning: "is answered with that documented error of the operation, by the lowest status of the code; nothing is carried out",
        read: |word| {
            let code = word.strip_prefix("error-").filter(|code| !code.is_empty())?;
            Some(answered(Answer::Error { code: code.to_owned(), status: None }))
        },
    },
    Word {
        form: "mock-status-<nnn>",
        meaning: "is answered with that status, 400 to 599, in the shape of the surface; nothing is carried out",
        read: |word| {
            let status = word.strip_prefix("status-")?.parse().ok();
            status.filter(|it| (400..=599).contains(it)).map(|it| answered(Answer::Status(it)))
        },
    },
    Word {
        form: "mock-latency-<ms>",
        meaning: "is carried out, and the answer is held back by so many milliseconds, 600000 at most",
        read: |word| {
            let wait = Duration::from_millis(word.strip_prefix("latency-")?.parse().ok()?);
            let latency = Some(Latency::Fixed(wait));
            (wait <= LONGEST_WAIT).then(|| Effect { latency, ..Effect::default() })
        },
    },
    Word {
        form: "mock-reset",
        meaning: "is not carried out; the connection is reset",
        read: |word| (word == "reset").then(|| answered(Answer::LostRequest)),
    },
    Word {
        form: "mock-truncate",
        meaning: "is carried out; half of the body arrives, then the connection is reset",
        read: |word| {
            let wire = Wire::Truncated(Amount::Share(0.5));
            (word == "truncate").then(|| Effect { wire, ..Effect::default() })
        },
    },
    Word {
        form: "mock-lose-request",
        meaning: "is lost before anything is carried out: the connection is reset",
        read: |word| (word == "lose-request").then(|| answered(Answer::LostRequest)),
    },
    Word {
        form: "mock-lose-answer",
        meaning: "is carried out, then the answer is lost: the connection is reset",
        read: |word| (word == "lose-answer").then(|| answered(Answer::LostAnswer)),
    },
];

/// How often texts with `-first-` were sent to a world.
#[derive(Debug, Default)]
pub struct Counts(Mutex<HashMap<u64, u64>>);

impl Counts {
    /// Counts a text. Gives its number, or nothing where no more texts are counted.
    fn count(&self, text: &[u8]) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let key = hasher.finish();
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MOST_COUNTED && !counts.contains_key(&key) {
            return None;
        }
        let count = counts.entry(key).or_default();
        *count += 1;
        Some(*count)
    }
}

/// Where [`BEGIN`] begins in `bytes` from `from` on. Looks at every fifth byte only where it can.
fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let last = BEGIN.len() - 1;
    let mut at = from + last;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'-' if bytes[at - last..].starts_with(BEGIN) => return Some(at - last),
            b'k' => 1,
            b'c' => 2,
            b'o' => 3,
            b'm' => 4,
            _ => BEGIN.len(),
        };
    }
    None
}

/// A word with the text it stands in.
struct Found<'b> {
    word: &'b str,
    text: &'b [u8],
}

/// The words in `bytes`, whose texts end at one of `ends`.
fn words<'b>(bytes: &'b [u8], ends: &'static [u8]) -> impl Iterator<Item = Found<'b>> {
    let mut from = 0;
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    std::iter::from_fn(move || {
        loop {
            let start = find(bytes, from)?;
            let length = bytes[start..].iter().take_while(|byte| is_part(**byte)).count();
            from = start + length;
            let is_inner = start > 0 && is_part(bytes[start - 1]);
            if is_inner || length > LONGEST_WORD {
                continue;
            }
            let begin = bytes[..start].iter().rposition(|byte| ends.contains(byte));
            let end = bytes[from..].iter().position(|byte| ends.contains(byte));
            let end = end.map_or(bytes.len(), |end| from + end);
            let word = std::str::from_utf8(&bytes[start..from]).unwrap_or_default();
            return Some(Found { word, text: &bytes[begin.map_or(0, |at| at + 1)..end] });
        }
    })
}

/// What a word stands for, and how many calls it strikes.
fn read(word: &str) -> Option<(Effect, Option<u64>)> {
    let word = word.strip_prefix("mock-")?;
    let split = word.rsplit_once("-first-");
    let first = split.and_then(|(head, count)| Some((head, count.parse::<u64>().ok()?)));
    let (word, first) = first.map_or((word, None), |(head, count)| (head, Some(count)));
    WORDS.iter().find_map(|known| (known.read)(word)).map(|effect| (effect, first))
}

/// The fault that a word in the request asks for: the first of path, query and body that strikes. A
/// word that asks for nothing possible is ignored and reported.
pub(super) fn strike(call: &Call<'_>, counts: &Counts) -> Option<Strike> {
    let request = call.request;
    let body: &[u8] = &request.body;
    let is_json = body.iter().find(|byte| !byte.is_ascii_whitespace());
    let body_ends: &'static [u8] =
        if matches!(is_json, Some(b'{' | b'[' | b'"')) { b"\"" } else { b"&=" };
    let found = words(request.path.as_bytes(), b"/")
        .chain(words(request.query.as_bytes(), b"&=?"))
        .chain(words(body, body_ends));
    let mut notice = None;
    for Found { word, text } in found.take(MOST_WORDS) {
        let Some((effect, first)) = read(word) else {
            notice.get_or_insert_with(|| {
                format!("{word} is none of the words that stand for faults; ignored")
            });
            continue;
        };
        if let Answer::Error { code, .. } = &effect.answer
            && documented::find(call.operation, code, None).is_empty()
        {
            notice.get_or_insert_with(|| {
                let id = call.operation.id;
                format!("{word}: {id} documents no such error, see GET /_mock/errors; ignored")
            });
            continue;
        }
        if let Some(first) = first {
            match counts.count(text) {
                Some(number) if number <= first => {}
                Some(_) => continue,
                None => {
                    notice.get_or_insert_with(|| {
                        format!("{word}: {MOST_COUNTED} texts are counted already; ignored")
                    });
                    continue;
                }
            }
        }
        let wait = match effect.latency {
            Some(Latency::Fixed(wait)) => wait,
            _ => Duration::ZERO,
        };
        return Some(Strike::new(call, word, &effect, wait).with_notice(notice));
    }
    notice.map(Strike::notice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, &str)> {
        words(text.as_bytes(), b"\"")
            .map(|it| (it.word, std::str::from_utf8(it.text).unwrap()))
            .collect()
    }

    #[test]
    fn words_are_found_with_the_text_they_stand_in() {
        assert_eq!(
            found(r#"{"name":"Contoso mock-status-503-first-2","b":"mock-reset."}"#),
            [
                ("mock-status-503-first-2", "Contoso mock-status-503-first-2"),
                ("mock-reset", "mock-reset.")
            ]
        );
        for none in ["", "mock", "mock_reset", "hammock-reset", "x-mock-reset", "Mock-reset"] {
            assert!(found(none).is_empty(), "{none}");
        }
        assert_eq!(found("momock-mock-reset mock-a"), [("mock-a", "momock-mock-reset mock-a")]);
        assert!(found(&format!("mock-{}", "a".repeat(200))).is_empty());
    }

    #[test]
    fn the_search_finds_what_a_plain_search_finds() {
        let alphabet = ["m", "o", "c", "k", "-", "x", "mock-"];
        let mut state = 1_u64;
        for _ in 0..2000 {
            let mut text = String::new();
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
                text.push_str(alphabet[(state >> 33) as usize % alphabet.len()]);
            }
            assert_eq!(find(text.as_bytes(), 0), text.find("mock-"), "{text}");
        }
    }

    #[test]
    fn every_word_is_read_as_its_form_says_and_nothing_else_is() {
        for word in &WORDS {
            let example = word.form.replace("<code>", "800060").replace("<nnn>", "503");
            let example = example.replace("<ms>", "20");
            assert!(read(&example).is_some(), "{example}");
            let first = format!("{example}-first-3");
            assert_eq!(read(&first).unwrap().1, Some(3), "{first}");
        }
        for nothing in [
            "mock-",
            "mock-status-200",
            "mock-status-9999999",
            "mock-latency-600001",
            "mock-latency--1",
            "mock-error-",
            "mock-reset-now",
            "mock-first-2",
            "mock-company",
        ] {
            assert!(read(nothing).is_none(), "{nothing}");
        }
    }
}
