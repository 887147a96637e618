import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  isWrong,
  probeDeviceId,
  probePlan,
  type ProbeListener,
} from "#server/domain/tls-probe-plan.ts";
import { tlsProfileNames, tlsProfiles, type TlsProfile } from "#server/domain/tls-profiles.ts";
import { probeCell, type ProbeCell } from "#server/jobs/tls-probe-cell.ts";
import { makeStrangers, type ProbeIdentities } from "#server/jobs/tls-probe-clients.ts";
import { startTestHttps, type TestHttps } from "#server/testing/test-https.ts";
import {
  connectPacket,
  openSecure,
  serverTls,
  startTestListeners,
  type TestListeners,
} from "#server/testing/test-listeners.ts";

let mqtt: TestListeners;
let https: TestHttps;
let overMqtt: ProbeIdentities;
let overHttps: ProbeIdentities;

const past = { notBefore: new Date("2026-01-01"), notAfter: new Date("2026-02-01") };

beforeAll(async () => {
  [mqtt, https] = await Promise.all([startTestListeners(), startTestHttps()]);
  const strangers = await makeStrangers(Date.now());
  const [good, expired, revoked] = [
    await mqtt.addDevice(probeDeviceId),
    await mqtt.addDevice(probeDeviceId),
    await mqtt.addDevice(probeDeviceId),
  ];
  const change = (sha256: string, to: object) => {
    const record = mqtt.certificates.get(sha256);
    if (record !== undefined) mqtt.certificates.set(sha256, { ...record, ...to });
  };
  change(expired.sha256, past);
  change(revoked.sha256, { state: "revoked", revokedAt: new Date() });
  overMqtt = { ...strangers, good, expired, revoked };
  const known = await https.addDevice(probeDeviceId);
  const dead = await https.addDevice(probeDeviceId);
  https.certificates.set(dead.record.sha256, { ...dead.record, state: "revoked" });
  overHttps = { ...strangers, good: known.tls, revoked: dead.tls };
});
afterAll(() => Promise.all([mqtt.stop(), https.stop()]));

async function probe(profile: TlsProfile, listener: ProbeListener): Promise<readonly ProbeCell[]> {
  const { mqtts, wss } = mqtt.listeners.ports;
  const port = { mqtts, wss, "device-https": https.https.port, console: 0 }[listener];
  const identities = listener === "device-https" ? overHttps : overMqtt;
  const cells: ProbeCell[] = [];
  for (const question of probePlan(profile, listener)) {
    const target = { host: "127.0.0.1", port };
    cells.push(await probeCell(question, { target, identities, clock: () => performance.now() }));
  }
  return cells;
}

describe.each(tlsProfileNames)("under the profile %s", (name) => {
  beforeAll(() => {
    mqtt.listeners.reloadTls({ ...mqtt.tls, profile: name });
    https.https.reloadTls({ ...https.tls, profile: name });
  });

  it.each(["mqtts", "wss", "device-https"] as const)(
    "%s answers every question as it must",
    async (listener) => {
      const cells = await probe(tlsProfiles[name], listener);
      expect(cells.filter(isWrong)).toEqual([]);
      expect(cells.filter(({ outcome }) => outcome === "not-probed")).toEqual([]);
    },
  );
});

describe("a change of profile and certificate", () => {
  it("holds for the next handshake and cuts no session", async () => {
    mqtt.listeners.reloadTls(mqtt.tls);
    const peer = await mqtt.addDevice("pump-17");
    const open = await openSecure(mqtt, peer, { maxVersion: "TLSv1.2" });
    open.send(connectPacket(peer, 5));
    expect(await open.next()).toMatchObject({ cmd: "connack", reasonCode: 0 });

    const renewed = await serverTls(mqtt.signer);
    mqtt.listeners.reloadTls({ ...renewed, profile: "modern" });

    await expect(openSecure(mqtt, peer, { maxVersion: "TLSv1.2" })).rejects.toThrow(
      /protocol version/i,
    );
    const { mqtts: port } = mqtt.listeners.ports;
    const fresh = connect({ host: "127.0.0.1", port, ca: mqtt.tls.ca });
    await once(fresh, "secureConnect");
    const presented = new X509Certificate(renewed.cert).fingerprint256;
    expect(fresh.getPeerCertificate().fingerprint256).toBe(presented);
    fresh.destroy();
    open.send({ cmd: "pingreq" });
    expect(await open.next()).toMatchObject({ cmd: "pingresp" });
  });

  it("is seen as wrong where the listener does not follow", async () => {
    mqtt.listeners.reloadTls({ ...mqtt.tls, profile: "constrained" });
    const wrong = (await probe(tlsProfiles["nist-800-52r2"], "mqtts")).filter(isWrong);
    expect(wrong.map(({ suite }) => suite)).toEqual([
      "ECDHE-ECDSA-AES128-CCM",
      "ECDHE-ECDSA-AES128-CCM8",
    ]);
    mqtt.listeners.reloadTls(mqtt.tls);
  });
});

it("says so of a listener that is away, and of a certificate that it does not have", async () => {
  const [question] = probePlan(tlsProfiles.modern, "console");
  const good = probePlan(tlsProfiles.modern, "mqtts").find(({ client }) => client === "good");
  if (question === undefined || good === undefined) throw new Error("The plan is empty.");
  const at = { target: { host: "127.0.0.1", port: 1 }, clock: () => 0 };
  expect(await probeCell(question, { ...at, identities: {} })).toMatchObject({
    outcome: "unreachable",
    detail: expect.stringContaining("ECONNREFUSED"),
  });
  const missing = { good: { missing: "There is no probe device." } };
  expect(await probeCell(good, { ...at, identities: missing })).toMatchObject({
    outcome: "not-probed",
    detail: "There is no probe device.",
  });
});
