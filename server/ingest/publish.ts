import type { LiveMessage } from "#server/domain/live.ts";
import type { LiveMessages } from "#server/live/port.ts";
import type { InboundMessage, Settlement } from "#server/pipeline/message.ts";
import type { Content, Reading } from "#server/pipeline/run-stages.ts";
import type { JsonObject } from "#server/pipeline/readings.ts";
import type { Stage } from "#server/pipeline/stage.ts";

const textCharacters = 512;
/** Of an array of readings the newest in the list are shown. */
const readingsShown = 50;

/** What viewers of the device may be told of a message: how many messages, each made when it is. */
export function liveMessagesOf(
  message: InboundMessage,
  result: Stage<Content>,
  settlement: Settlement,
): LiveMessages {
  const isRefused = settlement.outcome === "dead_lettered" || !result.ok;
  const readings = isRefused ? [] : result.value.readings;
  const leftOut = Math.max(0, readings.length - readingsShown);
  return {
    count: Math.max(1, readings.length - leftOut),
    make: (index) => ({
      ...headOf(message, settlement, readings[leftOut + index]),
      text: textOf(message, result, settlement),
    }),
  };
}

/** @param reading undefined where the message has none, or was refused */
function headOf(
  { device, receivedAt, topic }: InboundMessage,
  { outcome }: Settlement,
  reading: Reading | undefined,
): Omit<LiveMessage, "text"> {
  return {
    deviceKey: device.deviceKey.toString(),
    ts: reading === undefined ? receivedAt : reading.tsMicros / 1000,
    receivedAt,
    topic,
    outcome,
    values: reading !== undefined && outcome === "stored" ? shownValues(reading.values) : {},
  };
}

function textOf(
  { payload }: InboundMessage,
  result: Stage<Content>,
  settlement: Settlement,
): string {
  if (settlement.outcome === "dead_lettered") return settlement.detail;
  return result.ok ? payloadText(payload) : "";
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
