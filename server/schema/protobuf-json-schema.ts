import { ScalarType, type DescEnum, type DescField, type DescMessage } from "@bufbuild/protobuf";
import type { CommentOf } from "#server/schema/protobuf-comments.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** Below that, where a type contains itself, and when there are too many, any object is taken. */
const deepest = 6;
const mostNestedProperties = 500;

type Derivation = {
  readonly commentOf: CommentOf;
  /** Properties that nested types may still have. */
  left: number;
};

/**
 * JSON Schema of the values that a message type, or a map, is decoded to.
 * @param commentOf gives the descriptions
 */
export function protobufJsonSchema(
  values: DescMessage | DescField,
  commentOf: CommentOf,
): JsonSchema {
  const derivation: Derivation = { commentOf, left: mostNestedProperties };
  return values.kind === "field"
    ? fieldSchema(values, derivation, [])
    : messageSchema(values, derivation, []);
}

function messageSchema(
  message: DescMessage,
  derivation: Derivation,
  above: readonly DescMessage[],
): JsonSchema {
  if (above.length >= deepest || above.includes(message)) return { type: "object" };
  if (above.length > 0) {
    if (message.fields.length > derivation.left) return { type: "object" };
    derivation.left -= message.fields.length;
  }
  const inside = [...above, message];
  const properties = message.fields.map((field) => {
    const description = derivation.commentOf(field);
    return [
      field.name,
      {
        ...fieldSchema(field, derivation, inside),
        ...(description === undefined ? {} : { description }),
        ...(field.deprecated ? { deprecated: true } : {}),
      },
    ] as const;
  });
  return { type: "object", properties: Object.fromEntries(properties) };
}

function fieldSchema(
  field: DescField,
  derivation: Derivation,
  inside: readonly DescMessage[],
): JsonSchema {
  const value = valueSchema(field, derivation, inside);
  switch (field.fieldKind) {
    case "list":
      return { type: "array", items: value };
    case "map":
      return { type: "object", additionalProperties: value };
    case "scalar":
    case "enum":
    case "message":
      return value;
  }
}

function valueSchema(
  field: DescField,
  derivation: Derivation,
  inside: readonly DescMessage[],
): JsonSchema {
  if (field.enum !== undefined) return enumSchema(field.enum);
  if (field.message !== undefined) {
    return wellKnownSchema(field.message) ?? messageSchema(field.message, derivation, inside);
  }
  return field.scalar === undefined ? {} : scalarSchema(field.scalar);
}

function enumSchema(type: DescEnum): JsonSchema {
  return { type: "string", enum: type.values.map(({ name }) => name) };
}

const scalarNames: ReadonlyMap<ScalarType, string> = new Map([
  [ScalarType.DOUBLE, "number"],
  [ScalarType.FLOAT, "number"],
  [ScalarType.BOOL, "boolean"],
  [ScalarType.STRING, "string"],
  [ScalarType.BYTES, "string"],
]);

function scalarSchema(scalar: ScalarType): JsonSchema {
  return { type: scalarNames.get(scalar) ?? "integer" };
}

/** What Google's types are decoded to; undefined for all others. */
function wellKnownSchema({ typeName, fields }: DescMessage): JsonSchema | undefined {
  if (!typeName.startsWith("google.protobuf.")) return undefined;
  switch (typeName) {
    case "google.protobuf.Timestamp":
      return { type: "string", format: "date-time" };
    case "google.protobuf.Struct":
      return { type: "object" };
    case "google.protobuf.ListValue":
      return { type: "array" };
    case "google.protobuf.Value":
      return {};
    default:
      return scalarSchema(fields[0]?.scalar ?? ScalarType.STRING);
  }
}
