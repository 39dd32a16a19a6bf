// Unmodified @azure/identity and @azure/arm-reservations against a mock.
//
// usage: NODE_EXTRA_CA_CERTS=CA_FILE node azure_reservations.mjs BASE_URL HTTPS_URL PACKAGES
//
// PACKAGES is the folder with node_modules. Reservations are bought through a cart of Partner Center
// over plain HTTP; everything after that is done with Azure's libraries in the customer's tenant,
// and looked at from both sides. At last three years pass. Chapters build on those before them.

import assert from "node:assert/strict";
import {
  CUSTOMER,
  MANAGEMENT,
  NOBODY,
  OTHER_CUSTOMER,
  REGISTERED,
  STATE,
  SUBSCRIPTION,
  TENANT,
  artifacts,
  call,
  catalogueItem,
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
  subscription,
  tell,
  token,
} from "./azure_story.mjs";

const { AzureReservationAPI } = packages("@azure/arm-reservations");

function client(tenant) {
  return new AzureReservationAPI(credential(tenant), clientOptions);
}

const s = {};
const get = (name, options) => s.arm.reservation.get(...s.bought[name], options);
const update = (name, patch) => s.arm.reservation.beginUpdateAndWait(...s.bought[name], patch);

const chapters = {
  // --- buying -----------------------------------------------------------------------------------

  async "signs in to the customer's tenant"() {
    s.arm = client(CUSTOMER);
    s.bearer = await token(CUSTOMER, MANAGEMENT);
    assert.ok((await collect(s.arm.operation.list())).length > 0);
  },

  async "finds the subscriptions"() {
    const line = { lineItemNumber: 0, offerId: "MS-AZR-0145P", quantity: 1 };
    const lineItems = [{ ...line, friendlyName: "Second home" }];
    await partnerCenter("POST", `/customers/${CUSTOMER}/orders`, { lineItems });
    const list = "/subscriptions?api-version=2022-12-01";
    const read = async () => (await call("GET", list, { bearer: s.bearer })).value;
    const named = (found) => found.find((one) => one.displayName === "Second home");
    const mine = await poll(read, named);
    s.second = named(mine).subscriptionId;
    const bearer = await token(OTHER_CUSTOMER, MANAGEMENT);
    s.foreign = (await call("GET", list, { bearer })).value[0].subscriptionId;
    assert.ok(mine.every((one) => one.subscriptionId !== s.foreign));
  },

  async "buys reservations through a cart"() {
    const dsv4 = "Virtual Machines Dsv4 Series";
    const web = await catalogueItem(dsv4, "Standard_D2s_v4", "eastus", "3Years");
    const esv4 = "Virtual Machines Esv4 Series";
    const database = await catalogueItem(esv4, "Standard_E4s_v4", "westeurope", "3Years");
    const batch = await catalogueItem(dsv4, "Standard_D8s_v4", "westus2", "1Year");
    const wanted = [[web, "web", 5, "shared"], [database, "database", 2, "single"]];
    for (const number of [0, 1, 2, 3, 4]) wanted.push([batch, `batch ${number}`, 1, "shared"]);
    const lineItems = wanted.map(([item, friendlyName, quantity, scope], id) => ({
      id,
      catalogItemId: item.catalogItemId,
      friendlyName,
      quantity,
      billingCycle: "one_time",
      termDuration: item.terms[0].duration,
      provisioningContext: { subscriptionId: REGISTERED, scope },
    }));
    const before = await artifacts();
    const cart = await partnerCenter("POST", `/customers/${CUSTOMER}/carts`, { lineItems });
    assert.deepEqual(cart.lineItems.filter((line) => line.error), []);
    const checkout = `/customers/${CUSTOMER}/carts/${cart.id}/checkout`;
    const result = await partnerCenter("POST", checkout, "success");
    assert.ok(result.orders.length > 0 && !result.orderErrors?.length, JSON.stringify(result));
    s.orders = result.orders.map((order) => order.id);
    const read = async () => [...(await artifacts())].filter(([order]) => !before.has(order));
    const found = await poll(read, (found) => found.length === wanted.length);
    [s.bought, s.links] = [{}, {}];
    for (const [order, { link, reservations: [one] }] of found) {
      s.links[order] = link;
      s.bought[one.displayName] = [order, one.reservationId];
    }
    assert.equal(Object.keys(s.bought).length, wanted.length);
  },

  // --- orders -----------------------------------------------------------------------------------

  async "lists orders"() {
    const listed = await collect(s.arm.reservationOrder.list());
    for (const order of listed) {
      assert.equal(order.id, orderId(order.name));
      assert.ok(Number.isInteger(order.etag));
      assert.ok(order.requestDateTime instanceof Date && !Number.isNaN(+order.requestDateTime));
    }
    const found = names(listed);
    assert.equal(new Set(found).size, found.length);
    for (const [order] of Object.values(s.bought)) assert.ok(found.includes(order), order);
  },

  async "gets an order with its schedule"() {
    const [id, only] = s.bought.web;
    const order = await s.arm.reservationOrder.get(id);
    assert.deepEqual([order.originalQuantity, order.term, order.billingPlan], [5, "P3Y", "Upfront"]);
    assert.equal(order.provisioningState, "Succeeded");
    assert.equal(order.planInformation, undefined);
    assert.deepEqual(order.reservations.map((one) => last(one.id)), [only]);
    const { planInformation } = await s.arm.reservationOrder.get(id, { expand: "schedule" });
    assert.deepEqual(planInformation.transactions.map((one) => one.status), ["Succeeded"]);
    assert.ok(planInformation.pricingCurrencyTotal.amount > 0);
  },

  async "orders that are not there"() {
    const at = (id, arm = s.arm) => () => arm.reservationOrder.get(id);
    await refused(404, "ReservationOrderNotFound", at(NOBODY));
    await refused(400, "InvalidReservationOrderId", at("not-a-guid"));
    await refused(403, "AuthorizationFailed", at(s.bought.web[0], client(TENANT)));
  },

  // --- lists of reservations --------------------------------------------------------------------

  async "lists reservations of an order"() {
    const [order, only] = s.bought.database;
    const [one, ...others] = await collect(s.arm.reservation.list(order));
    assert.deepEqual([one.id, one.name, others], [reservationId(order, only), only, []]);
    assert.deepEqual([one.sku.name, one.location], ["Standard_E4s_v4", "westeurope"]);
  },

  async "pages through all reservations"() {
    const list = (options) => s.arm.reservation.listAll(options);
    const whole = names(await collect(list()));
    for (const [, only] of Object.values(s.bought)) assert.ok(whole.includes(only), only);
    const pages = await collect(list({ take: 3 }).byPage());
    assert.ok(pages.length >= 3 && pages.slice(0, -1).every((page) => page.length === 3));
    assert.deepEqual(names(pages.flat()), whole);
    assert.deepEqual(names(await collect(list({ skiptoken: 4, take: 5 }))), whole.slice(4));
  },

  async "filters and sorts all reservations"() {
    const listed = (options) => collect(s.arm.reservation.listAll(options));
    const titles = async (options) =>
      (await listed(options)).map((one) => one.properties.displayName);
    const condition = [0, 2, 4].map((n) => `properties/displayName eq 'batch ${n}'`).join(" or ");
    const filter = `(${condition}) and properties/archived eq false and properties/quantity eq 1`;
    const orderby = "properties/displayName desc";
    assert.deepEqual(await titles({ filter, orderby, take: 2 }), ["batch 4", "batch 2", "batch 0"]);
    const states = (await listed()).map((one) => one.properties.displayProvisioningState);
    for (const selectedState of new Set(states)) {
      const chosen = await listed({ selectedState });
      assert.equal(chosen.length, states.filter((one) => one === selectedState).length);
    }
    await refused(400, "BadRequest", () => listed({ filter: "properties/displayName eq web" }));
    await refused(400, "BadRequest", () => listed({ orderby: "properties/colour" }));
  },

  async "reads the summary"() {
    const told = [];
    const onResponse = (response) => told.push(JSON.parse(response.bodyAsText));
    const listed = await collect(s.arm.reservation.listAll({ refreshSummary: "true", onResponse }));
    const states = listed.map((one) => one.properties.displayProvisioningState);
    const { summary } = told[0];
    const succeeded = states.filter((state) => state === "Succeeded").length;
    assert.equal(summary.succeededCount, succeeded);
    assert.equal(Object.values(summary).reduce((a, b) => a + b), states.length);
  },

  async "gets a reservation"() {
    const [order, only] = s.bought.web;
    const read = await get("web");
    assert.deepEqual([read.id, read.name], [reservationId(order, only), only]);
    const facts = read.properties;
    assert.deepEqual([facts.quantity, facts.term, facts.appliedScopeType], [5, "P3Y", "Shared"]);
    assert.deepEqual([facts.renew, facts.userFriendlyRenewState, facts.archived], [false, "Off", false]);
    assert.equal(facts.provisioningState, "Succeeded");
    assert.equal(facts.billingScopeId, subscription(SUBSCRIPTION));
    const expanded = await get("web", { expand: "renewProperties" });
    assert.equal(expanded.properties.renewProperties, undefined);
    const code = "ReservationIdNotInReservationOrder";
    await refused(404, code, () => s.arm.reservation.get(order, NOBODY));
    await refused(404, code, () => s.arm.reservation.get(order, s.bought.database[1]));
  },

  // --- changes ----------------------------------------------------------------------------------

  async renames() {
    const before = await get("batch 0");
    const poller = await s.arm.reservation.beginUpdate(...s.bought["batch 0"], { name: "Nightly" });
    const after = await poller.pollUntilDone();
    assert.deepEqual([after.properties.displayName, after.etag], ["Nightly", before.etag + 2]);
    const { reservations: [told] } = (await artifacts()).get(s.bought["batch 0"][0]);
    assert.equal(told.displayName, "Nightly");
    await refused(400, "PatchValuesSameAsExisting", () => update("batch 0", { name: "Nightly" }));
    assert.equal((await get("batch 0")).etag, after.etag);
  },

  async rescopes() {
    const told = async () => (await artifacts()).get(s.bought.web[0]).reservations[0];
    const appliedScopeType = "Single";
    await update("web", { appliedScopeType, appliedScopes: [subscription(s.second)] });
    const first = (await get("web")).properties;
    assert.equal(first.appliedScopeProperties.subscriptionId, subscription(s.second));
    assert.equal((await told()).scopeType, "Single");
    assert.ok((await told()).appliedScopes[0].includes(s.second));

    const resourceGroupId = `${subscription(SUBSCRIPTION)}/resourceGroups/web`;
    for (const [properties, friendly] of [
      [{ subscriptionId: subscription(SUBSCRIPTION) }, "Single"],
      [{ resourceGroupId }, "ResourceGroup"],
    ]) {
      await update("web", { appliedScopeType, appliedScopeProperties: properties });
      const facts = (await get("web")).properties;
      assert.equal(facts.userFriendlyAppliedScopeType, friendly);
      for (const [key, value] of Object.entries(properties)) {
        assert.equal(facts.appliedScopeProperties[key].toLowerCase(), value.toLowerCase());
      }
    }

    const after = await update("web", { appliedScopeType: "Shared" });
    assert.equal(after.properties.appliedScopeProperties, undefined);
    assert.equal((await told()).scopeType, "Shared");
    const same = () => update("web", { appliedScopeType: "Shared" });
    await refused(400, "AppliedScopesSameAsExisting", same);
  },

  async "scopes that are refused"() {
    const before = (await get("web")).etag;
    for (const [code, appliedScopes] of [
      ["AppliedScopesNotAssociatedWithCommerceAccount", [subscription(s.foreign)]],
      ["MissingAppliedScopesForSingle", undefined],
      ["InvalidSingleAppliedScopesCount", [s.second, SUBSCRIPTION].map(subscription)],
    ]) {
      await refused(400, code, () => update("web", { appliedScopeType: "Single", appliedScopes }));
    }
    assert.equal((await get("web")).etag, before);
  },

  async "switches instance flexibility"() {
    await refused(400, "BadRequest", () => update("batch 1", { instanceFlexibility: "Off" }));
    const scope = { appliedScopeType: "Single", appliedScopes: [subscription(SUBSCRIPTION)] };
    const after = await update("batch 1", { instanceFlexibility: "Off", ...scope });
    assert.equal(after.properties.instanceFlexibility, "Off");
  },

  async "asks for available scopes"() {
    const scopes = [SUBSCRIPTION, s.second, s.foreign, NOBODY].map(subscription);
    const body = { properties: { scopes } };
    const answer = await s.arm.reservation.beginAvailableScopesAndWait(...s.bought.web, body);
    const told = answer.properties.scopes.map((one) => [one.scope, one.valid]);
    assert.deepEqual(told, scopes.map((scope, index) => [scope, index < 2]));
  },

  async splits() {
    const [order, only] = s.bought.web;
    const split = (quantities) =>
      s.arm.reservation.beginSplitAndWait(order, {
        quantities,
        reservationId: reservationId(order, only),
      });
    for (const quantities of [[2, 2], [5], [5, 0], [1, 2, 2]]) {
      await refused(400, "BadRequest", () => split(quantities));
    }
    const result = await split([2, 3]);
    assert.equal(result.length, 3);
    const parts = result.filter((one) => one.properties.quantity !== 5);
    s.parts = parts.map((one) => last(one.id));
    const source = (await get("web")).properties;
    assert.equal(source.provisioningState, "Cancelled");
    assert.equal(source.extendedStatusInfo.statusCode, "Split");
    const made = source.splitProperties.splitDestinations.map(last);
    assert.deepEqual(made.sort(), [...s.parts].sort());
    for (const part of s.parts) {
      const facts = (await s.arm.reservation.get(order, part)).properties;
      assert.deepEqual([facts.provisioningState, facts.renew], ["Succeeded", false]);
      assert.deepEqual(facts.expiryDateTime, source.expiryDateTime);
    }
    const { reservations } = (await artifacts()).get(order);
    const active = reservations.filter((one) => s.parts.includes(one.reservationId));
    assert.equal(active.reduce((sum, one) => sum + one.quantity, 0), 5);
    await refused(400, STATE, () => split([1, 4]));
    await refused(400, STATE, () => update("web", { name: "too late" }));
  },

  async "reads revisions"() {
    const listed = await collect(s.arm.reservation.listRevisions(...s.bought.web));
    const numbers = listed.map((one) => one.etag);
    assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a));
    assert.equal(numbers[0], (await get("web")).etag);
    assert.ok(listed.every((one) => one.id.endsWith(`/revisions/${one.etag}`)));
  },

  async "archives and brings back"() {
    const [order, only] = s.bought.web;
    const filter = "properties/archived eq false";
    const listed = async () => names(await collect(s.arm.reservation.listAll({ filter })));
    await s.arm.reservation.archive(order, only);
    assert.equal((await get("web")).properties.archived, true);
    assert.ok(!(await listed()).includes(only));
    await s.arm.reservation.unarchive(order, only);
    assert.equal((await get("web")).properties.archived, false);
    assert.ok((await listed()).includes(only));
    await refused(400, STATE, () => s.arm.reservation.archive(order, s.parts[0]));
  },

  async merges() {
    const [order] = s.bought.web;
    const merge = (sources) => s.arm.reservation.beginMergeAndWait(order, { sources });
    const ids = s.parts.map((part) => reservationId(order, part));
    await refused(400, "BadRequest", () => merge(ids.slice(1)));
    const mixed = [ids[0], reservationId(...s.bought.database)];
    await refused(404, "ReservationIdNotInReservationOrder", () => merge(mixed));
    const result = await merge(ids);
    assert.equal(result.length, 3);
    const merged = last(result.find((one) => one.properties.quantity === 5).id);
    const facts = (await s.arm.reservation.get(order, merged)).properties;
    assert.deepEqual([facts.quantity, facts.provisioningState], [5, "Succeeded"]);
    assert.deepEqual(facts.mergeProperties.mergeSources.map(last).sort(), [...s.parts].sort());
    for (const part of s.parts) {
      const { properties } = await s.arm.reservation.get(order, part);
      assert.equal(properties.extendedStatusInfo.statusCode, "Merged");
    }
    s.bought.merged = [order, merged];
  },

  // --- around reservations ----------------------------------------------------------------------

  async "reads the catalogue"() {
    const options = { reservedResourceType: "VirtualMachines", location: "westeurope" };
    const items = await collect(s.arm.listCatalog(SUBSCRIPTION, options));
    const one = items.find((item) => item.name === "Standard_D2s_v4");
    assert.deepEqual(one.locations, ["westeurope"]);
    assert.ok(one.terms.includes("P1Y") && one.terms.includes("P3Y"));
    assert.deepEqual(one.billingPlans.P1Y, ["Upfront", "Monthly"]);
    const paged = s.arm.listCatalog(SUBSCRIPTION, { ...options, skip: 1, take: 4 });
    const pages = await collect(paged.byPage());
    assert.ok(pages.length > 3 && pages.slice(0, -1).every((page) => page.length === 4));
    assert.deepEqual(names(pages.flat()), names(items.slice(1)));
    const atlantis = { ...options, location: "atlantis" };
    const list = () => collect(s.arm.listCatalog(SUBSCRIPTION, atlantis));
    await refused(400, "InvalidLocationId", list);
  },

  async "reads applied reservations"() {
    const applied = await s.arm.getAppliedReservationList(SUBSCRIPTION);
    const orders = applied.reservationOrderIds.value.map(last);
    for (const name of ["merged", "database"]) assert.ok(orders.includes(s.bought[name][0]), name);
    const elsewhere = await s.arm.getAppliedReservationList(s.second);
    const others = elsewhere.reservationOrderIds.value.map(last);
    assert.ok(others.includes(s.bought.merged[0]) && !others.includes(s.bought.database[0]));
  },

  async "calculates a price and purchases"() {
    const { properties: price } = await s.arm.reservationOrder.calculate(purchaseRequest());
    assert.equal(price.isBillingPartnerManaged, true);
    assert.equal(price.paymentSchedule.length, 12);
    for (const [code, change] of [
      ["BadRequest", { quantity: 0 }],
      ["BadRequest", { sku: { name: "Standard_Unheard_of" } }],
      ["InvalidLocationId", { location: "atlantis" }],
      ["UnsupportedReservationTerm", { term: "P9Y" }],
      ["MissingAppliedScopesForSingle", { appliedScopeType: "Single" }],
    ]) {
      await refused(400, code, () => s.arm.reservationOrder.calculate(purchaseRequest(change)));
    }
    const id = price.reservationOrderId;
    const buy = (id, request) => s.arm.reservationOrder.beginPurchaseAndWait(id, request);
    await refused(400, "BadRequest", () => buy(NOBODY, purchaseRequest()));
    const started = await buy(id, purchaseRequest());
    assert.deepEqual([started.name, started.originalQuantity], [id, 2]);
    const read = () => s.arm.reservationOrder.get(id, { expand: "schedule" });
    const order = await poll(read, (order) => order.provisioningState === "Succeeded");
    const states = order.planInformation.transactions.map((one) => one.status);
    assert.deepEqual(states, ["Succeeded", ...Array(11).fill("Scheduled")]);
    const changed = () => buy(id, purchaseRequest({ quantity: 7 }));
    await refused(400, "ReservationOrderIdAlreadyExists", changed);
  },

  async "change of directory is refused for a partner's customers"() {
    const body = { destinationTenantId: OTHER_CUSTOMER };
    const change = () => s.arm.reservationOrder.changeDirectory(s.bought.merged[0], body);
    await refused(400, "BadRequest", change);
    assert.equal((await get("merged")).properties.provisioningState, "Succeeded");
  },

  // --- three years ------------------------------------------------------------------------------

  async "switches renewal on"() {
    const after = await update("database", { renew: true });
    assert.equal(after.properties.userFriendlyRenewState, "On");
    const purchaseProperties = purchaseRequest({
      location: "eastus",
      term: "P3Y",
      billingPlan: "Upfront",
      quantity: 4,
      displayName: "web-renewed",
    });
    await update("merged", { renew: true, renewProperties: { purchaseProperties } });
    const read = (await get("merged", { expand: "renewProperties" })).properties.renewProperties;
    assert.deepEqual([read.purchaseProperties.quantity, read.purchaseProperties.term], [4, "P3Y"]);
  },

  async "sees the end come"() {
    await call("POST", "/_mock/clock/advance", { body: { by: "P2Y11M10D" } });
    for (const name of ["merged", "database"]) {
      const facts = (await get(name)).properties;
      assert.equal(facts.displayProvisioningState, "Expiring", name);
      assert.equal(facts.provisioningState, "Succeeded", name);
    }
    const batch = (await get("batch 0")).properties;
    assert.deepEqual(
      [batch.provisioningState, batch.userFriendlyRenewState],
      ["Expired", "NotRenewed"],
    );
    await s.arm.reservation.archive(...s.bought["batch 0"]);
  },

  async "sees reservations expire and renew"() {
    await call("POST", "/_mock/clock/advance", { body: { by: "P25D" } });
    s.renewed = {};
    for (const [name, quantity] of [["merged", 4], ["database", 2]]) {
      const facts = (await get(name)).properties;
      assert.deepEqual([facts.provisioningState, facts.userFriendlyRenewState], ["Expired", "Renewed"]);
      const words = facts.renewDestination.split("/");
      s.renewed[name] = [words[words.indexOf("reservations") - 1], words.at(-1)];
      const after = (await s.arm.reservation.get(...s.renewed[name])).properties;
      assert.deepEqual([after.quantity, after.provisioningState], [quantity, "Succeeded"]);
      assert.equal(last(after.renewSource), s.bought[name][1]);
    }
    const orders = names(await collect(s.arm.reservationOrder.list()));
    for (const [order] of Object.values(s.renewed)) assert.ok(orders.includes(order), order);
    await refused(400, STATE, () => update("merged", { name: "too late" }));
  },

  async "Partner Center sees it too"() {
    const told = await artifacts();
    for (const name of ["merged", "database", "batch 2"]) {
      const [order, only] = s.bought[name];
      assert.ok(!told.has(order), `an entitlement to ${name} remains`);
      const { reservations } = await partnerCenter("GET", s.links[order]);
      const one = reservations.find((one) => one.reservationId === only);
      assert.equal(one.provisioningState, "Expired", name);
    }
    const listed = (await partnerCenter("GET", `/customers/${CUSTOMER}/orders`)).items;
    for (const [order, only] of Object.values(s.renewed)) {
      const { entitlement, reservations: [one] } = told.get(order);
      assert.deepEqual([one.reservationId, one.provisioningState], [only, "Created"]);
      const { id } = entitlement.referenceOrder;
      assert.ok(!s.orders.includes(id));
      assert.equal(listed.find((order) => order.id === id)?.status, "completed");
    }
  },
};

await tell(chapters);
