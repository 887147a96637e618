import { afterEach, expect, it } from "vitest";
import { disturbUnderLoad, killWorker } from "#e2e/chaos/disturb-under-load.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";

let installation: Installation | undefined;
afterEach(async () => {
  await installation?.stop();
  installation = undefined;
});

it("20 kills of the worker under load lose nothing that was acknowledged and store nothing twice", async () => {
  installation = await startInstallation();

  const outcome = await disturbUnderLoad(installation, { rounds: 20, disturb: killWorker });

  const { acknowledged, stored, ledgerStored, ledgerDuplicates, ...faults } = outcome;
  console.log(`acknowledged ${acknowledged}, stored ${stored}, duplicates ${ledgerDuplicates}`);
  expect(acknowledged).toBeGreaterThan(1_000);
  expect(faults).toEqual({ lost: [], duplicated: [], unexpected: [], unaccounted: 0 });
  expect(ledgerStored).toBe(stored);
  expect(ledgerDuplicates).toBeGreaterThan(0);
});

it("a worker that acknowledges before it commits is reported as lossy by the same checker", async () => {
  installation = await startInstallation();

  const outcome = await disturbUnderLoad(installation, {
    rounds: 5,
    disturb: killWorker,
    env: { NODE_ENV: "test", QUAYSIDE_FAILPOINT: "ack-before-commit" },
  });

  console.log(`acknowledged ${outcome.acknowledged}, lost ${outcome.lost.length}`);
  expect(outcome.lost.length).toBeGreaterThan(0);
});
