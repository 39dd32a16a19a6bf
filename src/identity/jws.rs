//! Signed tokens: RS256 JWTs, written and read, and the key that signs them.
//!
//! Here live the compact form, the signature and the public half of the key as a JWK
//! (azure-identity.md §2.4, §3.7). What the claims mean does not: expiry, audience and tenant are
//! checked by callers, who know the virtual clock. Input is hostile, so reading is bounded and
//! strict, and only RS256 is ever accepted as an algorithm.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    digest,
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use rustls::{
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
    server::ParsedCertificate,
};
use serde_json::{Map, Value, json};

/// The longest token that is read, in bytes. Real tokens with many groups stay below 8 KiB.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

const EMBEDDED_KEY: &str = include_str!("../../fixtures/keys/signing-key.pem");
const EMBEDDED_CERTIFICATE: &str = include_str!("../../fixtures/keys/signing-cert.pem");

/// Why a token was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// The token is longer than [`MAX_TOKEN_BYTES`].
    #[error("the token has {0} bytes; at most {MAX_TOKEN_BYTES} are read")]
    TooLarge(usize),
    /// The compact form has three parts separated by dots.
    #[error("the token has {0} dot-separated parts instead of 3")]
    PartCount(usize),
    /// A part is not base64url without padding.
    #[error("the {0} of the token is not base64url without padding")]
    Base64(Part),
    /// A part is base64url but not a JSON object in UTF-8.
    #[error("the {0} of the token is not a JSON object")]
    NotAnObject(Part),
    /// The header names another algorithm than RS256, or none.
    #[error("the token is signed with `{0}`; only RS256 is accepted")]
    Algorithm(String),
    /// The header demands extensions (`crit`), and none are known here (RFC 7515 §4.1.11).
    #[error("the token header demands extensions (`crit`) that are not supported")]
    Critical,
    /// The signature is not one of this key over this content.
    #[error("the signature of the token is not valid for key `{0}`")]
    Signature(String),
}

/// One of the three parts of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The first part: algorithm and key id.
    Header,
    /// The second part: the claims.
    Claims,
    /// The third part.
    Signature,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Claims => "payload",
            Self::Signature => "signature",
        })
    }
}

/// Why a PEM text is no signing key.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The text is not PEM, or holds no private key.
    #[error(
        "no private key found in the PEM text ({0}); expected a `PRIVATE KEY` (PKCS#8) or \
         `RSA PRIVATE KEY` (PKCS#1) section without a passphrase"
    )]
    NoKey(pem::Error),
    /// The key is not RSA: clients of RS256 tokens need an RSA key.
    #[error("the private key is not usable ({0}); an RSA key of 2048 to 4096 bits is needed")]
    Unusable(ring::error::KeyRejected),
    /// The key section is in a format for other kinds of key.
    #[error("the private key is not RSA; an RSA key of 2048 to 4096 bits is needed")]
    NotRsa,
    /// The text holds a certificate that cannot be read.
    #[error("the certificate beside the private key cannot be read: {0}")]
    Certificate(String),
    /// The text holds a certificate of another key.
    #[error("the certificate beside the private key is for another key")]
    CertificateMismatch,
}

/// A token taken apart. Nothing says that its content is true, unless it comes from
/// [`SigningKey::verify`].
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The header: `alg`, `kid`, `typ`, …
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
}

/// An RSA key that signs tokens, with the certificate under which it is published.
pub struct SigningKey {
    key_pair: RsaKeyPair,
    certificate: CertificateDer<'static>,
    /// SHA-1 of the certificate, base64url: the `x5t`, and the `kid` as well.
    thumbprint: String,
    /// The first part of every token, already encoded.
    header: String,
}

impl SigningKey {
    /// The key from `fixtures/keys/`: public and worthless on purpose, so that tokens are the same
    /// on every machine.
    ///
    /// # Errors
    /// Never, unless the fixture was edited; a test holds it in place.
    pub fn embedded() -> Result<Self, SigningKeyError> {
        Self::from_pem(&[EMBEDDED_KEY, EMBEDDED_CERTIFICATE].concat())
    }

    /// Reads a private RSA key (PKCS#8 or PKCS#1, 2048 to 4096 bits, no passphrase) and, when the
    /// text holds one, its certificate. Without a certificate one is made that depends on nothing
    /// but the key, so that `kid` stays the same from start to start.
    pub fn from_pem(text: &str) -> Result<Self, SigningKeyError> {
        let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(SigningKeyError::NoKey)?;
        let key_pair = match &key {
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(SigningKeyError::NotRsa),
        }
        .map_err(SigningKeyError::Unusable)?;
        let certificate = match CertificateDer::from_pem_slice(text.as_bytes()) {
            Ok(certificate) => certificate,
            Err(pem::Error::NoItemsFound) => self_signed(&key_pair)?,
            Err(error) => return Err(SigningKeyError::Certificate(error.to_string())),
        };
        Self::with_certificate(key_pair, certificate)
    }

    fn with_certificate(
        key_pair: RsaKeyPair,
        certificate: CertificateDer<'static>,
    ) -> Result<Self, SigningKeyError> {
        let parsed = ParsedCertificate::try_from(&certificate)
            .map_err(|error| SigningKeyError::Certificate(error.to_string()))?;
        // A SubjectPublicKeyInfo ends with the RSAPublicKey structure that ring gives out.
        if !parsed.subject_public_key_info().as_ref().ends_with(key_pair.public().as_ref()) {
            return Err(SigningKeyError::CertificateMismatch);
        }
        let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
        let thumbprint = URL_SAFE_NO_PAD.encode(digest);
        let header = json!({"typ": "JWT", "alg": "RS256", "x5t": thumbprint, "kid": thumbprint});
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        Ok(Self { key_pair, certificate, thumbprint, header })
    }

    /// The id of the key in token headers and in the JWKS; equal to [`Self::x5t`].
    pub fn kid(&self) -> &str {
        &self.thumbprint
    }

    /// The base64url SHA-1 thumbprint of the certificate.
    pub fn x5t(&self) -> &str {
        &self.thumbprint
    }

    /// The public key as an entry of the JWKS (azure-identity.md §2.4), without `issuer`, which
    /// depends on the address that was asked.
    pub fn jwk(&self) -> Value {
        let PublicKeyComponents { n, e } =
            PublicKeyComponents::<Vec<u8>>::from(self.key_pair.public());
        json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.thumbprint,
            "x5t": self.thumbprint,
            "n": URL_SAFE_NO_PAD.encode(n),
            "e": URL_SAFE_NO_PAD.encode(e),
            "x5c": [STANDARD.encode(&self.certificate)],
        })
    }

    /// Signs claims (a JSON object) and gives the token in compact form. The same claims give the
    /// same bytes.
    ///
    /// Signing cannot fail for a key that was read; should it ever, the token comes without a
    /// signature, is refused by every verifier, and the failure is logged.
    pub fn sign(&self, claims: &Value) -> String {
        let mut token = self.header.clone();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let mut signature = vec![0; self.key_pair.public().modulus_len()];
        let signed = self.key_pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            token.as_bytes(),
            &mut signature,
        );
        token.push('.');
        if signed.is_ok() {
            URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        } else {
            tracing::error!("an access token could not be signed");
        }
        token
    }

    /// Reads a token and checks that this key signed it. `alg` must be RS256: `none` and the HMAC
    /// family, which would turn the public key into a shared secret, are refused. Times, audience
    /// and issuer are not looked at.
    pub fn verify(&self, token: &str) -> Result<Decoded, JwsError> {
        let (decoded, signed, signature) = take_apart(token)?;
        match decoded.header.get("alg") {
            Some(Value::String(name)) if name == "RS256" => {}
            Some(Value::String(name)) => {
                return Err(JwsError::Algorithm(name.chars().take(32).collect()));
            }
            _ => return Err(JwsError::Algorithm("none".to_owned())),
        }
        if decoded.header.contains_key("crit") {
            return Err(JwsError::Critical);
        }
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.key_pair.public())
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| JwsError::Signature(self.thumbprint.clone()))?;
        Ok(decoded)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.thumbprint).finish_non_exhaustive()
    }
}

/// Takes a token apart without looking at its algorithm or signature: for client assertions and
/// diagnostics, never for access.
pub fn decode_unverified(token: &str) -> Result<Decoded, JwsError> {
    take_apart(token).map(|(decoded, _, _)| decoded)
}

/// The content, the text that is signed and the signature.
fn take_apart(token: &str) -> Result<(Decoded, &str, Vec<u8>), JwsError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(JwsError::TooLarge(token.len()));
    }
    let mut parts = token.split('.');
    let (Some(header), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(JwsError::PartCount(token.split('.').count()));
    };
    let signed = &token[..header.len() + 1 + claims.len()];
    let decoded =
        Decoded { header: object(header, Part::Header)?, claims: object(claims, Part::Claims)? };
    Ok((decoded, signed, bytes(signature, Part::Signature)?))
}

fn bytes(encoded: &str, part: Part) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode(encoded).map_err(|_| JwsError::Base64(part))
}

fn object(encoded: &str, part: Part) -> Result<Map<String, Value>, JwsError> {
    serde_json::from_slice(&bytes(encoded, part)?).map_err(|_| JwsError::NotAnObject(part))
}

/// A certificate for a key that came without one. Dates and serial number are fixed by the key, so
/// the thumbprint is the same each time.
fn self_signed(key_pair: &RsaKeyPair) -> Result<CertificateDer<'static>, SigningKeyError> {
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, "partner-center-mock signing key");
    params.not_before = rcgen::date_time_ymd(2024, 1, 1);
    params.not_after = rcgen::date_time_ymd(2124, 1, 1);
    params
        .self_signed(&CertificateKey(key_pair))
        .map(|certificate| certificate.der().clone())
        .map_err(|error| SigningKeyError::Certificate(error.to_string()))
}

/// Lets rcgen sign with a key that ring has read, whatever format it came in.
struct CertificateKey<'a>(&'a RsaKeyPair);

impl rcgen::PublicKeyData for CertificateKey<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.public().as_ref()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

impl rcgen::SigningKey for CertificateKey<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| rcgen::Error::RingUnspecified)?;
        Ok(signature)
    }
}

#[cfg(test)]
mod tests;
