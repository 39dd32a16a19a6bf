//! Grants that have run out, and users that are not there any more. Grants live in wall time, so the
//! tests seal old ones themselves, with the public test key.

use std::sync::Arc;

use chrono::TimeDelta;
use partner_center_mock::identity::jws::{SigningKey, decode_unverified};
use partner_center_mock::identity::sealed::{Grant, Purpose, seal};
use serde_json::json;

use super::{
    ADMIN_OBJECT, CLIENT, PARTNER, PARTNER_CENTER, PUBLIC_CLIENT, SECRET, accepted, refused,
};
use crate::support::{Mock, mock};

const V2: &str = "/7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30/oauth2/v2.0/token";

/// A grant given out so many days ago.
fn sealed(mock: &Mock, purpose: Purpose, days: i64, user: &str) -> String {
    let grant = Grant {
        id: format!("{days} days"),
        client_id: CLIENT.to_owned(),
        confidential: true,
        tenant: PARTNER.to_owned(),
        world: mock.world.clone(),
        user: user.to_owned(),
        scope: format!("{PARTNER_CENTER}/.default offline_access"),
        redirect_uri: Some("http://localhost/back".to_owned()),
        ..Grant::default()
    };
    seal(
        &SigningKey::embedded().unwrap(),
        purpose,
        &grant,
        mock.handle().world().wall_time() - TimeDelta::days(days),
    )
}

#[test]
fn grants_run_out() {
    let mock = mock();
    let redeem = |grant: &str, name: &str, days: i64, purpose: Purpose, expected| {
        let value = sealed(&mock, purpose, days, ADMIN_OBJECT);
        let scope = format!("{PARTNER_CENTER}/.default");
        let fields = [
            ("grant_type", grant),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("scope", &scope),
            ("redirect_uri", "http://localhost/back"),
            (name, &value),
        ];
        match expected {
            Some(expected) => refused(&mock, expected, V2, &fields),
            None => drop(accepted(&mock, V2, &fields)),
        }
    };
    let refresh = ("refresh_token", "refresh_token");
    redeem(refresh.0, refresh.1, 89, Purpose::Refresh, None);
    redeem(refresh.0, refresh.1, 91, Purpose::Refresh, Some((400, "invalid_grant", 700_082)));
    let code = ("authorization_code", "code");
    redeem(code.0, code.1, 0, Purpose::AuthorizationCode, None);
    redeem(code.0, code.1, 1, Purpose::AuthorizationCode, Some((400, "invalid_grant", 70008)));
    let device = ("device_code", "device_code");
    redeem(device.0, device.1, 1, Purpose::DeviceCode, Some((400, "expired_token", 70020)));
}

#[test]
fn a_user_who_is_gone_gets_no_more_tokens() {
    let mock = mock();
    let token = sealed(&mock, Purpose::Refresh, 1, "00000000-0000-4000-8000-00000000000a");
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("refresh_token", token.as_str()),
    ];
    refused(&mock, (400, "invalid_grant", 50034), V2, &fields);
}

#[test]
fn nobody_acts_on_behalf_of_a_user_with_an_old_token() {
    let mock = mock();
    let mut claims = decode_unverified(&mock.handle().token()).unwrap().claims;
    claims.insert("exp".to_owned(), json!(1_600_000_000));
    let assertion = SigningKey::embedded().unwrap().sign(&claims.into());
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("requested_token_use", "on_behalf_of"),
        ("scope", "https://management.azure.com/.default"),
        ("assertion", &assertion),
    ];
    refused(&mock, (400, "invalid_grant", 500_133), V2, &fields);
}

#[test]
fn a_device_waits_in_vain_where_there_are_no_users() {
    let mock = mock();
    let write = |tx: &mut partner_center_mock::domain::transaction::Transaction| {
        Arc::make_mut(&mut tx.partner).users.clear();
        Ok::<_, partner_center_mock::domain::error::Error>(())
    };
    mock.handle().world().write(write).unwrap();
    let fields = [("client_id", PUBLIC_CLIENT), ("scope", "https://management.azure.com/.default")];
    let begun = accepted(&mock, &format!("/{PARTNER}/oauth2/v2.0/devicecode"), &fields);
    let code = begun["device_code"].as_str().unwrap();
    let fields =
        [("grant_type", "device_code"), ("client_id", PUBLIC_CLIENT), ("device_code", code)];
    refused(&mock, (400, "authorization_pending", 70016), V2, &fields);
    refused(&mock, (400, "authorization_declined", 70017), V2, &fields);
}
