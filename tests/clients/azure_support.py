"""Unmodified azure-mgmt-support against a mock: tickets, and refunds and exchanges by ticket.

usage: azure_support.py BASE_URL HTTPS_URL CA_FILE

Tickets are opened on a subscription of the customer and without one. The support agent answers those
about exchanges and refunds; what it did is looked at from both sides. The server takes its time for
each step, so that pollers poll.
"""

import base64
import datetime
import sys

from azure_story import (
    CLIENT_OPTIONS,
    CUSTOMER,
    NOBODY,
    SUBSCRIPTION,
    artifacts,
    buy,
    call,
    chapter,
    credential,
    poll,
    refused,
    reservation_id,
    tell,
    user_token,
)

from azure.core.exceptions import (
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.mgmt.reservations import ReservationsMgmtClient
from azure.mgmt.support import MicrosoftSupport, models as m

TICKETS = "Microsoft.Support/supportTickets"
COMMUNICATIONS = "Microsoft.Support/communications"
BELOW = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Support"


def ticket(s, topic, title="Refund", **properties):
    """A ticket about a topic of billing."""
    defaults = {
        "description": "See the title.",
        "severity": "minimal",
        "advanced_diagnostic_consent": "No",
        "contact_details": m.ContactProfile(
            first_name="Mei",
            last_name="Lin",
            preferred_contact_method="email",
            primary_email_address="mei@fabricore.example",
            preferred_time_zone="Taipei Standard Time",
            country="TWN",
            preferred_support_language="en-US",
        ),
        "service_id": s.billing.id,
        "problem_classification_id": s.topics[topic],
    }
    return m.SupportTicketDetails(title=title, **(defaults | properties))


def about(s, name, description, **properties):
    """Opens a ticket about exchanges and refunds and waits until it is there."""
    wanted = ticket(s, "Exchanges and refunds", description=description, **properties)
    return s.support.support_tickets.begin_create(name, wanted).result()


def say(s, name, called, body):
    wanted = m.CommunicationDetails(subject="More", body=body, sender="mei@fabricore.example")
    return s.support.communications.begin_create(name, called, wanted).result()


def said(s, name, direction="Outbound"):
    """What was said about a ticket, the oldest first."""
    told = list(s.support.communications.list(name))
    return [one for one in reversed(told) if one.communication_direction == direction]


def closed(s, name):
    """Waits until a ticket is closed; gives the last words about it."""
    read = lambda: s.support.support_tickets.get(name).status
    poll(read, lambda status: status == "Closed")
    return said(s, name)[-1].body


def facts(s, name):
    return s.arm.reservation.get(*s.bought[name]).properties


def active(s, order):
    listed = [one.properties for one in s.arm.reservation.list(order)]
    return [one.quantity for one in listed if one.provisioning_state == "Succeeded"]


# --- what a ticket can be about --------------------------------------------------------------------


@chapter
def signs_in_and_buys(s):
    signed_in = credential(CUSTOMER)
    options = {"polling_interval": 1} | CLIENT_OPTIONS
    s.arm = ReservationsMgmtClient(signed_in, **options)
    s.support = MicrosoftSupport(signed_in, SUBSCRIPTION, **options)
    s.bought = {
        name: buy(s.arm, display_name=name, quantity=quantity, billing_plan="Upfront")
        for name, quantity in [("whole", 2), ("part", 5), ("asked", 1), ("swap", 1), ("kept", 1)]
    }
    assert {order for order, _ in s.bought.values()} <= set(artifacts())


@chapter
def reads_services_and_their_problems(s):
    services = {one.display_name: one for one in s.support.services.list()}
    s.billing = services["Billing"]
    assert s.billing.name == "517f2da6-78fd-0498-4e22-ad26996b1dfc", s.billing
    assert s.billing.type == "Microsoft.Support/services", s.billing
    assert s.support.services.get(s.billing.name).id == s.billing.id
    problems = s.support.problem_classifications
    listed = list(problems.list(s.billing.name))
    s.topics = {one.display_name.split(" / ")[-1]: one.id for one in listed}
    for word in ("Exchanges and refunds", "Purchase reservations"):
        assert s.topics[word].startswith(f"{s.billing.id}/problemClassifications/"), s.topics
    one = problems.get(s.billing.name, s.topics["Exchanges and refunds"].split("/")[-1])
    assert one.display_name == "Reservation management / Exchanges and refunds", one
    for get, arguments in [
        (s.support.services.get, (NOBODY,)),
        (problems.get, (s.billing.name, NOBODY)),
    ]:
        refused(404, "ResourceNotFound", get, *arguments, kind=ResourceNotFoundError)
    technical = next(one for one in services.values() if one.resource_types)
    s.technical = technical, next(iter(problems.list(technical.name)))


@chapter
def reads_operations(s):
    names = [one.name.lower() for one in s.support.operations.list()]
    assert "microsoft.support/supporttickets/read" in names, names


@chapter
def asks_for_names(s):
    for check, arguments in [
        (s.support.support_tickets.check_name_availability, ()),
        (s.support.support_tickets_no_subscription.check_name_availability, ()),
    ]:
        wanted = lambda name: m.CheckNameAvailabilityInput(name=name, type=TICKETS)
        assert check(*arguments, wanted("refund-whole")).name_available is True
        for name in ("4711", "tmp-refund", "a/b"):
            told = check(*arguments, wanted(name))
            assert told.name_available is False and told.message, (name, told)


# --- refunds and exchanges by ticket ---------------------------------------------------------------


@chapter
def refunds_by_a_ticket_that_names_both_ids(s):
    order, only = s.bought["whole"]
    quote = f"Please return reservation {only} of reservation order {order}."
    wanted = ticket(s, "Exchanges and refunds", "Return 2 instances", description=quote)
    poller = s.support.support_tickets.begin_create("refund-whole", wanted)
    assert not poller.done(), "the server takes its time"
    made = poller.result()
    assert poller.status() == "Succeeded" and made.id == f"{BELOW}/supportTickets/refund-whole"
    assert (made.name, made.type, made.status) == ("refund-whole", TICKETS, "Open"), made
    assert (made.severity, made.title) == ("Minimal", "Return 2 instances"), made
    topic = "Reservation management / Exchanges and refunds"
    assert made.problem_classification_display_name == topic, made
    assert len(made.support_ticket_id) == 16 and made.support_ticket_id.isdigit(), made
    assert made.contact_details.preferred_contact_method == "Email", made
    assert made.service_level_agreement.sla_minutes == 480, made
    assert isinstance(made.created_date, datetime.datetime), made

    letter = closed(s, "refund-whole")
    gone = facts(s, "whole")
    assert gone.provisioning_state == "Cancelled", gone
    assert order not in artifacts()
    price = s.arm.reservation_order.get(order, expand="schedule").properties.plan_information
    paid = price.pricing_currency_total.amount
    assert f"refunded {paid:.2f} USD" in letter, (paid, letter)
    assert only in letter and order in letter, letter
    first, *_ = said(s, "refund-whole")
    assert (first.type, first.communication_direction) == (COMMUNICATIONS, "Outbound"), first
    engineer = s.support.support_tickets.get("refund-whole").support_engineer
    assert engineer.email_address and engineer.email_address == first.sender, engineer


@chapter
def partner_center_sees_the_ticket(s):
    listed = call("GET", "/v1/servicerequests?size=50", bearer=user_token())["items"]
    (one,) = [one for one in listed if one["title"] == "Return 2 instances"]
    assert one["status"] == "closed", one
    cases = call("GET", "/_mock/support/cases")["items"]
    (case,) = [case for case in cases if case["name"] == "refund-whole"]
    number = s.support.support_tickets.get("refund-whole").support_ticket_id
    assert (case["supportTicketId"], case["customerId"]) == (number, CUSTOMER), case
    assert (case["serviceRequestId"], case["status"]) == (one["id"], "closed"), (case, one)


@chapter
def refunds_a_part_by_ticket(s):
    order, only = s.bought["part"]
    about(s, "refund-part", f"Refund, quantity 2: {reservation_id(order, only)}")
    letter = closed(s, "refund-part")
    assert "2 returned" in letter, letter
    assert facts(s, "part").provisioning_state == "Cancelled"
    assert active(s, order) == [3]


@chapter
def answers_what_the_agent_asks(s):
    order, only = s.bought["asked"]
    about(s, "refund-asked", f"Please return reservation {only}.")
    asks = lambda told: told and "order id as well" in told[-1].body and only in told[-1].body
    poll(lambda: said(s, "refund-asked"), asks)
    assert s.support.support_tickets.get("refund-asked").status == "Open"
    assert facts(s, "asked").provisioning_state == "Succeeded"
    answer = say(s, "refund-asked", "the-order", f"The reservation order is {order}.")
    assert answer.communication_direction == "Inbound", answer
    assert "refunded" in closed(s, "refund-asked")
    assert facts(s, "asked").provisioning_state == "Cancelled"


@chapter
def exchanges_by_ticket(s):
    order, only = s.bought["swap"]
    before = set(artifacts())
    wanted = "Exchange it for Standard_D4s_v4, westeurope, P3Y, quantity 1."
    ids = f"Reservation {only}, reservation order {order}."
    about(s, "exchange", f"{ids} {wanted}", title="Exchange")
    letter = closed(s, "exchange")
    assert facts(s, "swap").provisioning_state == "Cancelled", letter
    told = artifacts()
    (new,) = set(told) - before
    (one,) = s.arm.reservation.list(new)
    assert (one.sku.name, one.properties.term) == ("Standard_D4s_v4", "P3Y"), one
    assert one.properties.provisioning_state == "Succeeded" and one.name in letter, letter
    assert order not in told and new in letter, letter


@chapter
def the_agent_refuses_what_the_rules_forbid(s):
    order, only = s.bought["whole"]
    about(s, "too-late", f"Return reservation {only} of order {order}.")
    letter = closed(s, "too-late")
    assert "cannot be carried out" in letter, letter
    order, only = s.bought["kept"]
    about(s, "too-many", f"Return reservation {only} of order {order}, quantity 7.")
    assert "cannot be carried out" in closed(s, "too-many")
    assert facts(s, "kept").provisioning_state == "Succeeded"


# --- other tickets ---------------------------------------------------------------------------------


@chapter
def opens_and_changes_a_ticket(s):
    tickets = s.support.support_tickets
    started = datetime.datetime(2026, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)
    wanted = ticket(s, "Purchase reservations", "Which size?", problem_start_time=started)
    made = tickets.begin_create("which-size", wanted).result()
    assert (made.problem_start_time, made.require24_x7_response) == (started, False), made
    assert tickets.get("WHICH-SIZE").id == made.id
    change = m.UpdateSupportTicket(
        severity="moderate",
        contact_details=m.UpdateContactProfile(phone_number="+886 2 5550 0100"),
    )
    after = tickets.update("which-size", change)
    assert (after.severity, after.status) == ("Moderate", "Open"), after
    contact = after.contact_details
    assert (contact.phone_number, contact.first_name) == ("+886 2 5550 0100", "Mei"), contact
    assert after.modified_date >= made.modified_date and after.created_date == made.created_date
    assert tickets.update("which-size", m.UpdateSupportTicket(status="closed")).status == "Closed"
    change = m.UpdateSupportTicket(severity="critical")
    refused(400, "BadRequest", tickets.update, "which-size", change)
    assert tickets.update("which-size", m.UpdateSupportTicket(status="open")).status == "Open"
    missing = m.UpdateSupportTicket(status="closed")
    kind = ResourceNotFoundError
    refused(404, "ResourceNotFound", tickets.update, "nothing", missing, kind=kind)
    refused(404, "ResourceNotFound", tickets.get, "nothing", kind=kind)


@chapter
def lists_tickets(s):
    listed = lambda **options: [one.name for one in s.support.support_tickets.list(**options)]
    whole = listed()
    made = ["which-size", "too-many", "too-late", "exchange", "refund-asked", "refund-part"]
    assert whole[:7] == [*made, "refund-whole"], whole
    pages = [list(page) for page in s.support.support_tickets.list(top=3).by_page()]
    assert [len(page) for page in pages[:2]] == [3, 3], pages
    assert [one.name for page in pages for one in page] == whole
    opened = listed(filter="status eq 'Open'")
    assert "which-size" in opened and "refund-whole" not in opened, opened
    assert set(opened) | set(listed(filter="status eq 'Closed'")) == set(whole)
    topic = s.topics["Exchanges and refunds"].split("/")[-1]
    about = listed(filter=f"ProblemClassificationId eq '{topic}' and status eq 'Closed'")
    assert about[:6] == whole[1:7], about
    assert listed(filter=f"ServiceId eq '{s.billing.name}'")[:7] == whole[:7]
    since = s.support.support_tickets.get("exchange").created_date
    since = f"createdDate ge {since:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert "refund-whole" not in listed(filter=since) and "which-size" in listed(filter=since)
    refused(400, "BadRequest", listed, filter="severity gt 'Minimal'")


@chapter
def says_and_reads(s):
    talk = s.support.communications
    name = m.CheckNameAvailabilityInput(name="first", type=COMMUNICATIONS)
    assert talk.check_name_availability("which-size", name).name_available is True
    wanted = m.CommunicationDetails(
        subject="The size", body="It is for a web server.", sender="mei@fabricore.example"
    )
    poller = talk.begin_create("which-size", "first", wanted)
    made = poller.result()
    assert made.id == f"{BELOW}/supportTickets/which-size/communications/first", made
    assert (made.communication_type, made.communication_direction) == ("Web", "Inbound"), made
    assert (made.subject, made.body) == (wanted.subject, wanted.body), made
    assert made.sender == "mei@fabricore.example", made
    assert talk.check_name_availability("which-size", name).name_available is False
    for number in range(11):
        say(s, "which-size", f"more-{number}", f"Line {number}.")
    pages = [[one.name for one in page] for page in talk.list("which-size").by_page()]
    assert [len(page) for page in pages] == [10, 2] and pages[1][-1] == "first", pages
    web = talk.list("which-size", filter="communicationType eq 'web'", top=5)
    assert len(list(web)) == 12
    assert talk.get("which-size", "first").body == made.body
    create = lambda name, body: talk.begin_create("which-size", name, body).result()
    refused(409, "Conflict", create, "first", wanted, kind=ResourceExistsError)
    missing = ResourceNotFoundError
    refused(404, "ResourceNotFound", talk.get, "which-size", "nothing", kind=missing)
    refused(404, "ResourceNotFound", talk.list, "nothing", kind=missing)
    late = lambda: talk.begin_create("refund-whole", "late", wanted).result()
    refused(400, "BadRequest", late)
    assert list(s.support.chat_transcripts.list("which-size")) == []


@chapter
def tickets_that_are_refused(s):
    create = lambda name, body: s.support.support_tickets.begin_create(name, body).result()
    fine = ticket(s, "Purchase reservations")
    refused(409, "Conflict", create, "which-size", fine, kind=ResourceExistsError)
    for name in ("4711", "tmp-ticket"):
        refused(400, "BadRequest", create, name, fine)
    technical, problem = s.technical
    for change in [
        {"severity": "grave"},
        {"problem_classification_id": problem.id},
        {"service_id": f"/providers/Microsoft.Support/services/{NOBODY}"},
        {"file_workspace_name": "nowhere"},
    ]:
        refused(400, "BadRequest", create, "refused", ticket(s, "Purchase reservations", **change))
    kind = ResourceNotFoundError
    refused(404, "ResourceNotFound", s.support.support_tickets.get, "refused", kind=kind)
    slow = {"service_id": technical.id, "problem_classification_id": problem.id}
    body = ticket(s, "Purchase reservations", **slow)
    error = refused(200, "InvalidSupportPlan", create, "slow-disk", body)
    assert "CSP" in error.error.message, error
    refused(404, "ResourceNotFound", s.support.support_tickets.get, "slow-disk", kind=kind)


@chapter
def opens_tickets_without_a_subscription(s):
    tickets = s.support.support_tickets_no_subscription
    order, only = s.bought["kept"]
    description = f"Reservation {only} of order {order} is to be returned."
    wanted = ticket(s, "Exchanges and refunds", "Without", description=description)
    made = tickets.begin_create("without", wanted).result()
    assert made.id == "/providers/Microsoft.Support/supportTickets/without", made
    poll(lambda: tickets.get("without").status, lambda status: status == "Closed")
    assert facts(s, "kept").provisioning_state == "Cancelled"
    assert "without" in [one.name for one in tickets.list(filter="status eq 'Closed'")]
    kind = ResourceNotFoundError
    refused(404, "ResourceNotFound", s.support.support_tickets.get, "without", kind=kind)
    talk = s.support.communications_no_subscription
    told = [one for one in talk.list("without") if one.communication_direction == "Outbound"]
    assert any("refunded" in one.body for one in told), told
    again = tickets.update("without", m.UpdateSupportTicket(status="open"))
    assert again.status == "Open", again
    wanted = m.CommunicationDetails(subject="Thanks", body="Ok.", sender="mei@fabricore.example")
    made = talk.begin_create("without", "thanks", wanted).result()
    assert talk.get("without", "thanks").id == made.id
    assert tickets.update("without", m.UpdateSupportTicket(status="closed")).status == "Closed"


@chapter
def attaches_files(s):
    content = b"meter,quantity\n" + b"D2s v4,2\n" * 100
    for spaces, files, tickets, root in [
        (s.support.file_workspaces, s.support.files, s.support.support_tickets, BELOW),
        (
            s.support.file_workspaces_no_subscription,
            s.support.files_no_subscription,
            s.support.support_tickets_no_subscription,
            "/providers/Microsoft.Support",
        ),
    ]:
        space = spaces.create("usage")
        assert space.id == f"{root}/fileWorkspaces/usage", space
        assert space.expiration_time - space.created_on == datetime.timedelta(days=1), space
        assert spaces.get("usage").id == space.id
        half = len(content) // 2 + 1
        wanted = m.FileDetails(chunk_size=half, file_size=len(content), number_of_chunks=2)
        made = files.create("usage", "usage.csv", wanted)
        assert (made.file_size, made.number_of_chunks) == (len(content), 2), made
        for index in (0, 1):
            chunk = base64.b64encode(content[index * half : (index + 1) * half]).decode()
            upload = m.UploadFile(content=chunk, chunk_index=index)
            assert files.upload("usage", "usage.csv", upload) is None
        assert files.get("usage", "usage.csv").name == "usage.csv"
        assert [one.name for one in files.list("usage")] == ["usage.csv"]
        refused(400, "BadRequest", files.create, "usage", "run.exe", wanted)
        missing = ResourceNotFoundError
        refused(404, "ResourceNotFound", files.list, "nowhere", kind=missing)
        wanted = ticket(s, "Discount and utilization", file_workspace_name="usage")
        made = tickets.begin_create("with-files", wanted).result()
        assert made.file_workspace_name == "usage", made


@chapter
def others_see_nothing_of_it(s):
    elsewhere = MicrosoftSupport(credential(CUSTOMER), NOBODY, polling_interval=1, **CLIENT_OPTIONS)
    kind = ResourceNotFoundError
    listed = elsewhere.support_tickets.list
    refused(404, "SubscriptionNotFound", listed, kind=kind)
    path = f"{BELOW}/supportTickets?api-version=2024-04-01"
    told = call("GET", path, expect=(401,))["error"]
    assert told["code"] == "AuthenticationFailed", told


if __name__ == "__main__":
    sys.exit(tell())
