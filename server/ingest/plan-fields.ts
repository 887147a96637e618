import type { SchemaFieldRow } from "#server/db/allocate-fields.ts";
import type { NewField } from "#server/pipeline/transform.ts";

export const maxFieldsPerSchema = 512;
export const maxFieldsPerDevice = 64;

/** What one message brings; the order of asks is the order of receipt. */
export type FieldAsk = { readonly deviceKey: string; readonly fields: readonly NewField[] };

/**
 * Decides which new fields of an open profile get a position: all of a message's or none, up to a
 * bound for the schema and one for what a single device may introduce.
 * @returns the additions, and for each ask that was refused its index and why
 */
export function planFields(
  existing: readonly SchemaFieldRow[],
  asks: readonly FieldAsk[],
): {
  readonly additions: readonly SchemaFieldRow[];
  readonly refusals: ReadonlyMap<number, string>;
} {
  const known = new Set(existing.map((field) => field.name));
  const introduced = new Map<string, number>();
  for (const { introducedBy } of existing) {
    if (introducedBy !== null)
      introduced.set(introducedBy, (introduced.get(introducedBy) ?? 0) + 1);
  }
  let position = existing.reduce((highest, field) => Math.max(highest, field.position), -1) + 1;
  const additions: SchemaFieldRow[] = [];
  const refusals = new Map<number, string>();
  for (const [index, { deviceKey, fields }] of asks.entries()) {
    const missing = new Map(
      fields.filter(({ name }) => !known.has(name)).map((field) => [field.name, field]),
    );
    if (missing.size === 0) continue;
    const own = (introduced.get(deviceKey) ?? 0) + missing.size;
    const problem = boundProblem(known.size + missing.size, own, [...missing.keys()][0]);
    if (problem !== undefined) {
      refusals.set(index, problem);
      continue;
    }
    introduced.set(deviceKey, own);
    for (const { name, type } of missing.values()) {
      known.add(name);
      additions.push({ name, type, position, introducedBy: deviceKey });
      position += 1;
    }
  }
  return { additions, refusals };
}

function boundProblem(ofSchema: number, ofDevice: number, name = ""): string | undefined {
  if (ofSchema > maxFieldsPerSchema) {
    return `The new field ${JSON.stringify(name)} is beyond the ${maxFieldsPerSchema} fields that this profile can hold. Give the device a profile with a schema, or send fewer different names.`;
  }
  if (ofDevice > maxFieldsPerDevice) {
    return `The new field ${JSON.stringify(name)} is beyond the ${maxFieldsPerDevice} fields that one device may introduce. Give the device a profile with a schema, or send fewer different names.`;
  }
  return undefined;
}
