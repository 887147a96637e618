import { genesis, linkHash, payloadDigest } from "#server/services/audit/chain.ts";

/** A stored link, as the database returns it. */
export type StoredEvent = {
  readonly tenantId: string;
  readonly seq: bigint;
  readonly at: Date;
  readonly actor: string;
  readonly actorType: string;
  readonly actionCode: string;
  readonly target: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly ip: string | null;
  readonly payload: unknown;
  readonly salt: Uint8Array | null;
  readonly payloadDigest: Uint8Array;
  readonly prevHash: Uint8Array;
  readonly hash: Uint8Array;
};

/** How far a chain has been followed. */
export type ChainPosition = { readonly seq: bigint; readonly hash: Uint8Array };

/** Where a chain begins. */
export const chainStart: ChainPosition = { seq: 0n, hash: genesis };

/** The first place at which a chain does not hold. */
export type ChainBreak = {
  /** Decimal sequence number of the event that is wrong, or missing. */
  readonly seq: string;
  readonly problem:
    | "missing"
    | "not linked"
    | "changed"
    | "payload changed"
    | "cut off"
    | "too long";
  readonly detail: string;
};

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Whether `event` is the link that follows `position`. */
function checkLink(position: ChainPosition, event: StoredEvent): ChainBreak | undefined {
  const expected = position.seq + 1n;
  if (event.seq !== expected) {
    return {
      seq: expected.toString(),
      problem: "missing",
      detail: `After event ${position.seq} comes ${event.seq}.`,
    };
  }
  const seq = event.seq.toString();
  if (!same(event.prevHash, position.hash)) {
    const detail = `Event ${seq} does not continue the event before it.`;
    return { seq, problem: "not linked", detail };
  }
  const { tenantId: tenant, at, actor, actorType, actionCode, target, outcome, reason } = event;
  const { requestId, ip } = event;
  const header = { tenant, seq, at: at.toISOString(), actor, actorType, actionCode, target };
  const rest = { outcome, reason, requestId, ip };
  if (!same(linkHash(position.hash, { ...header, ...rest }, event.payloadDigest), event.hash)) {
    const detail = `What event ${seq} says is not what was recorded.`;
    return { seq, problem: "changed", detail };
  }
  const digest = payloadDigest(event.salt ?? new Uint8Array(), event.payload);
  if (same(digest, event.payloadDigest)) return undefined;
  const detail = `The details of event ${seq} are not what was recorded.`;
  return { seq, problem: "payload changed", detail };
}

/** Follows the chain over the next events, in order; stops at the first break. */
export function checkEvents(
  from: ChainPosition,
  events: readonly StoredEvent[],
): { readonly position: ChainPosition; readonly broken: ChainBreak | undefined } {
  let position = from;
  for (const event of events) {
    const broken = checkLink(position, event);
    if (broken !== undefined) return { position, broken };
    position = { seq: event.seq, hash: event.hash };
  }
  return { position, broken: undefined };
}

/** Whether the followed chain ends where the head says that it ends. */
export function checkHead(position: ChainPosition, head: ChainPosition): ChainBreak | undefined {
  if (position.seq < head.seq) {
    return {
      seq: (position.seq + 1n).toString(),
      problem: "cut off",
      detail: `The trail ends at event ${position.seq}, but ${head.seq} events were recorded.`,
    };
  }
  if (position.seq > head.seq) {
    return {
      seq: (head.seq + 1n).toString(),
      problem: "too long",
      detail: `Only ${head.seq} events were recorded, but the trail has ${position.seq}.`,
    };
  }
  if (same(position.hash, head.hash)) return undefined;
  return {
    seq: position.seq.toString(),
    problem: "changed",
    detail: `The last event, ${position.seq}, is not the one that was recorded last.`,
  };
}
