import { setTimeout as sleep } from "node:timers/promises";
import type { Arm, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { contextOf, makeRequests, onboard, type Keys, type Place } from "#bench/onboarding.ts";
import { newEncryptionKey } from "#server/crypto/envelope.ts";
import { openDatabase } from "#server/db/client.ts";
import { startInstallation } from "#server/testing/installation.ts";

const usualDevices = 10_000;
const manyDevices = 100_000;
/** Sooner than this the signer would not give as many certificates again. */
const refillMs = 10_000;

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
  const requests = () => makeRequests(count);
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
