//! Contract: azure-identity.md: tokens, discovery, and the helper endpoints of Azure Resource Manager.

use partner_center_mock::api::operation::Surface;
use serde_json::{Value, json};

use super::{Case, PARTNER, Page, Request, case, check, get, post};
use crate::identity::{ADMIN, CLIENT, PUBLIC_CLIENT, SECRET, accepted, form};
use crate::support::{Mock, arm};

pub const PAGE: Page = Page { name: "identity", shapes: SHAPES, cases: CASES };

#[test]
fn identity_is_as_documented() {
    check(&PAGE);
}

const AZURE: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
const PARTNER_CENTER: &str = "https://api.partnercenter.microsoft.com/.default";

const SHAPES: &[(&str, &str)] = &[
    (
        "Configuration",
        "token_endpoint,authorization_endpoint,device_authorization_endpoint:url \
        jwks_uri,issuer,end_session_endpoint:url token_endpoint_auth_methods_supported[]:text \
        response_modes_supported[]:enum(query|fragment|form_post) \
        subject_types_supported[]:=pairwise id_token_signing_alg_values_supported[]:=RS256 \
        response_types_supported[]:text scopes_supported[]:text claims_supported[]:text \
        tenant_region_scope??,cloud_instance_name,cloud_graph_host_name,msgraph_host:text \
        rbac_url,userinfo_endpoint:url",
    ),
    (
        "Instance",
        "tenant_discovery_endpoint:url api-version:enum(1.0|1.1) \
        metadata[].preferred_network:text metadata[].preferred_cache:text metadata[].aliases[]:text",
    ),
    ("Token", "token_type:=Bearer expires_in,ext_expires_in:int access_token:jwt"),
    ("UserToken", ":Token scope,refresh_token:text id_token:jwt client_info:base64"),
    (
        "OldToken",
        "token_type:=Bearer expires_in,ext_expires_in,expires_on,not_before:digits \
        resource:url access_token:jwt",
    ),
    ("OldUserToken", ":OldToken scope:=user_impersonation refresh_token:text id_token:jwt"),
    (
        "DeviceCode",
        "user_code,device_code,message:text verification_uri:url expires_in,interval:int",
    ),
    (
        "OldDeviceCode",
        "user_code,device_code,message:text verification_url:url \
        expires_in,interval:digits",
    ),
    ("Keys", "keys[]:Key"),
    ("Key", "kty:=RSA use:=sig alg:=RS256 kid,x5t:text n:base64 e:=AQAB x5c[]:base64 issuer:url"),
    (
        "Refusal",
        "error,error_description:text error_codes[]:int timestamp:text \
        trace_id,correlation_id:guid error_uri:url",
    ),
    (
        "Subscription",
        "id:path subscriptionId,tenantId:guid displayName:text state:=Enabled \
        authorizationSource:=RoleBased subscriptionPolicies.locationPlacementId:text \
        subscriptionPolicies.quotaId:=CSP_2015-05-01 subscriptionPolicies.spendingLimit:=Off \
        managedByTenants[*]:object",
    ),
    (
        "Tenant",
        "id:path tenantId:guid displayName,defaultDomain,countryCode:text \
        tenantCategory:enum(Home|ProjectedBy|ManagedBy) domains[]:text",
    ),
    (
        "Cloud",
        "name:text portal:url authentication:CloudSignIn resourceManager,graphAudience:url \
        suffixes:Suffixes",
    ),
    ("CloudSignIn", "loginEndpoint:url audiences[]:url tenant,identityProvider:text"),
    ("Suffixes", "storage,keyVaultDns,sqlServerHostname,acrLoginServer:text"),
    ("Provider", "id:path namespace:text registrationState:=Registered resourceTypes[*]:object"),
    ("ArmRefusal", "error.code,error.message:text"),
];

fn tokens(fields: &[(&str, &str)]) -> Request {
    posted("/oauth2/v2.0/token", fields)
}

fn old_tokens(fields: &[(&str, &str)]) -> Request {
    posted("/oauth2/token", fields)
}

fn posted(path: &str, fields: &[(&str, &str)]) -> Request {
    post(format!("/{PARTNER}{path}"), &Value::Null)
        .header("content-type", "application/x-www-form-urlencoded;charset=utf-8")
        .header("accept", "application/json")
        .text(&form(fields))
}

const BY_SECRET: [(&str, &str); 3] =
    [("grant_type", "client_credentials"), ("client_id", CLIENT), ("client_secret", SECRET)];
const BY_PASSWORD: [(&str, &str); 5] = [
    ("grant_type", "password"),
    ("client_id", CLIENT),
    ("client_secret", SECRET),
    ("username", ADMIN),
    ("password", "demo-password"),
];
const EVERYTHING: (&str, &str) =
    ("scope", "https://management.azure.com/.default openid profile offline_access");

/// What a user's sign-in gives.
fn signed_in(mock: &Mock) -> Value {
    let fields = [&BY_PASSWORD[..], &[EVERYTHING]].concat();
    accepted(mock, &format!("/{PARTNER}/oauth2/v2.0/token"), &fields)
}

fn text(of: &Value, member: &str) -> String {
    of[member].as_str().unwrap().to_owned()
}

/// A device code for which the sign-in was asked for once, too early.
fn device_code(mock: &Mock) -> String {
    let fields = [("client_id", PUBLIC_CLIENT), EVERYTHING];
    let asked = accepted(mock, &format!("/{PARTNER}/oauth2/v2.0/devicecode"), &fields);
    let code = text(&asked, "device_code");
    let early = by_device(&code).send(mock, Surface::Identity).json();
    assert_eq!(early["error"], "authorization_pending", "{early}");
    code
}

fn by_device(code: &str) -> Request {
    tokens(&[
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", PUBLIC_CLIENT),
        ("device_code", code),
        ("code", code),
    ])
}

fn authorize(path: &str) -> Request {
    let query = form(&[
        ("client_id", CLIENT),
        ("redirect_uri", "http://localhost:8400/callback"),
        ("response_type", "code"),
        ("response_mode", "query"),
        ("state", "12345"),
        ("scope", PARTNER_CENTER),
        ("login_hint", ADMIN),
    ]);
    get(format!("/{PARTNER}{path}?{query}"))
}

const CODE: &str = ">location:url";

const CASES: &[Case] = &[
    // 2. Discovery
    case("getOpenIdConfiguration", 200, ":Configuration", |_| {
        get(format!("/{PARTNER}/v2.0/.well-known/openid-configuration"))
    }),
    case("getOpenIdConfigurationV1", 200, ":Configuration", |_| {
        get("/fabricore.onmicrosoft.com/.well-known/openid-configuration")
    }),
    case(
        "getOpenIdConfiguration",
        400,
        ":Refusal error:=invalid_tenant error_codes[]:=90002",
        |_| get("/nobody-holds-this.example/v2.0/.well-known/openid-configuration"),
    ),
    case("discoverInstance", 200, ":Instance", |_| {
        get(
            "/common/discovery/instance?authorization_endpoint=https://login.mock.test:8443/common/oauth2/v2.0/authorize&api-version=1.0",
        )
    }),
    case("discoverInstance", 200, ":Instance api-version:=1.1", |_| {
        get(
            "/common/discovery/instance?api-version=1.1&authorization_endpoint=https%3A%2F%2Flogin.mock.test%2Fcommon%2Foauth2%2Fv2.0%2Fauthorize",
        )
    }),
    case("listSigningKeys", 200, ":Keys", |_| get(format!("/{PARTNER}/discovery/v2.0/keys"))),
    case("listSigningKeysV1", 200, ":Keys", |_| get("/common/discovery/keys")),
    case(
        "getUserRealm",
        200,
        "ver:=1.0 account_type:=Managed domain_name:text \
        cloud_instance_name:=microsoftonline.com cloud_audience_urn:=urn:federation:MicrosoftOnline",
        |_| get(format!("/common/userrealm/{ADMIN}?api-version=1.0")),
    ),
    case("describeCloud", 200, "[]:Cloud", |_| get("/metadata/endpoints?api-version=2019-05-01")),
    // One page says a list for this version, too; a client was measured to fail on it.
    case("describeCloud", 200, ":Cloud", |_| get("/metadata/endpoints?api-version=2022-09-01")),
    case(
        "describeCloud",
        200,
        "galleryEndpoint,graphEndpoint,portalEndpoint:url \
        authentication.loginEndpoint:url authentication.audiences[]:url",
        |_| get("/metadata/endpoints?api-version=2015-01-01"),
    ),
    // 3. Tokens
    case(
        "issueToken",
        200,
        ":Token >cache-control:=no-store,no-cache >pragma:=no-cache \
        >x-ms-request-id:guid >client-request-id:=b6e2c9f4-7d31-4a58-9c06-1f8b5d3e7a92",
        |_| {
            tokens(
                &[
                    &BY_SECRET[..],
                    &[
                        ("scope", PARTNER_CENTER),
                        ("client_info", "1"),
                        ("claims", "{}"),
                        ("x-client-SKU", "msal.js.node"),
                    ],
                ]
                .concat(),
            )
            .header("client-request-id", "b6e2c9f4-7d31-4a58-9c06-1f8b5d3e7a92")
            .header("return-client-request-id", "true")
        },
    ),
    case("issueToken", 200, ":UserToken", |_| {
        tokens(&[&BY_PASSWORD[..], &[EVERYTHING, ("client_info", "1")]].concat())
    }),
    case("issueToken", 200, ":UserToken", |at| {
        let refresh = text(&signed_in(at), "refresh_token");
        tokens(&[
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("refresh_token", &refresh),
            EVERYTHING,
            ("client_info", "1"),
        ])
    }),
    case("issueToken", 200, ":Token scope,refresh_token:text", |at| by_device(&device_code(at))),
    case("issueToken", 200, ":Token scope:text", |at| {
        let assertion = text(
            &accepted(
                at,
                &format!("/{PARTNER}/oauth2/v2.0/token"),
                &[&BY_PASSWORD[..], &[("scope", &format!("{CLIENT}/.default"))]].concat(),
            ),
            "access_token",
        );
        tokens(&[
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("assertion", &assertion),
            ("scope", "https://management.azure.com/.default"),
            ("requested_token_use", "on_behalf_of"),
        ])
    }),
    case("issueToken", 401, ":Refusal error:=invalid_client error_codes[]:=7000215", |_| {
        tokens(&[
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT),
            ("client_secret", "wrong"),
            ("scope", PARTNER_CENTER),
        ])
    }),
    case("issueToken", 400, ":Refusal error:=unsupported_grant_type error_codes[]:=70003", |_| {
        tokens(&[("grant_type", "magic"), ("client_id", CLIENT), ("scope", PARTNER_CENTER)])
    }),
    case("issueTokenV1", 200, ":OldToken", |_| {
        old_tokens(&[&BY_SECRET[..], &[("resource", "https://graph.windows.net")]].concat())
    }),
    case("issueTokenV1", 200, ":OldUserToken", |at| {
        let refresh = text(&signed_in(at), "refresh_token");
        old_tokens(&[
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("refresh_token", &refresh),
            ("scope", "openid"),
            ("resource", "https://api.partnercenter.microsoft.com"),
        ])
    }),
    case("beginDeviceSignIn", 200, ":DeviceCode", |_| {
        posted("/oauth2/v2.0/devicecode", &[("client_id", PUBLIC_CLIENT), EVERYTHING])
    }),
    case("beginDeviceSignInV1", 200, ":OldDeviceCode", |_| {
        posted(
            "/oauth2/devicecode",
            &[("client_id", PUBLIC_CLIENT), ("resource", "https://management.core.windows.net/")],
        )
    }),
    case("signIn", 302, CODE, |_| authorize("/oauth2/v2.0/authorize")),
    case("signInV1", 302, CODE, |_| authorize("/oauth2/authorize")),
    // 4.2 Azure Resource Manager
    case(
        "listAzureSubscriptions",
        200,
        "value[]:Subscription count.type:=Total count.value:int",
        |_| get("/subscriptions?api-version=2022-12-01"),
    ),
    case("getAzureSubscription", 200, ":Subscription", |_| {
        get(format!("/subscriptions/{AZURE}?api-version=2022-12-01"))
    }),
    case("listTenants", 200, "value[]:Tenant", |_| get("/tenants?api-version=2022-12-01")),
    case("registerProvider", 200, ":Provider", |_| {
        post(
            arm(&format!("/subscriptions/{AZURE}/providers/Microsoft.Capacity/register")),
            &Value::Null,
        )
    }),
    case("getProvider", 200, ":Provider", |_| {
        get(arm(&format!("/subscriptions/{AZURE}/providers/Microsoft.Capacity")))
    }),
    case(
        "listAzureSubscriptions",
        401,
        ":ArmRefusal error.code:=AuthenticationFailed \
        >www-authenticate:text",
        |_| get("/subscriptions?api-version=2022-12-01").without_token(),
    ),
    case(
        "listAzureSubscriptions",
        400,
        ":ArmRefusal error.code:=MissingApiVersionParameter",
        |_| get("/subscriptions"),
    ),
    case("calculatePrice", 400, ":ArmRefusal error.code:=InvalidRequestContent", |_| {
        post(arm("/providers/Microsoft.Capacity/calculatePrice"), &json!({})).text("{")
    }),
];
