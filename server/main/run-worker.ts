import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { createKeyring } from "#server/crypto/envelope.ts";
import { openDatabase, type Database } from "#server/db/client.ts";
import { ensurePartitions } from "#server/db/ensure-partitions.ts";
import { listenControl } from "#server/db/listen-control.ts";
import type { ControlEvent } from "#server/db/notify-control.ts";
import { InvalidEnvironment, type Env } from "#server/env.ts";
import { createLimitsProvider, type LimitsProvider } from "#server/gateway/limits-provider.ts";
import { defaultLimits } from "#server/gateway/mqtt/limits.ts";
import { startMqttListeners, type MqttListeners } from "#server/gateway/mqtt/listener.ts";
import type { ListenerTls } from "#server/gateway/mqtt/tls-profile.ts";
import { parseFailpoint } from "#server/ingest/failpoint.ts";
import { startIngest, type RunningIngest } from "#server/ingest/start.ts";
import { startHeartbeat } from "#server/jobs/heartbeat.ts";
import { startJobs } from "#server/jobs/runner.ts";
import { workerJobs } from "#server/jobs/worker-jobs.ts";
import { createLiveBus, type LiveBus } from "#server/live/bus.ts";
import { serveLive } from "#server/live/server.ts";
import { serverHosts } from "#server/main/server-hosts.ts";
import { signerSocket } from "#server/main/signer-process.ts";
import { workerChecks } from "#server/main/worker-readiness.ts";
import { serveHealth } from "#server/observability/health-server.ts";
import { createLog, type Log } from "#server/observability/log.ts";
import { createMetrics, type Metrics } from "#server/observability/metrics.ts";
import { readAuthorityCertificates } from "#server/pki/authority.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { ensureServerCertificate } from "#server/pki/server-certificate.ts";
import { connectSigner } from "#server/pki/signer-client.ts";
import { socketPath } from "#server/socket-path.ts";

/** Time for what was accepted to be committed and acknowledged after SIGTERM. */
const drainMs = 4000;
const certificateCheckMs = 3_600_000;
const reloadProfilesMs = 30_000;

type Stop = () => Promise<void> | void;

type Parts = {
  readonly env: Env;
  readonly db: Database;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly live: LiveBus;
  readonly workerId: string;
  readonly signerPath: string;
  /** Epoch milliseconds, fractional. */
  readonly clock: () => number;
  readonly stops: Stop[];
};

/** A running worker. */
export type RunningWorker = {
  readonly log: Log;
  /** Takes no more messages, commits and acknowledges those it has, closes. */
  stop(): Promise<void>;
};

/**
 * Starts a worker: pipeline, device listeners, live bus, jobs, health. Resolves when devices can
 * connect. What was started before a failure is stopped again.
 * @throws Error whose message names the thing and the remedy
 */
export async function runWorker(env: Env): Promise<RunningWorker> {
  if (env.INGEST_DATABASE_URL === undefined) {
    throw new InvalidEnvironment([
      "INGEST_DATABASE_URL is not set; start the worker by npm start, which sets it",
    ]);
  }
  const workerId = randomUUID();
  const clock = (): number => performance.timeOrigin + performance.now();
  const parts: Parts = {
    env,
    db: openDatabase({ url: env.INGEST_DATABASE_URL, max: 12 }),
    log: createLog({ name: "worker", level: env.LOG_LEVEL }),
    metrics: createMetrics({ worker: workerId }),
    live: createLiveBus(clock),
    workerId,
    signerPath: socketPath(env, signerSocket),
    clock,
    stops: [],
  };
  parts.stops.push(() => parts.db.close());
  const stop = once(() => stopAll(parts));
  try {
    await startParts(parts);
  } catch (error) {
    await stop();
    throw error;
  }
  parts.log.info({ event: "worker.ready", workerId });
  return { log: parts.log, stop };
}

async function startParts(parts: Parts): Promise<void> {
  const { db, env, log, metrics, stops } = parts;
  await ensurePartitions(db);
  await recordAuthorities(db, env.DATA_DIR);
  await startLive(parts);
  stops.push(await startJobs({ db, log, metrics, jobs: workerJobs(db) }));

  const state: { listeners: MqttListeners | undefined } = { listeners: undefined };
  const running = startIngest({
    ...parts,
    contact: (device, receivedAt) => state.listeners?.contact.note(device, receivedAt),
    failpoint: parseFailpoint(env.QUAYSIDE_FAILPOINT),
  });
  stops.push(() => running.stop(drainMs));
  const listeners = await openListeners(parts, running);
  state.listeners = listeners;
  // Stopped first: no more is accepted, and what was accepted is acknowledged while it can be.
  stops.push(() => {
    state.listeners = undefined;
    return listeners.stop();
  });
  stops.push(repeat(reloadProfilesMs, () => reloadProfiles(parts, running)));
  stops.push(followFleets(parts, running, listeners));
  stops.push(
    await serveHealth({
      port: env.METRICS_PORT,
      registry: metrics.registry,
      checks: workerChecks({ ...parts, isListening: () => state.listeners !== undefined }),
    }),
  );
}

/** The bus is served before the worker is on the list, so that whoever finds it can connect. */
async function startLive(parts: Parts): Promise<void> {
  const { db, env, log, live, clock, workerId, stops } = parts;
  const busPath = socketPath(env, `worker-${workerId}.sock`);
  const server = await serveLive({ bus: live, path: busPath, clock });
  stops.push(() => {
    live.stop();
    return server.stop();
  });
  const worker = {
    id: workerId,
    host: hostname(),
    pid: process.pid,
    busPath,
    startedAt: new Date(clock()),
  };
  stops.push(await startHeartbeat({ db, worker, log }));
}

async function openListeners(parts: Parts, running: RunningIngest): Promise<MqttListeners> {
  const { db, env, live, log, clock, workerId, stops } = parts;
  const limits = createLimitsProvider({ db, defaults: defaultLimits });
  await limits.reload();
  stops.push(limits.follow(log));
  const listeners = await startMqttListeners({
    ingest: running.ingest,
    db,
    live,
    limitsOf: (tenantId) => limits.of(tenantId),
    keyring: createKeyring(env.ENCRYPTION_KEY),
    tls: await listenerTls(parts),
    ports: {
      mqtt: env.MQTT_PORT,
      mqtts: env.MQTTS_PORT,
      ws: env.MQTT_WS_PORT,
      wss: env.MQTT_WSS_PORT,
    },
    plainPublic: env.MQTT_PLAIN_PUBLIC,
    workerId,
    log,
    clock,
  });
  stops.push(repeat(certificateCheckMs, async () => listeners.reloadTls(await listenerTls(parts))));
  stops.push(
    listenControl(db, {
      event: (event) => followChange(event, { parts, running, listeners, limits }),
      missed: () => {
        listeners.recheck();
        void reloadLimits(parts, limits);
        void reloadProfiles(parts, running);
      },
    }),
  );
  return listeners;
}

/** What an administrator changed holds here at once. */
function followChange(
  event: ControlEvent,
  at: {
    readonly parts: Parts;
    readonly running: RunningIngest;
    readonly listeners: MqttListeners;
    readonly limits: LimitsProvider;
  },
): void {
  switch (event.kind) {
    case "profile":
      at.running.invalidateProfile(event.profileId);
      return;
    case "device":
      at.listeners.deviceChanged(BigInt(event.deviceKey));
      return;
    case "service-client":
      at.listeners.serviceClientChanged(event.serviceClientId);
      return;
    case "limits":
      void reloadLimits(at.parts, at.limits, event.tenantId);
  }
}

/** What was read before holds until it is read again, within a minute. */
async function reloadLimits(
  { log }: Parts,
  limits: LimitsProvider,
  tenantId?: string,
): Promise<void> {
  try {
    await limits.reload(tenantId);
  } catch (error) {
    log.warn({ event: "limits.reload_failed", err: error });
  }
}

async function listenerTls({ env, signerPath }: Parts): Promise<ListenerTls> {
  const { keyPem, certPem } = await ensureServerCertificate({
    dataDir: env.DATA_DIR,
    signer: connectSigner(signerPath),
    hosts: serverHosts(env),
  });
  const { rootPem, issuingPem } = await readAuthorityCertificates(env.DATA_DIR);
  return { key: keyPem, cert: certPem, ca: issuingPem + rootPem };
}

async function reloadProfiles({ log }: Parts, running: RunningIngest): Promise<void> {
  try {
    await running.reloadProfiles();
  } catch (error) {
    log.debug({ event: "profiles.not_reloaded", reason: String(error) });
  }
}

/** Tells those who watch a fleet its counters, every second, and keeps the gauges. */
function followFleets(parts: Parts, running: RunningIngest, listeners: MqttListeners): Stop {
  const { live, metrics, workerId, clock } = parts;
  return repeat(1000, () => {
    const counters = running.fleet.take();
    const lagMs = running.lagMs();
    metrics.lagSeconds.set(lagMs / 1000);
    metrics.liveViewers.set(live.viewers);
    countListeners(metrics, listeners);
    for (const tenantId of live.tenantsWithFleetViewers()) {
      const quiet = { received: 0, stored: 0, refused: 0, ackP50Ms: null, ackP99Ms: null };
      const connected = listeners.connected(tenantId);
      const counts = counters.get(tenantId) ?? quiet;
      const fleet = { at: clock(), workerId, ...counts, connected, lagMs };
      live.emit(tenantId, { kind: "fleet", fleet });
    }
  });
}

function countListeners(metrics: Metrics, listeners: MqttListeners): void {
  const stats = listeners.stats();
  metrics.connections.set(stats.connections);
  metrics.sessions.set(stats.sessions);
  metrics.unsettled.set(stats.unsettled);
  for (const [cause, count] of stats.refusals) metrics.refusals.set({ cause }, count);
}

/** Runs `work` again and again, never twice at once. */
function repeat(everyMs: number, work: () => Promise<void> | void): Stop {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= Promise.resolve(work()).finally(() => {
      running = undefined;
    });
  }, everyMs);
  return () => {
    clearInterval(timer);
    return running;
  };
}

/** In reverse order of start; a part that fails to stop does not keep the others. */
async function stopAll({ stops, log }: Parts): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) {
    try {
      await stop();
    } catch (error) {
      log.error({ event: "stop.failed", reason: String(error) });
    }
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
