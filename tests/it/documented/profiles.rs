//! Contract: partner-center-profiles-misc.md.

use serde_json::{Value, json};

use super::{Case, PARTNER, Page, case, check, get, post, request, text_at};
use crate::support::{COOLIBAH, LARKSPUR, Mock, SUNDARAM};

pub const PAGE: Page = Page { name: "profiles and the rest", shapes: SHAPES, cases: CASES };

#[test]
fn profiles_agreements_and_validations_are_as_documented() {
    check(&PAGE);
}

const SHAPES: &[(&str, &str)] = &[
    (
        "MpnProfile",
        "mpnId:digits partnerName?:text profileType:=MpnProfile links.self:link \
        attributes.objectType:=MpnProfile",
    ),
    (
        "LegalBusinessProfile",
        "companyName:text address:Address primaryContact:Contact \
        companyApproverAddress:Address companyApproverEmail:text \
        vettingStatus:enum(none|pending|authorized|rejected) \
        vettingSubStatus:enum(none|entry|email_ownership|email_domain|employment_verification|decision|other|business_verification) \
        profileType:=LegalBusinessProfile links.self:link \
        attributes.objectType:=LegalBusinessProfile",
    ),
    (
        "OrganizationProfile",
        "id:text companyName:text defaultAddress:Address tenantId:guid \
        domain,email,language,culture:text profileType:=OrganizationProfile attributes.etag:text \
        attributes.objectType:=OrganizationProfile",
    ),
    (
        "BillingProfile",
        "companyName:text address:Address primaryContact:Contact \
        purchaseOrderNumber,taxId:string billingDay??:int billingCurrency:text \
        profileType:=BillingProfile attributes.etag:text attributes.objectType:=BillingProfile",
    ),
    (
        "SupportProfile",
        "email,telephone,website:text profileType:=support_profile \
        attributes.objectType:=PartnerSupportProfile",
    ),
    ("Address", "country,city,addressLine1:text state??,postalCode??:text"),
    ("Contact", "firstName,lastName,email:text phoneNumber:string"),
    (
        "CountryValidationRules",
        "iso2Code,defaultCulture:text \
        isStateRequired,isPostalCodeRequired,isCityRequired:bool \
        isVatIdSupported,isTaxIdSupported,isTaxIdOptional:bool supportedStatesList[*]:text \
        supportedLanguagesList[]:text supportedCulturesList[]:text countryCallingCodesList[]:digits \
        postalCodeRegex,taxIdFormat,taxIdSample,vatIdRegex,phoneNumberRegex:string \
        attributes.objectType:=CountryValidationRules",
    ),
    (
        "AddressVerdict",
        "originalAddress:Address suggestedAddresses[*]:Address \
        status:enum(VerifiedShippable|Verified|InteractionRequired|StreetPartial|PremisesPartial|Multiple|None|NotValidated) \
        validationMessage:string",
    ),
    (
        "ValidationCode",
        "partnerId,organizationName,validationId:text maxCreates,remainingCreates:int \
        eTag:text",
    ),
    ("Template", "templateId:guid agreementType:text agreementLink:url versionRank:int"),
    (
        "Agreement",
        "userId?:guid primaryContact:Contact templateId:guid dateAgreed:instant \
        type:enum(MicrosoftCloudAgreement|MicrosoftCustomerAgreement) agreementLink?:url",
    ),
];

fn address() -> Value {
    json!({
        "AddressLine1": "12 Orchard Rd", "AddressLine2": null, "City": "Boise", "State": "ID",
        "PostalCode": "83702", "Country": "US",
    })
}

fn template(mock: &Mock) -> String {
    let list = mock.get("/v1/agreements?agreementType=MicrosoftCustomerAgreement");
    text_at(&list, "/items/0/templateId")
}

fn confirmation(mock: &Mock) -> Value {
    json!({
        "UserId": "4d2b9e10-55aa-4c8f-8e61-0d7c3b2a9f14",
        "PrimaryContact": {
            "FirstName": "Asha", "LastName": "Sundaram", "Email": "asha@sundaram.example",
            "PhoneNumber": "4455501234",
        },
        "TemplateId": template(mock), "DateAgreed": "2026-02-27T00:00:00",
        "Type": "MicrosoftCustomerAgreement", "AgreementLink": null,
    })
}

fn agreements(customer: &str) -> String {
    format!("/v1/customers/{customer}/agreements")
}

const CASES: &[Case] = &[
    case("getMpnProfile", 200, ":MpnProfile", |_| get("/v1/profiles/mpn")),
    case("getMpnProfile", 200, ":MpnProfile mpnId:=6120453", |_| {
        get("/v1/profiles/mpn?mpnId=6120453")
    }),
    case("getLegalBusinessProfile", 200, ":LegalBusinessProfile", |_| {
        get("/v1/profiles/legalbusiness?vettingVersion=Current")
    }),
    case("getOrganizationProfile", 200, ":OrganizationProfile", |_| {
        get("/v1/profiles/organization")
    }),
    case("getPartnerBillingProfile", 200, ":BillingProfile", |_| get("/v1/profiles/billing")),
    case("getSupportProfile", 200, ":SupportProfile", |_| get("/v1/profiles/support")),
    case("getSupportProfileByDocumentedPath", 200, ":SupportProfile", |_| {
        get("/v1/profiles/supportprofile")
    }),
    case(
        "getCountryValidationRules",
        200,
        ":CountryValidationRules supportedStatesList[]:text",
        |_| get("/v1/countryvalidationrules/US"),
    ),
    case("getCountryValidationRules", 200, ":CountryValidationRules", |_| {
        get("/v1/countryvalidationrules/de")
    }),
    case("checkDomainExists", 200, "-", |_| {
        request("HEAD", "/v1/domains/larkspurfoods.onmicrosoft.com", &Value::Null)
    }),
    case("checkDomainExists", 404, "-", |_| {
        request("HEAD", "/v1/domains/nobodyhasit.onmicrosoft.com", &Value::Null)
    }),
    case("validateAddress", 200, ":AddressVerdict status:=VerifiedShippable", |_| {
        post("/v1/validations/address", &address())
    }),
    case(
        "validateAddress",
        200,
        ":AddressVerdict status:=InteractionRequired \
        suggestedAddresses[]:Address",
        |_| {
            let mut wrong = address();
            wrong["State"] = "WA".into();
            post("/v1/validations/address", &wrong)
        },
    ),
    case("validateAddress", 200, "-", |at| {
        super::set(at, &json!({ "addressAnswer": "plain" }));
        post("/v1/validations/address", &address())
    }),
    // The mock's partner has no codes of the government cloud.
    case("listValidationCodes", 200, "[*]:ValidationCode", |_| {
        get("/v1/customers/all/validations")
    }),
    case("getCustomerValidationStatus", 200, "type,status:text lastUpdateDateTime:instant", |_| {
        get(format!("/v1/customers/{LARKSPUR}/validationStatus?type=account"))
    }),
    case("listAgreementTemplates", 200, ":Collection items[]:Template", |_| get("/v1/agreements")),
    case("listAgreementTemplates", 200, ":Collection items[]:Template", |_| {
        get("/v1/agreements?agreementType=*")
    }),
    case(
        "getAgreementDocument",
        200,
        "displayUri,downloadUri:url language:=de-DE country:=DE",
        |at| {
            let template = template(at);
            get(format!("/v1/agreementtemplates/{template}/document?language=de-DE&country=DE"))
        },
    ),
    case(
        "listCustomerAgreements",
        200,
        ":Collection items[]:Agreement items[].agreementLink:url",
        |at| {
            at.post(201, &agreements(SUNDARAM), &confirmation(at));
            get(agreements(SUNDARAM) + "?agreementType=MicrosoftCustomerAgreement")
        },
    ),
    case("confirmCustomerAgreement", 201, ":Agreement userId:guid", |at| {
        post(agreements(SUNDARAM), &confirmation(at))
    }),
    case("getDirectSignedStatus", 200, "isSigned:=true", |_| {
        get(format!("/v1/customers/{COOLIBAH}/directSignedMicrosoftCustomerAgreementStatus"))
    }),
    case("getDirectSignedStatus", 200, "isSigned:=false", |_| {
        get(format!("/v1/customers/{SUNDARAM}/directSignedMicrosoftCustomerAgreementStatus"))
    }),
    case("getPartnerAgreementStatus", 200, "isAgreementSigned:=true", |_| {
        get("/v1/compliance/csp/agreementstatus?mpnId=6120453")
    }),
    case("getPartnerAgreementStatus", 200, "isAgreementSigned:=true", |_| {
        get(format!("/v1/compliance/csp/agreementstatus?tenantId={PARTNER}"))
    }),
];
