//! Assignments that no client asks for: what a purchase, a renewal and a change of directory bring
//! with them, and the elevation of an administrator.

use uuid::Uuid;

use super::{RoleAssignment, assignments_of, standing};
use crate::domain::authorization::access::Access;
use crate::domain::authorization::actions::ELEVATE;
use crate::domain::authorization::principal::{
    PrincipalKind, admin_agents_group, kind_of, may_elevate,
};
use crate::domain::authorization::roles::{OWNER, USER_ACCESS_ADMINISTRATOR};
use crate::domain::authorization::scope::Scope;
use crate::domain::error::Result;
use crate::domain::ids::{Draw, ObjectId, ReservationOrderId, TenantId};
use crate::domain::transaction::Transaction;

/// Makes the principal an owner at the scope, as a buyer is of the order it made [choice]. Who is one
/// there already stays one.
pub fn grant_owner(
    tx: &mut Transaction,
    tenant: TenantId,
    scope: Scope,
    principal: ObjectId,
    kind: PrincipalKind,
) {
    if standing(tx, tenant, OWNER, principal, &scope).is_none() {
        give(tx, tenant, scope, OWNER, (principal, kind), None);
    }
}

/// Makes the partner's admin agents owners of something new: an order they bought, or a subscription
/// they administer on behalf of the customer (contract: azure-authorization.md §6). What has just been
/// made has no other owner of that name yet, so nothing is looked through.
pub fn grant_admin_agents(tx: &mut Transaction, tenant: TenantId, scope: Scope) {
    let group = admin_agents_group(tx.partner.id);
    give(tx, tenant, scope, OWNER, (group, PrincipalKind::ForeignGroup), None);
}

/// Gives a renewed order the assignments of the one it follows
/// (contract: reservation-business-rules.md §9). Those on its single reservations stay behind [choice].
pub fn copy(
    tx: &mut Transaction,
    (from, renewed): (TenantId, ReservationOrderId),
    (to, renewal): (TenantId, ReservationOrderId),
) {
    let scope = Scope::Order(renewal);
    let copied: Vec<RoleAssignment> = assignments_of(tx, from)
        .filter(|row| row.scope == Scope::Order(renewed))
        .map(|row| RoleAssignment::clone(row))
        .collect();
    for assignment in copied {
        if standing(tx, to, assignment.role, assignment.principal, &scope).is_none() {
            let name = tx.guid(Draw::RoleAssignment);
            let (created, scope) = (tx.now(), scope.clone());
            let copy = RoleAssignment { name, scope, created, ..assignment };
            tx.role_assignments.put((to, name), copy);
        }
    }
}

/// What becomes of the assignments on an order and its reservations when the order moves to another
/// tenant: all are gone but those of the caller, who is an owner there
/// (contract: azure-authorization.md §6, changeDirectory).
pub fn keep_only(
    tx: &mut Transaction,
    (from, to): (TenantId, TenantId),
    order: ReservationOrderId,
    caller: Option<(ObjectId, PrincipalKind)>,
) {
    let scope = Scope::Order(order);
    let found: Vec<RoleAssignment> = assignments_of(tx, from)
        .filter(|row| scope.covers(&row.scope))
        .map(|row| RoleAssignment::clone(row))
        .collect();
    for assignment in found {
        tx.role_assignments.remove(&(from, assignment.name));
        if caller.is_some_and(|(id, _)| id == assignment.principal) {
            tx.role_assignments.put((to, assignment.name), assignment);
        }
    }
    if let Some((id, kind)) = caller {
        grant_owner(tx, to, scope, id, kind);
    }
}

/// Makes the caller User Access Administrator of everything in the tenant: the documented way to see
/// all its reservations. A caller without identity counts as the partner's admin agents [choice].
pub fn elevate(
    tx: &mut Transaction,
    access: &Access,
    tenant: TenantId,
    by: Option<ObjectId>,
) -> Result<()> {
    if let Access::Of(principal) = access
        && !may_elevate(&tx.partner, principal.id)
    {
        return access.refuse(ELEVATE, &Scope::Root);
    }
    let agents = admin_agents_group(tx.partner.id);
    let principal = by.unwrap_or(agents);
    let role = USER_ACCESS_ADMINISTRATOR;
    if standing(tx, tenant, role, principal, &Scope::Root).is_none() {
        let kind = kind_of(&tx.partner, tenant, principal).unwrap_or(PrincipalKind::User);
        give(tx, tenant, Scope::Root, role, (principal, kind), by);
    }
    Ok(())
}

fn give(
    tx: &mut Transaction,
    tenant: TenantId,
    scope: Scope,
    role: Uuid,
    (principal, principal_kind): (ObjectId, PrincipalKind),
    created_by: Option<ObjectId>,
) {
    let name = tx.guid(Draw::RoleAssignment);
    let assignment = RoleAssignment {
        name,
        role,
        principal,
        principal_kind,
        scope,
        description: None,
        condition: None,
        condition_version: None,
        delegated_managed_identity: None,
        created: tx.now(),
        created_by,
    };
    tx.role_assignments.put((tenant, name), assignment);
}
