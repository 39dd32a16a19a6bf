//! What tickets can be about, and which names can be given.

use serde_json::{Value, json};

use super::{BILLING, LINUX, REFUNDS, below, larkspur, names, opened, say, tenant, ticket};
use crate::support::mock;

#[test]
fn services_and_their_problems_are_listed_and_read() {
    let azure = larkspur();
    let services = azure.get(&tenant("services"));
    let first = &services["value"][0];
    assert_eq!(
        *first,
        json!({
            "id": format!("/providers/Microsoft.Support/services/{BILLING}"),
            "name": BILLING,
            "type": "Microsoft.Support/services",
            "properties": { "displayName": "Billing", "resourceTypes": [] },
        })
    );
    for id in names(&services) {
        let service = azure.get(&tenant(&format!("services/{id}")));
        assert!(services["value"].as_array().unwrap().contains(&service));
        let list = azure.get(&tenant(&format!("services/{id}/problemClassifications")));
        assert!(!names(&list).is_empty(), "{service}");
        for problem in names(&list) {
            let path = tenant(&format!("services/{id}/problemClassifications/{problem}"));
            let read = azure.get(&path);
            assert!(list["value"].as_array().unwrap().contains(&read));
            let prefix = format!("{}/problemClassifications/", service["id"].as_str().unwrap());
            assert!(read["id"].as_str().unwrap().starts_with(&prefix), "{read}");
        }
    }
}

#[test]
fn exchanges_and_refunds_are_under_billing() {
    let azure = larkspur();
    let read = azure.get(&tenant(&format!("services/{BILLING}/problemClassifications/{REFUNDS}")));
    assert_eq!(
        read["properties"],
        json!({
            "displayName": "Reservation management / Exchanges and refunds",
            "secondaryConsentEnabled": [],
        })
    );
    let technical = azure.get(&tenant(&format!("services/{LINUX}/problemClassifications")));
    let consent = &technical["value"][0]["properties"]["secondaryConsentEnabled"][0];
    assert_eq!(consent["type"], "VirtualMachineMemoryDump");
}

#[test]
fn what_is_not_in_the_catalogue_is_not_found() {
    let azure = larkspur();
    for path in [
        "services/nonsense".to_owned(),
        format!("services/{REFUNDS}"),
        format!("services/{REFUNDS}/problemClassifications"),
        format!("services/{BILLING}/problemClassifications/nonsense"),
        format!("services/{LINUX}/problemClassifications/{REFUNDS}"),
    ] {
        azure.azure_refused(404, "ResourceNotFound", "GET", &tenant(&path), &Value::Null);
    }
    for path in ["classifyServices".to_owned(), format!("services/{BILLING}/classifyProblems")] {
        let path = tenant(&path);
        azure.azure_refused(404, "InvalidResourceType", "POST", &path, &json!({}));
    }
}

#[test]
fn the_provider_says_what_it_can_do_and_is_registered() {
    let azure = larkspur();
    let list = azure.get(&tenant("operations"));
    assert!(names(&list).contains(&"Microsoft.Support/supportTickets/read"));
    let provider = azure.get("/providers/Microsoft.Support?api-version=2022-12-01");
    let types: Vec<&str> = provider["resourceTypes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["resourceType"].as_str().unwrap())
        .collect();
    for expected in
        ["services", "supportTickets", "supportTickets/communications", "fileWorkspaces"]
    {
        assert!(types.contains(&expected), "{types:?}");
    }
}

#[test]
fn a_name_can_be_given_once_and_in_each_tree() {
    let azure = mock().azure(crate::support::LARKSPUR);
    let check = |path: &str, name: &str| {
        let body = json!({ "name": name, "type": "Microsoft.Support/supportTickets" });
        azure.post(200, path, &body)
    };
    let (own, of_tenant) = (below("checkNameAvailability"), tenant("checkNameAvailability"));
    assert_eq!(check(&own, "machines"), json!({ "nameAvailable": true }));
    opened(&azure, "machines", &ticket());
    let taken = check(&own, "Machines");
    assert_eq!(taken["nameAvailable"], false);
    assert_eq!(taken["reason"], "Name is already in use");
    assert!(taken["message"].as_str().unwrap().contains("Machines"));
    assert_eq!(check(&of_tenant, "machines"), json!({ "nameAvailable": true }));
    for wrong in ["4711", "tmp-machines", "a/b", ""] {
        assert_eq!(check(&own, wrong)["reason"], "Invalid", "{wrong}");
    }
    let kind = json!({ "name": "x", "type": "Microsoft.Support/communications" });
    let told = azure.azure_refused(400, "BadRequest", "POST", &own, &kind);
    assert!(told.text.contains("Microsoft.Support/supportTickets"), "{}", told.text);
    let nameless = json!({ "type": "Microsoft.Support/supportTickets" });
    azure.azure_refused(400, "BadRequest", "POST", &own, &nameless);
}

#[test]
fn so_it_is_with_communications_of_a_ticket() {
    let azure = larkspur();
    let path = below("supportTickets/machines/checkNameAvailability");
    let body = |name: &str| json!({ "name": name, "type": "Microsoft.Support/communications" });
    azure.azure_refused(404, "ResourceNotFound", "POST", &path, &body("more"));
    opened(&azure, "machines", &ticket());
    assert_eq!(azure.post(200, &path, &body("more")), json!({ "nameAvailable": true }));
    say(&azure, "machines", "more", "There is more.");
    assert_eq!(azure.post(200, &path, &body("MORE"))["reason"], "Name is already in use");
    let guid = azure.post(200, &path, &body("5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10"));
    assert_eq!(guid["reason"], "Invalid");
}
