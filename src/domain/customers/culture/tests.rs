use proptest::prelude::*;

use super::*;

#[test]
fn cultures_become_canonical_in_any_casing() {
    let cases = [
        ("en-US", Some("en-US")),
        ("EN-us", Some("en-US")),
        ("zh-tw", Some("zh-TW")),
        ("ZH-HANT-TW", Some("zh-Hant-TW")),
        ("fil-ph", Some("fil-PH")),
        ("es-419", Some("es-419")),
        (" de-DE ", Some("de-DE")),
        ("", None),
        ("en", None),
        ("en_US", None),
        ("en-", None),
        ("-US", None),
        ("en-USA", None),
        ("en-US-", None),
        ("e-US", None),
        ("en-Latnx-US", None),
        ("én-US", None),
        ("en-US\n", Some("en-US")),
        ("en\0-US", None),
    ];
    for (text, expected) in cases {
        assert_eq!(canonical_culture(text).ok().as_deref(), expected, "{text:?}");
    }
}

#[test]
fn language_tags_are_recognised_and_left_alone() {
    for text in ["en", "En", "fil", "zh-Hant", "en-US", "zh-Hant-TW", "es-419"] {
        assert_eq!(check_language(text), Ok(()), "{text}");
    }
    for text in ["", "e", "english", "en-", "en_US", "12", "zh-Hant-TW-x", "日本", "en us"] {
        assert!(check_language(text).is_err(), "{text}");
    }
}

#[test]
fn faults_name_the_value_and_an_example() {
    let fault = canonical_culture("english").map_err(|fault| fault.to_string());
    let expected = "culture `english` is not a language and a country; for example en-US or zh-TW";
    assert_eq!(fault, Err(expected.to_owned()));
}

proptest! {
    #[test]
    fn a_canonical_culture_stays_as_it_is(text in "[a-zA-Z]{2,3}(-[a-zA-Z]{4})?-[a-zA-Z]{2}") {
        let culture = canonical_culture(&text).expect("a culture");
        prop_assert!(culture.eq_ignore_ascii_case(&text));
        prop_assert_eq!(canonical_culture(&culture), Ok(culture.clone()));
    }

    #[test]
    fn any_text_gets_an_answer(text in any::<String>()) {
        let _ = canonical_culture(&text);
        let _ = check_language(&text);
    }
}
