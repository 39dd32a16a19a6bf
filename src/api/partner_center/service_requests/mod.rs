//! Service requests, of the partner and of its customers, and the topics they are about
//! (contract: partner-center-service-requests.md). What one is and what becomes of it is a matter of
//! [`crate::domain::support`].

mod body;
mod request;

use actix_web::http::Method;
use serde_json::json;

use self::body::{ServiceRequestBody, ServiceRequestEntry, SupportTopic};
use self::request::{ServiceRequestRequest, ServiceRequestStatus, status_name};
use crate::api::call::Call;
use crate::api::json;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::customers::named;
use crate::api::partner_center::examples::CUSTOMER;
use crate::api::partner_center::fault::{
    Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM, unknown_word,
};
use crate::api::partner_center::filter::{Condition, Filter, Operator, refuse};
use crate::api::partner_center::paging::{OffsetPage, PageSize};
use crate::api::partner_center::resource::Collection;
use crate::api::reply::Reply;
use crate::domain::ids::CustomerId;
use crate::domain::partner::Partner;
use crate::domain::support::catalogue::TOPICS;
use crate::domain::support::{
    Case, Speaker, change_request, open_request, request as find, requests,
};

const TAG: &str = "Service requests";
const CONTRACT: &str = "partner-center-service-requests.md#operations";
const SIZES: PageSize = PageSize { default: 1000, max: 1000 };

const OWN: &str = "/v1/servicerequests";
const ONE: &str = "/v1/servicerequests/{service_request_id}";
const OF_CUSTOMER: &str = "/v1/customers/{customer_id}/servicerequests";
const ONE_OF_CUSTOMER: &str = "/v1/customers/{customer_id}/servicerequests/{service_request_id}";

/// The id of the first service request that is opened in the default world, on either surface.
const EXAMPLE: &str = "665733582365019";

/// The operations of this family.
pub fn operations() -> Vec<Operation> {
    let mut operations = vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/servicerequests/supporttopics",
            "listSupportTopics",
            topics,
        )
        .summary(TAG, "List what service requests can be about")
        .describe("Names and descriptions are in the language of `X-Locale`, else in English.")
        .auth(Auth::UserOnly)
        .source(Fidelity::Inferred, CONTRACT)
        .header("X-Locale", json!({ "type": "string" }), "Language, for example de-DE.")
        .gives::<Collection<SupportTopic>>(200, "The topics."),
        Operation::new(Surface::PartnerCenter, Method::POST, ONE, "createServiceRequest", create)
            .summary(TAG, "Open a service request of the partner's own")
            .describe(
                "The last segment of the path is the language of the agent, for example en-US. \
                 There is no operation that opens one for a customer.",
            )
            .auth(Auth::UserOnly)
            .source(
                Fidelity::Inferred,
                "partner-center-service-requests.md#post-v1servicerequestsagentlocale",
            )
            .takes::<ServiceRequestRequest>()
            .gives::<ServiceRequestBody>(201, "The service request.")
            .faults(&[INVALID_INPUT, UNKNOWN_ENUM])
            .example("service_request_id", "en-US")
            .example_body(json!({
                "title": "Reservation shows zero usage",
                "description": "Bought 2 units on 11 May",
                "severity": "moderate",
                "supportTopicId": "32870045",
            })),
    ];
    operations.extend(in_both_places(
        Method::GET,
        [OWN, OF_CUSTOMER],
        ["listServiceRequests", "listCustomerServiceRequests"],
        list,
        |operation| {
            operation
                .summary(TAG, "List service requests")
                .describe(
                    "The newest first, without description and notes. A filter is JSON: `Field` is \
                     Status, `Operator` is equals.",
                )
                .query(
                    "size",
                    json!({ "type": "integer", "minimum": 0, "maximum": 1000 }),
                    "Service requests in a page; 0 means 1000.",
                )
                .query(
                    "offset",
                    json!({ "type": "integer", "minimum": 0 }),
                    "How many to leave out first.",
                )
                .query("filter", json!({ "type": "string" }), "Which, as JSON.")
                .gives::<Collection<ServiceRequestEntry>>(200, "A page of service requests.")
                .faults(&[INVALID_INPUT, UNKNOWN_ENUM])
        },
    ));
    operations.extend(in_both_places(
        Method::GET,
        [ONE, ONE_OF_CUSTOMER],
        ["getServiceRequest", "getCustomerServiceRequest"],
        get,
        |operation| {
            operation
                .summary(TAG, "Get a service request by id")
                .header("X-Locale", json!({ "type": "string" }), "Language of the topic's name.")
                .gives::<ServiceRequestBody>(200, "The service request with its notes.")
                .faults(&[NOT_FOUND])
                .example("service_request_id", EXAMPLE)
        },
    ));
    operations.extend(in_both_places(
        Method::PATCH,
        [ONE, ONE_OF_CUSTOMER],
        ["updateServiceRequest", "updateCustomerServiceRequest"],
        patch,
        |operation| {
            operation
                .summary(TAG, "Change a service request")
                .describe(
                    "Title, description, severity and status change, and a note is added; send what \
                     is to change, or all of it. A closed one takes notes once it is opened again.",
                )
                .takes::<ServiceRequestRequest>()
                .gives::<ServiceRequestBody>(200, "The service request with its notes.")
                .faults(&[NOT_FOUND, INVALID_INPUT, UNKNOWN_ENUM])
                .example("service_request_id", EXAMPLE)
                .example_body(json!({ "newNote": { "text": "Ticket with logs" } }))
        },
    ));
    operations
}

/// The same operation for all the partner sees and for those of a customer.
fn in_both_places(
    method: Method,
    paths: [&'static str; 2],
    ids: [&'static str; 2],
    handler: fn(&Call<'_>) -> Result<Reply, Fault>,
    describe: impl Fn(Operation) -> Operation,
) -> [Operation; 2] {
    let operation = |path, id| {
        let operation = Operation::new(Surface::PartnerCenter, method.clone(), path, id, handler);
        describe(operation).auth(Auth::UserOnly).source(Fidelity::Documented, CONTRACT)
    };
    let [own, of_customer] = [operation(paths[0], ids[0]), operation(paths[1], ids[1])];
    let of_customer = of_customer
        .faults(&[NOT_FOUND, code(20002, 403)])
        .example("customer_id", CUSTOMER)
        .example_after("createSupportTicket");
    [own.example_after("createServiceRequest"), of_customer]
}

/// The customer of the path, where it names one.
fn customer(call: &Call<'_>) -> Result<Option<CustomerId>, Fault> {
    if call.path_text("customer_id").is_empty() { Ok(None) } else { named(call).map(Some) }
}

#[allow(clippy::unnecessary_wraps)] // the form of a handler
fn topics(call: &Call<'_>) -> Result<Reply, Fault> {
    let topics = TOPICS.iter().map(|topic| SupportTopic::of(topic, call.locale())).collect();
    Ok(Reply::ok(&Collection::of(topics).at("/servicerequests/supporttopics")))
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let customer = customer(call)?;
    let page = OffsetPage::of(call, SIZES)?;
    let wanted = Filter::of(call)?.map(|filter| StatusFilter::of(&filter)).transpose()?;
    let view = call.view();
    let all = requests(&view.state, customer);
    let found: Vec<&Case> = all
        .into_iter()
        .map(|row| &***row)
        .filter(|case| wanted.as_ref().is_none_or(|wanted| wanted.admits(case)))
        .collect();
    let items = found.iter().skip(page.offset).take(page.size).map(|case| (*case).into()).collect();
    let mut body: Collection<ServiceRequestEntry> = Collection::of(items);
    body.links = Some(page.links(&uri(customer), &filter_query(call), found.len()));
    Ok(Reply::ok(&body))
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let customer = customer(call)?;
    let view = call.view();
    let case = find(&view.state, customer, call.path_text("service_request_id"))?;
    Ok(Reply::ok(&ServiceRequestBody::of(call, &view.state, case)))
}

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let by = speaker(call, &call.view().state.partner);
    let locale = call.path_text("service_request_id");
    let new = call.body::<ServiceRequestRequest>()?.new_request(locale, by)?;
    let case = call.write(|tx| open_request(tx, new))?;
    Ok(Reply::created(&ServiceRequestBody::of(call, &call.view().state, &case)))
}

fn patch(call: &Call<'_>) -> Result<Reply, Fault> {
    let customer = customer(call)?;
    let view = call.view();
    let number = call.path_text("service_request_id");
    let case = find(&view.state, customer, number)?;
    let (change, note) = call.body::<ServiceRequestRequest>()?.change(case)?;
    let note = note.map(|text| (speaker(call, &view.state.partner), text));
    call.write(|tx| change_request(tx, case.id, change, note))?;
    let view = call.view();
    let case = find(&view.state, customer, number)?;
    Ok(Reply::ok(&ServiceRequestBody::of(call, &view.state, case)))
}

/// Who calls, as support is told: the user of the token, else the partner's first one [choice].
fn speaker(call: &Call<'_>, partner: &Partner) -> Speaker {
    let claims = call.caller.claims();
    let named = claims.and_then(|claims| claims.user.as_deref()).filter(|user| user.contains('@'));
    let known = match named {
        Some(name) => {
            partner.users.iter().find(|it| it.user_principal_name.eq_ignore_ascii_case(name))
        }
        None => partner.users.first(),
    };
    match (known, named) {
        (Some(user), _) => {
            Speaker { name: user.name.clone(), address: user.user_principal_name.clone() }
        }
        (None, Some(address)) => {
            let name = address.split('@').next().unwrap_or(address);
            Speaker { name: name.to_owned(), address: address.to_owned() }
        }
        (None, None) => {
            Speaker { name: partner.name.clone(), address: format!("support@{}", partner.domain) }
        }
    }
}

fn uri(customer: Option<CustomerId>) -> String {
    customer.map_or_else(
        || "/servicerequests".to_owned(),
        |customer| format!("/customers/{customer}/servicerequests"),
    )
}

/// The filter as links repeat it.
fn filter_query(call: &Call<'_>) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    call.query().get("filter").map_or_else(String::new, |filter| {
        format!("&filter={}", utf8_percent_encode(filter, NON_ALPHANUMERIC))
    })
}

/// Which service requests are wanted, by their status.
enum StatusFilter {
    Is(&'static str),
    Both(Box<Self>, Box<Self>),
    Either(Box<Self>, Box<Self>),
}

impl StatusFilter {
    fn of(filter: &Filter) -> Result<Self, Fault> {
        filter.translate(&Self::condition, &|a, b| Self::Both(Box::new(a), Box::new(b)), &|a, b| {
            Self::Either(Box::new(a), Box::new(b))
        })
    }

    fn condition(condition: &Condition) -> Result<Self, Fault> {
        if !condition.is_about("Status") {
            let field = &condition.field;
            return Err(refuse(format!("Field `{field:.60}` is unknown; use Status")));
        }
        if condition.operator != Operator::Equals {
            return Err(refuse("Status is compared with equals only"));
        }
        let words: &'static [&'static str] = &ServiceRequestStatus::WORDS;
        let value = condition.value.trim();
        json::find_word(words, value)
            .map(Self::Is)
            .ok_or_else(|| unknown_word("filter.Value", value, &words.join(", ")))
    }

    fn admits(&self, case: &Case) -> bool {
        match self {
            Self::Is(word) => status_name(case.status) == *word,
            Self::Both(a, b) => a.admits(case) && b.admits(case),
            Self::Either(a, b) => a.admits(case) || b.admits(case),
        }
    }
}
