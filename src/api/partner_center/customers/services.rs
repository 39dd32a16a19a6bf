//! Managed services and verified domains of a customer (contract: partner-center-customers.md §12–14).

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::EXAMPLE_CUSTOMER;
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::codes::{Code, code};
use crate::api::partner_center::fault::{Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM};
use crate::api::partner_center::resource::{Attributes, Collection, Link};
use crate::api::reply::Reply;
use crate::domain::customers::{Service, add_verified_domain, managed_services};
use crate::domain::ids::CustomerId;

const CONTRACT: &str = "partner-center-customers.md#1214-minor";

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/{customer_id}/managedservices",
            "listManagedServices",
            list,
        )
        .summary("Customers", "List the services that the partner can administer")
        .describe("Which services a subscription brings is decided by the mock.")
        .auth(Auth::UserOnly)
        .source(Fidelity::Documented, CONTRACT)
        .gives::<Collection<ManagedService>>(200, "The services of active subscriptions.")
        .faults(&[NOT_FOUND, code(20002, 403)])
        .example("customer_id", EXAMPLE_CUSTOMER),
        Operation::new(
            Surface::PartnerCenter,
            Method::POST,
            "/v1/customers/{customer_id}/verifieddomain",
            "createVerifiedDomain",
            verify,
        )
        .summary("Customers", "Add a verified domain to a customer")
        .source(Fidelity::Documented, CONTRACT)
        .takes::<VerifiedDomainRequest>()
        .gives::<VerifiedDomain>(201, "The domain, as it was sent.")
        .faults(&[
            NOT_FOUND,
            code(20002, 403),
            INVALID_INPUT,
            UNKNOWN_ENUM,
            Code { status: 409, ..INVALID_INPUT },
        ])
        .example("customer_id", EXAMPLE_CUSTOMER)
        .example_body(json!({
            "verifiedDomainName": "larkspurfoods.example",
            "domain": {
                "authenticationType": "Managed",
                "capability": "Email",
                "isDefault": false,
                "isInitial": false,
                "name": "larkspurfoods.example",
                "status": "Verified",
                "verificationMethod": "DnsRecord",
            },
        })),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let id: CustomerId = call.path("customer_id")?;
    view.state.customer(id)?;
    let services = managed_services(&view.state, id);
    let items = services.into_iter().map(|service| ManagedService::of(service, id)).collect();
    Ok(Reply::ok(&Collection::of(items)))
}

fn verify(call: &Call<'_>) -> Result<Reply, Fault> {
    let id = super::named(call)?;
    let body: VerifiedDomainRequest = call.body()?;
    let missing = |field: &str| Fault::invalid(field, "is required");
    let name = body.verified_domain_name.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| missing("verifiedDomainName"))?;
    let domain = body.domain.ok_or_else(|| missing("domain"))?;
    let authentication =
        domain.authentication_type.ok_or_else(|| missing("domain.authenticationType"))?;
    let method = domain.verification_method.ok_or_else(|| missing("domain.verificationMethod"))?;
    let status = domain.status.ok_or_else(|| missing("domain.status"))?;
    let capability = domain.capability.ok_or_else(|| missing("domain.capability"))?;
    let sent = domain.name.ok_or_else(|| missing("domain.name"))?;
    if !sent.trim().eq_ignore_ascii_case(name.trim()) {
        return Err(Fault::invalid("domain.name", "must be the same as verifiedDomainName"));
    }
    if status != DomainStatus::Verified {
        return Err(Fault::invalid("domain.status", "must be Verified"));
    }
    let certificate = body.domain_federation_settings.and_then(|f| f.signing_certificate);
    if authentication == AuthenticationType::Federated
        && certificate.is_none_or(|certificate| certificate.trim().is_empty())
    {
        let reason = "is required for a federated domain";
        return Err(Fault::invalid("domainFederationSettings.signingCertificate", reason));
    }
    call.write(|tx| add_verified_domain(tx, id, "verifiedDomainName", &name))?;
    Ok(Reply::created(&VerifiedDomain {
        authentication_type: authentication,
        capability: capability.to_lowercase(),
        is_default: domain.is_default.unwrap_or(false),
        is_initial: domain.is_initial.unwrap_or(false),
        name: name.trim().to_owned(),
        status,
        verification_method: method,
        root_domain: domain.root_domain,
    }))
}

/// A service that the partner can administer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedService {
    /// Id.
    #[schema(example = "Exchange")]
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// Group.
    pub group_name: &'static str,
    /// Portals; these addresses are absolute.
    pub links: ManagedServiceLinks,
    /// Attributes.
    pub attributes: Attributes,
}

/// Portals of a service.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedServiceLinks {
    /// Where it is administered.
    pub admin_service: Link,
    /// How it fares.
    pub service_health: Link,
    /// Where help is asked for.
    pub service_ticket: Link,
}

impl ManagedService {
    fn of(service: Service, customer: CustomerId) -> Self {
        let portal = |page: &str| {
            let id = service.id.to_lowercase();
            Link::get(format!("https://admin.example/{customer}/{page}/{id}"))
        };
        Self {
            id: service.id,
            name: service.name,
            group_name: service.group,
            links: ManagedServiceLinks {
                admin_service: portal("services"),
                service_health: portal("health"),
                service_ticket: portal("tickets"),
            },
            attributes: Attributes::of("ManagedService"),
        }
    }
}

/// How users of a domain sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationType {
    /// In the tenant.
    Managed,
    /// Elsewhere.
    Federated,
}

/// Where a domain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DomainStatus {
    /// Not proved.
    Unverified,
    /// Proved.
    Verified,
    /// About to go.
    PendingDeletion,
}

/// How a domain was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerificationMethod {
    /// Not at all.
    None,
    /// By a DNS record.
    DnsRecord,
    /// By e-mail.
    Email,
}

/// A domain to add.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedDomainRequest {
    /// The name; required.
    pub verified_domain_name: Option<String>,
    /// The domain; required.
    pub domain: Option<DomainRequest>,
    /// How a federated domain signs in; required for those.
    pub domain_federation_settings: Option<DomainFederationSettings>,
}

/// A domain as clients send it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DomainRequest {
    /// How its users sign in; required.
    pub authentication_type: Option<AuthenticationType>,
    /// What it is for, for example `Email`; required.
    pub capability: Option<String>,
    /// Whether it is the default one.
    pub is_default: Option<bool>,
    /// Whether it is the initial one.
    pub is_initial: Option<bool>,
    /// The name; required.
    pub name: Option<String>,
    /// The domain above it.
    pub root_domain: Option<String>,
    /// Where it stands; required.
    pub status: Option<DomainStatus>,
    /// How it was proved; required.
    pub verification_method: Option<VerificationMethod>,
}

/// How a federated domain signs in.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // members that clients send and the service ignores
pub struct DomainFederationSettings {
    /// Address of metadata.
    pub active_log_on_uri: Option<String>,
    /// Issuer.
    pub issuer_uri: Option<String>,
    /// Where users sign out.
    pub log_off_uri: Option<String>,
    /// Address of the metadata exchange.
    pub metadata_exchange_uri: Option<String>,
    /// The next certificate.
    pub next_signing_certificate: Option<String>,
    /// Where browsers sign in.
    pub passive_log_on_uri: Option<String>,
    /// Protocol.
    pub preferred_authentication_protocol: Option<String>,
    /// What happens when a prompt is asked for.
    pub prompt_login_behavior: Option<String>,
    /// The certificate; required.
    pub signing_certificate: Option<String>,
}

/// A domain that was added.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedDomain {
    /// How its users sign in.
    pub authentication_type: AuthenticationType,
    /// What it is for.
    #[schema(example = "email")]
    pub capability: String,
    /// Whether it is the default one.
    pub is_default: bool,
    /// Whether it is the initial one.
    pub is_initial: bool,
    /// The name.
    pub name: String,
    /// Where it stands.
    pub status: DomainStatus,
    /// How it was proved.
    pub verification_method: VerificationMethod,
    /// The domain above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_domain: Option<String>,
}
