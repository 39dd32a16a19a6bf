//! What a caller may do: the answer of all role assignments that hold for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::assignments::assignments_of;
use super::fault::AuthorizationFault;
use super::principal::{Principal, admin_agents_group};
use super::roles::{self, Permission};
use super::scope::Scope;
use crate::domain::error::Result;
use crate::domain::ids::TenantId;
use crate::domain::state::State;

/// How a caller stands to access control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Access {
    /// May do everything in its tenant: the level of authentication asks for no roles.
    Unrestricted,
    /// May do what the roles of this principal allow.
    Of(Principal),
}

impl Access {
    /// Whether the caller may do `action` at `scope`. Costs the assignments of the tenant; who asks
    /// for many scopes asks [`Self::granted`] once.
    pub fn may(&self, state: &State, tenant: TenantId, action: &str, scope: &Scope) -> bool {
        let Self::Of(principal) = self else { return true };
        assignments_of(state, tenant).any(|assignment| {
            principal.is_or_is_in(assignment.principal)
                && assignment.scope.covers(scope)
                && roles::role(state, tenant, assignment.role).is_some_and(|r| r.allows(action))
        })
    }

    /// Refuses what the caller may not do (contract: azure-authorization.md §5).
    pub fn check(
        &self,
        state: &State,
        tenant: TenantId,
        action: &str,
        scope: &Scope,
    ) -> Result<()> {
        if self.may(state, tenant, action, scope) {
            return Ok(());
        }
        self.refuse(action, scope)
    }

    /// Refuses who is neither at home in the tenant, nor an admin agent of the partner, nor holds a role
    /// at its root: support for a directory as such is for its members
    /// (contract: azure-support.md §1 [choice]).
    pub fn check_member(&self, state: &State, tenant: TenantId, action: &str) -> Result<()> {
        let Self::Of(principal) = self else { return Ok(()) };
        let is_home = tenant == TenantId::from(state.partner.id);
        if is_home || principal.is_or_is_in(admin_agents_group(state.partner.id)) {
            return Ok(());
        }
        self.check(state, tenant, action, &Scope::Root)
    }

    /// Every place where the caller may do `action`.
    pub fn granted(&self, state: &State, tenant: TenantId, action: &str) -> Granted {
        let Self::Of(principal) = self else { return Granted(None) };
        let scopes = assignments_of(state, tenant)
            .filter(|assignment| principal.is_or_is_in(assignment.principal))
            .filter(|assignment| {
                roles::role(state, tenant, assignment.role).is_some_and(|r| r.allows(action))
            })
            .map(|assignment| assignment.scope.clone())
            .collect();
        Granted(Some(scopes))
    }

    /// Whether the caller holds one of these roles at the scope or above, whatever the roles allow.
    pub fn holds(&self, state: &State, tenant: TenantId, any: &[Uuid], scope: &Scope) -> bool {
        let Self::Of(principal) = self else { return true };
        assignments_of(state, tenant).any(|assignment| {
            any.contains(&assignment.role)
                && principal.is_or_is_in(assignment.principal)
                && assignment.scope.covers(scope)
        })
    }

    /// Refuses who holds none of these roles at the scope or above: refunds and exchanges ask for
    /// Owner or Reservations Administrator on the order, purchases for Owner or Reservation Purchaser
    /// on the billing subscription (contract: azure-authorization.md §5). `action` is what is refused.
    pub fn check_holds(
        &self,
        state: &State,
        tenant: TenantId,
        any: &[Uuid],
        action: &str,
        scope: &Scope,
    ) -> Result<()> {
        if self.holds(state, tenant, any, scope) {
            return Ok(());
        }
        self.refuse(action, scope)
    }

    /// What the caller's roles allow at the scope, role by role in the order of assignment names.
    pub fn permissions(&self, state: &State, tenant: TenantId, scope: &Scope) -> Vec<Permission> {
        let Self::Of(principal) = self else {
            let everything = vec!["*".to_owned()];
            return vec![Permission { actions: everything, ..Permission::default() }];
        };
        let held: BTreeSet<Uuid> = assignments_of(state, tenant)
            .filter(|assignment| {
                principal.is_or_is_in(assignment.principal) && assignment.scope.covers(scope)
            })
            .map(|assignment| assignment.role)
            .collect();
        held.into_iter()
            .filter_map(|id| roles::role(state, tenant, id))
            .flat_map(|role| role.permissions.iter().cloned())
            .collect()
    }

    pub(super) fn refuse<T>(&self, action: &str, scope: &Scope) -> Result<T> {
        let (client, object) = match self {
            Self::Of(principal) => (principal.application.clone(), principal.id),
            Self::Unrestricted => (String::new(), crate::domain::ids::ObjectId::FIRST),
        };
        let (action, scope) = (action.to_owned(), scope.clone());
        Err(AuthorizationFault::AuthorizationFailed { client, object, action, scope }.into())
    }
}

/// The places where an action is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted(Option<BTreeSet<Scope>>);

impl Granted {
    /// Whether the action is allowed at the scope.
    pub fn covers(&self, scope: &Scope) -> bool {
        self.0.as_ref().is_none_or(|scopes| scope.and_above().any(|above| scopes.contains(&above)))
    }
}
