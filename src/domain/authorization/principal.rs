//! Who can hold a role. The directory of a world is the partner's: its users, its applications, and
//! the group of its admin agents, which customers see as a foreign group.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::ids::{ObjectId, PartnerId, TenantId};
use crate::domain::partner::{ADMIN_AGENT, Client, Partner};

/// What a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PrincipalKind {
    /// A user.
    User,
    /// A group.
    Group,
    /// An application in the tenant.
    ServicePrincipal,
    /// A group of another tenant.
    ForeignGroup,
    /// A device.
    Device,
}

impl PrincipalKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::User, Self::Group, Self::ServicePrincipal, Self::ForeignGroup, Self::Device];

    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::ServicePrincipal => "ServicePrincipal",
            Self::ForeignGroup => "ForeignGroup",
            Self::Device => "Device",
        }
    }

    /// The kind of that word, in any casing.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text))
    }
}

/// A caller as access control sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Principal {
    /// Object id.
    pub id: ObjectId,
    /// What it is.
    pub kind: PrincipalKind,
    /// Groups it is a member of.
    pub groups: Vec<ObjectId>,
    /// The application it calls with.
    pub application: String,
}

impl Principal {
    /// The user or application of that object id in a tenant, with the groups the partner's directory
    /// knows.
    pub fn new(
        partner: &Partner,
        tenant: TenantId,
        id: ObjectId,
        kind: PrincipalKind,
        application: String,
    ) -> Self {
        Self { id, kind, groups: groups_of(partner, tenant, id), application }
    }

    /// Whether a role held by `id` is held by this principal.
    pub fn is_or_is_in(&self, id: ObjectId) -> bool {
        self.id == id || self.groups.contains(&id)
    }
}

/// A group of the partner's directory that has the holders of one of Partner Center's roles as members.
/// Customers' tenants know it as a foreign group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentGroup {
    /// The role.
    pub role: &'static str,
    /// Name.
    pub name: &'static str,
}

/// The groups of a partner's agents.
pub const AGENT_GROUPS: [AgentGroup; 3] = [
    AgentGroup { role: ADMIN_AGENT, name: "AdminAgents" },
    AgentGroup { role: "HelpdeskAgent", name: "HelpdeskAgents" },
    AgentGroup { role: "SalesAgent", name: "SalesAgents" },
];

impl AgentGroup {
    /// Object id, the same in every tenant [choice].
    pub fn id(self, partner: PartnerId) -> ObjectId {
        let name = format!("{partner}/{}", self.name);
        ObjectId(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()))
    }

    /// Whether who holds these roles is a member.
    pub fn admits(self, roles: &[String]) -> bool {
        roles.iter().any(|role| role == self.role)
    }
}

/// The group of the partner's admin agents as customers' tenants know it, a `ForeignGroup` [choice].
pub fn admin_agents_group(partner: PartnerId) -> ObjectId {
    AGENT_GROUPS[0].id(partner)
}

/// Groups that the object of that id in the tenant is a member of.
pub fn groups_of(partner: &Partner, tenant: TenantId, id: ObjectId) -> Vec<ObjectId> {
    let user = partner.users.iter().find(|user| user.object_id == id).map(|user| &user.roles);
    let roles = user.or_else(|| client(partner, tenant, id).map(|client| &client.roles));
    let Some(roles) = roles else { return Vec::new() };
    let groups = AGENT_GROUPS.into_iter().filter(|group| group.admits(roles));
    groups.map(|group| group.id(partner.id)).collect()
}

/// What the object of that id in the tenant is; none when the directory does not know it.
pub fn kind_of(partner: &Partner, tenant: TenantId, id: ObjectId) -> Option<PrincipalKind> {
    if partner.users.iter().any(|user| user.object_id == id) {
        Some(PrincipalKind::User)
    } else if client(partner, tenant, id).is_some() {
        Some(PrincipalKind::ServicePrincipal)
    } else if AGENT_GROUPS.iter().any(|group| group.id(partner.id) == id) {
        Some(PrincipalKind::ForeignGroup)
    } else {
        None
    }
}

fn client(partner: &Partner, tenant: TenantId, id: ObjectId) -> Option<&Client> {
    partner.clients.iter().find(|client| partner.service_principal(client, tenant) == id)
}

/// Whether the user may raise itself to the root of a tenant: a Global Administrator, or an admin
/// agent, who is one in customers' tenants [choice]. Applications never may.
pub fn may_elevate(partner: &Partner, id: ObjectId) -> bool {
    partner
        .users
        .iter()
        .filter(|user| user.object_id == id)
        .any(|user| user.roles.iter().any(|role| role == ADMIN_AGENT || role == "GlobalAdmin"))
}
