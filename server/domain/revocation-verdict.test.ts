import { describe, expect, test } from "vitest";
import { revocationVerdict, type RevocationFacts } from "#server/domain/revocation-verdict.ts";
import { reasonWords, verdictWords } from "#server/domain/revocation-words.ts";

const facts: RevocationFacts = {
  state: "revoked",
  at: 1_000,
  cutAt: null,
  lastEndedAt: null,
  connected: false,
  workersMissing: 0,
  listed: "yes",
};

describe("the verdict on a revocation", () => {
  test.each<[string, Partial<RevocationFacts>, ReturnType<typeof revocationVerdict>]>([
    ["never connected: dead since the moment", {}, { kind: "dead", since: 1_000, missing: [] }],
    ["cut after it", { cutAt: 1_800 }, { kind: "dead", since: 1_800, missing: [] }],
    [
      "its worker ended with it",
      { cutAt: null, lastEndedAt: 2_500 },
      { kind: "dead", since: 2_500, missing: [] },
    ],
    ["gone before it", { lastEndedAt: 400 }, { kind: "dead", since: 1_000, missing: [] }],
    [
      "a session is open",
      { connected: true, listed: "pending" },
      { kind: "pending", missing: ["session", "list"] },
    ],
    ["a worker is silent", { workersMissing: 1 }, { kind: "pending", missing: ["workers"] }],
    [
      "the list is not out",
      { listed: "pending" },
      { kind: "dead", since: 1_000, missing: ["list"] },
    ],
    ["a customer's CA", { listed: "not-ours" }, { kind: "dead", since: 1_000, missing: [] }],
    ["a hold", { state: "held" }, { kind: "dead", since: 1_000, missing: [] }],
    ["a hold that ended", { state: "released", connected: true }, { kind: "released" }],
    ["a hold that became a revocation", { state: "replaced" }, { kind: "replaced" }],
  ])("%s", (_, more, expected) => {
    expect(revocationVerdict({ ...facts, ...more })).toEqual(expected);
  });

  test("is said in a sentence", () => {
    const at = (text: string) => `<${text}>`;
    const dead = { kind: "dead", since: "t", missing: ["list"] } as const;
    expect(verdictWords(dead, "revoked", at)).toBe(
      "Dead since <t>: no session was open on it after that. Still to come: the next revocation list that names it is pending.",
    );
    expect(verdictWords({ kind: "pending", missing: ["workers"] }, "suspended", at)).toContain(
      "not every worker has checked",
    );
    expect(reasonWords({ kind: "revoked", reason: "key_compromise" })).toBe(
      "The key is compromised",
    );
    expect(reasonWords({ kind: "suspended", reason: "Lost in the post" })).toBe("Lost in the post");
  });
});
