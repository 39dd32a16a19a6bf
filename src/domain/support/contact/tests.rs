use super::*;

fn mei() -> ContactDetails {
    ContactDetails {
        first_name: "Mei".into(),
        last_name: "Lin".into(),
        method: ContactMethod::Email,
        email: "mei@partner.example".into(),
        additional_emails: Vec::new(),
        phone: None,
        time_zone: "Taipei Standard Time".into(),
        country: "TWN".into(),
        language: "en-US".into(),
    }
}

/// Values of one field and whether each can be used.
fn table(field: &str, set: impl Fn(&mut ContactDetails, &str), cases: &[(&str, bool)]) {
    for (value, good) in cases {
        let mut contact = mei();
        set(&mut contact, value);
        match check_contact(&contact) {
            Ok(()) => assert!(good, "{field} `{value}` was let through"),
            Err(SupportFault::Invalid { field: named, reason }) => {
                assert!(!good, "{field} `{value}`: {reason}");
                assert!(named.starts_with(&format!("contactDetails.{field}")), "{named}");
            }
            Err(other) => panic!("{field} `{value}`: {other}"),
        }
    }
}

#[test]
fn names_are_needed() {
    let long = "x".repeat(101);
    let cases = [("Mei", true), ("美", true), ("", false), ("  ", false), (long.as_str(), false)];
    table("firstName", |c, v| c.first_name = v.into(), &cases);
    table("lastName", |c, v| c.last_name = v.into(), &cases);
}

#[test]
fn addresses_have_the_form_of_addresses() {
    let long_local = format!("{}@partner.example", "a".repeat(65));
    let long = format!("a@{}.example", "b.".repeat(130));
    let cases = [
        ("mei@partner.example", true),
        ("mei.lin+refunds@mail.partner.example", true),
        ("o'neil@partner.example", true),
        ("mei@bücher.example", true),
        ("", false),
        ("mei", false),
        ("mei@", false),
        ("@partner.example", false),
        ("mei@partner", false),
        ("mei@@partner.example", false),
        ("mei lin@partner.example", false),
        ("mei@partner..example", false),
        ("mei@-partner.example", false),
        (".mei@partner.example", false),
        ("Mei <mei@partner.example>", false),
        (long_local.as_str(), false),
        (long.as_str(), false),
    ];
    table("primaryEmailAddress", |c, v| c.email = v.into(), &cases);
    let second = |c: &mut ContactDetails, v: &str| {
        c.additional_emails = vec!["tao@partner.example".into(), v.into()];
    };
    table("additionalEmailAddresses[1]", second, &cases);
}

#[test]
fn there_are_at_most_twenty_further_addresses() {
    let many = |count| {
        let mut contact = mei();
        contact.additional_emails = vec!["tao@partner.example".into(); count];
        check_contact(&contact)
    };
    assert_eq!(many(20), Ok(()));
    assert!(many(21).is_err());
}

#[test]
fn who_wants_to_be_called_gives_a_number() {
    let by_phone = |phone: Option<&str>| {
        let phone = phone.map(str::to_owned);
        check_contact(&ContactDetails { method: ContactMethod::Phone, phone, ..mei() })
    };
    assert_eq!(by_phone(Some("+886 2 5550 0100")), Ok(()));
    for missing in [None, Some(""), Some("  ")] {
        let refusal = by_phone(missing).unwrap_err().to_string();
        assert!(refusal.contains("phoneNumber: is required"), "{refusal}");
    }
}

#[test]
fn phone_numbers_have_digits() {
    let cases = [
        ("+886255500100", true),
        ("(02) 5550-0100", true),
        ("0800.555.0100", true),
        ("112", false),
        ("1234", true),
        ("+1234567890123456", false),
        ("call me", false),
        ("+886+2", false),
        ("555-0100 ext 4", false),
    ];
    table("phoneNumber", |c, v| c.phone = Some(v.into()), &cases);
}

#[test]
fn time_zones_have_their_windows_names() {
    let cases = [
        ("Taipei Standard Time", true),
        ("taipei standard time", true),
        ("Pacific Standard Time", true),
        ("W. Europe Standard Time", true),
        ("UTC", true),
        ("UTC-11", true),
        ("Asia/Taipei", false),
        ("PST", false),
        ("Taipei", false),
        ("", false),
    ];
    table("preferredTimeZone", |c, v| c.time_zone = v.into(), &cases);
}

#[test]
fn countries_have_three_letters() {
    let cases = [
        ("TWN", true),
        ("usa", true),
        ("DEU", true),
        ("TW", false),
        ("Taiwan", false),
        ("XXX", false),
        ("", false),
    ];
    table("country", |c, v| c.country = v.into(), &cases);
    let refusal = check_contact(&ContactDetails { country: "DE".into(), ..mei() }).unwrap_err();
    assert!(refusal.to_string().contains("for example DEU"), "{refusal}");
}

#[test]
fn languages_have_tags() {
    let cases = [
        ("en-US", true),
        ("en-us", true),
        ("de", true),
        ("zh-Hant-TW", true),
        ("es-419", true),
        ("English", false),
        ("en_US", false),
        ("e", false),
        ("en-", false),
        ("", false),
    ];
    table("preferredSupportLanguage", |c, v| c.language = v.into(), &cases);
}

#[test]
fn a_change_keeps_what_it_does_not_name() {
    let change =
        ContactChange { phone: Some("+886 2 5550 0100".into()), ..ContactChange::default() };
    let after = change.applied_to(mei());
    assert_eq!(after, ContactDetails { phone: Some("+886 2 5550 0100".into()), ..mei() });
}
