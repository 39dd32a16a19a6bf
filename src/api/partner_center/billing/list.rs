//! The list of invoices, by offset, filtered by date.

use actix_web::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::invoice::InvoiceBody;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::fault::{Fault, INVALID_INPUT, UNKNOWN_ENUM};
use crate::api::partner_center::filter::{Condition, Filter, Operator, refuse};
use crate::api::partner_center::paging::{OffsetPage, PageSize};
use crate::api::partner_center::resource::Collection;
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::billing::{InvoiceFilter, list};

/// All of them unless a size is asked for; at most so many in a page [choice].
const SIZES: PageSize = PageSize { default: 100_000, max: 100_000 };

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Surface::PartnerCenter, Method::GET, "/v1/invoices", "listInvoices", get)
            .summary("Billing", "List invoices")
            .describe(
                "The oldest first. Corrections are in `amendments` of the invoice they correct. A \
                 filter is JSON: `Field` is InvoiceDate, `Operator` compares; a date without time \
                 stands for the whole day.",
            )
            .source(Fidelity::Documented, "partner-center-billing.md#operations")
            .query(
                "size",
                json!({ "type": "integer", "minimum": 0, "maximum": SIZES.max }),
                "Invoices in a page; all when absent or 0.",
            )
            .query("offset", json!({ "type": "integer", "minimum": 0 }), "Invoices to leave out.")
            .query("filter", json!({ "type": "string" }), "Which invoices, as JSON.")
            .gives::<Collection<InvoiceBody>>(200, "A page of invoices.")
            .faults(&[INVALID_INPUT, UNKNOWN_ENUM])
            .example_query("size", "2"),
    ]
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let text = call.query().get("filter");
    let filter = Filter::of(call)?.map(|filter| invoice_filter(&filter)).transpose()?;
    let page = OffsetPage::of(call, SIZES)?;
    let is_paged = call.query().get("size").is_some() || call.query().get("offset").is_some();
    let view = call.view();
    let total = list(&view.state, filter.as_ref()).count();
    let items = list(&view.state, filter.as_ref())
        .skip(page.offset)
        .take(page.size)
        .map(|invoice| InvoiceBody::of(&view.state, invoice))
        .collect();
    let query = text.map_or_else(String::new, |text| {
        format!("&filter={}", utf8_percent_encode(text, NON_ALPHANUMERIC))
    });
    let mut collection = Collection::of(items).at("/invoices");
    if is_paged || !query.is_empty() {
        collection.links = Some(page.links("/invoices", &query, total));
    }
    Ok(Reply::ok(&collection))
}

fn invoice_filter(filter: &Filter) -> Result<InvoiceFilter, Fault> {
    filter.translate(&condition, &|a, b| InvoiceFilter::Both(Box::new(a), Box::new(b)), &|a, b| {
        InvoiceFilter::Either(Box::new(a), Box::new(b))
    })
}

/// A condition on the date. The value stands for a stretch of time: a day when it has no time of day,
/// else a moment.
fn condition(condition: &Condition) -> Result<InvoiceFilter, Fault> {
    use InvoiceFilter::{Dated, Not};
    if !condition.is_about("InvoiceDate") {
        let field = &condition.field;
        return Err(refuse(format!("Field `{field:.60}` is unknown; use InvoiceDate")));
    }
    let value = condition.value.trim();
    let begin = Timestamp::parse(value)
        .ok_or_else(|| {
            refuse(format!("Value: `{value:.60}` must be a date such as 2026-01-31T09:30:00Z"))
        })?
        .0;
    let length = if value.len() <= "2026-01-31".len() {
        TimeDelta::days(1)
    } else {
        TimeDelta::nanoseconds(1)
    };
    let end = begin.checked_add_signed(length).unwrap_or(DateTime::<Utc>::MAX_UTC);
    Ok(match condition.operator {
        Operator::Equals => Dated(Some(begin), Some(end)),
        Operator::NotEquals => Not(Box::new(Dated(Some(begin), Some(end)))),
        Operator::GreaterThan => Dated(Some(end), None),
        Operator::GreaterThanOrEquals => Dated(Some(begin), None),
        Operator::LessThan => Dated(None, Some(begin)),
        Operator::LessThanOrEquals => Dated(None, Some(end)),
        Operator::Substring | Operator::StartsWith | Operator::NotStartsWith => {
            return Err(refuse(
                "InvoiceDate is compared with equals, not_equals, greater_than, \
                 greater_than_or_equals, less_than or less_than_or_equals",
            ));
        }
    })
}
