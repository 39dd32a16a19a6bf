//! What a request that matches no operation most likely meant.

use actix_web::http::Method;

use super::dispatch::api;
use super::operation::{Operation, Surface};

/// Most operations that are named.
const MOST_NAMED: usize = 3;

/// An operation that a request nearly matched.
#[derive(Debug, Clone)]
pub struct NearMiss {
    /// The operation.
    pub operation: &'static Operation,
    /// Why it is not this one.
    pub because: String,
}

impl std::fmt::Display for NearMiss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}, because {}", self.operation.method, self.operation.path, self.because)
    }
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|s| !s.is_empty()).take(20).collect()
}

fn fits(sent: &str, known: &str) -> bool {
    known.starts_with('{') || sent.eq_ignore_ascii_case(known)
}

/// The operations whose paths have the most in common with `path`: whole segments first, then the
/// spelling of the first that differs, then the method.
pub fn near_misses(method: &Method, path: &str, surface: Surface) -> Vec<NearMiss> {
    let sent = segments(path);
    let score = |operation: &Operation| {
        let known = segments(operation.path);
        let pairs = || sent.iter().zip(&known);
        let same = pairs().filter(|(a, b)| fits(a, b)).count();
        let whole = (2 * same).saturating_sub(known.len().abs_diff(sent.len()));
        let differing = pairs().find(|(a, b)| !fits(a, b));
        let alike = differing.map_or(0, |(a, b)| letters_alike(a, b));
        (whole, alike, operation.method == *method)
    };
    let mut scored: Vec<_> = api()
        .operations
        .iter()
        .filter(|operation| operation.surface == surface)
        .map(|operation| (score(operation), operation))
        .filter(|((whole, ..), _)| *whole > 0)
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored
        .into_iter()
        .take(MOST_NAMED)
        .map(|(_, operation)| NearMiss { operation, because: difference(method, &sent, operation) })
        .collect()
}

fn difference(method: &Method, sent: &[&str], operation: &Operation) -> String {
    let known = segments(operation.path);
    let differing = sent.iter().zip(&known).find(|(a, b)| !fits(a, b));
    if let Some((a, b)) = differing {
        let shown: String = a.chars().take(60).collect();
        return format!("it has `{b}` where the request has `{shown}`");
    }
    match sent.len().cmp(&known.len()) {
        std::cmp::Ordering::Less => format!("the path lacks /{}", known[sent.len()..].join("/")),
        std::cmp::Ordering::Greater => {
            let more: String = sent[known.len()..].join("/").chars().take(60).collect();
            format!("the path goes on with /{more}")
        }
        std::cmp::Ordering::Equal => {
            format!("it takes {} and the request is {method}", operation.method)
        }
    }
}

/// How many letters two words begin and end with alike, in percent of the longer one.
pub(super) fn letters_alike(a: &str, b: &str) -> usize {
    let same = |(a, b): &(u8, u8)| a.eq_ignore_ascii_case(b);
    let begin = a.bytes().zip(b.bytes()).take_while(same).count();
    let end = a.bytes().rev().zip(b.bytes().rev()).take_while(same).count();
    let (shorter, longer) = (a.len().min(b.len()), a.len().max(b.len()).max(1));
    100 * (begin + end).min(shorter) / longer
}

/// How alike two names are, in percent: the pairs of letters that they share.
pub fn likeness(a: &str, b: &str) -> usize {
    let pairs = |text: &str| -> Vec<[u8; 2]> {
        let letters: Vec<u8> = text
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|b| b.to_ascii_lowercase())
            .collect();
        letters.windows(2).map(|pair| [pair[0], pair[1]]).collect()
    };
    let (a, mut b) = (pairs(a), pairs(b));
    let all = a.len() + b.len();
    let mut shared = 0;
    for pair in a {
        if let Some(at) = b.iter().position(|other| *other == pair) {
            b.swap_remove(at);
            shared += 1;
        }
    }
    200 * shared / all.max(1)
}
