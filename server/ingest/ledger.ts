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
  #last: LedgerCount | undefined;
  #lastMinute = 0;

  add(message: InboundMessage, outcome: LedgerCount["outcome"], reason: string): void {
    const minute = Math.floor(message.receivedAt / minuteMs);
    if (!this.#isLast(message, minute, outcome, reason)) {
      this.#last = this.#find(message, minute, outcome, reason);
      this.#lastMinute = minute;
    }
    if (this.#last !== undefined) this.#last.count += 1;
  }

  counts(): readonly LedgerCount[] {
    return [...this.#counts.values()];
  }

  /** Most messages count where the one before them did; that needs no key. */
  #isLast(message: InboundMessage, minute: number, outcome: string, reason: string): boolean {
    const last = this.#last;
    return (
      last !== undefined &&
      this.#lastMinute === minute &&
      last.outcome === outcome &&
      last.reason === reason &&
      last.profile_id === message.device.profileId &&
      last.tenant_id === message.device.tenantId &&
      last.transport === message.transport
    );
  }

  #find(
    { device, transport }: InboundMessage,
    minute: number,
    outcome: LedgerCount["outcome"],
    reason: string,
  ): LedgerCount {
    const key = `${device.tenantId} ${device.profileId} ${minute} ${transport} ${outcome} ${reason}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const count = {
      tenant_id: device.tenantId,
      minute: new Date(minute * minuteMs).toISOString(),
      transport,
      profile_id: device.profileId,
      outcome,
      reason,
      count: 0,
    };
    this.#counts.set(key, count);
    return count;
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
