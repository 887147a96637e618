import type { MqttClient } from "mqtt";
import { z } from "zod";
import type { DeviceBundle } from "#server/cli/simulate.ts";
import { renewalTopic } from "#server/domain/renewal-topics.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";

const issued = z.object({ certificate: z.string().min(1), notAfter: z.string() });

/** A device's bundle after it was renewed, with the end of its certificate, ISO 8601. */
export type RenewedBundle = DeviceBundle & { readonly notAfter: string };

/**
 * Lets a simulated device renew its certificate as a real one would: asked on `dn/certificate/renew`
 * it makes a new key, sends the request, and connects again with what it is given.
 * @param on.renewed told of key and certificate, to be kept for the next run
 */
export function renewWhenAsked(
  client: MqttClient,
  device: DeviceBundle,
  on: {
    readonly renewed: (bundle: RenewedBundle) => void;
    readonly failed: (words: string) => void;
  },
): void {
  const { deviceId } = device;
  let nextKey: string | undefined;
  const ask = async (): Promise<void> => {
    const { privateKeyPem, csrPem } = await makeKeyAndRequest();
    nextKey = privateKeyPem;
    await client.publishAsync(renewalTopic(deviceId, "request"), csrPem, { qos: 1 });
  };
  const take = async (text: string): Promise<void> => {
    const { certificate, notAfter } = issued.parse(JSON.parse(text));
    const privateKeyPem = nextKey;
    if (privateKeyPem === undefined) return;
    nextKey = undefined;
    const { caPem } = device;
    on.renewed({ deviceId, caPem, certificatePem: certificate, privateKeyPem, notAfter });
    // The next connection is made with these.
    client.options.cert = certificate;
    client.options.key = privateKeyPem;
    await client.endAsync();
    client.reconnect();
  };
  client.on("message", (topic, payload) => {
    const fail = (error: unknown): void => on.failed(`${deviceId}: ${String(error)}`);
    if (topic === renewalTopic(deviceId, "ask")) void ask().catch(fail);
    if (topic === renewalTopic(deviceId, "issued")) void take(String(payload)).catch(fail);
    if (topic === renewalTopic(deviceId, "refused")) fail(String(payload));
  });
}
