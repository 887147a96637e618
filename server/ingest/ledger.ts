import type { InboundMessage, Settlement } from "#server/ingest/message.ts";

/** One count of the ledger as the statement takes it. */
export type LedgerCount = {
  readonly tenant_id: string;
  /** ISO 8601, full minute of receipt. */
  readonly minute: string;
  readonly transport: string;
  readonly profile_id: string;
  readonly outcome: "received" | Settlement["outcome"];
  readonly reason: string;
  count: number;
};

const minuteMs = 60_000;

/** Adds up messages by tenant, minute, transport, profile, outcome and reason. */
class Tally {
  readonly #counts = new Map<string, LedgerCount>();
  #lastKey = "";
  #last: LedgerCount | undefined;

  add(message: InboundMessage, outcome: LedgerCount["outcome"], reason: string): void {
    const minute = Math.floor(message.receivedAt / minuteMs);
    const { tenantId, profileId } = message.device;
    const key = `${tenantId} ${profileId} ${minute} ${message.transport} ${outcome} ${reason}`;
    if (this.#last === undefined || key !== this.#lastKey) {
      this.#lastKey = key;
      this.#last = this.#counts.get(key) ?? {
        tenant_id: tenantId,
        minute: new Date(minute * minuteMs).toISOString(),
        transport: message.transport,
        profile_id: profileId,
        outcome,
        reason,
        count: 0,
      };
      this.#counts.set(key, this.#last);
    }
    this.#last.count += 1;
  }

  counts(): readonly LedgerCount[] {
    return [...this.#counts.values()];
  }
}

/** What came in, counted from the messages alone and not from what became of them. */
export function countReceived(messages: readonly InboundMessage[]): readonly LedgerCount[] {
  const tally = new Tally();
  for (const message of messages) tally.add(message, "received", "");
  return tally.counts();
}

/** What became of them. */
export function countOutcomes(
  messages: readonly InboundMessage[],
  settlements: readonly Settlement[],
): readonly LedgerCount[] {
  const tally = new Tally();
  for (const [index, settlement] of settlements.entries()) {
    const message = messages[index];
    if (message === undefined) throw new Error("A settlement has no message.");
    const reason = settlement.outcome === "dead_lettered" ? settlement.reason : "";
    tally.add(message, settlement.outcome, reason);
  }
  return tally.counts();
}
