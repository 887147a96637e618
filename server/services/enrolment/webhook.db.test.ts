import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import type { Context } from "#server/services/context.ts";
import type { FoundGroup } from "#server/services/enrolment/answer.ts";
import { changeEnrolmentRules } from "#server/services/enrolment/change-rules.ts";
import { enrol } from "#server/services/enrolment/enrol.ts";
import type { Network } from "#server/services/webhook/public-network.ts";
import { rotateGroupKey } from "#server/services/enrolment/rotate-group-key.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { csrEvidence, enrolmentTools, type EnrolmentTools } from "#server/testing/enrolment.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

type Asked = { readonly headers: IncomingMessage["headers"]; readonly body: string };

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let admin: Context;
let tools: EnrolmentTools;
let hook: Server;
let port: number;
let asked: Asked[];
let answer: (response: ServerResponse) => void;

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString("utf8");
  return body;
}

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  await recordAuthorities(database.app, ca.dataDir);
  acme = await createTestTenant(database, { slug: "acme" });
  admin = acme.ctx("admin", { signer: ca.signer });
  tools = enrolmentTools({ database, tenant: acme, admin, signer: ca.signer });
  const { csrPem, privateKeyPem } = await makeKeyAndRequest();
  const hosts = ["hooks.example"];
  const { certificatePem, chainPem } = await ca.signer.sign({ kind: "server", csrPem, hosts });
  hook = createServer(
    { key: privateKeyPem, cert: certificatePem + chainPem },
    (request, response) => {
      void readBody(request).then((body) => {
        asked.push({ headers: request.headers, body });
        answer(response);
      });
    },
  );
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  ({ port } = hook.address() as AddressInfo);
});
afterAll(async () => {
  hook.closeAllConnections();
  await new Promise((resolve) => hook.close(resolve));
  ca.remove();
  await database.drop();
});
beforeEach(() => {
  asked = [];
});

const json = (value: unknown) => (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
};

/** The test's own network: hooks.example is this machine. */
function network(resolve: Network["resolve"] = async () => ["127.0.0.1"]): Network {
  return {
    resolve,
    allows: ({ address, port: to }) => address === "127.0.0.1" && to === port,
    ca: ca.authority.rootPem,
  };
}

async function hooked(more: Readonly<Record<string, unknown>> = {}, host = "hooks.example") {
  const url = `https://${host}:${port}/approve?line=4`;
  return tools.group({ kind: "symmetric_key", rules: { ...more, webhook: { url } } });
}

async function ask(group: FoundGroup, name: string, through: Network = network()) {
  const evidence = await csrEvidence(`${name}-${group.publicId}`, { serial: "S-1" });
  return { evidence, answer: await enrol(tools.device, group, evidence, through) };
}

describe("a group's webhook", () => {
  it("is asked with a signature of its secret, and adds tags and attributes", async () => {
    answer = json({ approve: true, tags: ["hooked"], attributes: { site: "Basel" } });
    const group = await hooked({ tags: ["line-4"], attributes: { line: "4" } });
    const { key } = await rotateGroupKey(admin, { groupId: group.id, slot: "webhook" });

    const { evidence, answer: got } = await ask(group, "a");

    expect(got.state).toBe("enrolled");
    const [first] = asked;
    const {
      "webhook-id": id,
      "webhook-timestamp": at,
      "webhook-signature": signature,
    } = first!.headers;
    const secret = Buffer.from(key.replace("whsec_", ""), "base64");
    const expected = createHmac("sha256", secret)
      .update(`${String(id)}.${String(at)}.${first!.body}`)
      .digest("base64");
    expect(signature).toBe(`v1,${expected}`);
    expect(first!.headers.host).toBe(`hooks.example:${port}`);
    expect(JSON.parse(first!.body)).toMatchObject({
      type: "enrolment.asked",
      data: {
        group: { id: group.publicId },
        serial: "S-1",
        device: { deviceId: evidence.registrationId },
      },
    });
    const device = await withTenant(admin, (tx) =>
      tx.device.findFirstOrThrow({ where: { deviceId: evidence.registrationId } }),
    );
    expect(device).toMatchObject({
      tags: ["line-4", "hooked"],
      attributes: { line: "4", site: "Basel" },
    });
    await enrol(tools.device, group, evidence, network());
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["says no", json({ approve: false, reason: "Not\nsold yet." }), /not approve: Not\ufffdsold/],
    ["says yes in other words", json({ approve: "yes" }), /does not fit \(approve/],
    ["adds bad tags", json({ approve: true, tags: ["no good tag"] }), /does not fit \(tags\.0/],
    ["sends no JSON", (r: ServerResponse) => r.end("OK"), /is no JSON/],
    [
      "redirects",
      (r: ServerResponse) => r.writeHead(302, { location: "https://127.0.0.1/" }).end(),
      /status 302/,
    ],
    ["answers 404", (r: ServerResponse) => r.writeHead(404).end(), /status 404/],
  ])("refuses the device when it %s", async (_, say, words) => {
    answer = say as typeof answer;
    const group = await hooked();

    const { answer: got } = await ask(group, "b");

    expect(got).toMatchObject({
      reason: "webhook-refused",
      detail: expect.stringMatching(words) as string,
    });
    expect(asked).toHaveLength(1);
    expect(
      await withTenant(admin, (tx) => tx.device.count({ where: { enrolmentGroupId: group.id } })),
    ).toBe(0);
  });

  it.each([
    ["is broken", (r: ServerResponse) => r.writeHead(503).end(), /status 503/],
    ["hangs up", (r: ServerResponse) => r.destroy(), /cannot be reached/],
    ["says too much", (r: ServerResponse) => r.end("x".repeat(300_000)), /longer than 262144/],
  ])("lets the device ask again when it %s", async (_, say, words) => {
    answer = say as typeof answer;
    const group = await hooked();

    const { evidence, answer: got } = await ask(group, "c");

    expect(got).toMatchObject({
      reason: "webhook-unreachable",
      detail: expect.stringMatching(words) as string,
    });
    answer = json({ approve: true });
    expect((await enrol(tools.device, group, evidence, network())).state).toBe("enrolled");
  });

  it("is not reached where it may not be, nor under another's name", async () => {
    answer = json({ approve: true });
    const group = await hooked();
    const evidence = await csrEvidence(`d-${group.publicId}`);
    // As in production: this machine is no public address.
    expect(await enrol(tools.device, group, evidence)).toMatchObject({
      reason: "webhook-unreachable",
    });
    const stranger = await hooked({}, "other.example");
    expect((await ask(stranger, "d")).answer).toMatchObject({
      reason: "webhook-unreachable",
      detail: expect.stringContaining("over TLS") as string,
    });
    expect(asked).toEqual([]);
  });

  it("is resolved once: what the name says afterwards does not matter", async () => {
    answer = json({ approve: true });
    const answers = ["127.0.0.1", "10.0.0.1"];
    const group = await hooked();

    const { answer: got } = await ask(
      group,
      "e",
      network(async () => [answers.shift()!]),
    );

    expect(got.state).toBe("enrolled");
    expect(answers).toEqual(["10.0.0.1"]);
  });

  it("is not asked of what is refused or waits already", async () => {
    answer = json({ approve: true });
    const denied = await hooked({ deny: ["*"] });
    expect((await ask(denied, "f")).answer).toMatchObject({ reason: "denied" });
    expect(asked).toHaveLength(0);
    const group = await hooked({ needsApproval: true });
    const { evidence, answer: got } = await ask(group, "f");
    expect(got.state).toBe("pending");
    await enrol(tools.device, group, evidence, network());
    expect(asked).toHaveLength(1);
  });

  it("a group that gets its first webhook gets its secret", async () => {
    const group = await tools.group({ kind: "claim" });
    const rules = { profileId: acme.profileId, webhook: { url: "https://hooks.example/x" } };

    const changed = await changeEnrolmentRules(admin, { groupId: group.id, version: 1, rules });
    const again = await changeEnrolmentRules(admin, { groupId: group.id, version: 2, rules });

    expect(changed.webhookSecret).toMatch(/^whsec_/);
    expect(again).toEqual({ version: 3, webhookSecret: null });
  });
});
