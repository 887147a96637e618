import type { Delivery } from "#server/broker/fanout.ts";
import { sessionKey, type Owner, type SessionKey } from "#server/broker/publication.ts";
import { ownerOf } from "#server/gateway/identify/principal.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { Outbound } from "#server/gateway/mqtt/outbound/outbound.ts";

/** The connected clients of this worker, over all listeners. */
export type Sessions = {
  /** Enters a connection; returns the one that had the same session. */
  claim(connection: Connection): Connection | undefined;
  /** Removes a connection; true when it was its owner's last. */
  release(connection: Connection): boolean;
  /** The session is being opened: what is published for it meanwhile is told to `outbound`. */
  opening(key: SessionKey, outbound: Outbound): Opening;
  /** Another connection has the session since `generation`; also one being opened is told. */
  takenOver(key: SessionKey, generation: number): void;
  of(owner: Owner): Connection[];
  byKey(key: SessionKey): Connection | undefined;
  /** The session has a row now, by which other workers speak of it. */
  numbered(connection: Connection): void;
  all(): Connection[];
  readonly size: number;
  /** Connected devices of a tenant. */
  countOf(tenantId: string): number;
  connectionsOf(tenantId: string): number;
  /** Connections of a device or service client. */
  countOfOwner(owner: Owner): number;
  /** @see LocalSessions of routes.ts */
  deliver(key: SessionKey, delivery: Delivery): void;
  wake(key: SessionKey): void;
  /** Another worker queued something for a session. */
  wakeById(sessionId: bigint): void;
};

/** A session that is being opened here. */
export type Opening = {
  /** Newest generation that another connection has, as far as was told meanwhile. */
  readonly takenOverBy: number;
  /** It is open, or was given up. */
  end(): void;
};

class Pending implements Opening {
  readonly outbound: Outbound;
  takenOverBy = -1;
  readonly #forget: (pending: Pending) => void;

  constructor(outbound: Outbound, forget: (pending: Pending) => void) {
    this.outbound = outbound;
    this.#forget = forget;
  }

  end(): void {
    this.#forget(this);
  }
}

/** A number for each key; those at 0 are forgotten. */
class Tally {
  readonly #counts = new Map<string, number>();

  add(key: string, change: 1 | -1): void {
    const count = this.of(key) + change;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }
}

class LocalSessionTable implements Sessions {
  readonly #byKey = new Map<SessionKey, Connection>();
  readonly #byId = new Map<bigint, Connection>();
  readonly #byOwner = new Map<string, Set<Connection>>();
  readonly #opening = new Map<SessionKey, Set<Pending>>();
  readonly #devices = new Tally();
  readonly #connections = new Tally();

  get size(): number {
    return this.#byKey.size;
  }

  claim(connection: Connection): Connection | undefined {
    const { key, principal, tenantId } = connection.established;
    const previous = this.#byKey.get(key);
    if (previous !== undefined) this.#forget(previous);
    this.#byKey.set(key, connection);
    this.numbered(connection);
    const ownerKey = sessionKey(ownerOf(principal), "");
    let own = this.#byOwner.get(ownerKey);
    if (own === undefined) {
      own = new Set();
      this.#byOwner.set(ownerKey, own);
      if (principal.kind === "device") this.#devices.add(tenantId, 1);
    }
    own.add(connection);
    this.#connections.add(tenantId, 1);
    return previous;
  }

  release(connection: Connection): boolean {
    // Another connection took over: the entry is no longer this one's.
    if (this.#byKey.get(connection.established.key) !== connection) return false;
    return this.#forget(connection);
  }

  opening(key: SessionKey, outbound: Outbound): Opening {
    const those = this.#opening.get(key) ?? new Set();
    const pending = new Pending(outbound, (one) => {
      those.delete(one);
      if (those.size === 0 && this.#opening.get(key) === those) this.#opening.delete(key);
    });
    this.#opening.set(key, those.add(pending));
    return pending;
  }

  takenOver(key: SessionKey, generation: number): void {
    for (const pending of this.#opening.get(key) ?? []) {
      pending.takenOverBy = Math.max(pending.takenOverBy, generation);
    }
  }

  of(owner: Owner): Connection[] {
    return [...(this.#byOwner.get(sessionKey(owner, "")) ?? [])];
  }

  byKey(key: SessionKey): Connection | undefined {
    return this.#byKey.get(key);
  }

  numbered(connection: Connection): void {
    const { id } = connection.established.handle;
    if (id !== undefined) this.#byId.set(id, connection);
  }

  all(): Connection[] {
    return [...this.#byKey.values()];
  }

  countOf(tenantId: string): number {
    return this.#devices.of(tenantId);
  }

  connectionsOf(tenantId: string): number {
    return this.#connections.of(tenantId);
  }

  countOfOwner(owner: Owner): number {
    return this.#byOwner.get(sessionKey(owner, ""))?.size ?? 0;
  }

  deliver(key: SessionKey, delivery: Delivery): void {
    this.#byKey.get(key)?.session?.outbound.deliver(delivery);
    if (this.#opening.size === 0) return;
    for (const { outbound } of this.#opening.get(key) ?? []) outbound.deliver(delivery);
  }

  wake(key: SessionKey): void {
    this.#byKey.get(key)?.session?.outbound.announce();
    for (const { outbound } of this.#opening.get(key) ?? []) outbound.announce();
  }

  wakeById(sessionId: bigint): void {
    const connection = this.#byId.get(sessionId);
    connection?.session?.outbound.announce();
    if (connection !== undefined) return;
    // It may be one whose row is not known yet; reading in vain does no harm.
    for (const those of this.#opening.values()) {
      for (const { outbound } of those) outbound.announce();
    }
  }

  #forget(connection: Connection): boolean {
    const { key, principal, tenantId, handle } = connection.established;
    this.#byKey.delete(key);
    if (handle.id !== undefined && this.#byId.get(handle.id) === connection) {
      this.#byId.delete(handle.id);
    }
    this.#connections.add(tenantId, -1);
    const ownerKey = sessionKey(ownerOf(principal), "");
    const own = this.#byOwner.get(ownerKey);
    own?.delete(connection);
    if (own === undefined || own.size > 0) return false;
    this.#byOwner.delete(ownerKey);
    if (principal.kind === "device") this.#devices.add(tenantId, -1);
    return true;
  }
}

export function createSessions(): Sessions {
  return new LocalSessionTable();
}
