"""Unmodified azure-mgmt-reservations against a mock: refunds and exchanges.

usage: azure_refunds.py BASE_URL HTTPS_URL CA_FILE

Reservations are bought with the library in the customer's tenant, given back in whole and in part,
at once and after the days that are free of a fee, and exchanged; what came of it is looked at from
both sides. The server takes its time for each, so that pollers poll.
"""

import datetime
import sys

from azure_story import (
    CLIENT_OPTIONS,
    CUSTOMER,
    NOBODY,
    REGISTERED,
    SUBSCRIPTION,
    artifacts,
    buy,
    call,
    chapter,
    credential,
    last,
    order_id,
    partner_center,
    poll,
    purchase_request,
    refused,
    reservation_id,
    tell,
)

from azure.core.exceptions import ResourceNotFoundError
from azure.mgmt.reservations import ReservationsMgmtClient, models as m

STATE = "OperationCannotBePerformedInCurrentState"


def cents(price):
    return round(price.amount * 100)


def to_return(order, only, quantity):
    return m.ReservationToReturn(reservation_id=reservation_id(order, only), quantity=quantity)


def calculated(s, order, only, quantity):
    wanted = m.CalculateRefundRequestProperties(
        scope="Reservation", reservation_to_return=to_return(order, only, quantity)
    )
    body = m.CalculateRefundRequest(id=order_id(order), properties=wanted)
    return s.arm.calculate_refund.post(order, body)


def begin_return(s, session, order, only, quantity):
    wanted = m.RefundRequestProperties(
        session_id=session,
        scope="Reservation",
        reservation_to_return=to_return(order, only, quantity),
        return_reason="The machines are switched off.",
    )
    return s.arm.return_operations.begin_post(order, m.RefundRequest(properties=wanted))


def given_back(s, order, only, quantity):
    """Returns a reservation, or a part of it, and waits until it is done."""
    quote = calculated(s, order, only, quantity).properties
    poller = begin_return(s, quote.session_id, order, only, quantity)
    assert poller.result().name == order and poller.status() == "Succeeded"
    state = lambda: facts(s, order, only).provisioning_state
    poll(state, lambda state: state == "Cancelled")
    return quote


def facts(s, order, only):
    return s.arm.reservation.get(order, only).properties


def active(s, order):
    """The reservations of an order that are in force, with their quantities."""
    listed = s.arm.reservation.list(order)
    states = [(one.name, one.properties) for one in listed]
    return {name: it.quantity for name, it in states if it.provisioning_state == "Succeeded"}


def today():
    return datetime.date.fromisoformat(call("GET", "/_mock/clock")["now"][:10])


def days_left(s, order):
    """Days that are left of an order, and all its days."""
    told = s.arm.reservation_order.get(order).properties
    begin, end = told.benefit_start_time.date(), told.expiry_date_time.date()
    return (end - today()).days, (end - begin).days


def to_exchange(order, only, quantity):
    return m.ReservationToReturn(reservation_id=reservation_id(order, only), quantity=quantity)


def begin_calculate_exchange(s, sources, purchases):
    wanted = m.CalculateExchangeRequestProperties(
        reservations_to_exchange=[to_exchange(*source) for source in sources],
        reservations_to_purchase=purchases,
        savings_plans_to_purchase=[],
    )
    return s.arm.calculate_exchange.begin_post(m.CalculateExchangeRequest(properties=wanted))


def begin_exchange(s, session):
    wanted = m.ExchangeRequestProperties(session_id=session)
    return s.arm.exchange.begin_post(m.ExchangeRequest(properties=wanted))


def upfront(**properties):
    return purchase_request(**({"billing_plan": "Upfront"} | properties))


# --- refunds ---------------------------------------------------------------------------------------


@chapter
def buys_what_will_be_given_back(s):
    s.arm = ReservationsMgmtClient(credential(CUSTOMER), polling_interval=1, **CLIENT_OPTIONS)
    buying = {
        "web": {"quantity": 5, "billing_plan": "Upfront"},
        "months": {"quantity": 2, "billing_plan": "Monthly"},
        "early": {"quantity": 4, "billing_plan": "Upfront"},
        "large": {"quantity": 200, "billing_plan": "Upfront", "term": "P3Y"},
        "old": {"quantity": 3, "billing_plan": "Upfront"},
    }
    s.bought = {
        name: buy(s.arm, display_name=name, **properties) for name, properties in buying.items()
    }
    told = artifacts()
    for order, only in s.bought.values():
        assert [one["reservationId"] for one in told[order]["reservations"]] == [only], told[order]


@chapter
def calculates_a_refund(s):
    order, only = s.bought["web"]
    answer = calculated(s, order, only, 2)
    assert answer.id.lower() == reservation_id(order, only).lower(), answer
    quote = answer.properties
    billing, rules = quote.billing_information, quote.policy_result.properties
    assert (quote.quantity, billing.billing_plan) == (2, "Upfront"), quote
    assert (billing.completed_transactions, billing.total_transactions) == (1, 1), billing
    paid = cents(billing.billing_currency_total_paid_amount)
    left, days = days_left(s, order)
    assert abs(cents(quote.billing_refund_amount) - paid * 2 * left / (5 * days)) <= 1, quote
    kept = cents(billing.billing_currency_prorated_amount)
    assert kept == paid - cents(quote.billing_refund_amount), quote
    assert cents(billing.billing_currency_remaining_commitment_amount) == 0, billing
    assert not rules.policy_errors and rules.max_refund_limit.amount == 50000, rules
    assert cents(rules.consumed_refunds_total) == 0, rules
    again = calculated(s, order, only, 2).properties
    assert again.session_id != quote.session_id, again
    assert active(s, order) == {only: 5}, "a calculation changes nothing"


@chapter
def refunds_a_part(s):
    order, only = s.bought["web"]
    quote = given_back(s, order, only, 2)
    source = facts(s, order, only)
    assert source.extended_status_info.status_code == "Split", source
    assert source.user_friendly_renew_state == "NotApplicable", source
    remaining = active(s, order)
    assert list(remaining.values()) == [3], remaining
    (s.rest,) = remaining
    new = facts(s, order, s.rest)
    assert new.expiry_date == source.expiry_date and new.display_name == "web", new
    states = [one.properties.provisioning_state for one in s.arm.reservation.list(order)]
    assert sorted(states) == ["Cancelled", "Cancelled", "Succeeded"], states
    told = artifacts()[order]["reservations"]
    told = {one["reservationId"]: (one["provisioningState"], one["quantity"]) for one in told}
    assert told[s.rest] == ("Created", 3), told
    consumed = calculated(s, order, s.rest, 1).properties.policy_result.properties
    assert cents(consumed.consumed_refunds_total) == cents(quote.pricing_refund_amount), consumed
    s.used = (quote.session_id, order, only, 2)


@chapter
def the_same_session_is_the_same_refund(s):
    _, order, _, _ = s.used
    assert begin_return(s, *s.used).result().name == order
    assert active(s, order) == {s.rest: 3}


@chapter
def refunds_the_rest(s):
    order, _ = s.bought["web"]
    given_back(s, order, s.rest, 3)
    assert active(s, order) == {}
    assert s.arm.reservation_order.get(order).properties.provisioning_state == "Cancelled"
    cancelled = [one.name for one in s.arm.reservation.list_all(selected_state="Cancelled")]
    assert s.rest in cancelled, cancelled
    assert order not in artifacts()
    refused(400, STATE, calculated, s, order, s.rest, 1)


@chapter
def refunds_by_the_month(s):
    order, only = s.bought["months"]
    quote = calculated(s, order, only, 1).properties
    billing = quote.billing_information
    assert (billing.billing_plan, billing.total_transactions) == ("Monthly", 12), billing
    assert billing.completed_transactions == 1, billing
    paid = cents(billing.billing_currency_total_paid_amount)
    falls_away = cents(billing.billing_currency_remaining_commitment_amount)
    assert abs(falls_away - 11 * paid / 2) <= 6, billing
    before = s.arm.reservation_order.get(order, expand="schedule").properties.plan_information
    given_back(s, order, only, 1)
    after = s.arm.reservation_order.get(order, expand="schedule").properties.plan_information
    due = lambda plan: sum(
        cents(payment.pricing_currency_total)
        for payment in plan.transactions
        if payment.status == "Scheduled"
    )
    assert abs(due(after) - due(before) / 2) <= 11, (due(before), due(after))
    assert list(active(s, order).values()) == [1]


@chapter
def what_is_refused(s):
    order, only = s.bought["early"]
    for quantity in (0, -1, 5):
        refused(400, "InvalidRefundQuantity", calculated, s, order, only, quantity)
    kind = ResourceNotFoundError
    refused(404, "ReservationOrderNotFound", calculated, s, NOBODY, only, 1, kind=kind)
    code = "ReservationIdNotInReservationOrder"
    refused(404, code, calculated, s, order, s.bought["old"][1], 1, kind=kind)
    refused(400, "BadRequest", begin_return, s, NOBODY, order, only, 1)
    refused(400, "BadRequest", begin_return, s, "mine", order, only, 1)
    session = calculated(s, order, only, 1).properties.session_id
    refused(400, "BadRequest", begin_return, s, session, order, only, 2)
    call("POST", "/_mock/clock/advance", {"by": "PT16M"})
    refused(400, "BadRequest", begin_return, s, session, order, only, 1)
    assert active(s, order) == {only: 4}


@chapter
def the_policy_is_told_and_kept(s):
    order, only = s.bought["large"]
    quote = calculated(s, order, only, 200).properties
    rules = quote.policy_result.properties
    assert [error.code for error in rules.policy_errors] == ["RefundLimitExceeded"], rules
    assert rules.policy_errors[0].message, rules
    limit = cents(rules.max_refund_limit)
    assert cents(rules.consumed_refunds_total) + cents(quote.pricing_refund_amount) > limit, quote
    code = "RefundLimitExceeded"
    refused(400, code, begin_return, s, quote.session_id, order, only, 200)
    assert active(s, order) == {only: 200}
    assert calculated(s, order, only, 1).properties.policy_result.properties.policy_errors == []


@chapter
def some_products_are_not_returned(s):
    suse = {"reserved_resource_type": "SuseLinux"}
    item = next(iter(s.arm.get_catalog(SUBSCRIPTION, **suse)))
    wanted = suse | {"sku": item.name, "billing_plan": "Upfront", "term": "P1Y", "quantity": 1}
    wanted["reserved_resource_properties"] = None
    order, only = buy(s.arm, display_name="suse", location=None, **wanted)
    quote = calculated(s, order, only, 1).properties
    code = "SelfServiceRefundNotSupported"
    errors = quote.policy_result.properties.policy_errors
    assert [error.code for error in errors] == [code], errors
    refused(400, code, begin_return, s, quote.session_id, order, only, 1)
    assert active(s, order) == {only: 1}


@chapter
def after_the_free_days_a_fee_is_kept(s):
    order, only = s.bought["early"]
    call("POST", "/_mock/clock/advance", {"by": "P10D"})
    quote = given_back(s, order, only, 4)
    paid = cents(quote.billing_information.billing_currency_total_paid_amount)
    left, days = days_left(s, order)
    assert days - left == 10, (days, left)
    assert abs(cents(quote.billing_refund_amount) - paid * left / days * 0.88) <= 1, quote
    assert order not in artifacts()


# --- exchanges -------------------------------------------------------------------------------------


@chapter
def calculates_an_exchange(s):
    source = (*s.bought["old"], 2)
    new = upfront(sku="Standard_D4s_v4", term="P3Y", display_name="new", location="eastus")
    poller = begin_calculate_exchange(s, [source], [new])
    assert not poller.done(), "the server takes its time"
    answer = poller.result()
    assert (answer.status, poller.status()) == ("Succeeded", "Succeeded"), answer
    s.exchange = answer.properties
    (given,), (bought,) = s.exchange.reservations_to_exchange, s.exchange.reservations_to_purchase
    assert given.reservation_id.lower() == reservation_id(*source[:2]).lower(), given
    assert given.quantity == 2 and bought.properties.sku.name == "Standard_D4s_v4", bought
    refunds, purchases = cents(s.exchange.refunds_total), cents(s.exchange.purchases_total)
    assert cents(s.exchange.net_payable) == purchases - refunds > 0, s.exchange
    paid = cents(given.billing_information.billing_currency_total_paid_amount)
    left, days = days_left(s, source[0])
    assert abs(cents(given.billing_refund_amount) - paid * 2 * left / (3 * days)) <= 1, given
    assert refunds == cents(given.billing_refund_amount), "an exchange costs no fee"
    assert purchases == cents(bought.billing_currency_total), bought
    assert not s.exchange.policy_result.policy_errors, s.exchange
    assert active(s, source[0]) == {source[1]: 3}, "a calculation changes nothing"


@chapter
def exchanges_a_part(s):
    order, only = s.bought["old"]
    consumed = lambda: cents(
        calculated(
            s, *s.bought["large"], 1
        ).properties.policy_result.properties.consumed_refunds_total
    )
    before = consumed()
    poller = begin_exchange(s, s.exchange.session_id)
    assert not poller.done(), "the server takes its time"
    done = poller.result()
    assert (done.status, done.name) == ("Succeeded", s.exchange.session_id), done
    (given,), (bought,) = (
        done.properties.reservations_to_exchange,
        done.properties.reservations_to_purchase,
    )
    assert (given.status, bought.status) == ("Succeeded", "Succeeded"), done
    assert cents(done.properties.net_payable) == cents(s.exchange.net_payable), done
    assert facts(s, order, only).provisioning_state == "Cancelled"
    ((s.left, quantity),) = active(s, order).items()
    assert quantity == 1
    s.bought["new"] = last(bought.reservation_order_id), last(bought.reservation_id)
    new = facts(s, *s.bought["new"])
    assert (new.quantity, new.term, new.display_name) == (2, "P3Y", "new"), new
    assert new.expiry_date.year - today().year == 3, new
    assert consumed() == before, "an exchange does not count as a refund"
    told = artifacts()
    (one,) = told[s.bought["new"][0]]["reservations"]
    assert (one["reservationId"], one["quantity"]) == (s.bought["new"][1], 2), one
    # Repeated, it is the same exchange.
    again = begin_exchange(s, s.exchange.session_id).result().properties
    assert last(again.reservations_to_purchase[0].reservation_id) == s.bought["new"][1], again
    assert set(artifacts()) == set(told)


@chapter
def exchanges_many_for_many(s):
    order, _ = s.bought["old"]
    sources = [(order, s.left, 1), (*s.bought["new"], 2)]
    new = [
        upfront(sku="Standard_D4s_v4", term="P3Y", display_name="first", quantity=2),
        upfront(sku="Standard_D8s_v4", term="P3Y", display_name="second", quantity=1),
    ]
    answer = begin_calculate_exchange(s, sources, new).result().properties
    done = begin_exchange(s, answer.session_id).result().properties
    made = [last(one.reservation_order_id) for one in done.reservations_to_purchase]
    assert len(set(made)) == 2, done
    assert [sum(active(s, one).values()) for one in made] == [2, 1]
    assert active(s, order) == active(s, s.bought["new"][0]) == {}
    told = artifacts()
    assert order not in told and set(made) <= set(told), told.keys()
    s.bought["first"] = made[0], last(done.reservations_to_purchase[0].reservation_id)


@chapter
def the_policy_of_exchanges_makes_pollers_fail(s):
    source = (*s.bought["first"], 2)
    small = upfront(quantity=1)
    database = {"reserved_resource_type": "SqlDatabases"}
    item = next(iter(s.arm.get_catalog(SUBSCRIPTION, location="westeurope", **database)))
    other = upfront(sku=item.name, term="P3Y", quantity=50, **database)
    other.properties.reserved_resource_properties = None
    for code, wanted in [("ExchangeValueTooLow", small), ("ExchangeFamilyMismatch", other)]:
        begin = lambda: begin_calculate_exchange(s, [source], [wanted])
        error = refused(200, "BadRequest", begin)
        assert error.error.message.startswith(code), error
    gone = (*s.bought["early"], 4)
    fitting = upfront(sku="Standard_D8s_v4", term="P3Y", quantity=9)
    error = refused(200, "BadRequest", begin_calculate_exchange, s, [gone], [fitting])
    assert error.error.message.startswith("ReservationNotEligible"), error
    refused(400, "BadRequest", begin_calculate_exchange, s, [], [])
    refused(400, "InvalidRefundQuantity", begin_calculate_exchange, s, [(*source[:2], 3)], [small])
    refused(400, "BadRequest", begin_exchange, s, NOBODY)
    assert active(s, source[0]) == {source[1]: 2}


@chapter
def a_failed_exchange_changes_nothing(s):
    source = (*s.bought["first"], 2)
    new = upfront(sku="Standard_D8s_v4", term="P3Y", quantity=3)
    session = begin_calculate_exchange(s, [source], [new]).result().properties.session_id
    path = f"/customers/{CUSTOMER}/subscriptions/{REGISTERED}"
    subscription = partner_center("GET", path)
    partner_center("PATCH", path, subscription | {"status": "suspended"})
    before = set(artifacts())
    refused(200, "InvalidSubscriptionId", begin_exchange, s, session)
    assert active(s, source[0]) == {source[1]: 2} and set(artifacts()) == before
    partner_center("PATCH", path, partner_center("GET", path) | {"status": "active"})
    session = begin_calculate_exchange(s, [source], [new]).result().properties.session_id
    done = begin_exchange(s, session).result()
    assert done.status == "Succeeded" and active(s, source[0]) == {}, done


if __name__ == "__main__":
    sys.exit(tell())
