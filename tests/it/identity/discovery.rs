//! Where clients find the endpoints.

use serde_json::Value;

use super::PARTNER;
use crate::support::{LARKSPUR, mock};

#[test]
fn the_configuration_names_endpoints_under_the_address_that_was_used() {
    let mock = mock();
    let base = mock.server.base_url();
    let body = mock.get(&format!("/{PARTNER}/v2.0/.well-known/openid-configuration"));
    assert_eq!(body["token_endpoint"], format!("{base}/{PARTNER}/oauth2/v2.0/token"));
    assert_eq!(body["issuer"], format!("{base}/{PARTNER}/v2.0"));
    assert_eq!(body["jwks_uri"], format!("{base}/{PARTNER}/discovery/v2.0/keys"));
    let body = mock.get(&format!("/{PARTNER}/.well-known/openid-configuration"));
    assert_eq!(body["token_endpoint"], format!("{base}/{PARTNER}/oauth2/token"));
    assert_eq!(body["issuer"], format!("https://sts.windows.net/{PARTNER}/"));
    assert_eq!(body["jwks_uri"], format!("{base}/common/discovery/keys"));
}

#[test]
fn tenants_go_by_id_domain_and_word() {
    let mock = mock();
    let base = mock.server.base_url();
    for (tenant, segment, issuer) in [
        ("common", "common", "{tenantid}"),
        ("Organizations", "organizations", "{tenantid}"),
        ("fabricore.onmicrosoft.com", PARTNER, PARTNER),
        ("FABRICORE.example", PARTNER, PARTNER),
        (LARKSPUR, LARKSPUR, LARKSPUR),
        ("larkspurfoods.onmicrosoft.com", LARKSPUR, LARKSPUR),
    ] {
        let body = mock.get(&format!("/{tenant}/v2.0/.well-known/openid-configuration"));
        assert_eq!(
            body["authorization_endpoint"],
            format!("{base}/{segment}/oauth2/v2.0/authorize")
        );
        assert_eq!(body["issuer"], format!("{base}/{issuer}/v2.0"));
    }
    let path = "/nobody-holds-this.example/v2.0/.well-known/openid-configuration";
    let body = mock.expect(400, "GET", path, &Value::Null).json();
    assert_eq!(body["error"], "invalid_tenant");
    assert_eq!(body["error_codes"][0], 90002);
}

#[test]
fn a_world_in_path_or_tenant_stays_in_the_endpoints() {
    let mock = mock();
    let base = mock.server.base_url();
    let world = &mock.world;
    let body = mock.get(&format!("/w/{world}/{PARTNER}/v2.0/.well-known/openid-configuration"));
    assert_eq!(body["token_endpoint"], format!("{base}/w/{world}/{PARTNER}/oauth2/v2.0/token"));
    let body = mock.get(&format!("/{PARTNER}@{world}/v2.0/.well-known/openid-configuration"));
    assert_eq!(body["token_endpoint"], format!("{base}/{PARTNER}@{world}/oauth2/v2.0/token"));
    assert_eq!(body["issuer"], format!("{base}/{PARTNER}/v2.0"));
}

#[test]
fn instance_discovery_confirms_the_host_with_its_port() {
    let mock = mock();
    let body = mock.get(
        "/common/discovery/instance?api-version=1.1&authorization_endpoint=\
         https%3A%2F%2Flogin.mock.test%3A8443%2Fcommon%2Foauth2%2Fv2.0%2Fauthorize",
    );
    assert_eq!(
        body["tenant_discovery_endpoint"],
        "https://login.mock.test:8443/common/v2.0/.well-known/openid-configuration"
    );
    assert_eq!(body["api-version"], "1.1");
    assert_eq!(body["metadata"][0]["aliases"][0], "login.mock.test:8443");
    assert_eq!(body["metadata"][1]["preferred_cache"], "login.windows.net");
    for query in ["", "?authorization_endpoint=nonsense"] {
        let path = format!("/common/discovery/instance{query}");
        mock.expect(400, "GET", &path, &Value::Null);
    }
}

#[test]
fn the_published_key_is_the_one_that_signs() {
    let mock = mock();
    for path in [
        format!("/{PARTNER}/discovery/v2.0/keys"),
        format!("/{PARTNER}/discovery/keys"),
        "/common/discovery/keys".to_owned(),
    ] {
        let body = mock.get(&path);
        let key = &body["keys"][0];
        assert_eq!((&key["kty"], &key["e"]), (&"RSA".into(), &"AQAB".into()));
        let token = mock.handle().app_token();
        let header = serde_json::json!(format!(".{}.", token.split('.').next().unwrap()));
        assert_eq!(super::claims(&header)["kid"], key["kid"]);
    }
}

#[test]
fn users_of_known_domains_are_managed() {
    let mock = mock();
    let body = mock.get("/common/userrealm/admin@fabricore.example?api-version=1.0");
    assert_eq!(body["account_type"], "Managed");
    assert_eq!(body["domain_name"], "fabricore.example");
    let body = mock.get("/common/userrealm/somebody@nowhere.example");
    assert_eq!(body["account_type"], "Unknown");
}
