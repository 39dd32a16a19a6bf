use proptest::prelude::*;

use super::*;

#[test]
fn initial_domains_are_alphanumeric_and_stored_in_lower_case() {
    let longest = "a".repeat(INITIAL_NAME_LIMIT);
    let cases = [
        ("larkspur.onmicrosoft.com".to_owned(), Some("larkspur")),
        ("Larkspur.OnMicrosoft.COM".to_owned(), Some("larkspur")),
        (" larkspur1.onmicrosoft.com ".to_owned(), Some("larkspur1")),
        ("1larkspur.onmicrosoft.com".to_owned(), Some("1larkspur")),
        (format!("{longest}.onmicrosoft.com"), Some(longest.as_str())),
    ];
    for (text, name) in cases {
        let domain = InitialDomain::parse(&text);
        assert_eq!(domain.as_ref().ok().map(InitialDomain::name), name, "{text}");
        let whole = format!("{}.onmicrosoft.com", name.unwrap_or_default());
        assert_eq!(domain.as_ref().ok().map(InitialDomain::as_str), Some(whole.as_str()));
        assert_eq!(domain.map(|d| d.as_domain_name().clone()), DomainName::parse(&whole));
    }
}

#[test]
fn other_initial_domains_are_refused_with_the_rule() {
    let too_long = format!("{}.onmicrosoft.com", "a".repeat(INITIAL_NAME_LIMIT + 1));
    for text in [
        ".onmicrosoft.com",
        "lark-spur.onmicrosoft.com",
        "a.b.onmicrosoft.com",
        "lark spur.onmicrosoft.com",
        "lärkspur.onmicrosoft.com",
        too_long.as_str(),
    ] {
        let fault = InitialDomain::parse(text).expect_err(text);
        assert!(matches!(fault, DomainFault::InitialName { .. }), "{text}: {fault:?}");
    }
    for text in
        ["", "larkspur", "larkspur.com", "onmicrosoft.com", "é.onmicrosoft.con", "日本日本日本"]
    {
        let fault = InitialDomain::parse(text).expect_err(text);
        assert!(matches!(fault, DomainFault::NotInitial { .. }), "{text}: {fault:?}");
    }
}

#[test]
fn domains_follow_host_name_syntax() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    for text in [
        "granitepeak.example",
        "A.B.C",
        "xn--bcher-kva.example",
        "3com.example.",
        "a-b.co",
        &longest,
    ] {
        let domain = DomainName::parse(text).expect(text);
        assert_eq!(domain.as_str(), text.trim_end_matches('.').to_ascii_lowercase());
    }
    let long_label = format!("{}.example", "a".repeat(64));
    let too_long = format!("{longest}a");
    for text in [
        "",
        ".",
        "..",
        "localhost",
        "a..b",
        "-a.b",
        "a-.b",
        "a_b.c",
        "a b.c",
        "10.0.0.1",
        "bücher.example",
        "a.b..",
        ".a.b",
        "a/b.c",
        "a.b\0",
        &long_label,
        &too_long,
    ] {
        assert!(DomainName::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn e_mail_addresses_are_checked_pragmatically() {
    for text in [
        "ap@larkspurfoods.example",
        "first.last+tag@sub.granitepeak.example",
        "O'Neil@granitepeak.example",
        "jörg@granitepeak.example",
        " padded@granitepeak.example ",
    ] {
        assert_eq!(check_email(text), Ok(()), "{text}");
    }
    let long_mailbox = format!("{}@granitepeak.example", "a".repeat(65));
    for text in [
        "",
        "@",
        "a@",
        "@b.example",
        "a@b",
        "a b@c.example",
        "a@@b.example",
        ".a@b.example",
        "a.@b.example",
        "a..b@c.example",
        "a@b.example.",
        "a@[10.0.0.1]",
        "\"a b\"@c.example",
        "a\n@b.example",
        "a@b.example, c@d.example",
        &long_mailbox,
    ] {
        assert!(check_email(text).is_err(), "{text:?}");
    }
}

#[test]
fn faults_name_the_value_and_an_example() {
    let fault = DomainName::parse("a_b").expect_err("a fault").to_string();
    assert!(fault.starts_with("`a_b` is not a domain name"), "{fault}");
    let fault = check_email("nobody").expect_err("a fault").to_string();
    assert_eq!(
        fault,
        "email `nobody` is not an e-mail address; for example ap@granitepeak.example"
    );
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in any::<String>(), tail in "(\\.onmicrosoft\\.com)?") {
        let text = format!("{text}{tail}");
        let _ = InitialDomain::parse(&text);
        let _ = DomainName::parse(&text);
        let _ = check_email(&text);
    }

    #[test]
    fn every_initial_domain_is_a_domain(name in "[A-Za-z0-9]{1,27}") {
        let domain = InitialDomain::parse(&format!("{name}.onmicrosoft.com")).expect("a domain");
        let same = DomainName::parse(domain.as_str());
        prop_assert_eq!(same.as_ref(), Ok(domain.as_domain_name()));
    }
}
