import type { SchemaDefinition } from "#server/domain/schema-definition.ts";

/** A definition as people read and compare it; what it does not use is left out. */
export function versionSource(definition: SchemaDefinition): string {
  const { format, jsonSchema, protobuf, processing, dropWhen, examples } = definition;
  const said = {
    format,
    ...(jsonSchema !== null && { jsonSchema }),
    ...(protobuf !== null && {
      protobuf: {
        ...protobuf,
        source: protobuf.kind === "proto" ? protobuf.source.split("\n") : protobuf.source,
      },
    }),
    ...(processing.length > 0 && { processing }),
    ...(dropWhen !== "" && { dropWhen }),
    ...(examples.length > 0 && { examples }),
  };
  return JSON.stringify(said, null, 2);
}
