//! Objects of a directory as Graph writes them. What the mock knows nothing of is null, as Graph has it.

use serde::Serialize;
use utoipa::ToSchema;

use super::directory::{Directory, Object};
use crate::domain::authorization::AgentGroup;
use crate::domain::partner::{Client, User};

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GraphUser)]
pub struct UserBody {
    /// Type, where objects of several types stand together.
    #[serde(rename = "@odata.type", skip_serializing_if = "Option::is_none")]
    odata_type: Option<String>,
    /// Object id.
    id: String,
    /// Name.
    display_name: String,
    /// First name: the first word of the name [choice].
    given_name: Option<String>,
    /// Last name: the rest of the name [choice].
    surname: Option<String>,
    /// Name to sign in with.
    user_principal_name: String,
    /// E-mail address: the same [choice].
    mail: String,
    /// Always null.
    job_title: Option<String>,
    /// Always null.
    mobile_phone: Option<String>,
    /// Always null.
    office_location: Option<String>,
    /// Always null.
    preferred_language: Option<String>,
    /// Always empty.
    business_phones: Vec<String>,
}

impl UserBody {
    /// A user as Graph writes it.
    pub fn of(user: &User) -> Self {
        let (given, rest) = match user.name.split_once(' ') {
            Some((given, rest)) => (given, Some(rest.to_owned())),
            None => (user.name.as_str(), None),
        };
        Self {
            odata_type: None,
            id: user.object_id.to_string(),
            display_name: user.name.clone(),
            given_name: Some(given.to_owned()),
            surname: rest,
            user_principal_name: user.user_principal_name.clone(),
            mail: user.user_principal_name.clone(),
            job_title: None,
            mobile_phone: None,
            office_location: None,
            preferred_language: None,
            business_phones: Vec::new(),
        }
    }
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GraphGroup)]
pub struct GroupBody {
    /// Type, where objects of several types stand together.
    #[serde(rename = "@odata.type", skip_serializing_if = "Option::is_none")]
    odata_type: Option<String>,
    /// Object id.
    id: String,
    /// Name.
    display_name: String,
    /// What it is for.
    description: String,
    /// Always empty: a security group.
    group_types: Vec<String>,
    /// Always null.
    mail: Option<String>,
    /// Always false.
    mail_enabled: bool,
    /// The name again.
    mail_nickname: String,
    /// Always true.
    security_enabled: bool,
}

impl GroupBody {
    /// A group as Graph writes it.
    pub fn of(directory: &Directory, group: AgentGroup) -> Self {
        Self {
            odata_type: None,
            id: directory.id_of(Object::Group(group)).to_string(),
            display_name: group.name.to_owned(),
            description: description(group),
            group_types: Vec::new(),
            mail: None,
            mail_enabled: false,
            mail_nickname: group.name.to_owned(),
            security_enabled: true,
        }
    }
}

fn description(group: AgentGroup) -> String {
    format!("Holders of the role {} in Partner Center", group.role)
}

/// An application in a tenant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GraphServicePrincipal)]
pub struct ServicePrincipalBody {
    /// Type, where objects of several types stand together.
    #[serde(rename = "@odata.type", skip_serializing_if = "Option::is_none")]
    odata_type: Option<String>,
    /// Object id, one per tenant.
    id: String,
    /// Always true.
    account_enabled: bool,
    /// Name of the application.
    app_display_name: String,
    /// Client id.
    app_id: String,
    /// Tenant in which the application is registered.
    app_owner_organization_id: String,
    /// Always false.
    app_role_assignment_required: bool,
    /// Name.
    display_name: String,
    /// Names by which it is found: the client id.
    service_principal_names: Vec<String>,
    /// Always `Application`.
    service_principal_type: &'static str,
    /// Always `AzureADMultipleOrgs`: a partner's application works in customers' tenants.
    sign_in_audience: &'static str,
    /// Always empty.
    tags: Vec<String>,
    /// Always empty.
    reply_urls: Vec<String>,
}

impl ServicePrincipalBody {
    /// An application of the partner in a directory.
    pub fn of(directory: &Directory, client: &Client) -> Self {
        Self {
            odata_type: None,
            id: directory.service_principal(client).to_string(),
            account_enabled: true,
            app_display_name: client.name.clone(),
            app_id: client.id.clone(),
            app_owner_organization_id: directory.partner.id.to_string(),
            app_role_assignment_required: false,
            display_name: client.name.clone(),
            service_principal_names: vec![client.id.clone()],
            service_principal_type: "Application",
            sign_in_audience: MULTIPLE,
            tags: Vec::new(),
            reply_urls: Vec::new(),
        }
    }
}

const MULTIPLE: &str = "AzureADMultipleOrgs";

/// An application where it is registered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GraphApplication)]
pub struct ApplicationBody {
    /// Type, where objects of several types stand together.
    #[serde(rename = "@odata.type", skip_serializing_if = "Option::is_none")]
    odata_type: Option<String>,
    /// Object id.
    id: String,
    /// Client id.
    app_id: String,
    /// Name.
    display_name: String,
    /// Always empty.
    identifier_uris: Vec<String>,
    /// The partner's domain.
    publisher_domain: String,
    /// Always `AzureADMultipleOrgs`.
    sign_in_audience: &'static str,
    /// Whether it signs users in without a secret of its own.
    is_fallback_public_client: bool,
    /// Always empty.
    tags: Vec<String>,
}

impl ApplicationBody {
    /// An application of the partner.
    pub fn of(directory: &Directory, client: &Client) -> Self {
        Self {
            odata_type: None,
            id: directory.id_of(Object::Application(client)).to_string(),
            app_id: client.id.clone(),
            display_name: client.name.clone(),
            identifier_uris: Vec::new(),
            publisher_domain: directory.partner.domain.clone(),
            sign_in_audience: MULTIPLE,
            is_fallback_public_client: client.secret.is_none(),
            tags: Vec::new(),
        }
    }
}

/// An object of another tenant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GraphDirectoryObjectPartnerReference)]
pub struct PartnerReferenceBody {
    /// Type, where objects of several types stand together.
    #[serde(rename = "@odata.type", skip_serializing_if = "Option::is_none")]
    odata_type: Option<String>,
    /// Object id.
    id: String,
    /// Always null.
    deleted_date_time: Option<String>,
    /// What it is for.
    description: String,
    /// Name.
    display_name: String,
    /// The partner's tenant.
    external_partner_tenant_id: String,
    /// Always `group`.
    object_type: &'static str,
}

impl PartnerReferenceBody {
    /// A group of the partner in a customer's directory.
    pub fn of(directory: &Directory, group: AgentGroup) -> Self {
        Self {
            odata_type: None,
            id: directory.id_of(Object::PartnerGroup(group)).to_string(),
            deleted_date_time: None,
            description: description(group),
            display_name: group.name.to_owned(),
            external_partner_tenant_id: directory.partner.id.to_string(),
            object_type: "group",
        }
    }
}

/// An object of any type; `@odata.type` says which.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = GraphDirectoryObject)]
pub enum ObjectBody {
    /// A user.
    User(UserBody),
    /// A group.
    Group(GroupBody),
    /// An application in a tenant.
    ServicePrincipal(ServicePrincipalBody),
    /// An application where it is registered.
    Application(ApplicationBody),
    /// An object of another tenant.
    PartnerReference(PartnerReferenceBody),
}

impl ObjectBody {
    /// An object of a directory.
    pub fn of(directory: &Directory, object: Object<'_>) -> Self {
        let odata_type = Some(format!("#microsoft.graph.{}", type_of(object)));
        match object {
            Object::User(user) => Self::User(UserBody { odata_type, ..UserBody::of(user) }),
            Object::Group(group) => {
                Self::Group(GroupBody { odata_type, ..GroupBody::of(directory, group) })
            }
            Object::ServicePrincipal(client) => {
                let body = ServicePrincipalBody::of(directory, client);
                Self::ServicePrincipal(ServicePrincipalBody { odata_type, ..body })
            }
            Object::Application(client) => {
                let body = ApplicationBody::of(directory, client);
                Self::Application(ApplicationBody { odata_type, ..body })
            }
            Object::PartnerGroup(group) => {
                let body = PartnerReferenceBody::of(directory, group);
                Self::PartnerReference(PartnerReferenceBody { odata_type, ..body })
            }
        }
    }
}

/// The name of an object's type.
pub fn type_of(object: Object<'_>) -> &'static str {
    match object {
        Object::User(_) => "user",
        Object::Group(_) => "group",
        Object::ServicePrincipal(_) => "servicePrincipal",
        Object::Application(_) => "application",
        Object::PartnerGroup(_) => "directoryObjectPartnerReference",
    }
}
