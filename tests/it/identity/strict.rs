//! A strict server knows its tenants, clients and resources.

use partner_center_mock::identity::token::AuthLevel;

use super::{CLIENT, PARTNER, SECRET, accepted, claims, refused};
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

#[test]
fn microsofts_own_tools_sign_users_in_without_being_registered() {
    let mock = mock_with(|builder| builder.auth(AuthLevel::Strict));
    let az = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    let path = format!("/{LARKSPUR}/oauth2/v2.0/token");
    let user = [
        ("client_id", az),
        ("grant_type", "password"),
        ("username", "admin@fabricore.example"),
        ("password", "demo-password"),
        ("scope", "https://management.azure.com/.default"),
    ];
    let token = accepted(&mock, &path, &user);
    assert_eq!(claims(&token["access_token"])["appid"], az);
    mock.with_token(token["access_token"].as_str().unwrap())
        .get("/subscriptions?api-version=2022-12-01");
    // They are public: nobody proves to be one of them.
    let alone = [("client_id", az), ("grant_type", "client_credentials"), user[4]];
    refused(&mock, (401, "invalid_client", 7_000_218), &path, &alone);
    let secret = [alone[0], alone[1], alone[2], ("client_secret", "anything")];
    refused(&mock, (401, "invalid_client", 700_025), &path, &secret);
}
