import { z } from "zod";
import type { CompatibilityPolicy } from "#server/db/generated/enums.ts";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import { compareSchemas } from "#server/schema/compatibility.ts";
import { effectiveJsonSchema } from "#server/schema/stored-fields.ts";
import type { CompatibilityView, SchemaChange } from "#server/services/schema/view.ts";

/** Changes that are kept and shown; further ones are not worth reading. */
const mostChanges = 500;

const stored = z.object({
  version: z.int(),
  changes: z.array(
    z.object({
      path: z.string(),
      kind: z.string(),
      message: z.string(),
      breaks: z.enum(["backward", "forward", "both", "none"]),
    }),
  ),
});

function breaksBackward({ breaks }: SchemaChange): boolean {
  return breaks === "backward" || breaks === "both";
}

function breaksForward({ breaks }: SchemaChange): boolean {
  return breaks === "forward" || breaks === "both";
}

/** Changes that a policy does not allow. */
export function forbiddenBy(
  policy: CompatibilityPolicy,
  changes: readonly SchemaChange[],
): readonly SchemaChange[] {
  switch (policy) {
    case "none":
      return [];
    case "backward":
      return changes.filter(breaksBackward);
    case "forward":
      return changes.filter(breaksForward);
    case "full":
      return changes.filter(({ breaks }) => breaks !== "none");
  }
}

/** What holds where several policies must: each of two opposite ones alone is not enough. */
export function strictestOf(policies: readonly CompatibilityPolicy[]): CompatibilityPolicy {
  const kinds = new Set(policies);
  if (kinds.has("full") || (kinds.has("backward") && kinds.has("forward"))) return "full";
  if (kinds.has("backward")) return "backward";
  return kinds.has("forward") ? "forward" : "none";
}

/** How `newer` stands to a published version; breaking changes first. */
export function compareDefinitions(
  older: SchemaDefinition,
  newer: SchemaDefinition,
): readonly SchemaChange[] {
  const anything = { type: "object" };
  const changes: readonly SchemaChange[] = compareSchemas(
    effectiveJsonSchema(older) ?? anything,
    effectiveJsonSchema(newer) ?? anything,
  );
  const rank = ({ breaks }: SchemaChange): number => (breaks === "none" ? 1 : 0);
  return changes.toSorted((a, b) => rank(a) - rank(b)).slice(0, mostChanges);
}

export function toCompatibilityView(
  version: number,
  changes: readonly SchemaChange[],
): CompatibilityView {
  return {
    version,
    changes,
    backward: changes.filter(breaksBackward),
    forward: changes.filter(breaksForward),
  };
}

/** The report that was kept when a version was published; null for the first. */
export function readCompatibility(kept: unknown): CompatibilityView | null {
  const parsed = stored.safeParse(kept);
  return parsed.success ? toCompatibilityView(parsed.data.version, parsed.data.changes) : null;
}
