//! The partner whose Partner Center a world is, with its users, apps and indirect resellers.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::customers::address::Address;
use super::ids::{ObjectId, PartnerId, TenantId};

/// The role whose holders administer customers.
pub const ADMIN_AGENT: &str = "AdminAgent";

/// How the partner sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PartnerKind {
    /// Sells to customers itself.
    Direct,
    /// Provides for indirect resellers as well.
    IndirectProvider,
}

/// A partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Partner {
    /// Tenant id.
    pub id: PartnerId,
    /// Company name.
    pub name: String,
    /// Default domain.
    pub domain: String,
    /// Two-letter country, upper-case.
    pub country: String,
    /// Where it is, with its telephone number, when that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Microsoft Partner Network id.
    pub mpn_id: String,
    /// Direct partner or indirect provider.
    pub kind: PartnerKind,
    /// Registered applications.
    pub clients: Vec<Client>,
    /// Users of the partner tenant.
    pub users: Vec<User>,
    /// Resellers with a relationship, for an indirect provider.
    pub resellers: Vec<IndirectReseller>,
}

impl Partner {
    /// The active indirect reseller with that MPN id.
    pub fn reseller_by_mpn(&self, mpn_id: &str) -> Option<&IndirectReseller> {
        self.resellers.iter().find(|r| r.mpn_id == mpn_id)
    }

    /// The indirect reseller of that tenant.
    pub fn reseller(&self, id: PartnerId) -> Option<&IndirectReseller> {
        self.resellers.iter().find(|r| r.id == id)
    }
}

impl Partner {
    /// The object id of an application's service principal in a tenant: every tenant has one of its
    /// own, as in Entra ID.
    pub fn service_principal(&self, client: &Client, tenant: TenantId) -> ObjectId {
        if tenant == TenantId::from(self.id) {
            return client.object_id;
        }
        let name = format!("{tenant}/{}", client.id);
        ObjectId(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()))
    }
}

/// An application registered in the partner tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Client {
    /// Application (client) id.
    pub id: String,
    /// Secret; `None` for public clients.
    pub secret: Option<String>,
    /// Display name.
    pub name: String,
    /// Object id of its service principal.
    pub object_id: ObjectId,
    /// Groups of the partner's directory it is a member of, for example `AdminAgent`.
    pub roles: Vec<String>,
}

impl Client {
    /// Object id of its registration, which is another one than that of its service principals.
    pub fn application_object_id(&self) -> ObjectId {
        let name = format!("applications/{}", self.id);
        ObjectId(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()))
    }
}

/// A user of the partner tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct User {
    /// Object id.
    pub object_id: ObjectId,
    /// User principal name.
    pub user_principal_name: String,
    /// Display name.
    pub name: String,
    /// Password for the password grant.
    pub password: String,
    /// Partner Center roles, for example `AdminAgent`.
    pub roles: Vec<String>,
}

/// A reseller that buys through an indirect provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IndirectReseller {
    /// Tenant id.
    pub id: PartnerId,
    /// Company name.
    pub name: String,
    /// Microsoft Partner Network id.
    pub mpn_id: String,
    /// Two-letter country, upper-case.
    pub country: String,
    /// Whether the relationship is active.
    pub active: bool,
}

/// Where a partner stands with the Microsoft Partner Agreement, as a partner is told who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgreementStanding {
    /// Signed.
    Signed,
    /// Not signed.
    NotSigned,
    /// The partner is of another region.
    OtherRegion,
    /// There is no such partner.
    Unknown,
}

/// The standing of the partner with that MPN id: `partner` itself or one of its resellers. A reseller
/// whose relationship is not active counts as one that has not signed [choice]
/// (contract: partner-center-profiles-misc.md §3).
pub fn agreement_by_mpn(partner: &Partner, mpn_id: &str) -> AgreementStanding {
    if partner.mpn_id == mpn_id {
        return AgreementStanding::Signed;
    }
    standing(partner, partner.reseller_by_mpn(mpn_id))
}

/// The same by tenant.
pub fn agreement_by_tenant(partner: &Partner, id: PartnerId) -> AgreementStanding {
    if partner.id == id {
        return AgreementStanding::Signed;
    }
    standing(partner, partner.reseller(id))
}

fn standing(partner: &Partner, reseller: Option<&IndirectReseller>) -> AgreementStanding {
    match reseller {
        None => AgreementStanding::Unknown,
        Some(reseller) if !reseller.active => AgreementStanding::NotSigned,
        Some(reseller) if !same_region(&partner.country, &reseller.country) => {
            AgreementStanding::OtherRegion
        }
        Some(_) => AgreementStanding::Signed,
    }
}

/// Whether two countries are of one selling region: the same country, or both in the European region
/// (members of EU and EFTA, and GB) [choice: the contract names no regions].
fn same_region(a: &str, b: &str) -> bool {
    const EUROPE: [&str; 32] = [
        "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR",
        "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE",
        "SI", "SK",
    ];
    a == b || (EUROPE.contains(&a) && EUROPE.contains(&b))
}
