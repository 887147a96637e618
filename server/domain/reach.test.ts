import { describe, expect, it } from "vitest";
import type { BulkKind } from "#server/domain/bulk-action.ts";
import { mayChange, type GroupAsks } from "#server/domain/reach.ts";

const nothing: GroupAsks = { presence: false, profile: false, place: false, tags: [] };

describe("who belongs to a group may change", () => {
  it.each<[string, Partial<GroupAsks>, BulkKind, readonly string[], boolean]>([
    ["a tag that it names is added", { tags: ["roof"] }, "add_tags", ["roof", "x"], true],
    ["a tag that it names is taken away", { tags: ["roof"] }, "remove_tags", ["roof"], true],
    ["another tag is added", { tags: ["roof"] }, "add_tags", ["Roof", "x"], false],
    ["no tag is said yet", { tags: ["roof"] }, "add_tags", [], false],
    ["it asks for a place", { place: true }, "set_place", [], true],
    ["it asks for no place", { presence: true, profile: true }, "set_place", [], false],
    ["it asks for a profile", { profile: true }, "set_profile", [], true],
    ["it asks for presence", { presence: true }, "suspend", [], true],
    ["it asks for presence", { presence: true }, "quarantine", [], true],
    ["it asks for a tag only", { tags: ["roof"] }, "suspend", ["roof"], false],
  ])("when %s", (_, asks, kind, tags, expected) => {
    const group = { hasMembers: true, asks: { ...nothing, ...asks } };
    expect(mayChange(group, kind, tags)).toBe(expected);
  });

  it("when devices leave service that belong to it, or are asked for then", () => {
    expect(mayChange({ hasMembers: true, asks: nothing }, "decommission", [])).toBe(true);
    expect(mayChange({ hasMembers: false, asks: nothing }, "decommission", [])).toBe(false);
    const ended = { hasMembers: false, asks: { ...nothing, presence: true } };
    expect(mayChange(ended, "decommission", [])).toBe(true);
  });
});
