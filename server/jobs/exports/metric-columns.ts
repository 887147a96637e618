import type { MetricField } from "#server/db/find-metric-fields.ts";
import type { Column } from "#server/jobs/exports/column.ts";

type MetricKind = "number" | "boolean" | "text" | "json";

/**
 * A metric as one column. Where schema versions say different units or types of the same name, each
 * has a column of its own: numbers in two units must not stand under one heading.
 */
export type MetricColumn = Column & { readonly kind: MetricKind; readonly metric: string };

/** Where the columns' values are in readings of a schema version. */
export type Place = { readonly column: number; readonly position: number };

export type MetricColumns = {
  readonly columns: readonly MetricColumn[];
  /** By schema version. */
  readonly places: ReadonlyMap<number, readonly Place[]>;
  /** Fields of versions without places, which are shown by name. */
  readonly strangers?: readonly MetricField[];
};

/**
 * @param at.fields newest version first: the newest one's unit and order come first
 * @param at.asked names that were asked for; those without a field are structures, which are no fields
 * @param at.reserved names of other columns of the table
 */
export function metricColumns(at: {
  readonly fields: readonly MetricField[];
  readonly asked: readonly string[];
  readonly reserved: readonly string[];
}): MetricColumns {
  const variants = new Map<string, { field: MetricField; column: number }[]>();
  const found: { metric: string; unit: string | null; kind: MetricKind }[] = [];
  const places = new Map<number, Place[]>();
  // Columns stand in the order in which they were asked for.
  const fields =
    at.asked.length === 0
      ? at.fields
      : at.asked.flatMap((name) => at.fields.filter((field) => field.name === name));
  for (const field of fields) {
    const kind = kindOf(field.type);
    const column = columnOf(found, { metric: field.name, unit: field.unit, kind });
    const ofVersion = places.get(field.schemaId) ?? [];
    ofVersion.push({ column, position: field.position });
    places.set(field.schemaId, ofVersion);
    const ofName = variants.get(field.name) ?? [];
    if (!ofName.some((each) => each.column === column)) ofName.push({ field, column });
    variants.set(field.name, ofName);
  }
  for (const metric of at.asked) {
    if (!variants.has(metric)) columnOf(found, { metric, unit: null, kind: "json" });
  }
  const taken = new Set(at.reserved);
  const columns = found.map((each) => {
    const isOne = (variants.get(each.metric)?.length ?? 1) === 1;
    const name = freeName(
      isOne ? each.metric : `${each.metric} [${each.unit ?? each.kind}]`,
      taken,
    );
    taken.add(name);
    return { name, ...each };
  });
  return { columns, places };
}

function columnOf(
  found: { metric: string; unit: string | null; kind: MetricKind }[],
  wanted: { readonly metric: string; readonly unit: string | null; readonly kind: MetricKind },
): number {
  const at = found.findIndex(
    ({ metric, unit, kind }) =>
      metric === wanted.metric && unit === wanted.unit && kind === wanted.kind,
  );
  if (at !== -1) return at;
  found.push(wanted);
  return found.length - 1;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  return taken.has(wanted) ? freeName(`${wanted} (field)`, taken) : wanted;
}

function kindOf(type: string): MetricKind {
  if (type === "number" || type === "boolean") return type;
  return type === "string" ? "text" : "json";
}
