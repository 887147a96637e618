import { mediaType } from "#server/pipeline/choose-schema.ts";
import { decode } from "#server/pipeline/decode.ts";
import { decodePayload } from "#server/pipeline/decode-payload.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import { schemaOf } from "#server/pipeline/preview.ts";
import type { IngestProfile } from "#server/pipeline/profile.ts";
import { readingsOf } from "#server/pipeline/readings.ts";
import type { Stage } from "#server/pipeline/stage.ts";
import type { VersionRow } from "#server/pipeline/assemble-profile.ts";
import { cborDiagnostic } from "#server/schema/cbor-diagnostic.ts";
import { compileProtobuf } from "#server/schema/compile-protobuf.ts";
import { differenceOf, type Difference } from "#server/schema/difference.ts";
import { isObject } from "#server/schema/is-object.ts";
import { markJson, type MarkedLine } from "#server/schema/mark-json.ts";
import { definitionOf } from "#server/schema/prepare-schema.ts";

/** Ways to look at a payload; null for those that make no sense of it. */
export type PayloadViews = {
  /** What it means, as JSON, with the difference to the schema marked. */
  readonly json: readonly MarkedLine[] | null;
  /** RFC 8949 section 8. */
  readonly cbor: string | null;
  readonly protobuf: string | null;
  /** Lower case, the first bytes. */
  readonly hex: string;
};

const mostHexBytes = 16_384;
const agrees: Difference = { items: [], isCut: false, suggestions: [] };

/** A payload in the ways that make sense of it, and its difference to the schema of today. */
export function lookAt(
  message: InboundMessage,
  profile: IngestProfile | undefined,
  version: (schemaId: number) => VersionRow | undefined,
): { readonly views: PayloadViews; readonly difference: Difference | null } {
  const judged = profile === undefined ? undefined : schemaOf(message, profile);
  if (judged?.ok !== true)
    return { views: viewsOf(message, decode(message.payload)), difference: null };
  const schema = judged.value;
  const row = version(schema.schemaId);
  const decoded = decodePayload(message, schema);
  const found =
    decoded.ok && schema.check !== undefined ? differing(decoded.value, message, row) : undefined;
  return {
    views: viewsOf(message, decoded, { marks: found?.marks, row }),
    difference: found?.difference ?? null,
  };
}

function viewsOf(
  { payload, contentType }: InboundMessage,
  decoded: Stage<unknown>,
  by: { readonly marks?: Difference | undefined; readonly row?: VersionRow | undefined } = {},
): PayloadViews {
  const isCbor = mediaType(contentType).endsWith("cbor");
  return {
    json: decoded.ok ? markJson(decoded.value, by.marks ?? agrees) : null,
    cbor: isCbor ? cborDiagnostic(payload) : null,
    protobuf: protobufOf(payload, by.row),
    hex: payload.subarray(0, mostHexBytes).toString("hex"),
  };
}

/** The first reading that differs: how, and where that is in the whole payload. */
function differing(
  value: unknown,
  message: InboundMessage,
  row: VersionRow | undefined,
): { readonly difference: Difference; readonly marks: Difference } | undefined {
  const readings = readingsOf(value, message);
  if (!readings.ok || row === undefined) return undefined;
  const { jsonSchema } = definitionOf(row);
  for (const [index, { values }] of readings.value.entries()) {
    const difference = differenceOf(values, jsonSchema);
    if (difference.items.length === 0) continue;
    const item: unknown = Array.isArray(value) ? value[index] : value;
    const inEnvelope = isObject(item) && isObject(item["values"]) ? "/values" : "";
    const prefix = `${Array.isArray(value) ? `/${index}` : ""}${inEnvelope}`;
    const items = difference.items.map((each) => ({ ...each, path: `${prefix}${each.path}` }));
    return { difference, marks: { ...difference, items } };
  }
  return undefined;
}

function protobufOf(payload: Buffer, row: VersionRow | undefined): string | null {
  const source = row === undefined ? null : definitionOf(row).protobuf;
  return source === null ? null : compileProtobuf(source).describe(payload);
}
