import { expect, test } from "vitest";
import { createTakeOvers } from "#server/gateway/mqtt/take-overs.ts";

test("one take-over is a lost link, several within a minute are two devices with one identity", () => {
  let now = 0;
  const takeOvers = createTakeOvers(() => now);
  const note = (remote: string) =>
    takeOvers.note({ key: "d:1:pump-17", name: "pump-17", clientId: "pump-17", remote });
  expect(note("10.1.2.3")).toBeUndefined();
  now += 15_000;
  note("10.1.2.4");
  now += 15_000;
  note("10.1.2.3");
  now += 15_000;
  expect(note("10.1.2.3")).toMatchObject({
    cause: "taken-over",
    detail:
      "The client id pump-17 was taken over by the same client, pump-17, from 10.1.2.3 four times a minute: two devices share one identity.",
  });
  now += 61_000;
  expect(note("10.1.2.3")).toBeUndefined();
});
