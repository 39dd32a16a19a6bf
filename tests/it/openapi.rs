//! The documents: in step with the code, sound, and every example works.

use std::collections::BTreeSet;
use std::path::Path;

use partner_center_mock::api::dispatch::api;
use partner_center_mock::api::document;
use serde_json::Value;

fn documents() -> Vec<(String, Value)> {
    document::SURFACES
        .iter()
        .map(|surface| {
            let text = document::text(*surface);
            (surface.name().to_owned(), serde_json::from_str(text).unwrap())
        })
        .collect()
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .unwrap()
                .iter()
                .map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

#[test]
fn the_files_are_what_the_code_says() {
    for surface in document::SURFACES {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("openapi")
            .join(format!("{}.json", surface.name()));
        let kept = std::fs::read_to_string(&file).unwrap();
        assert!(
            kept == document::text(surface),
            "{} is stale: run `cargo run -- openapi`",
            file.display()
        );
    }
}

#[test]
fn every_document_is_read_by_the_openapi_model() {
    for (name, document) in documents() {
        for (schema, described) in document["components"]["schemas"].as_object().unwrap() {
            let read: Result<utoipa::openapi::RefOr<utoipa::openapi::Schema>, _> =
                serde_json::from_value(described.clone());
            assert!(read.is_ok(), "{name}, {schema}: {:?} in {described:#}", read.err());
        }
        let read: Result<utoipa::openapi::OpenApi, _> = serde_json::from_value(document);
        assert!(read.is_ok(), "{name}: {:?}", read.err());
    }
}

#[test]
fn ids_are_unique_references_lead_somewhere_and_parameters_are_declared() {
    let mut ids = BTreeSet::new();
    for (name, document) in documents() {
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let text = document.to_string();
        for reference in text.split("#/components/schemas/").skip(1) {
            let target = reference.split('"').next().unwrap();
            assert!(schemas.contains_key(target), "{name}: nothing is called {target}");
        }
        for (place, operation) in operations(&document) {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{place}: {id} is used twice");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{place}");
            let declared: BTreeSet<&str> = operation["parameters"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|p| p["in"] == "path")
                .map(|p| p["name"].as_str().unwrap())
                .collect();
            for part in place.split('/').filter(|part| part.starts_with('{')) {
                assert!(declared.contains(part.trim_matches(['{', '}'])), "{place}: {part}");
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(response["description"].is_string(), "{place} {status}");
            }
        }
    }
}

/// Operations that the production profile refuses, or that are documented as absent.
const REFUSED_BY_DESIGN: &[&str] = &[
    "deleteCustomer",
    "activateSubscription",
    "getProductPromotion",
    "changeDirectory",
    // Nobody chats.
    "getChatTranscript",
    "getChatTranscriptNoSubscription",
    // The support agent has decided what could be approved.
    "approveSupportCase",
];

#[test]
fn every_example_works_in_the_default_world() {
    let mut refused = Vec::new();
    for (_, document) in documents() {
        for (place, operation) in operations(&document) {
            let id = operation["operationId"].as_str().unwrap();
            let responses = operation["responses"].as_object().unwrap();
            let successes = responses.iter().filter(|(status, _)| status.as_str() < "300");
            let with_body: Vec<_> =
                successes.filter(|(_, r)| r["content"]["application/json"].is_object()).collect();
            if with_body.is_empty() || REFUSED_BY_DESIGN.contains(&id) {
                continue;
            }
            let shown = with_body
                .iter()
                .any(|(_, response)| !response["content"]["application/json"]["example"].is_null());
            if !shown {
                refused.push(place);
            }
        }
    }
    assert!(refused.is_empty(), "no example answer: {refused:#?}");
}

#[test]
fn every_example_answer_fits_its_schema() {
    for (name, document) in documents() {
        for (place, operation) in operations(&document) {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let content = &response["content"]["application/json"];
                if content["example"].is_null() {
                    continue;
                }
                let mut schema = content["schema"].clone();
                schema["components"] = document["components"].clone();
                let validator = jsonschema::validator_for(&schema).unwrap();
                let problems: Vec<String> = validator
                    .iter_errors(&content["example"])
                    .map(|e| format!("{}: {e}", e.instance_path()))
                    .collect();
                assert!(problems.is_empty(), "{name} {place} {status}: {problems:#?}");
            }
        }
    }
}

#[test]
fn every_operation_says_who_may_call_it_and_how_sure_it_is() {
    for operation in &api().operations {
        assert!(!operation.tag.is_empty(), "{operation:?}");
    }
    for (_, document) in documents() {
        for (place, operation) in operations(&document) {
            assert!(operation["x-auth"].is_string(), "{place}");
            assert!(operation["x-fidelity"].is_string(), "{place}");
        }
    }
}
