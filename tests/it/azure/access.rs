//! Access control: roles, role assignments, permissions.

use serde_json::{Value, json};

use crate::support::{COOLIBAH, LARKSPUR, Mock, NOBODY, PRAIRIE, mock, mock_with};
use partner_center_mock::identity::token::AuthLevel;

pub const ORDER: &str = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
pub const RESERVATION: &str = "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
/// The assignment of the default fixtures.
const FINANCE: &str = "b7d02e61-93fa-4c85-8e1d-5a0c6f3b9247";
/// The custom role of the default fixtures.
const RENAMER: &str = "4d9b1e63-72f0-4ac8-b5d7-90e3a6c8f152";
/// The Azure subscription of the customer.
pub const SUBSCRIPTION: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
/// That of another customer.
const FOREIGN_SUBSCRIPTION: &str = "e18c5a70-4d2b-4f96-93a7-6b0f2c8d1e54";
pub const HELPDESK: &str = "1b6e4d8c-2a90-4f37-8c5d-7f3e9a0b6c12";
pub const SALES: &str = "9c3f7a21-8be4-4d05-a6f9-5e1d2c3b4a50";
const ADMIN: &str = "4d2b9e10-55aa-4c8f-8e61-0d7c3b2a9f14";
const CAPACITY: &str = "/providers/Microsoft.Capacity";
const NAME: &str = "5f3b90d7-1c84-4ea6-92b3-6d07c8e5a1f4";
const OTHER_NAME: &str = "8c1e47a2-d5b0-4f93-a6e8-20c9f7b3d461";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
pub const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
pub const RESERVATIONS_READER: &str = "582fc458-8989-419f-a480-75249bc5db7e";
const USER_ACCESS_ADMINISTRATOR: &str = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9";

/// Everything that access control answers for, at a scope.
pub fn at(scope: &str, rest: &str) -> String {
    let separator = if rest.contains('?') { '&' } else { '?' };
    format!("{scope}/providers/Microsoft.Authorization/{rest}{separator}api-version=2022-04-01")
}

pub fn order() -> String {
    format!("{CAPACITY}/reservationOrders/{ORDER}")
}

pub fn reservation() -> String {
    format!("{}/reservations/{RESERVATION}", order())
}

pub fn assignment(scope: &str, name: &str) -> String {
    at(scope, &format!("roleAssignments/{name}"))
}

pub fn role_id(role: &str) -> String {
    format!("/providers/Microsoft.Authorization/roleDefinitions/{role}")
}

/// A body that assigns a role.
pub fn assign(role: &str, principal: &str) -> Value {
    json!({ "properties": { "roleDefinitionId": role_id(role), "principalId": principal } })
}

fn names(list: &Value) -> Vec<&str> {
    list["value"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

fn principals(azure: &Mock, scope: &str, filter: &str) -> Vec<String> {
    let filter = if filter.is_empty() { String::new() } else { format!("?$filter={filter}") };
    let list = azure.get(&at(scope, &format!("roleAssignments{filter}")));
    let rows = list["value"].as_array().unwrap();
    rows.iter().map(|row| row["properties"]["principalId"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_assignment_is_made_read_listed_and_deleted() {
    let azure = mock().azure(LARKSPUR);
    let path = assignment(&order(), NAME);
    let mut body = assign(RESERVATIONS_READER, HELPDESK);
    body["properties"]["principalType"] = "User".into();
    body["properties"]["description"] = "customer finance".into();
    let made = azure.expect(201, "PUT", &path, &body).json();
    let id = format!("{}/providers/Microsoft.Authorization/roleAssignments/{NAME}", order());
    let now = "2026-03-01T12:00:00.0000000Z";
    assert_eq!(
        made,
        json!({
            "id": id, "name": NAME, "type": "Microsoft.Authorization/roleAssignments",
            "properties": {
                "roleDefinitionId": role_id(RESERVATIONS_READER),
                "principalId": HELPDESK, "principalType": "User", "scope": order(),
                "condition": null, "conditionVersion": null,
                "createdOn": now, "updatedOn": now, "createdBy": ADMIN, "updatedBy": ADMIN,
                "delegatedManagedIdentityResourceId": null, "description": "customer finance",
            },
        })
    );
    azure.advance("P1D");
    assert_eq!(azure.expect(200, "PUT", &path, &body).json(), made, "identical");
    assert_eq!(azure.get(&path), made);
    // By its full id, with the slashes that clients leave in front of it and in any casing.
    let by_id = format!("/{}?api-version=2022-04-01&tenantId={LARKSPUR}", id.to_uppercase());
    assert_eq!(azure.get(&by_id), made);
    let listed = azure.get(&at(&order(), "roleAssignments"));
    assert!(names(&listed).contains(&NAME), "{listed}");
    assert_eq!(listed["nextLink"], Value::Null);

    assert_eq!(azure.expect(200, "DELETE", &path, &Value::Null).json(), made);
    let again = azure.expect(204, "DELETE", &path, &Value::Null);
    assert_eq!(again.text, "");
    azure.azure_refused(404, "RoleAssignmentNotFound", "GET", &path, &Value::Null);
}

#[test]
fn an_encoded_scope_is_read_as_well() {
    let azure = mock().azure(LARKSPUR);
    let encoded = format!("/{}", order().trim_start_matches('/').replace('/', "%2F"));
    let made = azure.expect(201, "PUT", &assignment(&encoded, NAME), &assign(READER, HELPDESK));
    assert_eq!(made.json()["properties"]["scope"], order());
}

#[test]
fn roles_are_named_below_the_subscription_for_scopes_within_one() {
    let azure = mock().azure(LARKSPUR);
    let subscription = format!("/subscriptions/{SUBSCRIPTION}");
    let group = format!("{subscription}/resourcegroups/Web-Prod");
    let machine = format!("{group}/providers/Microsoft.Compute/virtualMachines/web01");
    for (index, scope) in [&subscription, &group, &machine].into_iter().enumerate() {
        let name = format!("5f3b90d7-1c84-4ea6-92b3-6d07c8e5a1f{index}");
        let body = assign(READER, HELPDESK);
        let made = azure.expect(201, "PUT", &assignment(scope, &name), &body).json();
        let role = &made["properties"]["roleDefinitionId"];
        assert_eq!(role, &json!(format!("{subscription}{}", role_id(READER))), "{scope}");
    }
    let listed = azure.get(&at(
        &group,
        "roleAssignments?$filter=principalId%20eq%20'1b6e4d8c-2a90-4f37-8c5d-7f3e9a0b6c12'",
    ));
    assert_eq!(names(&listed).len(), 3, "at, above and below: {listed}");
    let only = format!("roleAssignments?$filter=atScope() and assignedTo('{HELPDESK}')");
    assert_eq!(names(&azure.get(&at(&group, &only))).len(), 2);
    assert_eq!(principals(&azure, &order(), &format!("principalId eq '{HELPDESK}'")), [""; 0]);
}

#[test]
fn filters_choose_by_place_and_principal_with_and_without_quotes() {
    let azure = mock().azure(LARKSPUR);
    azure.expect(200, "DELETE", &assignment(&order(), FINANCE), &Value::Null);
    let agents = principals(&azure, &order(), "atScope()");
    assert_eq!(agents.len(), 1, "the admin agents alone");
    for (name, scope, role, principal) in [
        (NAME, CAPACITY.to_owned(), RESERVATIONS_READER, SALES),
        (OTHER_NAME, reservation(), READER, HELPDESK),
    ] {
        azure.expect(201, "PUT", &assignment(&scope, name), &assign(role, principal));
    }
    let group = agents[0].as_str();
    let cases: [(String, &[&str]); 9] = [
        (String::new(), &[group, SALES, HELPDESK]),
        ("atScope()".into(), &[group, SALES]),
        (format!("principalId eq '{HELPDESK}'"), &[HELPDESK]),
        (format!("principalId%20eq%20%27{SALES}%27"), &[SALES]),
        (format!("PrincipalId EQ {SALES}"), &[SALES]),
        (format!("assignedTo('{ADMIN}')"), &[group]),
        (format!("assignedTo({HELPDESK})"), &[HELPDESK]),
        (format!("atScope() and assignedTo('{HELPDESK}')"), &[]),
        (format!("assignedTo('{NOBODY}')"), &[]),
    ];
    for (filter, expected) in cases {
        let mut found = principals(&azure, &order(), &filter);
        let mut expected: Vec<String> = expected.iter().map(|&id| id.to_owned()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{filter}");
    }
    for filter in [
        "principalId eq",
        "atScope(",
        "scope() eq 1",
        "assignedTo()",
        "assignedTo('me')",
        "atScope(1)",
        "role eq 'x'",
    ] {
        let path = at(&order(), &format!("roleAssignments?$filter={filter}"));
        azure.azure_refused(400, "BadRequest", "GET", &path, &Value::Null);
    }
}

#[test]
fn what_cannot_be_assigned_is_refused() {
    let azure = mock().azure(LARKSPUR);
    let (order, subscription) = (order(), format!("/subscriptions/{SUBSCRIPTION}"));
    let good = assign(RESERVATIONS_READER, HELPDESK);
    azure.expect(201, "PUT", &assignment(&order, NAME), &good);
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body["properties"][field] = value;
        body
    };
    let without = |field: &str| {
        let mut body = good.clone();
        body["properties"].as_object_mut().unwrap().remove(field);
        body
    };
    let nowhere = format!("{CAPACITY}/reservationOrders/{NOBODY}");
    let not_in = format!("{order}/reservations/{NOBODY}");
    let lost = format!("/subscriptions/{NOBODY}");
    let foreign = format!("/subscriptions/{FOREIGN_SUBSCRIPTION}");
    let other = "/providers/Microsoft.Management/managementGroups/root";
    let cases = [
        (409, "RoleAssignmentExists", order.as_str(), OTHER_NAME, good.clone()),
        (409, "RoleAssignmentUpdateNotPermitted", &order, NAME, assign(READER, HELPDESK)),
        (409, "RoleAssignmentUpdateNotPermitted", CAPACITY, NAME, good.clone()),
        (409, "RoleAssignmentUpdateNotPermitted", &order, NAME, with("description", "x".into())),
        (400, "InvalidRoleAssignmentId", &order, "mine", good.clone()),
        (404, "RoleDefinitionDoesNotExist", &order, OTHER_NAME, assign(NOBODY, HELPDESK)),
        (400, "RoleDefinitionNotAssignable", &subscription, OTHER_NAME, good.clone()),
        (400, "RoleDefinitionNotAssignable", "", OTHER_NAME, good.clone()),
        (400, "PrincipalNotFound", &order, OTHER_NAME, assign(OWNER, NOBODY)),
        (400, "UnmatchedPrincipalType", &order, OTHER_NAME, with("principalType", "Group".into())),
        (404, "ReservationOrderNotFound", &nowhere, OTHER_NAME, good.clone()),
        (404, "ReservationIdNotInReservationOrder", &not_in, OTHER_NAME, good.clone()),
        (404, "SubscriptionNotFound", &lost, OTHER_NAME, assign(OWNER, HELPDESK)),
        (401, "InvalidAuthenticationTokenTenant", &foreign, OTHER_NAME, assign(OWNER, HELPDESK)),
        (404, "MissingSubscription", other, OTHER_NAME, assign(OWNER, HELPDESK)),
        (400, "BadRequest", &order, OTHER_NAME, json!({})),
        (400, "BadRequest", &order, OTHER_NAME, without("roleDefinitionId")),
        (400, "BadRequest", &order, OTHER_NAME, without("principalId")),
        (400, "BadRequest", &order, OTHER_NAME, with("roleDefinitionId", "Owner".into())),
        (400, "BadRequest", &order, OTHER_NAME, with("principalId", "helpdesk".into())),
        (400, "BadRequest", &order, OTHER_NAME, with("principalType", "Robot".into())),
        (400, "BadRequest", &order, OTHER_NAME, with("conditionVersion", "7".into())),
        (400, "InvalidRequestContent", &order, OTHER_NAME, json!([1])),
    ];
    for (status, code, scope, name, body) in cases {
        azure.azure_refused(status, code, "PUT", &assignment(scope, name), &body);
    }
    let prairie = azure.azure(PRAIRIE);
    let path = assignment(&order, NAME);
    for method in ["GET", "DELETE"] {
        prairie.azure_refused(403, "AuthorizationFailed", method, &path, &Value::Null);
        azure.azure_refused(
            400,
            "InvalidRoleAssignmentId",
            method,
            &assignment(&order, "x"),
            &Value::Null,
        );
    }
    // A principal that the directory does not know is taken on the word of who names its type.
    let mut vouched = assign(OWNER, NOBODY);
    vouched["properties"]["principalType"] = "ServicePrincipal".into();
    azure.expect(201, "PUT", &assignment(&order, OTHER_NAME), &vouched);
}

#[test]
fn tenants_keep_their_assignments_apart() {
    let mock = mock();
    let (one, other) = (mock.azure(LARKSPUR), mock.azure(COOLIBAH));
    let path = assignment(CAPACITY, NAME);
    one.expect(201, "PUT", &path, &assign(RESERVATIONS_READER, HELPDESK));
    other.azure_refused(404, "RoleAssignmentNotFound", "GET", &path, &Value::Null);
    other.expect(201, "PUT", &path, &assign(RESERVATIONS_READER, SALES));
    assert_eq!(one.get(&path)["properties"]["principalId"], HELPDESK);
}

#[test]
fn the_version_is_asked_for_and_old_ones_are_known() {
    let azure = mock().azure(LARKSPUR);
    let path = format!("{}/providers/Microsoft.Authorization/roleAssignments", order());
    azure.azure_refused(400, "MissingApiVersionParameter", "GET", &path, &Value::Null);
    for version in ["2015-07-01", "2018-01-01-preview", "2020-10-01-preview", "2022-04-01"] {
        let answer =
            azure.expect(200, "GET", &format!("{path}?api-version={version}"), &Value::Null);
        assert_eq!(answer.header("x-mock-notice"), None, "{version}");
    }
}

#[test]
fn built_in_roles_are_read_by_name_by_type_and_by_id() {
    let azure = mock().azure(LARKSPUR);
    let list = |scope: &str, filter: &str| {
        let found = azure.get(&at(scope, &format!("roleDefinitions{filter}")));
        let rows = found["value"].as_array().unwrap().iter();
        rows.map(|row| row["properties"]["roleName"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let subscription = format!("/subscriptions/{SUBSCRIPTION}");
    assert_eq!(list(&order(), "").len(), 13, "with the custom role of the fixtures");
    assert_eq!(list("", "").len(), 13);
    assert_eq!(list(&subscription, "").len(), 9, "roles for reservations are left out");
    let named = "?$filter=roleName eq 'Reservations Reader'";
    assert_eq!(list(&order(), named), ["Reservations Reader"]);
    assert_eq!(list(&subscription, named), [""; 0]);
    assert_eq!(list(&order(), "?$filter=type eq 'BuiltInRole'").len(), 12);
    assert_eq!(list(&order(), "?$filter=type eq 'CustomRole'"), ["Reservation Renamer"]);
    assert_eq!(list("", "?$filter=atScopeAndBelow()").len(), 13);
    let bad = at(&order(), "roleDefinitions?$filter=colour eq 'red'");
    azure.azure_refused(400, "BadRequest", "GET", &bad, &Value::Null);

    let administrator = "a8889054-8d42-49c9-bc1c-52486c10e7cd";
    let role = azure.get(&format!("{}?api-version=2022-04-01", role_id(administrator)));
    assert_eq!(role["id"], role_id(administrator));
    assert_eq!(role["type"], "Microsoft.Authorization/roleDefinitions");
    let properties = &role["properties"];
    assert_eq!(properties["roleName"], "Reservations Administrator");
    assert_eq!(properties["type"], "BuiltInRole");
    assert_eq!(properties["assignableScopes"], json!([CAPACITY]));
    assert_eq!(
        properties["permissions"],
        json!([{
            "actions": [
                "Microsoft.Capacity/*/read", "Microsoft.Capacity/*/action",
                "Microsoft.Capacity/*/write", "Microsoft.Authorization/roleAssignments/read",
                "Microsoft.Authorization/roleDefinitions/read",
                "Microsoft.Authorization/roleAssignments/write",
                "Microsoft.Authorization/roleAssignments/delete",
            ],
            "notActions": [], "dataActions": [], "notDataActions": [],
        }])
    );
    assert_eq!(properties["createdBy"], Value::Null);
    let below = azure.get(&at(&subscription, &format!("roleDefinitions/{READER}")));
    assert_eq!(below["id"], format!("{subscription}{}", role_id(READER)));
    let path = |id: &str| at("", &format!("roleDefinitions/{id}"));
    azure.azure_refused(404, "RoleDefinitionDoesNotExist", "GET", &path(NOBODY), &Value::Null);
    azure.azure_refused(400, "InvalidRoleDefinitionId", "GET", &path("Reader"), &Value::Null);
}

fn renamer() -> Value {
    json!({ "properties": {
        "roleName": "Reservation Mover", "type": "CustomRole", "description": "renames",
        "assignableScopes": [CAPACITY],
        "permissions": [{ "actions": ["Microsoft.Capacity/*/read", "Microsoft.Capacity/*/write"] }],
    } })
}

#[test]
fn a_custom_role_is_made_changed_assigned_and_deleted() {
    let azure = mock().azure(LARKSPUR);
    let path = at(CAPACITY, &format!("roleDefinitions/{NAME}"));
    let made = azure.expect(201, "PUT", &path, &renamer()).json();
    assert_eq!(made["id"], role_id(NAME));
    assert_eq!(made["properties"]["type"], "CustomRole");
    assert_eq!(made["properties"]["createdBy"], ADMIN);
    assert_eq!(made["properties"]["permissions"][0]["notActions"], json!([]));
    azure.advance("PT1H");
    let mut changed = made.clone();
    changed["properties"]["roleName"] = "Renamer".into();
    // What was answered can be sent back.
    let changed = azure.expect(201, "PUT", &path, &changed).json();
    assert_eq!(changed["properties"]["roleName"], "Renamer");
    assert_eq!(changed["properties"]["createdOn"], made["properties"]["createdOn"]);
    assert_ne!(changed["properties"]["updatedOn"], made["properties"]["updatedOn"]);
    assert_eq!(azure.get(&path), changed);
    let custom = azure.get(&at(&order(), "roleDefinitions?$filter=type eq 'CustomRole'"));
    assert_eq!(names(&custom), [RENAMER, NAME]);

    azure.expect(201, "PUT", &assignment(&order(), OTHER_NAME), &assign(NAME, HELPDESK));
    azure.azure_refused(400, "RoleDefinitionHasAssignments", "DELETE", &path, &Value::Null);
    azure.expect(200, "DELETE", &assignment(&order(), OTHER_NAME), &Value::Null);
    assert_eq!(azure.expect(200, "DELETE", &path, &Value::Null).json(), changed);
    azure.expect(204, "DELETE", &path, &Value::Null);
    azure.azure_refused(404, "RoleDefinitionDoesNotExist", "GET", &path, &Value::Null);
}

#[test]
fn what_a_custom_role_may_not_be_is_refused() {
    let azure = mock().azure(LARKSPUR);
    let path = |id: &str| at(CAPACITY, &format!("roleDefinitions/{id}"));
    azure.expect(201, "PUT", &path(NAME), &renamer());
    let with = |field: &str, value: Value| {
        let mut body = renamer();
        body["properties"]["roleName"] = "Another".into();
        body["properties"][field] = value;
        body
    };
    let cases = [
        (400, "InvalidRoleDefinitionId", "renamer", renamer()),
        (400, "InvalidRoleDefinition", OWNER, renamer()),
        (409, "RoleDefinitionWithSameNameExists", OTHER_NAME, renamer()),
        (409, "RoleDefinitionWithSameNameExists", OTHER_NAME, with("roleName", "owner".into())),
        (400, "InvalidRoleDefinition", OTHER_NAME, json!({})),
        (400, "InvalidRoleDefinition", OTHER_NAME, with("roleName", "".into())),
        (400, "InvalidRoleDefinition", OTHER_NAME, with("type", "BuiltInRole".into())),
        (400, "InvalidRoleDefinition", OTHER_NAME, with("assignableScopes", json!([]))),
        (400, "InvalidRoleDefinition", OTHER_NAME, with("assignableScopes", json!(["/"]))),
        (400, "InvalidRoleDefinition", OTHER_NAME, with("assignableScopes", json!(["/moon"]))),
        (400, "InvalidRoleDefinition", OTHER_NAME, with("permissions", json!([]))),
        (
            400,
            "InvalidActionOrNotAction",
            OTHER_NAME,
            with("permissions", json!([{ "actions": ["read"] }])),
        ),
        (
            404,
            "SubscriptionNotFound",
            OTHER_NAME,
            with("assignableScopes", json!([format!("/subscriptions/{NOBODY}")])),
        ),
    ];
    for (status, code, id, body) in cases {
        azure.azure_refused(status, code, "PUT", &path(id), &body);
    }
    azure.azure_refused(400, "InvalidRoleDefinition", "DELETE", &path(OWNER), &Value::Null);
    azure.azure_refused(400, "InvalidRoleDefinitionId", "DELETE", &path("x"), &Value::Null);
}

#[test]
fn below_strict_the_caller_may_do_everything_and_nothing_is_denied() {
    let azure = mock().azure(LARKSPUR);
    let everything = json!([{
        "actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": [],
    }]);
    let group = format!("/subscriptions/{SUBSCRIPTION}/resourcegroups/web");
    for scope in [&group, &order(), &reservation()] {
        assert_eq!(azure.get(&at(scope, "permissions"))["value"], everything, "{scope}");
        assert_eq!(azure.get(&at(scope, "denyAssignments")), json!({ "value": [] }), "{scope}");
    }
    let one = at(&order(), &format!("denyAssignments/{NOBODY}"));
    azure.azure_refused(404, "DenyAssignmentNotFound", "GET", &one, &Value::Null);
    let nowhere = format!("{CAPACITY}/reservationOrders/{NOBODY}");
    for kind in ["permissions", "denyAssignments", "roleAssignments"] {
        let path = at(&nowhere, kind);
        azure.azure_refused(404, "ReservationOrderNotFound", "GET", &path, &Value::Null);
    }
}

#[test]
fn elevating_assigns_user_access_administrator_at_the_root() {
    let azure = mock().azure(LARKSPUR);
    let path = "/providers/Microsoft.Authorization/elevateAccess?api-version=2016-07-01";
    for _ in 0..2 {
        assert_eq!(azure.expect(200, "POST", path, &Value::Null).text, "");
    }
    let filter = format!("roleAssignments?$filter=principalId eq '{ADMIN}'");
    let found = azure.get(&at(&order(), &filter));
    let rows = found["value"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{found}");
    let properties = &rows[0]["properties"];
    assert_eq!(properties["scope"], "/");
    assert_eq!(properties["roleDefinitionId"], role_id(USER_ACCESS_ADMINISTRATOR));
    let id = format!(
        "/providers/Microsoft.Authorization/roleAssignments/{}",
        rows[0]["name"].as_str().unwrap()
    );
    assert_eq!(rows[0]["id"], id);
    assert_eq!(azure.get(&format!("{id}?api-version=2022-04-01")), rows[0]);
}

#[test]
fn without_a_token_the_scope_says_which_tenant_is_meant() {
    let mock = mock_with(|builder| builder.auth(AuthLevel::Off)).with_token("");
    let path = assignment(&order(), NAME);
    let made = mock.expect(201, "PUT", &path, &assign(READER, SALES)).json();
    assert_eq!(made["properties"]["createdBy"], Value::Null);
    assert_eq!(made["properties"]["principalType"], "User");
    let listed = mock.get(&at(&order(), "roleAssignments"));
    assert_eq!(names(&listed).len(), 3, "with the admin agents and finance: {listed}");
    assert_eq!(mock.get(&at("", "roleDefinitions"))["value"].as_array().unwrap().len(), 12);
}

#[test]
fn fixtures_hold_a_role_and_an_assignment() {
    let azure = mock().azure(LARKSPUR);
    let finance = azure.get(&assignment(&order(), FINANCE));
    assert_eq!(finance["properties"]["roleDefinitionId"], role_id(RESERVATIONS_READER));
    assert_eq!(finance["properties"]["description"], "customer finance");
    assert_eq!(finance["properties"]["createdBy"], Value::Null);
    let role = azure.get(&at(CAPACITY, &format!("roleDefinitions/{RENAMER}")));
    assert_eq!(role["properties"]["roleName"], "Reservation Renamer");
    // The role of one customer is unknown to another.
    let path = at("", &format!("roleDefinitions/{RENAMER}"));
    let other = azure.azure(PRAIRIE);
    other.azure_refused(404, "RoleDefinitionDoesNotExist", "GET", &path, &Value::Null);
}
