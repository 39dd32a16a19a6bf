//! What the directory of a caller's tenant has: the partner's users, groups and applications. A
//! customer's tenant knows the partner's users as well [choice], has service principals of its own for
//! the partner's applications, and knows the partner's groups as those of another tenant.

use std::sync::Arc;

use super::error::GraphFault;
use crate::api::azure::caller::Caller;
use crate::api::call::Call;
use crate::domain::authorization::{AGENT_GROUPS, AgentGroup};
use crate::domain::ids::{ObjectId, TenantId};
use crate::domain::partner::{Client, Partner, User};

/// An object of a directory.
#[derive(Debug, Clone, Copy)]
pub enum Object<'d> {
    /// A user.
    User(&'d User),
    /// A group.
    Group(AgentGroup),
    /// An application in the tenant.
    ServicePrincipal(&'d Client),
    /// An application where it is registered.
    Application(&'d Client),
    /// A group of the partner as a customer's tenant knows it.
    PartnerGroup(AgentGroup),
}

/// The directory of a tenant.
#[derive(Debug)]
pub struct Directory {
    /// The tenant.
    pub tenant: TenantId,
    /// Whose users and applications are in it.
    pub partner: Arc<Partner>,
}

impl Directory {
    /// That of the caller's token; the partner's without a token.
    pub fn of(call: &Call<'_>) -> Result<Self, GraphFault> {
        let partner = Arc::clone(&call.view().state.partner);
        let tenant = Caller::of(call)?.directory.unwrap_or_else(|| TenantId::from(partner.id));
        Ok(Self { tenant, partner })
    }

    /// Whether it is the partner's own.
    pub fn is_partners(&self) -> bool {
        self.tenant == TenantId::from(self.partner.id)
    }

    /// Object id of a service principal.
    pub fn service_principal(&self, client: &Client) -> ObjectId {
        self.partner.service_principal(client, self.tenant)
    }

    /// Its groups.
    pub fn groups(&self) -> &'static [AgentGroup] {
        if self.is_partners() { &AGENT_GROUPS } else { &[] }
    }

    /// The applications registered in it.
    pub fn applications(&self) -> &[Client] {
        if self.is_partners() { &self.partner.clients } else { &[] }
    }

    /// Everything in it.
    pub fn objects(&self) -> impl Iterator<Item = Object<'_>> {
        let foreign: &[AgentGroup] = if self.is_partners() { &[] } else { &AGENT_GROUPS };
        let users = self.partner.users.iter().map(Object::User);
        users
            .chain(self.groups().iter().copied().map(Object::Group))
            .chain(self.partner.clients.iter().map(Object::ServicePrincipal))
            .chain(self.applications().iter().map(Object::Application))
            .chain(foreign.iter().copied().map(Object::PartnerGroup))
    }

    /// Object id of something in it.
    pub fn id_of(&self, object: Object<'_>) -> ObjectId {
        match object {
            Object::User(user) => user.object_id,
            Object::Group(group) | Object::PartnerGroup(group) => group.id(self.partner.id),
            Object::ServicePrincipal(client) => self.service_principal(client),
            Object::Application(client) => client.application_object_id(),
        }
    }
}
