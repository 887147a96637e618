import { afterAll, beforeAll, expect, it } from "vitest";
import { databaseErrors } from "#e2e/chaos/scenarios/database-errors.ts";
import { bothKill, databaseKill } from "#e2e/chaos/scenarios/database-kill.ts";
import { databaseLink } from "#e2e/chaos/scenarios/database-link.ts";
import { databaseSilence } from "#e2e/chaos/scenarios/database-silence.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";

let place: Installation;
beforeAll(async () => {
  place = await startInstallation();
});
afterAll(() => place.stop());

const say = (line: string) => console.log(line);

it.each([
  { scenario: databaseKill, rounds: 3 },
  { scenario: bothKill, rounds: 1 },
  { scenario: databaseLink, rounds: 6 },
  { scenario: databaseSilence(15_000), rounds: 1 },
  { scenario: databaseErrors, rounds: 7 },
])("$rounds × $scenario.round: nothing acknowledged is lost", async ({ scenario, rounds }) => {
  const { problems, facts } = await scenario.run({ place, rounds, say });

  expect(problems).toEqual([]);
  expect(facts["acknowledged"]).toBeGreaterThan(500);
});
