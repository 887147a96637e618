import { ledgerPlaceOf } from "#server/ingest/accepted.ts";
import type {
  AcceptedMessage,
  InboundMessage,
  RejectedAt,
  Settlement,
} from "#server/pipeline/message.ts";

/** One count of the ledger as the statement takes it. */
export type LedgerCount = {
  readonly tenant_id: string;
  /** ISO 8601, full minute of receipt. */
  readonly minute: string;
  readonly transport: string;
  readonly profile_id: string;
  readonly outcome: "received" | "shed" | Settlement["outcome"];
  readonly reason: string;
  count: number;
};

const minuteMs = 60_000;

/** Adds up messages by tenant, minute, transport, profile, outcome and reason. */
export class Tally {
  readonly #counts = new Map<string, LedgerCount>();
  #last: LedgerCount | undefined;
  #lastMinute = 0;

  add(message: AcceptedMessage, outcome: LedgerCount["outcome"], reason: string): void {
    if (message.device === undefined) {
      this.addAt(ledgerPlaceOf(message), outcome, reason);
      return;
    }
    const minute = Math.floor(message.receivedAt / minuteMs);
    if (!this.#isLast(message, minute, outcome, reason)) {
      this.#last = this.#find(ledgerPlaceOf(message), outcome, reason);
      this.#lastMinute = minute;
    }
    if (this.#last !== undefined) this.#last.count += 1;
  }

  addAt(at: RejectedAt, outcome: LedgerCount["outcome"], reason: string): void {
    this.#find(at, outcome, reason).count += 1;
  }

  /** Adds counts that were made elsewhere. */
  merge(counts: readonly LedgerCount[]): void {
    for (const count of counts) {
      const { tenant_id, profile_id, transport, minute, outcome, reason } = count;
      const receivedAt = Date.parse(minute);
      const at = { tenantId: tenant_id, profileId: profile_id, receivedAt };
      this.#find({ ...at, transport }, outcome, reason).count += count.count;
    }
  }

  /** How many different counts there are. */
  get size(): number {
    return this.#counts.size;
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
    {
      tenantId,
      profileId,
      transport,
      receivedAt,
    }: Omit<RejectedAt, "transport"> & { readonly transport: string },
    outcome: LedgerCount["outcome"],
    reason: string,
  ): LedgerCount {
    const minute = Math.floor(receivedAt / minuteMs);
    const key = `${tenantId} ${profileId} ${minute} ${transport} ${outcome} ${reason}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const count = {
      tenant_id: tenantId,
      minute: new Date(minute * minuteMs).toISOString(),
      transport,
      profile_id: profileId,
      outcome,
      reason,
      count: 0,
    };
    this.#counts.set(key, count);
    return count;
  }
}

/** What came in, counted from the messages alone and not from what became of them. */
export function countReceived(messages: readonly AcceptedMessage[]): readonly LedgerCount[] {
  const tally = new Tally();
  for (const message of messages) tally.add(message, "received", "");
  return tally.counts();
}

/** What became of them. */
export function countOutcomes(
  messages: readonly AcceptedMessage[],
  settlements: readonly Settlement[],
): readonly LedgerCount[] {
  const tally = new Tally();
  for (const [index, settlement] of settlements.entries()) {
    const message = messages[index];
    if (message === undefined) throw new Error("A settlement has no message.");
    tally.add(message, settlement.outcome, reasonOf(message, settlement));
  }
  return tally.counts();
}

function reasonOf(message: AcceptedMessage, settlement: Settlement): string {
  switch (settlement.outcome) {
    case "dead_lettered":
    case "rejected":
      return settlement.reason;
    case "stored":
      return message.device === undefined ? "relayed" : "";
    case "duplicate":
    case "filtered":
      return "";
  }
}
