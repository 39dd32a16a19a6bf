#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use ring::signature::RsaPublicKeyComponents;

use super::*;

fn key() -> SigningKey {
    SigningKey::embedded().expect("the fixture is a signing key")
}

fn token_of(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", encode(header), encode(claims))
}

#[test]
fn a_signed_token_verifies_and_carries_its_claims() {
    let key = key();
    let claims = json!({"aud": "https://management.azure.com/", "exp": 1_800_000_000, "tid": "å"});
    let token = key.sign(&claims);
    let decoded = key.verify(&token).expect("own token");
    assert_eq!(Value::Object(decoded.claims), claims);
    assert_eq!(decoded.header["alg"], "RS256");
    assert_eq!(decoded.header["kid"], key.kid());
    assert_eq!(decoded.header["x5t"], key.x5t());
    assert_eq!(token, key.sign(&claims), "the same claims give the same bytes");
}

#[test]
fn a_consumer_can_verify_with_nothing_but_the_jwk() {
    let key = key();
    let token = key.sign(&json!({"sub": "1"}));
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let jwk = key.jwk();
    let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    assert_eq!(jwk["e"], "AQAB");
    assert_eq!(number("n").len(), 256);
    RsaPublicKeyComponents { n: number("n"), e: number("e") }
        .verify(
            &RSA_PKCS1_2048_8192_SHA256,
            signed.as_bytes(),
            &URL_SAFE_NO_PAD.decode(signature).unwrap(),
        )
        .expect("n and e are the signing key's");
    assert_eq!(jwk["kid"], key.kid());
    let certificate = STANDARD.decode(jwk["x5c"][0].as_str().unwrap()).unwrap();
    let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
    assert_eq!(jwk["x5t"], URL_SAFE_NO_PAD.encode(sha1));
    for name in ["kty", "use", "alg"] {
        assert!(jwk[name].is_string(), "{name} is listed");
    }
}

#[test]
fn tampering_with_any_part_is_noticed() {
    let key = key();
    let token = key.sign(&json!({"roles": []}));
    let parts: Vec<_> = token.split('.').collect();
    let admin = URL_SAFE_NO_PAD.encode(r#"{"roles":["AdminAgent"]}"#);
    let forged = format!("{}.{admin}.{}", parts[0], parts[2]);
    assert_eq!(key.verify(&forged), Err(JwsError::Signature(key.kid().to_owned())));
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    assert_eq!(key.verify(&unsigned), Err(JwsError::Signature(key.kid().to_owned())));
}

#[test]
fn only_rs256_is_accepted() {
    let key = key();
    for name in ["none", "None", "HS256", "RS512", "rs256", ""] {
        let token = token_of(&json!({"alg": name}), &json!({}));
        assert_eq!(key.verify(&token), Err(JwsError::Algorithm(name.to_owned())));
        assert!(decode_unverified(&token).is_ok(), "readable all the same");
    }
    for header in [json!({}), json!({"alg": null}), json!({"alg": 1}), json!({"alg": ["RS256"]})] {
        let refused = key.verify(&token_of(&header, &json!({})));
        assert_eq!(refused, Err(JwsError::Algorithm("none".to_owned())));
    }
    let demanding = token_of(&json!({"alg": "RS256", "crit": ["exp"]}), &json!({}));
    assert_eq!(key.verify(&demanding), Err(JwsError::Critical));
}

#[test]
fn malformed_tokens_are_refused_by_what_is_wrong() {
    let object = URL_SAFE_NO_PAD.encode("{}");
    let array = URL_SAFE_NO_PAD.encode("[1]");
    let latin1 = URL_SAFE_NO_PAD.encode(b"{\"a\":\"\xe9\"}");
    let deep = URL_SAFE_NO_PAD.encode(format!("{{\"a\":{}", "[".repeat(10_000)));
    let cases = [
        (String::new(), JwsError::PartCount(1)),
        ("a".to_owned(), JwsError::PartCount(1)),
        (format!("{object}.{object}"), JwsError::PartCount(2)),
        (format!("{object}.{object}.x.y"), JwsError::PartCount(4)),
        ("..".to_owned(), JwsError::NotAnObject(Part::Header)),
        (format!("{object}=.{object}."), JwsError::Base64(Part::Header)),
        (format!("{object}.a+b/."), JwsError::Base64(Part::Claims)),
        (format!("{object}.{array}."), JwsError::NotAnObject(Part::Claims)),
        (format!("{object}.{latin1}."), JwsError::NotAnObject(Part::Claims)),
        (format!("{object}.{deep}."), JwsError::NotAnObject(Part::Claims)),
        (format!("{object}.{object}.é"), JwsError::Base64(Part::Signature)),
        ("a".repeat(MAX_TOKEN_BYTES + 1), JwsError::TooLarge(MAX_TOKEN_BYTES + 1)),
    ];
    for (token, expected) in cases {
        assert_eq!(decode_unverified(&token), Err(expected), "{token:.40}");
    }
}

#[test]
fn a_key_without_certificate_has_the_same_kid_each_time() {
    let first = SigningKey::from_pem(EMBEDDED_KEY).expect("a key alone is enough");
    let second = SigningKey::from_pem(EMBEDDED_KEY).expect("a key alone is enough");
    assert_eq!(first.jwk(), second.jwk());
    assert_ne!(first.kid(), key().kid(), "another certificate, another thumbprint");
    assert!(key().verify(&first.sign(&json!({"a": 1}))).is_ok(), "but the same key");
}

#[test]
fn bad_keys_are_refused_by_what_is_wrong() {
    let elliptic = rcgen::KeyPair::generate().unwrap();
    let foreign = rcgen::CertificateParams::default().self_signed(&elliptic).unwrap().pem();
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let cases = [
        ("", "no private key found"),
        ("-----BEGIN PRIVATE KEY-----\n", "no private key found"),
        (EMBEDDED_CERTIFICATE, "no private key found"),
        (&elliptic.serialize_pem(), "an RSA key of 2048 to 4096 bits is needed"),
        (&[EMBEDDED_KEY, &foreign].concat(), "for another key"),
        (&[EMBEDDED_KEY, broken].concat(), "cannot be read"),
    ];
    for (text, expected) in cases {
        let error = SigningKey::from_pem(text).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn debug_output_hides_the_key() {
    assert_eq!(format!("{:?}", key()), format!("SigningKey {{ kid: {:?}, .. }}", key().kid()));
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(token in "\\PC{0,200}") {
        prop_assert!(key().verify(&token).is_err());
    }

    #[test]
    fn text_shaped_like_a_token_gets_an_answer(token in "[A-Za-z0-9_=+/-]{0,60}(\\.[A-Za-z0-9_=+/-]{0,60}){0,4}") {
        let _ = decode_unverified(&token);
        prop_assert!(key().verify(&token).is_err());
    }

    #[test]
    fn a_changed_byte_never_verifies(position in 0_usize..1000, byte in 1_u8..128) {
        let key = key();
        let mut token = key.sign(&json!({"appid": "a", "tid": "b"})).into_bytes();
        let position = position % token.len();
        token[position] ^= byte;
        let token = String::from_utf8(token).expect("ASCII stays ASCII");
        prop_assert!(key.verify(&token).is_err());
    }
}
