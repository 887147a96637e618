import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { disconnectOrphanedDevices } from "#server/db/disconnect-orphaned-devices.ts";
import { takeTurn } from "#server/jobs/presence/keep-presence.ts";
import { applyStep } from "#server/testing/presence-histories/apply-step.ts";
import type { PresenceHistory } from "#server/testing/presence-histories/history.ts";
import {
  databaseTime,
  historyBegin,
  type HistoryWorker,
  type Scene,
} from "#server/testing/presence-histories/scene.ts";
import type { ToldChanges } from "#server/testing/presence-histories/wrong-states.ts";

const silentSeconds = 15;
const lookSeconds = 0.5;
const judge = randomUUID();

/**
 * Replays a history through the product's own writers and its judge.
 * @returns the changes of each device by the database's clock
 */
export async function replayHistory(
  at: Pick<Scene, "database" | "owner" | "tenant">,
  history: PresenceHistory,
): Promise<ToldChanges> {
  const scene = await openScene(at, history);
  let time = 0;
  for (const step of history.steps) {
    await judgeUntil(scene, time, step.at);
    time = step.at + (await applyStep(scene, step));
  }
  await judgeUntil(scene, time, history.until);
  return readChanges(scene);
}

async function openScene(
  at: Pick<Scene, "database" | "owner" | "tenant">,
  history: PresenceHistory,
): Promise<Scene> {
  const { owner, tenant } = at;
  const began = new Date(historyBegin);
  await owner.query("DELETE FROM device_presence; DELETE FROM worker_instance");
  await owner.query("DELETE FROM telemetry.presence_hint");
  await owner.query(
    `UPDATE telemetry.presence_engine SET holder = NULL, looked_at = $1, pause_from = NULL,
       pause_until = NULL, day_done = '2029-12-31'`,
    [began],
  );
  await owner.query(
    `UPDATE profile SET connectivity = $2::"ConnectivityModel", expected_contact_seconds = $3 WHERE id = $1`,
    [tenant.profileId, history.connectivity, history.expectedSeconds],
  );
  const devices = new Map<string, { key: bigint; id: string }>();
  for (const [name, gateway] of Object.entries(history.devices)) {
    const { rows } = await owner.query<{ id: string; key: string }>(
      `INSERT INTO device (tenant_id, device_id, name, profile_id, created_by, created_at, gateway_id)
       VALUES ($1, $2, $3, $4, 'test', $5, $6) RETURNING id, key`,
      [
        tenant.tenantId,
        randomUUID(),
        name,
        tenant.profileId,
        began,
        devices.get(gateway ?? "")?.id,
      ],
    );
    for (const { id, key } of rows) devices.set(name, { id, key: BigInt(key) });
  }
  const workers = new Map<string, HistoryWorker>();
  return { ...at, devices, workers, connectedAt: new Map(), ahead: 0, isGap: false };
}

/** Looks whenever something is due, which is all that looking twice a second finds. */
async function judgeUntil(scene: Scene, from: number, until: number): Promise<void> {
  for (let time = from; time < until;) {
    // What comes sooner than the next look is known when it looks.
    await look(scene, Math.min(time + lookSeconds, until));
    const { rows } = await scene.owner.query<{ due: Date | null }>(
      "SELECT min(due_at) AS due FROM device_presence WHERE due_at > $1",
      [databaseTime(scene, time + lookSeconds)],
    );
    const due = rows[0]?.due ?? null;
    const dueAt = due === null ? Infinity : (due.getTime() - historyBegin) / 1000 - scene.ahead;
    const goneAt = [...scene.workers.values()].map(
      (worker) => (worker.goneAt ?? -Infinity) + silentSeconds,
    );
    time = Math.min(dueAt, ...goneAt.filter((at) => at > time + lookSeconds));
  }
}

async function look(scene: Scene, time: number): Promise<void> {
  const { database, owner, workers } = scene;
  const now = databaseTime(scene, time);
  const alive = [...workers.values()]
    .filter((worker) => worker.goneAt === undefined)
    .map(({ id }) => id);
  await owner.query(
    `WITH beat AS (UPDATE worker_instance SET heartbeat_at = $2 WHERE id = ANY($1::uuid[]))
     UPDATE telemetry.presence_engine SET looked_at = $2 WHERE NOT $3`,
    [alive, now, scene.isGap],
  );
  scene.isGap = false;
  const log = pino({ level: "silent" });
  const live = { emit: () => undefined };
  await disconnectOrphanedDevices(database.ingest, silentSeconds, now);
  await takeTurn({ db: database.ingest, live, log, workerId: judge }, now);
}

async function readChanges({ owner, devices }: Scene) {
  const changes: Record<string, (readonly [number, string])[]> = {};
  for (const [name, { key }] of devices) {
    const { rows } = await owner.query<{ at: Date; presence: string }>(
      "SELECT at, presence FROM device_presence_event WHERE device_key = $1 ORDER BY at",
      [key.toString()],
    );
    const seconds = (at: Date): number => (at.getTime() - historyBegin) / 1000;
    changes[name] = rows.slice(1).map(({ at, presence }) => [seconds(at), presence]);
    const now = await owner.query<{ presence: string }>(
      "SELECT presence FROM device_presence WHERE device_key = $1",
      [key.toString()],
    );
    if (now.rows[0]?.presence !== rows.at(-1)?.presence)
      throw new Error(`${name}: row and events differ`);
  }
  return changes;
}
