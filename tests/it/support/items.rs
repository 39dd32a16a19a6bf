//! What the tests buy: catalogue items by what they stand for, and lines that ask for them.

use partner_center_mock::domain::catalogue::{
    Catalogue, ReservationScope, ReservedResourceType, Segment,
};
use partner_center_mock::domain::term::Term;
use serde_json::{Value, json};

/// A reservation for a Microsoft Azure subscription; `sku` like `Standard_D2s_v4`.
pub fn reservation(country: &str, sku: &str, region: &str, term: &str) -> String {
    reserved(country, sku, region, term, ReservationScope::MicrosoftAzure)
}

/// A reservation for an Azure plan.
pub fn plan_reservation(country: &str, sku: &str, region: &str, term: &str) -> String {
    reserved(country, sku, region, term, ReservationScope::AzurePlan)
}

fn reserved(country: &str, sku: &str, region: &str, term: &str, scope: ReservationScope) -> String {
    let catalogue = Catalogue::embedded();
    let term = Term::from_iso(term).unwrap();
    let kind = if sku.starts_with("SQLDB") {
        ReservedResourceType::SqlDatabases
    } else {
        ReservedResourceType::VirtualMachines
    };
    let sku = catalogue.reserved_sku(kind, sku, Some(region), term).unwrap();
    let market = catalogue.market(country).unwrap();
    let (product, segment) = (sku.product().id(), Some(Segment::Commercial));
    let found = catalogue.availabilities(product, &sku.id(), market, segment, scope).unwrap();
    found[0].catalog_item_id()
}

/// An item of the listed products; `term` is empty for what has none.
pub fn listed(country: &str, product: &str, sku: &str, term: &str) -> String {
    let catalogue = Catalogue::embedded();
    let market = catalogue.market(country).unwrap();
    let scope = ReservationScope::MicrosoftAzure;
    let found = catalogue.availabilities(product, sku, market, None, scope).unwrap();
    let wanted = Term::from_iso(term);
    found.iter().find(|item| item.term() == wanted).unwrap().catalog_item_id()
}

/// A year of a licence that is billed by the month or the year, in US dollars.
pub fn licence() -> String {
    listed("US", "CFQ7TTC0LH18", "0001", "P1Y")
}

/// Perpetual software in US dollars.
pub fn software() -> String {
    listed("US", "DZH318Z0WS19", "0002", "")
}

/// A one-year reservation of a small machine in US dollars.
pub fn small_vm() -> String {
    reservation("US", "Standard_D2s_v4", "eastus", "P1Y")
}

/// A cart line.
pub fn cart_line(item: &str, quantity: i64) -> Value {
    json!({ "catalogItemId": item, "quantity": quantity })
}

/// A cart line that reserves one.
pub fn reservation_line(item: &str, subscription: &str) -> Value {
    let mut line = cart_line(item, 1);
    line["billingCycle"] = "one_time".into();
    line["provisioningContext"] = json!({ "subscriptionId": subscription, "scope": "shared" });
    line
}

/// The same line as orders name its members.
pub fn order_line(number: i64, cart_line: &Value) -> Value {
    let mut line = cart_line.clone();
    let members = line.as_object_mut().unwrap();
    let item = members.remove("catalogItemId").unwrap();
    members.remove("billingCycle");
    members.insert("offerId".to_owned(), item);
    members.insert("lineItemNumber".to_owned(), number.into());
    line
}

/// A body with these cart lines, or order lines.
pub fn lines(lines: &[Value]) -> Value {
    json!({ "lineItems": lines })
}

/// An order for these cart lines.
pub fn order(cart_lines: &[Value]) -> Value {
    let numbered = (0..).zip(cart_lines).map(|(number, line)| order_line(number, line));
    lines(&numbered.collect::<Vec<_>>())
}
