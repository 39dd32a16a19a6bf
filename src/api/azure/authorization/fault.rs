//! Which status and code a refusal of access control has on the wire
//! (contract: azure-authorization.md §2, §3).

use crate::api::azure::caller::WRONG_TENANT;
use crate::api::azure::error::{
    ASSIGNMENT_EXISTS, ASSIGNMENT_FIXED, ASSIGNMENT_NOT_FOUND, AUTHORIZATION_FAILED, ArmFault,
    INVALID_ACTION, INVALID_ASSIGNMENT_NAME, INVALID_ROLE, INVALID_ROLE_ID, MISSING_SUBSCRIPTION,
    PRINCIPAL_NOT_FOUND, PRINCIPAL_TYPE, ROLE_IN_USE, ROLE_NAME_TAKEN, ROLE_NOT_ASSIGNABLE,
    ROLE_NOT_FOUND, SUBSCRIPTION_NOT_FOUND,
};
use crate::domain::authorization::AuthorizationFault;

impl From<AuthorizationFault> for ArmFault {
    fn from(fault: AuthorizationFault) -> Self {
        use AuthorizationFault as F;
        let message = fault.to_string();
        let code = match fault {
            F::AuthorizationFailed { .. } => AUTHORIZATION_FAILED,
            F::UnknownScope(..) => MISSING_SUBSCRIPTION,
            F::SubscriptionNotFound(_) => SUBSCRIPTION_NOT_FOUND,
            F::OtherTenant { .. } => WRONG_TENANT,
            F::RoleAssignmentNotFound { .. } => ASSIGNMENT_NOT_FOUND,
            F::RoleAssignmentExists(_) => ASSIGNMENT_EXISTS,
            F::RoleAssignmentUpdateNotPermitted(_) => ASSIGNMENT_FIXED,
            F::InvalidRoleAssignmentId(_) => INVALID_ASSIGNMENT_NAME,
            F::InvalidRoleDefinitionId(_) => INVALID_ROLE_ID,
            F::RoleDefinitionDoesNotExist(_) => ROLE_NOT_FOUND,
            F::RoleDefinitionNotAssignable { .. } => ROLE_NOT_ASSIGNABLE,
            F::PrincipalNotFound { .. } => PRINCIPAL_NOT_FOUND,
            F::UnmatchedPrincipalType { .. } => PRINCIPAL_TYPE,
            F::RoleDefinitionWithSameNameExists(_) => ROLE_NAME_TAKEN,
            F::RoleDefinitionHasAssignments { .. } => ROLE_IN_USE,
            F::RoleDefinitionBuiltIn(_) | F::InvalidRoleDefinition { .. } => INVALID_ROLE,
            F::InvalidActionOrNotAction { .. } => INVALID_ACTION,
        };
        Self::new(code, message)
    }
}
