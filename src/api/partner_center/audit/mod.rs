//! Audit records: the list in both of its forms, and a record by its id
//! (contract: partner-center-webhooks-audit.md Part B). What is recorded is a matter of
//! [`crate::domain::audit`].

mod body;
mod dates;
mod value;

use actix_web::http::{Method, StatusCode};
use serde_json::json;

use self::body::AuditRecordBody;
use crate::api::call::Call;
use crate::api::json;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::{Code, code};
use crate::api::partner_center::fault::{
    Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM, unknown_word,
};
use crate::api::partner_center::filter::{Condition, Filter, Operator, refuse};
use crate::api::partner_center::paging::{INVALID_TOKEN, PageSize, Seek, TOKEN};
use crate::api::partner_center::resource::{Collection, RenderedPage};
use crate::api::reply::Reply;
use crate::domain::audit::{AuditFilter, AuditPeriod, AuditRecord, AuditResource, PeriodFault};
use crate::domain::error::Error;

const TAG: &str = "Audit";
const CONTRACT: &str = "partner-center-webhooks-audit.md#part-b-audit-records";
const SIZES: PageSize = PageSize { default: 500, max: 500 };
/// What a list is answered with that begins before anything is kept.
const TOO_OLD: Code = code(400, 400);

/// Names of the parameters, here and as the description of the service has them.
const START: [&str; 2] = ["startDate", "auditRequest.startDate"];
const END: [&str; 2] = ["endDate", "auditRequest.endDate"];
const SIZE: [&str; 2] = ["size", "auditRequest.size"];
const FIELD: &str = "auditRequest.filter.field";
const VALUE: &str = "auditRequest.filter.value";
const OPERATOR: &str = "auditRequest.filter.operator";

/// Kinds of resources that clients know, in the order of their numbers.
const RESOURCES: [&str; 21] = [
    "undefined",
    "customer",
    "customer_user",
    "order",
    "subscription",
    "license",
    "third_party_add_on",
    "mpn_association",
    "transfer",
    "application",
    "application_credential",
    "partner_user",
    "partner_relationship",
    "referral",
    "software_key",
    "software_download_link",
    "credit_limit",
    "invoice",
    "agreement",
    "partner_customer_relationship",
    "spending_limit",
];

/// The operations of this family.
pub fn operations() -> Vec<Operation> {
    let list_of = |path, id, names: usize, about| {
        let date = || json!({ "type": "string" });
        Operation::new(Surface::PartnerCenter, Method::GET, path, id, list)
            .summary(TAG, "List audit records")
            .describe(about)
            .source(Fidelity::Documented, CONTRACT)
            .query(START[names], date(), "Since when; 30 days back when left out, 90 at most.")
            .query(END[names], date(), "Until when; a date alone takes in its whole day.")
            .query(
                SIZE[names],
                json!({ "type": "integer", "minimum": 0, "maximum": 500 }),
                "Records in a page; 0 means 500.",
            )
            .query(
                "seekOperation",
                json!({ "type": "string", "enum": ["Next", "Previous", "First", "Last"] }),
                "Which page; Next and Previous need a token.",
            )
            .query(
                TOKEN,
                json!({ "type": "string" }),
                "The token, for clients that send no header.",
            )
            .header(TOKEN, json!({ "type": "string" }), "The token of the page to go on from.")
            .gives::<Collection<AuditRecordBody>>(200, "A page of records, newest first.")
            .faults(&[INVALID_INPUT, UNKNOWN_ENUM, INVALID_TOKEN, TOO_OLD])
            .example_query(SIZE[names], "2")
    };
    let record_at = |path, id| {
        Operation::new(Surface::PartnerCenter, Method::GET, path, id, get)
            .summary(TAG, "Get an audit record by id")
            .source(Fidelity::Documented, CONTRACT)
            .gives::<AuditRecordBody>(200, "The record.")
            .faults(&[NOT_FOUND])
            .example("audit_record_id", EXAMPLE)
    };
    let text = || json!({ "type": "string" });
    vec![
        list_of(
            "/v1/auditrecords",
            "listAuditRecords",
            0,
            "Who changed what, by whichever surface. Dates are read as 2021-05-01, with a time, or as \
             05/01/2021 00:00:00. A filter is JSON: `Field` is CompanyName (`Operator` substring), \
             CustomerId or ResourceType (both equals). Pages follow one another by `links.next` or \
             `continuationToken`.",
        )
        .query("filter", text(), "Which records, as JSON."),
        record_at("/v1/auditrecords/{audit_record_id}", "getAuditRecord"),
        list_of(
            "/auditactivity/v1/auditrecords",
            "listAuditActivity",
            1,
            "The same list under the path and with the names that the description of the service has.",
        )
        .query(FIELD, text(), "CompanyName, CustomerId or ResourceType.")
        .query(VALUE, text(), "What the field is compared with.")
        .query(OPERATOR, text(), "substring for CompanyName, else equals."),
        record_at("/auditactivity/v1/auditrecords/{audit_record_id}", "getAuditActivity"),
    ]
}

/// A record of the default fixtures at the moment at which the examples play.
const EXAMPLE: &str = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30_\
    5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10_jdhc2ns1v_ggf4tw8qis6bxohkrcgifw1_createorder_\
    639040752000000000";

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let filter = match given_filter(call)? {
        Some(filter) => Some(audit_filter(&filter)?),
        None => None,
    };
    let view = call.view();
    let period = AuditPeriod::of(dates::of(call, START)?, dates::of(call, END)?, view.now)
        .map_err(|fault| refuse_period(call, fault))?;
    let sent = SIZE.into_iter().find(|name| call.query().get(name).is_some());
    let names = [START[0], START[1], END[0], END[1], "filter", FIELD, VALUE, OPERATOR];
    let seek: Seek<u64> = Seek::filtered(call, (SIZES, sent.unwrap_or(SIZE[0])), &names)?;
    // Pages go from the newest to the oldest, against the order of the table.
    let (after, before) = seek.bounds();
    let wanted = |record: &AuditRecord| {
        record.is_kept(view.now)
            && period.holds(record.time)
            && filter.as_ref().is_none_or(|filter| filter.admits(record))
    };
    let rows = view.state.audit_records.range((before, after)).rev();
    let page =
        seek.take(rows.filter(|(_, row)| wanted(row)).map(|(number, row)| (*number, row)))?;
    let partner = view.state.partner.id;
    let bodies = page.items.iter().map(|row| AuditRecordBody::of(partner, row));
    let items: Vec<Vec<u8>> =
        bodies.map(|body| serde_json::to_vec(&body).unwrap_or_default()).collect();
    let page = RenderedPage {
        items: items.iter().map(Vec::as_slice).collect(),
        links: page.links(link_path(call)),
        continuation_token: page.continuation_token(),
    };
    Ok(Reply::json_bytes(StatusCode::OK, page.body()))
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let (partner, asked) = (view.state.partner.id, call.path_text("audit_record_id"));
    let number = asked.rsplit('_').next().and_then(|number| number.parse::<u64>().ok());
    let record = number.and_then(|number| view.state.audit_records.get(&number)).filter(|record| {
        record.is_kept(view.now) && body::id(partner, record).eq_ignore_ascii_case(asked)
    });
    let Some(record) = record else {
        let id = asked.chars().take(200).collect();
        return Err(Error::NotFound { what: "audit record", id }.into());
    };
    Ok(Reply::ok(&AuditRecordBody::of(partner, record)))
}

/// Where links of a list lead: relative to `/v1`, or to the other service's root.
fn link_path(call: &Call<'_>) -> &'static str {
    if call.operation.path.starts_with("/v1/") {
        "/auditrecords"
    } else {
        "/auditactivity/v1/auditrecords"
    }
}

fn refuse_period(call: &Call<'_>, fault: PeriodFault) -> Fault {
    let names = if matches!(fault, PeriodFault::Over(_)) { END } else { START };
    let name = names.into_iter().find(|name| call.query().get(name).is_some());
    let name = name.unwrap_or(names[0]);
    match fault {
        PeriodFault::TooOld(_) | PeriodFault::Over(_) => {
            Fault::new(TOO_OLD).because(format!("{name}: {fault}"))
        }
        PeriodFault::Backwards(_) => Fault::invalid(name, &fault.to_string()),
    }
}

/// The filter, as JSON or as three parameters.
fn given_filter(call: &Call<'_>) -> Result<Option<Filter>, Fault> {
    let part = |name| call.query().get(name);
    let parts = [part(FIELD), part(VALUE), part(OPERATOR)];
    if parts.iter().all(Option::is_none) {
        return Filter::of(call);
    }
    let [field, value, operator] = parts;
    let written = json!({ "Field": field, "Value": value, "Operator": operator });
    Filter::parse(&written.to_string()).map(Some)
}

fn audit_filter(filter: &Filter) -> Result<AuditFilter, Fault> {
    filter.translate(&condition, &|a, b| AuditFilter::Both(Box::new(a), Box::new(b)), &|a, b| {
        AuditFilter::Either(Box::new(a), Box::new(b))
    })
}

fn condition(condition: &Condition) -> Result<AuditFilter, Fault> {
    let value = condition.value.trim();
    let compared = |known: Operator, word: &str| {
        let reason = || refuse(format!("{:.60} is compared with {word} only", condition.field));
        if condition.operator == known { Ok(()) } else { Err(reason()) }
    };
    if condition.is_about("CompanyName") {
        compared(Operator::Substring, "substring")?;
        Ok(AuditFilter::CompanyName(value.to_lowercase()))
    } else if condition.is_about("CustomerId") {
        compared(Operator::Equals, "equals")?;
        let id = value.parse();
        id.map(AuditFilter::Customer)
            .map_err(|fault| refuse(format!("Value: `{value:.60}` {fault}")))
    } else if condition.is_about("ResourceType") {
        compared(Operator::Equals, "equals")?;
        let words: &'static [&'static str] = &RESOURCES;
        let word = json::find_word(words, value)
            .ok_or_else(|| unknown_word("filter.Value", value, &RESOURCES.join(", ")))?;
        let resources = [
            AuditResource::Customer,
            AuditResource::Order,
            AuditResource::Subscription,
            AuditResource::Agreement,
            AuditResource::Invoice,
        ];
        Ok(AuditFilter::Resource(resources.into_iter().find(|it| it.name() == word)))
    } else {
        Err(refuse(format!(
            "Field `{:.60}` is unknown; use CompanyName, CustomerId or ResourceType",
            condition.field
        )))
    }
}
