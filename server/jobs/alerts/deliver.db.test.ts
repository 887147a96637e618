import { createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { raiseAlerts } from "#server/db/write-alerts.ts";
import type { Finding, Severity } from "#server/domain/alert.ts";
import { deliverAlerts, type DeliveryParts } from "#server/jobs/alerts/deliver.ts";
import { createLog } from "#server/observability/log.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { changeAlertChannel } from "#server/services/alert-channel/change.ts";
import { createAlertChannel } from "#server/services/alert-channel/create.ts";
import { removeAlertChannel } from "#server/services/alert-channel/remove.ts";
import { createAlertSenders, type AlertSenders } from "#server/services/alert-channel/send.ts";
import { testAlertChannel } from "#server/services/alert-channel/test.ts";
import { showAlert } from "#server/services/alert/show.ts";
import type { Context } from "#server/services/context.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { startTestSmtp, type TestSmtp } from "#server/testing/smtp-server.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

type Got = { readonly headers: IncomingMessage["headers"]; readonly body: string };

const minuteMs = 60_000;
let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let admin: Context;
let smtp: TestSmtp;
let hook: Server;
let url: string;
let senders: AlertSenders;
let got: Got[] = [];
let status = 204;
let now = new Date("2027-01-01T00:00:00Z");
let serial = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme" });
  admin = acme.ctx("admin", { now: () => now });
  smtp = await startTestSmtp();
  const { csrPem, privateKeyPem } = await makeKeyAndRequest();
  const signed = await ca.signer.sign({ kind: "server", csrPem, hosts: ["hooks.example"] });
  const tls = { key: privateKeyPem, cert: signed.certificatePem + signed.chainPem };
  hook = createServer(tls, (request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString("utf8")));
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  const { port } = hook.address() as AddressInfo;
  url = `https://hooks.example:${port}/alerts`;
  senders = {
    ...createAlertSenders({
      SMTP_URL: smtp.url,
      SMTP_FROM: "Quayside <alerts@harbour.example>",
      WEBHOOK_ALLOW: [],
      PUBLIC_URL: "https://console.example",
    }),
    network: {
      resolve: async () => ["127.0.0.1"],
      allows: ({ address, port: to }) => address === "127.0.0.1" && to === port,
      ca: ca.authority.rootPem,
    },
  };
});
afterAll(async () => {
  hook.closeAllConnections();
  await new Promise((resolve) => hook.close(resolve));
  await smtp.stop();
  ca.remove();
  await database.drop();
});
beforeEach(async () => {
  got = [];
  status = 204;
  smtp.refuse(undefined);
  now = new Date(now.getTime() + 10 * 86_400_000);
  const channels = await withTenant(admin, (tx) =>
    tx.alertChannel.findMany({ where: { tenantId: acme.tenantId }, select: { id: true } }),
  );
  for (const { id } of channels) await removeAlertChannel(admin, { channelId: id });
});

const parts = (more: Partial<DeliveryParts> = {}): DeliveryParts => ({
  db: database.ingest,
  log: createLog({ name: "test", level: "silent" }),
  now: () => now.getTime(),
  keyring: testKeyring,
  senders,
  ...more,
});
const deliver = (more?: Partial<DeliveryParts>) => deliverAlerts(parts(more));

function findings(count: number, severity: Severity = "warning"): readonly Finding[] {
  return Array.from({ length: count }, () => {
    serial += 1;
    return {
      tenantId: acme.tenantId,
      rule: "certificate-ending" as const,
      subject: { kind: "certificate", id: `c${serial}`, name: `pump-${serial}`, path: null },
      step: "30",
      severity,
      title: `The certificate of pump-${serial} ends`,
      detail: "It ends.",
      remedy: "Issue another one.",
      seenAt: null,
    };
  });
}

const raise = (list: readonly Finding[]) =>
  withTenant(admin, (tx) => raiseAlerts(tx, { findings: list, now }));

async function lastAlert() {
  const alert = await withTenant(admin, (tx) =>
    tx.alert.findFirstOrThrow({
      where: { tenantId: acme.tenantId },
      orderBy: [{ firstAt: "desc" }],
      select: { id: true },
    }),
  );
  return showAlert(admin, { alertId: alert.id });
}

const webhook = (more: object = {}) =>
  createAlertChannel(admin, { name: "Hook", kind: "webhook", target: url, ...more });
const mail = (more: object = {}) =>
  createAlertChannel(admin, {
    name: "Mail",
    kind: "email",
    target: "ops@harbour.example",
    ...more,
  });

describe("a webhook", () => {
  it("gets what its signature proves, once, and the alert says so", async () => {
    const { secret } = await webhook();
    await raise(findings(1));
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
    expect(await deliver()).toEqual({ sent: 0, failed: 0 });

    const [first] = got;
    const {
      "webhook-id": id,
      "webhook-timestamp": at,
      "webhook-signature": signature,
    } = first!.headers;
    const expected = createHmac("sha256", Buffer.from(secret!.replace("whsec_", ""), "base64"))
      .update(`${String(id)}.${String(at)}.${first!.body}`)
      .digest("base64");
    expect(signature).toBe(`v1,${expected}`);
    expect(at).toBe(String(now.getTime() / 1000));
    const alert = await lastAlert();
    expect(JSON.parse(first!.body)).toMatchObject({
      type: "alert.notified",
      data: {
        total: 1,
        more: 0,
        organisation: { id: acme.tenantId },
        events: [
          {
            kind: "fired",
            alert: { id: alert.id, url: `https://console.example/alerts/${alert.id}` },
          },
        ],
      },
    });
    expect(alert.events[0]?.deliveries).toMatchObject([
      { channelName: "Hook", state: "sent", attempts: 1, error: "", nextAt: null },
    ]);
  });

  it("gets the same id again when the worker died before it wrote down that it had sent", async () => {
    await webhook();
    await raise(findings(3));
    await deliver();
    await database.ingest.pool.query(
      "UPDATE alert_delivery SET state = 'pending', attempts = 0, sent_at = NULL WHERE sent_at = $1",
      [now],
    );
    await deliver();
    expect(got).toHaveLength(2);
    expect(got[1]?.headers["webhook-id"]).toBe(got[0]?.headers["webhook-id"]);
  });

  it("that answers badly is tried after 1, 2, 4 … minutes for a day, and then given up", async () => {
    await webhook();
    await raise(findings(1));
    status = 503;
    const raisedAt = now.getTime();
    const tries: number[] = [];
    for (let next: Date | null = now; next !== null;) {
      now = new Date(next.getTime() - 1);
      // The first is due at once.
      const early = tries.length === 0 ? { sent: 0, failed: 0 } : await deliver();
      expect(early).toEqual({ sent: 0, failed: 0 });
      now = next;
      tries.push((now.getTime() - raisedAt) / minuteMs);
      expect(await deliver()).toEqual({ sent: 0, failed: 1 });
      const [delivery] = (await lastAlert()).events[0]?.deliveries ?? [];
      expect(delivery).toMatchObject({ error: "The webhook answered with status 503." });
      next = typeof delivery?.nextAt === "string" ? new Date(delivery.nextAt) : null;
    }
    expect(tries.slice(0, 7)).toEqual([0, 1, 3, 7, 15, 31, 63]);
    expect(Math.floor((tries.at(-1) ?? 0) / 60)).toBe(23);
    expect((await lastAlert()).events[0]?.deliveries[0]).toMatchObject({ state: "failed" });
  });

  it("is not reached where it may not be", async () => {
    await webhook();
    await raise(findings(1));
    await deliver({ senders: createAlertSenders({ WEBHOOK_ALLOW: [], PUBLIC_URL: "https://x" }) });
    const [delivery] = (await lastAlert()).events[0]?.deliveries ?? [];
    expect(delivery).toMatchObject({
      state: "pending",
      error: expect.stringMatching(/resolve|public/) as string,
    });
    expect(got).toEqual([]);
  });
});

describe("an e-mail", () => {
  it("names 50 of 120 events of one evaluation, in one message, by their gravity", async () => {
    await mail();
    await raise([...findings(119), ...findings(1, "critical")]);
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
    expect(smtp.mails).toHaveLength(1);
    const { from, to, data } = smtp.mails[0]!;
    expect([from, to]).toEqual(["alerts@harbour.example", ["ops@harbour.example"]]);
    expect(data).toContain("Subject: [Quayside acme] 120 alerts (1 critical, 119 warning)");
    expect(data).toContain("And 70 more.");
    expect(data.match(/^Warning: /gm)).toHaveLength(49);
    expect(data).toMatch(/^Critical: /m);
  });

  it("that the server refuses says so without secrets, and arrives later", async () => {
    const before = smtp.mails.length;
    await mail();
    await raise(findings(1));
    smtp.refuse("550 No such user ops");
    await deliver();
    expect((await lastAlert()).events[0]?.deliveries).toMatchObject([
      {
        state: "pending",
        error: "The mail server refused the sender or the recipient. It answered 550.",
      },
    ]);
    smtp.refuse(undefined);
    now = new Date(now.getTime() + minuteMs);
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
    expect(smtp.mails).toHaveLength(before + 1);
  });

  it("waits with words while there is no mail server", async () => {
    await mail();
    await raise(findings(1));
    await deliver({ senders: { ...senders, mail: undefined } });
    expect((await lastAlert()).events[0]?.deliveries[0]).toMatchObject({
      state: "pending",
      error: expect.stringContaining("sets SMTP_URL and SMTP_FROM") as string,
    });
  });
});

describe("a channel", () => {
  it("gets what it is for: severities, rules, and only while it is on", async () => {
    await webhook({ name: "Grave", minSeverity: "critical" });
    await webhook({ name: "Keys", rules: ["shared-key"] });
    const off = await webhook({ name: "Off" });
    const { id: channelId, name, target, minSeverity, rules, revision } = off;
    const change = { channelId, name, target, minSeverity, rules: [...rules], revision };
    await changeAlertChannel(admin, { ...change, enabled: false });
    await raise(findings(1));
    expect(await deliver()).toEqual({ sent: 0, failed: 0 });
    expect((await lastAlert()).events[0]?.deliveries).toEqual([]);
    await raise(findings(1, "critical"));
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
  });

  it("that is switched off meanwhile gets nothing, and the alert says why", async () => {
    const { id: channelId, name, target, minSeverity, revision } = await webhook();
    await raise(findings(1));
    await changeAlertChannel(admin, {
      channelId,
      name,
      target,
      minSeverity,
      rules: [],
      enabled: false,
      revision,
    });
    await deliver();
    expect(got).toEqual([]);
    expect((await lastAlert()).events[0]?.deliveries[0]).toMatchObject({
      state: "failed",
      error: "The channel is switched off.",
    });
  });

  it("that fails does not keep another one waiting", async () => {
    await webhook();
    await mail();
    status = 500;
    await raise(findings(1));
    expect(await deliver()).toEqual({ sent: 1, failed: 1 });
  });
});

describe("a test", () => {
  it("is sent at once, and says how it ended", async () => {
    const { id: channelId } = await webhook();
    expect(await testAlertChannel(admin, { channelId }, senders)).toEqual({
      sent: true,
      error: "",
    });
    expect(JSON.parse(got[0]?.body ?? "")).toMatchObject({ data: { events: [{ kind: "test" }] } });
    status = 404;
    expect(await testAlertChannel(admin, { channelId }, senders)).toEqual({
      sent: false,
      error: "The webhook answered with status 404.",
    });
    const audit = await withTenant(admin, (tx) =>
      tx.auditEvent.findFirst({
        where: { tenantId: acme.tenantId, actionCode: "alertChannel.test" },
        orderBy: { seq: "desc" },
        select: { target: true, payload: true },
      }),
    );
    expect(audit).toEqual({
      target: "alertChannel:Hook",
      payload: { sent: false, error: "The webhook answered with status 404." },
    });
  });

  it.each([
    ["of another role", () => acme.ctx("operator"), "forbidden"],
    ["of no channel", () => admin, "not_found"],
  ])("%s is refused", async (_, ctx, code) => {
    const channelId = "6a8b2c46-0000-4000-8000-000000000001";
    await expect(testAlertChannel(ctx(), { channelId }, senders)).rejects.toMatchObject({ code });
  });
});
