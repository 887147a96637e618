import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { checkSet, type SetVerdict } from "#e2e/chaos/check-set.ts";
import { openEventLog, RawDevice, readEventLog } from "#e2e/chaos/raw-device.ts";
import { freePort } from "#server/db/embedded.ts";
import type { Installation, WorkerProcess } from "#server/testing/installation.ts";

const deviceCount = 24;

/** What the devices say and what the database holds, compared. */
export type Outcome = SetVerdict & {
  readonly acknowledged: number;
  readonly stored: number;
  /** Messages that no outcome of the ledger accounts for. */
  readonly unaccounted: number;
  readonly ledgerStored: number;
  /** Retransmissions that were recognised: without any, deduplication was not put to the test. */
  readonly ledgerDuplicates: number;
};

async function storedKeys(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ key: string }>(
    `SELECT d.device_id || '/' || (r."values"[f.position + 1])::bigint AS key
       FROM telemetry.reading r JOIN device d ON d.key = r.device_key
       JOIN schema_field f ON f.schema_id = r.schema_id AND f.name = 'n'`,
  );
  return rows.map(({ key }) => key);
}

async function readOutcome(ownerUrl: string, logFile: string): Promise<Outcome> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const stored = await storedKeys(client);
    const ledger = await client.query<{
      unaccounted: string;
      stored: string;
      duplicates: string;
    }>(
      `SELECT coalesce(sum(CASE outcome WHEN 'received' THEN count ELSE -count END), 0) AS unaccounted,
              coalesce(sum(count) FILTER (WHERE outcome = 'stored'), 0) AS stored,
              coalesce(sum(count) FILTER (WHERE outcome = 'duplicate'), 0) AS duplicates FROM ledger_minute`,
    );
    const { attempted, acknowledged } = readEventLog(logFile);
    return {
      ...checkSet({ attempted, acknowledged, stored }),
      acknowledged: acknowledged.size,
      stored: stored.length,
      unaccounted: Number(ledger.rows[0]?.unaccounted),
      ledgerStored: Number(ledger.rows[0]?.stored),
      ledgerDuplicates: Number(ledger.rows[0]?.duplicates),
    };
  } finally {
    await client.end();
  }
}

/** One fault: gets the running worker and gives back the one that runs afterwards. */
export type Disturb = (
  worker: WorkerProcess,
  startWorker: () => Promise<WorkerProcess>,
) => Promise<WorkerProcess>;

/** A worker that is killed without warning, and another that takes its place. */
export const killWorker: Disturb = async (worker, startWorker) => {
  await worker.kill();
  return startWorker();
};

/** Disturbs `rounds` times while the devices send, then lets them finish, and compares. */
export async function disturbUnderLoad(
  place: Installation,
  input: {
    readonly rounds: number;
    readonly disturb: Disturb;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<Outcome> {
  const logFile = path.join(place.dataDir, "events.log");
  const log = openEventLog(logFile);
  const port = await freePort();
  const env = { MQTT_PORT: String(port), ...input.env };
  const known = await place.createDevices(deviceCount, "chaos");
  const devices = known.map(
    (device, index) =>
      new RawDevice({
        ...device,
        port: () => port,
        naming: index % 2 === 0 ? "time and id" : "id only",
        window: 20,
        log,
      }),
  );

  const startWorker = () => place.startWorker(env);
  let worker = await startWorker();
  for (const device of devices) device.start();
  for (let round = 0; round < input.rounds; round += 1) {
    await sleep(200 + Math.random() * 2_000);
    worker = await input.disturb(worker, startWorker);
  }
  for (const device of devices) device.drain();
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (devices.every(({ inFlight }) => inFlight === 0)) break;
    await sleep(100);
  }
  for (const device of devices) device.stop();
  await worker.stop();
  return readOutcome(place.ownerUrl, logFile);
}
