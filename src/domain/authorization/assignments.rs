//! Role assignments: who has which role where (contract: azure-authorization.md §2).

mod given;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::given::{copy, elevate, grant_admin_agents, grant_owner, keep_only};
use super::access::Access;
use super::actions::{DELETE_ASSIGNMENTS, READ_ASSIGNMENTS, WRITE_ASSIGNMENTS};
use super::fault::AuthorizationFault;
use super::principal::{PrincipalKind, groups_of, kind_of};
use super::roles;
use super::scope::Scope;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{ObjectId, TenantId, parse_guid};
use crate::domain::partner::Partner;
use crate::domain::state::State;
use crate::domain::transaction::Transaction;
use crate::store::Row;

/// Longest description and condition, in characters [choice].
const LONGEST: usize = 8192;

/// One principal has one role at one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleAssignment {
    /// Its name, unique in the tenant.
    pub name: Uuid,
    /// The role.
    pub role: Uuid,
    /// Who has it.
    pub principal: ObjectId,
    /// What that is.
    pub principal_kind: PrincipalKind,
    /// Where.
    pub scope: Scope,
    /// Why, in words of who made it.
    pub description: Option<String>,
    /// Condition on the resources; kept, not evaluated.
    pub condition: Option<String>,
    /// Version of the condition's language.
    pub condition_version: Option<String>,
    /// Managed identity on whose behalf it is.
    pub delegated_managed_identity: Option<String>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// Who made it.
    pub created_by: Option<ObjectId>,
}

/// What a client says of an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAssignment {
    /// The role.
    pub role: Uuid,
    /// Who gets it.
    pub principal: ObjectId,
    /// What that is. Needed for principals that the directory does not know.
    pub principal_kind: Option<PrincipalKind>,
    /// Why.
    pub description: Option<String>,
    /// Condition.
    pub condition: Option<String>,
    /// Version of the condition's language.
    pub condition_version: Option<String>,
    /// Managed identity.
    pub delegated_managed_identity: Option<String>,
}

impl RoleAssignment {
    /// Whether the principal has the role, itself or by one of its groups.
    pub fn is_of(&self, partner: &Partner, tenant: TenantId, principal: ObjectId) -> bool {
        self.principal == principal
            || groups_of(partner, tenant, principal).contains(&self.principal)
    }
}

impl NewAssignment {
    /// The role for the principal, nothing else said.
    pub fn of(role: Uuid, principal: ObjectId) -> Self {
        Self {
            role,
            principal,
            principal_kind: None,
            description: None,
            condition: None,
            condition_version: None,
            delegated_managed_identity: None,
        }
    }
}

/// The assignment of just this role to just this principal at just this scope.
fn standing<'s>(
    state: &'s State,
    tenant: TenantId,
    role: Uuid,
    principal: ObjectId,
    scope: &Scope,
) -> Option<&'s Arc<Row<RoleAssignment>>> {
    assignments_of(state, tenant)
        .find(|row| row.role == role && row.principal == principal && row.scope == *scope)
}

/// All assignments of the tenant, in the order of their names.
pub fn assignments_of(
    state: &State,
    tenant: TenantId,
) -> impl DoubleEndedIterator<Item = &Arc<Row<RoleAssignment>>> {
    state.role_assignments.range((tenant, Uuid::nil())..=(tenant, Uuid::max())).map(|(_, row)| row)
}

/// Assigns a role; also says whether the assignment is new. One that exists with the same content
/// stays as it is.
pub fn create(
    tx: &mut Transaction,
    access: &Access,
    tenant: TenantId,
    by: Option<ObjectId>,
    scope: &Scope,
    name: &str,
    new: NewAssignment,
) -> Result<(Arc<Row<RoleAssignment>>, bool)> {
    access.check(tx, tenant, WRITE_ASSIGNMENTS, scope)?;
    let name = assignment_name(name)?;
    scope.check_exists(tx, tenant)?;
    check_texts(&new)?;
    let role = roles::role(tx, tenant, new.role)
        .ok_or(AuthorizationFault::RoleDefinitionDoesNotExist(new.role))?;
    if !role.is_assignable_at(scope) {
        let assignable: Vec<String> =
            role.assignable_scopes.iter().take(5).map(ToString::to_string).collect();
        return Err(AuthorizationFault::RoleDefinitionNotAssignable {
            role: role.role_name.clone(),
            scope: scope.clone(),
            assignable: assignable.join(", "),
        }
        .into());
    }
    let principal_kind = principal_kind(tx, tenant, &new)?;
    let assignment = RoleAssignment {
        name,
        role: new.role,
        principal: new.principal,
        principal_kind,
        scope: scope.clone(),
        description: new.description,
        condition: new.condition,
        condition_version: new.condition_version,
        delegated_managed_identity: new.delegated_managed_identity,
        created: tx.now(),
        created_by: by,
    };
    if let Some(standing) = tx.role_assignments.get(&(tenant, name)) {
        let (created, created_by) = (standing.created, standing.created_by);
        return if ***standing == (RoleAssignment { created, created_by, ..assignment }) {
            Ok((Arc::clone(standing), false))
        } else {
            Err(AuthorizationFault::RoleAssignmentUpdateNotPermitted(name).into())
        };
    }
    let (role, principal) = (assignment.role, assignment.principal);
    if let Some(same) = standing(tx, tenant, role, principal, &assignment.scope) {
        return Err(AuthorizationFault::RoleAssignmentExists(same.name).into());
    }
    Ok((tx.role_assignments.put((tenant, name), assignment), true))
}

/// What the principal is. The directory of a world knows the partner's users and applications and no
/// customer's; who names the type vouches for the principal, as for one that was made a moment ago and
/// that the directory does not know yet [choice].
fn principal_kind(state: &State, tenant: TenantId, new: &NewAssignment) -> Result<PrincipalKind> {
    let principal = new.principal;
    match (kind_of(&state.partner, tenant, principal), new.principal_kind) {
        (Some(is), Some(given)) if is != given => {
            let is = is.name();
            Err(AuthorizationFault::UnmatchedPrincipalType { principal, is, given }.into())
        }
        (Some(kind), _) | (None, Some(kind)) => Ok(kind),
        (None, None) => Err(AuthorizationFault::PrincipalNotFound { principal, tenant }.into()),
    }
}

fn check_texts(new: &NewAssignment) -> Result<()> {
    let texts = [
        ("description", &new.description),
        ("condition", &new.condition),
        ("conditionVersion", &new.condition_version),
        ("delegatedManagedIdentityResourceId", &new.delegated_managed_identity),
    ];
    for (name, text) in texts {
        if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST) {
            let field = format!("properties.{name}");
            return Err(Error::invalid(field, "must be at most 8192 characters"));
        }
    }
    match new.condition_version.as_deref() {
        None | Some("1.0" | "2.0") => Ok(()),
        Some(_) => Err(Error::invalid("properties.conditionVersion", "must be 2.0")),
    }
}

fn assignment_name(text: &str) -> Result<Uuid> {
    Ok(parse_guid(text).map_err(|_| {
        AuthorizationFault::InvalidRoleAssignmentId(text.chars().take(80).collect())
    })?)
}

/// The assignment of that name at exactly that scope.
pub fn find<'s>(
    state: &'s State,
    access: &Access,
    tenant: TenantId,
    scope: &Scope,
    name: &str,
) -> Result<&'s Arc<Row<RoleAssignment>>> {
    access.check(state, tenant, READ_ASSIGNMENTS, scope)?;
    let name = assignment_name(name)?;
    scope.check_exists(state, tenant)?;
    standing_at(state, tenant, scope, name).ok_or_else(|| {
        let scope = scope.clone();
        AuthorizationFault::RoleAssignmentNotFound { name, scope }.into()
    })
}

fn standing_at<'s>(
    state: &'s State,
    tenant: TenantId,
    scope: &Scope,
    name: Uuid,
) -> Option<&'s Arc<Row<RoleAssignment>>> {
    state.role_assignments.get(&(tenant, name)).filter(|row| row.scope == *scope)
}

/// Takes an assignment away; none when it does not stand at that scope. The last owner of an order can
/// be removed [choice].
pub fn delete(
    tx: &mut Transaction,
    access: &Access,
    tenant: TenantId,
    scope: &Scope,
    name: &str,
) -> Result<Option<Arc<Row<RoleAssignment>>>> {
    access.check(tx, tenant, DELETE_ASSIGNMENTS, scope)?;
    let name = assignment_name(name)?;
    scope.check_exists(tx, tenant)?;
    let found = standing_at(tx, tenant, scope, name).cloned();
    if found.is_some() {
        tx.role_assignments.remove(&(tenant, name));
    }
    Ok(found)
}

/// The assignments at, above and below the scope that are wanted and that the caller may see, in the
/// order they were made. Who may read assignments at the scope sees those above it too, because they
/// hold there. Nothing is refused: who may read nothing sees nothing.
pub fn list(
    state: &State,
    access: &Access,
    tenant: TenantId,
    scope: &Scope,
    wanted: impl Fn(&RoleAssignment) -> bool,
) -> Result<Vec<Arc<Row<RoleAssignment>>>> {
    let readable = access.granted(state, tenant, READ_ASSIGNMENTS);
    let reads_scope = readable.covers(scope);
    if reads_scope {
        scope.check_exists(state, tenant)?;
    }
    let mut found: Vec<Arc<Row<RoleAssignment>>> = assignments_of(state, tenant)
        .filter(|row| row.scope.covers(scope) || scope.covers(&row.scope))
        .filter(|row| reads_scope || readable.covers(&row.scope))
        .filter(|row| wanted(row))
        .cloned()
        .collect();
    found.sort_by_key(|row| row.created);
    Ok(found)
}

#[cfg(test)]
mod tests;
