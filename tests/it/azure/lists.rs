//! The list of all reservations: filter, order, pages, summary, states; and what only looks alike.

use serde_json::{Value, json};

use super::bought;
use crate::support::{LARKSPUR, Mock, PRAIRIE, arm, mock};

const ALL: &str = "/providers/Microsoft.Capacity/reservations";

fn display_names(list: &Value) -> Vec<String> {
    let name = |item: &Value| item["properties"]["displayName"].as_str().unwrap().to_owned();
    list["value"].as_array().unwrap().iter().map(name).collect()
}

fn list(azure: &Mock, query: &str) -> Value {
    azure.get(&arm(&format!("{ALL}?{query}")))
}

#[test]
fn the_list_is_filtered_by_every_property() {
    let azure = mock().azure(LARKSPUR);
    let every = list(&azure, "").clone();
    let every = every["value"].as_array().unwrap();
    assert!(every.len() > 3);
    for (filter, fits) in [
        (
            "properties/archived eq false",
            (|p| p["properties"]["archived"] == false) as fn(&Value) -> bool,
        ),
        ("sku/name eq 'Standard_D2s_v4'", |p| p["sku"]["name"] == "Standard_D2s_v4"),
        ("SKU/NAME EQ 'standard_d2s_V4'", |p| p["sku"]["name"] == "Standard_D2s_v4"),
        ("properties/quantity eq 5", |p| p["properties"]["quantity"] == 5),
        ("properties/quantity gt 1 and properties/quantity lt 5", |p| {
            (2..5).contains(&p["properties"]["quantity"].as_u64().unwrap())
        }),
        ("properties/term eq 'P3Y'", |p| p["properties"]["term"] == "P3Y"),
        ("properties/renew eq true", |p| p["properties"]["renew"] == true),
        (
            "properties/provisioningState eq 'Cancelled' or properties/provisioningState eq 'Expired'",
            |p| {
                ["Cancelled", "Expired"]
                    .contains(&p["properties"]["provisioningState"].as_str().unwrap())
            },
        ),
        (
            "(properties/displayProvisioningState eq 'Expiring') and not (properties/reservedResourceType eq 'SqlDatabases')",
            |p| p["properties"]["displayProvisioningState"] == "Expiring",
        ),
        ("properties/expiryDate ge 2027-01-01", |p| {
            p["properties"]["expiryDate"].as_str().is_some_and(|day| day >= "2027-01-01")
        }),
        ("properties/userFriendlyRenewState eq 'Off'", |p| {
            p["properties"]["userFriendlyRenewState"] == "Off"
        }),
    ] {
        let encoded = filter.replace(' ', "%20").replace('\'', "%27");
        let found = list(&azure, &format!("$filter={encoded}"));
        let expected: Vec<&Value> = every.iter().filter(|item| fits(item)).collect();
        let found: Vec<&Value> = found["value"].as_array().unwrap().iter().collect();
        assert_eq!(found, expected, "{filter}");
    }
    for wrong in [
        "properties/colour eq 'red'",
        "archived",
        "properties/archived eq",
        "(properties/archived eq true",
    ] {
        let path =
            arm(&format!("{ALL}?$filter={}", wrong.replace(' ', "%20").replace('\'', "%27")));
        azure.azure_refused(400, "BadRequest", "GET", &path, &Value::Null);
    }
}

#[test]
fn the_list_is_ordered_and_paged_by_links() {
    let azure = mock().azure(LARKSPUR);
    let mut ordered = display_names(&list(&azure, ""));
    ordered.sort_by_key(|name| name.to_lowercase());
    let order = "$orderby=properties/displayName%20asc";
    assert_eq!(display_names(&list(&azure, order)), ordered);
    let mut backward = display_names(&list(&azure, "$orderby=properties/displayName%20desc"));
    backward.reverse();
    assert_eq!(backward, ordered);

    let mut paged = Vec::new();
    let mut path = arm(&format!("{ALL}?{order}&take=2.0"));
    loop {
        let page = azure.get(&path);
        paged.extend(display_names(&page));
        assert_eq!(page["summary"].is_object(), path.find("skiptoken").is_none());
        let Some(next) = page["nextLink"].as_str() else { break };
        assert!(next.contains("$skiptoken=") && next.contains("api-version=2022-11-01"), "{next}");
        path = next.split_once(azure.server.base_url().as_str()).unwrap().1.to_owned();
    }
    assert_eq!(paged, ordered);
    for wrong in [
        "selectedState=Sleeping",
        "take=0",
        "take=-1",
        "take=many",
        "take=1.5",
        "$skiptoken=x",
        "$orderby=properties/colour",
    ] {
        azure.azure_refused(
            400,
            "BadRequest",
            "GET",
            &arm(&format!("{ALL}?{wrong}")),
            &Value::Null,
        );
    }
}

#[test]
fn the_summary_counts_what_there_is_and_a_state_is_selected() {
    let azure = mock().azure(LARKSPUR);
    let all = list(&azure, "refreshSummary=true&take=1");
    let every = list(&azure, "");
    let count = |state: &str| {
        let states = every["value"].as_array().unwrap().iter();
        states.filter(|it| it["properties"]["displayProvisioningState"] == state).count()
    };
    for (member, state) in [
        ("succeededCount", "Succeeded"),
        ("expiringCount", "Expiring"),
        ("expiredCount", "Expired"),
        ("cancelledCount", "Cancelled"),
        ("processingCount", "Processing"),
    ] {
        #[allow(clippy::cast_precision_loss)] // a handful
        let expected = count(state) as f64;
        assert_eq!(all["summary"][member].as_f64(), Some(expected), "{member}");
        let selected = list(&azure, &format!("selectedState={}", state.to_lowercase()));
        assert_eq!(selected["value"].as_array().unwrap().len(), count(state), "{state}");
    }
    assert!(count("Succeeded") > 0 && count("Cancelled") > 0 && count("Expiring") > 0);
    assert_eq!(list(&azure, "selectedState=All")["value"], every["value"]);
}

#[test]
fn a_directory_lists_its_own_reservations_only() {
    let bought = bought(1);
    let own = |azure: &Mock| list(azure, "")["value"].to_string().contains(&bought.reservation);
    assert!(own(&bought.azure));
    assert!(!own(&bought.mock.azure(PRAIRIE)));
}

#[test]
fn older_versions_name_a_reservation_by_both_ids_and_know_plain_scopes_only() {
    let bought = bought(1);
    bought.patch(&json!({ "appliedScopeType": "Single", "appliedScopes": [super::AZURE] }));
    let older = bought.azure.get(&bought.path().replace("2022-11-01", "2020-06-01"));
    assert_eq!(older["name"], format!("{}/{}", bought.order, bought.reservation));
    assert_eq!(older["properties"]["appliedScopeProperties"], Value::Null);
    assert_eq!(
        older["properties"]["appliedScopes"],
        json!([format!("/subscriptions/{}", super::AZURE)])
    );
    let newer = bought.get();
    assert_eq!(newer["name"], bought.reservation);
}
