//! Where the endpoints are: the `openid-configuration` document and instance discovery
//! (contract: azure-identity.md §2.2, §2.3). Every URL begins as the client addressed this server.

use actix_web::http::Method;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::error::{self, Fault, UNKNOWN_INSTANCE, UNKNOWN_TENANT_DISCOVERY};
use super::scope::Version;
use super::tenant::Tenant;
use super::token::{EXAMPLE_TENANT, TAG, text};
use crate::api::call::Call;
use crate::api::hosts::{CLOUDS, Cloud};
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::identity::token::AuthLevel;

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::Identity,
            Method::GET,
            "/{tenant}/v2.0/.well-known/openid-configuration",
            "getOpenIdConfiguration",
            |call| open_id_configuration(call, Version::V2),
        )
        .summary(TAG, "Get the endpoints of a tenant")
        .describe(
            "The tenant is an id, a verified domain, `common`, `organizations` or `consumers`. A domain \
             becomes the id; a word stays, and then the issuer has the placeholder `{tenantid}`.",
        )
        .auth(Auth::None)
        .source(Fidelity::Recorded, "azure-identity.md#23-get-tenantv20well-knownopenid-configuration-also-tenantwell-knownopenid-configuration-for-v1")
        .gives::<OpenIdConfiguration>(200, "The endpoints.")
        .faults(&[UNKNOWN_TENANT_DISCOVERY])
        .example("tenant", EXAMPLE_TENANT),
        Operation::new(
            Surface::Identity,
            Method::GET,
            "/{tenant}/.well-known/openid-configuration",
            "getOpenIdConfigurationV1",
            |call| open_id_configuration(call, Version::V1),
        )
        .summary(TAG, "Get the endpoints of a tenant (version 1)")
        .auth(Auth::None)
        .source(Fidelity::Documented, "azure-identity.md#23-get-tenantv20well-knownopenid-configuration-also-tenantwell-knownopenid-configuration-for-v1")
        .gives::<OpenIdConfiguration>(200, "The endpoints.")
        .faults(&[UNKNOWN_TENANT_DISCOVERY])
        .example("tenant", EXAMPLE_TENANT),
        Operation::new(
            Surface::Identity,
            Method::GET,
            "/common/discovery/instance",
            "discoverInstance",
            |call| instance(call).map_err(|fault| fault.reply(call)),
        )
        .summary(TAG, "Ask whether an authority can be trusted")
        .describe(
            "Clients ask this of login.microsoftonline.com about any other authority. The host of \
             `authorization_endpoint` is confirmed with its port, next to those of the real clouds. A \
             strict server confirms itself and the real clouds only.",
        )
        .auth(Auth::None)
        .source(Fidelity::Recorded, "azure-identity.md#22-get-commondiscoveryinstance")
        .required_query("authorization_endpoint", text(), "The authority's authorization endpoint.")
        .query("api-version", json!({"type": "string", "enum": ["1.0", "1.1"]}), "Repeated in the answer.")
        .gives::<InstanceBody>(200, "The authority is known.")
        .faults(&[error::MISSING, UNKNOWN_INSTANCE])
        .example_query("api-version", "1.1")
        .example_query(
            "authorization_endpoint",
            "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        ),
    ]
}

fn open_id_configuration(call: &Call<'_>, version: Version) -> Result<Reply, Reply> {
    Tenant::of(call, UNKNOWN_TENANT_DISCOVERY)
        .map(|tenant| Reply::ok(&OpenIdConfiguration::of(call, version, &tenant)))
        .map_err(|fault| fault.reply(call))
}

fn instance(call: &Call<'_>) -> Result<Reply, Fault> {
    let endpoint = call
        .query()
        .get("authorization_endpoint")
        .ok_or_else(|| Fault::missing("authorization_endpoint"))?;
    let authority = Authority::of(endpoint)
        .filter(|authority| {
            let host = authority.host;
            call.service.options.auth != AuthLevel::Strict
                || host.eq_ignore_ascii_case(&call.request.origin.authority)
                || login_cloud(host).is_some()
        })
        .ok_or_else(|| Fault::new(UNKNOWN_INSTANCE, &[endpoint]))?;
    let api_version = call.query().get("api-version").unwrap_or("1.1");
    let mut metadata = Vec::new();
    if login_cloud(authority.host).is_none() {
        metadata.push(InstanceMetadata {
            preferred_network: authority.host.to_owned(),
            preferred_cache: authority.host.to_owned(),
            aliases: vec![authority.host.to_owned()],
        });
    }
    metadata.extend(CLOUDS.iter().map(|cloud| InstanceMetadata {
        preferred_network: cloud.login.to_owned(),
        preferred_cache: cloud.login_cache.to_owned(),
        aliases: cloud.login_aliases.iter().map(|host| (*host).to_owned()).collect(),
    }));
    Ok(Reply::ok(&InstanceBody {
        tenant_discovery_endpoint: authority.discovery(),
        api_version: api_version.chars().take(10).collect(),
        metadata,
    }))
}

/// The cloud whose login service has a host.
fn login_cloud(host: &str) -> Option<&'static Cloud> {
    let has = |cloud: &&Cloud| cloud.login_aliases.iter().any(|it| it.eq_ignore_ascii_case(host));
    CLOUDS.iter().find(has)
}

/// An authorization endpoint taken apart.
struct Authority<'a> {
    /// Host with port.
    host: &'a str,
    /// Everything before `/oauth2`.
    base: &'a str,
    version: Version,
}

impl<'a> Authority<'a> {
    fn of(endpoint: &'a str) -> Option<Self> {
        let (scheme, rest) = endpoint.split_once("://")?;
        let host = rest.split(['/', '?', '#']).next()?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
        let known = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
        if !known || host.is_empty() || !host.bytes().all(plain) {
            return None;
        }
        let lower = endpoint.to_ascii_lowercase();
        let end = lower.find("/oauth2").unwrap_or_else(|| endpoint.trim_end_matches('/').len());
        let version =
            if lower[end..].starts_with("/oauth2/authorize") { Version::V1 } else { Version::V2 };
        Some(Self { host, base: &endpoint[..end], version })
    }

    fn discovery(&self) -> String {
        let version = if self.version == Version::V1 { "" } else { "/v2.0" };
        format!("{}{version}/.well-known/openid-configuration", self.base)
    }
}

/// Where the endpoints of a tenant are and what they can do.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenIdConfiguration {
    /// Token endpoint.
    pub token_endpoint: String,
    /// How clients may prove who they are.
    pub token_endpoint_auth_methods_supported: [&'static str; 3],
    /// Public keys.
    pub jwks_uri: String,
    /// Ways an authorization code comes back.
    pub response_modes_supported: [&'static str; 3],
    /// Kinds of subjects.
    pub subject_types_supported: [&'static str; 1],
    /// How id tokens are signed.
    pub id_token_signing_alg_values_supported: [&'static str; 1],
    /// What a sign-in can give.
    pub response_types_supported: [&'static str; 2],
    /// Scopes of sign-in.
    pub scopes_supported: [&'static str; 4],
    /// Issuer of id tokens.
    pub issuer: String,
    /// Always false.
    pub request_uri_parameter_supported: bool,
    /// User information of the real service.
    pub userinfo_endpoint: String,
    /// Sign-in page.
    pub authorization_endpoint: String,
    /// Sign-in on another device.
    pub device_authorization_endpoint: String,
    /// Always true.
    pub http_logout_supported: bool,
    /// Always true.
    pub frontchannel_logout_supported: bool,
    /// Sign-out.
    pub end_session_endpoint: String,
    /// Claims that tokens may have.
    pub claims_supported: [&'static str; 14],
    /// Region of the tenant.
    pub tenant_region_scope: &'static str,
    /// Cloud.
    pub cloud_instance_name: &'static str,
    /// Host of Azure AD Graph.
    pub cloud_graph_host_name: &'static str,
    /// Host of Microsoft Graph.
    pub msgraph_host: &'static str,
    /// Role service.
    pub rbac_url: &'static str,
}

impl OpenIdConfiguration {
    fn of(call: &Call<'_>, version: Version, tenant: &Tenant) -> Self {
        let segment = &tenant.segment;
        let two = if version == Version::V2 { "/v2.0" } else { "" };
        let endpoint = |name: &str| call.url(&format!("/{segment}/oauth2{two}/{name}"));
        let cloud = Cloud::of_host(call.request.origin.host()).unwrap_or(&CLOUDS[0]);
        let (jwks, issuer, userinfo) = match version {
            Version::V2 => (
                call.url(&format!("/{segment}/discovery/v2.0/keys")),
                call.url(&format!("/{}/v2.0", tenant.issuer_part())),
                format!("https://{}/oidc/userinfo", cloud.microsoft_graph),
            ),
            Version::V1 => (
                call.url("/common/discovery/keys"),
                crate::identity::issue::issuer(tenant.issuer_part()),
                format!("https://{}/common/openid/userinfo", cloud.login),
            ),
        };
        Self {
            token_endpoint: endpoint("token"),
            token_endpoint_auth_methods_supported: [
                "client_secret_post",
                "private_key_jwt",
                "client_secret_basic",
            ],
            jwks_uri: jwks,
            response_modes_supported: ["query", "fragment", "form_post"],
            subject_types_supported: ["pairwise"],
            id_token_signing_alg_values_supported: ["RS256"],
            response_types_supported: ["code", "code id_token"],
            scopes_supported: ["openid", "profile", "email", "offline_access"],
            issuer,
            request_uri_parameter_supported: false,
            userinfo_endpoint: userinfo,
            authorization_endpoint: endpoint("authorize"),
            device_authorization_endpoint: endpoint("devicecode"),
            http_logout_supported: true,
            frontchannel_logout_supported: true,
            end_session_endpoint: endpoint("logout"),
            claims_supported: [
                "sub",
                "iss",
                "cloud_instance_name",
                "aud",
                "exp",
                "iat",
                "nbf",
                "nonce",
                "preferred_username",
                "name",
                "tid",
                "oid",
                "ver",
                "email",
            ],
            tenant_region_scope: "NA",
            cloud_instance_name: cloud.instance,
            cloud_graph_host_name: cloud.graph,
            msgraph_host: cloud.microsoft_graph,
            rbac_url: "https://pas.windows.net",
        }
    }
}

/// An authority is known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InstanceDiscovery)]
pub struct InstanceBody {
    /// The `openid-configuration` document of the tenant asked about.
    pub tenant_discovery_endpoint: String,
    /// As asked.
    #[serde(rename = "api-version")]
    #[schema(example = "1.1")]
    pub api_version: String,
    /// Hosts that are one authority.
    pub metadata: Vec<InstanceMetadata>,
}

/// Hosts that are one authority.
#[derive(Debug, Serialize, ToSchema)]
pub struct InstanceMetadata {
    /// Host to send requests to, with its port.
    pub preferred_network: String,
    /// Host to keep tokens under.
    pub preferred_cache: String,
    /// All hosts.
    pub aliases: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_lead_to_the_configuration_beside_them() {
        for (endpoint, discovery) in [
            (
                "https://login.mock.test:8443/t/oauth2/v2.0/authorize",
                "https://login.mock.test:8443/t/v2.0/.well-known/openid-configuration",
            ),
            (
                "https://login.mock.test/t/oauth2/authorize",
                "https://login.mock.test/t/.well-known/openid-configuration",
            ),
            (
                "https://login.mock.test/w/blue/t/oauth2/v2.0/authorize",
                "https://login.mock.test/w/blue/t/v2.0/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(Authority::of(endpoint).unwrap().discovery(), discovery);
        }
        for endpoint in [
            "",
            "login.mock.test/t",
            "ftp://a/t",
            "https:///t",
            "https://a\"b/t",
            "https://ü/oauth2",
        ] {
            assert!(Authority::of(endpoint).is_none(), "{endpoint}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_gets_an_answer(rest in ".{0,60}", tail in "(/oauth2.{0,20})?") {
            let endpoint = format!("https://{rest}{tail}");
            if let Some(authority) = Authority::of(&endpoint) {
                proptest::prop_assert!(authority.discovery().starts_with("https://"));
            }
        }
    }
}
