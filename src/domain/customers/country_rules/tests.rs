use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const REGISTRATION_COUNTRIES: [&str; 11] =
    ["AM", "AZ", "BY", "HU", "KG", "KZ", "MD", "RU", "TJ", "UA", "UZ"];

fn rules_of(code: &str) -> &'static CountryRules {
    CountryRules::of(code).unwrap_or_else(|| panic!("no rules for {code}"))
}

#[test]
fn the_embedded_file_is_readable_and_covers_the_world() {
    let countries = countries_file::parse(COUNTRIES_JSON).expect("fixtures/countries.json");
    assert!(countries.len() >= 240, "only {} countries", countries.len());
    for country in &countries {
        let code = &country.iso2_code;
        assert!(code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()), "{code}");
        assert!(!country.name.is_empty(), "{code}");
        assert!(!country.languages.is_empty() && !country.calling_codes.is_empty(), "{code}");
        assert!(country.calling_codes.iter().all(|c| c.bytes().all(|b| b.is_ascii_digit())));
        let found = CountryRules::of(code).map(CountryRules::iso2_code);
        assert_eq!(found, Some(code.as_str()));
    }
    let detailed = countries.iter().filter(|c| c.postal_code.is_some()).count();
    assert!(detailed >= 40, "only {detailed} countries have a postal pattern");
}

#[test]
fn every_sample_satisfies_its_own_pattern_and_every_pattern_is_anchored() {
    for country in CountryRules::all() {
        let patterns = [
            country.postal_code(),
            Some(country.phone_number()),
            country.vat_id(),
            country.organization_registration().map(OrganizationRegistration::pattern),
        ];
        for pattern in patterns.into_iter().flatten() {
            let (code, source) = (country.iso2_code(), pattern.source());
            assert!(source.starts_with('^') && source.ends_with('$'), "{code}: {source}");
            assert!(pattern.matches(pattern.sample()), "{code}: {} {source}", pattern.sample());
            assert!(!pattern.matches(""), "{code}: {source} accepts nothing at all");
            let twice = format!("{0}~{0}", pattern.sample());
            assert!(!pattern.matches(&twice), "{code}: {source} accepts {twice}");
        }
        assert_eq!(country.is_tax_id_supported(), !country.tax_id_sample().is_empty());
    }
}

#[test]
fn every_culture_is_canonical_and_of_a_supported_language() {
    for country in CountryRules::all() {
        for culture in country.supported_cultures() {
            let canonical = super::super::culture::canonical_culture(culture);
            assert_eq!(canonical.as_deref(), Ok(culture.as_str()), "{}", country.iso2_code());
            let language = culture.split('-').next().unwrap_or_default();
            assert!(country.supported_languages().iter().any(|l| l == language), "{culture}");
        }
    }
}

#[test]
fn tax_samples_follow_their_format() {
    for country in CountryRules::all().iter().filter(|c| c.is_tax_id_supported()) {
        let (format, sample) = (country.tax_id_format(), country.tax_id_sample());
        let fits = format.chars().count() == sample.chars().count()
            && format.chars().zip(sample.chars()).all(|(f, s)| match f {
                '#' => s.is_ascii_digit(),
                '*' => s.is_ascii_digit() || s.is_ascii_uppercase(),
                'A' => s.is_ascii_uppercase(),
                other => other == s,
            });
        assert!(fits, "{}: {format} {sample}", country.iso2_code());
    }
}

#[test]
fn the_united_states_have_the_rules_of_the_contract_sample() {
    let us = rules_of("us");
    assert_eq!(us.iso2_code(), "US");
    assert_eq!(us.default_culture(), "en-US");
    assert_eq!(us.supported_languages(), ["en", "es"]);
    assert_eq!(us.supported_cultures(), ["en-US", "es-US"]);
    assert_eq!(us.postal_code_regex(), r"^\d{5}(-\d{4})?$");
    assert_eq!(us.phone_number_regex(), r"^\d{10}$");
    assert_eq!((us.tax_id_format(), us.tax_id_sample()), ("US######", "US123456"));
    assert_eq!(us.country_calling_codes(), ["1"]);
    assert_eq!(us.vat_id_regex(), "");
    assert!(us.is_state_required() && us.is_postal_code_required() && us.is_city_required());
    assert!(us.is_tax_id_supported() && us.is_tax_id_optional() && !us.is_vat_id_supported());
    assert!(!us.is_organization_registration_number_required());
    assert!(!us.is_organization_phone_number_required());
}

#[test]
fn exactly_eleven_countries_ask_for_a_registration_number_and_a_phone() {
    let asking: Vec<&str> = CountryRules::all()
        .iter()
        .filter(|country| country.is_organization_registration_number_required())
        .map(CountryRules::iso2_code)
        .collect();
    assert_eq!(asking, REGISTRATION_COUNTRIES);
    for code in REGISTRATION_COUNTRIES {
        let rules = rules_of(code);
        assert!(rules.is_organization_phone_number_required(), "{code}");
        assert!(!rules.organization_registration_number_regex().is_empty(), "{code}");
        assert!(!rules.organization_registration_number_sample().is_empty(), "{code}");
    }
}

#[test]
fn countries_are_found_in_any_casing_and_only_by_two_known_letters() {
    for code in ["us", "Us", "uS", "US", "tw", "gB"] {
        assert!(CountryRules::of(code).is_some(), "{code}");
    }
    for code in ["", "U", "USA", "ZZ", "KP", "IR", "CU", "SY", "1A", "ü", "\0\0", "U "] {
        assert!(CountryRules::of(code).is_none(), "{code}");
    }
}

#[test]
fn states_are_found_by_code_and_by_name_in_any_casing() {
    let cases = [
        ("US", "wa", Some("WA")),
        ("US", " Washington ", Some("WA")),
        ("US", "district of columbia", Some("DC")),
        ("US", "Ontario", None),
        ("CA", "québec", Some("QC")),
        ("CA", "QUEBEC", Some("QC")),
        ("MX", "cdmx", Some("CDMX")),
        ("MX", "Distrito Federal", Some("CDMX")),
        ("MX", "NUEVO LEÓN", Some("NL")),
        ("MX", "Nuevo Leon", Some("NL")),
        ("CN", "北京", Some("BJ")),
        ("CN", "guangdong", Some("GD")),
        ("AU", "nsw", Some("NSW")),
        ("BR", "sao paulo", Some("SP")),
        ("IN", "Karnataka", Some("KA")),
        ("DE", "Bayern", None),
    ];
    for (country, text, expected) in cases {
        assert_eq!(rules_of(country).state(text).map(State::code), expected, "{country} {text}");
    }
    let counts = [("US", 59), ("CA", 13), ("MX", 32), ("CN", 31), ("AU", 8), ("BR", 27)];
    for (country, count) in counts {
        assert_eq!(rules_of(country).supported_states().len(), count, "{country}");
    }
}

#[test]
fn no_two_states_of_a_country_answer_to_the_same_text() {
    for country in CountryRules::all() {
        let mut seen = BTreeSet::new();
        for state in country.supported_states() {
            for text in state.names.iter().chain([&state.code]) {
                // A code may equal an alias of its own state only.
                let found = country.state(text).map(State::code);
                assert_eq!(found, Some(state.code()), "{} {text}", country.iso2_code());
            }
            assert!(seen.insert(state.code().to_owned()));
        }
    }
}

#[test]
fn phone_numbers_are_matched_with_and_without_separators_and_calling_code() {
    let cases = [
        ("US", "4255550142", true),
        ("US", "(425) 555-0142", true),
        ("US", "+1 425 555 0142", true),
        ("US", "001 425 555 0142", true),
        ("US", "555-0142", false),
        ("GB", "+44 20 7946 0142", true),
        ("DO", "+1 829 555 0142", true),
        ("US", "+44 20 7946 0142", false),
        ("US", "", false),
    ];
    for (country, phone, expected) in cases {
        assert_eq!(rules_of(country).matches_phone_number(phone), expected, "{country} {phone}");
    }
}

#[test]
fn input_beyond_the_limit_matches_nothing() {
    let pattern = SampledPattern::new("^a+$".to_owned(), "a".to_owned());
    assert!(pattern.matches(&"a".repeat(PATTERN_INPUT_LIMIT)));
    assert!(!pattern.matches(&"a".repeat(PATTERN_INPUT_LIMIT + 1)));
    let broken = SampledPattern::new("(".to_owned(), String::new());
    assert!(!broken.matches(""));
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(code in any::<String>(), text in any::<String>()) {
        let _ = CountryRules::of(&code);
        for country in ["US", "CN", "GB", "RU"] {
            let rules = rules_of(country);
            let _ = rules.state(&text);
            let _ = rules.matches_phone_number(&text);
            let _ = rules.postal_code().map(|pattern| pattern.matches(&text));
        }
    }
}
