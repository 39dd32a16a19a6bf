//! What must stay true of the source itself.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(place) = waiting.pop() {
        for entry in std::fs::read_dir(&place).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.components().any(|part| part.as_os_str() == "tests")
                && path.file_name().is_none_or(|name| name != "tests.rs")
            {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

#[test]
fn imports_point_down_only() {
    let forbidden = [
        (
            "src/store",
            &[
                "actix",
                "reqwest",
                "serde_json",
                "crate::domain",
                "crate::world",
                "crate::api",
                "crate::server",
                "crate::fixtures",
                "crate::identity",
            ][..],
        ),
        (
            "src/domain",
            &[
                "actix",
                "reqwest",
                "crate::world",
                "crate::api",
                "crate::server",
                "crate::fixtures",
                "crate::identity",
            ][..],
        ),
        (
            "src/world",
            &[
                "actix",
                "reqwest",
                "serde_json",
                "crate::api",
                "crate::server",
                "crate::fixtures",
                "crate::identity",
            ][..],
        ),
        (
            "src/snapshot",
            &[
                "actix",
                "reqwest",
                "crate::api",
                "crate::server",
                "crate::fixtures",
                "crate::identity",
            ][..],
        ),
        ("src/api", &["reqwest", "crate::server::"][..]),
    ];
    let mut found = Vec::new();
    for (folder, words) in forbidden {
        for (name, text) in sources(folder) {
            for (number, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap();
                for word in words.iter().filter(|word| code.contains(**word)) {
                    found.push(format!("{name}:{}: {word}", number + 1));
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_module_says_what_lives_in_it() {
    let silent: Vec<String> = sources("src")
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(name, _)| name)
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

/// The platform that the tests run on: packages of others need not be on the machine.
fn host() -> String {
    let output = std::process::Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

#[test]
fn licences_of_dependencies_are_on_the_list() {
    let deny = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let list = deny.split("allow = [").nth(1).unwrap().split(']').next().unwrap();
    let allowed: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", &host()])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut refused = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or("none");
        let fits = licence.split(" OR ").flat_map(|part| part.split('/')).any(|alternative| {
            alternative
                .split(" AND ")
                .all(|part| allowed.contains(&part.trim().trim_matches(['(', ')'])))
        });
        if !fits {
            refused.push(format!("{name}: {licence}"));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn the_lock_file_is_checked_in_and_names_the_only_tls_backend() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for unwanted in ["name = \"zstd-sys\"", "name = \"openssl-sys\"", "name = \"aws-lc-sys\""] {
        assert!(!lock.contains(unwanted), "{unwanted}");
    }
    assert!(Path::new(&root().join("openapi/partner-center.json")).exists());
}
