//! Access control of Azure: who may do what where (contract: azure-authorization.md). Roles say what
//! is allowed, assignments who has which role at which scope, and [`Access`] answers for a caller.
//! Which calls ask for which action is known to the operations, not here.

mod access;
mod assignments;
mod existence;
mod fault;
mod principal;
pub mod roles;
mod scope;
#[cfg(test)]
mod tests;

pub use access::{Access, Granted};
pub use assignments::{
    NewAssignment, RoleAssignment, assignments_of, copy, create, delete, elevate, find,
    grant_admin_agents, grant_owner, keep_only, list,
};
pub use fault::AuthorizationFault;
pub use principal::{
    AGENT_GROUPS, AgentGroup, Principal, PrincipalKind, admin_agents_group, groups_of, kind_of,
};
pub use roles::RoleDefinition;
pub use scope::{AnyCase, NotAScope, Scope};

/// Actions on role assignments and permissions.
pub mod actions {
    /// Reading role assignments.
    pub const READ_ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments/read";
    /// Making or changing one.
    pub const WRITE_ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments/write";
    /// Deleting one.
    pub const DELETE_ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments/delete";
    /// Reading deny assignments.
    pub const READ_DENY_ASSIGNMENTS: &str = "Microsoft.Authorization/denyAssignments/read";
    /// Raising oneself to the root of the tenant.
    pub const ELEVATE: &str = "Microsoft.Authorization/elevateAccess/action";
}
