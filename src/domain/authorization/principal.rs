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

/// The group of the partner's admin agents as customers' tenants know it, a `ForeignGroup` [choice].
pub fn admin_agents_group(partner: PartnerId) -> ObjectId {
    let name = format!("{partner}/AdminAgents");
    ObjectId(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()))
}

/// Groups that the object of that id in the tenant is a member of.
pub fn groups_of(partner: &Partner, tenant: TenantId, id: ObjectId) -> Vec<ObjectId> {
    let is_agent = |roles: &[String]| roles.iter().any(|role| role == ADMIN_AGENT);
    let user = partner.users.iter().any(|user| user.object_id == id && is_agent(&user.roles));
    let client = || client(partner, tenant, id).is_some_and(|client| is_agent(&client.roles));
    if user || client() { vec![admin_agents_group(partner.id)] } else { Vec::new() }
}

/// What the object of that id in the tenant is; none when the directory does not know it.
pub fn kind_of(partner: &Partner, tenant: TenantId, id: ObjectId) -> Option<PrincipalKind> {
    if partner.users.iter().any(|user| user.object_id == id) {
        Some(PrincipalKind::User)
    } else if client(partner, tenant, id).is_some() {
        Some(PrincipalKind::ServicePrincipal)
    } else if admin_agents_group(partner.id) == id {
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
