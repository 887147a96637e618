import type { Env } from "#server/env.ts";
import { createEnrolmentPort } from "#server/gateway/enrolment-port.ts";
import { defaultHttpsBounds } from "#server/gateway/https/bounds.ts";
import { createEstRoute } from "#server/gateway/https/est/route.ts";
import { openHttpsPort } from "#server/gateway/https/open-https-port.ts";
import type { MqttListeners } from "#server/gateway/mqtt/listener.ts";
import type { Endpoint } from "#server/gateway/mqtt/open-port.ts";
import { createRenewalPort } from "#server/gateway/renew/renewal-port.ts";
import type { ListenerTlsKeeper } from "#server/main/keep-listener-tls.ts";
import type { Stop, WorkerParts } from "#server/main/worker-parts.ts";

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
  tls: ListenerTlsKeeper,
): Promise<Stop> {
  const { db, env, log, system, clock: now } = parts;
  const { registry, refusals } = gateway;
  const renewal = createRenewalPort({ db, system, name: "est" });
  const est = createEstRoute({
    registry,
    refusals,
    now,
    port: createEnrolmentPort({ db, system }),
    tickets: renewal,
    renewal,
    authorities: () => tls.current().ca,
  });
  const https = await openHttpsPort({
    endpoint: deviceHttpsEndpoint(env),
    tls: tls.current(),
    routes: [est],
    bounds: defaultHttpsBounds,
    refusals,
    log,
    now,
  });
  tls.follow((next) => https.reloadTls(next));
  return () => https.stop();
}
