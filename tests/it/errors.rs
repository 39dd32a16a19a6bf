//! docs/errors.md in step with the operations and the tests.

use std::collections::BTreeSet;
use std::path::Path;

use partner_center_mock::api::dispatch::api;
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

#[test]
fn every_error_in_the_table_is_one_of_the_service() {
    for row in rows(TEXT).filter(|row| row.len() == 3 && row[0].len() == 3) {
        for code in numbers(row[1]) {
            let status = numbers(row[0])[0];
            let known = TABLE.iter().any(|it| (it.number, u32::from(it.status)) == (code, status));
            assert!(known || status == 429, "{status}/{code}");
        }
    }
}

#[test]
fn every_error_that_purchases_declare_is_in_the_table() {
    let shared = section(TEXT, "Every operation");
    for tag in ["Carts", "Orders", "Entitlements"] {
        let own = section(TEXT, tag);
        let listed: BTreeSet<(u32, u32)> = rows(shared)
            .chain(rows(own))
            .filter(|row| row.len() == 3)
            .flat_map(|row| {
                let (statuses, codes) = (numbers(row[0]), numbers(row[1]));
                statuses.into_iter().flat_map(move |status| {
                    codes.clone().into_iter().map(move |code| (status, code))
                })
            })
            .collect();
        let operations = api().operations.iter().filter(|operation| operation.tag == tag);
        for (operation, fault) in operations.flat_map(|it| it.faults.iter().map(move |f| (it, f))) {
            let key = (u32::from(fault.status), fault.code.parse().unwrap());
            assert!(listed.contains(&key), "{}: {key:?} is not in docs/errors.md", operation.id);
        }
    }
}
