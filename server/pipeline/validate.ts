import type { BoundSchema } from "#server/pipeline/profile.ts";
import type { RawReading } from "#server/pipeline/readings.ts";
import { generalPath } from "#server/pipeline/fingerprint.ts";
import { pass, refuse, type RefusedAt, type Stage } from "#server/pipeline/stage.ts";

/** Where a refusal stands; `path` is made general, so that equal faults in lists are one cause. */
export function placeIn(schema: BoundSchema, path = "", kind = ""): RefusedAt {
  const { schemaId, schemaName, category } = schema;
  return { schemaId, schemaName, category, path: generalPath(path), kind };
}

/** Checks a reading against a schema version. */
export function validate(reading: RawReading, schema: BoundSchema): Stage<RawReading> {
  const checked = schema.check?.(reading.values);
  if (checked === undefined || checked.ok) return pass(reading);
  const { path, kind, message } = checked;
  const where = path === "" ? "The values" : `The value at ${path}`;
  return refuse(
    "schema-mismatch",
    `${where} ${message} (schema ${schema.schemaName}@${schema.schemaVersion}).`,
    placeIn(schema, path, kind),
  );
}
