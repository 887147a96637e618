import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { JustInTime, JustInTimeOutcome } from "#server/gateway/identify/just-in-time.ts";
import type { PresentedCertificate } from "#server/gateway/identify/judge-certificate.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { RefusalCause } from "#server/gateway/refusal.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import {
  makeCustomerAuthority,
  type CustomerAuthority,
} from "#server/testing/customer-authority.ts";
import {
  openSecure,
  startTestListeners,
  type TestListeners,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
let works: CustomerAuthority;
const shown: PresentedCertificate[] = [];
const plan: {
  remembered: JustInTimeOutcome | undefined;
  enrol: (presented: PresentedCertificate) => Promise<JustInTimeOutcome | undefined>;
} = { remembered: undefined, enrol: async () => undefined };

beforeAll(async () => {
  const justInTime: JustInTime = {
    remembered: () => plan.remembered,
    enrol: (presented) => {
      shown.push(presented);
      return plan.enrol(presented);
    },
  };
  at = await startTestListeners({}, { justInTime });
  works = await makeCustomerAuthority("Works CA");
});
beforeEach(() => {
  shown.splice(0);
  plan.remembered = undefined;
  plan.enrol = async () => undefined;
});
afterAll(() => at.stop());

const refusedWith = (cause: RefusalCause, detail: string): JustInTimeOutcome => ({
  refusal: { cause, detail, remedy: "Do that." },
  concerned: { tenantId: at.tenantId, deviceKey: null },
});

/** Connects with a certificate of the customer's CA. @returns reason code and words of CONNACK */
async function connect(commonName: string, clientId = commonName) {
  const leaf = await works.issue({ commonName });
  const client = await openSecure(at, leaf);
  client.send({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 5,
    clean: true,
    clientId,
    keepalive: 60,
  });
  const packet = await client.next();
  client.end();
  if (packet === "closed" || packet.cmd !== "connack") throw new Error("No CONNACK.");
  return { code: packet.reasonCode, words: packet.properties?.reasonString ?? "" };
}

/** What enrolment leaves behind: the certificate in the registry, under the device's own id. */
function register({ sha256, der }: PresentedCertificate, deviceId: string): JustInTimeOutcome {
  const { notBefore, notAfter } = describeCertificate(der ?? Buffer.alloc(0));
  const device = { id: randomUUID(), deviceId, profileId: randomUUID() };
  at.certificates.set(sha256, {
    id: randomUUID(),
    sha256,
    state: "active",
    notBefore,
    notAfter,
    revokedAt: null,
    revocationReason: null,
    device: { ...device, tenantId: at.tenantId, deviceKey: 900n, state: "active" },
  });
  return { device: { ...device, key: 900n } };
}

describe("a device with an unknown certificate", () => {
  test("goes on as the device that it became, whatever its certificate calls it", async () => {
    plan.enrol = async (presented) => register(presented, "works-1");
    expect(await connect("pump-1", "works-1")).toMatchObject({ code: reasonCode.success });
    expect(shown[0]).toMatchObject({ commonName: "pump-1", ours: false, issuer: works.subject });
  });

  test("is a stranger when no registered CA issued the certificate", async () => {
    const { code, words } = await connect("pump-2");
    expect([code, words]).toEqual([
      reasonCode.notAuthorized,
      expect.stringContaining("Unknown CA"),
    ]);
  });

  test("is told that it waits for approval; its organisation sees it", async () => {
    plan.enrol = async () => refusedWith("awaits-approval", "pump-3 waits for approval.");
    const { code, words } = await connect("pump-3");
    expect([code, words]).toEqual([
      reasonCode.notAuthorized,
      "pump-3 waits for approval. Do that.",
    ]);
    expect(await at.refusal("awaits-approval")).toMatchObject({
      tenantId: at.tenantId,
      claimedId: "pump-3",
      transport: "mqtts",
    });
  });

  test("that was refused a moment ago costs no lookup", async () => {
    plan.remembered = refusedWith("enrolment-refused", "pump-4 is denied.");
    at.away.registry = true;
    const { code, words } = await connect("pump-4");
    at.away.registry = false;
    expect([code, words]).toEqual([reasonCode.notAuthorized, "pump-4 is denied. Do that."]);
    expect(shown).toEqual([]);
  });

  test("is told to come again when enrolment fails or takes long", async () => {
    plan.enrol = () => Promise.reject(new Error("away"));
    expect(await connect("pump-5")).toMatchObject({ code: reasonCode.serverUnavailable });
    plan.enrol = () => new Promise(() => undefined);
    const { code, words } = await connect("pump-6");
    expect([code, words]).toEqual([
      reasonCode.serverUnavailable,
      expect.stringContaining("let in when it connects again"),
    ]);
  });
});
