// Unmodified @azure/arm-reservations and @azure/arm-support against a mock: refunds and exchanges by
// the partner itself and by ticket.
//
// usage: NODE_EXTRA_CA_CERTS=CA_FILE node azure_refunds.mjs BASE_URL HTTPS_URL PACKAGES
//
// PACKAGES is the folder with node_modules. Reservations are bought with the library in the
// customer's tenant; what came of giving them back is looked at from both sides. The server takes its
// time for each step, so that pollers poll.

import assert from "node:assert/strict";
import {
  CUSTOMER,
  NOBODY,
  REGISTERED,
  STATE,
  SUBSCRIPTION,
  artifacts,
  call,
  clientOptions,
  collect,
  credential,
  last,
  names,
  orderId,
  packages,
  partnerCenter,
  poll,
  purchaseRequest,
  refused,
  reservationId,
  tell,
} from "./azure_story.mjs";

const { AzureReservationAPI } = packages("@azure/arm-reservations");
const { MicrosoftSupport } = packages("@azure/arm-support");

const s = {};
const EVERY = { updateIntervalInMs: 500 };
const upfront = (change) => purchaseRequest({ billingPlan: "Upfront", ...change });
const cents = (price) => Math.round(price.amount * 100);
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const facts = async ([order, only]) => (await s.arm.reservation.get(order, only)).properties;

async function buy(change) {
  const request = upfront(change);
  const { properties: price } = await s.arm.reservationOrder.calculate(request);
  const id = price.reservationOrderId;
  await s.arm.reservationOrder.beginPurchaseAndWait(id, request, EVERY);
  const read = () => s.arm.reservationOrder.get(id);
  await poll(read, (order) => order.provisioningState === "Succeeded");
  const [one] = await collect(s.arm.reservation.list(id));
  return [id, one.name];
}

// The quantities of what is in force in an order.
async function active(order) {
  const listed = (await collect(s.arm.reservation.list(order))).map((one) => one.properties);
  return listed.filter((it) => it.provisioningState === "Succeeded").map((it) => it.quantity);
}

async function today() {
  return new Date((await call("GET", "/_mock/clock")).now.slice(0, 10));
}

// The share of its days that is left of an order.
async function shareLeft(order) {
  const told = await s.arm.reservationOrder.get(order);
  const day = (date) => Math.floor(date.getTime() / 86_400_000);
  const [begin, end] = [told.benefitStartTime, told.expiryDateTime].map(day);
  return (end - day(await today())) / (end - begin);
}

const near = (actual, expected, within = 1) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

const toReturn = ([order, only], quantity) => ({
  reservationId: reservationId(order, only),
  quantity,
});

async function calculateRefund(bought, quantity, order = bought[0]) {
  const properties = { scope: "Reservation", reservationToReturn: toReturn(bought, quantity) };
  const answer = await s.arm.calculateRefund.post(order, { id: orderId(order), properties });
  return answer.properties;
}

function giveBack(sessionId, bought, quantity) {
  const properties = {
    sessionId,
    scope: "Reservation",
    reservationToReturn: toReturn(bought, quantity),
    returnReason: "The machines are switched off.",
  };
  return s.arm.return.beginPostAndWait(bought[0], { properties }, EVERY);
}

async function refund(bought, quantity) {
  const quote = await calculateRefund(bought, quantity);
  const order = await giveBack(quote.sessionId, bought, quantity);
  assert.equal(order.name, bought[0]);
  await poll(() => facts(bought), (it) => it.provisioningState === "Cancelled");
  return quote;
}

async function calculateExchange(returns, purchases) {
  const properties = {
    reservationsToExchange: returns.map(([bought, quantity]) => toReturn(bought, quantity)),
    reservationsToPurchase: purchases,
    savingsPlansToPurchase: [],
  };
  const answer = await s.arm.calculateExchange.beginPostAndWait({ properties }, EVERY);
  assert.equal(answer.status, "Succeeded");
  return answer.properties;
}

const exchange = (sessionId) => s.arm.exchange.beginPostAndWait({ properties: { sessionId } }, EVERY);

// An exchange that begins and fails: the error says why.
async function failed(code, action) {
  const error = await action().then(
    (result) => assert.fail(`did not fail with ${code}: ${JSON.stringify(result)}`),
    (error) => error,
  );
  if (error instanceof assert.AssertionError) throw error;
  assert.ok(error.message.includes(code), error.message);
}

const ticket = (topic, change = {}) => ({
  title: "Refund",
  description: "See the title.",
  severity: "minimal",
  serviceId: s.billing.id,
  problemClassificationId: s.topics[topic],
  contactDetails: {
    firstName: "Mei",
    lastName: "Lin",
    preferredContactMethod: "email",
    primaryEmailAddress: "mei@fabricore.example",
    preferredTimeZone: "Taipei Standard Time",
    country: "TWN",
    preferredSupportLanguage: "en-US",
  },
  ...change,
});

const open = (name, topic, change) =>
  s.support.supportTickets.beginCreateAndWait(name, ticket(topic, change), EVERY);

const say = (name, called, body) => {
  const message = { subject: "More", body, sender: "mei@fabricore.example" };
  return s.support.communications.beginCreateAndWait(name, called, message, EVERY);
};

// What the agent said about a ticket, the oldest first.
async function letters(name) {
  const told = await collect(s.support.communications.list(name));
  return told.reverse().filter((one) => one.communicationDirection === "Outbound");
}

// Waits until a ticket is closed; gives the last words about it.
async function closed(name) {
  await poll(() => s.support.supportTickets.get(name), (one) => one.status === "Closed");
  return (await letters(name)).at(-1).body;
}

// Waits until what a ticket asked for has been done.
const cancelled = (bought) =>
  poll(() => facts(bought), (it) => it.provisioningState === "Cancelled");

const chapters = {
  // --- refunds ----------------------------------------------------------------------------------

  async "buys what will be given back"() {
    s.arm = new AzureReservationAPI(credential(CUSTOMER), clientOptions);
    s.support = new MicrosoftSupport(credential(CUSTOMER), SUBSCRIPTION, clientOptions);
    s.bought = {};
    for (const [name, quantity, change] of [
      ["web", 5],
      ["months", 2, { billingPlan: "Monthly" }],
      ["early", 4],
      ["large", 200, { term: "P3Y" }],
      ["old", 3],
      ["whole", 2],
      ["asked", 1],
      ["swap", 1],
    ]) {
      s.bought[name] = await buy({ displayName: name, quantity, ...change });
    }
    const told = await artifacts();
    for (const [order, only] of Object.values(s.bought)) {
      assert.deepEqual(told.get(order).reservations.map((one) => one.reservationId), [only]);
    }
  },

  async "refunds a part"() {
    const bought = s.bought.web;
    const quote = await calculateRefund(bought, 2);
    const { billingInformation: billing, policyResult: { properties: rules } } = quote;
    const paid = cents(billing.billingCurrencyTotalPaidAmount);
    const share = await shareLeft(bought[0]);
    near(cents(quote.billingRefundAmount), (paid * 2 * share) / 5);
    assert.deepEqual([billing.billingPlan, billing.totalTransactions], ["Upfront", 1]);
    assert.deepEqual([rules.policyErrors, rules.maxRefundLimit.amount], [[], 50000]);
    assert.deepEqual(await active(bought[0]), [5]);
    s.used = await refund(bought, 2);
    assert.deepEqual(await active(bought[0]), [3]);
    const source = await facts(bought);
    assert.equal(source.extendedStatusInfo.statusCode, "Split");
    const { reservations } = (await artifacts()).get(bought[0]);
    const created = reservations.filter((one) => one.provisioningState === "Created");
    assert.deepEqual(created.map((one) => one.quantity), [3]);
    s.rest = [bought[0], created[0].reservationId];
    // Repeated, it is the same refund.
    assert.equal((await giveBack(s.used.sessionId, bought, 2)).name, bought[0]);
    assert.deepEqual(await active(bought[0]), [3]);
  },

  async "refunds the rest"() {
    await refund(s.rest, 3);
    const order = await s.arm.reservationOrder.get(s.rest[0]);
    assert.equal(order.provisioningState, "Cancelled");
    assert.ok(!(await artifacts()).has(s.rest[0]));
    await refused(400, STATE, () => calculateRefund(s.rest, 1));
  },

  async "refunds by the month"() {
    const [order] = s.bought.months;
    const due = async () => {
      const { planInformation } = await s.arm.reservationOrder.get(order, { expand: "schedule" });
      const ahead = planInformation.transactions.filter((one) => one.status === "Scheduled");
      return sum(ahead.map((one) => cents(one.pricingCurrencyTotal)));
    };
    const before = await due();
    const { billingInformation: billing } = await refund(s.bought.months, 1);
    assert.deepEqual([billing.completedTransactions, billing.totalTransactions], [1, 12]);
    near(cents(billing.billingCurrencyRemainingCommitmentAmount), before / 2, 6);
    near(await due(), before / 2, 11);
    assert.deepEqual(await active(order), [1]);
  },

  async "refunds that are refused"() {
    const { early, old, large } = s.bought;
    for (const quantity of [0, -1, 5]) {
      await refused(400, "InvalidRefundQuantity", () => calculateRefund(early, quantity));
    }
    const missing = "ReservationIdNotInReservationOrder";
    await refused(404, missing, () => calculateRefund([early[0], old[1]], 1));
    await refused(404, "ReservationOrderNotFound", () => calculateRefund(early, 1, NOBODY));
    const { sessionId } = await calculateRefund(early, 1);
    await refused(400, "BadRequest", () => giveBack(NOBODY, early, 1));
    await refused(400, "BadRequest", () => giveBack(sessionId, early, 2));

    const quote = await calculateRefund(large, 200);
    const codes = quote.policyResult.properties.policyErrors.map((one) => one.code);
    assert.deepEqual(codes, ["RefundLimitExceeded"]);
    await refused(400, "RefundLimitExceeded", () => giveBack(quote.sessionId, large, 200));
    assert.deepEqual([await active(early[0]), await active(large[0])], [[4], [200]]);
  },

  async "keeps a fee after the free days"() {
    await call("POST", "/_mock/clock/advance", { body: { by: "P10D" } });
    const quote = await refund(s.bought.early, 4);
    const paid = cents(quote.billingInformation.billingCurrencyTotalPaidAmount);
    const share = await shareLeft(s.bought.early[0]);
    assert.ok(share < 0.98, `${share}`);
    near(cents(quote.billingRefundAmount), paid * share * 0.88);
    assert.ok(!(await artifacts()).has(s.bought.early[0]));
  },

  // --- exchanges --------------------------------------------------------------------------------

  async "exchanges a part"() {
    const { old } = s.bought;
    const wanted = upfront({ sku: { name: "Standard_D4s_v4" }, term: "P3Y", displayName: "new" });
    const calculated = await calculateExchange([[old, 2]], [wanted]);
    const [given] = calculated.reservationsToExchange;
    const paid = cents(given.billingInformation.billingCurrencyTotalPaidAmount);
    near(cents(given.billingRefundAmount), (paid * 2 * (await shareLeft(old[0]))) / 3);
    const [refunds, purchases] = [calculated.refundsTotal, calculated.purchasesTotal].map(cents);
    assert.equal(refunds, cents(given.billingRefundAmount), "an exchange costs no fee");
    assert.equal(cents(calculated.netPayable), purchases - refunds);
    assert.deepEqual(await active(old[0]), [3], "a calculation changes nothing");

    const done = await exchange(calculated.sessionId);
    assert.deepEqual([done.status, done.name], ["Succeeded", calculated.sessionId]);
    const [made] = done.properties.reservationsToPurchase;
    assert.equal(made.status, "Succeeded");
    s.bought.new = [last(made.reservationOrderId), last(made.reservationId)];
    const it = await facts(s.bought.new);
    assert.deepEqual([it.quantity, it.term, it.displayName], [2, "P3Y", "new"]);
    assert.equal((await facts(old)).provisioningState, "Cancelled");
    assert.deepEqual(await active(old[0]), [1]);
    const told = await artifacts();
    assert.equal(told.get(s.bought.new[0]).reservations[0].quantity, 2);
    // Repeated, it is the same exchange.
    const again = (await exchange(calculated.sessionId)).properties.reservationsToPurchase[0];
    assert.equal(again.reservationId, made.reservationId);
    assert.equal((await artifacts()).size, told.size);
  },

  async "exchanges that fail or are refused"() {
    const source = [s.bought.new, 2];
    await failed("ExchangeValueTooLow", () => calculateExchange([source], [upfront()]));
    const large = upfront({ sku: { name: "Standard_D8s_v4" }, term: "P3Y", quantity: 9 });
    const gone = [s.bought.early, 4];
    await failed("ReservationNotEligible", () => calculateExchange([gone], [large]));
    await refused(400, "BadRequest", () => calculateExchange([], []));
    const most = [s.bought.new, 3];
    await refused(400, "InvalidRefundQuantity", () => calculateExchange([most], [large]));
    await refused(400, "BadRequest", () => exchange(NOBODY));
    assert.deepEqual(await active(s.bought.new[0]), [2]);
  },

  async "a failed exchange changes nothing"() {
    const wanted = upfront({ sku: { name: "Standard_D8s_v4" }, term: "P3Y", quantity: 3 });
    const calculated = await calculateExchange([[s.bought.new, 2]], [wanted]);
    const path = `/customers/${CUSTOMER}/subscriptions/${REGISTERED}`;
    const set = async (status) =>
      partnerCenter("PATCH", path, { ...(await partnerCenter("GET", path)), status });
    const before = (await artifacts()).size;
    await set("suspended");
    await failed("is not enabled", () => exchange(calculated.sessionId));
    await set("active");
    assert.deepEqual(await active(s.bought.new[0]), [2]);
    assert.equal((await artifacts()).size, before);
  },

  // --- tickets ----------------------------------------------------------------------------------

  async "reads services and their problems"() {
    const services = await collect(s.support.services.list());
    s.billing = services.find((one) => one.displayName === "Billing");
    assert.equal((await s.support.services.get(s.billing.name)).id, s.billing.id);
    const listed = await collect(s.support.problemClassifications.list(s.billing.name));
    s.topics = Object.fromEntries(listed.map((one) => [one.displayName.split(" / ").at(-1), one.id]));
    const topic = s.topics["Exchanges and refunds"];
    const one = await s.support.problemClassifications.get(s.billing.name, last(topic));
    assert.equal(one.displayName, "Reservation management / Exchanges and refunds");
    await refused(404, "ResourceNotFound", () => s.support.services.get(NOBODY));
    const found = names(await collect(s.support.operations.list()));
    assert.ok(found.some((name) => name.toLowerCase() === "microsoft.support/supporttickets/read"));
  },

  async "refunds by a ticket that names both ids"() {
    const [order, only] = s.bought.whole;
    const type = "Microsoft.Support/supportTickets";
    const check = (name) => s.support.supportTickets.checkNameAvailability({ name, type });
    assert.equal((await check("refund-whole")).nameAvailable, true);
    const description = `Please return reservation ${only} of reservation order ${order}.`;
    const made = await open("refund-whole", "Exchanges and refunds", { description });
    assert.deepEqual([made.name, made.status, made.severity], ["refund-whole", "Open", "Minimal"]);
    assert.ok(made.createdDate instanceof Date && /^\d{16}$/.test(made.supportTicketId));
    const taken = await check("refund-whole");
    assert.equal(taken.nameAvailable, false);
    assert.equal(taken.reason, "Name is already in use");

    const letter = await closed("refund-whole");
    const { amount } = (await s.arm.reservationOrder.get(order, { expand: "schedule" }))
      .planInformation.pricingCurrencyTotal;
    const refundedCents = /refunded ([0-9.]+) USD/.exec(letter)?.[1];
    near(refundedCents * 100, amount * 100 * (await shareLeft(order)) * 0.88, 2);
    assert.ok(letter.includes(order) && letter.includes(only), letter);
    await cancelled(s.bought.whole);
    assert.ok(!(await artifacts()).has(order));
    const { supportEngineer } = await s.support.supportTickets.get("refund-whole");
    assert.equal(supportEngineer.emailAddress, (await letters("refund-whole"))[0].sender);
  },

  async "answers what the agent asks"() {
    const [order, only] = s.bought.asked;
    await open("asked", "Exchanges and refunds", { description: `Return reservation ${only}.` });
    const asks = (told) => told.at(-1)?.body.includes("order id as well");
    await poll(() => letters("asked"), asks);
    assert.equal((await facts(s.bought.asked)).provisioningState, "Succeeded");
    const answer = await say("asked", "the-order", `The reservation order is ${order}.`);
    assert.deepEqual([answer.name, answer.communicationDirection], ["the-order", "Inbound"]);
    assert.ok((await closed("asked")).includes("refunded"));
    await cancelled(s.bought.asked);
  },

  async "exchanges by ticket"() {
    const [order, only] = s.bought.swap;
    const before = new Set((await artifacts()).keys());
    const description = `Exchange reservation ${only} of order ${order} for Standard_D4s_v4, westeurope, P3Y, quantity 1.`;
    await open("swap", "Exchanges and refunds", { title: "Exchange", description });
    const letter = await closed("swap");
    await cancelled(s.bought.swap);
    const made = [...(await artifacts()).keys()].filter((one) => !before.has(one));
    assert.equal(made.length, 1, letter);
    const [one] = await collect(s.arm.reservation.list(made[0]));
    assert.deepEqual([one.sku.name, one.properties.term], ["Standard_D4s_v4", "P3Y"]);
    assert.ok(letter.includes(made[0]), letter);
  },

  async "opens, changes and lists other tickets"() {
    const { supportTickets: tickets, communications: talk } = s.support;
    const started = new Date("2026-02-03T04:05:06Z");
    const made = await open("which-size", "Purchase reservations", { problemStartTime: started });
    assert.equal(+made.problemStartTime, +started);
    const contactDetails = { phoneNumber: "+886 2 5550 0100" };
    const after = await tickets.update("which-size", { severity: "moderate", contactDetails });
    assert.equal(after.severity, "Moderate");
    const contact = after.contactDetails;
    assert.deepEqual([contact.phoneNumber, contact.firstName], ["+886 2 5550 0100", "Mei"]);

    const listed = async (options) => names(await collect(tickets.list(options)));
    const all = ["which-size", "swap", "asked", "refund-whole"];
    const whole = await listed();
    assert.deepEqual(whole.slice(0, 4), all);
    const pages = await collect(tickets.list({ top: 2 }).byPage());
    assert.deepEqual([pages[0].length, names(pages.flat())], [2, whole]);
    const opened = await listed({ filter: "status eq 'Open'" });
    assert.ok(opened.includes("which-size") && !opened.includes("swap"));
    await refused(400, "BadRequest", () => listed({ filter: "severity gt 'Minimal'" }));

    const first = await say("which-size", "first", "It is for a web server.");
    assert.deepEqual([first.communicationType, first.sender], ["Web", "mei@fabricore.example"]);
    assert.equal((await talk.get("which-size", "first")).body, first.body);
    assert.deepEqual(names(await collect(talk.list("which-size"))), ["first"]);
    await refused(409, "Conflict", () => say("which-size", "first", "Again."));
    assert.equal((await tickets.update("which-size", { status: "closed" })).status, "Closed");
    await refused(400, "BadRequest", () => say("which-size", "late", "Too late."));

    const again = () => open("which-size", "Purchase reservations");
    await refused(409, "Conflict", again);
    const grave = { severity: "grave" };
    await refused(400, "BadRequest", () => open("grave", "Purchase reservations", grave));
    await refused(404, "ResourceNotFound", () => tickets.get("grave"));
  },
};

await tell(chapters);
