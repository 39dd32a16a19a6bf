//! A role definition on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{TYPE, provider_path, written_below};
use crate::api::azure::error::{ArmFault, INVALID_ROLE};
use crate::api::wire::Timestamp;
use crate::domain::authorization::roles::{NewRole, Permission};
use crate::domain::authorization::{RoleDefinition, Scope};

/// A role. To make one, `properties` with `roleName`, `assignableScopes` and `permissions` is enough.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = RoleDefinition)]
pub struct RoleDefinitionBody {
    /// Id.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Name, a GUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Kind of resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Microsoft.Authorization/roleDefinitions")]
    r#type: Option<String>,
    /// What the role is.
    properties: Option<RoleDefinitionProperties>,
}

/// What a role is.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleDefinitionProperties {
    /// Name for readers.
    #[schema(example = "Reservations Reader")]
    role_name: Option<String>,
    /// `BuiltInRole` or `CustomRole`.
    #[schema(example = "BuiltInRole")]
    r#type: Option<String>,
    /// What it is for.
    description: Option<String>,
    /// Where it can be assigned, and everywhere below.
    assignable_scopes: Option<Vec<String>>,
    /// What it allows.
    permissions: Option<Vec<PermissionBody>>,
    /// When it was made.
    created_on: Option<Timestamp>,
    /// When it was changed.
    updated_on: Option<Timestamp>,
    /// Object id of who made it; null for built-in roles.
    created_by: Option<String>,
    /// Object id of who changed it.
    updated_by: Option<String>,
}

/// What is allowed. `*` stands for any text.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = Permission)]
#[serde(rename_all = "camelCase")]
pub struct PermissionBody {
    /// What is allowed.
    #[schema(example = json!(["Microsoft.Capacity/*/read"]))]
    actions: Option<Vec<String>>,
    /// What of it is not.
    not_actions: Option<Vec<String>>,
    /// What is allowed on data.
    data_actions: Option<Vec<String>>,
    /// What of that is not.
    not_data_actions: Option<Vec<String>>,
}

impl From<&Permission> for PermissionBody {
    fn from(permission: &Permission) -> Self {
        Self {
            actions: Some(permission.actions.clone()),
            not_actions: Some(permission.not_actions.clone()),
            data_actions: Some(permission.data_actions.clone()),
            not_data_actions: Some(permission.not_data_actions.clone()),
        }
    }
}

/// The id of a role as it is written at a scope.
pub fn id_of_role(scope: &Scope, id: Uuid) -> String {
    written_below(scope).id_of(&provider_path(id))
}

/// Word for whether a role is built in.
pub fn type_of(role: &RoleDefinition) -> &'static str {
    if role.is_built_in { "BuiltInRole" } else { "CustomRole" }
}

impl RoleDefinitionBody {
    /// The role on the wire, asked for at a scope.
    pub fn of(scope: &Scope, role: &RoleDefinition) -> Self {
        let text = |id: crate::domain::ids::ObjectId| id.to_string();
        Self {
            id: Some(id_of_role(scope, role.id)),
            name: Some(role.id.to_string()),
            r#type: Some(TYPE.to_owned()),
            properties: Some(RoleDefinitionProperties {
                role_name: Some(role.role_name.clone()),
                r#type: Some(type_of(role).to_owned()),
                description: Some(role.description.clone()),
                assignable_scopes: Some(
                    role.assignable_scopes.iter().map(ToString::to_string).collect(),
                ),
                permissions: Some(role.permissions.iter().map(Into::into).collect()),
                created_on: Some(Timestamp(role.created)),
                updated_on: Some(Timestamp(role.updated)),
                created_by: role.created_by.map(text),
                updated_by: role.updated_by.map(text),
            }),
        }
    }

    /// What a client wants a custom role to be.
    pub fn read(self) -> Result<NewRole, ArmFault> {
        let given = self.properties.unwrap_or_default();
        if given.r#type.is_some_and(|word| !word.eq_ignore_ascii_case("CustomRole")) {
            let message = "properties.type: must be CustomRole, or be left out";
            return Err(ArmFault::new(INVALID_ROLE, message));
        }
        let mut assignable_scopes = Vec::new();
        for (index, text) in given.assignable_scopes.unwrap_or_default().iter().enumerate() {
            let scope = text.parse().map_err(|error| {
                let shown: String = text.chars().take(120).collect();
                let field = format!("properties.assignableScopes[{index}]");
                ArmFault::new(INVALID_ROLE, format!("{field}: `{shown}` {error}"))
            })?;
            assignable_scopes.push(scope);
        }
        let permissions = given.permissions.unwrap_or_default().into_iter().map(|it| Permission {
            actions: it.actions.unwrap_or_default(),
            not_actions: it.not_actions.unwrap_or_default(),
            data_actions: it.data_actions.unwrap_or_default(),
            not_data_actions: it.not_data_actions.unwrap_or_default(),
        });
        Ok(NewRole {
            role_name: given.role_name.unwrap_or_default(),
            description: given.description.unwrap_or_default(),
            assignable_scopes,
            permissions: permissions.collect(),
        })
    }
}
