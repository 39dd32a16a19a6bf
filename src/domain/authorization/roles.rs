//! Roles: the built-in ones as a table, custom ones, and what a role allows
//! (contract: azure-authorization.md §3).

mod built_in;
mod custom;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::built_in::{
    BILLING_READER, CONTRIBUTOR, COST_MANAGEMENT_READER, OWNER, RBAC_ADMINISTRATOR, READER,
    RESERVATION_PURCHASER, RESERVATIONS_ADMINISTRATOR, RESERVATIONS_CONTRIBUTOR,
    RESERVATIONS_READER, SUPPORT_REQUEST_CONTRIBUTOR, USER_ACCESS_ADMINISTRATOR, built_in,
};
pub use self::custom::{NewRole, put, remove};
use super::access::Access;
use super::fault::AuthorizationFault;
use super::scope::Scope;
use crate::domain::error::Result;
use crate::domain::ids::{ObjectId, TenantId};
use crate::domain::state::State;

/// Action of reading role definitions.
pub const READ: &str = "Microsoft.Authorization/roleDefinitions/read";
/// Action of making or changing one.
pub const WRITE: &str = "Microsoft.Authorization/roleDefinitions/write";
/// Action of deleting one.
pub const DELETE: &str = "Microsoft.Authorization/roleDefinitions/delete";

/// What a role allows. In the patterns `*` stands for any text, slashes included; casing does not
/// count.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Permission {
    /// What is allowed.
    pub actions: Vec<String>,
    /// What of it is not.
    pub not_actions: Vec<String>,
    /// What is allowed on data; kept, never asked for.
    pub data_actions: Vec<String>,
    /// What of it is not.
    pub not_data_actions: Vec<String>,
}

impl Permission {
    /// Whether the action is allowed.
    pub fn allows(&self, action: &str) -> bool {
        let fits = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, action));
        fits(&self.actions) && !fits(&self.not_actions)
    }
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleDefinition {
    /// Its name in ids.
    pub id: Uuid,
    /// Its name for readers.
    pub role_name: String,
    /// What it is for.
    pub description: String,
    /// Whether it exists in every tenant.
    pub is_built_in: bool,
    /// Where it can be assigned, and everywhere below.
    pub assignable_scopes: Vec<Scope>,
    /// What it allows: the union.
    pub permissions: Vec<Permission>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was changed.
    pub updated: DateTime<Utc>,
    /// Who made it; nobody in the tenant for built-in roles.
    pub created_by: Option<ObjectId>,
    /// Who changed it.
    pub updated_by: Option<ObjectId>,
}

impl RoleDefinition {
    /// Whether the role allows the action.
    pub fn allows(&self, action: &str) -> bool {
        self.permissions.iter().any(|permission| permission.allows(action))
    }

    /// Whether the role can be assigned at the scope.
    pub fn is_assignable_at(&self, scope: &Scope) -> bool {
        self.assignable_scopes.iter().any(|allowed| allowed.covers(scope))
    }
}

/// The role of that id in the tenant.
pub fn role(state: &State, tenant: TenantId, id: Uuid) -> Option<&RoleDefinition> {
    built_in()
        .iter()
        .find(|role| role.id == id)
        .or_else(|| state.role_definitions.get(&(tenant, id)).map(|row| &***row))
}

/// The role of that id, for a caller who asks at `scope`. Built-in roles are the same in every tenant
/// and anybody may read them [choice].
pub fn get<'s>(
    state: &'s State,
    access: &Access,
    tenant: TenantId,
    scope: &Scope,
    id: Uuid,
) -> Result<&'s RoleDefinition> {
    let found = role(state, tenant, id);
    if !found.is_some_and(|role| role.is_built_in) {
        access.check(state, tenant, READ, scope)?;
    }
    Ok(found.ok_or(AuthorizationFault::RoleDefinitionDoesNotExist(id))?)
}

/// The roles that can be assigned at the scope, built-in ones first; with `and_below` also those that
/// can be assigned only below it. Asked at the root, all roles of the tenant [choice]. Custom ones are
/// left out for who may not read them.
pub fn list<'s>(
    state: &'s State,
    access: &Access,
    tenant: TenantId,
    scope: &Scope,
    and_below: bool,
) -> Vec<&'s RoleDefinition> {
    let below = and_below || *scope == Scope::Root;
    let sees_custom = access.may(state, tenant, READ, scope);
    let custom = state
        .role_definitions
        .range((tenant, Uuid::nil())..=(tenant, Uuid::max()))
        .map(|(_, row)| &***row)
        .filter(|_| sees_custom);
    built_in()
        .iter()
        .chain(custom)
        .filter(|role| {
            role.is_assignable_at(scope)
                || (below && role.assignable_scopes.iter().any(|it| scope.covers(it)))
        })
        .collect()
}

/// The role that an id of any scope names: `…/providers/Microsoft.Authorization/roleDefinitions/{id}`.
pub fn role_id(text: &str) -> Option<Uuid> {
    let mut segments = text.rsplit('/').filter(|segment| !segment.is_empty());
    let id = segments.next()?;
    let words = ["roleDefinitions", "Microsoft.Authorization", "providers"];
    let fits = words
        .iter()
        .all(|word| segments.next().is_some_and(|given| given.eq_ignore_ascii_case(word)));
    if !fits {
        return None;
    }
    crate::domain::ids::parse_guid(id).ok()
}

/// Whether `text` fits a pattern in which `*` stands for any text. Casing does not count.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where to go on after the last star, and what it has swallowed so far.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(wanted) if wanted.eq_ignore_ascii_case(&text[t]) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after_star, swallowed)) = retry else { return false };
                retry = Some((after_star, swallowed + 1));
                p = after_star;
                t = swallowed + 1;
            }
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests;
