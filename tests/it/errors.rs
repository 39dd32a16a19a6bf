//! docs/errors.md in step with the operations and the tests.

use std::collections::BTreeSet;
use std::path::Path;

use partner_center_mock::api::azure;
use partner_center_mock::api::dispatch::api;
use partner_center_mock::api::document;
use partner_center_mock::api::operation::{Operation, Surface};
use partner_center_mock::api::partner_center::codes::TABLE;

use crate::support::mock;

/// The cells of every row whose first cell is a number.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit())
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

/// The statuses or codes of a cell.
fn words(cell: &str) -> impl Iterator<Item = &str> + Clone {
    cell.split(", ")
}

fn number(word: &str) -> u32 {
    word.parse().unwrap_or_else(|_| panic!("`{word}` is no number"))
}

fn section<'t>(text: &'t str, name: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("\n## {name}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

const TEXT: &str = include_str!("../../docs/errors.md");

/// The section of Azure Resource Manager.
const AZURE: &str = "Azure Resource Manager";

/// The source of a test, named as in the table; empty when there is none.
fn body_of(name: &str) -> String {
    let (module, function) = name.rsplit_once("::").unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let file = folder.join(format!("{}.rs", module.replace("::", "/")));
    let source = std::fs::read_to_string(&file).unwrap_or_default();
    let head = format!("#[test]\nfn {function}()");
    let body = source.split_once(&head).map(|(_, rest)| rest.split("\n}\n").next().unwrap());
    body.unwrap_or_default().to_owned()
}

#[test]
fn every_test_named_in_the_table_of_errors_exists() {
    let names = TEXT.split('`').skip(1).step_by(2);
    for name in names.filter(|name| name.contains("::") && !name.ends_with('*')) {
        assert!(!body_of(name).is_empty(), "no test is called {name}");
    }
}

/// Pairs of status and code in the rows of a section.
fn listed(section: &str) -> BTreeSet<(u16, String)> {
    rows(section)
        .filter(|row| row.len() == 3)
        .flat_map(|row| {
            let (statuses, codes) = (words(row[0]), words(row[1]));
            statuses.flat_map(move |status| {
                codes.clone().map(move |code| (status.parse().unwrap(), code.to_owned()))
            })
        })
        .collect()
}

/// The operations of Azure, each with a pair of status and code that it declares.
fn of_azure() -> impl Iterator<Item = (&'static str, (u16, String))> {
    let operations = api().operations.iter().filter(|it| it.surface == Surface::Azure);
    operations.flat_map(|operation| {
        let faults = document::faults_of(operation).into_iter();
        faults.map(|fault| (operation.id, (fault.status, fault.code.into_owned())))
    })
}

#[test]
fn every_error_in_the_table_is_one_of_the_service() {
    let partner_center = TEXT.split("\n## Identity\n").next().unwrap();
    for row in rows(partner_center).filter(|row| row.len() == 3 && row[0].len() == 3) {
        for code in words(row[1]).map(number) {
            let status = words(row[0]).map(number).next().unwrap();
            let known = TABLE.iter().any(|it| (it.number, u32::from(it.status)) == (code, status));
            let choice = (status, code) == (409, 800_002);
            assert!(known || choice || status == 429, "{status}/{code}");
        }
    }
}

#[test]
fn every_error_that_operations_declare_is_in_the_table() {
    let shared = listed(section(TEXT, "Every operation"));
    let mut tags = BTreeSet::new();
    // Azure's errors are words, which the next test looks at; so are those of the control routes.
    let numbered = |operation: &&Operation| {
        matches!(operation.surface, Surface::PartnerCenter | Surface::Identity)
    };
    for operation in api().operations.iter().filter(numbered) {
        let section_of_tag = match operation.tag {
            "Domains" | "Validations" => "Customers",
            "Catalog" => "Catalogue",
            tag => tag,
        };
        tags.insert(section_of_tag);
        let own = listed(section(TEXT, section_of_tag));
        let is_identity = section_of_tag == "Identity";
        for fault in &operation.faults {
            let code = fault.code.trim_start_matches("AADSTS");
            let key = (fault.status, code.to_owned());
            let known = own.contains(&key) || !is_identity && shared.contains(&key);
            assert!(known, "{}: {key:?} is not in docs/errors.md", operation.id);
        }
    }
    assert_eq!(tags.len(), 11, "{tags:?}");
}

#[test]
fn the_table_of_azure_is_what_its_operations_declare() {
    let listed = listed(section(TEXT, AZURE));
    let declared: BTreeSet<(u16, String)> = of_azure().map(|(_, pair)| pair).collect();
    let missing: Vec<_> = declared.difference(&listed).collect();
    assert!(missing.is_empty(), "not in docs/errors.md: {missing:?}");
    let stale: Vec<_> = listed.difference(&declared).collect();
    assert!(stale.is_empty(), "no operation declares {stale:?}");
    for code in azure::error::TABLE {
        let pair = (code.status, code.name.to_owned());
        assert!(declared.contains(&pair), "no operation declares {pair:?}");
    }
}

/// Each row of Azure stands for itself: the body of a test that it names holds its code.
#[test]
fn the_tests_named_for_an_error_of_azure_expect_it() {
    for row in rows(section(TEXT, AZURE)) {
        let [_, code, how] = row[..] else { panic!("{row:?}") };
        if how.starts_with("does not arise") {
            continue;
        }
        let mut named = how.split('`').skip(1).step_by(2).filter(|name| name.contains("::"));
        let quoted = format!("\"{code}\"");
        assert!(
            named.any(|name| body_of(name).contains(&quoted)),
            "{code}: no test named in its row expects it"
        );
    }
}

#[test]
fn the_list_of_errors_holds_those_of_azure() {
    let list = mock().get("/_mock/errors");
    let entries = list["azure"].as_array().unwrap();
    let told: BTreeSet<(String, (u16, String))> = entries
        .iter()
        .flat_map(|entry| {
            let status = u16::try_from(entry["status"].as_u64().unwrap()).unwrap();
            let code = entry["code"].as_str().unwrap();
            assert!(!entry["text"].as_str().unwrap().is_empty(), "{entry}");
            let operations = entry["operations"].as_array().unwrap();
            operations
                .iter()
                .map(move |id| (id.as_str().unwrap().to_owned(), (status, code.to_owned())))
        })
        .collect();
    let declared = of_azure().map(|(id, pair)| (id.to_owned(), pair)).collect();
    assert_eq!(told, declared);
    let split = entries.iter().find(|entry| entry["code"] == "ReservationIdNotInReservationOrder");
    let split = split.unwrap();
    assert_eq!(split["status"], 404);
    assert!(split["operations"].as_array().unwrap().contains(&"splitReservation".into()));
}
