import { expect, it } from "vitest";
import { explainWaiting, targetWords, type WaitingFacts } from "#server/domain/campaign-words.ts";

const awake: WaitingFacts = {
  state: "asked",
  asks: 1,
  connected: true,
  everConnected: true,
  hasSession: true,
  hears: true,
  isManual: false,
};

it.each<[string, Partial<WaitingFacts>, string | undefined]>([
  ["was asked and is silent", {}, "was asked once, is connected"],
  ["was asked often", { asks: 3 }, "asked 3 times"],
  ["does not subscribe", { hears: false }, "does not subscribe"],
  ["sleeps with a session", { connected: false }, "is asleep"],
  ["sleeps without one", { connected: false, hasSession: false }, "no session is kept"],
  ["was never here", { connected: false, everConnected: false }, "never connected"],
  ["has its new certificate", { state: "issued" }, "still connected with the old one"],
  ["went away with it", { state: "issued", connected: false }, "has not connected with it"],
])("a device that %s", (_, some, words) => {
  const found = explainWaiting({ ...awake, ...some });
  expect(found?.problem).toContain(words);
  expect(found?.remedy).not.toBe("");
});

it.each(["waiting", "renewed"] as const)("nothing is explained of a device that is %s", (state) => {
  expect(explainWaiting({ ...awake, state })).toBeUndefined();
});

it("a target is said in words", () => {
  const target = {
    tags: ["a", "b"],
    endsBefore: "2026-05-01T00:00:00Z",
    certificateIds: ["x", "y"],
  };
  expect(targetWords(target, { issuer: undefined, profiles: [] })).toEqual([
    "tagged a or b",
    "ending before 2026-05-01",
    "2 certificates, chosen by hand",
  ]);
});
