//! Filters and orders over a table of rows.

use chrono::{NaiveDate, TimeZone, Utc};
use rust_decimal::dec;

use super::*;

const KNOWN: [&str; 8] = [
    "sku/name",
    "properties/displayName",
    "properties/archived",
    "properties/quantity",
    "properties/expiryDate",
    "properties/expiryDateTime",
    "properties/renew",
    "principalId",
];

fn web_tier(path: &str) -> Option<Value> {
    Some(match path {
        "sku/name" => Value::from("Standard_D2s_v3"),
        "properties/displayName" => Value::from("Web tier (it's Anna's)"),
        "properties/archived" => Value::Bool(false),
        "properties/quantity" => Value::from(5),
        "properties/expiryDate" => Value::Date(NaiveDate::from_ymd_opt(2027, 1, 12).unwrap()),
        "properties/expiryDateTime" => {
            Value::Moment(Utc.with_ymd_and_hms(2027, 1, 12, 8, 32, 2).unwrap())
        }
        "principalId" => Value::from("0d6c51e2-3f0b-4a77-8f5d-9ab0c2e17f44"),
        _ => return None,
    })
}

fn passes(filter: &str) -> bool {
    Filter::parse(filter)
        .and_then(|filter| filter.resolve(&KNOWN, &["atScope", "assignedTo"]))
        .unwrap_or_else(|error| panic!("{filter}: {error}"))
        .matches(web_tier)
}

#[test]
fn conditions() {
    for filter in [
        "properties/archived eq false",
        "PROPERTIES/ARCHIVED EQ FALSE",
        "properties/archived eq 'false'",
        "not properties/archived",
        "sku/name eq 'standard_d2S_v3'",
        "'Standard_D2s_v3' eq sku/name",
        "properties/displayName eq 'Web tier (it''s Anna''s)'",
        "contains(properties/displayName, 'TIER') and startswith(properties/displayName,'web')",
        "endswith(properties/displayName, 'anna''s)')",
        "properties/quantity eq 5",
        "properties/quantity eq 5.0",
        "properties/quantity eq '5'",
        "properties/quantity eq 5L",
        "properties/quantity gt 4 and properties/quantity lt 6",
        "4 lt properties/quantity and 6 gt properties/quantity and 5 le properties/quantity",
        "properties/quantity ge 5 and properties/quantity le 5 and properties/quantity ne -5",
        "properties/expiryDate eq 2027-01-12",
        "properties/expiryDate eq '2027-01-12'",
        "properties/expiryDate lt 2027-02-01T00:00:00Z",
        "properties/expiryDateTime gt 2027-01-12",
        "properties/expiryDateTime eq '2027-01-12T08:32:02.0000000Z'",
        "properties/expiryDateTime le datetime'2027-01-12T08:32:02Z'",
        "properties/expiryDateTime lt 2027-01-12T10:32:03+02:00",
        "principalId eq 0D6C51E2-3F0B-4A77-8F5D-9AB0C2E17F44",
        "principalId eq '0d6c51e2-3f0b-4a77-8f5d-9ab0c2e17f44'",
        "principalId eq guid'0d6c51e2-3f0b-4a77-8f5d-9ab0c2e17f44'",
        "properties/renew eq null",
        "properties/renew ne 'x'",
        "properties/archived ne null",
        "atScope() and assignedTo('0d6c51e2-3f0b-4a77-8f5d-9ab0c2e17f44')",
    ] {
        assert!(passes(filter), "{filter}");
    }
    for filter in [
        "properties/archived eq true",
        "properties/archived",
        "not(not properties/archived)",
        "sku/name eq 'Standard_D2s'",
        "properties/quantity gt 5",
        "properties/quantity eq 'five'",
        "properties/quantity eq true",
        "properties/renew eq false",
        "properties/renew gt 0",
        "properties/renew le 0",
        "contains(properties/quantity, '5')",
        "contains(properties/displayName)",
        "properties/expiryDateTime eq 2027-01-12",
        "properties/expiryDate gt 'soon'",
        "not atScope()",
    ] {
        assert!(!passes(filter), "{filter}");
    }
}

#[test]
fn and_binds_tighter_than_or_and_not_tighter_than_and() {
    let yes = "properties/quantity eq 5";
    let no = "properties/quantity eq 6";
    assert!(passes(&format!("{yes} or {no} and {no}")));
    assert!(!passes(&format!("({yes} or {no}) and {no}")));
    assert!(!passes(&format!("{no} and {yes} or {no}")));
    assert!(passes(&format!("not {no} and {yes}")));
    assert!(!passes(&format!("not ({no} or {yes})")));
    assert!(passes(&format!("(({no}) OR (({yes})))")));
}

#[test]
fn functions_are_for_the_list_to_interpret() {
    let text = "atscope() AND assignedTo(0d6c51e2-3f0b-4a77-8f5d-9ab0c2e17f44) and contains(principalId,'x')";
    let filter = Filter::parse(text).unwrap();
    let filter = filter.resolve(&["principalId"], &["atScope", "assignedTo"]).unwrap();
    let names: Vec<&str> = filter.calls().iter().map(|call| call.name.as_str()).collect();
    assert_eq!(names, ["atScope", "assignedTo"]);
    assert_eq!(filter.calls()[1].text(0), Some("0d6c51e2-3f0b-4a77-8f5d-9ab0c2e17f44"));
    assert_eq!(filter.calls()[0].text(0), None);

    let either = Filter::parse("atScope() or atScopeAndBelow()").unwrap();
    assert!(either.evaluate(|_| None, |call| call.name == "atScope"));
    assert!(!either.evaluate(|_| None, |_| false));
}

#[test]
fn demanded_values() {
    let demanded = |text: &str| Filter::parse(text).unwrap().demanded("principalid").cloned();
    assert_eq!(demanded("principalId eq 'a'"), Some(Value::from("a")));
    assert_eq!(demanded("atScope() and principalId eq 'a'"), Some(Value::from("a")));
    assert_eq!(demanded("atScope() or principalId eq 'a'"), None);
    assert_eq!(demanded("principalId ne 'a'"), None);
    assert_eq!(demanded("principalId eq null"), None);
}

#[test]
fn errors_say_where_and_what_is_expected() {
    let deep = format!("{}a eq 1{}", "(".repeat(30), ")".repeat(30));
    let nots = format!("{}a", "not ".repeat(5000).chars().take(8000).collect::<String>());
    let many = vec!["a eq 1"; 101].join(" or ");
    let long = "a".repeat(LONGEST + 1);
    for (filter, position, found, expected) in [
        ("", 1, "the end", "a condition such as"),
        ("   ", 4, "the end", "a condition such as"),
        ("sku/name", 1, "`sku/name`", "one of:"),
        ("sku/name is 'x'", 10, "`is`", "one of the operators eq, ne"),
        ("sku/name eq", 12, "the end", "a value; text stands in single quotes"),
        ("sku/name eq Standard_D2s_v3", 13, "`Standard_D2s_v3`", "text stands in single quotes"),
        ("sku/name eq 'x", 13, "`'x`", "a closing single quote"),
        ("sku/name eq \"x\"", 13, "`\"x\"`", "text stands in single quotes"),
        ("sku/name eq 'x' 'y'", 17, "`'y'`", "`and`, `or` or the end"),
        ("sku/name eq 'ü' xor", 17, "`xor`", "`and`, `or` or the end"),
        ("(sku/name eq 'x'", 17, "the end", "a closing parenthesis"),
        ("sku/name eq 'x')", 16, "`)`", "`and`, `or` or the end"),
        ("sku/name eq 'x' and", 20, "the end", "a condition such as"),
        ("and eq 'x'", 1, "`and`", "a condition such as"),
        ("1 eq 1", 6, "`1`", "the name of a property"),
        ("'a'", 4, "the end", "one of the operators"),
        ("a eq json'{}'", 6, "`json'{}'`", "datetime'2026"),
        ("a eq datetime'soon'", 6, "`datetime'soon'`", "datetime'2026"),
        ("assignedTo('x'", 15, "the end", "a comma or a closing parenthesis"),
        ("assignedTo(,)", 12, "`,`", "an argument or a closing parenthesis"),
        ("a/ eq 1", 1, "`a/`", "a condition such as"),
        (&deep, 22, "`(`", "at most 20 levels"),
        (&nots, 85, "`not`", "at most 20 levels"),
        (&many, 1001, "`a`", "at most 100 conditions"),
        (&long, LONGEST + 1, "8193 bytes", "at most 8192 bytes"),
    ] {
        let error = Filter::parse(filter)
            .and_then(|filter| filter.resolve(&["properties/x", "properties/y"], &["atScope"]))
            .expect_err(filter);
        assert_eq!((error.option, error.position), ("$filter", position), "{filter}: {error}");
        assert_eq!(error.found, found, "{filter}");
        assert!(error.expected.contains(expected), "{filter}: {error}");
    }
    let error = Filter::parse("inside()").unwrap().resolve(&[], &["atScope"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "$filter is not readable at character 1: found `inside`, expected the function atScope"
    );
}

#[test]
fn hostile_text_gets_an_answer() {
    for text in ["\0", "''''", "'''", "((((", "))))", "a eq 1e999999", "a eq 9e9 or", "ß/ß eq ß"]
    {
        let _ = Filter::parse(text).map(|filter| filter.matches(|_| Some(Value::Number(dec!(1)))));
        let _ = OrderBy::parse(text);
    }
    let error = Filter::parse(&format!("{}\u{7}", "x".repeat(100))).unwrap_err();
    assert!(error.found.chars().count() <= 63, "{}", error.found);
}

#[test]
fn orders() {
    let rows = [("b", Some(1)), ("A", Some(2)), ("a", Some(1)), ("c", None)];
    let sorted = |text: &str| {
        let order = OrderBy::parse(text).unwrap().resolve(&["name", "n"]).unwrap();
        let mut rows = rows;
        let read = |row: (&'static str, Option<u32>)| {
            move |path: &str| match path {
                "name" => Some(Value::from(row.0)),
                _ => row.1.map(Value::from),
            }
        };
        rows.sort_by(|a, b| order.compare(read(*a), read(*b)));
        rows.map(|row| row.0).concat()
    };
    assert_eq!(sorted("name"), "Aabc");
    assert_eq!(sorted("NAME ASC"), "Aabc");
    assert_eq!(sorted("name desc"), "cbAa");
    assert_eq!(sorted("name asc,n"), "aAbc");
    assert_eq!(sorted("n asc, name desc"), "cbaA");
    assert_eq!(sorted("n desc , name"), "Aabc");
}

#[test]
fn errors_of_orders() {
    for (text, position, found, expected) in [
        ("", 1, "the end", "a property such as"),
        ("name,", 6, "the end", "a property such as"),
        ("name down", 6, "`down`", "asc, desc, a comma or the end"),
        ("name desc asc", 11, "`asc`", "asc, desc, a comma or the end"),
        ("'name'", 1, "`'name'`", "a property such as"),
        ("5", 1, "`5`", "a property such as"),
        ("name, size", 7, "`size`", "the property name"),
    ] {
        let error =
            OrderBy::parse(text).and_then(|order| order.resolve(&["name"])).expect_err(text);
        assert_eq!((error.option, error.position), ("$orderby", position), "{text}: {error}");
        assert_eq!(error.found, found, "{text}");
        assert!(error.expected.contains(expected), "{text}: {error}");
    }
}
