//! Roles that a tenant makes for itself.

use uuid::Uuid;

use super::{DELETE, Permission, RoleDefinition, WRITE, built_in, role};
use crate::domain::authorization::access::Access;
use crate::domain::authorization::assignments::assignments_of;
use crate::domain::authorization::fault::AuthorizationFault;
use crate::domain::authorization::scope::Scope;
use crate::domain::error::Result;
use crate::domain::ids::{ObjectId, TenantId, parse_guid};
use crate::domain::transaction::Transaction;

/// Most patterns of a role and most assignable scopes [choice].
const MOST: usize = 1000;
/// Longest pattern, name and description, in characters [choice].
const LONGEST: usize = 1024;

/// What a client says of a custom role.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewRole {
    /// Name for readers.
    pub role_name: String,
    /// What it is for.
    pub description: String,
    /// Where it can be assigned.
    pub assignable_scopes: Vec<Scope>,
    /// What it allows.
    pub permissions: Vec<Permission>,
}

/// Makes or changes a custom role. The caller must be allowed to write roles at `scope` and at every
/// scope where the role can be assigned.
pub fn put(
    tx: &mut Transaction,
    access: &Access,
    tenant: TenantId,
    by: Option<ObjectId>,
    scope: &Scope,
    id: &str,
    new: NewRole,
) -> Result<RoleDefinition> {
    access.check(tx, tenant, WRITE, scope)?;
    let id = guid(id)?;
    if let Some(role) = role(tx, tenant, id).filter(|role| role.is_built_in) {
        return Err(AuthorizationFault::RoleDefinitionBuiltIn(role.role_name.clone()).into());
    }
    check_content(&new)?;
    for assignable in &new.assignable_scopes {
        access.check(tx, tenant, WRITE, assignable)?;
        assignable.check_exists(tx, tenant)?;
    }
    let is_named = |role: &RoleDefinition| {
        role.id != id && role.role_name.eq_ignore_ascii_case(new.role_name.trim())
    };
    let of_tenant = (tenant, Uuid::nil())..=(tenant, Uuid::max());
    let is_taken = built_in().iter().any(is_named)
        || tx.role_definitions.range(of_tenant).any(|(_, row)| is_named(row));
    if is_taken {
        return Err(AuthorizationFault::RoleDefinitionWithSameNameExists(new.role_name).into());
    }
    let now = tx.now();
    let before = tx.role_definitions.get(&(tenant, id));
    let (created, created_by) =
        before.map_or((now, by), |before| (before.created, before.created_by));
    let definition = RoleDefinition {
        id,
        role_name: new.role_name.trim().to_owned(),
        description: new.description,
        is_built_in: false,
        assignable_scopes: new.assignable_scopes,
        permissions: new.permissions,
        created,
        updated: now,
        created_by,
        updated_by: by,
    };
    tx.role_definitions.put((tenant, id), definition.clone());
    Ok(definition)
}

/// Deletes a custom role that nobody holds; none when there is no such role.
pub fn remove(
    tx: &mut Transaction,
    access: &Access,
    tenant: TenantId,
    scope: &Scope,
    id: &str,
) -> Result<Option<RoleDefinition>> {
    access.check(tx, tenant, DELETE, scope)?;
    let id = guid(id)?;
    let Some(found) = role(tx, tenant, id) else { return Ok(None) };
    if found.is_built_in {
        return Err(AuthorizationFault::RoleDefinitionBuiltIn(found.role_name.clone()).into());
    }
    let found = found.clone();
    for assignable in &found.assignable_scopes {
        access.check(tx, tenant, DELETE, assignable)?;
    }
    let count = assignments_of(tx, tenant).filter(|row| row.role == id).count();
    if count > 0 {
        return Err(AuthorizationFault::RoleDefinitionHasAssignments { role: id, count }.into());
    }
    tx.role_definitions.remove(&(tenant, id));
    Ok(Some(found))
}

fn guid(text: &str) -> Result<Uuid> {
    Ok(parse_guid(text).map_err(|_| {
        AuthorizationFault::InvalidRoleDefinitionId(text.chars().take(80).collect())
    })?)
}

fn check_content(new: &NewRole) -> Result<()> {
    let refuse = |field: &str, reason: &str| {
        let (field, reason) = (format!("properties.{field}"), reason.to_owned());
        Err(AuthorizationFault::InvalidRoleDefinition { field, reason }.into())
    };
    if new.role_name.trim().is_empty() {
        return refuse("roleName", "is required; give the role a name");
    }
    if new.role_name.chars().count() > 512 {
        return refuse("roleName", "must be at most 512 characters");
    }
    if new.description.chars().count() > LONGEST {
        return refuse("description", "must be at most 1024 characters");
    }
    if new.assignable_scopes.is_empty() || new.assignable_scopes.len() > MOST {
        return refuse("assignableScopes", "must name 1 to 1000 scopes");
    }
    // Roles of the whole directory are Microsoft's alone.
    if new.assignable_scopes.contains(&Scope::Root) {
        return refuse(
            "assignableScopes",
            "a custom role cannot be assignable at /; name subscriptions, \
             /providers/Microsoft.Capacity or reservation orders",
        );
    }
    if new.permissions.is_empty() || new.permissions.len() > MOST {
        return refuse("permissions", "must name 1 to 1000 permissions");
    }
    let mut patterns = 0;
    for (index, permission) in new.permissions.iter().enumerate() {
        let lists = [
            ("actions", &permission.actions),
            ("notActions", &permission.not_actions),
            ("dataActions", &permission.data_actions),
            ("notDataActions", &permission.not_data_actions),
        ];
        for (name, list) in lists {
            patterns += list.len();
            for (at, action) in list.iter().enumerate() {
                if !is_pattern(action) {
                    let field = format!("properties.permissions[{index}].{name}[{at}]");
                    let action = action.chars().take(120).collect();
                    return Err(
                        AuthorizationFault::InvalidActionOrNotAction { field, action }.into()
                    );
                }
            }
        }
    }
    if patterns == 0 || patterns > MOST {
        return refuse("permissions", "must name 1 to 1000 actions altogether");
    }
    Ok(())
}

/// Whether an action could fit: `*`, or a namespace (or a star) and something after a slash.
fn is_pattern(text: &str) -> bool {
    let whole = text == "*";
    let parts = text.split_once('/').is_some_and(|(namespace, rest)| {
        (namespace.contains('*') || namespace.contains('.')) && !rest.is_empty()
    });
    let legal = text.bytes().all(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'/' | b'.' | b'-' | b'_')
    });
    text.len() <= LONGEST && legal && (whole || parts)
}
