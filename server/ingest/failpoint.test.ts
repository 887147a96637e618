import { describe, expect, it } from "vitest";
import { parseFailpoint } from "#server/ingest/failpoint.ts";

describe("parseFailpoint", () => {
  it.each([
    [undefined, { kind: "none" }],
    ["", { kind: "none" }],
    ["crash-somewhere", { kind: "none" }],
    ["ack-before-commit", { kind: "ack-before-commit" }],
    ["crash-before-parse", { kind: "crash", place: "before-parse", probability: 0.0005 }],
    ["crash-after-parse:0.5", { kind: "crash", place: "after-parse", probability: 0.5 }],
    ["crash-mid-batch", { kind: "crash", place: "mid-batch", probability: 0.05 }],
    ["crash-after-commit:1", { kind: "crash", place: "after-commit", probability: 1 }],
  ])("%j", (text, expected) => {
    expect(parseFailpoint(text)).toEqual(expected);
  });
});
