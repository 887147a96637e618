import "node:tls";
import mqtt from "mqtt";
import { afterAll, beforeAll, expect, it } from "vitest";
import { renewWhenAsked, type RenewedBundle } from "#server/cli/renew-simulated.ts";
import { renewalTopic } from "#server/domain/renewal-topics.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { startTestListeners, type TestListeners } from "#server/testing/test-listeners.ts";

let at: TestListeners;
beforeAll(async () => {
  at = await startTestListeners();
});
afterAll(() => at.stop());

it("a simulated device that is asked renews and comes back with its new certificate", async () => {
  const peer = await at.addDevice("simulated-1");
  const { device, sha256 } = peer;
  const old = at.certificates.get(sha256);
  at.renewing.desk = {
    ...at.renewing.desk,
    renew: async ({ id, deviceId }, { csrPem }) => {
      const made = { kind: "device", csrPem, deviceId, deviceUuid: id } as const;
      const signed = await at.signer.signer.sign({ ...made, organisation: "Test", days: 30 });
      const { sha256: next, notAfter } = describeCertificate(signed.certificatePem);
      at.certificates.set(next, { ...old!, sha256: next, notAfter });
      return {
        certificateId: id,
        certificatePem: signed.certificatePem,
        chainPem: signed.chainPem,
        caPem: signed.chainPem,
        sha256: next,
        notAfter: notAfter.toISOString(),
        repeated: false,
      };
    },
  };
  const bundle = {
    deviceId: device.deviceId,
    certificatePem: peer.cert,
    privateKeyPem: peer.key,
    caPem: at.tls.ca,
  };
  const client = mqtt.connect({
    protocol: "mqtts",
    host: "localhost",
    port: at.listeners.ports.mqtts,
    protocolVersion: 5,
    clientId: device.deviceId,
    cert: bundle.certificatePem,
    key: bundle.privateKeyPem,
    ca: bundle.caPem,
    reconnectPeriod: 0,
  });
  const connected = () => new Promise<void>((resolve) => client.once("connect", () => resolve()));
  const kept: RenewedBundle[] = [];
  const failures: string[] = [];
  renewWhenAsked(client, bundle, {
    renewed: (renewed) => kept.push(renewed),
    failed: (words) => failures.push(words),
  });
  await connected();
  await client.subscribeAsync(`qs/v1/d/${device.deviceId}/dn/#`, { qos: 1 });

  const again = connected();
  const topic = renewalTopic(device.deviceId, "ask");
  at.listeners.deliver(device.deviceKey, { topic, payload: Buffer.from("{}"), qos: 1 });
  await again;

  expect(failures).toEqual([]);
  const next = describeCertificate(kept[0]?.certificatePem ?? "").sha256;
  await client.endAsync();
  await expect.poll(() => at.sessions.map((row) => row.certificateSha256)).toContain(next);
});
