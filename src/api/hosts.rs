//! The real service's host names and what each serves (contract: real-clients.md §1, item 3). The
//! server has certificates for them, answers for them, and routes by them.

use super::operation::Surface;

/// Host names, the national clouds' included.
pub const MICROSOFT_HOSTS: [(&str, Surface); 22] = [
    ("login.microsoftonline.com", Surface::Identity),
    ("login.windows.net", Surface::Identity),
    ("login.microsoft.com", Surface::Identity),
    ("sts.windows.net", Surface::Identity),
    ("api.partnercenter.microsoft.com", Surface::PartnerCenter),
    ("api.partner.microsoft.com", Surface::PartnerCenter),
    ("management.azure.com", Surface::Azure),
    ("graph.microsoft.com", Surface::Azure),
    ("graph.windows.net", Surface::Azure),
    // US government.
    ("login.microsoftonline.us", Surface::Identity),
    ("management.usgovcloudapi.net", Surface::Azure),
    ("graph.microsoft.us", Surface::Azure),
    ("dod-graph.microsoft.us", Surface::Azure),
    ("graph.microsoftazure.us", Surface::Azure),
    // China.
    ("login.chinacloudapi.cn", Surface::Identity),
    ("login.partner.microsoftonline.cn", Surface::Identity),
    ("partner.partnercenterapi.microsoftonline.cn", Surface::PartnerCenter),
    ("management.chinacloudapi.cn", Surface::Azure),
    ("microsoftgraph.chinacloudapi.cn", Surface::Azure),
    ("graph.chinacloudapi.cn", Surface::Azure),
    // Germany: closed, but still built into clients.
    ("login.microsoftonline.de", Surface::Identity),
    ("management.microsoftazure.de", Surface::Azure),
];

/// The surface that a real host name stands for.
pub fn surface_of_host(host: &str) -> Option<Surface> {
    MICROSOFT_HOSTS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(host))
        .map(|(_, surface)| *surface)
}
