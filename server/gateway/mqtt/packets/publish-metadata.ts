import type { IPublishPacket } from "mqtt-packet";
import type { InboundMessage } from "#server/ingest/message.ts";

type Properties = NonNullable<IPublishPacket["properties"]>;

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Text that is no number becomes NaN, which the pipeline refuses as a bad time. */
function milliseconds(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/**
 * What MQTT 5 properties say about a message, device contract "Payload": user properties `id`, `ts`
 * (epoch milliseconds), `seq` and `schema`, and the content type. Absent stays absent.
 */
export function metadataOf(
  properties: Properties,
): Pick<InboundMessage, "id" | "ts" | "seq" | "schema" | "contentType"> {
  const { userProperties, contentType } = properties;
  const id = first(userProperties?.["id"]);
  const ts = first(userProperties?.["ts"]);
  const seq = first(userProperties?.["seq"]);
  const schema = first(userProperties?.["schema"]);
  return {
    ...(id === undefined ? {} : { id }),
    ...(ts === undefined ? {} : { ts: milliseconds(ts) }),
    ...(seq === undefined ? {} : { seq }),
    ...(schema === undefined ? {} : { schema }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}
