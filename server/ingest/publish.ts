import type { LiveMessage } from "#server/domain/live.ts";
import type { InboundMessage, Settlement } from "#server/pipeline/message.ts";
import type { Content } from "#server/pipeline/run-stages.ts";
import type { JsonObject } from "#server/pipeline/readings.ts";
import type { Stage } from "#server/pipeline/stage.ts";

const textCharacters = 512;
/** Of an array of readings the newest in the list are shown. */
const readingsShown = 50;

/** What viewers of the device are told of a message. */
export function liveMessagesOf(
  message: InboundMessage,
  result: Stage<Content>,
  settlement: Settlement,
): readonly LiveMessage[] {
  const common = {
    deviceKey: message.device.deviceKey.toString(),
    receivedAt: message.receivedAt,
    topic: message.topic,
    outcome: settlement.outcome,
  };
  if (settlement.outcome === "dead_lettered" || !result.ok) {
    const text = settlement.outcome === "dead_lettered" ? settlement.detail : "";
    return [{ ...common, ts: message.receivedAt, values: {}, text }];
  }
  const text = payloadText(message.payload);
  const { readings } = result.value;
  if (readings.length === 0) return [{ ...common, ts: message.receivedAt, values: {}, text }];
  return readings.slice(-readingsShown).map((reading) => ({
    ...common,
    ts: reading.tsMicros / 1000,
    values: settlement.outcome === "stored" ? shownValues(reading.values) : {},
    text,
  }));
}

function payloadText(payload: Buffer): string {
  // A character has at most four bytes; one that is cut off becomes U+FFFD and falls away.
  return payload
    .toString("utf8", 0, textCharacters * 4)
    .slice(0, textCharacters)
    .toWellFormed();
}

function shownValues(values: JsonObject): LiveMessage["values"] {
  const shown: Record<string, number | boolean | string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") {
      shown[name] = value;
    }
  }
  return shown;
}
