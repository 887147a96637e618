import { describe, expect, it } from "vitest";
import { daysLeft, findingsOf, type AuthorityFacts } from "#server/domain/authority-findings.ts";

const dayMs = 86_400_000;
const now = new Date("2026-11-27T12:00:00Z");
const inDays = (days: number) => new Date(now.getTime() + days * dayMs);
const issuing: AuthorityFacts = {
  kind: "issuing",
  state: "active",
  keyPlace: "encrypted_file",
  notBefore: inDays(-10),
  notAfter: inDays(1816),
  certificates: 3,
};

describe("what is said about a CA", () => {
  it.each<[string, Partial<AuthorityFacts>, readonly string[]]>([
    ["a fresh issuing CA has nothing", {}, []],
    ["before half of its life", { notBefore: inDays(-900), notAfter: inDays(900.1) }, []],
    ["after half of its life", { notBefore: inDays(-900), notAfter: inDays(899) }, ["renewal-due"]],
    ["below the longest life of a leaf", { notAfter: inDays(396) }, ["shortens-certificates"]],
    ["with 31 days left", { notAfter: inDays(31) }, ["shortens-certificates"]],
    ["with 30 days left", { notAfter: inDays(30) }, ["expires-soon"]],
    ["at its end", { notAfter: now }, ["expired"]],
    ["a trusted one is not to be renewed", { state: "trusted", notAfter: inDays(300) }, []],
    [
      "a trusted one without certificates",
      { state: "trusted", certificates: 0 },
      ["can-be-retired"],
    ],
    ["a plain key", { keyPlace: "file" }, ["key-not-encrypted"]],
    ["a key in a token", { keyPlace: "pkcs11" }, []],
    ["a root that is here", { kind: "root" }, ["root-online"]],
    ["a plain root", { kind: "root", keyPlace: "file" }, ["root-online", "key-not-encrypted"]],
    ["a root that is away", { kind: "root", keyPlace: "absent" }, []],
    ["a retired one", { state: "retired", notAfter: inDays(-1), keyPlace: "absent" }, []],
    ["a root that nothing rests upon", { kind: "root", state: "retired" }, ["root-online"]],
  ])("%s", (_, change, expected) => {
    expect(findingsOf({ ...issuing, ...change }, now)).toEqual(expected);
  });

  it("counts whole days", () => {
    expect([daysLeft(inDays(1.9), now), daysLeft(inDays(-0.1), now)]).toEqual([1, -1]);
  });
});
