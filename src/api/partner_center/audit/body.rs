//! An audit record on the wire.

use std::sync::OnceLock;

use serde::Serialize;
use utoipa::ToSchema;

use super::value::{Shape, pascal_word};
use crate::api::partner_center::agreements::AgreementBody;
use crate::api::partner_center::customers::CustomerBody;
use crate::api::partner_center::orders::OrderBody;
use crate::api::partner_center::resource::Attributes;
use crate::api::partner_center::subscriptions::SubscriptionBody;
use crate::api::wire::{Amount, Timestamp};
use crate::domain::audit::{AuditRecord, AuditSubject, IssuedInvoice};
use crate::domain::ids::PartnerId;
use crate::domain::orders::Order;
use crate::store::Row;

/// An audit record.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditRecord)]
pub struct AuditRecordBody {
    /// Id.
    id: String,
    /// The partner.
    partner_id: String,
    /// The customer it concerns; absent for what concerns the partner alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<String>,
    /// Its name at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_name: Option<String>,
    /// The user who did it; absent for applications and for what the service does by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_principal_name: Option<String>,
    /// The application that did it; `Partner Center` for what the service does by itself [choice: the
    /// member is documented as always there, and may hold a name].
    application_id: String,
    /// Kind of resource.
    #[schema(example = "order")]
    resource_type: &'static str,
    /// The resource after it, as JSON with keys in Pascal case.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_new_value: Option<String>,
    /// The resource before it, as JSON with keys in Pascal case.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_old_value: Option<String>,
    /// What was done.
    #[schema(example = "create_order")]
    operation_type: &'static str,
    /// The correlation id of the call; absent for what the service does by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    original_correlation_id: Option<String>,
    /// When.
    operation_date: Timestamp,
    /// Always `succeeded`: what is refused leaves no record [choice].
    #[schema(example = "succeeded")]
    operation_status: &'static str,
    /// What matters most of the resource, for orders.
    customized_data: Vec<AuditDatum>,
    /// Attributes.
    attributes: Attributes,
}

/// A name with a value.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditDatum {
    /// Name.
    #[schema(example = "OrderId")]
    key: String,
    /// Value; null for what the resource has not.
    #[schema(required)]
    value: Option<String>,
}

/// What a record tells of an invoice.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InvoiceValue {
    id: String,
    invoice_type: &'static str,
    invoice_date: Timestamp,
    total_charges: Amount,
    currency_code: String,
    attributes: Attributes,
}

impl From<&IssuedInvoice> for InvoiceValue {
    fn from(invoice: &IssuedInvoice) -> Self {
        Self {
            id: invoice.id.clone(),
            invoice_type: invoice.invoice_type,
            invoice_date: Timestamp(invoice.date),
            total_charges: Amount(invoice.total_charges),
            currency_code: invoice.currency.clone(),
            attributes: Attributes::of("Invoice"),
        }
    }
}

/// The id of a record: partner, customer, resource, operation and number, joined by `_`.
pub fn id(partner: PartnerId, record: &AuditRecord) -> String {
    let resource = match &record.subject {
        AuditSubject::Customer(_) => None,
        AuditSubject::Order(it) => it.newest().map(|order| order.id.to_string().to_lowercase()),
        AuditSubject::Subscription(it) => it.newest().map(|it| it.id.to_string()),
        AuditSubject::Agreement(it) => it.newest().map(|it| it.template_id.to_string()),
        AuditSubject::Invoice(invoice) => Some(invoice.id.to_lowercase()),
    };
    let operation = record.operation.name().replace('_', "");
    let parts = [
        Some(partner.to_string()),
        record.customer.map(|id| id.to_string()),
        resource,
        Some(operation),
        Some(record.number.to_string()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("_")
}

/// Whom a record names as application when nobody called.
const THE_SERVICE: &str = "Partner Center";

impl AuditRecordBody {
    /// The record as the partner reads it.
    pub fn of(partner: PartnerId, record: &AuditRecord) -> Self {
        let (old, new) = values(record);
        let actor = &record.actor;
        let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().map(str::to_owned);
        Self {
            id: id(partner, record),
            partner_id: partner.to_string(),
            customer_id: record.customer.map(|id| id.to_string()),
            customer_name: record.customer_name().map(str::to_owned),
            user_principal_name: text(&actor.user_principal_name),
            application_id: actor.application_id.as_deref().unwrap_or(THE_SERVICE).to_owned(),
            resource_type: record.subject.resource().name(),
            resource_new_value: new,
            resource_old_value: old,
            operation_type: record.operation.name(),
            original_correlation_id: actor.correlation_id.map(|id| id.to_string()),
            operation_date: Timestamp(record.time),
            operation_status: "succeeded",
            customized_data: match &record.subject {
                AuditSubject::Order(it) => it.newest().map_or_else(Vec::new, |row| order_data(row)),
                _ => Vec::new(),
            },
            attributes: Attributes::of("AuditRecord"),
        }
    }
}

/// The resource before and after.
fn values(record: &AuditRecord) -> (Option<String>, Option<String>) {
    static CUSTOMER: OnceLock<Shape> = OnceLock::new();
    static ORDER: OnceLock<Shape> = OnceLock::new();
    static SUBSCRIPTION: OnceLock<Shape> = OnceLock::new();
    static AGREEMENT: OnceLock<Shape> = OnceLock::new();
    static INVOICE: OnceLock<Shape> = OnceLock::new();

    fn both<V>(
        before: Option<&Row<V>>,
        after: Option<&Row<V>>,
        text: impl Fn(&Row<V>) -> String,
    ) -> (Option<String>, Option<String>) {
        (before.map(&text), after.map(&text))
    }

    // Where the customer had gone before, nobody can tell where it was.
    let country = record.customer_row.as_ref().map_or("", |customer| customer.country());
    match &record.subject {
        AuditSubject::Customer(it) => {
            let shape = CUSTOMER.get_or_init(Shape::of::<CustomerBody>);
            let text = |row: &Row<_>| shape.text(&CustomerBody::from(&**row));
            both(it.before.as_deref(), it.after.as_deref(), text)
        }
        AuditSubject::Order(it) => {
            let shape = ORDER.get_or_init(Shape::of::<OrderBody>);
            let text = |row: &Row<_>| shape.text(&OrderBody::of(row, country, true));
            both(it.before.as_deref(), it.after.as_deref(), text)
        }
        AuditSubject::Subscription(it) => {
            let shape = SUBSCRIPTION.get_or_init(Shape::of::<SubscriptionBody>);
            let text = |row: &Row<_>| shape.text(&SubscriptionBody::of(row, country, record.time));
            both(it.before.as_deref(), it.after.as_deref(), text)
        }
        AuditSubject::Agreement(it) => {
            let shape = AGREEMENT.get_or_init(Shape::of::<AgreementBody>);
            let text = |row: &Row<_>| shape.text(&AgreementBody::from(&**row));
            both(it.before.as_deref(), it.after.as_deref(), text)
        }
        AuditSubject::Invoice(invoice) => {
            let shape = INVOICE.get_or_init(Shape::of::<InvoiceValue>);
            (None, Some(shape.text(&InvoiceValue::from(invoice))))
        }
    }
}

/// What matters most of an order, as in the contract's sample.
fn order_data(order: &Order) -> Vec<AuditDatum> {
    let datum = |key: &str, value: String| AuditDatum { key: key.to_owned(), value: Some(value) };
    let mut data = vec![
        datum("OrderId", order.id.to_string()),
        datum("AlternateId", order.alternate_id.clone()),
        datum("BillingCycle", pascal_word(order.billing_cycle.as_str())),
    ];
    for line in &order.lines {
        let values = [
            ("OfferId", Some(line.offer_id.clone())),
            ("SubscriptionId", line.subscription.map(|id| id.to_string())),
            ("SubscriptionName", Some(line.friendly_name.clone())),
            ("Quantity", Some(line.quantity.to_string())),
            ("PartnerOnRecord", line.partner_id_on_record.clone()),
        ];
        data.extend(
            values.map(|(key, value)| AuditDatum { key: format!("{key}-{}", line.number), value }),
        );
    }
    data
}
