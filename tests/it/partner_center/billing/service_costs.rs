//! What a customer cost: the last invoiced month and the running one.

use serde_json::{Value, json};

use super::{advance_to, buy, cancel, items, sum};
use crate::support::items::software;
use crate::support::{COOLIBAH, FOREIGN, LARKSPUR, NOBODY, mock};

fn costs(customer: &str, period: &str) -> String {
    format!("/v1/customers/{customer}/servicecosts/{period}")
}

#[test]
fn the_costs_of_a_customer_are_those_of_a_month() {
    let mock = mock();
    advance_to(&mock, "2026-06-10T00:00:00Z");
    buy(&mock, LARKSPUR, &software(), 2);
    advance_to(&mock, "2026-07-02T00:00:00Z");
    let order = buy(&mock, LARKSPUR, &software(), 1);
    cancel(&mock, &order);

    for period in ["mostrecent", "MostRecent", "most_recent", "1"] {
        let summary = mock.get(&costs(LARKSPUR, period));
        assert_eq!(summary["billingStartDate"], "2026-06-01T00:00:00.0000000Z");
        assert_eq!(summary["billingEndDate"], "2026-06-30T00:00:00.0000000Z");
        let link = summary["links"]["serviceCostLineItems"]["uri"].as_str().unwrap();
        let lines = items(&mock, &format!("/v1{link}"));
        assert_eq!(
            sum(&lines, "afterTaxTotal"),
            sum(std::slice::from_ref(&summary), "pretaxTotal")
        );
        let server = lines.iter().find(|it| it["quantity"] == 2).unwrap();
        assert_eq!(
            (&server["pretaxTotal"], &server["chargeType"]),
            (&json!(2138.0), &json!("New"))
        );
        assert!(lines.iter().all(|it| it["customerId"] == LARKSPUR));
        let own = mock.get(&format!("/v1{}", summary["links"]["self"]["uri"].as_str().unwrap()));
        assert_eq!(own, summary);
    }
    let lines = items(&mock, &format!("{}/lineitems", costs(LARKSPUR, "current")));
    let words: Vec<&Value> = lines.iter().map(|it| &it["chargeType"]).collect();
    assert_eq!(words[words.len() - 2..], [&json!("New"), &json!("Cancel")]);
    assert_eq!(
        mock.get(&costs(LARKSPUR, "current"))["billingStartDate"],
        "2026-07-01T00:00:00.0000000Z"
    );

    let nothing = mock.get(&costs(COOLIBAH, "mostrecent"));
    assert_eq!(
        (nothing["pretaxTotal"].as_f64(), &nothing["currencyCode"]),
        (Some(0.0), &json!("AUD"))
    );
}

#[test]
fn costs_of_nobody_and_of_no_month_are_refused() {
    let mock = mock();
    for rest in ["", "/lineitems"] {
        let refused = |status, code, customer: &str, period: &str| {
            let path = format!("{}{rest}", costs(customer, period));
            mock.refused(status, code, "GET", &path, &Value::Null);
        };
        refused(404, 1000, NOBODY, "mostrecent");
        refused(403, 20002, FOREIGN, "mostrecent");
        refused(400, 800_002, "larkspur", "mostrecent");
        refused(400, 900_126, LARKSPUR, "lastyear");
        refused(400, 800_002, LARKSPUR, "none");
        let path = format!("{}{rest}", costs(LARKSPUR, "current"));
        mock.app_only().refused(403, 900_329, "GET", &path, &Value::Null);
    }
}
