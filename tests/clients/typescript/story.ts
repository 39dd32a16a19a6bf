// A reservation bought with clients that @hey-api/openapi-ts made from the served documents, checked by
// tsc in strict mode before it runs. What the types say of an answer is what the story reads from it.

import { createClient as azureClient } from "./generated/azure/client/index.js";
import * as azure from "./generated/azure/index.js";
import { createClient as identityClient } from "./generated/identity/client/index.js";
import * as identity from "./generated/identity/index.js";
import { createClient as partnerClient } from "./generated/partner-center/client/index.js";
import * as pc from "./generated/partner-center/index.js";

declare const process: { argv: string[]; exitCode: number };

const base = process.argv[2] ?? "";
const world = `${base}/w/typescript`;
const tenant = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
const customer = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
const subscription = "2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33";
const path = { customer_id: customer };

let passed = 0;
function check(what: string, holds: boolean, seen: unknown): void {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(seen)}`);
  passed += 1;
}

async function signIn(where: string, scope: string, user: boolean): Promise<string> {
  const client = identityClient({ baseUrl: world });
  const { data, error } = await identity.issueToken({
    client,
    path: { tenant: where },
    body: {
      grant_type: user ? "password" : "client_credentials",
      client_id: "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846",
      client_secret: "demo-secret",
      scope,
      ...(user ? { username: "admin@fabricore.example", password: "demo-password" } : {}),
    },
  });
  check("a token", data !== undefined && data.expires_in > 3000, error);
  return data!.access_token;
}

async function story(): Promise<void> {
  const auth = await signIn(tenant, "https://api.partnercenter.microsoft.com/.default", true);
  const client = partnerClient({ baseUrl: world, auth });

  const customers = await pc.listCustomers({ client, query: { size: 2 } });
  check("two customers", customers.data?.items.length === 2, customers);
  const unknown = await pc.getCustomer({ client, path: { customer_id: tenant } });
  check("an unknown customer", unknown.response?.status === 404 && unknown.data === undefined, unknown);

  await pc.registerSubscription({ client, path: { ...path, subscription_id: subscription } });
  const cart = await pc.createCart({
    client,
    path,
    body: {
      lineItems: [{
        id: 0,
        catalogItemId: "DZH318Z0BSV1:0001:DZH318ULYNRY",
        friendlyName: "typescript",
        quantity: 2,
        currencyCode: "USD",
        billingCycle: "one_time",
        termDuration: "P1Y",
        provisioningContext: { subscriptionId: subscription, scope: "shared", duration: "1Year" },
      }],
    },
  });
  check("a cart", cart.data !== undefined, cart.error);
  const bought = await pc.checkoutCart({ client, path: { ...path, cart_id: cart.data!.id } });
  const order = bought.data?.orders?.[0];
  check("an order", order !== undefined, bought.error);
  const read = await pc.getOrder({ client, path: { ...path, order_id: order!.id! } });
  check("it is completed", read.data?.status === "completed", read.data ?? read.error);
  check("of two", read.data?.lineItems?.[0]?.quantity === 2, read.data);

  const token = await signIn(customer, "https://management.azure.com/.default", false);
  const arm = azureClient({ baseUrl: world, auth: token });
  const query = { "api-version": "2022-11-01" } as const;
  const all = await azure.listAllReservations({ client: arm, query });
  const mine = all.data?.value?.find((one) => one.properties?.displayName === "typescript");
  check("the reservation in Azure", mine?.properties?.quantity === 2, all.error ?? all.data?.value?.length);
}

try {
  await story();
  console.log(`${passed} passed, 0 failed`);
} catch (error) {
  console.log(String(error));
  console.log(`${passed} passed, 1 failed`);
  process.exitCode = 1;
}
