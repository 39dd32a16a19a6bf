//! A role assignment on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::azure::authorization::role_definitions::id_of_role;
use crate::api::azure::error::ArmFault;
use crate::api::wire::Timestamp;
use crate::domain::authorization::{NewAssignment, PrincipalKind, RoleAssignment, roles};
use crate::domain::ids::ObjectId;

/// A role to be assigned.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignmentCreate {
    /// What is assigned to whom.
    #[schema(required)]
    properties: Option<RoleAssignmentCreateProperties>,
}

/// Which role is assigned to whom.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignmentCreateProperties {
    /// Id of the role, below any scope.
    #[schema(
        required,
        example = "/providers/Microsoft.Authorization/roleDefinitions/582fc458-8989-419f-a480-75249bc5db7e"
    )]
    role_definition_id: Option<String>,
    /// Object id of who gets it.
    #[schema(required, example = "1b6e4d8c-2a90-4f37-8c5d-7f3e9a0b6c12")]
    principal_id: Option<String>,
    /// `User`, `Group`, `ServicePrincipal`, `ForeignGroup` or `Device`.
    #[schema(example = "User")]
    principal_type: Option<String>,
    /// Why.
    description: Option<String>,
    /// Condition; kept, not evaluated.
    condition: Option<String>,
    /// Version of the condition's language: `2.0`.
    condition_version: Option<String>,
    /// Managed identity on whose behalf it is.
    delegated_managed_identity_resource_id: Option<String>,
}

impl RoleAssignmentCreate {
    /// What is to be assigned.
    pub fn read(self) -> Result<NewAssignment, ArmFault> {
        let required = |field: &str, help: &str| {
            ArmFault::invalid(&format!("properties.{field}"), format!("is required; {help}"))
        };
        let given = self.properties.unwrap_or_default();
        let role = given.role_definition_id.filter(|id| !id.is_empty()).ok_or_else(|| {
            required(
                "roleDefinitionId",
                "send /providers/Microsoft.Authorization/roleDefinitions/{GUID}",
            )
        })?;
        let role = roles::role_id(&role).ok_or_else(|| {
            ArmFault::invalid(
                "properties.roleDefinitionId",
                "is not an id of the form /providers/Microsoft.Authorization/roleDefinitions/{GUID}",
            )
        })?;
        let principal: ObjectId = given
            .principal_id
            .filter(|id| !id.is_empty())
            .ok_or_else(|| required("principalId", "send the object id of a user or application"))?
            .parse()
            .map_err(|error| ArmFault::invalid("properties.principalId", error))?;
        let principal_kind = match given.principal_type.filter(|kind| !kind.is_empty()) {
            None => None,
            Some(word) => Some(PrincipalKind::named(&word).ok_or_else(|| {
                let allowed: Vec<_> = PrincipalKind::ALL.iter().map(|kind| kind.name()).collect();
                ArmFault::unknown_word("properties.principalType", &word, &allowed.join(", "))
            })?),
        };
        Ok(NewAssignment {
            principal_kind,
            description: given.description,
            condition: given.condition,
            condition_version: given.condition_version,
            delegated_managed_identity: given.delegated_managed_identity_resource_id,
            ..NewAssignment::of(role, principal)
        })
    }
}

/// A role assignment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoleAssignment)]
pub struct RoleAssignmentBody {
    /// Id.
    #[schema(
        example = "/providers/Microsoft.Capacity/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903/providers/Microsoft.Authorization/roleAssignments/b7d02e61-93fa-4c85-8e1d-5a0c6f3b9247"
    )]
    id: String,
    /// Name, a GUID.
    name: String,
    /// Kind of resource.
    #[schema(example = "Microsoft.Authorization/roleAssignments")]
    r#type: &'static str,
    /// Who has which role where.
    properties: RoleAssignmentProperties,
}

/// Who has which role where.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignmentProperties {
    /// Id of the role; below the subscription for scopes within one.
    role_definition_id: String,
    /// Object id of who has it.
    principal_id: String,
    /// What that is.
    #[schema(example = "User")]
    principal_type: &'static str,
    /// Where.
    scope: String,
    /// Condition; null when there is none.
    condition: Option<String>,
    /// Version of the condition's language.
    condition_version: Option<String>,
    /// When it was made.
    created_on: Timestamp,
    /// When it was changed, which never happens.
    updated_on: Timestamp,
    /// Object id of who made it; null for what came with a purchase.
    created_by: Option<String>,
    /// Object id of who changed it.
    updated_by: Option<String>,
    /// Managed identity on whose behalf it is.
    delegated_managed_identity_resource_id: Option<String>,
    /// Why.
    description: Option<String>,
}

impl RoleAssignmentBody {
    /// The assignment on the wire.
    pub fn of(row: &RoleAssignment) -> Self {
        let by = row.created_by.map(|id| id.to_string());
        Self {
            id: row.scope.id_of(&format!("Microsoft.Authorization/roleAssignments/{}", row.name)),
            name: row.name.to_string(),
            r#type: "Microsoft.Authorization/roleAssignments",
            properties: RoleAssignmentProperties {
                role_definition_id: id_of_role(&row.scope, row.role),
                principal_id: row.principal.to_string(),
                principal_type: row.principal_kind.name(),
                scope: row.scope.to_string(),
                condition: row.condition.clone(),
                condition_version: row.condition_version.clone(),
                created_on: Timestamp(row.created),
                updated_on: Timestamp(row.created),
                created_by: by.clone(),
                updated_by: by,
                delegated_managed_identity_resource_id: row.delegated_managed_identity.clone(),
                description: row.description.clone(),
            },
        }
    }
}
