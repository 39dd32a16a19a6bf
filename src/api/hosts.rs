//! The real service's clouds: host names, what each serves, and what a client is told about the cloud
//! it is in (contract: real-clients.md §1, item 3; azure-identity.md §2.2). The server has certificates
//! for these names, answers for them, and routes by them; its proxy never dials them.

use super::operation::Surface;

/// A cloud of the real service.
#[derive(Debug, PartialEq, Eq)]
pub struct Cloud {
    /// Name, as the metadata of Azure Resource Manager gives it.
    pub name: &'static str,
    /// What the login service calls it.
    pub instance: &'static str,
    /// Host of the login service.
    pub login: &'static str,
    /// The host that clients keep tokens under.
    pub login_cache: &'static str,
    /// All hosts of the login service that are one authority, the first one included.
    pub login_aliases: &'static [&'static str],
    /// Host of the issuer of tokens of version 1.
    pub issuer: &'static str,
    /// Host of Azure Resource Manager.
    pub azure: &'static str,
    /// Audience of tokens for it, without the last slash; its own address is another one.
    pub azure_audience: &'static str,
    /// Host of Azure AD Graph.
    pub graph: &'static str,
    /// Host of Microsoft Graph.
    pub microsoft_graph: &'static str,
    /// Host of Partner Center.
    pub partner_center: Option<&'static str>,
    /// Further hosts.
    pub further: &'static [(&'static str, Surface)],
    /// Endings of the names of other services.
    pub suffixes: Suffixes,
}

/// Endings of the names of a cloud's other services, which clients want to be told of.
#[derive(Debug, PartialEq, Eq)]
pub struct Suffixes {
    /// Everything of the old core: batch, storage, management.
    pub core: &'static str,
    /// SQL databases.
    pub sql: &'static str,
    /// Key vaults.
    pub vault: &'static str,
    /// Container registries.
    pub registry: &'static str,
}

/// The clouds; the public one first. The German one is closed, but still built into clients.
pub static CLOUDS: [Cloud; 4] = [
    Cloud {
        name: "AzureCloud",
        instance: "microsoftonline.com",
        login: "login.microsoftonline.com",
        login_cache: "login.windows.net",
        login_aliases: &[
            "login.microsoftonline.com",
            "login.windows.net",
            "login.microsoft.com",
            "sts.windows.net",
        ],
        issuer: "sts.windows.net",
        azure: "management.azure.com",
        azure_audience: "https://management.core.windows.net",
        graph: "graph.windows.net",
        microsoft_graph: "graph.microsoft.com",
        partner_center: Some("api.partnercenter.microsoft.com"),
        further: &[
            ("api.partner.microsoft.com", Surface::PartnerCenter),
            ("management.core.windows.net", Surface::Azure),
        ],
        suffixes: Suffixes {
            core: "core.windows.net",
            sql: "database.windows.net",
            vault: "vault.azure.net",
            registry: "azurecr.io",
        },
    },
    Cloud {
        name: "AzureUSGovernment",
        instance: "microsoftonline.us",
        login: "login.microsoftonline.us",
        login_cache: "login.microsoftonline.us",
        login_aliases: &["login.microsoftonline.us", "login.usgovcloudapi.net"],
        issuer: "sts.windows.net",
        azure: "management.usgovcloudapi.net",
        azure_audience: "https://management.core.usgovcloudapi.net",
        graph: "graph.microsoftazure.us",
        microsoft_graph: "graph.microsoft.us",
        partner_center: None,
        further: &[
            ("login-us.microsoftonline.com", Surface::Identity),
            ("dod-graph.microsoft.us", Surface::Azure),
            ("management.core.usgovcloudapi.net", Surface::Azure),
        ],
        suffixes: Suffixes {
            core: "core.usgovcloudapi.net",
            sql: "database.usgovcloudapi.net",
            vault: "vault.usgovcloudapi.net",
            registry: "azurecr.us",
        },
    },
    Cloud {
        name: "AzureChinaCloud",
        instance: "partner.microsoftonline.cn",
        login: "login.partner.microsoftonline.cn",
        login_cache: "login.partner.microsoftonline.cn",
        login_aliases: &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
        issuer: "sts.chinacloudapi.cn",
        azure: "management.chinacloudapi.cn",
        azure_audience: "https://management.core.chinacloudapi.cn",
        graph: "graph.chinacloudapi.cn",
        microsoft_graph: "microsoftgraph.chinacloudapi.cn",
        partner_center: Some("partner.partnercenterapi.microsoftonline.cn"),
        further: &[("management.core.chinacloudapi.cn", Surface::Azure)],
        suffixes: Suffixes {
            core: "core.chinacloudapi.cn",
            sql: "database.chinacloudapi.cn",
            vault: "vault.azure.cn",
            registry: "azurecr.cn",
        },
    },
    Cloud {
        name: "AzureGermanCloud",
        instance: "microsoftonline.de",
        login: "login.microsoftonline.de",
        login_cache: "login.microsoftonline.de",
        login_aliases: &["login.microsoftonline.de"],
        issuer: "sts.microsoftonline.de",
        azure: "management.microsoftazure.de",
        azure_audience: "https://management.core.cloudapi.de",
        graph: "graph.cloudapi.de",
        microsoft_graph: "graph.microsoft.de",
        partner_center: None,
        further: &[("management.core.cloudapi.de", Surface::Azure)],
        suffixes: Suffixes {
            core: "core.cloudapi.de",
            sql: "database.cloudapi.de",
            vault: "vault.microsoftazure.de",
            registry: "azurecr.de",
        },
    },
];

impl Cloud {
    /// Its host names and what each serves.
    pub fn hosts(&self) -> impl Iterator<Item = (&'static str, Surface)> {
        let login = self.login_aliases.iter().map(|host| (*host, Surface::Identity));
        let azure = [self.azure, self.graph, self.microsoft_graph].map(|it| (it, Surface::Azure));
        let partner_center = self.partner_center.map(|host| (host, Surface::PartnerCenter));
        let issuer = (!self.login_aliases.contains(&self.issuer)
            && self.issuer != CLOUDS[0].issuer)
            .then_some((self.issuer, Surface::Identity));
        login.chain(issuer).chain(azure).chain(partner_center).chain(self.further.iter().copied())
    }

    /// The cloud that a real host name belongs to.
    pub fn of_host(host: &str) -> Option<&'static Self> {
        CLOUDS.iter().find(|cloud| cloud.hosts().any(|(name, _)| name.eq_ignore_ascii_case(host)))
    }
}

/// The host names of all clouds and what each serves.
pub fn microsoft_hosts() -> impl Iterator<Item = (&'static str, Surface)> {
    CLOUDS.iter().flat_map(Cloud::hosts)
}

/// The surface that a real host name stands for.
pub fn surface_of_host(host: &str) -> Option<Surface> {
    // What a client on this machine says most of the time.
    if host.is_empty() || host.as_bytes()[0].is_ascii_digit() || host == "localhost" {
        return None;
    }
    microsoft_hosts().find(|(name, _)| name.eq_ignore_ascii_case(host)).map(|(_, surface)| surface)
}

/// Whether a host is the real service's, or stands below one, as those of its regions do.
pub fn is_below_microsoft_host(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    microsoft_hosts().any(|(name, _)| {
        host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_host_belongs_to_one_cloud() {
        let names: Vec<_> = microsoft_hosts().map(|(name, _)| name).collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
        for cloud in &CLOUDS {
            assert_eq!(Cloud::of_host(&cloud.login.to_uppercase()), Some(cloud));
            assert_eq!(surface_of_host(cloud.azure), Some(Surface::Azure));
        }
    }

    #[test]
    fn tokens_for_every_cloud_are_good() {
        for cloud in &CLOUDS {
            for audience in [cloud.azure_audience, &format!("https://{}", cloud.azure)] {
                assert!(crate::identity::AZURE_AUDIENCES.contains(&audience), "{audience}");
            }
        }
    }

    #[test]
    fn regional_names_are_the_real_service_too() {
        for (host, expected) in [
            ("management.azure.com", true),
            ("WestEurope.management.azure.com.", true),
            ("notmanagement.azure.com", false),
            ("management.azure.com.evil.example", false),
            ("localhost", false),
        ] {
            assert_eq!(is_below_microsoft_host(host), expected, "{host}");
        }
    }
}
