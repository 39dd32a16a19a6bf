//! A purchase as clients send it, and what it means (contract: azure-reservations.md §4.1).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::azure::error::{
    ArmFault, INVALID_SUBSCRIPTION_ID, INVALID_TENANT_ID, SCOPE_COUNT, SCOPE_MISSING,
    UNSUPPORTED_TERM,
};
use crate::api::azure::resource_id::{self, ScopeId};
use crate::api::wire::Timestamp;
use crate::domain::catalogue::ReservedResourceType;
use crate::domain::ids::{TenantId, parse_guid};
use crate::domain::reservations::{AppliedScope, BillingPlan, NewReservation, ReservationFault};
use crate::domain::term::Term;

/// A purchase.
#[derive(Debug, Default, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PurchaseRequest)]
pub struct PurchaseRequest {
    /// The size.
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<SkuOf>,
    /// Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "eastus")]
    location: Option<String>,
    /// What to buy.
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<PurchaseProperties>,
}

/// A size.
#[derive(Debug, Default, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PurchaseSku)]
struct SkuOf {
    /// ARM name.
    #[schema(example = "Standard_D2s_v4")]
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// What to buy.
#[derive(Debug, Default, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PurchaseRequestProperties)]
struct PurchaseProperties {
    /// Kind of resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "VirtualMachines")]
    reserved_resource_type: Option<String>,
    /// The subscription that is billed: `/subscriptions/{id}` or the bare id.
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_scope_id: Option<String>,
    /// Term.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "P1Y")]
    term: Option<String>,
    /// How it is paid: `Upfront` or `Monthly`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Monthly")]
    billing_plan: Option<String>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<i64>,
    /// Name; made up when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    /// `Single`, `Shared` or `ManagementGroup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Shared")]
    applied_scope_type: Option<String>,
    /// The scope, with `Single`.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_scopes: Option<Vec<String>>,
    /// The scope, instead of `appliedScopes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_scope_properties: Option<ScopeRequest>,
    /// Whether it renews at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    renew: Option<bool>,
    /// More about virtual machines.
    #[serde(skip_serializing_if = "Option::is_none")]
    reserved_resource_properties: Option<ResourceProperties>,
    /// When to review it.
    #[serde(skip_serializing_if = "Option::is_none")]
    review_date_time: Option<Timestamp>,
}

/// More about virtual machines.
#[derive(Debug, Default, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PurchaseRequestPropertiesReservedResourceProperties)]
struct ResourceProperties {
    /// Whether other sizes of the group use it: `On` or `Off`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "On")]
    instance_flexibility: Option<String>,
}

/// A scope as an object.
#[derive(Debug, Default, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AppliedScopePropertiesRequest)]
pub struct ScopeRequest {
    /// Tenant of the management group; that of the order when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// The management group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub management_group_id: Option<String>,
    /// The subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription_id: Option<String>,
    /// The resource group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_group_id: Option<String>,
    /// Its name; clients send it back, it is not needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
}

fn filled(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn required<T>(value: Option<T>, field: &str, what: &str) -> Result<T, ArmFault> {
    value.ok_or_else(|| ArmFault::invalid(field, format!("is required: {what}")))
}

/// `On` or `Off`.
pub fn flexibility(path: &str, text: Option<&String>) -> Result<Option<bool>, ArmFault> {
    match filled(text) {
        None => Ok(None),
        Some(word) if word.eq_ignore_ascii_case("on") => Ok(Some(true)),
        Some(word) if word.eq_ignore_ascii_case("off") => Ok(Some(false)),
        Some(other) => Err(ArmFault::unknown_word(path, other, "On, Off")),
    }
}

/// The scope that a body names, in one form or the other; `None` when it names none
/// (contract: azure-reservations.md §5.1).
pub fn applied_scope(
    directory: TenantId,
    kind: Option<&String>,
    scopes: Option<&Vec<String>>,
    described: Option<&ScopeRequest>,
) -> Result<Option<AppliedScope>, ArmFault> {
    const KIND: &str = "properties.appliedScopeType";
    let scopes: Vec<&str> =
        scopes.into_iter().flatten().map(|s| s.trim()).filter(|s| !s.is_empty()).collect();
    let part = |of: fn(&ScopeRequest) -> Option<&String>| described.and_then(|it| filled(of(it)));
    let subscription = part(|it| it.subscription_id.as_ref());
    let resource_group = part(|it| it.resource_group_id.as_ref());
    let management_group = part(|it| it.management_group_id.as_ref());
    let tenant = part(|it| it.tenant_id.as_ref());
    let names_one = !scopes.is_empty() || subscription.is_some() || resource_group.is_some();
    let kind = match filled(kind) {
        Some(word) => word,
        None if names_one => "Single",
        None if management_group.is_some() => "ManagementGroup",
        None => return Ok(None),
    };
    if kind.eq_ignore_ascii_case("Shared") {
        if names_one || management_group.is_some() {
            return Err(ArmFault::invalid(KIND, "Shared takes no scope; leave it out"));
        }
        return Ok(Some(AppliedScope::Shared));
    }
    if kind.eq_ignore_ascii_case("ManagementGroup") {
        let field = "properties.appliedScopeProperties.managementGroupId";
        if names_one {
            return Err(ArmFault::invalid(KIND, "ManagementGroup takes a managementGroupId only"));
        }
        let group = required(management_group, field, "the id of a management group")?;
        let group = resource_id::management_group(group)
            .map_err(|error| ArmFault::invalid(field, error))?;
        let tenant = match tenant {
            None => directory,
            Some(text) => TenantId(parse_guid(text).map_err(|error| {
                let shown: String = text.chars().take(60).collect();
                ArmFault::new(INVALID_TENANT_ID, format!("tenantId: `{shown}` {error}"))
            })?),
        };
        return Ok(Some(AppliedScope::ManagementGroup(tenant, group)));
    }
    if !kind.eq_ignore_ascii_case("Single") {
        return Err(ArmFault::unknown_word(KIND, kind, "Single, Shared, ManagementGroup"));
    }
    if scopes.len() > 1 {
        let fault = ReservationFault::ScopeCount(scopes.len());
        return Err(ArmFault::new(SCOPE_COUNT, fault.to_string()));
    }
    let mut named = Vec::new();
    for text in scopes.into_iter().chain(subscription).chain(resource_group) {
        let scope = match resource_id::scope(text).map_err(ArmFault::id(INVALID_SUBSCRIPTION_ID))? {
            ScopeId::Subscription(id) => AppliedScope::Single(id),
            ScopeId::ResourceGroup(group) => {
                AppliedScope::ResourceGroup(group.subscription, group.name)
            }
        };
        if !named.contains(&scope) {
            named.push(scope);
        }
    }
    match named.len() {
        0 => Err(ArmFault::new(SCOPE_MISSING, ReservationFault::ScopeMissing.to_string())),
        1 => Ok(named.pop()),
        count => Err(ArmFault::new(SCOPE_COUNT, ReservationFault::ScopeCount(count).to_string())),
    }
}

impl PurchaseRequest {
    /// What is asked for. `at` is the path of this object in the body, ending in a point; scopes are
    /// those of `directory`.
    pub fn read(&self, at: &str, directory: TenantId) -> Result<NewReservation, ArmFault> {
        let path = |name: &str| format!("{at}{name}");
        let properties = required(self.properties.as_ref(), &path("properties"), "what to buy")?;
        let sku = self.sku.as_ref().and_then(|sku| filled(sku.name.as_ref()));
        let sku = required(sku, &path("sku.name"), "a size such as Standard_D2s_v4")?;
        let kind_path = path("properties.reservedResourceType");
        let kind = required(
            filled(properties.reserved_resource_type.as_ref()),
            &kind_path,
            "a kind of resource such as VirtualMachines",
        )?;
        let resource_type = ReservedResourceType::from_name(kind).ok_or_else(|| {
            let all: Vec<&str> = ReservedResourceType::ALL.iter().map(|it| it.as_str()).collect();
            ArmFault::unknown_word(&kind_path, kind, &all.join(", "))
        })?;
        let billed = required(
            filled(properties.billing_scope_id.as_ref()),
            &path("properties.billingScopeId"),
            "/subscriptions/{id of an Azure subscription}",
        )?;
        let billing_subscription =
            resource_id::subscription(billed).map_err(ArmFault::id(INVALID_SUBSCRIPTION_ID))?;
        let term =
            required(filled(properties.term.as_ref()), &path("properties.term"), "P1Y or P3Y")?;
        let term = Term::from_iso(term).ok_or_else(|| {
            let shown: String = term.chars().take(40).collect();
            ArmFault::new(UNSUPPORTED_TERM, format!("term `{shown}`: must be P1Y or P3Y"))
        })?;
        let plan = match filled(properties.billing_plan.as_ref()) {
            None => BillingPlan::Upfront,
            Some(word) if word.eq_ignore_ascii_case("Upfront") => BillingPlan::Upfront,
            Some(word) if word.eq_ignore_ascii_case("Monthly") => BillingPlan::Monthly,
            Some(other) => {
                let path = path("properties.billingPlan");
                return Err(ArmFault::unknown_word(&path, other, "Upfront, Monthly"));
            }
        };
        let quantity_path = path("properties.quantity");
        let quantity = required(properties.quantity, &quantity_path, "1 or more")?;
        let quantity = u32::try_from(quantity)
            .map_err(|_| ArmFault::invalid(&quantity_path, "must be 1 to 10000"))?;
        let scope = applied_scope(
            directory,
            properties.applied_scope_type.as_ref(),
            properties.applied_scopes.as_ref(),
            properties.applied_scope_properties.as_ref(),
        )?;
        let scope = required(
            scope,
            &path("properties.appliedScopeType"),
            "Single, Shared or ManagementGroup",
        )?;
        let flexible = properties
            .reserved_resource_properties
            .as_ref()
            .and_then(|more| more.instance_flexibility.as_ref());
        let flexible_path = path("properties.reservedResourceProperties.instanceFlexibility");
        Ok(NewReservation {
            resource_type,
            sku: sku.to_owned(),
            location: filled(self.location.as_ref()).map(str::to_ascii_lowercase),
            billing_subscription,
            term,
            plan,
            quantity,
            display_name: filled(properties.display_name.as_ref()).map(str::to_owned),
            scope,
            renew: properties.renew.unwrap_or(false),
            instance_flexibility: flexibility(&flexible_path, flexible)?,
            review: properties.review_date_time.and_then(Timestamp::set),
        })
    }

    /// A purchase as it is written back.
    pub fn of(wanted: &NewReservation) -> Self {
        let scopes = wanted.scope.resource_id();
        let (group, tenant) = match &wanted.scope {
            AppliedScope::ManagementGroup(tenant, _) => (scopes.clone(), Some(tenant.to_string())),
            _ => (None, None),
        };
        let described = group.is_some().then(|| ScopeRequest {
            tenant_id: tenant,
            management_group_id: group.clone(),
            ..ScopeRequest::default()
        });
        Self {
            sku: Some(SkuOf { name: Some(wanted.sku.clone()) }),
            location: wanted.location.clone(),
            properties: Some(PurchaseProperties {
                reserved_resource_type: Some(wanted.resource_type.as_str().to_owned()),
                billing_scope_id: Some(format!("/subscriptions/{}", wanted.billing_subscription)),
                term: Some(wanted.term.iso().to_owned()),
                billing_plan: Some(wanted.plan.name().to_owned()),
                quantity: Some(wanted.quantity.into()),
                display_name: wanted.display_name.clone(),
                applied_scope_type: Some(wanted.scope.name().to_owned()),
                applied_scopes: scopes.filter(|_| described.is_none()).map(|scope| vec![scope]),
                applied_scope_properties: described,
                renew: Some(wanted.renew),
                reserved_resource_properties: wanted.instance_flexibility.map(|on| {
                    let word = if on { "On" } else { "Off" };
                    ResourceProperties { instance_flexibility: Some(word.to_owned()) }
                }),
                review_date_time: wanted.review.map(Timestamp),
            }),
        }
    }
}
