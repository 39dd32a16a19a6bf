"""The story with clients generated from the served OpenAPI documents: sign in, pick a customer,
register a subscription, find a reservation, buy it, watch it being provisioned, read the artifact.

usage: story.py BASE_URL FOLDER

FOLDER takes the generated packages. The mock should be started with short delays
(`--delay order-provisioning=PT1S --delay subscription-registration=PT1S`), so that there is
something to wait for.
"""

import datetime
import pathlib
import shutil
import subprocess
import sys
import time
import traceback

BASE, FOLDER = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2])
WORLD = f"{BASE}/w/story"
TENANT = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30"
CLIENT, SECRET = "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846", "demo-secret"
USER, PASSWORD = "admin@fabricore.example", "demo-password"
SCOPE = "https://api.partnercenter.microsoft.com/.default"
COMPANY = "Sundaram Textiles"


def generate():
    """A package per document. A warning of the generator is a defect of the document, but for the
    certificate that the control document has: the generator knows no such media type. That a
    statement's PDF is bytes it must be told."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    generator = pathlib.Path(sys.executable).with_name("openapi-python-client")
    settings = FOLDER / "settings.yml"
    settings.write_text(
        "post_hooks: []\ncontent_type_overrides:\n  application/pdf: application/octet-stream\n"
    )
    for name in ("partner-center", "azure", "identity", "control"):
        command = [generator, "generate", "--url", f"{BASE}/openapi/{name}.json", "--meta", "none"]
        command += ["--config", settings, "--output-path", FOLDER / name.replace("-", "_")]
        command += [] if name == "control" else ["--fail-on-warning"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
    sys.path.insert(0, str(FOLDER))


def poll(read, is_done, seconds=20):
    """Reads until it is done; gives everything that was read."""
    seen, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        seen.append(read())
        if is_done(seen[-1]):
            return seen
        time.sleep(0.2)
    raise AssertionError(f"still not done after {seconds} s: {seen[-1]}")


def tell(story):
    import partner_center as pc
    from identity import Client
    from identity.api.identity import issue_token
    from identity.models import TokenRequest, TokenResponse
    from partner_center.api.agreements import confirm_customer_agreement, list_agreement_templates
    from partner_center.api.carts import checkout_cart, create_cart, get_cart
    from partner_center.api.catalog import (
        check_inventory,
        list_customer_availabilities,
        list_customer_products,
        list_customer_skus,
    )
    from partner_center.api.customers import get_customer, list_customers
    from partner_center.api.entitlements import get_reserved_instance_artifact, list_entitlements
    from partner_center.api.orders import get_order, get_order_provisioning_status
    from partner_center.api.profiles import get_organization_profile
    from partner_center.api.subscriptions import (
        get_subscription_registration_status,
        list_subscriptions,
        register_subscription,
    )
    from partner_center import models as m

    def sign_in(**grant):
        request = TokenRequest(client_id=CLIENT, client_secret=SECRET, scope=SCOPE, **grant)
        with Client(WORLD) as client:
            answer = issue_token.sync(TENANT, client=client, body=request)
        assert isinstance(answer, TokenResponse), answer
        assert answer.token_type == "Bearer" and answer.expires_in > 3000, answer
        return pc.AuthenticatedClient(WORLD, answer.access_token, raise_on_unexpected_status=True)

    @story
    def signs_in_as_app_and_as_user(s):
        s.app = sign_in(grant_type="client_credentials")
        s.user = sign_in(grant_type="password", username=USER, password=PASSWORD)
        profile = get_organization_profile.sync(client=s.user)
        assert isinstance(profile, m.OrganizationProfile), profile
        refused = get_organization_profile.sync_detailed(client=s.app)
        assert refused.status_code == 403 and isinstance(refused.parsed, m.ErrorBody), refused

    @story
    def picks_a_customer(s):
        page = list_customers.sync(client=s.user, size=40)
        assert page.total_count == len(page.items) and page.total_count > 3, page.total_count
        (entry,) = [c for c in page.items if c.company_profile.company_name == COMPANY]
        s.customer = entry.id
        customer = get_customer.sync(str(s.customer), client=s.user)
        assert customer.company_profile.company_name == COMPANY, customer
        missing = get_customer.sync_detailed("00000000-0000-0000-0000-0000000000aa", client=s.user)
        assert missing.status_code in (403, 404) and missing.parsed.code, missing

    @story
    def registers_a_subscription(s):
        held = list_subscriptions.sync(s.customer, client=s.app)
        azure = [x for x in held.items if x.offer_id == "MS-AZR-0145P" and x.status == "active"]
        statuses = {}
        for one in azure:
            read = get_subscription_registration_status.sync(s.customer, one.id, client=s.app)
            statuses[one.id] = read.status
        (s.subscription,) = [id for id, status in statuses.items() if status == "NotRegistered"]
        begun = register_subscription.sync_detailed(s.customer, s.subscription, client=s.app)
        assert begun.status_code == 202 and begun.content == b"", begun
        where = begun.headers["Location"]
        assert where.endswith(f"/subscriptions/{s.subscription}/registrationstatus"), where
        seen = poll(
            lambda: get_subscription_registration_status.sync(
                s.customer, s.subscription, client=s.app
            ).status,
            lambda status: status.lower() == "registered",
        )
        assert seen[0].lower() == "registering", seen

    @story
    def finds_a_reservation(s):
        products = list_customer_products.sync(
            s.customer,
            client=s.app,
            target_view=m.ListCustomerProductsTargetView.AZURERESERVATIONSVM,
        )
        (product,) = [p for p in products.items if p.title == "Virtual Machines Dsv4 Series"]
        skus = list_customer_skus.sync(s.customer, product.id, client=s.app)
        s.sku = skus.items[0]
        assert s.sku.product_id == product.id and "Azure" in str(s.sku.purchase_prerequisites), s.sku
        found = list_customer_availabilities.sync(s.customer, product.id, s.sku.id, client=s.app)
        (s.offer,) = [a for a in found.items if any(t.duration == "P1Y" for t in a.terms)][:1]
        assert s.offer.catalog_item_id == f"{product.id}:{s.sku.id}:{s.offer.id}", s.offer

    @story
    def checks_the_inventory(s):
        context = {
            "customerId": str(s.customer),
            "azureSubscriptionId": str(s.subscription),
            "armRegionName": s.sku.dynamic_attributes["armRegionName"],
        }
        request = m.InventoryCheckRequest(
            target_items=[m.TargetItem(product_id=s.sku.product_id, sku_id=s.sku.id)],
            inventory_context=m.InventoryCheckRequestInventoryContextType0.from_dict(context),
        )
        (item,) = check_inventory.sync(client=s.app, country="IN", body=request)
        assert (item.product_id, item.sku_id) == (s.sku.product_id, s.sku.id), item
        assert item.is_restricted is False and item.restrictions == [], item

    @story
    def fills_a_cart(s):
        wanted = {"subscriptionId": str(s.subscription), "scope": "shared", "duration": "1Year"}
        line = m.CartLineItemRequest(
            id=0,
            catalog_item_id=s.offer.catalog_item_id,
            friendly_name="loom control",
            quantity=2,
            billing_cycle=m.BillingCycleWord.ONE_TIME,
            term_duration="P1Y",
            provisioning_context=m.ProvisioningContextRequest.from_dict(wanted),
        )
        cart = create_cart.sync(s.customer, client=s.app, body=m.CartRequest(line_items=[line]))
        assert isinstance(cart, m.Cart), cart
        (kept,) = cart.line_items
        assert kept.quantity == 2 and kept.friendly_name == "loom control", kept
        assert not kept.error and kept.order_group == "0", kept
        assert get_cart.sync(s.customer, cart.id, client=s.app).status == "Active"
        s.cart = cart

        line.quantity = 0
        bad = create_cart.sync_detailed(
            s.customer, client=s.app, body=m.CartRequest(line_items=[line])
        )
        assert bad.status_code == 400 and bad.parsed.code == 800002, bad
        assert bad.parsed.data == ["lineItems[0].quantity: must be at least 1, not 0"], bad.parsed

    @story
    def confirms_the_agreement_that_checkout_asks_for(s):
        refused = checkout_cart.sync_detailed(s.customer, s.cart.id, client=s.app)
        assert refused.status_code == 403 and refused.parsed.code == 13605, refused
        kind = "MicrosoftCustomerAgreement"
        (template,) = list_agreement_templates.sync(client=s.user, agreement_type=kind).items
        request = m.AgreementRequest(
            template_id=template.template_id,
            type_=kind,
            date_agreed=datetime.datetime(2024, 5, 6, tzinfo=datetime.timezone.utc),
            primary_contact=m.ContactRequest(
                first_name="Meera", last_name="Sundaram", email="meera@sundaram.example"
            ),
        )
        agreement = confirm_customer_agreement.sync(s.customer, client=s.user, body=request)
        assert isinstance(agreement, m.Agreement) and agreement.type_ == kind, agreement

    @story
    def checks_out(s):
        result = checkout_cart.sync(s.customer, s.cart.id, client=s.app, body="success")
        assert isinstance(result, m.CartCheckoutResult) and result.order_errors == [], result
        (s.order,) = result.orders
        assert s.order.status == "pending" and s.order.reference_customer_id == str(s.customer)
        again = checkout_cart.sync_detailed(s.customer, s.cart.id, client=s.app)
        assert again.status_code >= 400 and isinstance(again.parsed, m.ErrorBody), again

    @story
    def waits_for_the_order(s):
        seen = poll(
            lambda: get_order.sync(s.customer, s.order.id, client=s.app).status,
            lambda status: status == "completed",
        )
        assert seen[0] == "pending" and set(seen) == {"pending", "completed"}, seen
        lines = get_order_provisioning_status.sync(s.customer, s.order.id, client=s.app)
        (line,) = lines.items
        assert (line.line_item_number, line.status) == (0, "Fulfilled"), line
        assert [(q.quantity, q.status) for q in line.quantity_provisioning_information] == [
            (2, "Fulfilled")
        ], line

    @story
    def reads_the_artifact(s):
        found = list_entitlements.sync(s.customer, client=s.app, show_expiry=True)
        (mine,) = [e for e in found.items if e.reference_order.id == s.order.id]
        assert (mine.quantity, mine.product_id) == (2, s.sku.product_id), mine
        (artifact,) = mine.entitled_artifacts
        words = artifact.link.uri.strip("/").split("/")
        ids = words[words.index("groups") + 1], words[words.index("lineitems") + 1]
        details = get_reserved_instance_artifact.sync(
            s.customer, *ids, artifact.resource_id, client=s.app
        )
        (reservation,) = details.reservations
        assert reservation.quantity == 2 and reservation.scope_type == "Shared", reservation
        assert reservation.display_name == "loom control", reservation


def main():
    chapters = []
    generate()
    print("ok      generates_clients_without_a_warning")
    tell(lambda chapter: chapters.append(chapter) or chapter)
    state = type("Told", (), {})()
    passed, failed = 1, 0
    for chapter in chapters:
        try:
            chapter(state)
            passed += 1
            print(f"ok      {chapter.__name__}")
        except Exception:
            failed += 1
            print(f"FAILED  {chapter.__name__}\n{traceback.format_exc()}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
