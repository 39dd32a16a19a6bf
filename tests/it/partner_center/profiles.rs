//! The partner's own profiles.

use serde_json::{Value, json};

use crate::support::mock;

#[test]
fn the_mpn_profile_is_the_callers_or_that_of_a_known_partner() {
    let mock = mock();
    let own = mock.get("/v1/profiles/mpn");
    assert_eq!((&own["mpnId"], &own["partnerName"]), (&json!("5139860"), &json!("Fabricore")));
    assert_eq!(own["profileType"], "MpnProfile");
    assert_eq!(mock.get("/v1/profiles/mpn?mpnId=6120453")["partnerName"], "Granite Peak Cloud");
    let unknown = mock.refused(404, 3000, "GET", "/v1/profiles/mpn?mpnId=7654321", &Value::Null);
    assert_eq!(
        unknown.json()["description"],
        "Partner Organization with partner_id 7654321 could not be found"
    );
    mock.refused(400, 2000, "GET", "/v1/profiles/mpn?mpnId=granite", &Value::Null);
}

#[test]
fn profiles_are_read_by_users_and_the_legal_one_by_anyone() {
    let mock = mock();
    for (path, kind, object) in [
        ("organization", "OrganizationProfile", "OrganizationProfile"),
        ("billing", "BillingProfile", "BillingProfile"),
        ("support", "support_profile", "PartnerSupportProfile"),
        ("supportprofile", "support_profile", "PartnerSupportProfile"),
        ("mpn", "MpnProfile", "MpnProfile"),
    ] {
        let path = format!("/v1/profiles/{path}");
        let profile = mock.get(&path);
        assert_eq!(profile["profileType"], kind);
        assert_eq!(profile["attributes"]["objectType"], object);
        mock.app_only().refused(403, 900_329, "GET", &path, &Value::Null);
    }
    let legal = mock.app_only().get("/v1/profiles/legalbusiness?vettingVersion=LastFinalized");
    assert_eq!(legal["vettingStatus"], "authorized");
    assert_eq!(legal["primaryContact"]["lastName"], "Calder");
    let unknown = "/v1/profiles/legalbusiness?vettingVersion=First";
    mock.refused(400, 900_126, "GET", unknown, &Value::Null);
    for name in ["organization", "legalbusiness", "billing", "support", "supportprofile"] {
        mock.refused(501, 0, "PUT", &format!("/v1/profiles/{name}"), &serde_json::json!({}));
    }
    assert_eq!(mock.get("/v1/profiles/billing")["billingCurrency"], "USD");
}
