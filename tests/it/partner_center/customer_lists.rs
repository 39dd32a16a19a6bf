//! Lists of customers: entries, filters, pages.

#![allow(clippy::unwrap_used)] // a helper of a test fails by it

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::customers::{GRANITE, encoded, filter, names, starts_with};
use crate::support::{LARKSPUR, Mock, mock};

#[test]
fn entries_of_the_list_are_sparse() {
    let mock = mock();
    let page = mock.get("/v1/customers?size=0");
    assert_eq!(page["attributes"]["objectType"], "Collection");
    assert_eq!(page["links"]["self"]["uri"], "/customers?size=500");
    assert!(page.get("continuationToken").is_none() && page["links"].get("next").is_none());
    let entry = page["items"].as_array().unwrap().iter().find(|item| item["id"] == LARKSPUR);
    let keys: Vec<&String> = entry.unwrap().as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "companyProfile", "relationshipToPartner", "links", "attributes"]);
}

#[test]
fn filters_find_customers_in_every_form_clients_write() {
    let mock = mock();
    let both = |operator: Value| {
        json!({
            "LeftFilter": starts_with("CompanyName", "lark"),
            "RightFilter": starts_with("Domain", "serra"),
            "Operator": operator,
        })
    };
    let partner = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
    for (asked, expected) in [
        (starts_with("CompanyName", "LARK"), vec!["Larkspur Foods"]),
        (starts_with("companyname", "spur"), vec![]),
        (starts_with("Domain", "larkspurF"), vec!["Larkspur Foods"]),
        (
            json!({ "field": "CompanyName", "value": "serra", "operator": "starts_with", "fieldType": "simple" }),
            vec!["Serra Azul Cafe"],
        ),
        (
            json!({ "Field": "CompanyName", "Value": "serra", "Operator": 9 }),
            vec!["Serra Azul Cafe"],
        ),
        (both(json!("or")), vec!["Serra Azul Cafe", "Larkspur Foods"]),
        (both(json!(8)), vec!["Serra Azul Cafe", "Larkspur Foods"]),
        (both(json!("And")), vec![]),
        (starts_with("IndirectReseller", GRANITE), vec!["Cedar Hollow Clinics"]),
        (
            starts_with("IndirectCloudSolutionProvider", partner),
            vec!["Cedar Hollow Clinics", "Marigold Bakeries"],
        ),
    ] {
        let page = mock.get(&format!("/v1/customers?size=50&filter={}", filter(&asked)));
        assert_eq!(names(&page), expected, "{asked}");
    }
    // As it stands in published samples: unescaped, after a second question mark.
    let raw = r#"/v1/customers?size=0?filter={"Field":"CompanyName","Value":"lark","Operator":"starts_with"}"#;
    assert_eq!(names(&mock.get(raw)), ["Larkspur Foods"]);
    let bare = format!("/v1/customers?filter{}", filter(&starts_with("CompanyName", "lark")));
    assert_eq!(names(&mock.get(&bare)), ["Larkspur Foods"], "{bare}");
}

#[test]
fn lists_refuse_what_they_cannot_filter_or_page() {
    let mock = mock();
    let equals = json!({ "Field": "CompanyName", "Value": "lark", "Operator": "equals" });
    let unknown = json!({ "Field": "CompanyName", "Value": "lark", "Operator": "resembles" });
    for (code, query) in [
        (800_002, "size=501".to_owned()),
        (800_002, "size=-1".to_owned()),
        (800_002, "size=many".to_owned()),
        (800_002, "filter=lark".to_owned()),
        (800_002, format!("filter={}", filter(&equals))),
        (900_126, format!("filter={}", filter(&unknown))),
        (800_002, format!("filter={}", filter(&starts_with("Country", "US")))),
        (800_002, format!("filter={}", filter(&starts_with("IndirectReseller", "granite")))),
        (900_126, "seekOperation=Sideways".to_owned()),
        (800_002, "seekOperation=PageIndex".to_owned()),
        (2000, "seekOperation=Next".to_owned()),
        (2000, "seekOperation=Next&MS-ContinuationToken=AAAA".to_owned()),
        (2000, "seekOperation=Previous&MS-ContinuationToken=%2B".to_owned()),
    ] {
        mock.refused(400, code, "GET", &format!("/v1/customers?{query}"), &Value::Null);
    }
}

/// Follows a link with its headers, as clients do.
fn follow(mock: &Mock, link: &Value) -> Value {
    let uri = format!("/v1{}", link["uri"].as_str().unwrap());
    let headers: Vec<(&str, &str)> = link["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| (h["key"].as_str().unwrap(), h["value"].as_str().unwrap()))
        .collect();
    let answer = mock.send("GET", &uri, &headers, "");
    assert_eq!(answer.status, 200, "{uri} {headers:?}: {}", answer.text);
    answer.json()
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn fill(mock: &Mock, wanted: usize) {
    use partner_center_mock::domain::customers::{Customer, NewCustomer, create};
    let world = mock.handle();
    let body = mock.get(&format!("/v1/customers/{LARKSPUR}"));
    assert_eq!(body["id"], LARKSPUR);
    world
        .world()
        .write(|tx| {
            let model = Customer::clone(tx.customer(LARKSPUR.parse().unwrap())?);
            for number in tx.customers.len()..wanted {
                let mut new = NewCustomer {
                    domain: format!("bulk{number}.onmicrosoft.com"),
                    ..NewCustomer::default()
                };
                new.billing.email.clone_from(&model.billing.email);
                new.billing.culture.clone_from(&model.billing.culture);
                new.billing.language.clone_from(&model.billing.language);
                new.billing.company_name = format!("Bulk {number}");
                new.billing.address = Some(model.billing.address.clone());
                create(tx, new)?;
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn pages_show_each_of_1050_customers_once_forwards_and_backwards() {
    let mock = mock();
    fill(&mock, 1050);
    let first = mock.get("/v1/customers?size=100");
    let mut pages = vec![first];
    while let Some(next) = pages.last().unwrap()["links"].get("next") {
        let page = follow(&mock, next);
        assert!(page["links"].get("previous").is_some());
        pages.push(page);
    }
    assert_eq!(pages.len(), 11);
    assert!(pages[10].get("continuationToken").is_none());
    assert!(pages[0]["links"].get("previous").is_none());
    let forwards: Vec<String> = pages.iter().flat_map(ids).collect();
    assert_eq!(forwards.len(), 1050);
    assert_eq!(forwards.iter().collect::<BTreeSet<_>>().len(), 1050);

    let mut page = pages.pop().unwrap();
    let mut backwards = vec![ids(&page)];
    while let Some(previous) = page["links"].get("previous") {
        page = follow(&mock, previous);
        backwards.push(ids(&page));
    }
    let backwards: Vec<String> = backwards.into_iter().rev().flatten().collect();
    assert_eq!(backwards, forwards);

    let last = mock.get("/v1/customers?size=100&seekOperation=Last");
    assert_eq!(ids(&last), forwards[950..]);
    assert!(last["links"].get("next").is_none());
    assert_eq!(ids(&mock.get("/v1/customers?size=100&seekOperation=2")), forwards[..100]);
    assert_eq!(mock.get("/v1/customers")["totalCount"], 500);
}

#[test]
fn a_token_goes_into_header_or_query_and_fits_its_own_filter_only() {
    let mock = mock();
    let page = mock.get("/v1/customers?size=2");
    let token = page["continuationToken"].as_str().unwrap();
    let next = &page["links"]["next"];
    assert_eq!(next["uri"], "/customers?size=2&seekOperation=Next");
    assert_eq!(next["headers"][0], json!({ "key": "MS-ContinuationToken", "value": token }));
    let by_header = follow(&mock, next);
    let encoded = encoded(token);
    let by_query = mock
        .get(&format!("/v1/customers?size=2&seekOperation=next&MS-ContinuationToken={encoded}"));
    assert_eq!(by_query, by_header);

    let other = filter(&starts_with("CompanyName", "l"));
    let path =
        format!("/v1/customers?filter={other}&seekOperation=Next&MS-ContinuationToken={encoded}");
    mock.refused(400, 2000, "GET", &path, &Value::Null);

    // A filtered list pages too, and its links carry the filter.
    let both = json!({
        "LeftFilter": starts_with("CompanyName", "lark"),
        "RightFilter": starts_with("CompanyName", "serra"),
        "Operator": "or",
    });
    let first = mock.get(&format!("/v1/customers?size=1&filter={}", filter(&both)));
    let second = follow(&mock, &first["links"]["next"]);
    assert_eq!([names(&first), names(&second)].concat(), ["Serra Azul Cafe", "Larkspur Foods"]);
    assert!(second["links"].get("next").is_none());
}

#[test]
fn a_page_that_is_gone_is_refused_with_2000() {
    let mock = mock();
    let last = mock.get("/v1/customers?size=1&seekOperation=Last");
    let before = follow(&mock, &last["links"]["previous"]);
    let token = before["continuationToken"].as_str().unwrap().to_owned();
    let id = last["items"][0]["id"].as_str().unwrap().parse().unwrap();
    mock.handle()
        .world()
        .write(|tx| {
            tx.customers.remove(&id);
            Ok(())
        })
        .unwrap();
    let headers = [("MS-ContinuationToken", token.as_str())];
    let answer = mock.send("GET", "/v1/customers?size=1&seekOperation=Next", &headers, "");
    assert_eq!((answer.status, answer.code()), (400, 2000), "{}", answer.text);
}

/// A page is a range scan over entries that are rendered once: what a page costs does not grow with
/// the table. Measured against the same page of a small table, with much room for a busy machine.
#[test]
fn a_page_of_a_large_table_costs_what_one_of_a_small_table_costs() {
    let time = |mock: &Mock, path: &str| {
        mock.get(path);
        (0..5)
            .map(|_| {
                let begin = std::time::Instant::now();
                mock.get(path);
                begin.elapsed()
            })
            .min()
            .unwrap()
    };
    let (small, large) = (mock(), mock());
    fill(&small, 600);
    fill(&large, 20_000);
    for path in ["/v1/customers", "/v1/customers?seekOperation=Last"] {
        let (in_small, in_large) = (time(&small, path), time(&large, path));
        assert!(in_large < in_small * 5, "{path}: {in_small:?} and {in_large:?}");
    }
}
