//! Sources are read quickly and refused precisely.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn embedded_sources_are_valid() {
    if let Err(error) = Catalogue::from_sources(EMBEDDED) {
        panic!("{error}");
    }
}

#[test]
fn bad_sources_are_refused_with_their_place() {
    let with = |text: &str| {
        let mut sources = EMBEDDED.to_vec();
        sources.push(Source { file: "mine.json", text });
        Catalogue::from_sources(&sources).unwrap_err()
    };
    let sku = r#"{"id":"0001","title":{"en-US":"T"},"maximum":5,"offers":[{"billingCycles":["one_time"],"usd":"1"}]}"#;
    let product = |id: &str, sku: &str| {
        format!(
            r#"{{"products":[{{"id":"{id}","kind":"saas","title":{{"en-US":"T"}},"description":{{"en-US":"D"}},"segments":["commercial"],"skus":[{sku}]}}]}}"#
        )
    };
    let good = product("MINE", sku);
    let mut sources = EMBEDDED.to_vec();
    sources.push(Source { file: "mine.json", text: &good });
    assert!(Catalogue::from_sources(&sources).unwrap().product("mine").is_ok());

    for (text, path, reason) in [
        ("{".to_owned(), "line 1, column 1", "EOF"),
        (r#"{"produkts":[]}"#.to_owned(), "line 1, column 11", "unknown field"),
        (product("DZH318Z0BPS6", sku), "products[0].id", "given twice"),
        (product("A:B", sku), "products[0].id", "letters, digits or hyphens"),
        (product("M", &format!("{sku},{sku}")), "products[0].skus[1].id", "given twice"),
        (product("M", &sku.replace("en-US", "fr-FR")), "products[0].skus[0].title", "en-US"),
        (product("M", &sku.replace(r#""1"}"#, r#""-1"}"#)), "products[0].skus[0].offers[0].usd", "from 0"),
        (
            product("M", &sku.replace("one_time", "weekly")),
            "products[0].skus[0].offers[0].billingCycles",
            "'weekly'",
        ),
        (
            product("M", &sku.replace(r#""maximum":5"#, r#""maximum":5,"prerequisiteSkus":["X:1"]"#)),
            "products[0].skus[0].prerequisiteSkus",
            "'X:1'",
        ),
        (
            r#"{"currencies":[{"code":"XTS","symbol":"x","decimals":2,"perUsd":"0","countries":[]}]}"#.into(),
            "currencies[0].perUsd",
            "not above 0",
        ),
        (
            r#"{"currencies":[{"code":"XTS","symbol":"x","decimals":2,"perUsd":"1","countries":["US"]}]}"#.into(),
            "currencies[0].countries[0]",
            "two currencies",
        ),
        (r#"{"reservationsUnavailableIn":["QQ"]}"#.into(), "reservationsUnavailableIn", "'QQ'"),
    ] {
        let error = with(&text);
        assert_eq!(error.file, "mine.json");
        assert_eq!(error.path, path, "{error}");
        assert!(error.reason.contains(reason), "{error}");
    }
    let vms = EMBEDDED[2].text;
    for (from, to, path, reason) in [
        ("VirtualMachines\"", "Toasters\"", "reservations[0].reservedResourceType", "'Toasters'"),
        (
            r#""discount": "0.41""#,
            r#""discount": "1""#,
            "reservations[0].terms[0].discount",
            "below 1",
        ),
        (r#"["uksouth"]"#, r#"["moon"]"#, "reservations[0].restrictions[0].skus.regions", "'moon'"),
        (r#"["Standard_B1s"]"#, r#"["B1s"]"#, "reservations[0].sandbox[0].sizes", "'B1s'"),
        ("Standard_B1ls", "standard_b1S", "reservations[0].sizes[1]", "given twice"),
        (
            r#""except": []"#,
            r#""except": ["nowhere"]"#,
            "reservations[0].regions.except",
            "'nowhere'",
        ),
    ] {
        let text = vms.replacen(from, to, 1);
        let mut sources = EMBEDDED.to_vec();
        sources[2] = Source { file: "vm.json", text: &text };
        let error = Catalogue::from_sources(&sources).unwrap_err();
        assert_eq!((error.file.as_str(), error.path.as_str()), ("vm.json", path), "{error}");
        assert!(error.reason.contains(reason), "{error}");
    }
}

/// The server is ready 30 ms after its start in a release build; the factor is for debug builds
/// and busy machines.
#[test]
fn builds_quickly() {
    let started = Instant::now();
    let catalogue = Catalogue::from_sources(EMBEDDED).unwrap();
    let took = started.elapsed();
    assert!(took < Duration::from_millis(30) * 10, "{took:?}");
    let started = Instant::now();
    let skus = catalogue.all_products().iter().flat_map(Product::skus).count();
    println!("built in {took:?}; {skus} SKUs counted in {:?}", started.elapsed());
}
