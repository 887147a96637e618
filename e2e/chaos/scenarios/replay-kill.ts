import { setTimeout as sleep } from "node:timers/promises";
import { randomMs, type ChaosScenario, type Finding } from "#e2e/chaos/scenario.ts";
import { openDatabase, type Database } from "#server/db/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { RunView } from "#server/services/dead-letter/run-view.ts";
import { showDeadLetterGroup } from "#server/services/dead-letter/show-group.ts";
import { showDeadLetterRun } from "#server/services/dead-letter/show-run.ts";
import { startDeadLetterRun } from "#server/services/dead-letter/start-run.ts";
import { createProfile } from "#server/services/profile/create.ts";
import { createTestTenant, type TestTenant } from "#server/testing/database.ts";
import { seedDeadLetters } from "#server/testing/dead-letters.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";
import type { Installation } from "#server/testing/installation.ts";

const deviceCount = 20;
const progressWithinMs = 60_000;
const transform = [{ op: "rename" as const, from: "presure", to: "pressure" }];

/** An organisation whose devices sent a field under a wrong name. */
type Stage = {
  readonly place: Installation;
  readonly app: Database;
  readonly acme: TestTenant;
  readonly devices: readonly DeviceIdentity[];
};

/** kill -9 of the worker in the middle of replays of many letters: nothing twice, nothing missed. */
export function replayKill(letters: number): ChaosScenario {
  return {
    name: "replay-kill",
    round: `kill -9 of the worker in a replay of ${letters} dead letters`,
    rounds: 100,
    run: async ({ place, rounds, say }) => {
      const app = openDatabase({ url: place.appUrl, max: 2 });
      try {
        return await killThrough(await setStage(place, app), { letters, rounds, say });
      } finally {
        await app.close();
      }
    },
  };
}

async function setStage(place: Installation, app: Database): Promise<Stage> {
  const acme = await createTestTenant({ app }, { slug: "replays" });
  const { id: profileId } = await createProfile(acme.ctx("admin"), {
    name: "pump",
    jsonSchema: {
      type: "object",
      properties: { pressure: { type: "number" } },
      required: ["pressure"],
      additionalProperties: false,
    },
  });
  const tenant = { tenantId: acme.tenantId, profileId };
  const devices: DeviceIdentity[] = [];
  for (let index = 0; index < deviceCount; index += 1) {
    devices.push(await createIngestDevice({ app }, tenant, `replay-${index}`));
  }
  return { place, app, acme, devices };
}

/** One replay after another, until the worker was killed as often as asked. */
async function killThrough(
  stage: Stage,
  at: {
    readonly letters: number;
    readonly rounds: number;
    readonly say: (line: string) => void;
  },
): Promise<Finding> {
  const problems: string[] = [];
  let kills = 0;
  let replayed = 0;
  for (let replay = 0; kills < at.rounds; replay += 1) {
    const fingerprint = await seedLetters(stage, at.letters, replay);
    const { id } = await startDeadLetterRun(stage.acme.ctx("operator"), {
      kind: "replay",
      selection: { fingerprint },
      transform,
    });
    kills += await killUntilEnded(stage, id, at.rounds - kills);
    replayed += at.letters;
    problems.push(...(await check(stage, { id, fingerprint, letters: at.letters, replayed })));
    at.say(`${kills} kills, ${replayed} letters replayed, ${problems.length} problems`);
  }
  return { problems, facts: { kills, replayed } };
}

/** Readings ten milliseconds apart from a day ago on; those of each replay are its own. */
function seedLetters({ place, devices }: Stage, count: number, replay: number): Promise<string> {
  const ts = `floor(extract(epoch FROM now() - interval '${24 + replay} hours') * 1000)::bigint + n * 10`;
  return seedDeadLetters(place, {
    devices,
    count,
    payload: `format('{"ts":%s,"values":{"presure":%s}}', ${ts}, n + ${replay * count})`,
  });
}

/** @returns kills; after the last of them a worker is left alone until the run has ended */
async function killUntilEnded(stage: Stage, id: string, most: number): Promise<number> {
  let kills = 0;
  for (;;) {
    const worker = await stage.place.startWorker();
    try {
      const isEnded = await untilProgress(stage, id);
      if (isEnded) return kills;
      if (kills >= most) {
        await untilEnded(stage, id);
        return kills;
      }
      await sleep(randomMs(20, 800));
    } finally {
      await worker.kill();
    }
    kills += 1;
  }
}

const isOver = ({ state }: RunView): boolean => state !== "queued" && state !== "running";

function read({ acme }: Stage, id: string): Promise<RunView> {
  return showDeadLetterRun(acme.ctx("operator"), { id });
}

/** @returns whether the run has ended. @throws Error when nobody goes on with it */
async function untilProgress(stage: Stage, id: string): Promise<boolean> {
  const before = await read(stage, id);
  const until = performance.now() + progressWithinMs;
  while (performance.now() < until) {
    const run = await read(stage, id);
    if (isOver(run)) return true;
    if (run.done > before.done) return false;
    await sleep(50);
  }
  throw new Error(`Nobody goes on with run ${id}, which is at ${before.done} of ${before.total}.`);
}

async function untilEnded(stage: Stage, id: string): Promise<void> {
  while (!isOver(await read(stage, id))) await sleep(200);
}

async function check(
  stage: Stage,
  at: {
    readonly id: string;
    readonly fingerprint: string;
    readonly letters: number;
    readonly replayed: number;
  },
): Promise<readonly string[]> {
  const { id, fingerprint, letters, replayed } = at;
  const operator = stage.acme.ctx("operator");
  const run = await read(stage, id);
  const group = await showDeadLetterGroup(operator, { fingerprint });
  const counted = await countRows(stage);
  const expected: readonly (readonly [string, number | string, number | string])[] = [
    ["state of the run", run.state, "done"],
    ["letters done", run.done, letters],
    ["letters stored", run.stored, letters],
    ["open letters", group.open, 0],
    ["replayed letters", group.replayed, letters],
    ["rows", counted.rows, replayed],
    ["different values", counted.values, replayed],
    ["letters linked with their rows", counted.linked, replayed],
    ["received in the ledger", counted.received, replayed],
    ["stored in the ledger", counted.stored, replayed],
  ];
  return expected
    .filter(([, found, wanted]) => found !== wanted)
    .map(([what, found, wanted]) => `${what}: ${found} instead of ${wanted}`);
}

type Counted = Readonly<Record<"rows" | "values" | "linked" | "received" | "stored", number>>;

async function countRows({ app, acme }: Stage): Promise<Counted> {
  const { tenantId } = acme;
  const [counted] = await withTenant(
    { db: app, tenantId },
    (tx) => tx.$queryRaw<Counted[]>`
      SELECT (SELECT count(*)::integer FROM telemetry.visible_reading) AS rows,
        (SELECT count(DISTINCT "values"[1])::integer FROM telemetry.visible_reading) AS values,
        (SELECT count(*)::integer FROM dead_letter l JOIN telemetry.visible_reading r
          ON r.device_key = l.device_key AND r.ts = l.stored_ts AND r.message_key = l.stored_key
          WHERE l.tenant_id = ${tenantId}::uuid) AS linked,
        (SELECT coalesce(sum(count), 0)::integer FROM ledger_minute
          WHERE tenant_id = ${tenantId}::uuid AND outcome = 'received') AS received,
        (SELECT coalesce(sum(count), 0)::integer FROM ledger_minute
          WHERE tenant_id = ${tenantId}::uuid AND outcome = 'stored') AS stored`,
  );
  if (counted === undefined) throw new Error("Nothing was counted.");
  return counted;
}
