//! Microsoft Graph: names for object ids and object ids for names.

use partner_center_mock::identity::token::AuthLevel;
use serde_json::{Value, json};

use crate::identity::CLIENT;
use crate::support::{Answer, LARKSPUR, Mock, NOBODY, mock, mock_with};

const PARTNER: &str = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
const ADMIN: &str = "4d2b9e10-55aa-4c8f-8e61-0d7c3b2a9f14";
const SALES: &str = "9c3f7a21-8be4-4d05-a6f9-5e1d2c3b4a50";
const APPLICATION: &str = "e7b1c9d2-4f3a-4d68-9e05-2a8c6b1f7d43";
const BY_IDS: &str = "/v1.0/directoryObjects/getByIds";

/// Graph as the partner's administrator sees it in a tenant.
fn graph(mock: &Mock, tenant: &str) -> Mock {
    mock.with_token(&mock.handle().graph_token(tenant))
}

fn column(list: &Value, key: &str) -> Vec<String> {
    let items = list["value"].as_array().unwrap().iter();
    items.map(|item| item[key].as_str().unwrap().to_owned()).collect()
}

fn refused(mock: &Mock, status: u16, code: &str, path: &str) -> Answer {
    mock.azure_refused(status, code, "GET", path, &Value::Null)
}

#[test]
fn ids_lead_to_objects_of_the_types_wanted() {
    let mock = mock();
    let graph = graph(&mock, PARTNER);
    let body = json!({ "ids": [ADMIN, APPLICATION, NOBODY] });
    let found = graph.post(200, BY_IDS, &body);
    let types = column(&found, "@odata.type");
    assert_eq!(types, ["#microsoft.graph.user", "#microsoft.graph.servicePrincipal"]);
    assert_eq!(found["value"][0]["userPrincipalName"], "admin@fabricore.example");
    assert_eq!(found["value"][1]["servicePrincipalNames"], json!([CLIENT]));

    let body = json!({ "ids": [ADMIN.to_uppercase(), APPLICATION], "types": ["User"] });
    assert_eq!(column(&graph.post(200, BY_IDS, &body), "id"), [ADMIN]);
    for (body, said) in [
        (json!({ "ids": ["mine"] }), "Invalid GUID:mine"),
        (json!({ "ids": [] }), "1 to 1000"),
        (json!({ "ids": vec![ADMIN; 1001] }), "1 to 1000"),
        (json!({}), "1 to 1000"),
    ] {
        let answer = graph.azure_refused(400, "Request_BadRequest", "POST", BY_IDS, &body);
        assert!(answer.text.contains(said), "{}", answer.text);
    }
    graph.azure_refused(400, "BadRequest", "POST", BY_IDS, &json!([]));
}

#[test]
fn customers_know_the_partners_groups_as_those_of_another_tenant() {
    let mock = mock();
    let (home, away) = (graph(&mock, PARTNER), graph(&mock, LARKSPUR));
    let groups = home.get("/v1.0/groups");
    assert_eq!(column(&groups, "displayName"), ["AdminAgents", "HelpdeskAgents", "SalesAgents"]);
    let agents = &groups["value"][0]["id"];
    assert_eq!(away.get("/v1.0/groups")["value"], json!([]));
    let body = json!({ "ids": [agents], "types": ["group", "directoryObjectPartnerReference"] });
    let (here, there) = (home.post(200, BY_IDS, &body), away.post(200, BY_IDS, &body));
    assert_eq!(column(&here, "@odata.type"), ["#microsoft.graph.group"]);
    assert_eq!(
        there["value"],
        json!([{
            "@odata.type": "#microsoft.graph.directoryObjectPartnerReference",
            "id": agents,
            "deletedDateTime": null,
            "description": "Holders of the role AdminAgent in Partner Center",
            "displayName": "AdminAgents",
            "externalPartnerTenantId": PARTNER,
            "objectType": "group",
        }])
    );
    let assigned = format!(
        "/subscriptions/{}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01",
        super::AZURE
    );
    let owners = mock.azure(LARKSPUR).get(&assigned);
    assert_eq!(owners["value"][0]["properties"]["principalId"], *agents, "who holds the role");
}

#[test]
fn members_of_a_group_hold_its_role() {
    let mock = mock();
    let graph = graph(&mock, PARTNER);
    let groups = graph.get("/v1.0/groups");
    let path = |at: usize| format!("/v1.0/groups/{}", groups["value"][at]["id"].as_str().unwrap());
    assert_eq!(graph.get(&path(2))["displayName"], "SalesAgents");
    let sales = graph.get(&format!("{}/members", path(2)));
    assert_eq!(column(&sales, "id"), [SALES]);
    let admins = graph.get(&format!("{}/members", path(0)));
    let types = column(&admins, "@odata.type");
    assert!(types.iter().any(|kind| kind.ends_with("servicePrincipal")), "{types:?}");
    let ids = column(&groups, "id");
    let check = format!("/v1.0/directoryObjects/{SALES}/checkMemberGroups");
    let held = graph.post(200, &check, &json!({ "groupIds": ids }));
    assert_eq!(held["value"], json!([ids[2]]));
    let all = "/v1.0/users/sales@fabricore.example/getMemberGroups";
    let of_user = graph.post(200, all, &json!({ "securityEnabledOnly": true }));
    assert_eq!(of_user["value"], json!([ids[2]]));
    let away = graph.with_token(&mock.handle().graph_token(LARKSPUR));
    let none = away.post(200, &check, &json!({ "groupIds": ids }));
    assert_eq!(none["value"], json!([]), "groups are of their own directory");
    refused(&graph, 404, "Request_ResourceNotFound", &format!("/v1.0/groups/{NOBODY}"));
    let nobody = format!("/v1.0/directoryObjects/{NOBODY}/checkMemberGroups");
    let body = json!({ "groupIds": ids });
    graph.azure_refused(404, "Request_ResourceNotFound", "POST", &nobody, &body);
}

#[test]
fn a_role_given_to_a_group_is_held_by_its_members() {
    use super::access::{HELPDESK, RESERVATIONS_READER, assignment, order};
    let mock = super::strict::strict();
    let (admin, helpdesk) =
        (super::strict::signed_in(&mock, "admin"), super::strict::signed_in(&mock, "helpdesk"));
    let groups = graph(&mock, PARTNER).get("/v1.0/groups");
    let agents = groups["value"][1]["id"].as_str().unwrap();
    let path = crate::support::arm(&order());
    helpdesk.azure_refused(403, "AuthorizationFailed", "GET", &path, &Value::Null);
    let body = super::access::assign(RESERVATIONS_READER, agents);
    let name = "5f3b90d7-1c84-4ea6-92b3-6d07c8e5a1f4";
    let made = admin.expect(201, "PUT", &assignment(&order(), name), &body).json();
    assert_eq!(made["properties"]["principalType"], "ForeignGroup");
    helpdesk.get(&path);
    assert_ne!(HELPDESK, agents);
}

#[test]
fn users_are_found_by_name_and_id() {
    let mock = mock();
    for tenant in [PARTNER, LARKSPUR] {
        let graph = graph(&mock, tenant);
        let sales = graph.get("/v1.0/users/Sales@fabricore.example");
        assert_eq!(sales["id"], SALES);
        assert_eq!((&sales["givenName"], &sales["surname"]), (&"Tomas".into(), &"Vide".into()));
        assert_eq!(sales["jobTitle"], Value::Null);
        assert_eq!(graph.get(&format!("/v1.0/users/{SALES}")), sales);
        for filter in [
            "userPrincipalName eq 'sales@fabricore.example'",
            "mail eq 'SALES@fabricore.example' or id eq 'x'",
            "startswith(displayName,'Tom') and surname ne 'Calder'",
        ] {
            let list = graph.get(&format!("/v1.0/users?$filter={}", filter.replace(' ', "%20")));
            assert_eq!(column(&list, "id"), [SALES], "{filter}");
        }
        let path = format!("/v1.0/users/{NOBODY}");
        let told = refused(&graph, 404, "Request_ResourceNotFound", &path).json();
        let expected = format!(
            "Resource '{NOBODY}' does not exist or one of its queried reference-property objects are not present."
        );
        assert_eq!(told["error"]["message"], expected);
    }
    let graph = graph(&mock, PARTNER);
    for filter in ["salary%20gt%205", "displayName%20eq", "%27"] {
        refused(&graph, 400, "Request_UnsupportedQuery", &format!("/v1.0/users?$filter={filter}"));
    }
}

#[test]
fn lists_come_in_pages_with_the_properties_selected() {
    let graph = graph(&mock(), PARTNER);
    let first = graph.get("/v1.0/users?$top=2&$select=id,MAIL");
    assert_eq!(first["value"][0], json!({ "id": ADMIN, "mail": "admin@fabricore.example" }));
    assert!(first["@odata.context"].as_str().unwrap().ends_with("/v1.0/$metadata#users"));
    let next = first["@odata.nextLink"].as_str().unwrap();
    let next = graph.get(&next[next.find("/v1.0").unwrap()..]);
    assert!(next.get("@odata.nextLink").is_none());
    let seen = [column(&first, "id"), column(&next, "id")].concat();
    assert_eq!(seen, column(&graph.get("/v1.0/users"), "id"));
    for top in ["0", "1000", "many"] {
        refused(&graph, 400, "Request_BadRequest", &format!("/v1.0/users?$top={top}"));
    }
}

#[test]
fn a_single_object_has_the_properties_selected_and_what_names_none_is_refused() {
    let graph = graph(&mock(), PARTNER);
    let one = graph.get("/v1.0/me?$select=Mail,employeeOrgData/division");
    assert_eq!(one["mail"], "admin@fabricore.example");
    assert_eq!(one.as_object().unwrap().len(), 2, "the property and the context: {one}");
    assert_eq!(graph.get("/v1.0/me?$select=*"), graph.get("/v1.0/me"));
    for path in ["/v1.0/me", "/v1.0/users"] {
        let told = refused(&graph, 400, "BadRequest", &format!("{path}?$select=id,%3C9"));
        assert!(told.text.contains("'<9' is not the name of a property"), "{}", told.text);
    }
}

#[test]
fn the_user_of_the_token_is_me_and_an_application_is_nobody() {
    let mock = mock();
    for tenant in [PARTNER, LARKSPUR] {
        assert_eq!(graph(&mock, tenant).get("/v1.0/me")["id"], ADMIN);
    }
    let application = mock.with_token(&mock.handle().graph_app_token(PARTNER));
    let told = refused(&application, 400, "BadRequest", "/v1.0/me");
    assert!(told.text.contains("delegated authentication flow"), "{}", told.text);
}

#[test]
fn an_application_has_a_service_principal_in_every_tenant_and_one_registration() {
    let mock = mock();
    let (home, away) = (graph(&mock, PARTNER), graph(&mock, LARKSPUR));
    let by_name =
        format!("/v1.0/servicePrincipals?$filter=servicePrincipalNames/any(c:c%20eq%20'{CLIENT}')");
    let (here, there) = (home.get(&by_name), away.get(&by_name));
    assert_eq!(column(&here, "id"), [APPLICATION]);
    let other = column(&there, "id").remove(0);
    assert_ne!(other, APPLICATION);
    assert_eq!(there["value"][0]["appOwnerOrganizationId"], PARTNER);
    let one = away.get(&format!("/v1.0/servicePrincipals/{other}"));
    assert_eq!(one["appId"], CLIENT);
    let foreign = format!("/v1.0/servicePrincipals/{APPLICATION}");
    refused(&away, 404, "Request_ResourceNotFound", &foreign);
    for filter in [format!("appId eq '{CLIENT}'"), "displayName eq 'Fabricore integration'".into()]
    {
        let path = format!("/v1.0/servicePrincipals?$filter={}", filter.replace(' ', "%20"));
        assert_eq!(column(&home.get(&path), "id"), [APPLICATION], "{filter}");
    }
    let registered = home.get(&format!("/v1.0/applications?$filter=appId%20eq%20'{CLIENT}'"));
    let id = column(&registered, "id").remove(0);
    assert_ne!(id, APPLICATION);
    assert_eq!(home.get(&format!("/v1.0/applications/{id}"))["appId"], CLIENT);
    assert_eq!(away.get("/v1.0/applications")["value"], json!([]));
    refused(&away, 404, "Request_ResourceNotFound", &format!("/v1.0/applications/{id}"));
}

#[test]
fn the_company_is_that_of_the_tenant() {
    let mock = mock();
    for (tenant, name, domain) in [
        (PARTNER, "Fabricore", "fabricore.onmicrosoft.com"),
        (LARKSPUR, "Larkspur Foods", "larkspurfoods.onmicrosoft.com"),
    ] {
        let list = graph(&mock, tenant).get("/v1.0/organization");
        assert_eq!(column(&list, "displayName"), [name]);
        assert_eq!(list["value"][0]["verifiedDomains"][0]["name"], domain);
    }
    assert_eq!(graph(&mock, NOBODY).get("/v1.0/organization")["value"], json!([]));
}

#[test]
fn errors_have_graphs_shape_and_tokens_must_be_for_graph() {
    let mock = mock();
    let graph = graph(&mock, PARTNER);
    let id = "0b7d3f51-94c2-4e08-a6d1-7c5e2f9b8a30";
    let path = format!("/v1.0/users/{NOBODY}");
    let answer = graph.send("GET", &path, &[("client-request-id", id)], "");
    let inner = &answer.json()["error"]["innerError"];
    assert_eq!(inner["client-request-id"], id);
    assert_eq!(inner["request-id"].as_str(), answer.header("request-id"));
    assert_eq!(inner["date"].as_str().unwrap().len(), "2026-03-01T12:00:00".len());
    assert_eq!(answer.header("client-request-id"), Some(id));
    assert!(answer.header("x-ms-routing-request-id").is_none());

    for token in [mock.handle().azure_token(PARTNER), mock.handle().token(), String::new()] {
        let answer = mock.with_token(&token);
        refused(&answer, 401, "InvalidAuthenticationToken", "/v1.0/users");
    }
    let subscriptions = "/subscriptions?api-version=2022-12-01";
    refused(&graph, 401, "InvalidAuthenticationTokenAudience", subscriptions);
    refused(&graph, 400, "BadRequest", "/v1.0/planets");
    let known = graph.send("DELETE", "/v1.0/users", &[], "");
    assert_eq!((known.status, &known.json()["error"]["code"]), (405, &"Request_BadRequest".into()));
}

#[test]
fn without_sign_in_the_directory_is_the_partners() {
    let mock = mock_with(|builder| builder.auth(AuthLevel::Off)).with_token("");
    assert!(column(&mock.get("/v1.0/users"), "id").contains(&ADMIN.to_owned()));
    assert_eq!(column(&mock.get("/v1.0/organization"), "id"), [PARTNER]);
    refused(&mock, 400, "BadRequest", "/v1.0/me");
}
