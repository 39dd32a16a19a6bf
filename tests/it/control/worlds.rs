//! Worlds are isolated, whichever way they are chosen.

use serde_json::{Value, json};

use crate::support::{LARKSPUR, mock};

#[test]
fn a_world_is_made_looked_at_and_deleted() {
    let mock = mock();
    let made = mock.post(201, "/_mock/worlds", &json!({ "name": "made-1", "clientIds": ["c-1"] }));
    assert_eq!(made["name"], "made-1");
    assert!(made["counts"]["customers"].as_u64().unwrap() >= 12);
    assert_eq!(made["registered"], json!(["c-1"]));
    mock.expect(409, "POST", "/_mock/worlds", &json!({ "name": "made-1" }));
    mock.expect(400, "POST", "/_mock/worlds", &json!({ "name": "not a name" }));
    mock.expect(204, "DELETE", "/_mock/worlds/made-1", &Value::Null);
    mock.expect(404, "GET", "/_mock/worlds/made-1", &Value::Null);
    mock.expect(400, "DELETE", "/_mock/worlds/default", &Value::Null);
}

#[test]
fn a_reset_brings_the_start_back_and_empties_on_demand() {
    let mock = mock();
    let emptied = mock.post(200, "/_mock/reset?to=empty", &Value::Null);
    assert_eq!(emptied["counts"]["customers"], 0);
    mock.refused(404, 1000, "GET", &format!("/v1/customers/{LARKSPUR}"), &Value::Null);
    mock.post(200, "/_mock/reset", &Value::Null);
    mock.get(&format!("/v1/customers/{LARKSPUR}"));
}

#[test]
fn path_prefix_and_header_choose_the_world() {
    let mock = mock();
    mock.post(200, &format!("/w/{}/_mock/reset?to=empty", mock.world), &Value::Null);
    mock.refused(404, 1000, "GET", &format!("/v1/customers/{LARKSPUR}"), &Value::Null);
    let by_path = mock.send("GET", &format!("/w/another-one/v1/customers/{LARKSPUR}"), &[], "");
    assert_eq!(by_path.status, 200);
}

#[test]
fn an_emptied_fork_keeps_nothing_of_what_it_was_forked_from() {
    let mock = mock();
    let consent = json!({
        "applicationId": "0f8c2d4e-6a1b-4c3d-8e5f-7a9b0c1d2e3f",
        "applicationGrants": [{
            "enterpriseApplicationId": "00000003-0000-0000-c000-000000000000",
            "scope": "User.Read",
        }],
    });
    mock.post(201, &format!("/v1/customers/{LARKSPUR}/applicationconsents"), &consent);
    let name = format!("{}-fork", mock.world);
    mock.post(201, "/_mock/worlds", &json!({ "name": name, "from": mock.world }));
    let fork = mock.server.world(&name).unwrap();
    assert!(!fork.world().published().application_consents.is_empty());
    mock.post(200, &format!("/w/{name}/_mock/reset?to=empty"), &Value::Null);
    let emptied = fork.world().published();
    assert!(emptied.application_consents.is_empty() && emptied.customers.is_empty());
}
