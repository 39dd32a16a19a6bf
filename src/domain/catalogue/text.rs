//! Text in several languages, and the templates that spare a stored title per SKU.

use std::collections::BTreeMap;

/// The language every text exists in.
pub(super) const DEFAULT_LOCALE: &str = "en-US";

/// A language as asked for in `X-Locale`; any spelling is accepted, unknown ones read `en-US`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale<'a>(&'a str);

impl<'a> Locale<'a> {
    /// The locale named by a header value, in any casing.
    pub fn new(name: &'a str) -> Self {
        Self(name.trim())
    }
}

impl Default for Locale<'_> {
    fn default() -> Self {
        Self(DEFAULT_LOCALE)
    }
}

/// A text with its translations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalisedText {
    default: Box<str>,
    translations: Box<[(Box<str>, Box<str>)]>,
}

impl LocalisedText {
    /// Takes texts by locale; nothing if the `en-US` text is missing or empty.
    pub(super) fn from_map(map: BTreeMap<String, String>) -> Option<Self> {
        let mut default = None;
        let mut translations = Vec::with_capacity(map.len().saturating_sub(1));
        for (locale, text) in map {
            if locale.eq_ignore_ascii_case(DEFAULT_LOCALE) {
                default = Some(text.into_boxed_str());
            } else {
                translations.push((locale.into_boxed_str(), text.into_boxed_str()));
            }
        }
        let default = default.filter(|text| !text.is_empty())?;
        Some(Self { default, translations: translations.into_boxed_slice() })
    }

    /// The text in this locale, or in `en-US`.
    pub fn get(&self, locale: Locale<'_>) -> &str {
        self.translations
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(locale.0))
            .map_or(&self.default, |(_, text)| text)
    }
}

/// The words a SKU title template is filled with.
#[derive(Clone, Copy, Debug)]
pub(super) struct TitleWords<'a> {
    pub sku: &'a str,
    pub region: &'a str,
    pub term: &'a str,
}

/// Fills `{sku}`, `{region}` and `{term}`; any other brace stays as it is.
pub(super) fn fill(template: &str, words: TitleWords<'_>) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, tail) = rest.split_at(open);
        filled.push_str(before);
        let slots = [("{sku}", words.sku), ("{region}", words.region), ("{term}", words.term)];
        if let Some((slot, word)) = slots.into_iter().find(|(slot, _)| tail.starts_with(slot)) {
            filled.push_str(word);
            rest = &tail[slot.len()..];
        } else {
            filled.push('{');
            rest = &tail[1..];
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pairs: &[(&str, &str)]) -> Option<LocalisedText> {
        let owned = |pair: &(&str, &str)| (pair.0.to_owned(), pair.1.to_owned());
        LocalisedText::from_map(pairs.iter().map(owned).collect())
    }

    #[test]
    fn falls_back_to_english() {
        let text = text(&[("en-US", "Virtual machine"), ("zh-TW", "虛擬機器")]).unwrap();
        for (locale, expected) in [
            ("zh-TW", "虛擬機器"),
            ("ZH-tw", "虛擬機器"),
            (" zh-tw ", "虛擬機器"),
            ("en-us", "Virtual machine"),
            ("fr-FR", "Virtual machine"),
            ("", "Virtual machine"),
            ("繁體", "Virtual machine"),
        ] {
            assert_eq!(text.get(Locale::new(locale)), expected, "{locale:?}");
        }
        assert_eq!(text.get(Locale::default()), "Virtual machine");
    }

    #[test]
    fn english_is_required() {
        assert_eq!(text(&[("zh-TW", "虛擬機器")]), None);
        assert_eq!(text(&[("en-US", "")]), None);
    }

    #[test]
    fn fills_known_slots_only() {
        let words = TitleWords { sku: "{term}", region: "US East", term: "1 Year" };
        for (template, expected) in [
            ("Reserved, {sku}, {region}, {term}", "Reserved, {term}, US East, 1 Year"),
            ("{region}{region}", "US EastUS East"),
            ("{other} {", "{other} {"),
            ("年{term}年", "年1 Year年"),
            ("", ""),
        ] {
            assert_eq!(fill(template, words), expected);
        }
    }
}
