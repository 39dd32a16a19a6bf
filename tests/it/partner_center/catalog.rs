//! The catalogue: products, SKUs and availabilities by country and by customer, inventory,
//! promotions.

use serde_json::{Value, json};

use crate::support::{
    FOREIGN, LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, NOBODY, mock, mock_with,
};

/// Sold to every segment and for both scopes.
const DSV4: &str = "DZH318Z0KQ41";
/// Sold for Azure plans only.
const PLAN_ONLY: &str = "DZH318Z0EAS5";
/// A country in which reservations are not sold.
const WITHOUT_RESERVATIONS: &str = "AX";
const BERLIN: &str = "92c5e8b1-4d70-4f36-8a2e-7b9d1c3f5e60";

fn items(body: &Value) -> &Vec<Value> {
    let items = body["items"].as_array().unwrap();
    assert_eq!(body["totalCount"], items.len());
    assert_eq!(body["attributes"]["objectType"], "Collection");
    items
}

#[test]
fn a_buyer_gets_from_a_view_to_a_catalog_item_by_following_links() {
    let mock = mock();
    let products = mock.get("/v1/products?country=us&targetView=azureReservationsVM");
    assert!(items(&products).len() >= 12);
    let product = items(&products).iter().find(|it| it["id"] == DSV4).unwrap();
    assert_eq!(product["title"], "Virtual Machines Dsv4 Series");
    assert_eq!(product["productType"]["subType"]["id"], "VirtualMachines");
    let follow = |link: &Value| {
        assert_eq!((&link["method"], &link["headers"]), (&json!("GET"), &json!([])));
        mock.get(&format!("/v1{}", link["uri"].as_str().unwrap()))
    };
    assert_eq!(follow(&product["links"]["self"]), *product);
    let skus = follow(&product["links"]["skus"]);
    let sku = items(&skus)
        .iter()
        .find(|sku| {
            let facts = &sku["dynamicAttributes"];
            facts["armSkuName"] == "Standard_D2s_v4"
                && facts["armRegionName"] == "eastus"
                && facts["duration"] == "3Years"
        })
        .unwrap();
    assert_eq!(sku["title"], "Reserved VM Instance, Standard_D2s_v4, US East, 3 Years");
    assert_eq!(sku["supportedBillingCycles"], json!(["one_time"]));
    assert_eq!(
        sku["purchasePrerequisites"],
        json!(["AzureSubscriptionRegistration", "InventoryCheck"])
    );
    assert!(sku["dynamicAttributes"].as_object().unwrap().values().all(Value::is_string));
    assert_eq!(follow(&sku["links"]["self"]), *sku);
    let availabilities = follow(&sku["links"]["availabilities"]);
    assert_eq!(items(&availabilities).len(), 4, "one for each segment");
    let availability = &items(&availabilities)[0];
    assert_eq!(
        availability["terms"],
        json!([{"duration": "P3Y", "description": "3 Years Prepaid"}])
    );
    assert_eq!(availability["defaultCurrency"], json!({"code": "USD", "symbol": "$"}));
    assert_eq!(availability["country"], "US");
    assert_eq!(availability["sku"]["id"], sku["id"]);
    assert_eq!(availability["product"]["id"], DSV4);
    let text = |key: &str| availability[key].as_str().unwrap();
    assert_eq!(text("catalogItemId"), format!("{DSV4}:{}:{}", text("skuId"), text("id")));
    assert_eq!(follow(&availability["links"]["self"]), *availability);
}

#[test]
fn a_customer_sees_the_catalogue_of_its_country() {
    let mock = mock();
    let customer = format!("/v1/customers/{BERLIN}/products");
    for (own, by_country) in [
        ("?targetView=Azure".to_owned(), "?targetView=Azure&country=DE".to_owned()),
        (format!("/{DSV4}"), format!("/{DSV4}?country=DE")),
        (format!("/{DSV4}/skus"), format!("/{DSV4}/skus?country=de")),
        (format!("/{DSV4}/skus/0001"), format!("/{DSV4}/skus/0001?country=DE")),
        (
            format!("/{DSV4}/skus/0001/availabilities?targetSegment=education"),
            format!("/{DSV4}/skus/0001/availabilities?targetSegment=Education&country=DE"),
        ),
    ] {
        let own = mock.get(&format!("{customer}{own}"));
        assert_eq!(own, mock.get(&format!("/v1/products{by_country}")));
        assert!(own.to_string().contains("country=DE"));
    }
    let availabilities = mock.get(&format!("{customer}/{DSV4}/skus/0001/availabilities"));
    let first = &items(&availabilities)[0];
    assert_eq!(first["defaultCurrency"]["code"], "EUR");
    let id = first["id"].as_str().unwrap();
    assert_eq!(mock.get(&format!("{customer}/{DSV4}/skus/0001/availabilities/{id}")), *first);
}

#[test]
fn scopes_have_availabilities_of_their_own() {
    let mock = mock();
    let path = format!("/v1/products/{DSV4}/skus/0001/availabilities?country=US");
    let classic = mock.get(&path);
    let plan = mock.get(&format!("{path}&reservationScope=azureplan"));
    assert_eq!(items(&classic).len(), items(&plan).len());
    for availability in items(&plan) {
        assert!(items(&classic).iter().all(|other| other["id"] != availability["id"]));
        let uri = availability["sku"]["links"]["self"]["uri"].as_str().unwrap();
        assert!(uri.ends_with("?country=US&reservationScope=AzurePlan"), "{uri}");
        // By id the scope need not be said again, and may be.
        let id = availability["id"].as_str().unwrap();
        let by_id = format!("/v1/products/{DSV4}/skus/0001/availabilities/{id}?country=US");
        assert_eq!(mock.get(&by_id), *availability);
        assert_eq!(mock.get(&format!("{by_id}&reservationScope=AzurePlan")), *availability);
    }
    let only_plan = format!("/v1/products/{PLAN_ONLY}?country=US");
    mock.refused(404, 400_013, "GET", &only_plan, &Value::Null);
    mock.get(&format!("{only_plan}&reservationScope=AzurePlan"));
    let id = items(&mock.get(&format!(
        "/v1/products/{PLAN_ONLY}/skus/0001/availabilities?country=US&reservationScope=AzurePlan"
    )))[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    mock.get(&format!("/v1/products/{PLAN_ONLY}/skus/0001/availabilities/{id}?country=US"));
    // Outside reservations the parameter means nothing.
    let licences = "/v1/products?country=US&targetView=OnlineServices";
    assert_eq!(
        items(&mock.get(licences)),
        &items(&mock.get(&format!("{licences}&reservationScope=AzurePlan")))
            .iter()
            .map(|it| {
                let plain = it.to_string().replace("&reservationScope=AzurePlan", "");
                serde_json::from_str(&plain).unwrap()
            })
            .collect::<Vec<Value>>()
    );
}

#[test]
fn segments_and_countries_narrow() {
    let mock = mock();
    let count = |query: &str| {
        items(&mock.get(&format!("/v1/products?targetView=AzureReservationsVM&{query}"))).len()
    };
    assert!(count("country=US&targetSegment=EDUCATION") < count("country=US"));
    assert_eq!(count(&format!("country={WITHOUT_RESERVATIONS}")), 0);
    let licences = format!("/v1/products?targetView=OnlineServices&country={WITHOUT_RESERVATIONS}");
    assert!(!items(&mock.get(&licences)).is_empty());
    // What is not sold to a segment has no SKUs and no availabilities for it.
    let commercial = "/v1/products/DZH318Z0D0V3/skus";
    let education = "?country=US&targetSegment=education";
    assert_eq!(items(&mock.get(&format!("{commercial}{education}"))).len(), 0);
    let sku = format!("{commercial}/0001/availabilities{education}");
    assert_eq!(items(&mock.get(&sku)).len(), 0);
}

#[test]
fn titles_come_in_the_language_asked_for() {
    let mock = mock();
    for (path, english, chinese) in [
        (
            format!("/v1/products/{DSV4}?country=TW"),
            "Virtual Machines Dsv4 Series",
            "虛擬機器 Dsv4 系列",
        ),
        (
            format!("/v1/products/{DSV4}/skus/0001?country=TW"),
            "Reserved VM Instance",
            "保留的 VM 執行個體",
        ),
        (
            format!("/v1/products/{DSV4}/skus?country=TW"),
            "Reserved VM Instance",
            "保留的 VM 執行個體",
        ),
        (
            "/v1/products?targetView=OnlineServices&country=TW".to_owned(),
            "Business Basic",
            "商務基本版",
        ),
    ] {
        for (locale, expected) in [
            ("zh-TW", chinese),
            ("ZH-tw", chinese),
            ("en-US", english),
            ("fr-FR", english),
            ("x-a-language-that-nobody-speaks", english),
        ] {
            let answer = mock.send("GET", &path, &[("X-Locale", locale)], "");
            assert!(answer.text.contains(expected), "{path} in {locale}: {}", answer.text);
        }
        assert!(mock.send("GET", &path, &[], "").text.contains(english), "{path}");
    }
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    let mock = mock();
    let sku = format!("/v1/products/{DSV4}/skus/0001");
    for (status, code, path, names) in [
        (400, 800_002, "/v1/products?targetView=Azure".to_owned(), "country"),
        (400, 800_002, "/v1/products?country=&targetView=Azure".to_owned(), "country"),
        (400, 800_002, "/v1/products?country=USA&targetView=Azure".to_owned(), "country"),
        (400, 800_002, "/v1/products?country=%00%ff&targetView=Azure".to_owned(), "country"),
        (400, 800_002, format!("/v1/products/{DSV4}"), "country"),
        (400, 800_002, format!("{sku}/availabilities?country=ZZ"), "country"),
        (400, 800_002, "/v1/products?country=US".to_owned(), "targetView"),
        (400, 800_002, format!("/v1/customers/{LARKSPUR}/products"), "targetView"),
        (403, 400_036, "/v1/products?country=US&targetView=Everything".to_owned(), "Everything"),
        (
            403,
            400_030,
            "/v1/products?country=US&targetView=Azure&targetSegment=retail".to_owned(),
            "retail",
        ),
        (403, 400_030, format!("{sku}/availabilities?country=US&targetSegment=x"), "x"),
        (
            400,
            800_002,
            "/v1/products?country=US&targetView=Azure&reservationScope=Shared".to_owned(),
            "reservationScope",
        ),
        (404, 400_013, "/v1/products/NOPE?country=US".to_owned(), "NOPE"),
        (404, 400_013, "/v1/products/NOPE/skus?country=US".to_owned(), "NOPE"),
        (404, 400_013, "/v1/products/NOPE/skus/0001/availabilities?country=US".to_owned(), "NOPE"),
        (404, 400_013, format!("/v1/products/{DSV4}?country={WITHOUT_RESERVATIONS}"), DSV4),
        (404, 400_018, format!("/v1/products/{DSV4}/skus/ZZZZ?country=US"), "ZZZZ"),
        (404, 400_018, format!("/v1/products/{DSV4}/skus/%F0%9F%98%80?country=US"), "SKU"),
        (404, 400_018, format!("/v1/products/{DSV4}/skus/ZZZZ/availabilities?country=US"), "ZZZZ"),
        (404, 400_019, format!("{sku}/availabilities/NOPE?country=US"), "NOPE"),
        (
            404,
            400_019,
            format!("/v1/customers/{LARKSPUR}/products/{DSV4}/skus/0001/availabilities/X"),
            "X",
        ),
        (404, 1000, format!("/v1/customers/{NOBODY}/products?targetView=Azure"), NOBODY),
        (403, 20002, format!("/v1/customers/{FOREIGN}/products?targetView=Azure"), FOREIGN),
        (400, 800_002, "/v1/customers/x/products?targetView=Azure".to_owned(), "customer_id"),
    ] {
        let answer = mock.refused(status, code, "GET", &path, &Value::Null);
        assert!(answer.text.contains(names), "{path}: {}", answer.text);
    }
}

#[test]
fn an_app_without_user_may_read_the_catalogue() {
    let app = mock().app_only();
    app.get("/v1/products?country=US&targetView=Azure");
}

fn check(items: Value, subscription: &str) -> Value {
    let context = json!({
        "CustomerId": LARKSPUR,
        "AZURESUBSCRIPTIONID": subscription.to_uppercase(),
        "armRegionName": "uksouth",
    });
    json!({"targetItems": items, "inventoryContext": context})
}

const INVENTORY: &str = "/v1/extensions/product/checkInventory?country=us";

#[test]
fn inventory_tells_what_a_subscription_cannot_have() {
    let mock = mock();
    let all = check(
        json!([{"productId": "DZH318Z0BSV1", "SkuId": null, "IsRestricted": false}]),
        LARKSPUR_AZURE,
    );
    let found = mock.post(200, INVENTORY, &all);
    let skus = mock.get("/v1/products/DZH318Z0BSV1/skus?country=US");
    assert_eq!(found.as_array().unwrap().len(), items(&skus).len(), "every SKU of the product");
    let (restricted, free): (Vec<&Value>, Vec<&Value>) =
        found.as_array().unwrap().iter().partition(|item| item["isRestricted"] == true);
    assert_eq!(restricted.len(), 4, "two sizes in one region, for two terms");
    for item in &restricted {
        let sku = items(&skus).iter().find(|sku| sku["id"] == item["skuId"]).unwrap();
        assert_eq!(sku["dynamicAttributes"]["armRegionName"], "uksouth");
        assert_eq!(
            item["restrictions"],
            json!([{
                "reasonCode": "NotAvailableForSubscription",
                "description": "Restriction identified of type 'Location' with values 'uksouth'.",
                "properties": {"type": "Location", "values": "uksouth"},
            }])
        );
    }
    assert!(free.iter().all(|item| item["restrictions"] == json!([])));
    // Unknown items are left out, the Azure subscription's own id does as well.
    let some = json!([
        {"productId": DSV4, "skuId": "0001"}, {"productId": "NOPE"}, {"productId": DSV4, "skuId": "ZZZZ"},
    ]);
    let found = mock.post(200, INVENTORY, &check(some, "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18"));
    assert_eq!(
        found,
        json!([{"productId": DSV4, "skuId": "0001", "isRestricted": false, "restrictions": []}])
    );
    // Software needs no context.
    let software = json!({"targetItems": [{"productId": "DZH318Z0WS19"}]});
    assert_eq!(mock.post(200, INVENTORY, &software).as_array().unwrap().len(), 2);
}

#[test]
fn an_inventory_check_that_cannot_be_carried_out_is_refused() {
    let mock = mock();
    let item = json!([{"productId": DSV4, "skuId": "0001"}]);
    let with = |context: Value| json!({"targetItems": item, "inventoryContext": context});
    let many: Vec<Value> = (0..101).map(|_| json!({"productId": DSV4})).collect();
    for (status, code, body, names) in [
        (400, 800_002, json!({}), "targetItems"),
        (400, 800_002, json!({"targetItems": []}), "targetItems"),
        (400, 800_002, json!({"targetItems": many}), "targetItems"),
        (400, 800_002, json!({"targetItems": [{}]}), "targetItems[0].productId"),
        (400, 800_002, json!({"targetItems": [7]}), "targetItems[0]"),
        (400, 800_002, json!({"targetItems": item}), "inventoryContext.CustomerId"),
        (
            400,
            800_002,
            with(json!({"customerId": LARKSPUR})),
            "inventoryContext.AzureSubscriptionId",
        ),
        (
            400,
            800_002,
            with(json!({"customerId": LARKSPUR, "azureSubscriptionId": LARKSPUR_AZURE})),
            "inventoryContext.ArmRegionName",
        ),
        (400, 800_002, check(item.clone(), "x"), "inventoryContext.azureSubscriptionId"),
        (400, 800_011, check(item.clone(), NOBODY), "Azure subscription"),
        (400, 800_011, check(item.clone(), LARKSPUR_LICENCE), "Azure subscription"),
        (
            404,
            1000,
            with(
                json!({"customerId": NOBODY, "azureSubscriptionId": LARKSPUR_AZURE, "armRegionName": "x"}),
            ),
            NOBODY,
        ),
        (
            403,
            20002,
            with(
                json!({"customerId": FOREIGN, "azureSubscriptionId": LARKSPUR_AZURE, "armRegionName": "x"}),
            ),
            FOREIGN,
        ),
    ] {
        let answer = mock.refused(status, code, "POST", INVENTORY, &body);
        assert!(answer.text.contains(names), "{body}: {}", answer.text);
    }
    let nowhere = "/v1/extensions/product/checkinventory";
    mock.refused(400, 800_002, "POST", nowhere, &check(item, LARKSPUR_AZURE));
}

#[test]
fn no_promotion_is_on_offer() {
    let mock = mock();
    let list = "/v1/productpromotions?country=US";
    assert!(items(&mock.get(&format!("{list}&segment=Commercial"))).is_empty());
    mock.refused(400, 800_002, "GET", list, &Value::Null);
    mock.refused(403, 400_030, "GET", &format!("{list}&segment=retail"), &Value::Null);
    mock.refused(400, 800_002, "GET", "/v1/productpromotions?segment=commercial", &Value::Null);
    mock.refused(404, 1000, "GET", "/v1/productpromotions/a:b:c?country=US", &Value::Null);

    let availabilities = mock
        .get(&format!("/v1/customers/{LARKSPUR}/products/CFQ7TTC0LH18/skus/0001/availabilities"));
    let item = &items(&availabilities)[0]["catalogItemId"];
    let path = format!("/v1/customers/{LARKSPUR}/promotionEligibilities");
    let body = json!({"items": [
        {"id": 7, "catalogItemId": item, "quantity": 5, "billingCycle": "monthly", "termDuration": "P1Y"},
        {"id": 8, "catalogItemId": item, "promotionId": "a:b:c"},
        {"id": 9, "catalogItemId": "a:b:c"},
    ]});
    let answer = mock.post(200, &path, &body);
    let verdicts: Vec<(i64, &str, bool)> = items(&answer)
        .iter()
        .map(|it| {
            let verdict = &it["eligibilities"][0];
            let kind = verdict["errors"][0]["type"].as_str().unwrap();
            (it["id"].as_i64().unwrap(), kind, verdict["isEligible"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(
        verdicts,
        [
            (7, "NoPromotionsAvailable", false),
            (8, "InvalidPromotion", false),
            (9, "InvalidCatalogItemId", false),
        ]
    );
    for body in [json!({}), json!({"items": []}), json!({"items": [{"id": 0}]})] {
        mock.refused(400, 800_002, "POST", &path, &body);
    }
    let foreign = format!("/v1/customers/{FOREIGN}/promotionEligibilities");
    mock.refused(403, 20002, "POST", &foreign, &body);
}

#[test]
fn a_list_is_rendered_once_and_no_world_changes_it_for_another() {
    let path = format!("/v1/products/{DSV4}/skus?country=US");
    let first = mock().get(&path);
    assert_eq!(mock().get(&path), first);
    assert_eq!(mock_with(|builder| builder).get(&path), first);
}

#[test]
fn offers_are_found_paged_and_can_be_named_in_orders() {
    let mock = mock();
    let all = mock.get("/v1/offers?country=US");
    assert_eq!(items(&all)[0]["id"], "MS-AZR-0145P");
    for offer in items(&all) {
        let uri = offer["uri"].as_str().unwrap();
        assert_eq!(mock.get(&format!("/v1{uri}")), *offer);
    }
    // Page by page, the same.
    let mut found = Vec::new();
    let mut page = mock.get("/v1/offers?country=US&size=5");
    loop {
        found.extend(items(&page).iter().cloned());
        let Some(next) = page["links"]["next"]["uri"].as_str() else { break };
        page = mock.get(&format!("/v1{next}"));
        assert!(page["links"]["previous"].is_object());
    }
    assert_eq!(found, *items(&all));
    let bases: Vec<&Value> = found.iter().filter(|it| it["hasAddOns"] == true).collect();
    assert!(!bases.is_empty());
    for base in bases {
        let path = format!("/v1/offers/{}/addons?country=US", base["id"].as_str().unwrap());
        let add_ons = mock.get(&path);
        assert!(items(&add_ons).iter().all(|it| it["isAddOn"] == true), "{path}");
        assert!(!items(&add_ons).is_empty(), "{path}");
    }
    let own = mock.get(&format!("/v1/customers/{LARKSPUR}/offers"));
    assert_eq!(items(&own), &found);
    let first = mock.get(&format!("/v1/customers/{LARKSPUR}/offers?size=1"));
    let next = first["links"]["next"]["uri"].as_str().unwrap();
    assert!(next.starts_with(&format!("/customers/{LARKSPUR}/offers?")), "{next}");
    assert_eq!(items(&mock.get(&format!("/v1{next}")))[0], found[1]);
    assert_eq!(items(&mock.get("/v1/offercategories?country=US")).len(), 2);
    assert_eq!(items(&mock.get(&format!("/v1/customers/{LARKSPUR}/offercategories"))).len(), 2);

    let availabilities =
        mock.get(&format!("/v1/products/{DSV4}/skus/0001/availabilities?country=US"));
    let reservation = items(&availabilities)[0]["catalogItemId"].as_str().unwrap();
    for (status, code, path) in [
        (404, 1000, "/v1/offers/NOPE?country=US".to_owned()),
        (404, 1000, "/v1/offers/NOPE/addons?country=US".to_owned()),
        (400, 2100, format!("/v1/offers/{reservation}?country=US")),
        (400, 800_002, "/v1/offers".to_owned()),
        (400, 800_002, "/v1/offers?country=US&size=501".to_owned()),
        (400, 800_002, "/v1/offers?country=US&offset=-1".to_owned()),
        (400, 800_002, "/v1/offers?country=US&offset=99999999999999999999999".to_owned()),
        (404, 1000, format!("/v1/customers/{NOBODY}/offercategories")),
    ] {
        mock.refused(status, code, "GET", &path, &Value::Null);
    }
    let beyond = mock.get("/v1/offers?country=US&offset=18446744073709551615");
    assert_eq!(beyond["totalCount"], 0);
}
