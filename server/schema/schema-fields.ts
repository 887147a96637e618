import { fieldNameProblem } from "#server/domain/field-name.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";

/** A top-level property that is stored as a number, by its position in a telemetry row. */
export type SchemaFieldDraft = {
  readonly position: number;
  readonly name: string;
  readonly type: "number" | "boolean";
  readonly unit: string | null;
};

const mostFields = 256;

/** A type with or without null: a field that may be absent is still a number. */
function storedType(type: unknown): SchemaFieldDraft["type"] | undefined {
  const types = (Array.isArray(type) ? type : [type]).filter((name) => name !== "null");
  if (types.every((name) => name === "number" || name === "integer")) {
    return types.length > 0 ? "number" : undefined;
  }
  return types.length === 1 && types[0] === "boolean" ? "boolean" : undefined;
}

/** A property's own schema, or the definition that it refers to. inspectSchema refused circles. */
function resolve(root: object, property: unknown): object | undefined {
  if (typeof property !== "object" || property === null) return undefined;
  const reference: unknown = Reflect.get(property, "$ref");
  if (typeof reference !== "string") return property;
  const definitions: unknown = Reflect.get(root, "$defs");
  if (typeof definitions !== "object" || definitions === null) return undefined;
  const target: unknown = Reflect.get(definitions, reference.slice("#/$defs/".length));
  return resolve(root, target);
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
    const problem = fieldNameProblem(name);
    if (problem !== undefined) {
      throw new SchemaUnusable(`/properties/${name.slice(0, 64)}`, `This field ${problem}.`);
    }
    const schema = resolve(jsonSchema, property);
    const type = schema === undefined ? undefined : storedType(Reflect.get(schema, "type"));
    if (schema === undefined || type === undefined) continue;
    const unit: unknown = Reflect.get(property as object, "unit") ?? Reflect.get(schema, "unit");
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
