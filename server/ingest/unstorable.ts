import type { Staged } from "#server/ingest/encode-rows.ts";
import { refuse } from "#server/ingest/stage.ts";

/**
 * Makes of a message that the database refuses, although the stages let it through, one that is
 * kept as a dead letter (of a device) or rejected (of a service client); only safe text is left.
 */
export function asUnstorable({ message, result }: Staged): Staged {
  if (result.ok) {
    return {
      message,
      result: refuse("unsupported-value", "The database cannot store a value of this message."),
    };
  }
  const detail = "The message was refused; its details cannot be stored.";
  if (message.device === undefined) return { message, result: refuse(result.reason, detail) };
  const topic = message.topic.replaceAll(/[^\x20-\x7e]/g, "?");
  return { message: { ...message, topic, id: "" }, result: refuse(result.reason, detail) };
}
