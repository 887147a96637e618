import { afterAll, beforeAll, expect, it } from "vitest";
import { workerCrashPoints, workerKill } from "#e2e/chaos/scenarios/worker-kill.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";

let place: Installation;
beforeAll(async () => {
  place = await startInstallation();
});
afterAll(() => place.stop());

const say = (line: string) => console.log(line);

it("kills of the worker under load lose nothing that was acknowledged and store nothing twice", async () => {
  const { problems, facts } = await workerKill.run({ place, rounds: 6, say });

  expect(problems).toEqual([]);
  expect(facts["acknowledged"]).toBeGreaterThan(1_000);
  expect(facts["recognisedRetransmissions"]).toBeGreaterThan(0);
});

it("a worker that dies at each point of a message's way loses nothing that was acknowledged", async () => {
  const { problems, facts } = await workerCrashPoints.run({ place, rounds: 4, say });

  expect(problems).toEqual([]);
  expect(facts["acknowledged"]).toBeGreaterThan(500);
});
