//! Why access control refuses.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::principal::PrincipalKind;
use super::scope::Scope;
use crate::domain::ids::{AzureSubscriptionId, ObjectId, TenantId};
use crate::domain::words::{self, Word};

/// A refusal of access control (contract: azure-authorization.md §2, §3, §5).
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum AuthorizationFault {
    /// No role of the caller allows the action there.
    #[error(
        "The client '{client}' with object id '{object}' has no authorization to perform action \
         '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, \
         please refresh your credentials."
    )]
    AuthorizationFailed {
        /// Application of the caller.
        client: String,
        /// The caller.
        object: ObjectId,
        /// What it tried.
        action: String,
        /// Where.
        scope: Scope,
    },
    /// The text is no scope.
    #[error("the scope `{0}` {1}")]
    UnknownScope(String, super::scope::NotAScope),
    /// The tenant has no such Azure subscription.
    #[error("the subscription '{0}' could not be found in the tenant")]
    SubscriptionNotFound(AzureSubscriptionId),
    /// The Azure subscription is another tenant's.
    #[error(
        "the subscription '{subscription}' is in the tenant {home}, not in {tenant}; ask for a token \
         of that tenant"
    )]
    OtherTenant {
        /// The subscription.
        subscription: AzureSubscriptionId,
        /// Where it was looked for.
        tenant: TenantId,
        /// Where it is.
        home: TenantId,
    },
    /// No assignment of that name stands at the scope.
    #[error("the role assignment '{name}' is not found at the scope '{scope}'")]
    RoleAssignmentNotFound {
        /// Name asked for.
        name: Uuid,
        /// Where.
        scope: Scope,
    },
    /// The principal has the role at the scope already.
    #[error("the role assignment already exists; its name is {0}")]
    RoleAssignmentExists(Uuid),
    /// An assignment of that name says something else.
    #[error(
        "the role assignment {0} exists with other content; delete it first, or choose another name"
    )]
    RoleAssignmentUpdateNotPermitted(Uuid),
    /// The name is not a GUID.
    #[error("the role assignment name '{0}' is not valid; it must be a GUID")]
    InvalidRoleAssignmentId(String),
    /// The name of a role definition is not a GUID.
    #[error("the role definition id '{0}' is not valid; it must be a GUID")]
    InvalidRoleDefinitionId(String),
    /// There is no such role.
    #[error("the role definition '{0}' does not exist")]
    RoleDefinitionDoesNotExist(Uuid),
    /// The role cannot be assigned there.
    #[error(
        "the role '{role}' cannot be assigned at the scope '{scope}'; its assignable scopes are {assignable}"
    )]
    RoleDefinitionNotAssignable {
        /// Name of the role.
        role: String,
        /// Where it was to be assigned.
        scope: Scope,
        /// Where it can be.
        assignable: String,
    },
    /// The directory knows no such principal.
    #[error(
        "the principal {principal} does not exist in the directory {tenant}; name the object id of \
         a user or application of the partner, or send principalType for a principal that the \
         directory does not know yet"
    )]
    PrincipalNotFound {
        /// Who is missing.
        principal: ObjectId,
        /// Where it was looked for.
        tenant: TenantId,
    },
    /// The principal is of another type.
    #[error("the principal {principal} is of type {is}, not {}", given.name())]
    UnmatchedPrincipalType {
        /// Who.
        principal: ObjectId,
        /// Its type, in words of the wire.
        #[serde(deserialize_with = "words::read")]
        is: Word,
        /// The type given.
        given: PrincipalKind,
    },
    /// Another role has the name.
    #[error("a custom role with the name '{0}' exists already in the tenant; choose another name")]
    RoleDefinitionWithSameNameExists(String),
    /// Roles in use stay.
    #[error("{count} role assignments use the role {role}; delete those first")]
    RoleDefinitionHasAssignments {
        /// The role.
        role: Uuid,
        /// How many use it.
        count: usize,
    },
    /// Built-in roles are the same everywhere.
    #[error("the role '{0}' is built in and cannot be changed; make a custom role of another id")]
    RoleDefinitionBuiltIn(String),
    /// A custom role breaks a rule.
    #[error("{field}: {reason}")]
    InvalidRoleDefinition {
        /// Path of the value in the input.
        field: String,
        /// What is wrong and how to put it right.
        reason: String,
    },
    /// A pattern that no action can fit.
    #[error(
        "{field}: '{action}' does not match any of the actions supported by the providers; use \
         {{namespace}}/{{type}}/{{verb}}, where * stands for any text"
    )]
    InvalidActionOrNotAction {
        /// Path of the value in the input.
        field: String,
        /// The pattern.
        action: String,
    },
}
