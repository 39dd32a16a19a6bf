//! Buys a reservation from a mock that lives inside this program, as an integration test would:
//! `cargo run --example buy_a_reservation`.

use partner_center_mock::MockServer;
use reqwest::Client;
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The customer and its registered Azure subscription, both of the default fixtures.
const CUSTOMER: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
const AZURE_SUBSCRIPTION: &str = "2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let mock = MockServer::start_blocking()?;
    let partner_center = PartnerCenter {
        http: client()?,
        base: format!("{}/v1", mock.base_url()),
        token: mock.token(),
    };
    let customer = format!("/customers/{CUSTOMER}");

    // What there is to buy: the first size of the first series, in one region for one term.
    let products =
        partner_center.get("/products?country=US&targetView=AzureReservationsVM").await?;
    let skus = follow(&products["items"][0]["links"]["skus"])?;
    let skus = partner_center.get(&skus).await?;
    let availabilities = follow(&skus["items"][0]["links"]["availabilities"])?;
    let availability = partner_center.get(&availabilities).await?["items"][0].clone();
    println!("buying   {}", availability["sku"]["title"]);

    // A cart and its checkout.
    let line = json!({
        "id": 0,
        "catalogItemId": availability["catalogItemId"],
        "quantity": 2,
        "billingCycle": "one_time",
        "termDuration": availability["terms"][0]["duration"],
        "provisioningContext": { "subscriptionId": AZURE_SUBSCRIPTION, "scope": "shared" },
    });
    let cart =
        partner_center.post(&format!("{customer}/carts"), &json!({ "lineItems": [line] })).await?;
    let checkout = format!("{}/checkout", follow(&cart["links"]["self"])?);
    let result = partner_center.post(&checkout, &Value::Null).await?;
    let order = follow(&result["orders"][0]["links"]["self"])?;
    println!("ordered  {}", partner_center.get(&order).await?["id"]);

    // The entitlement leads to the reservation.
    let entitlements = format!("{customer}/entitlements?entitlementType=reservedinstance");
    let entitlements = partner_center.get(&entitlements).await?;
    let bought = entitlements["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|entitlement| entitlement["referenceOrder"]["id"] == result["orders"][0]["id"]);
    let bought = bought.ok_or("the order gave no entitlement")?;
    let artifact = follow(&bought["entitledArtifacts"][0]["link"])?;
    let reservation = partner_center.get(&artifact).await?["reservations"][0].clone();
    println!("reserved {} until {}", reservation["reservationId"], reservation["expiryDateTime"]);

    // A year passes in no time, and the reservation with it.
    mock.default_world().advance("P1Y1D")?;
    let left = partner_center
        .get(&format!("{customer}/entitlements?entitlementType=reservedinstance"))
        .await?;
    let still = left["items"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|entitlement| entitlement["referenceOrder"]["id"] == result["orders"][0]["id"]);
    println!("a year later it is {}", if still { "still there" } else { "gone" });
    Ok(())
}

/// Partner Center as a client sees it.
struct PartnerCenter {
    http: Client,
    base: String,
    token: String,
}

impl PartnerCenter {
    async fn get(&self, path: &str) -> Outcome<Value> {
        self.send(self.http.get(format!("{}{path}", self.base))).await
    }

    async fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        self.send(self.http.post(format!("{}{path}", self.base)).json(body)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Outcome<Value> {
        let answer = request.bearer_auth(&self.token).send().await?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        if status.is_success() {
            Ok(body)
        } else {
            Err(format!("{status}: {}", body["description"]).into())
        }
    }
}

/// Where a link leads.
fn follow(link: &Value) -> Outcome<String> {
    Ok(link["uri"].as_str().ok_or("no link")?.to_owned())
}

/// A client for plain HTTP. The features of reqwest that this package uses have no TLS provider of
/// their own; elsewhere `Client::new()` will do.
fn client() -> Outcome<Client> {
    let provider = partner_center_mock::server::tls::provider();
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Ok(Client::builder().tls_backend_preconfigured(tls).no_proxy().build()?)
}
