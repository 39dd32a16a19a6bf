"""Swagger UI in a headless Chromium: the page, the sign-ins, Try it out as the examples stand.

usage: swagger.py BASE_URL SCREENSHOTS

SCREENSHOTS is a folder. Chromium and its driver are those of the system.
"""

import pathlib
import shutil
import sys
import tempfile
import traceback

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

BASE, SHOTS = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2])
CLIENT, SECRET = "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846", "demo-secret"
USER = "admin@fabricore.example"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --disable-dev-shm-usage --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--window-size=1280,900"
).split()


def browser(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in [*FLAGS, f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


class Page:
    def __init__(self, driver):
        self.driver = driver

    def wait(self, condition, what, seconds=15):
        wait = WebDriverWait(
            self.driver, seconds, 0.1, ignored_exceptions=[StaleElementReferenceException]
        )
        return wait.until(lambda _: condition(), f"waited in vain for {what}")

    def all(self, css, inside=None):
        return (inside or self.driver).find_elements(By.CSS_SELECTOR, css)

    def one(self, css, inside=None):
        return self.wait(lambda: (self.all(css, inside) or [None])[0], css)

    def press(self, css, inside=None, text=None):
        def find():
            found = self.all(css, inside)
            return next((e for e in found if text is None or e.text.strip() == text), None)

        button = self.wait(find, f"{css} {text or ''}")
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def open(self, document):
        """Shows a document; gives the ids of its operations."""
        self.wait(lambda: self.all(".info .title") and self.one("#select").is_enabled(), "the page")
        Select(self.one("#select")).select_by_visible_text(document)
        title = {
            "Partner Center": "Partner Center",
            "Azure Resource Manager": "Azure Resource Manager",
            "Identity": "Entra ID",
            "Control": "control",
        }
        self.wait(lambda: title[document] in self.one(".info .title").text, f"document {document}")
        return [e.text for e in self.all(".opblock-tag")]

    def expand(self, operation):
        """Opens an operation, its group first; gives its block."""
        css = f"[id$='-{operation}'].opblock"
        if not self.all(css):
            for tag in self.all(".opblock-tag[data-is-open='false']"):
                self.driver.execute_script("arguments[0].click()", tag)
        block = self.one(css)
        if "is-open" not in block.get_attribute("class"):
            self.press(".opblock-summary-control", block)
        return self.one(css)

    def execute(self, operation):
        """Try it out as it stands; gives status and body of the answer."""
        block = self.expand(operation)
        self.press("button.execute", block)
        status = self.wait(
            lambda: self.one(".live-responses-table tbody .response-col_status", block).text.split("\n")[0],
            f"an answer to {operation}",
        )
        return int(status), self.one(".live-responses-table tbody .response-col_description", block).text

    def scheme(self, name):
        """The part of the dialog for a scheme."""
        return self.wait(
            lambda: next(
                (e for e in self.all(".auth-container") if f"{name} (OAuth2" in e.text), None
            ),
            f"scheme {name}",
        )

    def shot(self, name):
        self.driver.save_screenshot(str(SHOTS / f"{name}.png"))


TESTS = []


def test(function):
    TESTS.append(function)
    return function


@test
def shows_the_four_documents(page):
    page.driver.get(f"{BASE}/swagger")
    names = [o.text for o in Select(page.one("#select")).options]
    assert names == ["Partner Center", "Azure Resource Manager", "Identity", "Control"], names
    assert "Identity" in page.open("Identity")[0]
    page.shot("identity")
    assert {"Worlds", "Clock"} <= set(page.open("Control"))
    page.shot("control")
    tags = page.open("Partner Center")
    assert {"Customers", "Catalog", "Carts", "Orders", "Entitlements"} <= set(tags), tags
    page.shot("partner-center")


@test
def refuses_who_is_not_signed_in(page):
    status, body = page.execute("getCustomer")
    assert status == 401 and '"code"' in body, (status, body)


@test
def signs_the_application_in_with_one_click(page):
    page.press(".btn.authorize")
    form = page.scheme("app")
    values = [e.get_attribute("value") for e in page.all("input:not([type=checkbox])", form)]
    assert values == [CLIENT, SECRET], values
    assert all(box.is_selected() for box in page.all("input[type=checkbox]", form))
    button = page.one("button.authorize", form)
    page.shot("authorize")
    box, dialog = button.rect, page.one(".modal-ux").rect
    assert box["y"] + box["height"] < dialog["y"] + dialog["height"], "the button is out of view"
    button.click()
    page.wait(lambda: "Logout" in page.scheme("app").text, "the sign-in")


@test
def signs_a_user_in(page):
    form = page.scheme("user")
    before = page.driver.current_window_handle
    page.press("button.authorize", form)
    page.wait(lambda: len(page.driver.window_handles) == 2, "the sign-in page")
    page.driver.switch_to.window(
        next(handle for handle in page.driver.window_handles if handle != before)
    )
    page.press(f"a[href*='{USER.replace('@', '%40')}']")
    page.wait(lambda: len(page.driver.window_handles) == 1, "the way back")
    page.driver.switch_to.window(before)
    page.wait(lambda: "Logout" in page.scheme("user").text, "the sign-in")
    page.press(".btn-done", page.scheme("user"))
    page.wait(lambda: not page.all(".modal-ux"), "the page without dialog")


@test
def executes_a_get_as_it_stands(page):
    status, body = page.execute("getCustomer")
    assert status == 200 and "Larkspur Foods" in body, (status, body)
    page.shot("get-customer")


@test
def executes_a_post_as_it_stands(page):
    status, body = page.execute("createCart")
    assert status == 201 and '"status": "Active"' in body, (status, body)
    page.shot("create-cart")


@test
def executes_what_needs_a_user(page):
    status, body = page.execute("getOrganizationProfile")
    assert status == 200 and "Fabricore" in body, (status, body)


@test
def checks_out_the_cart_of_the_example(page):
    status, body = page.execute("checkoutCart")
    assert status == 201 and '"status": "pending"' in body, (status, body)


@test
def signs_in_to_azure_apart(page):
    assert "Reservations" in page.open("Azure Resource Manager")
    status, body = page.execute("getReservationOrder")
    assert status == 401 and "AuthenticationFailed" in body, (status, body)
    page.press(".btn.authorize")
    form = page.scheme("azureApp")
    page.press("button.authorize", form)
    page.wait(lambda: "Logout" in page.scheme("azureApp").text, "the sign-in")
    page.shot("authorize-azure")
    page.press(".btn-done", page.scheme("azureApp"))
    page.wait(lambda: not page.all(".modal-ux"), "the page without dialog")


@test
def executes_on_azure_as_it_stands(page):
    for operation, expected, text in [
        ("getReservationOrder", 200, "web tier"),
        ("listAllReservations", 200, "succeededCount"),
        ("updateReservation", 200, "web tier 2026"),
        ("splitReservation", 200, "/revisions/"),
        ("calculatePrice", 200, "paymentSchedule"),
        ("listRoleAssignments", 200, "roleDefinitionId"),
        ("listReservationSummaries", 200, "usedHours"),
    ]:
        status, body = page.execute(operation)
        assert status == expected and text in body, (operation, status, body)
    page.shot("azure")


@test
def executes_on_the_other_documents(page):
    page.open("Control")
    status, body = page.execute("createWorld")
    assert status == 201, (status, body)
    page.open("Identity")
    status, body = page.execute("issueToken")
    page.shot("issue-token")
    assert status == 200 and "access_token" in body, (status, body)


@test
def logs_no_error(page):
    refused = "401 (Unauthorized)"
    severe = [e for e in page.driver.get_log("browser") if e["level"] == "SEVERE"]
    assert [e for e in severe if refused not in e["message"]] == [], severe


def main():
    SHOTS.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as profile:
        driver = browser(profile)
        try:
            page = Page(driver)
            for run in TESTS:
                try:
                    run(page)
                    print(f"ok      {run.__name__}")
                except Exception:
                    failed += 1
                    page.shot(f"failed-{run.__name__}")
                    print(f"FAILED  {run.__name__}\n{traceback.format_exc()}")
        finally:
            driver.quit()
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
