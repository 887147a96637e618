import type { Publication, Qos, SessionKey } from "#server/broker/publication.ts";

/** A publication for one session. */
export type Delivery = {
  readonly publication: Pick<
    Publication,
    "topic" | "payload" | "expiresAt" | "receivedAt" | "forwarded"
  >;
  /** Lesser of the publication's and the subscription's. */
  readonly qos: Qos;
  readonly retain: boolean;
  readonly identifiers: readonly number[];
  /** Place in the kept queue of the session; undefined for what is kept in memory only. */
  readonly seq: bigint | undefined;
};

/** One row for a kept queue: written in the transaction that stores the publication. */
export type QueueTarget = {
  readonly sessionId: bigint;
  readonly sessionKey: SessionKey;
  /** Index into {@link FanoutPlan.publications}. */
  readonly publication: number;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly identifiers: readonly number[];
};

/** What a batch of publications means for subscribers. */
export type FanoutPlan = {
  readonly publications: readonly Publication[];
  /** Sessions that keep messages, and sessions connected to other workers. */
  readonly queued: readonly QueueTarget[];
  /** Sessions connected here that keep nothing. */
  readonly direct: readonly {
    readonly sessionKey: SessionKey;
    readonly publication: number;
    readonly qos: Qos;
    readonly retain: boolean;
    readonly identifiers: readonly number[];
  }[];
};

/** How the pipeline reaches subscribers. */
export type Fanout = {
  /** False when nobody of the tenant subscribes to anything: its messages then cost no more. */
  hasSubscribers(tenantId: string): boolean;
  /** Pure: asks the routes as they are now. Publications of one batch, in order. */
  plan(publications: readonly Publication[]): FanoutPlan;
  /**
   * After the commit, in the order of the batches. Never waits for a subscriber and never throws.
   * @param seqs of `plan.queued`, undefined where the queue of the session is full; "unknown" when
   * the database kept them but its answer was lost: the sessions of `plan.queued` then read what
   * they are to deliver from the database
   */
  deliver(plan: FanoutPlan, seqs: readonly (bigint | undefined)[] | "unknown"): void;
  /** Sum of the route versions of the other workers; the batch's transaction compares it. */
  readonly foreignVersion: bigint;
  /** Reads what other workers changed; then batches may be tried again. */
  catchUp(): Promise<void>;
};
