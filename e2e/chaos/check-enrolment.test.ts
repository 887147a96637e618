import { describe, expect, it } from "vitest";
import {
  checkBatch,
  checkEnrolment,
  type BatchHistory,
  type EnrolmentHistory,
} from "#e2e/chaos/check-enrolment.ts";

const held = (deviceId: string, sha256 = `of-${deviceId}`) => ({ deviceId, sha256 });
const enrolled = (deviceId: string) => ({ deviceId, state: "enrolled" });

const sound: EnrolmentHistory = {
  asked: new Set(["a", "b"]),
  answers: [held("a"), held("b"), held("a")],
  heard: new Set(["a", "b"]),
  devices: ["b", "a"],
  usable: [held("a"), held("b")],
  created: ["a", "b"],
  requests: [enrolled("a"), enrolled("b")],
  enrolled: 2,
  uses: 2,
};

describe("the checker of enrolments", () => {
  it.each([
    ["all is well", {}, []],
    ["no claim is needed", { uses: undefined }, []],
    ["a device is there twice", { devices: ["a", "a", "b"] }, ["a: 2 devices."]],
    ["a device is missing", { devices: ["a"] }, ["b: 0 devices."]],
    [
      "a device that nobody asked for",
      { devices: ["a", "b", "z"] },
      ["z never asked and has 1 devices."],
    ],
    [
      "its making is recorded twice",
      { created: ["a", "b", "b"] },
      ["b: 2 audit events of its making."],
    ],
    ["a device was never answered", { answers: [held("a")] }, ["b was never answered."]],
    [
      "another answer to the same request",
      {
        answers: [held("a"), held("a", "other"), held("b")],
        usable: [held("a"), held("a", "other"), held("b")],
      },
      ["a was answered with 2 certificates.", "a has 2 usable certificates."],
    ],
    [
      "an answered certificate that the registry does not have",
      { usable: [held("b")] },
      ["a was given a certificate that is lost."],
    ],
    [
      "a certificate too many",
      { usable: [held("a"), held("a", "other"), held("b")] },
      ["a has 2 usable certificates."],
    ],
    [
      "a certificate that nobody can use",
      { heard: new Set(["a"]) },
      ["b cannot use what it was given."],
    ],
    [
      "a request that waits",
      { requests: [enrolled("a"), { deviceId: "b", state: "pending" }] },
      ["A request of b is left pending."],
    ],
    [
      "a request that was kept twice",
      { requests: [enrolled("a"), enrolled("a"), enrolled("b")] },
      ["a: 2 requests."],
    ],
    ["the group counts too many", { enrolled: 3 }, ["The group counts 3 of 2."]],
    ["a use too few", { uses: 1 }, ["1 uses are counted for 2 devices."]],
  ] satisfies (readonly [string, Partial<EnrolmentHistory>, readonly string[]])[])(
    "%s",
    (_, change, problems) => {
      expect(checkEnrolment({ ...sound, ...change })).toEqual(problems);
    },
  );
});

const certified = (deviceId: string, fits = true) => ({ deviceId, fits });

const whole: BatchHistory = {
  wanted: new Set(["a", "b"]),
  looks: [0, 0, 2],
  state: "sampling",
  devices: ["a", "b"],
  certificates: [certified("b"), certified("a")],
  made: 1,
};

describe("the checker of batches", () => {
  it.each([
    ["all is well", {}, []],
    ["a part was seen", { looks: [0, 1, 2] }, ["1 of 2 devices were seen."]],
    ["devices vanished", { looks: [2, 0, 2] }, ["Devices vanished."]],
    ["it never ended", { state: "creating" }, ["The batch is creating."]],
    ["a device is missing", { devices: ["a"] }, ["b: 0 devices."]],
    ["a device is there twice", { devices: ["a", "b", "b"] }, ["b: 2 devices."]],
    [
      "a device of a file that was replaced",
      { devices: ["a", "b", "z"] },
      ["z never asked and has 1 devices."],
    ],
    ["a certificate is missing", { certificates: [certified("a")] }, ["b: 0 certificates."]],
    [
      "two certificates for one",
      { certificates: [certified("a"), certified("b"), certified("b")] },
      ["b: 2 certificates."],
    ],
    [
      "a key of a certificate that was given up",
      { certificates: [certified("a"), certified("b", false)] },
      ["b has another's key."],
    ],
    ["made twice", { made: 2 }, ["2 audit events say that it was made."]],
  ] satisfies (readonly [string, Partial<BatchHistory>, readonly string[]])[])(
    "%s",
    (_, change, problems) => {
      expect(checkBatch({ ...whole, ...change })).toEqual(problems);
    },
  );
});
