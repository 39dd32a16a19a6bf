//! What a token is wanted for: the resource and the scopes (contract: azure-identity.md §3.1, §3.2).

use super::error::{BAD_SCOPE, Fault, NOT_DEFAULT_SCOPE, UNKNOWN_RESOURCE};
use super::form::Form;
use super::tenant::Tenant;
use crate::api::call::Call;
use crate::api::request::host_of;
use crate::domain::ids::parse_guid;
use crate::identity::token::AuthLevel;
use crate::identity::{AZURE_AUDIENCES, PARTNER_CENTER_AUDIENCES};

/// The resource of scopes without one.
const GRAPH: &str = "https://graph.microsoft.com";
/// Resources beside Partner Center and Azure that a strict server knows.
const OTHER_RESOURCES: [&str; 4] = [
    GRAPH,
    "https://graph.windows.net",
    "00000003-0000-0000-c000-000000000000",
    "00000002-0000-0000-c000-000000000000",
];
/// Longest scope that is read, in bytes.
const MOST_BYTES: usize = 4096;

/// Which of the two token endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Resources, and numbers as text.
    V1,
    /// Scopes.
    V2,
}

/// What a token is wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Resource, written as it was asked for: it becomes the audience.
    pub resource: String,
    /// Scopes of the resource as they were asked for.
    pub scopes: Vec<String>,
    /// Whether an id token is wanted.
    pub openid: bool,
    /// Whether a refresh token is wanted.
    pub offline: bool,
}

impl Wanted {
    /// Reads scopes: in any order, of one resource, with one or two slashes before `.default`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > MOST_BYTES {
            return Err(Fault::new(BAD_SCOPE, &[text, "it is too long"]));
        }
        let mut wanted =
            Self { resource: String::new(), scopes: Vec::new(), openid: false, offline: false };
        for scope in text.split_whitespace() {
            match scope.to_ascii_lowercase().as_str() {
                "openid" => wanted.openid = true,
                "offline_access" => wanted.offline = true,
                "profile" | "email" => {}
                _ => wanted.add(scope)?,
            }
        }
        if wanted.resource.is_empty() {
            GRAPH.clone_into(&mut wanted.resource);
        }
        Ok(wanted)
    }

    fn add(&mut self, scope: &str) -> Result<(), Fault> {
        let (resource, permission) = scope.rsplit_once('/').unwrap_or((GRAPH, scope));
        let bad = |reason: &str| Err(Fault::new(BAD_SCOPE, &[scope, reason]));
        if permission.is_empty() || !is_resource(resource) {
            return bad("write it as {resource}/.default or {resource}/{permission}");
        }
        if self.resource.is_empty() {
            resource.clone_into(&mut self.resource);
        } else if !same(&self.resource, resource) {
            return bad("all scopes of a request must be of one resource");
        }
        self.scopes.push(scope.to_owned());
        Ok(())
    }

    /// The wish for a resource of version 1, which always includes id and refresh tokens.
    pub fn resource(resource: &str, tenant: &Tenant) -> Result<Self, Fault> {
        if resource.len() > MOST_BYTES / 2 || !is_resource(resource) {
            return Err(Fault::new(UNKNOWN_RESOURCE, &[resource, &tenant.id]));
        }
        Ok(Self {
            resource: resource.to_owned(),
            scopes: vec![format!("{resource}/.default")],
            openid: true,
            offline: true,
        })
    }

    /// What a form asks for; `before` is the scope of the grant that the form presents.
    pub fn of(
        call: &Call<'_>,
        version: Version,
        form: &Form<'_>,
        tenant: &Tenant,
        before: Option<&str>,
    ) -> Result<Self, Fault> {
        let wanted = match (version, form.get("resource"), form.get("scope")) {
            (Version::V1, Some(resource), _) => Self::resource(resource, tenant)?,
            (Version::V1, None, _) => match before {
                Some(scope) => Self { openid: true, offline: true, ..Self::parse(scope)? },
                None => return Err(Fault::missing("resource")),
            },
            (Version::V2, _, Some(scope)) => Self::parse(scope)?,
            (Version::V2, _, None) => match before {
                Some(scope) => Self::parse(scope)?,
                None => return Err(Fault::missing("scope")),
            },
        };
        wanted.check_known(call, tenant)?;
        Ok(wanted)
    }

    /// A strict server refuses resources that it does not know \[choice\].
    fn check_known(&self, call: &Call<'_>, tenant: &Tenant) -> Result<(), Fault> {
        if call.service.options.auth != AuthLevel::Strict {
            return Ok(());
        }
        let known = PARTNER_CENTER_AUDIENCES
            .iter()
            .chain(AZURE_AUDIENCES)
            .chain(&OTHER_RESOURCES)
            .any(|known| same(known, &self.resource));
        let host = self.resource.split_once("://").map_or("", |(_, rest)| rest);
        let host = host_of(host.trim_end_matches('/'));
        if known || host.eq_ignore_ascii_case(call.request.origin.host()) {
            return Ok(());
        }
        Err(Fault::new(UNKNOWN_RESOURCE, &[&self.resource, &tenant.id]))
    }

    /// An application alone gets what was consented to, never single permissions.
    pub fn check_default_only(&self, form: &Form<'_>) -> Result<(), Fault> {
        if !self.scopes.is_empty() && self.scopes.iter().all(|s| s.ends_with("/.default")) {
            return Ok(());
        }
        Err(Fault::new(NOT_DEFAULT_SCOPE, &[form.get("scope").unwrap_or("")]))
    }

    /// The scopes granted, as version 2 names them. Those asked for are repeated word by word: MSAL
    /// looks tokens up by them.
    pub fn granted(&self) -> String {
        let own = format!("{}/user_impersonation", self.resource.trim_end_matches('/'));
        let mut scopes = self.scopes.clone();
        if !scopes.contains(&own) {
            scopes.push(own);
        }
        scopes.join(" ")
    }

    /// The same wish in the form of scopes, for a sealed grant.
    pub fn to_scope(&self) -> String {
        let mut scopes = self.scopes.clone();
        if self.openid {
            scopes.push("openid".to_owned());
        }
        if self.offline {
            scopes.push("offline_access".to_owned());
        }
        scopes.join(" ")
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/').eq_ignore_ascii_case(other.trim_end_matches('/'))
}

/// A GUID or an absolute URI, without spaces.
fn is_resource(text: &str) -> bool {
    let uri = text.split_once("://").is_some_and(|(scheme, rest)| {
        !scheme.is_empty()
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
            && !rest.trim_matches('/').is_empty()
    });
    (uri || parse_guid(text).is_ok())
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_lead_to_the_resource_as_it_was_written() {
        for (scope, resource) in [
            ("https://management.azure.com/.default", "https://management.azure.com"),
            (
                "https://management.core.windows.net//.default",
                "https://management.core.windows.net/",
            ),
            ("https://arm.mock.test:8443/.default openid", "https://arm.mock.test:8443"),
            (
                "https://api.partnercenter.microsoft.com/user_impersonation",
                "https://api.partnercenter.microsoft.com",
            ),
            (
                "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd/.default",
                "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
            ),
            ("openid profile", GRAPH),
            ("User.Read", GRAPH),
            ("", GRAPH),
        ] {
            assert_eq!(Wanted::parse(scope).unwrap().resource, resource, "{scope}");
        }
    }

    #[test]
    fn malformed_scopes_are_refused() {
        for scope in [
            "https://management.azure.com",
            "https:///.default",
            "word/.default",
            "https://a.example/.default https://b.example/.default",
            "https://a.example/",
            &"x".repeat(5000),
        ] {
            let fault = Wanted::parse(scope).unwrap_err();
            assert_eq!(fault.code(), BAD_SCOPE, "{scope}");
        }
    }

    #[test]
    fn a_wish_survives_being_written_as_scopes() {
        for scope in [
            "https://management.core.windows.net//.default openid",
            "offline_access https://graph.microsoft.com/User.Read",
        ] {
            let wanted = Wanted::parse(scope).unwrap();
            assert_eq!(Wanted::parse(&wanted.to_scope()).unwrap(), wanted);
        }
    }

    #[test]
    fn granted_scopes_repeat_those_asked_for() {
        let wanted = Wanted::parse("https://management.core.windows.net//.default").unwrap();
        assert_eq!(
            wanted.granted(),
            "https://management.core.windows.net//.default \
             https://management.core.windows.net/user_impersonation"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_gets_an_answer(text in ".{0,80}") {
            if let Ok(wanted) = Wanted::parse(&text) {
                proptest::prop_assert_eq!(Wanted::parse(&wanted.to_scope()).unwrap(), wanted);
            }
        }
    }
}
