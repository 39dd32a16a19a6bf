//! Files that go with a ticket.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{below, larkspur, names, opened, tenant, ticket};
use crate::azure::AZURE;
use crate::support::{LARKSPUR, Mock, mock};

const LARGEST: i64 = 5_242_880;
const CHUNK: i64 = LARGEST / 2;

fn files(rest: &str) -> String {
    below(&format!("fileWorkspaces/logs{rest}"))
}

fn announced(chunk: i64, size: i64, count: i64) -> Value {
    json!({ "properties": { "chunkSize": chunk, "fileSize": size, "numberOfChunks": count } })
}

/// A workspace called `logs`.
fn workspace() -> Mock {
    let azure = larkspur();
    azure.expect(201, "PUT", &files(""), &Value::Null);
    azure
}

#[test]
fn a_workspace_lives_for_a_day_and_its_files_with_it() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let made = azure.expect(201, "PUT", &files(""), &Value::Null).json();
    assert_eq!(
        made,
        json!({
            "id": format!("/subscriptions/{AZURE}/providers/Microsoft.Support/fileWorkspaces/logs"),
            "name": "logs",
            "type": "Microsoft.Support/fileWorkspaces",
            "properties": {
                "createdOn": "2026-03-01T12:00:00Z",
                "expirationTime": "2026-03-02T12:00:00Z",
            },
        })
    );
    assert_eq!(azure.get(&files("")), made);
    mock.advance("PT1H");
    assert_eq!(azure.expect(201, "PUT", &files(""), &Value::Null).json(), made);
    azure.expect(201, "PUT", &files("/files/a.csv"), &announced(10, 10, 1));
    let in_tenant = tenant("fileWorkspaces/logs");
    azure.azure_refused(404, "ResourceNotFound", "GET", &in_tenant, &Value::Null);
    let mut body = ticket();
    body["properties"]["fileWorkspaceName"] = "LOGS".into();
    opened(&azure, "machines", &body);
    mock.advance("PT23H");
    for gone in ["", "/files", "/files/a.csv"] {
        azure.azure_refused(404, "ResourceNotFound", "GET", &files(gone), &Value::Null);
    }
    azure.expect(201, "PUT", &files(""), &Value::Null);
    assert_eq!(azure.get(&files("/files"))["value"], json!([]));
}

#[test]
fn a_file_is_announced_and_sent_in_chunks() {
    let azure = workspace();
    let path = files("/files/usage.csv");
    let made = azure.expect(201, "PUT", &path, &announced(4, 10, 3)).json();
    assert_eq!(
        made,
        json!({
            "id": format!("/subscriptions/{AZURE}/providers/Microsoft.Support/fileWorkspaces/logs/files/usage.csv"),
            "name": "usage.csv",
            "type": "Microsoft.Support/files",
            "properties": {
                "createdOn": "2026-03-01T12:00:00Z",
                "chunkSize": 4, "fileSize": 10, "numberOfChunks": 3,
            },
        })
    );
    assert_eq!(azure.get(&path), made);
    assert_eq!(azure.get(&files("/files"))["value"], json!([made]));
    let upload = files("/files/usage.csv/upload");
    for (index, content) in [(1, "bbbb"), (0, "aaaa"), (2, "cc"), (2, "cc")] {
        let body = json!({ "content": STANDARD.encode(content), "chunkIndex": index });
        let answer = azure.expect(204, "POST", &upload, &body);
        assert_eq!(answer.text, "");
    }
    let state = azure.handle().world().published();
    let (_, file) = state.support.files.first().unwrap();
    assert!(file.is_complete());
    for (body, field) in [
        (json!({ "content": STANDARD.encode("aaa"), "chunkIndex": 0 }), "content"),
        (json!({ "content": STANDARD.encode("cccc"), "chunkIndex": 2 }), "content"),
        (json!({ "content": "***", "chunkIndex": 0 }), "content"),
        (json!({ "chunkIndex": 0 }), "content"),
        (json!({ "content": STANDARD.encode("aaaa") }), "chunkIndex"),
        (json!({ "content": STANDARD.encode("aaaa"), "chunkIndex": 3 }), "chunkIndex"),
        (json!({ "content": STANDARD.encode("aaaa"), "chunkIndex": -1 }), "chunkIndex"),
    ] {
        let told = azure.azure_refused(400, "BadRequest", "POST", &upload, &body);
        assert!(told.text.contains(field), "{}", told.text);
    }
    let body = json!({ "content": STANDARD.encode("aaaa"), "chunkIndex": 0 });
    let nothing = files("/files/nothing.csv/upload");
    azure.azure_refused(404, "ResourceNotFound", "POST", &nothing, &body);
}

#[test]
fn the_largest_file_and_the_largest_chunk_are_taken() {
    let azure = workspace();
    azure.expect(201, "PUT", &files("/files/big.zip"), &announced(CHUNK, LARGEST, 2));
    let content = STANDARD.encode(vec![7_u8; usize::try_from(CHUNK).unwrap()]);
    let body = json!({ "content": content, "chunkIndex": 1 });
    azure.expect(204, "POST", &files("/files/big.zip/upload"), &body);
}

#[test]
fn files_that_cannot_be_taken_are_refused() {
    let azure = workspace();
    let long = format!("{}.csv", "a".repeat(107));
    let fits = format!("{}.csv", "a".repeat(106));
    for (name, body, field) in [
        ("a.csv", announced(CHUNK, LARGEST + 1, 3), "fileSize"),
        ("a.csv", announced(1, 0, 0), "fileSize"),
        ("a.csv", announced(CHUNK + 1, LARGEST, 2), "chunkSize"),
        ("a.csv", announced(0, 10, 1), "chunkSize"),
        ("a.csv", announced(-1, 10, 1), "chunkSize"),
        ("a.csv", announced(1, LARGEST, LARGEST), "chunkSize"),
        ("a.csv", announced(4, 10, 2), "numberOfChunks"),
        ("a.csv", json!({ "properties": { "chunkSize": 4, "fileSize": 10 } }), "numberOfChunks"),
        ("a.csv", json!({}), "properties"),
        (&long, announced(10, 10, 1), "name"),
        ("run.exe", announced(10, 10, 1), "name"),
        ("run.PS1", announced(10, 10, 1), "name"),
        ("a%3Ab.csv", announced(10, 10, 1), "name"),
    ] {
        let path = files(&format!("/files/{name}"));
        let told = azure.azure_refused(400, "BadRequest", "PUT", &path, &body);
        assert!(told.text.contains(field), "{}", told.text);
    }
    azure.expect(201, "PUT", &files(&format!("/files/{fits}")), &announced(10, 10, 1));
    let elsewhere = below("fileWorkspaces/nothing/files/a.csv");
    azure.azure_refused(404, "ResourceNotFound", "PUT", &elsewhere, &announced(10, 10, 1));
    let misnamed = below("fileWorkspaces/a%3Ab");
    azure.azure_refused(400, "BadRequest", "PUT", &misnamed, &Value::Null);
}

#[test]
fn files_are_listed_by_name_in_pages_of_a_hundred() {
    let azure = workspace();
    for number in 0..103 {
        let path = files(&format!("/files/f{number:03}.csv"));
        azure.expect(201, "PUT", &path, &announced(10, 10, 1));
    }
    let first = azure.get(&files("/files"));
    assert_eq!((names(&first).len(), names(&first)[0]), (100, "f000.csv"));
    let next = first["nextLink"].as_str().unwrap();
    let second = azure.get(next.split_once(azure.server.base_url().as_str()).unwrap().1);
    assert_eq!(names(&second), ["f100.csv", "f101.csv", "f102.csv"]);
}
