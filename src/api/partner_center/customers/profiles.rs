//! The company and the billing profile of a customer on the wire.

use std::sync::Arc;

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AddressBody, EXAMPLE_CUSTOMER};
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::etag;
use crate::api::partner_center::fault::{Fault, INVALID_INPUT, NOT_FOUND};
use crate::api::partner_center::resource::{Attributes, SelfLink};
use crate::api::reply::Reply;
use crate::domain::customers::profile::GivenProfile;
use crate::domain::customers::{self, BillingChange, Customer};
use crate::domain::error::Error;
use crate::domain::ids::parse_guid;

const CONTRACT: &str = "partner-center-customers.md#68-profiles";

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    let company = "/v1/customers/{customer_id}/profiles/company";
    let billing = "/v1/customers/{customer_id}/profiles/billing";
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            company,
            "getCustomerCompanyProfile",
            get_company,
        )
        .summary("Customers", "Get the company profile of a customer")
        .auth(Auth::UserOnly)
        .source(Fidelity::Documented, CONTRACT)
        .gives::<CompanyProfileBody>(200, "The company profile.")
        .faults(&[NOT_FOUND, code(20002, 403)])
        .example("customer_id", EXAMPLE_CUSTOMER),
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            billing,
            "getCustomerBillingProfile",
            get_billing,
        )
        .summary("Customers", "Get the billing profile of a customer")
        .source(Fidelity::Documented, CONTRACT)
        .gives::<BillingProfileBody>(200, "The billing profile with its etag.")
        .faults(&[NOT_FOUND, code(20002, 403)])
        .example("customer_id", EXAMPLE_CUSTOMER),
        Operation::new(
            Surface::PartnerCenter,
            Method::PUT,
            billing,
            "updateCustomerBillingProfile",
            put_billing,
        )
        .summary("Customers", "Replace the billing profile of a customer")
        .describe(
            "Send the whole profile. The etag that was read goes into `If-Match` or \
             `attributes.etag`; the header wins, and without either nothing is compared. The \
             country stays what it is.",
        )
        .source(Fidelity::Documented, CONTRACT)
        .header("If-Match", json!({ "type": "string" }), "The etag of the profile that was read.")
        .takes::<BillingProfileRequest>()
        .gives::<BillingProfileBody>(200, "The new profile with its new etag.")
        .faults(&[
            NOT_FOUND,
            code(20002, 403),
            INVALID_INPUT,
            code(2007, 400),
            code(2055, 400),
            code(600_051, 400),
        ])
        .example("customer_id", EXAMPLE_CUSTOMER)
        .example_body(json!({
            "firstName": "Mara",
            "lastName": "Quist",
            "email": "billing@larkspurfoods.example",
            "culture": "en-US",
            "language": "en",
            "companyName": "Larkspur Foods",
            "defaultAddress": {
                "country": "US",
                "city": "Boise",
                "state": "ID",
                "addressLine1": "14 Orchard Rd",
                "postalCode": "83702",
                "phoneNumber": "2085550142",
            },
        })),
    ]
}

fn get_company(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?;
    Ok(Reply::ok(&CompanyProfileBody::from(&***customer)))
}

fn get_billing(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?;
    Ok(Reply::ok(&BillingProfileBody::from(&***customer)))
}

fn put_billing(call: &Call<'_>) -> Result<Reply, Fault> {
    let id = super::named(call)?;
    let body: BillingProfileRequest = call.body()?;
    let etag = body.attributes.as_ref().and_then(|attributes| attributes.etag.clone());
    let profile_id = body.profile_id();
    let customer = call.write(|tx| {
        let current = tx.customer(id)?.billing.etag();
        etag::check(call, etag.as_deref(), &current)?;
        let change = BillingChange { id: profile_id?, profile: body.into() };
        customers::update_billing_profile(tx, id, change)?;
        tx.customer(id).map(Arc::clone)
    })?;
    Ok(Reply::ok(&BillingProfileBody::from(&**customer)))
}

/// A company profile as clients send it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // members that clients send and the service ignores
pub struct CompanyProfileRequest {
    /// `name.onmicrosoft.com`; required.
    #[schema(example = "larkspurfoods.onmicrosoft.com")]
    pub domain: Option<String>,
    /// Registration number, in AM, AZ, BY, HU, KZ, KG, MD, RU, TJ, UZ and UA.
    pub organization_registration_number: Option<String>,
    /// Ignored: that of the billing profile is taken.
    pub company_name: Option<String>,
    /// Ignored.
    pub tenant_id: Option<String>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub address: Option<Value>,
    /// Ignored.
    pub email: Option<String>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub links: Option<Value>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Value>,
}

/// A billing profile as clients send it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BillingProfileRequest {
    /// Id; that of the profile, or left out.
    pub id: Option<String>,
    /// First name of the contact.
    pub first_name: Option<String>,
    /// Last name of the contact.
    pub last_name: Option<String>,
    /// E-mail address; required.
    pub email: Option<String>,
    /// Culture, for example `en-US`; required.
    pub culture: Option<String>,
    /// Language, for example `en`; required.
    pub language: Option<String>,
    /// Company name; required.
    pub company_name: Option<String>,
    /// Address; required.
    pub default_address: Option<AddressBody>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub links: Option<Value>,
    /// The etag that was read.
    pub attributes: Option<GivenAttributes>,
}

/// Attributes as clients send them back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // members that clients send and the service ignores
pub struct GivenAttributes {
    /// Version that was read.
    pub etag: Option<String>,
    /// Ignored.
    pub object_type: Option<String>,
}

impl BillingProfileRequest {
    fn profile_id(&self) -> Result<Option<Uuid>, Error> {
        let id = self.id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        id.map(parse_guid).transpose().map_err(|fault| Error::invalid("id", fault.to_string()))
    }
}

impl From<BillingProfileRequest> for GivenProfile {
    fn from(body: BillingProfileRequest) -> Self {
        Self {
            first_name: body.first_name,
            last_name: body.last_name,
            email: body.email.unwrap_or_default(),
            culture: body.culture.unwrap_or_default(),
            language: body.language.unwrap_or_default(),
            company_name: body.company_name.unwrap_or_default(),
            address: body.default_address.map(Into::into),
        }
    }
}

/// Who the customer is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CustomerCompanyProfile)]
pub struct CompanyProfileBody {
    /// Tenant id.
    pub tenant_id: String,
    /// Initial domain.
    #[schema(example = "larkspurfoods.onmicrosoft.com")]
    pub domain: String,
    /// Company name.
    #[schema(example = "Larkspur Foods")]
    pub company_name: String,
    /// Registration number of the organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_registration_number: Option<String>,
    /// Links.
    pub links: SelfLink,
    /// Attributes.
    pub attributes: Attributes,
}

impl From<&Customer> for CompanyProfileBody {
    fn from(customer: &Customer) -> Self {
        Self {
            tenant_id: customer.id.to_string(),
            domain: customer.domain.clone(),
            company_name: customer.company_name.clone(),
            organization_registration_number: customer.registration_number.clone(),
            links: SelfLink::to(format!("/customers/{}/profiles/company", customer.id)),
            attributes: Attributes::of("CustomerCompanyProfile"),
        }
    }
}

/// Whom the partner bills.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CustomerBillingProfile)]
pub struct BillingProfileBody {
    /// Id, different from the customer's.
    pub id: String,
    /// First name of the contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name of the contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// E-mail address.
    pub email: String,
    /// Culture.
    #[schema(example = "en-US")]
    pub culture: String,
    /// Language.
    #[schema(example = "en")]
    pub language: String,
    /// Company name on the bill.
    pub company_name: String,
    /// Address.
    pub default_address: AddressBody,
    /// Links.
    pub links: SelfLink,
    /// Attributes; the etag changes with every write.
    pub attributes: Attributes,
}

impl From<&Customer> for BillingProfileBody {
    fn from(customer: &Customer) -> Self {
        let billing = &customer.billing;
        Self {
            id: billing.id.to_string(),
            first_name: billing.first_name.clone(),
            last_name: billing.last_name.clone(),
            email: billing.email.clone(),
            culture: billing.culture.clone(),
            language: billing.language.clone(),
            company_name: billing.company_name.clone(),
            default_address: AddressBody::from(&billing.address),
            links: SelfLink::to(format!("/customers/{}/profiles/billing", customer.id)),
            attributes: Attributes::versioned("CustomerBillingProfile", billing.etag()),
        }
    }
}
