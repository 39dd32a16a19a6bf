//! Subscriptions, tenants, the description of the cloud, resource providers.

use serde_json::{Value, json};

use crate::support::items::{cart_line, order};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock, NOBODY, PRAIRIE, arm, mock};

const LARKSPURS: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
const PLANS: &str = "a4c7e0d3-5b92-4f18-8d6a-3e9f1c7b2d50";

fn partner(mock: &Mock) -> String {
    mock.handle().world().published().partner.id.to_string()
}

fn column<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    list["value"].as_array().unwrap().iter().map(|item| item[key].as_str().unwrap()).collect()
}

fn subscriptions(mock: &Mock) -> Value {
    mock.get(&arm("/subscriptions"))
}

#[test]
fn the_directory_of_the_token_decides_which_subscriptions_there_are() {
    let mock = mock();
    let larkspur = mock.azure(LARKSPUR);
    let list = subscriptions(&larkspur);
    let ids = column(&list, "subscriptionId");
    assert!(ids.contains(&LARKSPURS) && ids.contains(&PLANS), "{list:#}");
    assert_eq!(list["count"], json!({ "type": "Total", "value": ids.len() }));
    assert!(list.get("nextLink").is_none());
    assert!(column(&list, "tenantId").iter().all(|tenant| *tenant == LARKSPUR));

    let others = subscriptions(&mock.azure(PRAIRIE));
    let others = column(&others, "subscriptionId");
    assert!(!others.is_empty() && others.iter().all(|id| !ids.contains(id)), "{others:?}");
    let partners = subscriptions(&mock.azure(&partner(&mock)));
    assert_eq!(partners["value"], json!([]));
}

#[test]
fn a_subscription_has_azures_shape() {
    let mock = mock().azure(LARKSPUR);
    let one = mock.get(&arm(&format!("/subscriptions/{LARKSPURS}")));
    assert_eq!(
        one,
        json!({
            "id": format!("/subscriptions/{LARKSPURS}"),
            "subscriptionId": LARKSPURS,
            "tenantId": LARKSPUR,
            "displayName": "Larkspur workloads",
            "state": "Enabled",
            "authorizationSource": "RoleBased",
            "subscriptionPolicies": {
                "locationPlacementId": "Public_2014-09-01",
                "quotaId": "CSP_2015-05-01",
                "spendingLimit": "Off"
            },
            "managedByTenants": []
        })
    );
    let list = subscriptions(&mock);
    assert!(list["value"].as_array().unwrap().contains(&one));
    let loud = format!("/Subscriptions/{}", LARKSPURS.to_uppercase());
    assert_eq!(mock.get(&arm(&loud)), one);
}

#[test]
fn what_partner_center_does_to_a_subscription_shows() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let before = column(&subscriptions(&azure), "displayName").len();
    let mut line = cart_line("MS-AZR-0145P", 1);
    line["friendlyName"] = "Second home".into();
    let bought = mock.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &order(&[line]));
    let list = subscriptions(&azure);
    let names = column(&list, "displayName");
    assert_eq!(names.len(), before + 1);
    assert!(names.contains(&"Second home"), "{names:?}");

    let link = bought["lineItems"][0]["links"]["subscription"]["uri"].as_str().unwrap();
    let path = format!("/v1{link}");
    let change = |status: &str| {
        let mut subscription = mock.get(&path);
        subscription["status"] = status.into();
        mock.expect(200, "PATCH", &path, &subscription);
        let list = subscriptions(&azure);
        let found = list["value"].as_array().unwrap().iter();
        found.filter(|one| one["displayName"] == "Second home").cloned().collect::<Vec<_>>()
    };
    assert_eq!(change("suspended")[0]["state"], "Disabled");
    assert_eq!(change("active")[0]["state"], "Enabled");
}

#[test]
fn subscriptions_that_cannot_be_read_are_refused() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let foreign = subscriptions(&mock.azure(PRAIRIE));
    let foreign = column(&foreign, "subscriptionId")[0];
    for below in ["", "/locations", "/providers", "/providers/Microsoft.Capacity"] {
        for (id, status, code) in [
            (NOBODY, 404, "SubscriptionNotFound"),
            // Partner Center's id of the same subscription is not Azure's.
            (LARKSPUR_AZURE, 404, "SubscriptionNotFound"),
            (foreign, 401, "InvalidAuthenticationTokenTenant"),
            ("mine", 404, "SubscriptionNotFound"),
        ] {
            let path = arm(&format!("/subscriptions/{id}{below}"));
            azure.azure_refused(status, code, "GET", &path, &Value::Null);
        }
    }
    azure.azure_refused(400, "MissingApiVersionParameter", "GET", "/subscriptions", &Value::Null);
    mock.with_token("").azure_refused(
        401,
        "AuthenticationFailed",
        "GET",
        &arm("/subscriptions"),
        &Value::Null,
    );
}

#[test]
fn regions_are_those_of_the_catalogue() {
    let mock = mock().azure(LARKSPUR);
    let list = mock.get(&arm(&format!("/subscriptions/{LARKSPURS}/locations")));
    let names = column(&list, "name");
    assert!(names.len() > 20 && names.contains(&"westeurope") && names.contains(&"eastus"));
    let first = &list["value"][0];
    assert_eq!(first["id"], format!("/subscriptions/{LARKSPURS}/locations/{}", names[0]));
    assert_eq!(first["type"], "Region");
    assert!(!first["displayName"].as_str().unwrap().is_empty());
}

#[test]
fn the_tenant_of_the_token_is_listed() {
    let mock = mock();
    let list = mock.azure(LARKSPUR).get(&arm("/tenants"));
    assert_eq!(
        list["value"],
        json!([{
            "id": format!("/tenants/{LARKSPUR}"),
            "tenantId": LARKSPUR,
            "displayName": "Larkspur Foods",
            "defaultDomain": "larkspurfoods.onmicrosoft.com",
            "countryCode": "US",
            "tenantCategory": "Home",
            "domains": ["larkspurfoods.onmicrosoft.com"]
        }])
    );
    let partner = partner(&mock);
    let list = mock.azure(&partner).get(&arm("/tenants"));
    assert_eq!(column(&list, "tenantId"), [partner.as_str()]);
}

#[test]
fn the_cloud_is_described_in_the_shape_of_the_version_without_a_token() {
    let mock = mock().with_token("");
    let path = |version: &str| format!("/metadata/endpoints?api-version={version}");
    let one = mock.get(&path("2022-09-01"));
    let arm = one["resourceManager"].as_str().unwrap();
    assert!(arm.starts_with("http") && arm.ends_with('/'), "{arm}");
    // What a client learns leads back to the mock.
    assert_eq!(format!("{}/", one["authentication"]["loginEndpoint"].as_str().unwrap()), arm);
    assert_eq!(one["microsoftGraphResourceId"], arm);
    assert_eq!(one["authentication"]["audiences"][0], "https://management.core.windows.net/");
    assert!(one["suffixes"]["sqlServerHostname"].is_string());
    assert_eq!(mock.get(&path("2020-06-01")), json!([one]));
    assert_eq!(mock.get(&path("2019-05-01")), json!([one]));
    let short = mock.get(&path("2015-01-01"));
    let keys: Vec<&String> = short.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["galleryEndpoint", "graphEndpoint", "portalEndpoint", "authentication"]);
    assert_eq!(short["authentication"]["loginEndpoint"], one["authentication"]["loginEndpoint"]);
    let real = &[("host", "management.azure.com")];
    let real = mock.send("GET", &path("2022-09-01"), real, "").json();
    assert_eq!(real["resourceManager"], "https://management.azure.com/");
    assert_eq!(real["authentication"]["loginEndpoint"], "https://login.microsoftonline.com");
    let path = "/metadata/endpoints";
    mock.azure_refused(400, "MissingApiVersionParameter", "GET", path, &Value::Null);
}

#[test]
fn providers_tell_what_they_serve() {
    let mock = mock().azure(LARKSPUR);
    let below = format!("/subscriptions/{LARKSPURS}");
    let list = mock.get(&arm(&format!("{below}/providers")));
    assert!(column(&list, "namespace").contains(&"Microsoft.Support"));
    let one = mock.get(&arm(&format!("{below}/providers/microsoft.capacity")));
    assert!(list["value"].as_array().unwrap().contains(&one));
    assert_eq!(one["id"], format!("{below}/providers/Microsoft.Capacity"));
    assert_eq!(one["registrationState"], "Registered");
    let types = one["resourceTypes"].as_array().unwrap();
    let orders = types.iter().find(|it| it["resourceType"] == "reservationOrders").unwrap();
    assert_eq!(orders["apiVersions"][0], "2022-11-01");
    assert!(types.iter().all(|it| !it["resourceType"].as_str().unwrap().contains('{')));

    let register = arm(&format!("{below}/providers/Microsoft.Capacity/register"));
    assert_eq!(mock.post(200, &register, &Value::Null), one);

    let tenants = mock.get(&arm("/providers"));
    assert_eq!(column(&tenants, "namespace"), column(&list, "namespace"));
    let one = mock.get(&arm("/providers/Microsoft.Capacity"));
    assert_eq!(one["id"], "/providers/Microsoft.Capacity");
    assert!(one.get("registrationState").is_none());

    for path in ["/providers/Microsoft.Nothing".to_owned(), format!("{below}/providers/Nothing")] {
        let code = "InvalidResourceNamespace";
        mock.azure_refused(404, code, "GET", &arm(&path), &Value::Null);
    }
}
