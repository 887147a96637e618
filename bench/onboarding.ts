import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Measurement } from "#bench/harness.ts";
import { residentMiB } from "#bench/processes.ts";
import { createKeyring } from "#server/crypto/envelope.ts";
import type { Database } from "#server/db/client.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { openBatch } from "#server/services/batch/open.ts";
import { receiveManifest } from "#server/services/batch/receive.ts";
import type { OpenBatchInput } from "#server/services/batch/schemas.ts";
import { showBatch } from "#server/services/batch/show.ts";
import { startBatch } from "#server/services/batch/start.ts";
import type { BatchView } from "#server/services/batch/view.ts";
import type { Context } from "#server/services/context.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";
import type { Installation, WorkerProcess } from "#server/testing/installation.ts";

/** Where batches are made: an installation with one worker. */
export type Place = {
  readonly ctx: Context;
  readonly profileId: string;
  readonly worker: WorkerProcess;
};
/** What the devices of a batch prove themselves by. */
export type Keys = NonNullable<NonNullable<OpenBatchInput["options"]>["keys"]>;

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

/** From the first byte of the file to the last device, seconds. */
export async function onboard(
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

/** An administrator, for services that sign nothing themselves. */
export function contextOf(place: Installation, db: Database, encryptionKey: string): Context {
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

/** Signing requests for that many keys. */
export async function makeRequests(count: number): Promise<readonly string[]> {
  const made: string[] = [];
  for (let n = 0; n < count; n += 1) made.push((await makeKeyAndRequest()).csrPem);
  return made;
}
