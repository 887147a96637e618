import type { Staged } from "#server/ingest/encode-rows.ts";
import type { Settlement } from "#server/pipeline/message.ts";

const stored: Settlement = { outcome: "stored" };
const duplicate: Settlement = { outcome: "duplicate" };
const filtered: Settlement = { outcome: "filtered" };
const superseded: Settlement = { outcome: "duplicate", superseded: true };

/**
 * What becomes of the messages of a batch. A message of several readings is stored when any of them
 * is new.
 */
export function settlementsOf(
  messages: readonly Staged[],
  at: {
    readonly stored: ReadonlySet<number | undefined>;
    readonly repeated: ReadonlySet<number>;
    readonly superseded: ReadonlySet<number>;
  },
): readonly Settlement[] {
  return messages.map(({ message, result }, index): Settlement => {
    if (at.superseded.has(index)) return superseded;
    if (result.ok && result.value.filtered === true) {
      return at.stored.has(index) ? filtered : duplicate;
    }
    if (result.ok) return at.stored.has(index) ? stored : duplicate;
    if (at.repeated.has(index)) return duplicate;
    const { reason, detail } = result;
    return message.device === undefined
      ? { outcome: "rejected", reason: "unstorable", detail }
      : {
          outcome: "dead_lettered",
          reason,
          detail,
          ...(result.quarantined === true && { quarantined: true }),
        };
  });
}
