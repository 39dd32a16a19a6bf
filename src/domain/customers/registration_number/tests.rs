use proptest::prelude::*;

use super::*;

fn fault(country: &str, number: Option<&str>, phone: Option<&str>) -> RegistrationFault {
    check(country, number, phone).expect_err("a fault")
}

#[test]
fn numbers_are_judged_by_country() {
    let cases = [
        ("AM", "01234567", true),
        ("AM", "0123456", false),
        ("AZ", "1234567891", true),
        ("AZ", "123456789", false),
        ("BY", "190123456", true),
        ("BY", "19012345A", false),
        ("HU", "12345678-2-41", true),
        ("HU", "12345678241", false),
        ("KZ", "010203456789", true),
        ("KG", "01203200412345", true),
        ("MD", "1003600012345", true),
        ("RU", "7701234567", true),
        ("ru", "770123456789", true),
        ("RU", "77012345678", false),
        ("TJ", "020012345", true),
        ("UZ", "301234567", true),
        ("UA", "12345678", true),
        ("UA", "1234567890", true),
        ("UA", "123456789", false),
        ("UA", " 12345678 ", true),
        // Digits of other scripts are not digits here.
        ("UA", "١٢٣٤٥٦٧٨", false),
    ];
    for (country, number, fits) in cases {
        let result = check(country, Some(number), Some("445550142"));
        assert_eq!(result.is_ok(), fits, "{country} {number}: {result:?}");
        if let Err(fault) = result {
            assert!(matches!(fault, RegistrationFault::BadFormat { .. }), "{fault:?}");
        }
    }
}

#[test]
fn a_number_is_refused_where_the_country_has_none() {
    for country in ["US", "de", "ZZ", "", "not a country"] {
        let fault = fault(country, Some("1"), Some("4255550142"));
        assert!(matches!(fault, RegistrationFault::NotSupported { .. }), "{fault:?}");
        assert_eq!(check(country, None, None), Ok(()));
        assert_eq!(check(country, Some("  "), None), Ok(()), "blank is absent");
    }
}

#[test]
fn the_number_is_missed_before_the_phone() {
    for number in [None, Some(""), Some(" ")] {
        let fault = fault("HU", number, None);
        assert!(matches!(fault, RegistrationFault::Missing { country: "HU", .. }), "{fault:?}");
    }
    for phone in [None, Some(""), Some("  ")] {
        let fault = fault("kz", Some("010203456789"), phone);
        assert!(matches!(fault, RegistrationFault::PhoneMissing { country: "KZ", .. }));
    }
}

#[test]
fn messages_name_the_format_and_an_example() {
    let text = fault("RU", Some("12"), Some("4955550142")).to_string();
    assert_eq!(
        text,
        "Organization registration id information is invalid and should be of the format \
         10 or 12 digits; `12` is not, for example 7701234567 is"
    );
    let text = fault("RU", None, None).to_string();
    assert!(text.contains("companyProfile.organizationRegistrationNumber"), "{text}");
    let text = fault("RU", Some("7701234567"), None).to_string();
    assert!(text.contains("phoneNumber, for example 4955550142"), "{text}");
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(
        country in "[A-Za-z]{2}|\\PC*",
        number in proptest::option::of(any::<String>()),
        phone in proptest::option::of(any::<String>()),
    ) {
        if let Err(fault) = check(&country, number.as_deref(), phone.as_deref()) {
            prop_assert!(fault.to_string().chars().count() < 400);
        }
    }
}
