import { afterAll, beforeAll, expect, it } from "vitest";
import { rollingRestart } from "#e2e/chaos/scenarios/rolling-restart.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";

let place: Installation;
beforeAll(async () => {
  place = await startInstallation();
});
afterAll(() => place.stop());

it("two workers on one port restart in turn, and one dies: each acknowledged message is stored and delivered once", async () => {
  const say = (line: string) => console.log(line);
  const { problems, facts } = await rollingRestart.run({ place, rounds: 3, say });

  expect(problems).toEqual([]);
  expect(facts["delivered"]).toBeGreaterThan(100);
  expect(facts["delivered"]).toBeGreaterThanOrEqual(facts["acknowledged"]!);
});
