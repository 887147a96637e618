import type { MetricField } from "#server/db/find-metric-fields.ts";
import type { StoredMessageRow } from "#server/db/read-newest-messages.ts";

/** A row's numbers under the names of its schema version, and what was kept beside them. */
export function namedValues(
  row: Pick<StoredMessageRow, "schemaId" | "values" | "extra">,
  fields: readonly MetricField[],
): Readonly<Record<string, unknown>> {
  const named: [string, unknown][] = [];
  for (const { schemaId, position, name, type } of fields) {
    const value = schemaId === row.schemaId ? row.values[position] : undefined;
    if (value === undefined || value === null) continue;
    named.push([name, type === "boolean" ? value !== 0 : value]);
  }
  return Object.fromEntries([...named, ...Object.entries(row.extra ?? {})]);
}
