//! Contract: partner-center-customers.md.

use serde_json::json;

use super::{
    Case, GRANITE, Page, case, check, delete, encoded, get, patch, post, put, sandbox, text_at,
};
use crate::support::{COOLIBAH, LARKSPUR, Mock};

pub const PAGE: Page = Page { name: "customers", shapes: SHAPES, cases: CASES };

#[test]
fn customers_are_as_documented() {
    check(&PAGE);
}

/// Belongs to Granite Peak Cloud.
const CEDAR: &str = "2a8c4e6f-9d13-4b57-a0e2-c4f6d8b0a139";
/// In Kazakhstan, with a registration number.
const STEPPE: &str = "f5d1b7e3-2c80-4a96-8e4f-9a6c0d2b7e15";

const SHAPES: &[(&str, &str)] = &[
    (
        "Listed",
        "id:guid companyProfile:CustomerCompanyProfile \
        relationshipToPartner:enum(reseller|advisor|syndication|microsoft_support|none) \
        associatedPartnerId?:guid links.self:link attributes.objectType:=Customer",
    ),
    (
        "Customer",
        ":Listed commerceId:guid billingProfile:CustomerBillingProfile \
        allowDelegatedAccess:bool customDomains?[]:string",
    ),
    ("Created", ":Customer userCredentials.userName,userCredentials.password:text"),
    (
        "CustomerCompanyProfile",
        "tenantId:guid domain,companyName:text \
        organizationRegistrationNumber?:text address??:Address email??:text links.self:link \
        attributes.objectType:=CustomerCompanyProfile",
    ),
    (
        "CustomerBillingProfile",
        "id:guid firstName?,lastName?:string \
        email,culture,language,companyName:text defaultAddress:Address links?.self:link \
        attributes.etag:int64 attributes.objectType:=CustomerBillingProfile",
    ),
    ("BillingProfile", ":CustomerBillingProfile firstName,lastName:text links.self:link"),
    (
        "Address",
        "country,city,addressLine1:text region?,state?,addressLine2?,postalCode?:text \
        firstName?,middleName?,lastName?:text phoneNumber?:string",
    ),
    (
        "SeekPage",
        ":Collection items[]:Listed links.self:link continuationToken?:text \
        links.next?:NextLink",
    ),
    ("NextLink", ":Link headers[]:ContinuationHeader"),
    ("ContinuationHeader", "key:=MS-ContinuationToken value:text"),
    (
        "PartnerRelationship",
        "id:guid name:text \
        relationshipType:enum(is_indirect_cloud_solution_provider_of|is_indirect_reseller_of) \
        state:=Active mpnId:digits location:text attributes.objectType:=PartnerRelationship",
    ),
    // The page shows items without state here.
    (
        "CustomerRelationship",
        "id:guid name:text \
        relationshipType:enum(is_indirect_cloud_solution_provider_of|is_indirect_reseller_of) \
        mpnId:digits location:text attributes.objectType:=PartnerRelationship",
    ),
    (
        "ManagedService",
        "id,name,groupName:text links:ManagedServiceLinks \
        attributes.objectType:=ManagedService",
    ),
    ("ManagedServiceLinks", "adminService,serviceHealth,serviceTicket:PortalLink"),
    ("PortalLink", "uri:url method:text headers[*]:LinkHeader"),
    (
        "Domain",
        "authenticationType:enum(managed|federated) capability,name:text \
        isDefault,isInitial:bool status:enum(unverified|verified|pending_deletion) \
        verificationMethod:enum(none|dns_record|email)",
    ),
];

fn of(customer: &str, rest: &str) -> String {
    format!("/v1/customers/{customer}{rest}")
}

/// The body of the documentation, with everything in it.
fn new_customer(associated: Option<&str>) -> serde_json::Value {
    json!({
        "EnableGDAPByDefault": true,
        "AssociatedPartnerId": associated,
        "CompanyProfile": {
            "Domain": "harrowgate.onmicrosoft.com", "OrganizationRegistrationNumber": null,
            "CompanyName": null,
        },
        "BillingProfile": {
            "FirstName": "Orla", "LastName": "Finch", "Email": "ap@harrowgate.example",
            "Culture": "EN-US", "Language": "En", "CompanyName": "Harrowgate Mills",
            "DefaultAddress": {
                "Country": "US", "Region": "West", "City": "Boise", "State": "ID",
                "AddressLine1": "40 Garden St", "AddressLine2": "Floor 2", "PostalCode": "83702",
                "FirstName": "Orla", "MiddleName": "June", "LastName": "Finch",
                "PhoneNumber": "2085550111",
            },
        },
        "RelationshipToPartner": "unknown",
    })
}

fn verified_domain() -> serde_json::Value {
    json!({
        "VerifiedDomainName": "shop.larkspurfoods.example",
        "Domain": {
            "AuthenticationType": "Federated", "Capability": "Email", "IsDefault": false,
            "IsInitial": false, "Name": "shop.larkspurfoods.example", "RootDomain": null,
            "Status": "Verified", "VerificationMethod": "DnsRecord",
        },
        "DomainFederationSettings": {
            "ActiveLogOnUri": "https://sts.larkspurfoods.example/active",
            "DefaultInteractiveAuthenticationMethod": null,
            "FederationBrandName": "Larkspur",
            "IssuerUri": "https://sts.larkspurfoods.example/",
            "LogOffUri": "https://sts.larkspurfoods.example/off",
            "MetadataExchangeUri": null, "NextSigningCertificate": null,
            "OpenIdConnectDiscoveryEndpoint": null,
            "PassiveLogOnUri": "https://sts.larkspurfoods.example/on",
            "PreferredAuthenticationProtocol": "WsFed", "PromptLoginBehavior": "Native",
            "SigningCertificate": "MIICxjCCAa6gAwIBAgIQ", "SigningCertificateUpdateStatus": null,
            "SupportsMfa": true,
        },
    })
}

fn filtered(field: &str, value: &str) -> String {
    let filter = json!({ "Field": field, "Value": value, "Operator": "starts_with" });
    encoded(&filter.to_string())
}

fn add_domain(mock: &Mock) {
    mock.post(201, &of(LARKSPUR, "/verifieddomain"), &verified_domain());
}

const CASES: &[Case] = &[
    case("createCustomer", 201, ":Created relationshipToPartner:=none", |_| {
        post("/v1/customers", &new_customer(None))
    }),
    case("createCustomer", 201, ":Created relationshipToPartner:=reseller", |_| {
        post("/v1/customers", &new_customer(Some(GRANITE)))
    }),
    case("listCustomers", 200, ":SeekPage", |_| get("/v1/customers?size=2")),
    case("listCustomers", 200, ":SeekPage", |_| get("/v1/customers?size=0")),
    case("listCustomers", 200, ":SeekPage", |at| {
        let first = at.get("/v1/customers?size=2");
        get(format!("/v1{}", text_at(&first, "/links/next/uri")))
            .header("ms-continuationtoken", text_at(&first, "/continuationToken"))
    }),
    case("listCustomers", 200, ":SeekPage", |_| {
        get(format!("/v1/customers?size=40&filter={}", filtered("CompanyName", "larksp")))
    }),
    case("listCustomers", 200, ":SeekPage items[].associatedPartnerId:guid", |_| {
        get(format!("/v1/customers?size=0&filter={}", filtered("IndirectReseller", GRANITE)))
    }),
    case("getCustomer", 200, ":Customer customDomains[]:text", |at| {
        add_domain(at);
        get(of(LARKSPUR, ""))
    }),
    case("getCustomer", 200, ":Customer associatedPartnerId:guid", |_| get(of(CEDAR, ""))),
    case(
        "getCustomer",
        200,
        ":Customer companyProfile.organizationRegistrationNumber:text",
        |_| get(of(STEPPE, "")),
    ),
    case(
        "removeRelationship",
        200,
        "relationshipToPartner:=none attributes.objectType:=Customer",
        |_| {
            patch(
                of(COOLIBAH, ""),
                &json!({
                    "Id": null, "CommerceId": null, "CompanyProfile": null, "BillingProfile": null,
                    "RelationshipToPartner": "none", "AllowDelegatedAccess": null, "UserCredentials": null,
                    "CustomDomains": null, "AssociatedPartnerId": null, "Links": null,
                    "Attributes": { "ObjectType": "Customer" },
                }),
            )
        },
    ),
    case("deleteCustomer", 204, "-", |at| {
        sandbox(at);
        delete(of(COOLIBAH, ""))
    }),
    case("getCustomerCompanyProfile", 200, ":CustomerCompanyProfile", |_| {
        get(of(LARKSPUR, "/profiles/company"))
    }),
    case("getCustomerBillingProfile", 200, ":BillingProfile", |_| {
        get(of(LARKSPUR, "/profiles/billing"))
    }),
    case(
        "updateCustomerBillingProfile",
        200,
        ":BillingProfile email:=new@larkspurfoods.example",
        |at| {
            let read = at.get(&of(LARKSPUR, "/profiles/billing"));
            let etag = text_at(&read, "/attributes/etag");
            put(of(LARKSPUR, "/profiles/billing"), &json!({
            "Id": read["id"], "FirstName": "Mara", "LastName": "Quist",
            "Email": "new@larkspurfoods.example", "Culture": "en-US", "Language": "en",
            "CompanyName": "Larkspur Foods",
            "DefaultAddress": {
                "Country": "US", "Region": null, "City": "Boise", "State": "ID",
                "AddressLine1": "14 Orchard Rd", "AddressLine2": "Gate 3", "PostalCode": "83702",
                "FirstName": "Mara", "LastName": "Quist", "PhoneNumber": "2085550142",
            },
            "Attributes": { "Etag": etag, "ObjectType": "CustomerBillingProfile" },
        }))
        .header("if-match", format!("\"{etag}\""))
        },
    ),
    case("listCustomerRelationships", 200, ":Collection items[]:CustomerRelationship", |_| {
        get(of(CEDAR, "/relationships"))
    }),
    case("listPartnerRelationships", 200, ":Collection items[]:PartnerRelationship", |_| {
        get("/v1/relationships?relationship_type=IsIndirectCloudSolutionProviderOf")
    }),
    case("listPartnerRelationships", 200, ":Collection items[]:PartnerRelationship", |_| {
        get(format!(
            "/v1/relationships?relationship_type=IsIndirectCloudSolutionProviderOf&filter={}",
            filtered("Name", "Granite")
        ))
    }),
    case(
        "getRelationshipRequest",
        200,
        "url:url attributes.objectType:=RelationshipRequest",
        |_| get("/v1/customers/relationshiprequests"),
    ),
    case("listManagedServices", 200, ":Collection items[]:ManagedService", |_| {
        get(of(LARKSPUR, "/managedservices"))
    }),
    case(
        "createVerifiedDomain",
        201,
        ":Domain authenticationType:=federated capability:=email \
        status:=verified verificationMethod:=dns_record",
        |_| post(of(LARKSPUR, "/verifieddomain"), &verified_domain()),
    ),
    case(
        "createApplicationConsent",
        201,
        "applicationId:guid displayName:text \
        applicationGrants[].enterpriseApplicationId:guid applicationGrants[].scope:text",
        |_| post(of(LARKSPUR, "/applicationconsents"), &consent()),
    ),
    case("deleteApplicationConsent", 204, "-", |at| {
        at.post(201, &of(LARKSPUR, "/applicationconsents"), &consent());
        delete(of(LARKSPUR, "/applicationconsents/31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846"))
    }),
];

fn consent() -> serde_json::Value {
    json!({
        "applicationGrants": [{
            "enterpriseApplicationId": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
            "scope": "user_impersonation",
        }],
        "applicationId": "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846",
        "displayName": "Fabricore integration",
    })
}
