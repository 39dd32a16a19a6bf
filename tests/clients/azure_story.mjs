// What the stories told with Azure's libraries share: the world, plain HTTP, ways to ask.
//
// A story is called with BASE_URL HTTPS_URL PACKAGES, where PACKAGES is the folder with node_modules.
// Its chapters run in turn; the last line sums them up.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";

const [BASE, ARM, PACKAGES] = process.argv.slice(2).map((word) => word.replace(/\/$/, ""));
export const packages = createRequire(path.resolve(PACKAGES, "package.json"));
const { ClientSecretCredential } = packages("@azure/identity");

export const TENANT = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
export const CUSTOMER = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
export const OTHER_CUSTOMER = "1f7a9c42-6e05-4b8d-93c1-d2e4f6a8b0c3";
export const REGISTERED = "2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33";
export const SUBSCRIPTION = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
export const [CLIENT, SECRET] = ["31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846", "demo-secret"];
export const MANAGEMENT = "https://management.azure.com/.default";
export const PARTNER_CENTER = "https://api.partnercenter.microsoft.com/.default";
export const NOBODY = "00000000-0000-4000-8000-0000000000aa";

// --- plain HTTP ---------------------------------------------------------------------------------

export async function token(tenant, scope) {
  const form = { grant_type: "client_credentials", client_id: CLIENT, client_secret: SECRET, scope };
  const body = new URLSearchParams(form);
  const answer = await fetch(`${BASE}/${tenant}/oauth2/v2.0/token`, { method: "POST", body });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()).access_token;
}

export async function call(method, path, { body, bearer } = {}) {
  const headers = { ...(bearer && { Authorization: `Bearer ${bearer}` }) };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(BASE + path, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text.slice(0, 600)}`);
  return text && JSON.parse(text);
}

let partnerToken;
export async function partnerCenter(method, path, body) {
  partnerToken ??= await token(TENANT, PARTNER_CENTER);
  return call(method, `/v1${path}`, { body, bearer: partnerToken });
}

export async function catalogueItem(title, armSkuName, armRegionName, duration) {
  const list = "/products?country=US&targetView=AzureReservationsVM";
  const products = (await partnerCenter("GET", list)).items;
  const product = products.find((one) => one.title === title);
  const skus = (await partnerCenter("GET", product.links.skus.uri)).items;
  const wanted = Object.entries({ armSkuName, armRegionName, duration });
  const sku = skus.find(({ dynamicAttributes: facts }) => wanted.every(([k, v]) => facts[k] === v));
  const items = (await partnerCenter("GET", sku.links.availabilities.uri)).items;
  return items.find((item) => item.segment === "commercial");
}

// What Partner Center tells of every reservation of the customer, by reservation order.
export async function artifacts() {
  const found = new Map();
  const list = `/customers/${CUSTOMER}/entitlements?showExpiry=true`;
  for (const entitlement of (await partnerCenter("GET", list)).items) {
    for (const { resourceId, link } of entitlement.entitledArtifacts) {
      const { reservations } = await partnerCenter("GET", link.uri);
      found.set(resourceId, { entitlement, link: link.uri, reservations });
    }
  }
  return found;
}

// --- what is asked of the clients ---------------------------------------------------------------

export function credential(tenant) {
  const options = { authorityHost: ARM, disableInstanceDiscovery: true };
  return new ClientSecretCredential(tenant, CLIENT, SECRET, options);
}

// What every client of Azure is made with.
export const clientOptions = { endpoint: ARM, credentialScopes: [MANAGEMENT] };

export async function collect(iterator) {
  const items = [];
  for await (const item of iterator) items.push(item);
  return items;
}

// The call must end with this error.
export async function refused(statusCode, code, action) {
  const error = await action().then(
    (result) => assert.fail(`was not refused with ${code}: ${JSON.stringify(result)}`),
    (error) => error,
  );
  if (error instanceof assert.AssertionError) throw error;
  assert.deepEqual([error.statusCode, error.code], [statusCode, code], error.message);
  assert.ok(error.message);
  return error;
}

export async function poll(read, isDone, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await read();
    if (isDone(seen)) return seen;
    assert.ok(Date.now() < end, `still not done after ${seconds} s: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

export const orderId = (order) => `/providers/microsoft.capacity/reservationOrders/${order}`;
export const reservationId = (order, only) => `${orderId(order)}/reservations/${only}`;
export const last = (id) => id.split("/").at(-1);
export const subscription = (id) => `/subscriptions/${id}`;
export const names = (list) => list.map((one) => one.name);
export const STATE = "OperationCannotBePerformedInCurrentState";

export const purchaseRequest = (change = {}) => ({
  sku: { name: "Standard_D2s_v4" },
  location: "westeurope",
  reservedResourceType: "VirtualMachines",
  billingScopeId: subscription(SUBSCRIPTION),
  term: "P1Y",
  billingPlan: "Monthly",
  quantity: 2,
  displayName: "bought-in-azure",
  appliedScopeType: "Shared",
  renew: false,
  reservedResourceProperties: { instanceFlexibility: "On" },
  ...change,
});

// --- chapters -----------------------------------------------------------------------------------

// Runs the chapters in turn and sets the exit code.
export async function tell(chapters) {
  let failed = 0;
  for (const [name, run] of Object.entries(chapters)) {
    try {
      await run();
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n${error.stack}`);
    }
  }
  console.log(`${Object.keys(chapters).length - failed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}
