//! Pricing and buying in Azure (contract: azure-reservations.md §4).

use actix_web::http::{Method, StatusCode};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::bodies::{OrderBody, PaymentBody, PriceBody, date};
use super::purchase_request::PurchaseRequest;
use super::{SUBSCRIPTION, TAG, on_order, operation};
use crate::api::azure::caller::{Caller, order_id};
use crate::api::azure::error::{
    ArmFault, INVALID_LOCATION_ID, INVALID_SUBSCRIPTION_ID, INVALID_TENANT_ID, ORDER_EXISTS,
    OUT_OF_STOCK, PURCHASE_ERROR, SCOPE_COUNT, SCOPE_MISSING, SCOPE_NOT_ASSOCIATED,
    UNSUPPORTED_TERM,
};
use crate::api::azure::long_running;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::authorization::{Scope, grant_owner, roles};
use crate::domain::ids::{CustomerId, TenantId};
use crate::domain::reservations::{
    BillingPlan, NewReservation, Quoted, find_order, payments, purchase, quote,
};
use crate::domain::state::State;

/// The id that the first price of a default world gives.
const PRICED: &str = "47a33c43-06b3-4af1-b6a4-f88d90f72400";

/// What buying is called when it is refused.
const BUY: &str = "Microsoft.Capacity/reservationOrders/write";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let wanted = json!({
        "sku": { "name": "Standard_D2s_v4" },
        "location": "eastus",
        "properties": {
            "reservedResourceType": "VirtualMachines",
            "billingScopeId": format!("/subscriptions/{SUBSCRIPTION}"),
            "term": "P1Y",
            "billingPlan": "Monthly",
            "quantity": 2,
            "displayName": "batch-tier",
            "appliedScopeType": "Shared",
            "renew": false,
        },
    });
    let faults = [
        INVALID_LOCATION_ID,
        INVALID_SUBSCRIPTION_ID,
        INVALID_TENANT_ID,
        UNSUPPORTED_TERM,
        SCOPE_MISSING,
        SCOPE_COUNT,
        SCOPE_NOT_ASSOCIATED,
        PURCHASE_ERROR,
    ];
    let mut operations = vec![
        operation(
            Method::POST,
            "/providers/Microsoft.Capacity/calculatePrice",
            "calculatePrice",
            price,
        )
        .summary(TAG, "Price a reservation")
        .describe("The answer holds the id of the order to be, for 60 minutes. Prices are invented.")
        .source(Fidelity::Recorded, "azure-reservations.md#41-post-providersmicrosoftcapacitycalculateprice")
        .takes::<PurchaseRequest>()
        .gives::<PriceAnswer>(200, "The price.")
        .faults(&faults)
        .example_body(wanted.clone()),
        on_order(
            Method::PUT,
            "/providers/Microsoft.Capacity/reservationOrders/{reservation_order_id}",
            "purchaseReservationOrder",
            buy,
        )
        .summary(TAG, "Buy a reservation that was priced")
        .describe("With the id that calculatePrice gave and the same body. The order appears in Partner Center too. The example works after that of calculatePrice.")
        .source(Fidelity::Recorded, "azure-reservations.md#42-put-providersmicrosoftcapacityreservationorderso")
        .takes::<PurchaseRequest>()
        .gives::<OrderBody>(202, "The order, on its way.")
        .with_header("Location", "The order.")
        .with_header("Retry-After", "Seconds to wait.")
        .gives::<OrderBody>(200, "The order: it was bought by the same request before.")
        .with_header("Location", "The order.")
        .with_header("Retry-After", "Seconds to wait.")
        .faults(&faults)
        .faults(&[ORDER_EXISTS, OUT_OF_STOCK])
        .example_after("calculatePrice")
        .example_body(wanted),
    ];
    // Priced in a fresh default world, the order gets this id.
    operations[1].example.path = vec![("reservation_order_id", PRICED.to_owned())];
    operations
}

/// A price.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalculatePriceResponse)]
struct PriceAnswer {
    /// The price.
    properties: PriceProperties,
}

/// A price.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CalculatePriceResponseProperties)]
struct PriceProperties {
    /// Price of the whole term in the currency of the bill.
    billing_currency_total: PriceBody,
    /// Always 0, as the service was recorded to answer.
    net_total: f64,
    /// Always 0.
    tax_total: f64,
    /// Always 0.
    grand_total: f64,
    /// Always false.
    is_tax_included: bool,
    /// Whether the partner bills the customer.
    is_billing_partner_managed: bool,
    /// Id to buy by, for 60 minutes.
    reservation_order_id: String,
    /// Title of what is bought.
    sku_title: String,
    /// The same.
    sku_description: String,
    /// Price of the whole term in US dollars.
    pricing_currency_total: PriceBody,
    /// What is paid when; with monthly payments.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_schedule: Option<Vec<PaymentBody>>,
}

/// The payments of a price; the first shows the amount of the bill as well.
fn schedule(
    quoted: &Quoted,
    wanted: &NewReservation,
    today: chrono::NaiveDate,
) -> Option<Vec<PaymentBody>> {
    if wanted.plan == BillingPlan::Upfront {
        return None;
    }
    let offer = &quoted.offer;
    let quantity = Decimal::from(wanted.quantity);
    let of = |total, decimals| payments(wanted.plan, wanted.term, today, total, decimals);
    let billed = of(offer.unit_price * quantity, offer.decimals);
    let priced = of(offer.usd_unit_price * quantity, 2);
    let body = |(number, (billed, priced)): (
        usize,
        (crate::domain::reservations::Payment, crate::domain::reservations::Payment),
    )| PaymentBody {
        due_date: date(billed.due),
        payment_date: None,
        pricing_currency_total: PriceBody::usd(priced.amount),
        billing_currency_total: (number == 0)
            .then(|| PriceBody::new(&offer.currency, billed.amount)),
        billing_account: None,
        status: "Scheduled",
    };
    Some(billed.into_iter().zip(priced).enumerate().map(body).collect())
}

/// Refuses who may not buy on the subscription that is billed.
pub(super) fn check_buyer(
    caller: &Caller,
    state: &State,
    tenant: TenantId,
    wanted: &NewReservation,
) -> Result<(), ArmFault> {
    let billed = Scope::Subscription(wanted.billing_subscription);
    let buyers = [roles::OWNER, roles::RESERVATION_PURCHASER];
    Ok(caller.access.check_holds(state, tenant, &buyers, BUY, &billed)?)
}

/// What is asked for and for whom. Buying takes a role on the subscription that is billed
/// (contract: azure-authorization.md §5).
fn read(
    caller: &Caller,
    state: &State,
    request: &PurchaseRequest,
) -> Result<(CustomerId, NewReservation), ArmFault> {
    if caller.directory.is_some() {
        let customer = caller.customer(state)?;
        let tenant = TenantId::from(customer);
        let wanted = request.read("", tenant)?;
        check_buyer(caller, state, tenant, &wanted)?;
        return Ok((customer, wanted));
    }
    // Without a token the subscription that is billed tells the customer.
    let wanted = request.read("", TenantId::FIRST)?;
    let found = state.azure_subscription(wanted.billing_subscription);
    let customer = found.map(|found| found.customer).ok_or_else(|| {
        let id = wanted.billing_subscription;
        let text = format!("/subscriptions/{id}: is no Azure subscription of a customer");
        ArmFault::new(INVALID_SUBSCRIPTION_ID, text)
    })?;
    Ok((customer, request.read("", TenantId::from(customer))?))
}

fn price(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let view = call.view();
    let request: PurchaseRequest = call.body()?;
    let (customer, wanted) = read(&caller, &view.state, &request)?;
    let quoted = call.write(|tx| quote(tx, customer, wanted.clone()))?;
    let offer = &quoted.offer;
    let quantity = Decimal::from(wanted.quantity);
    Ok(Reply::ok(&PriceAnswer {
        properties: PriceProperties {
            billing_currency_total: PriceBody::new(&offer.currency, offer.unit_price * quantity),
            net_total: 0.0,
            tax_total: 0.0,
            grand_total: 0.0,
            is_tax_included: false,
            is_billing_partner_managed: true,
            reservation_order_id: quoted.id.to_string(),
            sku_title: offer.title.clone(),
            sku_description: offer.title.clone(),
            pricing_currency_total: PriceBody::usd(offer.usd_unit_price * quantity),
            payment_schedule: schedule(&quoted, &wanted, view.now.date_naive()),
        },
    }))
}

fn buy(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let id = order_id(call)?;
    let request: PurchaseRequest = call.body()?;
    let (_, wanted) = read(&caller, &call.view().state, &request)?;
    let buyer = caller.principal(call);
    // What is answered is the order as the purchase left it: its own clock may run on at once.
    let (is_new, body) = call.write(|tx| {
        let is_new = purchase(tx, caller.directory, id, &wanted)?;
        let order = std::sync::Arc::clone(find_order(tx, caller.directory, id)?);
        if is_new && let Some((principal, kind)) = buyer {
            grant_owner(tx, order.directory, Scope::Order(id), principal, kind);
        }
        Ok((is_new, OrderBody::of(tx, &order, tx.now(), false)))
    })?;
    // Without a Location pollers would wait for an order that is over to succeed (rule L2).
    let reply = if is_new {
        Reply::json(StatusCode::ACCEPTED, &body.just_begun())
    } else {
        Reply::ok(&body)
    };
    let location = format!("/providers/Microsoft.Capacity/reservationOrders/{id}");
    Ok(long_running::pointing(call, reply, None, &location))
}
