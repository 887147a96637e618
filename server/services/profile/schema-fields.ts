import { SchemaUnusable } from "#server/services/profile/inspect-schema.ts";

/** A top-level property that is stored as a number, by its position in a telemetry row. */
export type SchemaFieldDraft = {
  readonly position: number;
  readonly name: string;
  readonly type: "number" | "boolean";
  readonly unit: string | null;
};

const mostFields = 256;

/** A name that devices can send (server/ingest/field-name.ts has the same rule for open profiles). */
const fieldName = /^[\p{L}_][\p{L}\p{M}\p{N}_.:/ %-]{0,63}$/u;

function storedType(type: unknown): SchemaFieldDraft["type"] | undefined {
  if (type === "number" || type === "integer") return "number";
  return type === "boolean" ? "boolean" : undefined;
}

/**
 * The fields of a schema that get a position, in the schema's own order. Others are kept with the
 * message as they are.
 * @throws SchemaUnusable for names that no device can send, and too many fields
 */
export function schemaFields(jsonSchema: object): readonly SchemaFieldDraft[] {
  const properties: unknown = Reflect.get(jsonSchema, "properties");
  if (typeof properties !== "object" || properties === null) return [];
  const fields: SchemaFieldDraft[] = [];
  for (const [name, property] of Object.entries(properties)) {
    if (!fieldName.test(name)) {
      throw new SchemaUnusable(
        `/properties/${name.slice(0, 64)}`,
        "A field's name is a letter followed by letters, digits, spaces and _ . : / % -, at most 64.",
      );
    }
    if (typeof property !== "object" || property === null) continue;
    const type = storedType(Reflect.get(property, "type"));
    if (type === undefined) continue;
    const unit: unknown = Reflect.get(property, "unit");
    fields.push({
      position: fields.length,
      name,
      type,
      unit: typeof unit === "string" ? unit : null,
    });
  }
  if (fields.length <= mostFields) return fields;
  throw new SchemaUnusable("/properties", `At most ${mostFields} numeric fields have a place.`);
}
