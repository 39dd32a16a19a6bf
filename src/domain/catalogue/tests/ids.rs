//! Every id leads back to what it names, and any other is refused.

use std::collections::HashSet;

use super::*;

#[test]
fn every_availability_resolves_to_itself() {
    let catalogue = Catalogue::embedded();
    for (country, product_id) in [
        ("US", "DZH318Z0KQ41"),
        ("TW", "DZH318Z0BSV1"),
        ("DE", "DZH318Z0CS01"),
        ("US", "DZH318Z0BPS6"),
        ("GB", "9DEA7946-EC2C-441E-9FFD-E3B275F7E838"),
        ("JP", "CFQ7TTC0LFLX"),
        ("IN", "DZH318Z0NFA1"),
        ("KR", "DZH318Z0SLE1"),
    ] {
        let market = catalogue.market(country).unwrap();
        let product = catalogue.product(product_id).unwrap();
        let mut seen = HashSet::new();
        for sku in product.skus() {
            assert_eq!(product.sku(&sku.id()).unwrap().id(), sku.id());
            for scope in ReservationScope::ALL {
                let all = catalogue.availabilities(product_id, &sku.id(), market, None, scope);
                for availability in all.unwrap() {
                    let id = availability.catalog_item_id();
                    for spelling in [id.clone(), id.to_lowercase()] {
                        let found = catalogue.resolve(&spelling, market).unwrap();
                        assert_eq!(found.catalog_item_id(), id);
                        assert_eq!(found.segment(), availability.segment());
                        assert_eq!(found.reservation_scope(), availability.reservation_scope());
                        assert_eq!(found.term(), availability.term());
                    }
                    let first_time = seen.insert(id);
                    let is_reservation = availability.reservation_scope().is_some();
                    assert!(first_time || !is_reservation, "scopes share an id");
                }
            }
        }
        assert!(!seen.is_empty(), "{product_id} has nothing on offer in {country}");
    }
}

#[test]
fn no_two_availabilities_of_a_sku_share_an_id() {
    let catalogue = Catalogue::embedded();
    let mut currencies = HashSet::new();
    let markets: Vec<_> = catalogue
        .markets()
        .filter(|market| market.sells_reservations() && currencies.insert(market.currency().code()))
        .collect();
    assert!(markets.len() >= 8);
    for sku in catalogue.all_products().iter().flat_map(Product::skus).step_by(7) {
        let all = || markets.iter().flat_map(|market| Availability::all(sku, *market));
        let ids: HashSet<_> = all().map(|availability| availability.id()).collect();
        assert_eq!(ids.len(), all().count(), "{}:{}", sku.product().id(), sku.id());
    }
}

/// Ids are written into other people's tests: they may change with intent only.
#[test]
fn ids_are_stable() {
    let catalogue = Catalogue::embedded();
    let ids: Vec<String> = [
        ("DZH318Z0BPS6", "0001", "US", CLASSIC),
        ("9DEA7946-EC2C-441E-9FFD-E3B275F7E838", "MS-AZR-0145P", "US", CLASSIC),
        ("DZH318Z0BSV1", "0001", "US", CLASSIC),
        ("DZH318Z0BSV1", "0001", "US", PLAN),
        ("DZH318Z0BSV1", "0001", "TW", PLAN),
        ("DZH318Z0KQ41", "0002", "US", PLAN),
        ("CFQ7TTC0LFLX", "0001", "US", CLASSIC),
    ]
    .into_iter()
    .map(|(product, sku, country, scope)| {
        let market = catalogue.market(country).unwrap();
        let all = catalogue.availabilities(product, sku, market, None, scope).unwrap();
        all[0].catalog_item_id()
    })
    .collect();
    assert_eq!(
        ids,
        [
            "DZH318Z0BPS6:0001:DZH318OX42UM",
            "9DEA7946-EC2C-441E-9FFD-E3B275F7E838:MS-AZR-0145P:DZH318S97C86",
            "DZH318Z0BSV1:0001:DZH318ULYNRY",
            "DZH318Z0BSV1:0001:DZH318YE1GK3",
            "DZH318Z0BSV1:0001:DZH3180Z3EBC",
            "DZH318Z0KQ41:0002:DZH318OFG1JV",
            "CFQ7TTC0LFLX:0001:CFQ7TTL4WJTO",
        ]
    );
}

#[test]
fn sku_positions_are_stable() {
    let catalogue = Catalogue::embedded();
    for (product, sku, title) in [
        ("DZH318Z0BSV1", "0001", "Reserved VM Instance, Standard_B1s, US East, 1 Year"),
        ("DZH318Z0BSV1", "0002", "Reserved VM Instance, Standard_B1s, US East, 3 Years"),
        ("DZH318Z0BSV1", "0005", "Reserved VM Instance, Standard_B1s, US West 2, 1 Year"),
        ("DZH318Z0KQ41", "0075", "Reserved VM Instance, Standard_D4s_v4, US East, 1 Year"),
        ("DZH318Z0CS01", "0002", "Cosmos DB Reserved Capacity, CosmosDB_100_RU, 3 Years"),
    ] {
        let sku = catalogue.sku(product, sku).unwrap();
        assert_eq!(sku.title(Locale::default()), title);
    }
}

#[test]
fn markets_differ_and_ids_rotate() {
    let catalogue = Catalogue::embedded();
    let [us, jp, de, fr] = ["US", "JP", "DE", "FR"].map(|it| catalogue.market(it).unwrap());
    let first =
        |market| catalogue.availabilities("DZH318Z0KQ41", "0001", market, None, PLAN).unwrap()[0];
    assert_eq!(first(de).id(), first(fr).id());
    let id = first(jp).catalog_item_id();
    assert_eq!(
        catalogue.resolve(&id, us).unwrap_err(),
        LookupError::OtherMarket { catalog_item_id: id, country: "US".into() }
    );
    let id = first(us).catalog_item_id();
    let cambodia = catalogue.market("KH").unwrap();
    assert!(matches!(catalogue.resolve(&id, cambodia), Err(LookupError::OtherMarket { .. })));
    let rotated = us.rotated(1);
    assert_ne!(first(us).id(), first(rotated).id());
    assert!(matches!(catalogue.resolve(&id, rotated), Err(LookupError::Availability { .. })));
}

#[test]
fn unknown_and_hostile_ids_are_refused() {
    let catalogue = Catalogue::embedded();
    let us = catalogue.market("US").unwrap();
    let long = "A".repeat(10_000);
    let nulls = "\0\0\0\0".to_owned();
    let hostile = [
        "",
        " ",
        "::",
        "🦀🦀",
        "一二三四",
        "０００１",
        &long,
        &nulls,
        "-001",
        "+001",
        "%00",
        "ZZZZ",
    ];
    for id in hostile {
        assert!(catalogue.market(id).is_err(), "{id:.20}");
        assert!(matches!(catalogue.product(id), Err(LookupError::Product { .. })), "{id:.20}");
        for product in ["DZH318Z0KQ41", "DZH318Z0CS01", "DZH318Z0BPS6"] {
            let sku = catalogue.sku(product, id).map(|sku| sku.id());
            assert!(matches!(sku, Err(LookupError::Sku { .. })), "{product} {id:.20}");
            let found = catalogue.availability(product, "0001", us, id);
            assert!(matches!(found, Err(LookupError::Availability { .. })), "{id:.20}");
            assert!(catalogue.resolve(&format!("{product}:0001:{id}"), us).is_err(), "{id:.20}");
            assert!(catalogue.resolve(&format!("{product}:{id}:{id}"), us).is_err(), "{id:.20}");
        }
        let error = catalogue.resolve(id, us).unwrap_err();
        assert!(matches!(error, LookupError::CatalogItem { .. }), "{id:.20}");
        assert!(error.to_string().len() < 500);
    }
    for (id, names) in [
        ("a:b:c:d", "catalog item id"),
        (":0001:DZH318000000", "catalog item id"),
        ("DZH318Z0BPS6:0001", "catalog item id"),
        ("DZH318Z0BPS6:0001:", "catalog item id"),
        ("NOPE:0001:DZH318000000", "product 'NOPE'"),
        ("DZH318Z0BPS6:0009:DZH318000000", "no SKU '0009'"),
        ("DZH318Z0BPS6:0001:DZH318000000", "no availability 'DZH318000000'"),
    ] {
        let error = catalogue.resolve(id, us).unwrap_err().to_string();
        assert!(error.contains(names), "{id}: {error}");
    }
    // Numbers of SKUs that do not exist: zero, a region or term that is not sold.
    for sku in ["0000", "0003", "0004", "0009", "00ZZ"] {
        let found = catalogue.sku("DZH318Z0KQ41", sku);
        assert!(found.is_err(), "{sku}: {found:?}");
    }
}

proptest::proptest! {
    /// Whatever is asked for is either the thing of that name or not found.
    #[test]
    fn an_id_finds_its_own_name_or_nothing(id in "[0-9a-zA-Z]{4}|.{0,40}|[:\\PC]{0,20}") {
        let catalogue = Catalogue::embedded();
        let us = catalogue.market("US").unwrap();
        for product in catalogue.all_products() {
            if let Some(sku) = product.sku(&id) {
                proptest::prop_assert!(sku.id().eq_ignore_ascii_case(&id));
            }
        }
        if let Ok(found) = catalogue.resolve(&id, us) {
            proptest::prop_assert_eq!(found.sku().offer_id(), Some("MS-AZR-0145P"));
        }
    }
}
