//! The partner's own profiles, for reading (contract: partner-center-profiles-misc.md §1). What a
//! world does not know of its partner is left out.

use actix_web::http::Method;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::codes::{Code, code};
use crate::api::partner_center::customers::AddressBody;
use crate::api::partner_center::fault::{Fault, NOT_DEFINED, UNKNOWN_ENUM, unknown_word};
use crate::api::partner_center::resource::{Attributes, SelfLink};
use crate::api::refusal::not_implemented;
use crate::api::reply::Reply;
use crate::domain::customers::country_rules::CountryRules;
use crate::domain::partner::Partner;
use crate::world::View;

const CONTRACT: &str =
    "partner-center-profiles-misc.md#1-partner-profiles-appuser-only-except-get-legalbusiness-both";
const UNKNOWN_PARTNER: Code = code(3000, 404);
const NOT_A_NUMBER: Code = Code { text: "The MPN id must be a number", ..code(2000, 400) };

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    let read = |path, id, handler| {
        Operation::new(Surface::PartnerCenter, Method::GET, path, id, handler)
            .auth(Auth::UserOnly)
            .source(Fidelity::Documented, CONTRACT)
    };
    let absent = |path, id| {
        Operation::new(Surface::PartnerCenter, Method::PUT, path, id, refuse)
            .auth(Auth::UserOnly)
            .summary("Profiles", "Change a profile of the partner")
            .describe("Not offered by this mock: always 501. Fixtures say who the partner is.")
            .source(Fidelity::Documented, CONTRACT)
            .faults(&[NOT_DEFINED])
    };
    vec![
        read("/v1/profiles/mpn", "getMpnProfile", mpn)
            .summary("Profiles", "Get the MPN profile of a partner")
            .query("mpnId", json!({ "type": "string" }), "Whose; the caller's when left out.")
            .gives::<MpnProfile>(200, "The profile.")
            .faults(&[UNKNOWN_PARTNER, NOT_A_NUMBER])
            .example_query("mpnId", "6120453"),
        read("/v1/profiles/organization", "getOrganizationProfile", organization)
            .summary("Profiles", "Get the organization profile of the partner")
            .gives::<OrganizationProfile>(200, "The profile."),
        read("/v1/profiles/legalbusiness", "getLegalBusinessProfile", legal_business)
            .summary("Profiles", "Get the legal business profile of the partner")
            .auth(Auth::AppOrUser)
            .query(
                "vettingVersion",
                json!({ "type": "string", "enum": ["Current", "LastFinalized"] }),
                "Which version; both are the same here.",
            )
            .gives::<LegalBusinessProfile>(200, "The profile.")
            .faults(&[UNKNOWN_ENUM]),
        read("/v1/profiles/billing", "getPartnerBillingProfile", billing)
            .summary("Profiles", "Get the billing profile of the partner")
            .gives::<BillingProfile>(200, "The profile."),
        read("/v1/profiles/support", "getSupportProfile", support)
            .summary("Profiles", "Get the support profile of the partner")
            .gives::<SupportProfile>(200, "The profile."),
        read("/v1/profiles/supportprofile", "getSupportProfileByDocumentedPath", support)
            .summary("Profiles", "Get the support profile of the partner")
            .describe("The path as some documents write it.")
            .gives::<SupportProfile>(200, "The profile."),
        absent("/v1/profiles/organization", "updateOrganizationProfile"),
        absent("/v1/profiles/legalbusiness", "updateLegalBusinessProfile"),
        absent("/v1/profiles/billing", "updatePartnerBillingProfile"),
        absent("/v1/profiles/support", "updateSupportProfile"),
        absent("/v1/profiles/supportprofile", "updateSupportProfileByDocumentedPath"),
    ]
}

fn refuse(_: &Call<'_>) -> Result<Reply, Fault> {
    Err(not_implemented("Changing profiles of the partner is not part of this mock."))
}

fn mpn(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let partner = &view.state.partner;
    let asked = call.query().get("mpnId").map_or(partner.mpn_id.as_str(), str::trim);
    if !asked.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault::new(NOT_A_NUMBER).because("mpnId: send digits only"));
    }
    let name = if asked == partner.mpn_id {
        &partner.name
    } else {
        let reseller = partner.reseller_by_mpn(asked);
        &reseller.ok_or_else(|| Fault::with(UNKNOWN_PARTNER, &[&asked]))?.name
    };
    Ok(Reply::ok(&MpnProfile {
        mpn_id: asked.to_owned(),
        partner_name: name.clone(),
        profile_type: "MpnProfile",
        links: SelfLink::to(format!("/profiles/mpn?mpnId={asked}")),
        attributes: Attributes::of("MpnProfile"),
    }))
}

#[allow(clippy::unnecessary_wraps)] // the form of a handler
fn organization(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let partner = &*view.state.partner;
    let culture = CountryRules::of(&partner.country).map_or("en-US", |c| c.default_culture());
    Ok(Reply::ok(&OrganizationProfile {
        id: partner.id.to_string(),
        company_name: partner.name.clone(),
        default_address: address(partner),
        tenant_id: partner.id.to_string(),
        domain: partner.domain.clone(),
        email: primary_contact(partner).email,
        language: culture.split('-').next().unwrap_or("en").to_owned(),
        culture,
        profile_type: "OrganizationProfile",
        links: SelfLink::to("/profiles/organization"),
        attributes: Attributes::versioned("OrganizationProfile", etag(partner)),
    }))
}

fn legal_business(call: &Call<'_>) -> Result<Reply, Fault> {
    if let Some(version) = call.query().get("vettingVersion")
        && !["current", "lastfinalized"].contains(&version.to_ascii_lowercase().as_str())
    {
        return Err(unknown_word("vettingVersion", version, "Current, LastFinalized"));
    }
    let view = call.view();
    let partner = &*view.state.partner;
    let contact = primary_contact(partner);
    Ok(Reply::ok(&LegalBusinessProfile {
        company_name: partner.name.clone(),
        address: address(partner),
        company_approver_address: address(partner),
        company_approver_email: contact.email.clone(),
        primary_contact: contact,
        vetting_status: "authorized",
        vetting_sub_status: "none",
        profile_type: "LegalBusinessProfile",
        links: SelfLink::to("/profiles/legalbusiness"),
        attributes: Attributes::of("LegalBusinessProfile"),
    }))
}

#[allow(clippy::unnecessary_wraps)] // the form of a handler
fn billing(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let partner = &*view.state.partner;
    Ok(Reply::ok(&BillingProfile {
        company_name: partner.name.clone(),
        address: address(partner),
        primary_contact: primary_contact(partner),
        purchase_order_number: "",
        tax_id: "",
        billing_currency: currency(&view),
        profile_type: "BillingProfile",
        links: SelfLink::to("/profiles/billing"),
        attributes: Attributes::versioned("BillingProfile", etag(partner)),
    }))
}

#[allow(clippy::unnecessary_wraps)] // the form of a handler
fn support(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let partner = &*view.state.partner;
    Ok(Reply::ok(&SupportProfile {
        email: primary_contact(partner).email,
        telephone: telephone(partner),
        website: format!("https://{}", partner.domain),
        profile_type: "support_profile",
        links: SelfLink::to("/profiles/support"),
        attributes: Attributes::of("PartnerSupportProfile"),
    }))
}

/// All that a world knows of the partner's address.
fn address(partner: &Partner) -> AddressBody {
    let only_country =
        || AddressBody { country: Some(partner.country.clone()), ..AddressBody::default() };
    partner.address.as_ref().map_or_else(only_country, AddressBody::from)
}

/// The partner's telephone number; empty when none was told.
fn telephone(partner: &Partner) -> String {
    let number = partner.address.as_ref().and_then(|address| address.phone_number.clone());
    number.unwrap_or_default()
}

/// The first user of the partner, split at the first space of the name.
fn primary_contact(partner: &Partner) -> PartnerContact {
    let user = partner.users.first();
    let name = user.map_or(partner.name.as_str(), |user| &user.name);
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    PartnerContact {
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        email: user.map_or_else(
            || format!("admin@{}", partner.domain),
            |user| user.user_principal_name.clone(),
        ),
        phone_number: telephone(partner),
    }
}

/// The currency of the partner's country; US dollars where the catalogue has none.
fn currency(view: &View) -> String {
    let market = view.state.catalogue.market(&view.state.partner.country);
    market.map_or_else(|_| "USD".to_owned(), |market| market.currency().code().to_owned())
}

/// A version that changes with the profile; nothing changes it as long as profiles are read only.
fn etag(partner: &Partner) -> String {
    super::resource::versioned_etag(&partner.id.to_string(), 1)
}

/// A partner in the partner network.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MpnProfile {
    /// MPN id.
    #[schema(example = "6120453")]
    pub mpn_id: String,
    /// Name.
    pub partner_name: String,
    /// Kind of profile.
    pub profile_type: &'static str,
    /// Links.
    pub links: SelfLink,
    /// Attributes.
    pub attributes: Attributes,
}

/// A person at the partner.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartnerContact {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number; may be empty.
    #[schema(example = "2535550187")]
    pub phone_number: String,
}

/// The partner as an organization.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationProfile {
    /// Tenant id.
    pub id: String,
    /// Company name.
    pub company_name: String,
    /// Address.
    pub default_address: AddressBody,
    /// Tenant id.
    pub tenant_id: String,
    /// Domain.
    pub domain: String,
    /// E-mail address.
    pub email: String,
    /// Language.
    pub language: String,
    /// Culture.
    pub culture: &'static str,
    /// Kind of profile.
    pub profile_type: &'static str,
    /// Links.
    pub links: SelfLink,
    /// Attributes.
    pub attributes: Attributes,
}

/// The partner as a legal business.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LegalBusinessProfile {
    /// Company name.
    pub company_name: String,
    /// Address.
    pub address: AddressBody,
    /// Contact.
    pub primary_contact: PartnerContact,
    /// Address of who approves.
    pub company_approver_address: AddressBody,
    /// E-mail address of who approves.
    pub company_approver_email: String,
    /// Where the vetting stands.
    pub vetting_status: &'static str,
    /// The step of the vetting.
    pub vetting_sub_status: &'static str,
    /// Kind of profile.
    pub profile_type: &'static str,
    /// Links.
    pub links: SelfLink,
    /// Attributes.
    pub attributes: Attributes,
}

/// Whom Microsoft bills.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PartnerBillingProfile)]
pub struct BillingProfile {
    /// Company name.
    pub company_name: String,
    /// Address.
    pub address: AddressBody,
    /// Contact.
    pub primary_contact: PartnerContact,
    /// Number of the partner's purchase order [choice: empty].
    pub purchase_order_number: &'static str,
    /// Tax id [choice: empty].
    pub tax_id: &'static str,
    /// Currency.
    #[schema(example = "USD")]
    pub billing_currency: String,
    /// Kind of profile.
    pub profile_type: &'static str,
    /// Links.
    pub links: SelfLink,
    /// Attributes.
    pub attributes: Attributes,
}

/// Where customers of the partner find help.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SupportProfile {
    /// E-mail address.
    pub email: String,
    /// Telephone number; may be empty.
    #[schema(example = "2535550187")]
    pub telephone: String,
    /// Website.
    pub website: String,
    /// Kind of profile.
    pub profile_type: &'static str,
    /// Links.
    pub links: SelfLink,
    /// Attributes.
    pub attributes: Attributes,
}
