//! Cultures (`en-US`) and language tags (`en`) as billing profiles carry them. Syntax only: which
//! of them a country supports is in `country_rules`.

use thiserror::Error;

use super::excerpt::Excerpt;

/// Longest culture or language tag in bytes; .NET culture names are shorter than this.
const TAG_LIMIT: usize = 35;

/// Why a culture or a language is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CultureFault {
    /// Not of the form language-COUNTRY.
    #[error("culture `{value}` is not a language and a country; for example en-US or zh-TW")]
    Culture {
        /// The value as sent, shortened.
        value: Excerpt,
    },
    /// Not a language tag.
    #[error("language `{value}` is not a language tag; for example en or zh-Hant")]
    Language {
        /// The value as sent, shortened.
        value: Excerpt,
    },
}

/// The canonical form of a culture in any casing: `EN-us` gives `en-US`, `SR-LATN-RS` gives
/// `sr-Latn-RS` (partner-center-customers.md §1, `billingProfile.culture`).
pub fn canonical_culture(text: &str) -> Result<String, CultureFault> {
    let fault = || CultureFault::Culture { value: Excerpt::of(text) };
    let text = text.trim();
    if text.len() > TAG_LIMIT {
        return Err(fault());
    }
    let parts: Vec<&str> = text.split('-').collect();
    let (language, script, country) = match parts.as_slice() {
        [language, country] => (*language, None, *country),
        [language, script, country] => (*language, Some(*script), *country),
        _ => return Err(fault()),
    };
    if !is_language(language) || !script.is_none_or(is_script) || !is_country(country) {
        return Err(fault());
    }
    let mut culture = language.to_ascii_lowercase();
    if let Some((initial, rest)) = script.and_then(|script| script.split_at_checked(1)) {
        culture.push('-');
        culture.push_str(&initial.to_ascii_uppercase());
        culture.push_str(&rest.to_ascii_lowercase());
    }
    culture.push('-');
    culture.push_str(&country.to_ascii_uppercase());
    Ok(culture)
}

/// Whether `text` is a language tag: two or three letters, then optionally a script and a country.
/// Nothing is made canonical, because a billing profile keeps its language as sent.
pub fn check_language(text: &str) -> Result<(), CultureFault> {
    let trimmed = text.trim();
    let mut parts = trimmed.split('-');
    let language_fits = trimmed.len() <= TAG_LIMIT && parts.next().is_some_and(is_language);
    let rest: Vec<&str> = parts.take(3).collect();
    let rest_fits = match rest.as_slice() {
        [] => true,
        [only] => is_script(only) || is_country(only),
        [script, country] => is_script(script) && is_country(country),
        _ => false,
    };
    if language_fits && rest_fits {
        Ok(())
    } else {
        Err(CultureFault::Language { value: Excerpt::of(text) })
    }
}

fn is_language(text: &str) -> bool {
    matches!(text.len(), 2 | 3) && text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_script(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_alphabetic())
}

/// Two letters, or the three digits of a region such as `419`.
fn is_country(text: &str) -> bool {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()))
        || (text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a broken expectation is how a test fails")]
mod tests;
