import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { disturbUnderLoad, type Disturb } from "#e2e/chaos/disturb-under-load.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";

let installation: Installation | undefined;
afterEach(async () => {
  await installation?.stop();
  installation = undefined;
});

it("5 kills of PostgreSQL under load, and one of it and the worker together, lose nothing acknowledged", async () => {
  installation = await startInstallation();
  const { cluster } = installation;
  let round = 0;
  const disturb: Disturb = async (worker, startWorker) => {
    round += 1;
    await cluster.kill();
    if (round < 6) {
      // Away for up to three seconds: the worker keeps its connections and acknowledges nothing.
      await sleep(Math.random() * 3_000);
      await cluster.restart();
      return worker;
    }
    await worker.kill();
    await cluster.restart();
    return startWorker();
  };

  const outcome = await disturbUnderLoad(installation, { rounds: 6, disturb });

  const { acknowledged, stored, ledgerStored, ledgerDuplicates, ...faults } = outcome;
  console.log(`acknowledged ${acknowledged}, stored ${stored}, duplicates ${ledgerDuplicates}`);
  expect(acknowledged).toBeGreaterThan(1_000);
  expect(faults).toEqual({ lost: [], duplicated: [], unexpected: [], unaccounted: 0 });
  expect(ledgerStored).toBe(stored);
});
