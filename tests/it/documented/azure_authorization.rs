//! Contract: azure-authorization.md.

use serde_json::{Value, json};

use super::{Case, Page, case, check, delete, get, post, put};
use crate::support::{LARKSPUR, Mock};

pub const PAGE: Page = Page { name: "access in Azure", shapes: SHAPES, cases: CASES };

#[test]
fn access_in_azure_is_as_documented() {
    check(&PAGE);
}

const CAPACITY: &str = "/providers/Microsoft.Capacity";
const ORDER: &str =
    "/providers/Microsoft.Capacity/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
const SUBSCRIPTION: &str = "/subscriptions/7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
/// The assignment of the default fixtures, on that order.
const FINANCE: &str = "b7d02e61-93fa-4c85-8e1d-5a0c6f3b9247";
/// The custom role of the default fixtures.
const RENAMER: &str = "4d9b1e63-72f0-4ac8-b5d7-90e3a6c8f152";
const NAME: &str = "5f3b90d7-1c84-4ea6-92b3-6d07c8e5a1f4";
const RESERVATIONS_ADMINISTRATOR: &str = "a8889054-8d42-49c9-bc1c-52486c10e7cd";

const SHAPES: &[(&str, &str)] = &[
    (
        "Assignment",
        "id:path name:guid type:=Microsoft.Authorization/roleAssignments \
        properties:AssignmentProperties",
    ),
    (
        "AssignmentProperties",
        "roleDefinitionId:path principalId:guid \
        principalType:enum(User|Group|ServicePrincipal|ForeignGroup|Device) scope:path \
        condition?,conditionVersion?:text createdOn,updatedOn:utc createdBy?,updatedBy?:guid \
        delegatedManagedIdentityResourceId??:text description?:text",
    ),
    (
        "Role",
        "id:path name:guid type:=Microsoft.Authorization/roleDefinitions \
        properties:RoleProperties",
    ),
    (
        "RoleProperties",
        "roleName:text type:enum(BuiltInRole|CustomRole) description:text \
        assignableScopes[]:path permissions[]:Permission createdOn,updatedOn:utc \
        createdBy?,updatedBy?:guid",
    ),
    ("Permission", "actions[*]:text notActions[*]:text dataActions[*]:text notDataActions[*]:text"),
    ("Refusal", "error.code,error.message:text"),
];

fn at(scope: &str, rest: &str) -> String {
    let separator = if rest.contains('?') { '&' } else { '?' };
    format!("{scope}/providers/Microsoft.Authorization/{rest}{separator}api-version=2022-04-01")
}

fn role(id: &str) -> String {
    format!("/providers/Microsoft.Authorization/roleDefinitions/{id}")
}

/// A body with every documented member.
fn assignment() -> Value {
    json!({ "properties": {
        "roleDefinitionId": role("582fc458-8989-419f-a480-75249bc5db7e"),
        "principalId": "1b6e4d8c-2a90-4f37-8c5d-7f3e9a0b6c12", "principalType": "User",
        "description": "customer finance", "condition": "true", "conditionVersion": "2.0",
        "delegatedManagedIdentityResourceId": null,
    } })
}

fn custom_role() -> Value {
    json!({ "properties": {
        "roleName": "Reservation Watcher", "type": "CustomRole",
        "description": "Reads reservations",
        "assignableScopes": [CAPACITY],
        "permissions": [{
            "actions": ["Microsoft.Capacity/*/read"], "notActions": [], "dataActions": [],
            "notDataActions": [],
        }],
    } })
}

fn list(scope: &str, filter: &str) -> super::Request {
    get(at(scope, &format!("roleAssignments{filter}")))
}

fn assigned(mock: &Mock) {
    let path = at(ORDER, &format!("roleAssignments/{NAME}"));
    mock.azure(LARKSPUR).expect(201, "PUT", &path, &assignment());
}

const ASSIGNMENTS: &str = "value[]:Assignment";

const CASES: &[Case] = &[
    case("listRoleAssignments", 200, ASSIGNMENTS, |_| list(ORDER, "")),
    case("listRoleAssignments", 200, ASSIGNMENTS, |at| {
        assigned(at);
        list(ORDER, "?$filter=atScope()&tenantId=5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10")
    }),
    case("listRoleAssignments", 200, ASSIGNMENTS, |_| {
        list(ORDER, "?$filter=principalId%20eq%20'0d6c51e2-3f0b-4a77-8f5d-9ab0c2e17f44'")
    }),
    case("listRoleAssignments", 200, ASSIGNMENTS, |_| {
        list(ORDER, "?$filter=atScope()%20and%20assignedTo('0d6c51e2-3f0b-4a77-8f5d-9ab0c2e17f44')")
    }),
    case("getRoleAssignment", 200, ":Assignment properties.description:text", |_| {
        get(at(ORDER, &format!("roleAssignments/{FINANCE}")))
    }),
    case("getRoleAssignment", 404, ":Refusal error.code:=RoleAssignmentNotFound", |_| {
        get(at(ORDER, &format!("roleAssignments/{NAME}")))
    }),
    case(
        "createRoleAssignment",
        201,
        ":Assignment properties.condition:text \
        properties.conditionVersion:=2.0 properties.createdBy:guid",
        |_| put(at(ORDER, &format!("roleAssignments/{NAME}")), &assignment()),
    ),
    case("createRoleAssignment", 201, ":Assignment", |_| {
        put(
            at(SUBSCRIPTION, &format!("roleAssignments/{NAME}")),
            &json!({ "properties": {
            "roleDefinitionId": format!("{SUBSCRIPTION}{}", role("acdd72a7-3385-48ef-bd42-f606fba81ae7")),
            "principalId": "1b6e4d8c-2a90-4f37-8c5d-7f3e9a0b6c12",
        } }),
        )
    }),
    case("createRoleAssignment", 200, ":Assignment", |it| {
        assigned(it);
        put(at(ORDER, &format!("roleAssignments/{NAME}")), &assignment())
    }),
    case("createRoleAssignment", 409, ":Refusal error.code:=RoleAssignmentExists", |it| {
        assigned(it);
        put(at(ORDER, "roleAssignments/8c1e47a2-d5b0-4f93-a6e8-20c9f7b3d461"), &assignment())
    }),
    case("deleteRoleAssignment", 200, ":Assignment", |it| {
        assigned(it);
        delete(at(ORDER, &format!("roleAssignments/{NAME}")))
    }),
    case("deleteRoleAssignment", 204, "-", |_| {
        delete(at(ORDER, &format!("roleAssignments/{NAME}")))
    }),
    case("listRoleDefinitions", 200, "value[]:Role", |_| get(at(ORDER, "roleDefinitions"))),
    case(
        "listRoleDefinitions",
        200,
        "value[]:Role value[].name:=582fc458-8989-419f-a480-75249bc5db7e",
        |_| get(at(ORDER, "roleDefinitions?$filter=roleName%20eq%20'Reservations%20Reader'")),
    ),
    case("listRoleDefinitions", 200, "value[]:Role value[].properties.type:=BuiltInRole", |_| {
        get(at(ORDER, "roleDefinitions?$filter=type%20eq%20'BuiltInRole'"))
    }),
    case("getRoleDefinition", 200, ":Role", |_| {
        get(at(ORDER, &format!("roleDefinitions/{RESERVATIONS_ADMINISTRATOR}")))
    }),
    case("getRoleDefinition", 200, ":Role properties.permissions[].actions[]:text", |_| {
        get(format!("{}?api-version=2022-04-01", role(RESERVATIONS_ADMINISTRATOR)))
    }),
    case("getRoleDefinition", 404, ":Refusal error.code:=RoleDefinitionDoesNotExist", |_| {
        get(at(ORDER, &format!("roleDefinitions/{NAME}")))
    }),
    case(
        "putRoleDefinition",
        201,
        ":Role properties.type:=CustomRole properties.createdBy:guid",
        |_| put(at(CAPACITY, &format!("roleDefinitions/{NAME}")), &custom_role()),
    ),
    case("deleteRoleDefinition", 200, ":Role", |_| {
        delete(at(CAPACITY, &format!("roleDefinitions/{RENAMER}")))
    }),
    case("deleteRoleDefinition", 204, "-", |_| {
        delete(at(CAPACITY, &format!("roleDefinitions/{NAME}")))
    }),
    case("listPermissions", 200, "value[]:Permission value[].actions[]:text", |_| {
        get(at(&format!("{SUBSCRIPTION}/resourcegroups/shop-rg"), "permissions"))
    }),
    case("listDenyAssignments", 200, "value[*]:object", |_| get(at(ORDER, "denyAssignments"))),
    case("elevateAccess", 200, "-", |_| {
        post(
            "/providers/Microsoft.Authorization/elevateAccess?api-version=2016-07-01",
            &Value::Null,
        )
    }),
];
