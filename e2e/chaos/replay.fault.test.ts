import { afterAll, beforeAll, expect, it } from "vitest";
import { replayKill } from "#e2e/chaos/scenarios/replay-kill.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";

let place: Installation;
beforeAll(async () => {
  place = await startInstallation();
});
afterAll(() => place.stop());

const say = (line: string) => console.log(line);

it("kills of the worker in the middle of a replay store each letter once", async () => {
  const { problems, facts } = await replayKill(30_000).run({ place, rounds: 4, say });

  expect(problems).toEqual([]);
  expect(facts).toMatchObject({ kills: 4 });
});
