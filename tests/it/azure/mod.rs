//! Azure Resource Manager over HTTP.

mod access;
mod at_once;
mod bought_in_partner_center;
mod catalog;
mod changes;
mod consumption;
mod conventions;
mod delays;
mod directory;
mod exchange;
mod graph;
mod lifecycle;
mod lists;
mod long_running;
mod orders;
mod purchase;
mod refund;
mod refusals;
mod resources;
mod split_merge;
mod strict;
mod support;
mod utilization;
mod utilization_over_time;

use serde_json::{Value, json};

use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock, arm, items, mock};

/// The Azure subscription behind Larkspur's Microsoft Azure subscription.
const AZURE: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
/// The Azure subscription below Larkspur's Azure plan.
const PLAN: &str = "a4c7e0d3-5b92-4f18-8d6a-3e9f1c7b2d50";
/// An Azure subscription of another customer.
const PRAIRIE_SUBSCRIPTION: &str = "e18c5a70-4d2b-4f96-93a7-6b0f2c8d1e54";

const ORDERS: &str = "/providers/Microsoft.Capacity/reservationOrders";

/// A reservation of a world of its own, bought through a cart.
struct Bought {
    /// Partner Center.
    mock: Mock,
    /// Azure, in the tenant of the customer.
    azure: Mock,
    /// Id of the reservation order.
    order: String,
    /// Id of the reservation.
    reservation: String,
}

/// Buys reservations of small machines through a cart.
fn bought(quantity: i64) -> Bought {
    bought_in(mock(), quantity)
}

fn bought_in(mock: Mock, quantity: i64) -> Bought {
    bought_for(mock, quantity, "P1Y")
}

fn bought_for(mock: Mock, quantity: i64, term: &str) -> Bought {
    let item = items::reservation("US", "Standard_D2s_v4", "eastus", term);
    let mut line = items::reservation_line(&item, LARKSPUR_AZURE);
    line["quantity"] = quantity.into();
    line["friendlyName"] = "batch tier".into();
    let azure = mock.azure(LARKSPUR);
    let before = names(&azure.get(&arm(ORDERS)));
    let carts = format!("/v1/customers/{LARKSPUR}/carts");
    let cart = mock.post(201, &carts, &items::lines(&[line]));
    let cart = format!("{carts}/{}/checkout", cart["id"].as_str().unwrap());
    mock.post(201, &cart, &Value::Null);
    let after = names(&azure.get(&arm(ORDERS)));
    let order = after.into_iter().find(|id| !before.contains(id)).unwrap();
    let reservations = azure.get(&arm(&format!("{ORDERS}/{order}/reservations")));
    let reservation = names(&reservations).remove(0);
    Bought { mock, azure, order, reservation }
}

/// The names of the items of a list.
fn names(list: &Value) -> Vec<String> {
    let name = |item: &Value| item["name"].as_str().unwrap().to_owned();
    list["value"].as_array().unwrap().iter().map(name).collect()
}

impl Bought {
    /// Path of the order with the version.
    fn order_path(&self) -> String {
        arm(&format!("{ORDERS}/{}", self.order))
    }

    /// Path of something of the order.
    fn of_order(&self, rest: &str) -> String {
        arm(&format!("{ORDERS}/{}/{rest}", self.order))
    }

    /// Path of a reservation of the order.
    fn path_of(&self, reservation: &str) -> String {
        self.of_order(&format!("reservations/{reservation}"))
    }

    /// Path of the reservation.
    fn path(&self) -> String {
        self.path_of(&self.reservation)
    }

    /// Resource id of a reservation of the order, as clients send it.
    fn id_of(&self, reservation: &str) -> String {
        format!("{ORDERS}/{}/reservations/{reservation}", self.order)
    }

    /// The reservation.
    fn get(&self) -> Value {
        self.azure.get(&self.path())
    }

    /// Changes the reservation.
    #[track_caller]
    fn patch(&self, properties: &Value) -> Value {
        let body = json!({ "properties": properties });
        self.azure.expect(200, "PATCH", &self.path(), &body).json()
    }

    /// A change that must be refused.
    #[track_caller]
    fn patch_refused(&self, code: &str, properties: &Value) {
        let body = json!({ "properties": properties });
        self.azure.azure_refused(400, code, "PATCH", &self.path(), &body);
    }

    /// Splits a reservation; gives the ids of the two parts.
    #[track_caller]
    fn split(&self, reservation: &str, quantities: [i64; 2]) -> [String; 2] {
        let body = json!({ "properties": {
            "quantities": quantities, "reservationId": self.id_of(reservation),
        } });
        let made = self.azure.post(200, &self.of_order("split"), &body);
        [0, 1].map(|at| {
            let id = made[at]["id"].as_str().unwrap();
            id.split("/reservations/").nth(1).unwrap().split('/').next().unwrap().to_owned()
        })
    }

    /// The reservation as Partner Center's entitlement shows it, with the quantity in force.
    fn artifact(&self) -> Option<(u64, Value)> {
        let path =
            format!("/v1/customers/{LARKSPUR}/entitlements?entitlementType=reservedinstance");
        let list = self.mock.get(&path);
        let own = list["items"].as_array().unwrap().iter().find(|item| {
            item["entitledArtifacts"][0]["resourceId"].as_str() == Some(&self.order)
        })?;
        let link = own["entitledArtifacts"][0]["link"]["uri"].as_str().unwrap();
        Some((own["quantity"].as_u64().unwrap(), self.mock.get(&format!("/v1{link}"))))
    }
}
