//! A strict server knows its tenants, clients and resources.

use partner_center_mock::identity::token::AuthLevel;

use super::{CLIENT, PARTNER, SECRET, accepted, refused};
use crate::support::{LARKSPUR, mock_with};

#[test]
fn unknown_tenants_clients_and_resources_are_refused() {
    let mock = mock_with(|builder| builder.auth(AuthLevel::Strict));
    let ask = |client: &'static str, scope: &'static str| {
        [
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("client_secret", SECRET),
            ("scope", scope),
        ]
    };
    let path = |tenant: &str| format!("/{tenant}/oauth2/v2.0/token");
    let good = ask(CLIENT, "https://management.azure.com/.default");
    accepted(&mock, &path(PARTNER), &good);
    accepted(&mock, &path(LARKSPUR), &good);
    let own = format!("{}/.default", mock.server.base_url());
    let fields = [good[0], good[1], good[2], ("scope", own.as_str())];
    accepted(&mock, &path(PARTNER), &fields);
    let nowhere = path("00000000-0000-4000-8000-000000000009");
    refused(&mock, (400, "invalid_request", 90002), &nowhere, &good);
    let stranger = ask("00000000-1111-4222-8333-444444444444", good[3].1);
    refused(&mock, (400, "unauthorized_client", 700_016), &path(PARTNER), &stranger);
    let resource = ask(CLIENT, "https://elsewhere.example/.default");
    refused(&mock, (400, "invalid_resource", 500_011), &path(PARTNER), &resource);
    let query = "authorization_endpoint=https%3A%2F%2Fevil.example%2Fx%2Foauth2%2Fauthorize";
    let answer = mock.send("GET", &format!("/common/discovery/instance?{query}"), &[], "");
    assert_eq!((answer.status, &answer.json()["error"]), (400, &"invalid_instance".into()));
    assert_eq!(answer.json()["error_codes"][0], 50049);
}
