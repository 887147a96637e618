import type { IngestOptions } from "#server/ingest/start.ts";
import { firmwareOf } from "#server/pipeline/firmware.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import type { Content } from "#server/pipeline/run-stages.ts";
import type { Stage } from "#server/pipeline/stage.ts";

type TellContact = Exclude<IngestOptions["contact"], undefined>;

/** A refused message that says it is older was made by a clock that nobody set. */
const oldestSaneMs = 400 * 86_400_000;

/**
 * Tells of whom a settled message is a sign of life: of the device that sent it, as of its receipt;
 * of a device for which a gateway sent it, as of the newest time in it, for back-fill says nothing
 * of the present.
 */
export function tellContacts(
  contact: TellContact,
  message: InboundMessage,
  result: Stage<Content>,
): void {
  const { device, gateway, receivedAt } = message;
  const firmware = message.channel === "state" ? firmwareOf(message.payload) : undefined;
  if (gateway === undefined) {
    contact(device, { receivedAt, firmware });
    return;
  }
  contact(device, { receivedAt, firmware, eventAt: newestIn(result, receivedAt) });
  contact(gateway, { receivedAt });
}

/** Epoch milliseconds; what has no sane time of its own has that of its receipt. */
function newestIn(result: Stage<Content>, receivedAt: number): number {
  if (!result.ok) {
    const { eventMs } = result;
    return eventMs === undefined || eventMs < receivedAt - oldestSaneMs ? receivedAt : eventMs;
  }
  const { readings, document } = result.value;
  let newest = document?.tsMicros ?? 0;
  for (const { tsMicros } of readings) if (tsMicros > newest) newest = tsMicros;
  return newest === 0 ? receivedAt : newest / 1000;
}
