import { afterAll, beforeAll, expect, it } from "vitest";
import { overload } from "#e2e/chaos/scenarios/overload.ts";
import { reconnectStorm } from "#e2e/chaos/scenarios/storm.ts";
import {
  exactlyOnce,
  exactlyOnceDatabase,
  exactlyOnceRolling,
  slowConsumer,
} from "#e2e/chaos/scenarios/subscribers.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";

let place: Installation;
beforeAll(async () => {
  place = await startInstallation();
});
afterAll(() => place.stop());

const say = (line: string) => console.log(line);

it.each([
  { scenario: exactlyOnce, rounds: 3 },
  { scenario: exactlyOnceDatabase, rounds: 1 },
  { scenario: exactlyOnceRolling, rounds: 1 },
])(
  "$rounds × $scenario.round: each acknowledged message is stored and delivered once",
  async ({ scenario, rounds }) => {
    const { problems, facts } = await scenario.run({ place, rounds, say });

    expect(problems).toEqual([]);
    expect(facts["delivered"]).toBeGreaterThan(100);
    expect(facts["delivered"]).toBeGreaterThanOrEqual(facts["acknowledged"]!);
  },
);

it("a subscriber that reads nothing slows neither publishers nor others", async () => {
  const { problems } = await slowConsumer(4_000).run({ place, rounds: 1, say });

  expect(problems).toEqual([]);
});

it("QoS 0 without end is given up and counted, and QoS 1 beside it is acknowledged", async () => {
  const { problems, facts } = await overload.run({ place, rounds: 1, say });

  expect(problems).toEqual([]);
  expect(facts["shed"]).toBeGreaterThan(0);
});

it("200 clients over mutual TLS come back after their worker died", async () => {
  const { problems } = await reconnectStorm(200).run({ place, rounds: 1, say });

  expect(problems).toEqual([]);
});
