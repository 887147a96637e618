import type { Env } from "#server/env.ts";
import { createEnrolmentPort } from "#server/gateway/enrolment-port.ts";
import { defaultHttpsBounds } from "#server/gateway/https/bounds.ts";
import { createEstRoute, type EstParts } from "#server/gateway/https/est/route.ts";
import { openHttpsPort } from "#server/gateway/https/open-https-port.ts";
import type { MqttListeners } from "#server/gateway/mqtt/listener.ts";
import type { Endpoint } from "#server/gateway/mqtt/open-port.ts";
import { listenerTls } from "#server/main/open-listeners.ts";
import { repeat, type Stop, type WorkerParts } from "#server/main/worker-parts.ts";
import { renewCertificate } from "#server/services/certificate/renew.ts";
import { systemContext } from "#server/services/system-context.ts";

const certificateCheckMs = 3_600_000;

/** Where devices reach HTTPS. */
export function deviceHttpsEndpoint(env: Env): Endpoint {
  return {
    host: "0.0.0.0",
    port: env.DEVICE_HTTPS_PORT,
    variable: "DEVICE_HTTPS_PORT",
    isShared: env.WORKER_SHARES_PORTS,
  };
}

/**
 * Opens the HTTPS port for devices, beside the MQTT listeners and with their certificate.
 * @returns stops it
 * @throws Error that names the port, its setting and the remedy
 */
export async function startDeviceHttps(
  parts: WorkerParts,
  { gateway }: Pick<MqttListeners, "gateway">,
): Promise<Stop> {
  const { db, env, log, system, clock: now } = parts;
  const { registry, refusals } = gateway;
  let tls = await listenerTls(parts);
  const est = createEstRoute({
    registry,
    refusals,
    now,
    port: createEnrolmentPort({ db, system }),
    renew: renewBy(parts),
    authorities: () => tls.ca,
  });
  const https = await openHttpsPort({
    endpoint: deviceHttpsEndpoint(env),
    tls,
    routes: [est],
    bounds: defaultHttpsBounds,
    refusals,
    log,
    now,
  });
  const stopReloading = repeat(certificateCheckMs, async () => {
    tls = await listenerTls(parts);
    https.reloadTls(tls);
  });
  return async () => {
    await stopReloading();
    await https.stop();
  };
}

function renewBy({ system }: WorkerParts): EstParts["renew"] {
  return async ({ sha256, device }, csrPem, remote) => {
    const ctx = systemContext(system, { tenantId: device.tenantId, name: "est", ip: remote });
    const renewed = await renewCertificate(ctx, { deviceId: device.id, csrPem, sha256 });
    return renewed.certificatePem;
  };
}
