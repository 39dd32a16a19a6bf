//! Consents of a customer to applications of the partner (contract: partner-center-customers.md §14).

use actix_web::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::EXAMPLE_CUSTOMER;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::{Code, code};
use crate::api::partner_center::fault::{Fault, INVALID_INPUT, NOT_FOUND};
use crate::api::reply::Reply;
use crate::domain::customers::{self, ApplicationConsent, Grant};
use crate::domain::ids::parse_guid;

const CONTRACT: &str = "partner-center-customers.md#1214-minor";

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::POST,
            "/v1/customers/{customer_id}/applicationconsents",
            "createApplicationConsent",
            create,
        )
        .summary("Customers", "Record a customer's consent to an application")
        .describe("A second consent to the same application is refused.")
        .source(Fidelity::Choice, CONTRACT)
        .takes::<ApplicationConsentBody>()
        .gives::<ApplicationConsentBody>(201, "The consent, as it was sent.")
        .faults(&[
            NOT_FOUND,
            code(20002, 403),
            INVALID_INPUT,
            Code { status: 409, ..INVALID_INPUT },
        ])
        .example("customer_id", EXAMPLE_CUSTOMER)
        .example_body(json!({
            "applicationId": "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846",
            "displayName": "Fabricore integration",
            "applicationGrants": [{
                "enterpriseApplicationId": "a90c4e27-58d1-4b36-8f0e-6c2d7b9e1f35",
                "scope": "Directory.Read.All",
            }],
        })),
        Operation::new(
            Surface::PartnerCenter,
            Method::DELETE,
            "/v1/customers/{customer_id}/applicationconsents/{application_id}",
            "deleteApplicationConsent",
            delete,
        )
        .summary("Customers", "Take a customer's consent to an application back")
        .source(Fidelity::Choice, CONTRACT)
        .gives_nothing(204, "The consent is taken back.")
        .faults(&[NOT_FOUND, code(20002, 403), INVALID_INPUT])
        .example("customer_id", EXAMPLE_CUSTOMER)
        .example("application_id", "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846"),
    ]
}

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let customer = super::named(call)?;
    let consent = call.body::<ApplicationConsentBody>()?.consent()?;
    let body = ApplicationConsentBody::from(&consent);
    call.write(|tx| customers::consent(tx, customer, consent))?;
    Ok(Reply::created(&body))
}

fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let customer = super::named(call)?;
    let application = guid("application_id", call.path_text("application_id"))?;
    call.write(|tx| customers::withdraw_consent(tx, customer, application))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn guid(field: &str, text: &str) -> Result<Uuid, Fault> {
    parse_guid(text.trim()).map_err(|fault| Fault::invalid(field, &fault.to_string()))
}

/// A customer's consent to an application.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApplicationConsent)]
#[allow(dead_code)] // members that clients send and the service ignores
pub struct ApplicationConsentBody {
    /// Id of the application; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// Name of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its rights; at least one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_grants: Option<Vec<ApplicationGrant>>,
    /// Ignored.
    #[serde(skip_serializing)]
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Value>,
}

/// Rights at one enterprise application.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationGrant {
    /// Id of the enterprise application; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enterprise_application_id: Option<String>,
    /// Scopes, parted by commas; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Directory.Read.All")]
    pub scope: Option<String>,
}

impl ApplicationConsentBody {
    fn consent(self) -> Result<ApplicationConsent, Fault> {
        let missing = |field: &str| Fault::invalid(field, "is required");
        let application = self.application_id.ok_or_else(|| missing("applicationId"))?;
        let grants = self.application_grants.unwrap_or_default();
        Ok(ApplicationConsent {
            application: guid("applicationId", &application)?,
            display_name: self.display_name,
            grants: grants
                .into_iter()
                .enumerate()
                .map(|(index, grant)| {
                    let field = format!("applicationGrants[{index}].enterpriseApplicationId");
                    let id = grant.enterprise_application_id.ok_or_else(|| missing(&field))?;
                    Ok(Grant {
                        enterprise_application: guid(&field, &id)?,
                        scope: grant.scope.unwrap_or_default(),
                    })
                })
                .collect::<Result<_, Fault>>()?,
        })
    }
}

impl From<&ApplicationConsent> for ApplicationConsentBody {
    fn from(consent: &ApplicationConsent) -> Self {
        let grant = |grant: &Grant| ApplicationGrant {
            enterprise_application_id: Some(grant.enterprise_application.to_string()),
            scope: Some(grant.scope.clone()),
        };
        Self {
            application_id: Some(consent.application.to_string()),
            display_name: consent.display_name.clone(),
            application_grants: Some(consent.grants.iter().map(grant).collect()),
            attributes: None,
        }
    }
}
