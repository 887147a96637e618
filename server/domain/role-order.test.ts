import { expect, it } from "vitest";
import { grantsWithin } from "#server/domain/role-order.ts";
import { roles } from "#server/domain/roles.ts";

it("an administrator covers every role, a viewer only viewers", () => {
  expect(roles.filter((role) => grantsWithin(role, "admin"))).toEqual([...roles]);
  expect(roles.filter((role) => grantsWithin(role, "viewer"))).toEqual(["viewer"]);
});
