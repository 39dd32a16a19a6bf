//! docs/errors.md in step with the operations and the tests.

use std::collections::BTreeSet;
use std::path::Path;

use partner_center_mock::api::dispatch::api;
use partner_center_mock::api::operation::{Operation, Surface};
use partner_center_mock::api::partner_center::codes::TABLE;

/// The cells of every row whose first cell is a number.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit())
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

fn numbers(cell: &str) -> Vec<u32> {
    cell.split(", ").map(|number| number.parse().unwrap()).collect()
}

fn section<'t>(text: &'t str, name: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("\n## {name}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

const TEXT: &str = include_str!("../../docs/errors.md");

#[test]
fn every_test_named_in_the_table_of_errors_exists() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let names = TEXT.split('`').skip(1).step_by(2);
    for name in names.filter(|name| name.contains("::") && !name.ends_with('*')) {
        let (module, function) = name.rsplit_once("::").unwrap();
        let file = folder.join(format!("{}.rs", module.replace("::", "/")));
        let source = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(source.contains(&format!("\nfn {function}()")), "no test is called {name}");
    }
}

/// Pairs of status and code in the rows of a section.
fn listed(section: &str) -> BTreeSet<(u32, u32)> {
    rows(section)
        .filter(|row| row.len() == 3)
        .flat_map(|row| {
            let (statuses, codes) = (numbers(row[0]), numbers(row[1]));
            statuses
                .into_iter()
                .flat_map(move |status| codes.clone().into_iter().map(move |code| (status, code)))
        })
        .collect()
}

#[test]
fn every_error_in_the_table_is_one_of_the_service() {
    let partner_center = TEXT.split("\n## Identity\n").next().unwrap();
    for row in rows(partner_center).filter(|row| row.len() == 3 && row[0].len() == 3) {
        for code in numbers(row[1]) {
            let status = numbers(row[0])[0];
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
    // Azure's errors are words too.
    let numbered = |operation: &&Operation| operation.surface != Surface::Azure;
    for operation in api().operations.iter().filter(numbered) {
        let section_of_tag = match operation.tag {
            "Domains" | "Validations" => "Customers",
            "Catalog" => "Catalogue",
            // Their errors are words.
            "Clock" | "Reservations" | "Service" | "Worlds" => continue,
            tag => tag,
        };
        tags.insert(section_of_tag);
        let own = listed(section(TEXT, section_of_tag));
        let is_identity = section_of_tag == "Identity";
        for fault in &operation.faults {
            let code = fault.code.trim_start_matches("AADSTS").parse().unwrap();
            let key = (u32::from(fault.status), code);
            let known = own.contains(&key) || !is_identity && shared.contains(&key);
            assert!(known, "{}: {key:?} is not in docs/errors.md", operation.id);
        }
    }
    assert_eq!(tags.len(), 9, "{tags:?}");
}
