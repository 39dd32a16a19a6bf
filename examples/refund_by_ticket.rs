//! Asks for a refund by a support ticket and plays the person at the desk who approves it:
//! `cargo run --example refund_by_ticket`.

use partner_center_mock::MockServer;
use partner_center_mock::domain::settings::{Settings, SupportAgent};
use partner_center_mock::domain::support::agent::Decision;
use reqwest::{Client, Method};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The customer, its Azure subscription and a reservation of 4 instances, all of the default fixtures.
const CUSTOMER: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
const SUBSCRIPTION: &str = "/subscriptions/7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
const ORDER: &str =
    "/providers/Microsoft.Capacity/reservationOrders/5988eb81-3110-4280-8aef-ee546df6a21c";
const RESERVATION: &str = "9ce027f2-9247-45da-b0d1-23776b817053";
/// The category "Billing, Reservation management, Exchanges and refunds".
const BILLING: &str = "/providers/Microsoft.Support/services/517f2da6-78fd-0498-4e22-ad26996b1dfc";
const REFUNDS: &str = "8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let mut settings = Settings::default();
    settings.support.agent = SupportAgent::Manual;
    let mock = MockServer::builder().settings(settings).start_blocking()?;
    let world = mock.default_world();
    let azure =
        Azure { http: client()?, base: mock.base_url(), token: world.azure_token(CUSTOMER) };

    let ticket = format!("{SUBSCRIPTION}/providers/Microsoft.Support/supportTickets/refund-1");
    let body = json!({ "properties": {
        "title": "Return 1 of 4 instances",
        "description": format!("Please refund 1 of 4 of {ORDER}/reservations/{RESERVATION}"),
        "serviceId": BILLING,
        "problemClassificationId": format!("{BILLING}/problemClassifications/{REFUNDS}"),
        "severity": "minimal",
        "advancedDiagnosticConsent": "No",
        "contactDetails": {
            "firstName": "Mei",
            "lastName": "Lin",
            "country": "TWN",
            "preferredContactMethod": "email",
            "primaryEmailAddress": "mei@larkspurfoods.example",
            "preferredTimeZone": "Taipei Standard Time",
            "preferredSupportLanguage": "en-US",
        },
    } });
    azure.send(Method::PUT, &ticket, "2024-04-01", Some(&body)).await?;
    println!("opened   {}", azure.status(&ticket).await?);

    // Nobody answers until the test does.
    world.decide("refund-1", Decision::Approve)?;
    println!("decided  {}", azure.status(&ticket).await?);
    let said =
        azure.send(Method::GET, &format!("{ticket}/communications"), "2024-04-01", None).await?;
    println!("{}", said["value"][0]["properties"]["body"].as_str().ok_or("no message")?);

    let left =
        azure.send(Method::GET, &format!("{ORDER}/reservations"), "2022-11-01", None).await?;
    for one in left["value"].as_array().into_iter().flatten() {
        let properties = &one["properties"];
        println!("{} {}", properties["quantity"], properties["displayProvisioningState"]);
    }
    Ok(())
}

/// Azure Resource Manager as a client sees it.
struct Azure {
    http: Client,
    base: String,
    token: String,
}

impl Azure {
    async fn status(&self, ticket: &str) -> Outcome<Value> {
        let ticket = self.send(Method::GET, ticket, "2024-04-01", None).await?;
        Ok(ticket["properties"]["status"].clone())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        version: &str,
        body: Option<&Value>,
    ) -> Outcome<Value> {
        let url = format!("{}{path}?api-version={version}", self.base);
        let mut request = self.http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if status.is_success() {
            Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
        } else {
            Err(format!("{status}: {text}").into())
        }
    }
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
