/** What the worker's live bus tells a viewer. Device keys are decimal strings (bigint in storage). */

export type LiveOutcome = "stored" | "duplicate" | "dead_lettered" | "rejected";

/** One message, told after its transaction committed. Times are epoch milliseconds. */
export type LiveMessage = {
  readonly deviceKey: string;
  readonly ts: number;
  readonly receivedAt: number;
  readonly topic: string;
  readonly outcome: LiveOutcome;
  /** Field by field, for charts and latest values; empty when nothing was stored. */
  readonly values: Readonly<Record<string, number | boolean | string>>;
  /** First 512 characters of the payload as text, or its reason when it was refused. */
  readonly text: string;
};

/** A refused connection as the interface shows it. */
export type LiveRefusal = {
  readonly at: number;
  readonly claimedId: string;
  readonly deviceKey: string | null;
  readonly reason: string;
  readonly detail: string;
  readonly remedy: string;
  readonly remote: string;
};

/** Counters of one worker for one tenant over the last second. */
export type LiveFleet = {
  readonly at: number;
  readonly workerId: string;
  readonly received: number;
  readonly stored: number;
  readonly refused: number;
  readonly connected: number;
  /** Receipt to acknowledgement, milliseconds; null when nothing was acknowledged. */
  readonly ackP50Ms: number | null;
  readonly ackP99Ms: number | null;
  /** Age of the oldest message that is not yet committed, milliseconds. */
  readonly lagMs: number;
};

export type LiveFrame =
  | { readonly kind: "hello"; readonly at: number }
  | {
      readonly kind: "messages";
      readonly messages: readonly LiveMessage[];
      readonly dropped: number;
    }
  | {
      readonly kind: "status";
      readonly deviceKey: string;
      readonly connected: boolean;
      readonly at: number;
      readonly reason: string | null;
    }
  | { readonly kind: "refusal"; readonly refusal: LiveRefusal }
  | { readonly kind: "fleet"; readonly fleet: LiveFleet };

/** What a viewer asks for. Always one tenant; the console has authorised it. */
export type LiveInterest = {
  readonly tenantId: string;
  readonly deviceKeys: readonly string[];
  /** Fleet counters once a second. */
  readonly fleet: boolean;
  /** Refusals of the tenant, also those of unknown devices. */
  readonly refusals: boolean;
};
