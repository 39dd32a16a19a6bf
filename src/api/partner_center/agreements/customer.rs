//! What customers agreed to: confirmed by the partner, or signed by themselves.

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::templates::link;
use super::{kind_named, kinds_asked_for};
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::customers;
use crate::api::partner_center::customers::{EXAMPLE_CUSTOMER, EXAMPLE_NEWCOMER};
use crate::api::partner_center::fault::{Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM};
use crate::api::partner_center::resource::Collection;
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::agreements::{self, Agreement, AgreementKind, Contact};
use crate::domain::ids::{CustomerId, parse_guid};

const CONTRACT: &str = "partner-center-profiles-misc.md#3-agreements-appuser-only";

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    let path = "/v1/customers/{customer_id}/agreements";
    vec![
        Operation::new(Surface::PartnerCenter, Method::GET, path, "listCustomerAgreements", list)
            .summary("Agreements", "List what a customer agreed to")
            .auth(Auth::UserOnly)
            .source(Fidelity::Documented, CONTRACT)
            .query(
                "agreementType",
                json!({ "type": "string" }),
                "MicrosoftCloudAgreement, MicrosoftCustomerAgreement, or `*` for all, as when it \
                 is left out.",
            )
            .gives::<Collection<AgreementBody>>(200, "The agreements.")
            .faults(&[NOT_FOUND, code(20002, 403), UNKNOWN_ENUM])
            .example("customer_id", EXAMPLE_CUSTOMER),
        Operation::new(
            Surface::PartnerCenter,
            Method::POST,
            path,
            "confirmCustomerAgreement",
            confirm,
        )
        .summary("Agreements", "Confirm that a customer agreed")
        .describe(
            "Reservations, Azure plans and other modern offers can be bought for a customer only \
             after its Microsoft Customer Agreement is confirmed.",
        )
        .auth(Auth::UserOnly)
        .source(Fidelity::Documented, CONTRACT)
        .takes::<AgreementRequest>()
        .gives::<AgreementBody>(201, "The agreement.")
        .faults(&[NOT_FOUND, code(20002, 403), INVALID_INPUT, UNKNOWN_ENUM, code(600_061, 400)])
        .example("customer_id", EXAMPLE_NEWCOMER)
        .example_body(json!({
            "primaryContact": {
                "firstName": "Beatriz",
                "lastName": "Salgado",
                "email": "beatriz@serraazul.example",
                "phoneNumber": "1155550133",
            },
            "templateId": AgreementKind::MicrosoftCustomerAgreement.template().id,
            "dateAgreed": "2021-03-01T00:00:00Z",
            "type": "MicrosoftCustomerAgreement",
        })),
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/{customer_id}/directSignedMicrosoftCustomerAgreementStatus",
            "getDirectSignedStatus",
            direct_signed,
        )
        .summary("Agreements", "Find out whether a customer signed the agreement itself")
        .auth(Auth::UserOnly)
        .source(Fidelity::Documented, CONTRACT)
        .gives::<DirectSignedStatus>(200, "Whether it signed.")
        .faults(&[NOT_FOUND, code(20002, 403)])
        .example("customer_id", EXAMPLE_CUSTOMER),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let id: CustomerId = call.path("customer_id")?;
    let kinds = kinds_asked_for(call, &AgreementKind::ALL)?;
    let view = call.view();
    view.state.customer(id)?;
    let items = view
        .state
        .agreements_of(id)
        .filter(|agreement| kinds.contains(&agreement.kind))
        .map(|agreement| AgreementBody::from(&***agreement))
        .collect();
    Ok(Reply::ok(&Collection::of(items)))
}

fn confirm(call: &Call<'_>) -> Result<Reply, Fault> {
    let id = customers::named(call)?;
    let agreement = call.body::<AgreementRequest>()?.agreement()?;
    let body = AgreementBody::from(&agreement);
    call.write(|tx| agreements::confirm(tx, id, agreement))?;
    Ok(Reply::created(&body))
}

fn direct_signed(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?;
    Ok(Reply::ok(&DirectSignedStatus { is_signed: customer.agreement_signed_directly }))
}

/// An agreement to confirm.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // members that clients send and the service ignores
pub struct AgreementRequest {
    /// The partner's user who confirms it.
    pub user_id: Option<String>,
    /// Who agreed; required.
    pub primary_contact: Option<ContactRequest>,
    /// Template; required.
    pub template_id: Option<String>,
    /// When; required.
    pub date_agreed: Option<Timestamp>,
    /// Kind; required.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Ignored.
    pub agreement_link: Option<String>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub links: Option<Value>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Value>,
}

/// A contact as clients send it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactRequest {
    /// First name; required.
    pub first_name: Option<String>,
    /// Last name; required.
    pub last_name: Option<String>,
    /// E-mail address; required.
    pub email: Option<String>,
    /// Phone number.
    pub phone_number: Option<String>,
}

impl AgreementRequest {
    fn agreement(self) -> Result<Agreement, Fault> {
        let missing = |field: &str| Fault::invalid(field, "is required");
        let guid = |field: &str, text: &str| {
            parse_guid(text.trim()).map_err(|fault| Fault::invalid(field, &fault.to_string()))
        };
        let contact = self.primary_contact.ok_or_else(|| missing("primaryContact"))?;
        let template = self.template_id.ok_or_else(|| missing("templateId"))?;
        let kind = self.kind.filter(|kind| !kind.trim().is_empty());
        let user_id = self.user_id.filter(|id| !id.trim().is_empty());
        Ok(Agreement {
            user_id: user_id.map(|id| guid("userId", &id)).transpose()?.filter(|id| !id.is_nil()),
            kind: kind_named("type", &kind.ok_or_else(|| missing("type"))?)?,
            template_id: guid("templateId", &template)?,
            agreed: self
                .date_agreed
                .and_then(Timestamp::set)
                .ok_or_else(|| missing("dateAgreed"))?,
            contact: Contact {
                first_name: contact.first_name.unwrap_or_default(),
                last_name: contact.last_name.unwrap_or_default(),
                email: contact.email.unwrap_or_default(),
                phone_number: contact.phone_number.filter(|phone| !phone.trim().is_empty()),
            },
        })
    }
}

/// An agreement of a customer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Agreement)]
pub struct AgreementBody {
    /// The partner's user who confirmed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Who agreed.
    pub primary_contact: AgreementContact,
    /// Template.
    pub template_id: String,
    /// When.
    pub date_agreed: Timestamp,
    /// Kind.
    #[serde(rename = "type")]
    #[schema(example = "MicrosoftCustomerAgreement")]
    pub kind: &'static str,
    /// Address of the text.
    pub agreement_link: String,
}

/// Who agreed on the customer's side.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgreementContact {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

impl From<&Agreement> for AgreementBody {
    fn from(agreement: &Agreement) -> Self {
        Self {
            user_id: agreement.user_id.map(|id| id.to_string()),
            primary_contact: AgreementContact {
                first_name: agreement.contact.first_name.clone(),
                last_name: agreement.contact.last_name.clone(),
                email: agreement.contact.email.clone(),
                phone_number: agreement.contact.phone_number.clone(),
            },
            template_id: agreement.template_id.to_string(),
            date_agreed: Timestamp(agreement.agreed),
            kind: agreement.kind.name(),
            agreement_link: link(agreement.kind),
        }
    }
}

/// Whether a customer signed the agreement itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DirectSignedStatus {
    /// Whether it signed.
    pub is_signed: bool,
}
