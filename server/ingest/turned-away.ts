import { ledgerPlaceOf } from "#server/ingest/accepted.ts";
import { Tally, type LedgerCount } from "#server/ingest/ledger.ts";
import type { AcceptedMessage, RejectedAt } from "#server/pipeline/message.ts";

/** Publications that never became messages, counted until a batch writes them to the ledger. */
export type TurnedAway = {
  /** QoS 0 that was given up because there was no room. */
  shed(message: AcceptedMessage): void;
  /** Refused before the pipeline, for a reason of a closed list. */
  reject(at: RejectedAt, reason: string): void;
  readonly isEmpty: boolean;
  /** Hands the counts over; whoever takes them writes them. */
  take(): readonly LedgerCount[];
};

/** While the database is away longer than this many different counts last, minutes are not told apart. */
const maxCounts = 10_000;

/** Each is counted as received and as what became of it, so that the ledger stays in balance. */
export function countTurnedAway(): TurnedAway {
  let tally = new Tally();
  let fullSince: number | undefined;
  const count = (at: RejectedAt, outcome: "shed" | "rejected", reason: string): void => {
    if (tally.size >= maxCounts) fullSince ??= at.receivedAt;
    const place = fullSince === undefined ? at : { ...at, receivedAt: fullSince };
    tally.addAt(place, "received", "");
    tally.addAt(place, outcome, reason);
  };
  return {
    shed: (message) => count(ledgerPlaceOf(message), "shed", ""),
    reject: (at, reason) => count(at, "rejected", reason),
    get isEmpty() {
      return tally.size === 0;
    },
    take: () => {
      const counts = tally.counts();
      if (counts.length > 0) tally = new Tally();
      fullSince = undefined;
      return counts;
    },
  };
}
