//! Identity: what the mock issues and accepts as proof of who calls.
//!
//! Here live signed tokens and their keys ([`jws`]). Which claims a token carries, and which grants
//! lead to one, is decided by the token endpoints; whether a token is still valid at a given time is
//! decided by whoever holds the clock.

pub mod issue;
pub mod jws;
pub mod sealed;
pub mod token;

/// Audiences that Partner Center accepts (contract: partner-center-conventions.md §2).
pub const PARTNER_CENTER_AUDIENCES: &[&str] = &[
    "https://api.partnercenter.microsoft.com",
    "https://partner.partnercenterapi.microsoftonline.cn",
    "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
];

/// Audiences that Azure Resource Manager accepts, those of the national clouds included
/// (contract: azure-identity.md §4).
pub const AZURE_AUDIENCES: &[&str] = &[
    "https://management.azure.com",
    "https://management.core.windows.net",
    "https://management.usgovcloudapi.net",
    "https://management.core.usgovcloudapi.net",
    "https://management.chinacloudapi.cn",
    "https://management.core.chinacloudapi.cn",
    "https://management.microsoftazure.de",
    "https://management.core.cloudapi.de",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
];
