import type { Presence, PresenceCause } from "#server/domain/presence.ts";

/** What the worker's live bus tells a viewer. Device keys are decimal strings (bigint in storage). */

export const liveOutcomes = [
  "stored",
  "duplicate",
  "filtered",
  "dead_lettered",
  "rejected",
] as const;
export type LiveOutcome = (typeof liveOutcomes)[number];

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
  /** Given by the worker's bus: rises with every message, so that one that is told twice is known. */
  readonly seq?: number;
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

/** One settled message of a tenant as a live tail shows it. */
export type LiveTailMessage = {
  /** Null for what a service client published. */
  readonly deviceKey: string | null;
  /** The device's own id, or the service client's name. */
  readonly sender: string;
  readonly profileId: string | null;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly transport: string;
  readonly qos: number;
  readonly topic: string;
  readonly outcome: LiveOutcome;
  /** Of refused messages. */
  readonly reason: string | null;
  readonly detail: string | null;
  /** What the device gave the message, beside the payload or in it. */
  readonly id: string | null;
  readonly contentType: string | null;
  /** Bytes of the payload. */
  readonly size: number;
  readonly payload: {
    readonly as: "text" | "hex";
    readonly content: string;
    /** Only its beginning is here. */
    readonly isCut: boolean;
  };
};

/** Which messages a live tail shows; absent parts let everything through. */
export type LiveTailFilter = {
  readonly deviceKey?: string;
  readonly profileId?: string;
  readonly outcome?: LiveOutcome;
  /** MQTT topic filter. */
  readonly topic?: string;
  /** Part of the payload, byte by byte. */
  readonly text?: string;
};

export type LiveFrame =
  /** Everything is told from now on; what happened before may have been missed. */
  | { readonly kind: "hello"; readonly at: number }
  | {
      readonly kind: "messages";
      /** Each device's in the order in which they came. */
      readonly messages: readonly LiveMessage[];
      /** Messages of these devices that came too fast to be told. */
      readonly dropped: number;
      /** The same by device key, of those devices that lack any. */
      readonly missed?: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: "status";
      readonly deviceKey: string;
      readonly connected: boolean;
      readonly at: number;
      readonly reason: string | null;
    }
  /** A device was judged otherwise than before; `since` in epoch milliseconds. */
  | {
      readonly kind: "presence";
      readonly deviceKey: string;
      readonly presence: Presence;
      readonly cause: PresenceCause;
      readonly since: number;
    }
  | { readonly kind: "refusal"; readonly refusal: LiveRefusal }
  | { readonly kind: "fleet"; readonly fleet: LiveFleet }
  | {
      readonly kind: "tail";
      readonly at: number;
      /** Oldest first; a sample where more matched than a viewer is shown. */
      readonly messages: readonly LiveTailMessage[];
      /** How many matched since the frame before. */
      readonly matched: number;
      /** So many more came too fast to be searched for text. */
      readonly unsearched: number;
    }
  /** The tail that was asked for cannot be shown; why, in words. */
  | { readonly kind: "tail_refused"; readonly message: string };

/** What one browser may follow at once. */
export const maxLiveDevices = 500;

/** What the console's stream says to a browser, one line each. */
export type LiveLine =
  | LiveFrame
  /** First on every stream: the keys of the devices by what they were asked for (UUID or own id). */
  | { readonly kind: "devices"; readonly keys: Readonly<Record<string, string>> }
  /** The session does not count any more: coming back is of no use. */
  | { readonly kind: "ended" };

/** What a viewer asks for. Always one tenant; the console has authorised it. */
export type LiveInterest = {
  readonly tenantId: string;
  readonly deviceKeys: readonly string[];
  /** Fleet counters once a second. */
  readonly fleet: boolean;
  /** Refusals of the tenant, also those of unknown devices. */
  readonly refusals: boolean;
  /** Every settled message that fits, sampled; absent: no tail. */
  readonly tail?: LiveTailFilter;
};
