import { ScalarType, type DescEnum, type DescField, type DescMessage } from "@bufbuild/protobuf";
import type { CommentOf } from "#server/schema/protobuf-comments.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** Below that, and where a type contains itself, any object is taken. */
const deepest = 6;

/**
 * JSON Schema of the values that a message type, or a map, is decoded to.
 * @param commentOf gives the descriptions
 */
export function protobufJsonSchema(
  values: DescMessage | DescField,
  commentOf: CommentOf,
): JsonSchema {
  if (values.kind === "field") return fieldSchema(values, commentOf, []);
  return messageSchema(values, commentOf, []);
}

function messageSchema(
  message: DescMessage,
  commentOf: CommentOf,
  above: readonly DescMessage[],
): JsonSchema {
  if (above.length >= deepest || above.includes(message)) return { type: "object" };
  const inside = [...above, message];
  const properties = message.fields.map((field) => {
    const description = commentOf(field);
    return [
      field.name,
      {
        ...fieldSchema(field, commentOf, inside),
        ...(description === undefined ? {} : { description }),
        ...(field.deprecated ? { deprecated: true } : {}),
      },
    ] as const;
  });
  return { type: "object", properties: Object.fromEntries(properties) };
}

function fieldSchema(
  field: DescField,
  commentOf: CommentOf,
  inside: readonly DescMessage[],
): JsonSchema {
  switch (field.fieldKind) {
    case "list":
      return { type: "array", items: valueSchema(field, commentOf, inside) };
    case "map":
      return { type: "object", additionalProperties: valueSchema(field, commentOf, inside) };
    case "scalar":
    case "enum":
    case "message":
      return valueSchema(field, commentOf, inside);
  }
}

function valueSchema(
  field: DescField,
  commentOf: CommentOf,
  inside: readonly DescMessage[],
): JsonSchema {
  if (field.enum !== undefined) return enumSchema(field.enum);
  if (field.message !== undefined) {
    return wellKnownSchema(field.message) ?? messageSchema(field.message, commentOf, inside);
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
