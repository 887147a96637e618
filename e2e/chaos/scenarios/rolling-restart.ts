import { randomBytes, randomInt } from "node:crypto";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Disturb, Site } from "#e2e/chaos/disturb-under-load.ts";
import { exactlyOnceThrough } from "#e2e/chaos/scenarios/subscribers.ts";
import { freePort } from "#server/db/embedded.ts";
import { startWorkers, type WorkerEntry, type Workers } from "#server/main/workers.ts";

type Running = { readonly workers: Workers; readonly entries: () => readonly WorkerEntry[] };

/** Workers as the supervisor runs them: two, on the same ports. */
async function startSharing({ place }: Site, port: number): Promise<Running> {
  let entries: readonly WorkerEntry[] = [];
  const env = {
    APP_DATABASE_URL: place.appUrl,
    INGEST_DATABASE_URL: place.ingestUrl,
    DATABASE_URL: "",
    DATA_DIR: place.dataDir,
    LOG_LEVEL: "warn",
    SESSION_SECRET: randomBytes(32).toString("hex"),
    MQTT_PORT: String(port),
    MQTTS_PORT: String(await freePort()),
    MQTT_WS_PORT: String(await freePort()),
    MQTT_WSS_PORT: String(await freePort()),
    DEVICE_HTTPS_PORT: String(await freePort()),
    PKI_PORT: String(await freePort()),
  };
  const workers = await startWorkers({
    // Two in a row, below those that the system gives to connections.
    settings: { WORKERS: 2, METRICS_PORT: randomInt(20_000, 30_000) },
    env,
    sharesPorts: true,
    logFolder: path.join(place.dataDir, "log"),
    say: () => undefined,
    onChange: (changed) => {
      entries = changed;
    },
  });
  return { workers, entries: () => entries };
}

const running = new WeakMap<Site, Running>();

/** By turns all workers are replaced in order, or one dies and is started again. */
const restartOrKill: Disturb = async (site, round) => {
  const ours = running.get(site);
  if (ours === undefined) throw new Error("No workers run.");
  if (round % 2 === 0) {
    await ours.workers.restart();
    return;
  }
  const victim = ours.entries()[Math.floor(round / 2) % 2];
  if (victim?.pid !== undefined) process.kill(victim.pid, "SIGKILL");
  await sleep(2_000);
};

/** Two workers on the same ports, restarted in turn under load: devices keep one address. */
export const rollingRestart = exactlyOnceThrough({
  name: "rolling-restart",
  round: "restart of two workers on one port, one after the other, or kill -9 of one",
  rounds: 30,
  disturb: restartOrKill,
  begin: async (site) => {
    const port = await freePort();
    const ours = await startSharing(site, port);
    running.set(site, ours);
    site.route = () => port;
    return () => ours.workers.stop();
  },
});
