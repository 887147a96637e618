import { expect, it } from "vitest";
import { credentialState } from "#components/enrolment/credential-state.ts";

const now = Date.parse("2027-03-01T12:00:00Z");
const fresh = {
  uses: 0,
  maxUses: null,
  expiresAt: "2027-03-02T12:00:00Z",
  revokedAt: null,
};

it.each([
  ["that is new", {}, "usable"],
  ["with a use left", { uses: 4, maxUses: 5 }, "usable"],
  ["without a use left", { uses: 5, maxUses: 5 }, "used"],
  ["at the instant of its end", { expiresAt: "2027-03-01T12:00:00Z" }, "expired"],
  ["that was revoked and has expired", { revokedAt: "2027-01-01T00:00:00Z" }, "revoked"],
] as const)("a credential %s", (_what, change, expected) => {
  expect(credentialState({ ...fresh, ...change }, now)).toBe(expected);
});
