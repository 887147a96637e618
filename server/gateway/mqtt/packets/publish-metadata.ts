import type { PublishProperties } from "#server/gateway/mqtt/publish-properties.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";

/** Text that is no number becomes NaN, which the pipeline refuses as a bad time. */
function milliseconds(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/**
 * What MQTT 5 properties say about a message, device contract "Payload": user properties `id`, `ts`
 * (epoch milliseconds), `seq` and `schema`, and the content type. Absent stays absent.
 */
export function metadataOf({
  id,
  ts,
  seq,
  schema,
  contentType,
}: PublishProperties): Pick<InboundMessage, "id" | "ts" | "seq" | "schema" | "contentType"> {
  return {
    ...(id === undefined ? {} : { id }),
    ...(ts === undefined ? {} : { ts: milliseconds(ts) }),
    ...(seq === undefined ? {} : { seq }),
    ...(schema === undefined ? {} : { schema }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}
