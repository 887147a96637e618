import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { createKeyring } from "#server/crypto/envelope.ts";
import { silentWorkerSeconds } from "#server/db/beat-worker.ts";
import { openDatabase } from "#server/db/client.ts";
import type { Routes } from "#server/broker/routes.ts";
import { disconnectOrphanedDevices } from "#server/db/disconnect-orphaned-devices.ts";
import { ensurePartitions } from "#server/db/ensure-partitions.ts";
import { InvalidEnvironment, type Env } from "#server/env.ts";
import type { MqttListeners } from "#server/gateway/mqtt/listener.ts";
import { recordFullQueue } from "#server/gateway/record-full-queue.ts";
import { parseFailpoint } from "#server/ingest/failpoint.ts";
import { startReplays } from "#server/ingest/replay/start.ts";
import { startIngest, type RunningIngest } from "#server/ingest/start.ts";
import { forgottenBatches } from "#server/jobs/batches/forgotten.ts";
import { startBatches } from "#server/jobs/batches/start.ts";
import { forgottenWork } from "#server/jobs/bulk/forget.ts";
import { certificateLife } from "#server/jobs/certificate-life.ts";
import { startHeartbeat } from "#server/jobs/heartbeat.ts";
import { ledgerBalance } from "#server/jobs/ledger-balance.ts";
import { measureBalance } from "#server/jobs/ledger-gauge.ts";
import { measureRollups } from "#server/jobs/rollup-gauge.ts";
import { serverCertificateCheck } from "#server/jobs/server-certificate.ts";
import { keepPresence } from "#server/jobs/presence/keep-presence.ts";
import { startJobs } from "#server/jobs/runner.ts";
import { longJobs, workerJobs } from "#server/jobs/worker-jobs.ts";
import { createLiveBus } from "#server/live/bus.ts";
import { serveLive } from "#server/live/server.ts";
import { signerSocket } from "#server/main/signer-process.ts";
import { startRevocations } from "#server/main/follow-revocations.ts";
import { startAcme } from "#server/main/start-acme.ts";
import { keepListenerTls } from "#server/main/keep-listener-tls.ts";
import { keepSessions } from "#server/main/keep-sessions.ts";
import { openListeners, reloadProfiles } from "#server/main/open-listeners.ts";
import { startAlerts } from "#server/main/start-alerts.ts";
import { runCampaigns } from "#server/main/start-campaigns.ts";
import { startBroker } from "#server/main/start-broker.ts";
import { startDeviceHttps } from "#server/main/start-device-https.ts";
import { startPki } from "#server/main/start-pki.ts";
import { startWork } from "#server/main/start-work.ts";
import { startTlsProbe } from "#server/main/start-tls-probe.ts";
import { createFollowers, repeat, type Stop, type WorkerParts } from "#server/main/worker-parts.ts";
import { workerChecks } from "#server/main/worker-readiness.ts";
import { serveHealth } from "#server/observability/health-server.ts";
import { createLog, type Log } from "#server/observability/log.ts";
import { createMetrics, type Metrics } from "#server/observability/metrics.ts";
import { connectSigner } from "#server/pki/signer-client.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { socketPath } from "#server/socket-path.ts";

/** Time for what was accepted to be committed and acknowledged after SIGTERM. */
const drainMs = 4000;
const recordAuthoritiesMs = 3_600_000;
const reloadProfilesMs = 30_000;

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
  const { INGEST_DATABASE_URL: ingestUrl, APP_DATABASE_URL: appUrl } = env;
  if (ingestUrl === undefined || appUrl === undefined) {
    const name = ingestUrl === undefined ? "INGEST_DATABASE_URL" : "APP_DATABASE_URL";
    throw new InvalidEnvironment([
      `${name} is not set; start the worker by npm start, which sets it`,
    ]);
  }
  const workerId = randomUUID();
  const clock = (): number => performance.timeOrigin + performance.now();
  const parts: WorkerParts = {
    env,
    db: openDatabase({ url: ingestUrl, max: 16 }),
    system: {
      db: openDatabase({ url: appUrl, max: 6 }),
      signer: connectSigner(socketPath(env, signerSocket)),
      keyring: createKeyring(env.ENCRYPTION_KEY),
      now: () => new Date(clock()),
    },
    log: createLog({ name: "worker", level: env.LOG_LEVEL }),
    metrics: createMetrics({ worker: workerId }),
    live: createLiveBus(clock),
    workerId,
    signerPath: socketPath(env, signerSocket),
    clock,
    followers: createFollowers(),
    stops: [],
  };
  parts.stops.push(() => parts.db.close());
  parts.stops.push(() => parts.system.db.close());
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

/** What a lost transaction or another installation's folder left behind is made good. */
async function recordAgain({ db, env, log }: WorkerParts): Promise<void> {
  try {
    await recordAuthorities(db, env.DATA_DIR);
  } catch (error) {
    log.warn({ event: "authorities.not_recorded", reason: String(error) });
  }
}

async function startParts(parts: WorkerParts): Promise<void> {
  const { db, env, metrics, stops } = parts;
  await ensurePartitions(db);
  await recordAuthorities(db, env.DATA_DIR);
  stops.push(repeat(recordAuthoritiesMs, () => recordAgain(parts)));
  const state: { listeners: MqttListeners | undefined } = { listeners: undefined };
  await startLive(parts, () => state.listeners?.contact.reassert());
  stops.push(await startPeriodic(parts));
  stops.push(startLongJobs(parts));
  stops.push(repeat(10_000, () => measureBalance(parts)));
  stops.push(repeat(10_000, () => measureRollups(parts)));

  const broker = await startBroker({
    ...parts,
    queueFull: (key, tenantId) => {
      const refusals = state.listeners?.gateway.refusals;
      if (refusals !== undefined) recordFullQueue(refusals, key, tenantId);
    },
  });
  stops.push(() => broker.store.stop(drainMs));
  const running = startIngest({
    ...parts,
    fanout: broker.routes,
    contact: (device, contact) => state.listeners?.contact.note(device, contact),
    failpoint: parseFailpoint(env.QUAYSIDE_FAILPOINT),
  });
  stops.push(() => running.stop(drainMs));
  const replays = startReplays(parts);
  stops.push(() => replays.stop());
  const batches = startBatches(parts);
  stops.push(() => batches.stop());
  const tls = await keepListenerTls(parts);
  const listeners = await openListeners(parts, { running, broker, replays, batches, tls });
  state.listeners = listeners;
  // Stopped first: no more is accepted, and what was accepted is acknowledged while it can be.
  stops.push(() => {
    state.listeners = undefined;
    return listeners.stop();
  });
  stops.push(await startDeviceHttps(parts, listeners, tls));
  stops.push(await startPki(parts));
  stops.push(startTlsProbe(parts, listeners, tls));
  stops.push(startAcme(parts, tls));
  stops.push(keepSessions(parts, broker, listeners));
  stops.push(runCampaigns(parts));
  stops.push(startWork(parts));
  stops.push(await startRevocations(parts, listeners));
  stops.push(repeat(reloadProfilesMs, () => reloadProfiles(parts, running)));
  stops.push(followFleets(parts, running, listeners));
  stops.push(repeat(1000, () => countRoutes(metrics, broker.routes)));
  stops.push(startAlerts(parts));
  stops.push(keepPresence(parts));
  stops.push(
    await serveHealth({
      port: env.METRICS_PORT,
      isShared: env.WORKER_SHARES_PORTS,
      registry: metrics.registry,
      checks: workerChecks({ ...parts, isListening: () => state.listeners !== undefined }),
    }),
  );
}

/** Periodic work that begins before devices can connect. */
async function startPeriodic(parts: WorkerParts): Promise<Stop> {
  const { db, env, log, metrics } = parts;
  const balance = ledgerBalance({ db, log, now: parts.clock });
  return startJobs({
    db,
    log,
    metrics,
    jobs: [
      ...workerJobs(db),
      balance,
      forgottenBatches(parts),
      forgottenWork({ db, now: parts.clock }),
      serverCertificateCheck(env),
      ...certificateLife(parts),
    ],
  });
}

/** Periodic work that devices need not wait for. */
function startLongJobs({ db, log, metrics }: WorkerParts): Stop {
  const starting = startJobs({ db, log, metrics, jobs: longJobs(db) });
  return async () => {
    const stop = await starting;
    await stop();
  };
}

/** The bus is served before the worker is on the list, so that whoever finds it can connect. */
async function startLive(parts: WorkerParts, wasGone: () => void): Promise<void> {
  const { db, env, log, live, clock, workerId, stops } = parts;
  const busPath = socketPath(env, `worker-${workerId}.sock`);
  const server = await serveLive({ bus: live, path: busPath });
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
  stops.push(await startHeartbeat({ db, worker, log, wasGone }));
  // Nobody may have been there to say it, and devices come back at once: how long they were away would be lost.
  await disconnectOrphanedDevices(db, silentWorkerSeconds);
}

/** Tells those who watch a fleet its counters, every second, and keeps the gauges. */
function followFleets(parts: WorkerParts, running: RunningIngest, listeners: MqttListeners): Stop {
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
  metrics.outboundBytes.set(stats.outboundBytes);
  metrics.shed.set(stats.shed);
  for (const [cause, count] of Object.entries(stats.dropped)) metrics.dropped.set({ cause }, count);
  for (const [scope, count] of Object.entries(stats.throttled)) {
    metrics.throttled.set({ scope }, count);
  }
  for (const [cause, count] of stats.refusals) metrics.refusals.set({ cause }, count);
}

function countRoutes(metrics: Metrics, routes: Routes): void {
  const { subscriptions, queued, direct, drops } = routes.stats();
  metrics.subscriptions.set(subscriptions);
  metrics.deliveries.set({ way: "queued" }, queued);
  metrics.deliveries.set({ way: "direct" }, direct);
  for (const [cause, count] of Object.entries(drops)) metrics.undelivered.set({ cause }, count);
}

/** In reverse order of start; a part that fails to stop does not keep the others. */
async function stopAll({ stops, log }: WorkerParts): Promise<void> {
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
