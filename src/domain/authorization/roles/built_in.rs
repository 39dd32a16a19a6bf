//! The built-in roles that matter to reservations (contract: azure-authorization.md §3, table).

use std::sync::LazyLock;

use chrono::DateTime;
use uuid::{Uuid, uuid};

use super::{Permission, RoleDefinition};
use crate::domain::authorization::scope::Scope;

/// Owner.
pub const OWNER: Uuid = uuid!("8e3af657-a8ff-443c-a75c-2fe8c4bcb635");
/// Contributor.
pub const CONTRIBUTOR: Uuid = uuid!("b24988ac-6180-42a0-ab88-20f7382dd24c");
/// Reader.
pub const READER: Uuid = uuid!("acdd72a7-3385-48ef-bd42-f606fba81ae7");
/// User Access Administrator.
pub const USER_ACCESS_ADMINISTRATOR: Uuid = uuid!("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9");
/// Role Based Access Control Administrator.
pub const RBAC_ADMINISTRATOR: Uuid = uuid!("f58310d9-a9f6-439a-9e8d-f62e7b41a168");
/// Reservation Purchaser.
pub const RESERVATION_PURCHASER: Uuid = uuid!("f7b75c60-3036-4b75-91c3-6b41c27c1689");
/// Reservations Administrator.
pub const RESERVATIONS_ADMINISTRATOR: Uuid = uuid!("a8889054-8d42-49c9-bc1c-52486c10e7cd");
/// Reservations Reader.
pub const RESERVATIONS_READER: Uuid = uuid!("582fc458-8989-419f-a480-75249bc5db7e");
/// Reservations Contributor. The role exists; this id of it is invented [choice].
pub const RESERVATIONS_CONTRIBUTOR: Uuid = uuid!("c0a7e5b2-93d1-4f68-b4ce-71d20f8a6e35");
/// Support Request Contributor.
pub const SUPPORT_REQUEST_CONTRIBUTOR: Uuid = uuid!("cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e");
/// Cost Management Reader.
pub const COST_MANAGEMENT_READER: Uuid = uuid!("72fafb9e-0641-4937-9268-a91bfd8191a3");
/// Billing Reader.
pub const BILLING_READER: Uuid = uuid!("fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64");

/// A line of the table.
struct BuiltIn {
    id: Uuid,
    role_name: &'static str,
    description: &'static str,
    scope: Scope,
    actions: &'static [&'static str],
    not_actions: &'static [&'static str],
}

const TABLE: [BuiltIn; 12] = [
    BuiltIn {
        id: OWNER,
        role_name: "Owner",
        description: "Everything, access of others included.",
        scope: Scope::Root,
        actions: &["*"],
        not_actions: &[],
    },
    BuiltIn {
        id: CONTRIBUTOR,
        role_name: "Contributor",
        description: "Everything except the access of others.",
        scope: Scope::Root,
        actions: &["*"],
        not_actions: &[
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
        ],
    },
    BuiltIn {
        id: READER,
        role_name: "Reader",
        description: "Reads everything, changes nothing.",
        scope: Scope::Root,
        actions: &["*/read"],
        not_actions: &[],
    },
    BuiltIn {
        id: USER_ACCESS_ADMINISTRATOR,
        role_name: "User Access Administrator",
        description: "Reads everything and decides on the access of others.",
        scope: Scope::Root,
        actions: &["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"],
        not_actions: &[],
    },
    BuiltIn {
        id: RBAC_ADMINISTRATOR,
        role_name: "Role Based Access Control Administrator",
        description: "Reads everything and assigns roles.",
        scope: Scope::Root,
        actions: &[
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        ],
        not_actions: &[],
    },
    BuiltIn {
        id: RESERVATION_PURCHASER,
        role_name: "Reservation Purchaser",
        description: "Buys reservations.",
        scope: Scope::Root,
        actions: &[
            "Microsoft.Authorization/roleAssignments/read",
            "Microsoft.Capacity/catalogs/read",
            "Microsoft.Capacity/register/action",
            "Microsoft.Compute/register/action",
            "Microsoft.Consumption/register/action",
            "Microsoft.SQL/register/action",
            "Microsoft.Consumption/reservationRecommendations/read",
            "Microsoft.Consumption/reservationRecommendationDetails/read",
            "Microsoft.Resources/subscriptions/read",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            "Microsoft.Support/supporttickets/write",
        ],
        not_actions: &[],
    },
    BuiltIn {
        id: RESERVATIONS_ADMINISTRATOR,
        role_name: "Reservations Administrator",
        description: "Manages all reservations of a tenant and who has access to them.",
        scope: Scope::Capacity,
        actions: &[
            "Microsoft.Capacity/*/read",
            "Microsoft.Capacity/*/action",
            "Microsoft.Capacity/*/write",
            "Microsoft.Authorization/roleAssignments/read",
            "Microsoft.Authorization/roleDefinitions/read",
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
        ],
        not_actions: &[],
    },
    BuiltIn {
        id: RESERVATIONS_READER,
        role_name: "Reservations Reader",
        description: "Reads all reservations of a tenant.",
        scope: Scope::Capacity,
        actions: &["Microsoft.Capacity/*/read", "Microsoft.Authorization/roleAssignments/read"],
        not_actions: &[],
    },
    BuiltIn {
        id: RESERVATIONS_CONTRIBUTOR,
        role_name: "Reservations Contributor",
        description: "Manages all reservations of a tenant, not who has access to them.",
        scope: Scope::Capacity,
        actions: &[
            "Microsoft.Capacity/*/read",
            "Microsoft.Capacity/*/action",
            "Microsoft.Capacity/*/write",
            "Microsoft.Authorization/roleAssignments/read",
            "Microsoft.Authorization/roleDefinitions/read",
        ],
        not_actions: &[],
    },
    BuiltIn {
        id: SUPPORT_REQUEST_CONTRIBUTOR,
        role_name: "Support Request Contributor",
        description: "Opens and follows support requests.",
        scope: Scope::Root,
        actions: &[
            "Microsoft.Authorization/*/read",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            "Microsoft.Support/*",
        ],
        not_actions: &[],
    },
    BuiltIn {
        id: COST_MANAGEMENT_READER,
        role_name: "Cost Management Reader",
        description: "Reads costs.",
        scope: Scope::Root,
        actions: &[
            "Microsoft.Consumption/*/read",
            "Microsoft.CostManagement/*/read",
            "Microsoft.Billing/billingPeriods/read",
            "Microsoft.Resources/subscriptions/read",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
        ],
        not_actions: &[],
    },
    BuiltIn {
        id: BILLING_READER,
        role_name: "Billing Reader",
        description: "Reads bills and costs.",
        scope: Scope::Root,
        actions: &[
            "Microsoft.Authorization/*/read",
            "Microsoft.Billing/*/read",
            "Microsoft.Commerce/*/read",
            "Microsoft.Consumption/*/read",
            "Microsoft.CostManagement/*/read",
        ],
        not_actions: &[],
    },
];

/// The built-in roles, in the order of the contract.
pub fn built_in() -> &'static [RoleDefinition] {
    static ROLES: LazyLock<Vec<RoleDefinition>> =
        LazyLock::new(|| TABLE.iter().map(BuiltIn::definition).collect());
    &ROLES
}

impl BuiltIn {
    fn definition(&self) -> RoleDefinition {
        // Built-in roles are older than any world; the moment is invented.
        let made = DateTime::from_timestamp(1_609_459_200, 0).unwrap_or_default();
        let texts = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect();
        RoleDefinition {
            id: self.id,
            role_name: self.role_name.to_owned(),
            description: self.description.to_owned(),
            is_built_in: true,
            assignable_scopes: vec![self.scope.clone()],
            permissions: vec![Permission {
                actions: texts(self.actions),
                not_actions: texts(self.not_actions),
                ..Permission::default()
            }],
            created: made,
            updated: made,
            created_by: None,
            updated_by: None,
        }
    }
}
