import type { Fanout } from "#server/broker/fanout.ts";
import type { Publication } from "#server/broker/publication.ts";
import type { AcceptedMessage, Ingest, RejectedAt, Settlement } from "#server/pipeline/message.ts";
import type { InboundMessage, RelayedMessage } from "#server/pipeline/message.ts";
import type { MemorySessionStore } from "#server/testing/memory-session-store.ts";

/** A pipeline without a database: settles at once, or when the test says so. */
export type FakeIngest = Ingest & {
  readonly accepted: InboundMessage[];
  readonly relayed: RelayedMessage[];
  /** Given up for want of room. */
  readonly shedded: AcceptedMessage[];
  /** Refused before the pipeline. */
  readonly rejected: { readonly at: RejectedAt; readonly reason: string }[];
  /** Messages that are not settled. */
  readonly held: AcceptedMessage[];
  automatic: boolean;
  room: boolean;
  /** Settles the oldest `count` messages, all unless given. What is stored goes to subscribers. */
  settle(settlement: Settlement, count?: number): void;
  makeRoom(): void;
};

/** Where what is stored goes, as it does behind the real pipeline. */
export type LoopBack = {
  readonly fanout: Pick<Fanout, "plan" | "deliver">;
  readonly store: MemorySessionStore;
  readonly workerId: string;
};

function publicationOf(message: AcceptedMessage): Publication {
  if (message.device === undefined) return message.publication;
  const { topic, payload, qos, retain, expiresAt, receivedAt, forwarded, publisher } = message;
  const { tenantId } = message.device;
  return { tenantId, topic, payload, qos, retain, expiresAt, receivedAt, forwarded, publisher };
}

/** Stores one message as a batch of the pipeline does; @returns how that ended */
function store(message: AcceptedMessage, { fanout, ...to }: LoopBack): Settlement {
  const { claimedBy, packetId } = message;
  const claim = claimedBy === undefined ? "new" : to.store.claimInbound(claimedBy, packetId);
  if (claim === "repeated") return { outcome: "duplicate" };
  if (claim === "superseded") return { outcome: "duplicate", superseded: true };
  const publication = publicationOf(message);
  if (publication.retain) to.store.retain(publication.tenantId, publication);
  const plan = fanout.plan([publication]);
  const seqs = plan.queued.map(({ sessionId, qos, retain, identifiers }) => {
    const [seq] = to.store.queue(
      sessionId,
      [{ publication, qos, retain, identifiers }],
      to.workerId,
    );
    return seq;
  });
  setImmediate(() => fanout.deliver(plan, seqs));
  if (message.device !== undefined) return { outcome: "stored" };
  return { outcome: "stored", matched: plan.queued.length + plan.direct.length > 0 };
}

/** @param loopBack told once everything is there that it needs */
export function createFakeIngest(
  loopBack: () => LoopBack | undefined = () => undefined,
): FakeIngest {
  const waiting: (() => void)[] = [];
  const take = (message: AcceptedMessage): void => {
    if (ingest.held.push(message) === 1 && ingest.automatic) {
      setImmediate(() => ingest.settle({ outcome: "stored" }));
    }
  };
  const ingest: FakeIngest = {
    accepted: [],
    relayed: [],
    shedded: [],
    rejected: [],
    held: [],
    automatic: true,
    room: true,
    accept: (message) => {
      ingest.accepted.push(message);
      take(message);
    },
    relay: (message) => {
      ingest.relayed.push(message);
      take(message);
    },
    shed: (message) => {
      ingest.shedded.push(message);
    },
    reject: (at, reason) => {
      ingest.rejected.push({ at, reason });
    },
    settle: (settlement, count = ingest.held.length) => {
      const to = loopBack();
      for (const message of ingest.held.splice(0, count)) {
        const isStored = settlement.outcome === "stored" && to !== undefined;
        message.origin.settle(message, isStored ? store(message, to) : settlement);
      }
    },
    get hasRoom() {
      return ingest.room;
    },
    onceRoom: (callback) => {
      waiting.push(callback);
    },
    makeRoom: () => {
      ingest.room = true;
      for (const callback of waiting.splice(0)) callback();
    },
  };
  return ingest;
}
