import packageJson from "../../package.json" with { type: "json" };
import { createKeyring } from "#server/crypto/envelope.ts";
import { listenControl } from "#server/db/listen-control.ts";
import type { ControlEvent } from "#server/db/notify-control.ts";
import type { Env } from "#server/env.ts";
import { createEnrolmentPort } from "#server/gateway/enrolment-port.ts";
import { createJustInTime } from "#server/gateway/identify/just-in-time.ts";
import { createLimitsProvider, type LimitsProvider } from "#server/gateway/limits-provider.ts";
import { createRenewalPort } from "#server/gateway/renew/renewal-port.ts";
import { registerChildBy } from "#server/gateway/register-child.ts";
import { defaultBounds, defaultLimits } from "#server/gateway/mqtt/limits.ts";
import { startMqttListeners, type MqttListeners } from "#server/gateway/mqtt/listener.ts";
import type { PskKeys } from "#server/gateway/identify/psk-keys.ts";
import type { PortOptions } from "#server/gateway/mqtt/open-ports.ts";
import { createPskHandshakes } from "#server/gateway/mqtt/psk-handshake.ts";
import type { RunningReplays } from "#server/ingest/replay/start.ts";
import type { RunningBatches } from "#server/jobs/batches/start.ts";
import type { RunningIngest } from "#server/ingest/start.ts";
import type { ListenerTlsKeeper } from "#server/main/keep-listener-tls.ts";
import { keepPskKeys, reloadPskKeys } from "#server/main/keep-psk-keys.ts";
import type { Broker } from "#server/main/start-broker.ts";
import { isFollowed, type WorkerParts } from "#server/main/worker-parts.ts";

/**
 * Opens the listeners and follows what administrators change.
 * @throws Error that names the port, its setting and the remedy
 */
export async function openListeners(
  parts: WorkerParts,
  at: {
    readonly running: RunningIngest;
    readonly broker: Broker;
    readonly replays: Pick<RunningReplays, "wake">;
    readonly batches: Pick<RunningBatches, "wake">;
    readonly tls: ListenerTlsKeeper;
  },
): Promise<MqttListeners> {
  const { db, env, live, log, clock, workerId, stops } = parts;
  const { running, broker, replays, batches } = at;
  const limits = createLimitsProvider({ db, defaults: defaultLimits });
  await limits.reload();
  stops.push(limits.follow(log));
  const pskKeys = await keepPskKeys(parts);
  const enrolment = createEnrolmentPort({ db, system: parts.system });
  const listeners = await startMqttListeners({
    ingest: running.ingest,
    store: broker.store,
    sessions: broker.sessions,
    routed: () => broker.routes.stats(),
    bounds: defaultBounds,
    version: packageJson.version,
    db,
    live,
    limitsOf: (tenantId) => limits.of(tenantId),
    registerChild: registerChildBy(parts.system),
    enrolment,
    renewal: createRenewalPort({ db, system: parts.system, name: "mqtt" }),
    justInTime: createJustInTime({ port: enrolment, now: clock }),
    keyring: createKeyring(env.ENCRYPTION_KEY),
    tls: at.tls.current(),
    psk: createPskHandshakes(pskKeys),
    ...portOptions(env),
    workerId,
    log,
    clock,
  });
  at.tls.follow((next) => listeners.reloadTls(next));
  stops.push(
    listenControl(db, {
      event: (event) =>
        followChange(event, { parts, running, replays, batches, listeners, limits, pskKeys }),
      missed: () => {
        listeners.recheck();
        void reloadLimits(parts, limits);
        void reloadPskKeys(pskKeys, log);
        void reloadProfiles(parts, running);
        for (const follow of parts.followers.values()) follow(undefined);
      },
    }),
  );
  return listeners;
}

/** Where devices connect. */
export function portOptions(env: Env): Omit<PortOptions, "tls"> {
  return {
    ports: {
      mqtt: env.MQTT_PORT,
      mqtts: env.MQTTS_PORT,
      ws: env.MQTT_WS_PORT,
      wss: env.MQTT_WSS_PORT,
    },
    plainPublic: env.MQTT_PLAIN_PUBLIC,
    areShared: env.WORKER_SHARES_PORTS,
  };
}

/** What an administrator changed holds here at once. */
function followChange(
  event: ControlEvent,
  at: {
    readonly parts: WorkerParts;
    readonly running: RunningIngest;
    readonly replays: Pick<RunningReplays, "wake">;
    readonly batches: Pick<RunningBatches, "wake">;
    readonly listeners: MqttListeners;
    readonly limits: LimitsProvider;
    readonly pskKeys: Pick<PskKeys, "deviceChanged">;
  },
): void {
  if (isFollowed(event)) {
    at.parts.followers.get(event.kind)?.(event);
    return;
  }
  switch (event.kind) {
    case "profile":
      at.running.invalidateProfile(event.profileId);
      return;
    case "device":
      at.pskKeys.deviceChanged(BigInt(event.deviceKey));
      at.listeners.deviceChanged(BigInt(event.deviceKey));
      return;
    case "service-client":
      at.listeners.serviceClientChanged(event.serviceClientId);
      return;
    case "run":
      at.replays.wake();
      return;
    case "batch":
      at.batches.wake();
      return;
    case "fleet":
      at.listeners.recheck();
      return;
    case "limits":
      void reloadLimits(at.parts, at.limits, event.tenantId);
  }
}

/** What was read before holds until it is read again, within a minute. */
async function reloadLimits(
  { log }: WorkerParts,
  limits: LimitsProvider,
  tenantId?: string,
): Promise<void> {
  try {
    await limits.reload(tenantId);
  } catch (error) {
    log.warn({ event: "limits.reload_failed", err: error });
  }
}

export async function reloadProfiles({ log }: WorkerParts, running: RunningIngest): Promise<void> {
  try {
    await running.reloadProfiles();
  } catch (error) {
    log.debug({ event: "profiles.not_reloaded", reason: String(error) });
  }
}
