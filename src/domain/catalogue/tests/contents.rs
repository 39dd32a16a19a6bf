//! What is sold, to whom, for how much.

use std::collections::HashSet;

use super::*;
use crate::domain::billing_cycle::BillingCycle;

fn decimal(text: &str) -> rust_decimal::Decimal {
    text.parse().unwrap()
}

fn count(view: TargetView, country: &str, segment: Option<Segment>) -> usize {
    let catalogue = Catalogue::embedded();
    catalogue.products(view, catalogue.market(country).unwrap(), segment, CLASSIC).count()
}

#[test]
fn holds_what_a_reseller_needs() {
    let catalogue = Catalogue::embedded();
    let families: Vec<_> =
        catalogue.reservation_products(ReservedResourceType::VirtualMachines).collect();
    assert!(families.len() >= 14, "{} series", families.len());
    for family in &families {
        let sizes = family.reservation_family().unwrap().sizes().len();
        assert!((4..=8).contains(&sizes), "{} has {sizes} sizes", family.id());
        let skus: Vec<_> = family.skus().collect();
        let ids: HashSet<_> = skus.iter().map(|sku| sku.id().into_owned()).collect();
        assert_eq!(ids.len(), skus.len(), "ids of {} are unique", family.id());
        assert_eq!(skus.len(), sizes * family.regions().count() * 2);
    }
    assert!(catalogue.regions().len() >= 22);
    assert!(catalogue.currencies().len() >= 8);
    assert!(catalogue.markets().count() >= 240);
    for kind in [
        ReservedResourceType::SqlDatabases,
        ReservedResourceType::CosmosDb,
        ReservedResourceType::AppService,
        ReservedResourceType::RedisCache,
        ReservedResourceType::ManagedDisk,
        ReservedResourceType::SqlDataWarehouse,
        ReservedResourceType::SuseLinux,
        ReservedResourceType::RedHat,
    ] {
        assert!(catalogue.reservation_products(kind).next().is_some(), "{kind:?}");
    }
    for view in TargetView::ALL {
        assert!(count(view, "US", None) > 0, "{view:?} is empty");
    }
}

#[test]
fn views_narrow_by_kind_segment_scope_and_country() {
    use TargetView as V;
    let catalogue = Catalogue::embedded();
    let us = catalogue.market("us").unwrap();
    let ids = |view, segment, scope| -> Vec<_> {
        catalogue.products(view, us, segment, scope).map(Product::id).collect()
    };
    assert_eq!(
        ids(V::MicrosoftAzure, None, CLASSIC),
        ["DZH318Z0BPS6", "9DEA7946-EC2C-441E-9FFD-E3B275F7E838"]
    );
    assert_eq!(ids(V::AzureReservationsSQL, None, PLAN), ["DZH318Z0SQ01"]);
    assert_eq!(ids(V::AzureReservationsCosmosDb, None, CLASSIC), ["DZH318Z0CS01"]);
    assert_eq!(ids(V::SoftwareSUSELinux, None, CLASSIC), ["DZH318Z0SLE1"]);
    assert_eq!(ids(V::MarketplaceSaaS, None, CLASSIC), ["DZH318Z0NFA1"]);
    let students = ids(V::OnlineServicesNCE, Some(Segment::Education), CLASSIC);
    assert_eq!(students, ["CFQ7TTC0LA3S"]);

    // One series is for Azure plans only.
    assert!(ids(V::AzureReservationsVM, None, PLAN).contains(&"DZH318Z0EAS5"));
    assert!(!ids(V::AzureReservationsVM, None, CLASSIC).contains(&"DZH318Z0EAS5"));

    assert_eq!(
        count(V::Azure, "US", None),
        count(V::AzureReservations, "US", None) + count(V::MicrosoftAzure, "US", None)
    );
    assert_eq!(
        count(V::Software, "US", None),
        count(V::SoftwarePerpetual, "US", None) + count(V::SoftwareSubscriptions, "US", None)
    );
    assert!(
        count(V::AzureReservationsVM, "US", Some(Segment::Nonprofit))
            < count(V::AzureReservationsVM, "US", None)
    );
    // Reservations are not sold in Cambodia, other things are.
    assert_eq!(count(V::AzureReservations, "KH", None), 0);
    assert!(count(V::Software, "KH", None) > 0);
}

#[test]
fn sku_and_availability_of_a_virtual_machine() {
    let catalogue = Catalogue::embedded();
    let kind = ReservedResourceType::VirtualMachines;
    let sku = catalogue.reserved_sku(kind, "standard_b1s", Some("EastUS"), Term::P1Y).unwrap();
    assert_eq!(sku.title(Locale::new("ZH-tw")), "保留的 VM 執行個體, Standard_B1s, 美國東部, 1 年");
    let attributes: Vec<_> = sku
        .dynamic_attributes()
        .into_iter()
        .map(|(key, value)| match value {
            AttributeValue::Text(text) => format!("{key}={text}"),
            AttributeValue::Flag(flag) => format!("{key}={flag}"),
        })
        .collect();
    assert_eq!(
        attributes,
        [
            "armSkuName=Standard_B1s",
            "cores=1",
            "ram=1",
            "skuDisplayName=B1s",
            "category=General Purpose",
            "armRegionName=eastus",
            "duration=1Year",
            "region=US East",
            "diskType=Ssd",
        ]
    );
    assert_eq!(
        sku.purchase_prerequisites().collect::<Vec<_>>(),
        ["AzureSubscriptionRegistration", "InventoryCheck"]
    );
    assert_eq!(sku.supported_billing_cycles(), [BillingCycle::OneTime]);
    assert_eq!((sku.minimum_quantity(), sku.maximum_quantity()), (1, 999_999_999));
    assert_eq!(sku.actions().collect::<Vec<_>>(), ["Refund"]);
    assert!(sku.reserved_capacity().unwrap().is_in_sandbox());

    // 0.0101 × 8760 × (1 − 0.41) = 52.200…, then by the rate of the currency.
    for (country, code, price) in [
        ("US", "USD", "52.20"),
        ("us", "USD", "52.20"),
        ("KH", "", ""),
        ("DE", "EUR", "48.02"),
        ("GB", "GBP", "41.24"),
        ("JP", "JPY", "7726"),
        ("TW", "TWD", "1670"),
        ("KR", "KRW", "70470"),
        ("CA", "CAD", "70.99"),
        ("AU", "AUD", "79.34"),
        ("IN", "INR", "4353.48"),
    ] {
        let market = catalogue.market(country).unwrap();
        let all = catalogue.availabilities(
            sku.product().id(),
            &sku.id(),
            market,
            Some(Segment::Commercial),
            PLAN,
        );
        let all = all.unwrap();
        if code.is_empty() {
            assert_eq!(all.len(), 0, "{country}");
            continue;
        }
        assert_eq!(all.len(), 1, "{country}");
        assert_eq!(all[0].currency().code(), code);
        assert_eq!(all[0].unit_price(), decimal(price), "{country}");
        assert_eq!(all[0].term_description(Locale::default()), Some("1 Year Prepaid"));
        assert!(all[0].is_purchasable() && !all[0].is_renewable());
    }
}

#[test]
fn only_the_documented_skus_are_in_the_sandbox() {
    let catalogue = Catalogue::embedded();
    let sandbox: HashSet<String> = catalogue
        .all_products()
        .iter()
        .flat_map(Product::skus)
        .filter(|sku| sku.reserved_capacity().is_some_and(|it| it.is_in_sandbox()))
        .map(|sku| sku.title(Locale::default()).into_owned())
        .collect();
    let expected = ["US East", "US West 2", "KR South", "US North Central", "CA East"];
    let title = |region| format!("Reserved VM Instance, Standard_B1s, {region}, 1 Year");
    assert_eq!(sandbox, expected.into_iter().map(title).collect());
}

#[test]
fn restrictions_and_withdrawn_skus() {
    let catalogue = Catalogue::embedded();
    let vm = |size, region, term| {
        let kind = ReservedResourceType::VirtualMachines;
        catalogue.reserved_sku(kind, size, Some(region), term).unwrap()
    };
    let restricted = vm("Standard_B4ms", "uksouth", Term::P1Y).inventory_restrictions();
    assert_eq!(restricted.len(), 1);
    assert_eq!(restricted[0].reason_code, "NotAvailableForSubscription");
    assert_eq!((restricted[0].kind, restricted[0].values), ("Location", "uksouth"));
    assert_eq!(
        restricted[0].description(),
        "Restriction identified of type 'Location' with values 'uksouth'."
    );
    assert_eq!(vm("Standard_B4ms", "ukwest", Term::P1Y).inventory_restrictions(), []);
    assert_eq!(catalogue.inventory_restrictions("DZH318Z0BPS6", "0001"), Ok(vec![]));
    assert!(catalogue.inventory_restrictions("DZH318Z0BPS6", "0002").is_err());

    for (size, region, term, purchasable) in [
        ("Standard_DS5_v2", "ukwest", Term::P1Y, false),
        ("Standard_DS5_v2", "uksouth", Term::P1Y, true),
        ("Standard_NV32as_v4", "eastus", Term::P3Y, false),
        ("Standard_NV32as_v4", "eastus", Term::P1Y, true),
    ] {
        assert_eq!(vm(size, region, term).is_purchasable(), purchasable, "{size} {region} {term}");
    }
    let last_sale =
        |term| vm("Standard_B1s", "eastus", term).reserved_capacity().unwrap().last_sale();
    assert_eq!(last_sale(Term::P1Y), Some("2026-06-30".parse().unwrap()));
    assert_eq!(last_sale(Term::P3Y), None);
}

#[test]
fn listed_items() {
    let catalogue = Catalogue::embedded();
    let us = catalogue.market("US").unwrap();
    let plan = catalogue.sku("dzh318z0bps6", "0001").unwrap();
    assert_eq!((plan.minimum_quantity(), plan.maximum_quantity()), (1, 1));
    assert_eq!(plan.supported_billing_cycles(), [BillingCycle::OneTime]);
    assert_eq!(plan.purchase_prerequisites().collect::<Vec<_>>(), ["MicrosoftCustomerAgreement"]);

    let classic = catalogue.resolve("ms-azr-0145p", us).unwrap();
    assert_eq!(classic.kind(), ProductKind::LegacyAzure);
    assert_eq!(classic.supported_billing_cycles(), [BillingCycle::Monthly]);
    assert_eq!(
        classic.sku().purchase_prerequisites().collect::<Vec<_>>(),
        ["MicrosoftCloudAgreement"]
    );

    let e3 = catalogue.availabilities("CFQ7TTC0LFLX", "0001", us, Some(Segment::Commercial), PLAN);
    let e3 = e3.unwrap();
    let terms: Vec<_> = e3.iter().map(|it| it.term().unwrap()).collect();
    assert_eq!(terms, Term::ALL);
    assert!(e3[1].id().as_str().starts_with("CFQ7TT"));
    assert_eq!(e3[1].unit_price(), decimal("432"));
    assert_eq!(e3[1].price_per_bill(BillingCycle::Monthly), decimal("36"));
    assert_eq!(e3[1].price_per_bill(BillingCycle::Annual), decimal("432"));
    assert_eq!(e3[2].price_per_bill(BillingCycle::Annual), decimal("432"));

    let addon = catalogue.sku("CFQ7TTC0LHSL", "0001").unwrap();
    assert!(addon.is_addon());
    for base in addon.prerequisite_skus() {
        let (product, sku) = base.split_once(':').unwrap();
        assert!(!catalogue.sku(product, sku).unwrap().is_addon());
    }
    let students = catalogue.sku("CFQ7TTC0LA3S", "0001").unwrap();
    assert_eq!(students.enforced_attestation(), Some("StudentEligibility"));
    let old = catalogue.sku("DZH318Z0SQ19", "0002").unwrap();
    assert!(!old.is_purchasable());
    let saas = catalogue.product("DZH318Z0NFA1").unwrap();
    assert!(!saas.is_microsoft_product());
}
