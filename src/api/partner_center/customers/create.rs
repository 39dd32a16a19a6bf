//! Create a customer.

use actix_web::http::Method;
use serde_json::json;

use super::customer::{CustomerBody, CustomerRequest, UserCredentials};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::{Code, code};
use crate::api::partner_center::fault::{APP_ONLY, Fault, INVALID_INPUT, UNKNOWN_ENUM};
use crate::api::partner_center::need_user::need_user;
use crate::api::reply::Reply;
use crate::domain::customers::{self, NewCustomer};
use crate::domain::error::Error;

/// What a domain that is taken is answered with [choice].
const DOMAIN_TAKEN: Code = Code { status: 409, ..INVALID_INPUT };

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::POST,
            "/v1/customers",
            "createCustomer",
            create,
        )
        .summary("Customers", "Create a customer")
        .describe(
            "Makes a tenant with its `onmicrosoft.com` domain, a billing profile and an \
             administrator, whose password is in this answer and nowhere else. With \
             `associatedPartnerId`, an indirect provider makes the customer for one of its \
             resellers; that needs the token of a user. A repeated `MS-RequestId` repeats the \
             answer.",
        )
        .source(Fidelity::Documented, "partner-center-customers.md#1-post-v1customers")
        .takes::<CustomerRequest>()
        .gives::<CustomerBody>(201, "The customer, with the credentials of its administrator.")
        .faults(&[
            INVALID_INPUT,
            UNKNOWN_ENUM,
            code(2007, 400),
            code(600_002, 400),
            code(600_049, 400),
            code(600_050, 400),
            code(600_051, 400),
            code(800_016, 400),
            code(800_018, 400),
            APP_ONLY,
            DOMAIN_TAKEN,
        ])
        .example_body(json!({
            "companyProfile": { "domain": "juniperhallbooks.onmicrosoft.com" },
            "billingProfile": {
                "firstName": "Orla",
                "lastName": "Finch",
                "email": "ap@juniperhallbooks.example",
                "culture": "en-US",
                "language": "en",
                "companyName": "Juniper Hall Books",
                "defaultAddress": {
                    "country": "US",
                    "city": "Boise",
                    "state": "ID",
                    "addressLine1": "40 Garden St",
                    "postalCode": "83702",
                    "firstName": "Orla",
                    "lastName": "Finch",
                    "phoneNumber": "2085550177",
                },
            },
        })),
    ]
}

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let body: CustomerRequest = call.body()?;
    let new = new_customer(body)?;
    if new.associated_partner.is_some() {
        need_user(call, "creating a customer with associatedPartnerId")?;
    }
    let body = call.write(|tx| {
        let created = customers::create(tx, new)?;
        let customer = tx.customer(created.id)?;
        // Indirect customers are told their relationship at once, direct ones not yet [choice].
        let indirect = customer.associated_partner.is_some();
        Ok(CustomerBody {
            relationship_to_partner: if indirect { "reseller" } else { "none" },
            user_credentials: Some(UserCredentials {
                user_name: created.user_name,
                password: created.password,
            }),
            ..CustomerBody::from(&***customer)
        })
    })?;
    Ok(Reply::created(&body))
}

fn new_customer(body: CustomerRequest) -> Result<NewCustomer, Error> {
    let company = body.company_profile.unwrap_or_default();
    let associated_partner = body
        .associated_partner_id
        .filter(|id| !id.trim().is_empty())
        .map(|id| {
            id.trim().parse().map_err(|fault| {
                Error::invalid("associatedPartnerId", format!("{fault}; give a tenant id"))
            })
        })
        .transpose()?;
    Ok(NewCustomer {
        domain: company.domain.unwrap_or_default(),
        registration_number: company.organization_registration_number,
        billing: body.billing_profile.unwrap_or_default().into(),
        associated_partner,
        granular_access: body.enable_gdap_by_default == Some(true),
    })
}
