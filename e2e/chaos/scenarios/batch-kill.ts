import { createPrivateKey, X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { checkBatch, type BatchHistory } from "#e2e/chaos/check-enrolment.ts";
import { openOffice, type Office } from "#e2e/chaos/office.ts";
import type { ChaosScenario, Finding } from "#e2e/chaos/scenario.ts";
import { openBatch } from "#server/services/batch/open.ts";
import { receiveManifest } from "#server/services/batch/receive.ts";
import { placeOfRowSecret } from "#server/services/batch/row-secret.ts";
import { showBatch } from "#server/services/batch/show.ts";
import { startBatch } from "#server/services/batch/start.ts";
import type { BatchView } from "#server/services/batch/view.ts";
import { ServiceError } from "#server/services/errors.ts";
import type { WorkerProcess } from "#server/testing/installation.ts";

const stepWithinMs = 60_000;
/** Rows of a file that never ends: more than are kept at once. */
const tornRows = 1_500;

/** A batch in the making. */
type Site = {
  readonly office: Office;
  /** As the owner of the database, who sees everything. */
  readonly owner: pg.Client;
  readonly batchId: string;
  readonly wanted: ReadonlySet<string>;
  readonly looks: number[];
  /** Takes the lease of a dead worker for run out, which is ten seconds otherwise. */
  readonly inHurry: boolean;
};

/**
 * kill -9 of the worker while it checks the rows of a batch, has its certificates signed, and makes its
 * devices; before that two uploads of its file break off. The devices are there once, all at once.
 */
export function batchKill(rows: number, { inHurry }: { readonly inHurry: boolean }): ChaosScenario {
  return {
    name: "batch-kill",
    round: `a batch of ${rows} devices, two broken uploads, three times kill -9 of the worker`,
    rounds: 20,
    run: async ({ place, rounds, say }) => {
      const office = await openOffice(place);
      const owner = new pg.Client({ connectionString: place.ownerUrl });
      await owner.connect();
      const problems: string[] = [];
      let kills = 0;
      try {
        for (let round = 0; round < rounds; round += 1) {
          const found = await makeThroughKills(office, owner, { round, rows, inHurry });
          problems.push(...found.problems.map((problem) => `batch ${round}: ${problem}`));
          kills += 3;
          say(`${kills} kills, ${problems.length} problems`);
        }
      } finally {
        await owner.end();
        await office.close();
      }
      return { problems, facts: { kills, devices: rounds * rows } };
    },
  };
}

async function makeThroughKills(
  office: Office,
  owner: pg.Client,
  at: { readonly round: number; readonly rows: number; readonly inHurry: boolean },
): Promise<Pick<Finding, "problems">> {
  const { round, rows, inHurry } = at;
  const ids = idsOf(`lot-${round}`, rows);
  const { batchId } = await openBatch(office.ctx, {
    name: `Lot ${round}`,
    profileId: office.place.profileId,
    options: { keys: "generate" },
  });
  const site: Site = { office, owner, batchId, wanted: new Set(ids), looks: [], inHurry };
  const problems = [...(await sendThroughBreaks(site, ids))];
  const looking = look(site);
  try {
    await killWhileChecking(site);
    await killWhileMaking(site);
  } finally {
    await looking.stop();
  }
  return { problems: [...problems, ...checkBatch(await observe(site))] };
}

function idsOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

const fileOf = (ids: readonly string[]): string => `device_id\n${ids.join("\n")}\n`;

type Ending = { readonly after: Promise<void> | "broken" };

/** A file that comes to a halt before its end. */
async function* torn(ids: readonly string[], { after }: Ending): AsyncGenerator<Uint8Array> {
  const text = fileOf(ids);
  yield Buffer.from(text.slice(0, -20));
  if (after === "broken") throw new Error("aborted");
  await after;
  yield Buffer.from(text.slice(-20));
}

async function* whole(ids: readonly string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(fileOf(ids));
}

/**
 * A request that is aborted, one whose console stands still while the file is sent again, and that
 * file. The second goes on when it is too late.
 * @returns what was wrong
 */
async function sendThroughBreaks(site: Site, ids: readonly string[]): Promise<readonly string[]> {
  const { office, batchId } = site;
  const { ctx } = office;
  const problems: string[] = [];
  const send = (body: AsyncIterable<Uint8Array>) =>
    receiveManifest(ctx, { batchId, type: "text/csv", body });
  const expectReceiving = async (when: string) => {
    const { state } = await showBatch(ctx, { batchId });
    if (state !== "receiving") problems.push(`The batch is ${state} ${when}.`);
  };
  const others = idsOf(`torn-${batchId}`, tornRows);
  await send(torn(others, { after: "broken" })).catch(() => undefined);
  await expectReceiving("after an aborted upload");

  const { promise: after, resolve: goOn } = Promise.withResolvers<void>();
  const stuck = send(torn(others, { after })).then(
    () => "taken",
    (error: unknown) => (error instanceof ServiceError ? error.code : String(error)),
  );
  await until(site, ({ total }) => total > 0);
  await expectReceiving("while an upload stands still");
  await send(whole(ids));
  goOn();
  const outcome = await stuck;
  if (outcome !== "conflict") problems.push(`The upload that came too late is ${outcome}.`);
  return problems;
}

/** Counts the devices of the batch all the time, as anybody sees them. */
function look({ office, batchId, looks }: Site): { stop(): Promise<void> } {
  let isOver = false;
  const looking = (async () => {
    const client = new pg.Client({ connectionString: office.place.ownerUrl });
    await client.connect();
    while (!isOver) {
      looks.push(await count(client, batchId));
      await sleep(10);
    }
    looks.push(await count(client, batchId));
    await client.end();
  })();
  return {
    stop: () => {
      isOver = true;
      return looking;
    },
  };
}

async function count(client: pg.Client, batchId: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "SELECT count(*)::integer AS count FROM device WHERE batch_id = $1",
    [batchId],
  );
  return rows[0]?.count ?? 0;
}

/** Its verdict cannot be written, and then it dies: in the middle of the transaction. */
async function killWhileChecking(site: Site): Promise<void> {
  await whileLocked(site, "device_batch_row", async () => {
    const worker = await startWorker(site);
    await untilBlocked(site, "device_batch_row");
    await worker.kill();
  });
  await passLease(site);
}

/**
 * One dies when a part of the certificates is kept and it waits for the signer, which died before it;
 * one dies within the transaction that makes the devices. No device can be made before that.
 */
async function killWhileMaking(site: Site): Promise<void> {
  const { office, batchId } = site;
  const checking = await startWorker(site);
  await until(site, ({ state }) => state === "ready");
  await whileLocked(site, "device", async () => {
    await startBatch(office.ctx, { batchId });
    await until(site, ({ state, done }) => state === "creating" && done > 0);
    const signing = office.place.replaceSigner(1_000);
    await until(site, ({ error, done, total }) => error !== "" || done === total);
    await checking.kill();
    await signing;
    await passLease(site);

    const making = await startWorker(site);
    await untilBlocked(site, "device");
    await making.kill();
  });
  await passLease(site);

  const last = await startWorker(site);
  await until(site, ({ state }) => state !== "creating");
  await last.kill();
}

const startWorker = ({ office: { place, env } }: Site): Promise<WorkerProcess> =>
  place.startWorker(env);

/** Keeps everybody from writing to a table as long as the work takes. */
async function whileLocked(
  { office }: Site,
  table: "device" | "device_batch_row",
  work: () => Promise<void>,
): Promise<void> {
  // On a connection of its own, so that nothing else is in its transaction.
  const client = new pg.Client({ connectionString: office.place.ownerUrl });
  await client.connect();
  try {
    await client.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
    await work();
  } finally {
    await client.end();
  }
}

async function untilBlocked({ owner }: Site, table: "device" | "device_batch_row"): Promise<void> {
  const endsAt = performance.now() + stepWithinMs;
  while (performance.now() < endsAt) {
    const { rowCount } = await owner.query(
      "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = $1::regclass",
      [table],
    );
    if (rowCount !== 0) return;
    await sleep(10);
  }
  throw new Error(`Nobody writes to ${table}.`);
}

async function passLease({ owner, batchId, inHurry }: Site): Promise<void> {
  if (!inHurry) return;
  await owner.query(
    "UPDATE device_batch SET lease_until = now() WHERE id = $1 AND lease_until > now()",
    [batchId],
  );
}

async function until(
  { office, batchId }: Site,
  isReached: (batch: BatchView) => boolean,
): Promise<void> {
  const endsAt = performance.now() + stepWithinMs;
  let batch = await showBatch(office.ctx, { batchId });
  while (!isReached(batch)) {
    if (performance.now() > endsAt) {
      throw new Error(`Nobody goes on with the batch, which is ${batch.state} at ${batch.done}.`);
    }
    await sleep(5);
    batch = await showBatch(office.ctx, { batchId });
  }
}

type Observed = Pick<BatchHistory, "state" | "devices" | "made"> & {
  readonly certificates: readonly {
    readonly deviceId: string;
    readonly pem: string;
    readonly line: number;
    /** Base64. */
    readonly sealed: string;
  }[];
};

async function observe(site: Site): Promise<BatchHistory> {
  const { owner, batchId, wanted, looks } = site;
  const { rows } = await owner.query<{ observed: Observed }>(
    `WITH own AS (SELECT id, device_id FROM device WHERE batch_id = $1)
     SELECT json_build_object(
       'state', (SELECT state FROM device_batch WHERE id = $1),
       'devices', (SELECT coalesce(json_agg(device_id), '[]') FROM own),
       'certificates', (SELECT coalesce(json_agg(json_build_object('deviceId', own.device_id,
           'pem', c.pem, 'line', r.line, 'sealed', encode(r.sealed_secret, 'base64'))), '[]')
         FROM certificate c JOIN own ON own.id = c.device_id
         JOIN device_batch_row r ON r.batch_id = $1 AND r.device_id = own.device_id),
       'made', (SELECT count(*) FROM audit_event
         WHERE action_code = 'batch.created' AND target = 'batch:' || $1)
     ) AS observed`,
    [batchId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("Nothing was observed.");
  const certificates = row.observed.certificates.map((each) => ({
    deviceId: each.deviceId,
    fits: fits(site, each),
  }));
  return { ...row.observed, wanted, looks, certificates };
}

/** Whether the key that is kept with the row is that of the certificate. */
function fits(
  { office: { ctx }, batchId }: Site,
  { pem, line, sealed }: Observed["certificates"][number],
): boolean {
  const place = placeOfRowSecret({ tenantId: ctx.tenantId, batchId, line });
  const key = ctx.keyring.open(place, Buffer.from(sealed, "base64"));
  return new X509Certificate(pem).checkPrivateKey(createPrivateKey(key.toString()));
}
