//! Carts and their checkout.

use partner_center_mock::Content;
use partner_center_mock::domain::settings::Settings;
use serde_json::{Value, json};

use crate::support::items::{
    cart_line, licence, lines, listed, plan_reservation, reservation, reservation_line, small_vm,
    software,
};
use crate::support::{
    FOREIGN, LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, LARKSPUR_PLAN, Mock, NOBODY, PRAIRIE,
    PRAIRIE_AZURE, SUNDARAM, SUNDARAM_AZURE, mock, mock_with, sandbox,
};

pub fn carts(customer: &str) -> String {
    format!("/v1/customers/{customer}/carts")
}

/// Creates a cart that is expected to be fine or not, and gives it.
pub fn cart(mock: &Mock, customer: &str, cart_lines: &[Value]) -> Value {
    mock.post(201, &carts(customer), &lines(cart_lines))
}

/// A world whose settings differ.
pub fn with_settings(change: impl FnOnce(&mut Settings)) -> Mock {
    let mut settings = Settings::default();
    change(&mut settings);
    mock_with(|builder| builder.settings(settings))
}

pub fn path_of(cart: &Value) -> String {
    format!("/v1{}", cart["links"]["self"]["uri"].as_str().unwrap())
}

pub fn checkout_of(cart: &Value) -> String {
    format!("{}/checkout", path_of(cart))
}

/// The error codes of the lines; 0 for a line that can be bought.
pub fn errors(cart: &Value) -> Vec<u64> {
    let lines = cart["lineItems"].as_array().unwrap();
    lines.iter().map(|line| line["error"]["errorCode"].as_u64().unwrap_or(0)).collect()
}

pub fn groups(cart: &Value) -> Vec<&str> {
    let lines = cart["lineItems"].as_array().unwrap();
    lines.iter().map(|line| line["orderGroup"].as_str().unwrap_or("-")).collect()
}

#[test]
fn a_cart_holds_what_was_asked_for_and_what_the_service_adds() {
    let mock = mock();
    let mut line = reservation_line(&small_vm(), LARKSPUR_AZURE);
    line["friendlyName"] = "web tier".into();
    let made = cart(&mock, LARKSPUR, &[line]);
    assert_eq!(made["status"], "Active");
    assert_eq!(made["creationTimestamp"], "2026-03-01T12:00:00.0000000Z");
    assert_eq!(made["lastModifiedTimestamp"], made["creationTimestamp"]);
    assert_eq!(made["expirationTimestamp"], "2026-03-08T12:00:00.0000000Z");
    assert_eq!(made["lastModifiedUser"], "4d2b9e10-55aa-4c8f-8e61-0d7c3b2a9f14");
    assert_eq!(made["attributes"]["objectType"], "Cart");
    assert_eq!(
        made["lineItems"][0],
        json!({
            "id": 0, "catalogItemId": small_vm(), "friendlyName": "web tier", "quantity": 1,
            "currencyCode": "USD", "billingCycle": "one_time", "termDuration": "P1Y",
            "provisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared" },
            "orderGroup": "0"
        })
    );
    assert_eq!(mock.get(&path_of(&made)), made);
    let by_app = mock.app_only().post(201, &carts(LARKSPUR), &lines(&[cart_line(&licence(), 1)]));
    assert_eq!(by_app["lastModifiedUser"], "e7b1c9d2-4f3a-4d68-9e05-2a8c6b1f7d43");
}

#[test]
fn lines_that_become_one_order_share_a_group() {
    let mock = mock();
    let three_years = reservation("US", "Standard_D2s_v4", "eastus", "P3Y");
    let billed = |item: &str, cycle: &str| {
        let mut line = cart_line(item, 1);
        line["billingCycle"] = cycle.into();
        line
    };
    let made = cart(
        &mock,
        LARKSPUR,
        &[
            cart_line("MS-AZR-0145P", 1),
            reservation_line(&small_vm(), LARKSPUR_AZURE),
            reservation_line(&three_years, LARKSPUR_AZURE),
            cart_line(&software(), 1),
            billed(&licence(), "monthly"),
            billed(&licence(), "annual"),
            cart_line(&listed("US", "CFQ7TTC0LH18", "0002", "P1M"), 1),
            cart_line(&listed("US", "DZH318Z0BPS6", "0001", ""), 1),
            billed(&licence(), "Monthly"),
            cart_line("ms-azr-0145p", 1),
        ],
    );
    assert_eq!(errors(&made), [0; 10], "{made:#}");
    assert_eq!(groups(&made), ["OMS-0", "0", "0", "0", "1", "2", "3", "4", "1", "OMS-0"]);
}

#[test]
fn an_add_on_goes_into_the_order_of_its_base_and_belongs_to_it() {
    let mock = mock();
    let base = listed("US", "CFQ7TTC0LFLX", "0001", "P1Y");
    let addon = listed("US", "CFQ7TTC0LHSL", "0001", "P1Y");
    let mut line = cart_line(&base, 5);
    line["addOnItems"] = json!([cart_line(&addon, 5)]);
    let made = cart(&mock, LARKSPUR, &[cart_line(&licence(), 1), line]);
    assert_eq!(groups(&made), ["0", "0"]);
    assert_eq!(made["lineItems"][1]["addonItems"][0]["orderGroup"], "0");
    let orders = mock.post(201, &checkout_of(&made), &Value::Null)["orders"].clone();
    let bought = orders[0]["lineItems"].as_array().unwrap();
    assert_eq!(bought.len(), 3);
    assert_eq!(bought[2]["parentSubscriptionId"], bought[1]["subscriptionId"]);
    assert!(bought[1].get("parentSubscriptionId").is_none());
}

#[test]
fn an_add_on_needs_its_own_base_and_the_same_billing_cycle() {
    let mock = mock();
    let addon = listed("US", "CFQ7TTC0LHSL", "0001", "P1Y");
    let mut annual = cart_line(&addon, 1);
    annual["billingCycle"] = "annual".into();
    let with = |base: &str, addon: &Value| {
        let mut line = cart_line(base, 1);
        line["addonItems"] = json!([addon]);
        line
    };
    let e3 = listed("US", "CFQ7TTC0LFLX", "0001", "P1Y");
    let made = cart(
        &mock,
        LARKSPUR,
        &[
            with(&licence(), &cart_line(&addon, 1)),
            with(&e3, &annual),
            with("no:such:item", &cart_line(&addon, 1)),
            cart_line(&addon, 1),
        ],
    );
    assert_eq!(errors(&made), [0, 0, 10001, 10006]);
    let of_addon = |line: usize| &made["lineItems"][line]["addonItems"][0]["error"]["errorCode"];
    assert_eq!([of_addon(0), of_addon(1), of_addon(2)], [10006, 10013, 10006]);
    mock.refused(400, 800_009, "POST", &checkout_of(&made), &Value::Null);
}

#[test]
fn a_line_that_cannot_be_bought_says_why_and_the_cart_is_made_all_the_same() {
    let mock = mock();
    let vm = small_vm();
    let set = |base: &Value, pointer: &str, value: Value| {
        let mut line = base.clone();
        match pointer.strip_prefix("context.") {
            Some(key) => line["provisioningContext"][key] = value,
            None => line[pointer] = value,
        }
        line
    };
    let good = reservation_line(&vm, LARKSPUR_AZURE);
    let seats = cart_line(&licence(), 1);
    let students = cart_line(&listed("US", "CFQ7TTC0LA3S", "0001", "P1Y"), 1);
    let reseller = json!([{ "key": "transaction_reseller", "value": "6018822" }]);
    let old_sql = listed("US", "DZH318Z0SQ19", "0002", "");
    let no_stock = reservation("US", "Standard_B8ms", "uksouth", "P1Y");
    let for_plan = plan_reservation("US", "Standard_D2s_v4", "eastus", "P1Y");
    let british = reservation("GB", "Standard_D2s_v4", "eastus", "P1Y");
    let mut nowhere = good.clone();
    nowhere["provisioningContext"] = json!({ "scope": "shared" });
    let mut no_scope = good.clone();
    no_scope["provisioningContext"] = json!({ "subscriptionId": LARKSPUR_AZURE });
    let table = [
        (10000, set(&good, "currencyCode", "EUR".into())),
        (10001, cart_line("no-such-thing", 1)),
        (10001, cart_line("DZH318Z0BSV1:0001:DZH318ZZZZZZ", 1)),
        (10001, reservation_line(&british, LARKSPUR_AZURE)),
        (10001, cart_line(&old_sql, 1)),
        (10003, reservation_line(&no_stock, LARKSPUR_AZURE)),
        (10006, set(&seats, "participants", reseller)),
        (10007, set(&good, "context.subscriptionId", NOBODY.into())),
        (10007, set(&good, "context.subscriptionId", "garbage".into())),
        (10007, set(&good, "context.subscriptionId", PRAIRIE_AZURE.into())),
        (10007, set(&good, "context.subscriptionId", LARKSPUR_LICENCE.into())),
        (10008, set(&good, "context.subscriptionId", LARKSPUR_PLAN.into())),
        (10008, reservation_line(&for_plan, LARKSPUR_AZURE)),
        (10010, set(&good, "context.scope", "global".into())),
        (10010, set(&good, "context.duration", "3Years".into())),
        (10010, set(&good, "termDuration", "P3Y".into())),
        (10010, nowhere),
        (10010, no_scope),
        (10010, cart_line(&licence(), 301)),
        (10012, students.clone()),
        (0, set(&students, "attestationAccepted", true.into())),
        (10013, set(&good, "billingCycle", "monthly".into())),
        (10014, set(&seats, "promotionId", "39NFJQT1PJPV:0001:39NFJQT1Q5KK".into())),
        (10016, set(&good, "customTermEndDate", "2026-06-01T00:00:00Z".into())),
        (10017, set(&seats, "customTermEndDate", "2029-06-01T00:00:00Z".into())),
        (0, set(&seats, "customTermEndDate", "2026-06-01T00:00:00Z".into())),
        (0, set(&good, "context.Scope", "Shared".into())),
        (0, set(&good, "context.duration", "1Year".into())),
        (0, set(&good, "context.subscriptionId", LARKSPUR_AZURE.to_uppercase().into())),
    ];
    let (expected, asked): (Vec<u64>, Vec<Value>) = table.into_iter().unzip();
    let made = cart(&mock, LARKSPUR, &asked);
    assert_eq!(errors(&made), expected, "{made:#}");
    for line in made["lineItems"].as_array().unwrap() {
        assert_eq!(line.get("error").is_some(), line.get("orderGroup").is_none(), "{line:#}");
        assert!(line["currencyCode"].is_string(), "{line:#}");
    }
}

#[test]
fn a_subscription_must_be_active_and_registered() {
    let mock = mock();
    let (french, suspended) =
        ("3d6f0a95-2b8c-4e17-9f4a-c5e7d9b1a382", "74e1b8c5-0d39-4a62-b7f8-2c6e9a4d1f53");
    let item = reservation("FR", "Standard_D2s_v4", "westeurope", "P1Y");
    assert_eq!(errors(&cart(&mock, french, &[reservation_line(&item, suspended)])), [10007]);
    let item = reservation("IN", "Standard_D2s_v4", "eastus", "P1Y");
    assert_eq!(errors(&cart(&mock, SUNDARAM, &[reservation_line(&item, SUNDARAM_AZURE)])), [10011]);
}

#[test]
fn only_an_indirect_provider_names_participants() {
    let reseller = json!([{ "Key": "TransactionReseller", "Value": "6120453" }]);
    let mut line = cart_line(&licence(), 1);
    line["participants"] = reseller;
    let indirect = cart(&mock(), LARKSPUR, std::slice::from_ref(&line));
    assert_eq!(errors(&indirect), [0]);
    assert_eq!(
        indirect["lineItems"][0]["participants"],
        json!([{ "key": "TransactionReseller", "value": "6120453" }])
    );
    let file = std::env::temp_dir().join(format!("pcmock-direct-{}.json", std::process::id()));
    let story = include_str!("../../../fixtures/default.json");
    let mut story: Value = serde_json::from_str(story).unwrap();
    story["partner"]["kind"] = "direct".into();
    story["customers"].as_array_mut().unwrap().retain(|customer| customer["id"] == LARKSPUR);
    std::fs::write(&file, story.to_string()).unwrap();
    let direct = mock_with(|builder| builder.content(Content::Path(file.clone())));
    assert_eq!(errors(&cart(&direct, LARKSPUR, &[line])), [10004]);
    std::fs::remove_file(file).unwrap();
}

#[test]
fn a_sandbox_counts_the_whole_cart() {
    let mock = sandbox();
    let small = reservation("CA", "Standard_B1s", "eastus", "P1Y");
    let large = reservation("CA", "Standard_D2s_v4", "eastus", "P1Y");
    let one = reservation_line(&small, PRAIRIE_AZURE);
    let mut three = one.clone();
    three["quantity"] = 3.into();
    let large = reservation_line(&large, PRAIRIE_AZURE);
    let made = cart(&mock, PRAIRIE, &[three, large, one.clone(), one.clone(), one.clone()]);
    assert_eq!(errors(&made), [10009, 10009, 0, 0, 10009]);
    // Two carts that are fine one by one are too much together.
    let first = cart(&mock, PRAIRIE, &[one.clone(), one.clone()]);
    let second = cart(&mock, PRAIRIE, &[one]);
    assert_eq!([errors(&first), errors(&second)], [vec![0, 0], vec![0]]);
    mock.post(201, &checkout_of(&first), &Value::Null);
    mock.get(&path_of(&second));
    mock.refused(400, 800_018, "POST", &checkout_of(&second), &Value::Null);
}

#[test]
fn a_cart_without_form_is_refused() {
    let mock = mock();
    let path = carts(LARKSPUR);
    let line = |quantity: Value| json!({ "lineItems": [{ "catalogItemId": licence(), "quantity": quantity }] });
    for body in [
        json!({}),
        json!({ "lineItems": null }),
        json!({ "lineItems": [] }),
        json!({ "lineItems": {} }),
        json!({ "lineItems": [null] }),
        json!({ "lineItems": [7] }),
        json!({ "lineItems": [{ "quantity": 1 }] }),
        json!({ "lineItems": [{ "catalogItemId": "", "quantity": 1 }] }),
        json!({ "lineItems": [{ "catalogItemId": licence() }] }),
        line(0.into()),
        line((-1).into()),
        line(1.5.into()),
        line("many".into()),
        line(json!([1])),
        json!({ "lineItems": vec![cart_line(&licence(), 1); 201] }),
        json!([]),
    ] {
        mock.refused(400, 800_002, "POST", &path, &body);
    }
    let mut unknown = line(1.into());
    unknown["lineItems"][0]["billingCycle"] = "weekly".into();
    let answer = mock.refused(400, 900_126, "POST", &path, &unknown);
    assert!(answer.text.contains("lineItems[0].billingCycle"), "{}", answer.text);
    let answer = mock.refused(400, 800_002, "POST", &path, &line(0.into()));
    assert!(answer.text.contains("lineItems[0].quantity"), "{}", answer.text);
}

#[test]
fn customers_and_carts_that_are_not_there_are_told_apart() {
    let mock = mock();
    let body = lines(&[cart_line(&licence(), 1)]);
    mock.refused(404, 1000, "POST", &carts(NOBODY), &body);
    mock.refused(403, 20002, "POST", &carts(FOREIGN), &body);
    mock.refused(400, 800_002, "POST", &carts("not-a-guid"), &body);
    let of_larkspur = cart(&mock, LARKSPUR, &[cart_line(&licence(), 1)]);
    let id = of_larkspur["id"].as_str().unwrap();
    for (customer, id) in [(LARKSPUR, NOBODY), (LARKSPUR, "garbage"), (PRAIRIE, id)] {
        let path = format!("{}/{id}", carts(customer));
        mock.refused(404, 800_008, "GET", &path, &Value::Null);
        mock.refused(404, 800_008, "PUT", &path, &body);
        mock.refused(404, 800_008, "POST", &format!("{path}/checkout"), &Value::Null);
    }
    let upper = format!("{}/{}", carts(&LARKSPUR.to_uppercase()), id.to_uppercase());
    assert_eq!(mock.get(&upper), of_larkspur);
}

#[test]
fn put_replaces_the_lines_and_judges_them_again() {
    let mock = mock();
    let made = cart(&mock, LARKSPUR, &[cart_line("nonsense", 1), cart_line(&licence(), 1)]);
    assert_eq!((errors(&made), groups(&made)), (vec![10001, 0], vec!["-", "0"]));
    mock.advance("PT5M");
    let line = reservation_line(&small_vm(), LARKSPUR_AZURE);
    let put = mock.expect(201, "PUT", &path_of(&made), &lines(&[line])).json();
    assert_eq!((errors(&put), groups(&put)), (vec![0], vec!["0"]));
    for kept in ["id", "creationTimestamp", "expirationTimestamp", "status"] {
        assert_eq!(put[kept], made[kept]);
    }
    assert_eq!(put["lastModifiedTimestamp"], "2026-03-01T12:05:00.0000000Z");
    assert_eq!(mock.get(&path_of(&made)), put);
    mock.refused(400, 800_002, "PUT", &path_of(&made), &json!({}));
    mock.post(201, &checkout_of(&made), &Value::Null);
    let ordered = mock.get(&path_of(&made));
    assert_eq!(ordered["status"], "Ordered");
    let body = lines(&[cart_line(&licence(), 1)]);
    mock.refused(400, 800_065, "PUT", &path_of(&made), &body);
}

#[test]
fn an_expired_cart_is_gone() {
    let week = mock();
    let short = with_settings(|settings| settings.cart_lifetime = chrono::TimeDelta::minutes(15));
    for (mock, just_before) in [(week, "P6DT23H59M"), (short, "PT14M")] {
        let made = cart(&mock, LARKSPUR, &[cart_line(&licence(), 1)]);
        mock.advance(just_before);
        mock.get(&path_of(&made));
        mock.advance("PT1M");
        mock.refused(404, 800_008, "GET", &path_of(&made), &Value::Null);
        mock.refused(404, 800_008, "POST", &checkout_of(&made), &Value::Null);
        let body = lines(&[cart_line(&licence(), 1)]);
        mock.refused(404, 800_008, "PUT", &path_of(&made), &body);
    }
}

#[test]
fn carts_are_read_as_every_client_writes_them() {
    let mock = mock();
    let unset = "0001-01-01T00:00:00";
    let dotnet = json!({
        "Id": null, "CreationTimestamp": unset, "LastModifiedTimestamp": unset,
        "ExpirationTimestamp": null, "LastModifiedUser": null, "Status": null,
        "LineItems": [{
            "Id": 0, "CatalogItemId": small_vm(), "FriendlyName": null, "Quantity": 1,
            "CurrencyCode": null, "BillingCycle": "one_time", "TermDuration": null,
            "Participants": null, "AddonItems": null, "RenewsTo": null, "PromotionId": null,
            "CustomTermEndDate": null, "AttestationAccepted": null, "OrderGroup": null,
            "ProvisioningContext": { "SubscriptionId": LARKSPUR_AZURE, "Scope": "Shared", "Duration": "1Year" },
            "Error": null
        }],
        "Links": null, "Attributes": { "ObjectType": "Cart" }
    });
    let powershell = json!({ "LineItems": [{
        "Id": 0, "CatalogItemId": small_vm(), "Quantity": 1, "BillingCycle": "OneTime",
        "ProvisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared" }
    }] });
    let java = json!({ "lineItems": [{
        "id": 0, "catalogItemId": small_vm(), "quantity": 1, "billingCycle": "one_time",
        "addOnItems": [], "renewsTo": [{ "termDuration": "P1Y" }],
        "provisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared" }
    }], "creationTimestamp": null, "attributes": { "objectType": "Cart" } });
    let loose = json!({ "lineitems": [{
        "id": "0", "catalogId": small_vm(), "quantity": "1", "billingCycle": 4,
        "provisioningContext": { "SUBSCRIPTIONID": LARKSPUR_AZURE, "SCOPE": "SHARED" }
    }] });
    for body in [dotnet, powershell, java, loose] {
        let made = mock.post(201, &carts(LARKSPUR), &body);
        assert_eq!(errors(&made), [0], "{made:#}");
        let line = &made["lineItems"][0];
        assert_eq!(line["billingCycle"], "one_time");
        assert_eq!(line["provisioningContext"]["subscriptionId"], LARKSPUR_AZURE);
        assert_eq!(line["provisioningContext"]["scope"].as_str().unwrap().to_lowercase(), "shared");
        assert!(!made.to_string().contains("null"), "{made:#}");
        mock.post(201, &checkout_of(&made), &Value::Null);
    }
}
