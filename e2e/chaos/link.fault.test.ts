import { afterAll, beforeAll, expect, it } from "vitest";
import { deviceLink, takeOver } from "#e2e/chaos/scenarios/device-link.ts";
import { frozenWorker, rollingUpgrade } from "#e2e/chaos/scenarios/two-workers.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";

let place: Installation;
beforeAll(async () => {
  place = await startInstallation();
});
afterAll(() => place.stop());

const say = (line: string) => console.log(line);

it.each([
  { scenario: deviceLink, rounds: 7 },
  { scenario: takeOver, rounds: 5 },
  { scenario: rollingUpgrade, rounds: 2 },
  { scenario: frozenWorker(4_000), rounds: 1 },
])("$rounds × $scenario.round: nothing acknowledged is lost", async ({ scenario, rounds }) => {
  const { problems, facts } = await scenario.run({ place, rounds, say });

  expect(problems).toEqual([]);
  expect(facts["acknowledged"]).toBeGreaterThan(500);
});
