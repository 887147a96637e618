import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Arm, Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { residentMiB } from "#bench/processes.ts";
import { createKeyring, newEncryptionKey } from "#server/crypto/envelope.ts";
import { openDatabase, type Database } from "#server/db/client.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { openBatch } from "#server/services/batch/open.ts";
import { receiveManifest } from "#server/services/batch/receive.ts";
import type { OpenBatchInput } from "#server/services/batch/schemas.ts";
import { showBatch } from "#server/services/batch/show.ts";
import { startBatch } from "#server/services/batch/start.ts";
import type { BatchView } from "#server/services/batch/view.ts";
import type { Context } from "#server/services/context.ts";
import {
  startInstallation,
  type Installation,
  type WorkerProcess,
} from "#server/testing/installation.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";

const usualDevices = 10_000;
const manyDevices = 100_000;
/** Sooner than this the signer would not give as many certificates again. */
const refillMs = 10_000;

type Place = {
  readonly ctx: Context;
  readonly profileId: string;
  readonly worker: WorkerProcess;
};
type Keys = NonNullable<NonNullable<OpenBatchInput["options"]>["keys"]>;

/** A manifest as it arrives: rows of a CSV, none of which stand in memory together. */
async function* manifest(
  count: number,
  csr: (index: number) => string,
): AsyncGenerator<Uint8Array, void> {
  const lot = randomUUID().slice(0, 8);
  yield Buffer.from("device_id,name,serial,manufacturer,model,csr\n");
  for (let from = 0; from < count; from += 500) {
    const rows = Array.from({ length: Math.min(500, count - from) }, (_, index) => {
      const n = from + index;
      return `${lot}-${n},Pump ${n},${lot}${n},Acme,P1,"${csr(n)}"\n`;
    });
    yield Buffer.from(rows.join(""));
  }
}

async function until(ctx: Context, batchId: string, states: readonly BatchView["state"][]) {
  for (;;) {
    const batch = await showBatch(ctx, { batchId });
    if (states.includes(batch.state)) return;
    if (batch.state === "failed" || batch.state === "refused") throw new Error(batch.error);
    await sleep(100);
  }
}

/** From the first byte of the file to the last device. */
async function onboard(
  { ctx, profileId, worker }: Place,
  at: { readonly count: number; readonly keys: Keys; readonly csr: (index: number) => string },
): Promise<Measurement> {
  const memory = watchMemory(worker.pid);
  const startedAt = performance.now();
  const options = { keys: at.keys };
  const { batchId } = await openBatch(ctx, { name: "Lot", profileId, options });
  const body = manifest(at.count, at.csr);
  await receiveManifest(ctx, { batchId, type: "text/csv", body });
  const receivedAt = performance.now();
  await until(ctx, batchId, ["ready"]);
  const checkedAt = performance.now();
  await startBatch(ctx, { batchId });
  await until(ctx, batchId, ["sampling"]);
  const seconds = (from: number, to: number) => (to - from) / 1000;
  return {
    value: seconds(startedAt, performance.now()),
    more: {
      devices: at.count,
      receiveSeconds: seconds(startedAt, receivedAt),
      checkSeconds: seconds(receivedAt, checkedAt),
      createSeconds: seconds(checkedAt, performance.now()),
      ...memory.stop(),
    },
  };
}

/** How much more memory than before the receiving process (this one) and the worker took. */
function watchMemory(workerPid: number) {
  globalThis.gc?.();
  const before = { here: residentMiB(process.pid), worker: residentMiB(workerPid) };
  const most = { ...before };
  const timer = setInterval(() => {
    most.here = Math.max(most.here, residentMiB(process.pid));
    most.worker = Math.max(most.worker, residentMiB(workerPid));
  }, 100);
  return {
    stop: () => {
      clearInterval(timer);
      return {
        receiverMiB: most.here - before.here,
        workerMiB: most.worker - before.worker,
      };
    },
  };
}

function contextOf(place: Installation, db: Database, encryptionKey: string): Context {
  return {
    db,
    tenantId: place.tenantId,
    actor: { type: "system", name: "bench" },
    role: "admin",
    requestId: randomUUID(),
    ip: undefined,
    now: () => new Date(),
    keyring: createKeyring(encryptionKey),
    signer: absentSigner(),
  };
}

async function prepare(say: (line: string) => void, settings: Settings): Promise<Prepared> {
  const installation = await startInstallation();
  const encryptionKey = newEncryptionKey();
  const env = { NODE_ENV: "production", ENCRYPTION_KEY: encryptionKey };
  const worker = await installation.startWorker(env);
  const db = openDatabase({ url: installation.appUrl, max: 4 });
  const { profileId } = installation;
  const place: Place = { ctx: contextOf(installation, db, encryptionKey), profileId, worker };
  const count = settings.connections ?? usualDevices;
  const arm = (
    name: string,
    keys: Keys,
    devices: number,
    csrs?: () => Promise<readonly string[]>,
  ): Arm => ({
    name,
    measure: async () => {
      const made = (await csrs?.()) ?? [];
      await sleep(keys === "none" ? 0 : refillMs);
      say(`${name}: ${devices} devices`);
      const result = await onboard(place, {
        count: devices,
        keys,
        csr: (index) => made[index] ?? "",
      });
      const { receiverMiB = 0, workerMiB = 0 } = result.more ?? {};
      say(`memory: ${receiverMiB} MiB where it was received, ${workerMiB} MiB in the worker`);
      return result;
    },
  });
  const requests = async () => {
    const made: string[] = [];
    for (let n = 0; n < count; n += 1) made.push((await makeKeyAndRequest()).csrPem);
    return made;
  };
  return {
    arms: [
      arm("keys made here", "generate", count),
      arm("signing requests", "csr", count, requests),
      arm("without keys", "none", count),
      arm("ten times as many, without keys", "none", Math.min(manyDevices, 10 * count)),
    ],
    stop: async () => {
      await db.close();
      await installation.stop();
    },
  };
}

/** Devices from a manifest: received, checked, certified and inserted. */
export const batch: Scenario = {
  id: "onboarding",
  name: "10 000 devices from a manifest",
  unit: "s",
  rounds: 1,
  prepare,
};
