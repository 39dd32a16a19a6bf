//! Lists of lines: of an invoice, of a correction, and of what no invoice shows yet; each by query and
//! by path (contract: partner-center-billing.md, line items: paging).

use std::ops::Bound;

use actix_web::http::Method;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::EXAMPLE_INVOICE;
use super::invoice::link_name;
use super::license_item::LicenseItem;
use super::one_time_item::OneTimeItem;
use super::words::{Lines, currency, period, required_currency};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::fault::{Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM};
use crate::api::partner_center::paging::{INVALID_TOKEN, OffsetPage, PageSize, Seek, TOKEN};
use crate::api::partner_center::resource::{Attributes, Collection, CollectionLinks};
use crate::api::reply::Reply;
use crate::domain::billing::{Invoice, InvoiceKind, Period, UnbilledPlace, find, unbilled};
use crate::domain::ledger::LedgerEntry;
use crate::domain::state::State;

const SIZES: PageSize = PageSize { default: 2000, max: 2000 };

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    const BILLED: &str = "Lines of provider `onetime` and `all` are purchases, those of `office` licences billed by cycles. Usage is not metered here: lists of it are empty. `office` and `azure` have pages by `offset`; all others by the header `MS-ContinuationToken` with `seekOperation=Next`.";
    const UNBILLED: &str = "Charges and credits that no invoice shows yet: of the running month, or of months that are over and not invoiced.";
    let operation = |path, id, handler: fn(&Call<'_>) -> Result<Reply, Fault>| {
        Operation::new(Surface::PartnerCenter, Method::GET, path, id, handler)
            .source(Fidelity::Documented, "partner-center-billing.md#line-items-paging")
            .query(
                "size",
                json!({ "type": "integer", "minimum": 0, "maximum": SIZES.max }),
                "Lines in a page; 0 means 2000.",
            )
            .query(
                "seekOperation",
                json!({ "type": "string", "enum": ["Next", "Previous", "First", "Last"] }),
                "Which page; Next and Previous need a token.",
            )
            .query(
                "hasPartnerEarnedCredit",
                json!({ "type": "boolean" }),
                "Lines that earned a credit; there are none.",
            )
            .header(TOKEN, json!({ "type": "string" }), "The token of the page to go on from.")
            .gives::<Collection<LineItem>>(200, "A page of lines.")
            .faults(&[INVALID_INPUT, UNKNOWN_ENUM, INVALID_TOKEN])
    };
    let billed = |path, id, handler| {
        operation(path, id, handler)
            .summary("Billing", "List the lines of an invoice")
            .describe(BILLED)
            .query("offset", json!({ "type": "integer", "minimum": 0 }), "Lines to leave out.")
            .query("currencycode", json!({ "type": "string" }), "Currency of the lines.")
            .faults(&[NOT_FOUND])
            .example("invoice_id", EXAMPLE_INVOICE)
    };
    let open = |path, id, handler| {
        operation(path, id, handler)
            .summary("Billing", "List unbilled lines")
            .describe(UNBILLED)
            .required_query("currencycode", json!({ "type": "string" }), "Currency of the lines.")
            .query(
                "period",
                json!({ "type": "string", "enum": ["current", "previous"] }),
                "Which months; current when absent.",
            )
            .example_query("currencycode", "USD")
    };
    let by_query = |operation: Operation| {
        operation
            .required_query("provider", json!({ "type": "string" }), "Who bills.")
            .required_query(
                "invoicelineitemtype",
                json!({ "type": "string" }),
                "What the lines are.",
            )
            .example_query("provider", "onetime")
            .example_query("invoicelineitemtype", "billinglineitems")
    };
    let by_path = |operation: Operation| {
        operation
            .example("billing_provider", "OneTime")
            .example("invoice_line_item_type", "BillingLineItems")
    };
    let of_invoice = "/v1/invoices/{invoice_id}/lineitems";
    let of_invoice_by_path =
        "/v1/invoices/{invoice_id}/lineitems/{billing_provider}/{invoice_line_item_type}";
    let of_nothing = "/v1/invoices/unbilled/lineitems";
    let of_nothing_by_path =
        "/v1/invoices/unbilled/lineitems/{billing_provider}/{invoice_line_item_type}";
    vec![
        by_query(open(of_nothing, "getUnbilledLineItems", list_unbilled)),
        by_path(open(of_nothing_by_path, "getUnbilledLineItemsByPath", list_unbilled)),
        by_query(billed(of_invoice, "getInvoiceLineItems", list_billed)),
        by_path(billed(of_invoice_by_path, "getInvoiceLineItemsByPath", list_billed)),
    ]
}

/// A line of an invoice.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = InvoiceLineItem)]
pub enum LineItem {
    /// Something that is bought once.
    OneTime(Box<OneTimeItem>),
    /// Licences.
    License(Box<LicenseItem>),
}

/// A page of lines.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LinePage {
    #[serde(skip_serializing_if = "Option::is_none")]
    continuation_token: Option<String>,
    total_count: usize,
    items: Vec<LineItem>,
    links: CollectionLinks,
    attributes: Attributes,
}

/// Provider and type, from the path or from the query.
fn lines(call: &Call<'_>) -> Result<(Lines, bool), Fault> {
    let (provider, line_type) =
        (call.path_text("billing_provider"), call.path_text("invoice_line_item_type"));
    if !provider.is_empty() {
        return Ok((Lines::of(Some(provider), Some(line_type))?, true));
    }
    let query = call.query();
    Ok((Lines::of(query.get("provider"), query.get("invoicelineitemtype"))?, false))
}

/// The address of a list, and what its links carry in the query.
fn address(name: &str, lines: Lines, in_path: bool) -> (String, String) {
    let (provider, line_type) = lines.path_words();
    if in_path {
        return (format!("/invoices/{name}/lineitems/{provider}/{line_type}"), String::new());
    }
    let (provider, line_type) = lines.query_words();
    let query = format!("&provider={provider}&invoicelineitemtype={line_type}");
    (format!("/invoices/{name}/lineitems"), query)
}

fn item(state: &State, row: &LedgerEntry, kind: InvoiceKind, on: Option<&Invoice>) -> LineItem {
    match kind {
        InvoiceKind::OneTime => LineItem::OneTime(Box::new(OneTimeItem::of(state, row, on))),
        InvoiceKind::Recurring => LineItem::License(Box::new(LicenseItem::of(state, row))),
    }
}

fn page(items: Vec<LineItem>, links: CollectionLinks, token: Option<String>) -> Reply {
    Reply::ok(&LinePage {
        continuation_token: token,
        total_count: items.len(),
        items,
        links,
        attributes: Attributes::of("Collection"),
    })
}

fn list_billed(call: &Call<'_>) -> Result<Reply, Fault> {
    let (lines, in_path) = lines(call)?;
    let currency = currency(call.query().get("currencycode"))?;
    let earned = call.query_flag("hasPartnerEarnedCredit")?;
    let view = call.view();
    let state = &*view.state;
    let invoice = find(state, call.path_text("invoice_id"))?;
    let fits = lines.kind() == Some(invoice.kind)
        && currency.is_none_or(|currency| currency.as_str() == invoice.currency)
        && !earned;
    let entries: &[u64] = if fits { &invoice.entries } else { &[] };
    let (uri, mut query) = address(&link_name(invoice), lines, in_path);
    if let Some(currency) = currency {
        query.push_str("&currencycode=");
        query.push_str(currency.as_str());
    }
    let shown = |number: &u64| {
        let row = state.ledger.get(number)?;
        Some(item(state, row, invoice.kind, Some(&***invoice)))
    };
    if lines.has_offsets() {
        let asked = OffsetPage::of(call, SIZES)?;
        let rows = entries.iter().skip(asked.offset).take(asked.size);
        let links = asked.links(&uri, &query, entries.len());
        return Ok(page(rows.filter_map(shown).collect(), links, None));
    }
    let list = format!("lines {} {:?} {currency:?} {earned}", invoice.id, lines);
    let seek: Seek<u64> = Seek::in_list(call, (SIZES, "size"), list, &query)?;
    let found = seek.take(within(entries, seek.bounds()).iter().map(|number| (*number, number)))?;
    let items = found.items.iter().filter_map(|number| shown(number)).collect();
    Ok(page(items, found.links(&uri), found.continuation_token()))
}

/// The part of ascending numbers that lies within bounds.
fn within(numbers: &[u64], (from, to): (Bound<u64>, Bound<u64>)) -> &[u64] {
    let from = match from {
        Bound::Unbounded => 0,
        Bound::Included(from) => numbers.partition_point(|number| *number < from),
        Bound::Excluded(from) => numbers.partition_point(|number| *number <= from),
    };
    let to = match to {
        Bound::Unbounded => numbers.len(),
        Bound::Included(to) => numbers.partition_point(|number| *number <= to),
        Bound::Excluded(to) => numbers.partition_point(|number| *number < to),
    };
    numbers.get(from..to).unwrap_or_default()
}

fn list_unbilled(call: &Call<'_>) -> Result<Reply, Fault> {
    let (lines, in_path) = lines(call)?;
    let currency = required_currency(call.query().get("currencycode"))?;
    let months = period(call.query().get("period"))?;
    let earned = call.query_flag("hasPartnerEarnedCredit")?;
    let view = call.view();
    let state = &*view.state;
    let (uri, mut query) = address("unbilled", lines, in_path);
    let word = match months {
        Period::Current => "current",
        Period::Previous => "previous",
    };
    query = format!("{query}&currencycode={}&period={word}", currency.as_str());
    let list = format!("unbilled {lines:?} {currency:?} {word} {earned}");
    let seek: Seek<UnbilledPlace> = Seek::in_list(call, (SIZES, "size"), list, &query)?;
    let bounds = seek.bounds();
    let kind = lines.kind().filter(|_| !earned);
    let rows = kind
        .into_iter()
        .flat_map(|kind| unbilled(state, kind, currency, months, view.now))
        .filter(|(place, _)| std::ops::RangeBounds::contains(&bounds, place));
    let found = seek.take(rows)?;
    let kind = kind.unwrap_or(InvoiceKind::OneTime);
    let items = found.items.iter().map(|row| item(state, row, kind, None)).collect();
    Ok(page(items, found.links(&uri), found.continuation_token()))
}
