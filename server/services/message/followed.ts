/** What can be said of one message. Instants are ISO 8601. */

/** The way of a message, in this order. */
export const stageNames = [
  "received",
  "identified",
  "admitted",
  "decoded",
  "valid",
  "processed",
  "timed",
  "stored",
] as const;
export type StageName = (typeof stageNames)[number];

export type StageVerdict = {
  readonly stage: StageName;
  /** noted: passed with a remark; unknown: nothing that was kept says so. */
  readonly verdict: "passed" | "noted" | "failed" | "not_reached" | "unknown";
  /** What was found, in words; empty where there is nothing to add. */
  readonly detail: string;
};

/** The connection that was open when the message came. */
export type FollowedConnection = {
  readonly clientId: string;
  readonly remote: string;
  readonly protocol: string;
  /** Null on a plain listener. */
  readonly tlsVersion: string | null;
  readonly since: string;
};

/** A session that a message of the topic goes to now. */
export type FollowedSubscriber = {
  readonly sessionId: string;
  readonly clientId: string;
  readonly owner: { readonly kind: string; readonly name: string };
  readonly filter: string;
  readonly qos: number;
  readonly connected: boolean;
  /** Copies of this message that wait in its queue. */
  readonly waiting: number;
};

export type FollowedFanout = {
  /** Of a reading, the stream is not kept: then it is its topic without one. */
  readonly topic: string;
  readonly isTopicKnown: boolean;
  readonly subscribers: readonly FollowedSubscriber[];
  /** More subscriptions than were looked at. */
  readonly isCut: boolean;
};

/** A replay that took a dead letter. */
export type FollowedReplay = {
  readonly letterId: string;
  readonly runId: string | null;
  readonly at: string | null;
  readonly by: string | null;
  /** Why the letter had been refused. */
  readonly refused: string;
};

export type FollowedEnd =
  | {
      readonly as: "reading";
      /** Key of the stored row: device, time with microseconds, message key. */
      readonly row: { readonly deviceId: string; readonly ts: string; readonly key: string };
      readonly schema: { readonly name: string; readonly version: number } | null;
      readonly values: Readonly<Record<string, unknown>>;
    }
  | {
      readonly as: "document";
      readonly row: { readonly deviceId: string; readonly ts: string; readonly key: string };
      readonly channel: string;
      /** The beginning of the payload. */
      readonly text: string;
    }
  | {
      readonly as: "dead_letter";
      readonly id: string;
      readonly fingerprint: string;
      readonly state: "open" | "replayed" | "discarded";
      readonly reason: string;
      readonly detail: string;
      /** Why it was discarded. */
      readonly settledReason: string | null;
      /** The row that a replay stored. */
      readonly row: { readonly deviceId: string; readonly ts: string; readonly key: string } | null;
      /** What becomes of the same bytes with the schema of today. */
      readonly today: { readonly wouldPass: boolean; readonly detail: string };
    };

export type FollowedMessage = {
  readonly deviceId: string;
  /** Where it was kept with the message. */
  readonly messageId: string | null;
  readonly received: {
    readonly at: string;
    /** Null for what was stored before it was kept. */
    readonly transport: string | null;
    readonly qos: number | null;
    /** Of readings, neither topic nor payload are kept. */
    readonly topic: string | null;
    readonly contentType: string | null;
    readonly bytes: number | null;
    /** Null where none is known: comings and goings are kept for 30 days. */
    readonly connection: FollowedConnection | null;
  };
  readonly stages: readonly StageVerdict[];
  readonly end: FollowedEnd;
  /** Null for what was not passed on: dead letters and what a replay stored. */
  readonly fanout: FollowedFanout | null;
  readonly replays: readonly FollowedReplay[];
};

export type FollowedMessages = {
  /** Newest receipt first. */
  readonly messages: readonly FollowedMessage[];
  readonly from: string;
  readonly to: string;
  /** There may be more: narrow the search. */
  readonly isCut: boolean;
  /** The role does not include dead letters, so that none were searched. */
  readonly withoutDeadLetters: boolean;
};
