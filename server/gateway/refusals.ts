import type { Logger } from "pino";
import type { RefusalOwner } from "#server/db/find-refusal-owners.ts";
import type { RefusedConnectionRow } from "#server/db/upsert-refused-connections.ts";
import { probeAddress } from "#server/domain/tls-probe-plan.ts";
import type {
  Refusal,
  RefusalCause,
  RefusalRecorder,
  RefusedPeer,
} from "#server/gateway/refusal.ts";
import { createTokenBucket } from "#server/gateway/token-bucket.ts";
import type { LivePort } from "#server/live/port.ts";

/** Where refusals are kept. */
export type RefusalStore = {
  owners(claimedIds: readonly string[]): Promise<Map<string, RefusalOwner>>;
  upsert(rows: readonly RefusedConnectionRow[]): Promise<void>;
};

export type Refusals = RefusalRecorder & {
  /** Refusals since the start, by cause. */
  readonly counts: ReadonlyMap<RefusalCause, number>;
  flush(): Promise<void>;
  stop(): Promise<void>;
};

type Group = {
  readonly peer: RefusedPeer;
  /** The newest: its words may differ within a cause. */
  refusal: Refusal;
  count: number;
  /** Of these, attempts to connect. */
  attempts: number;
  readonly firstAt: Date;
  lastAt: Date;
};

const flushEveryMs = 1_000;
/** A stranger who invents names must fill neither the memory nor the table. */
const newGroupsPerSecond = 2;
const newGroupsBurst = 200;
const rememberedGroups = 5_000;

/**
 * Hostile texts reach memory, the table and terminals: they stay short, and what is no printable
 * character, or half of one after the cut, is replaced.
 */
function storable(text: string): string {
  return text.slice(0, 256).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
}

function keyOf(peer: RefusedPeer, refusal: Refusal): string {
  return JSON.stringify([peer.tenantId, peer.claimedId, refusal.cause, peer.sha256, peer.remote]);
}

/** When too many different causes come at once, those of one organisation are counted together. */
function merged(peer: RefusedPeer): RefusedPeer {
  return {
    claimedId: "",
    tenantId: peer.tenantId,
    deviceKey: null,
    sha256: "",
    remote: "various",
    transport: peer.transport,
  };
}

/** What is new costs a token, what was there lately costs nothing. */
function createBudget(now: () => number) {
  const bucket = createTokenBucket({ perSecond: newGroupsPerSecond, burst: newGroupsBurst, now });
  const known = new Set<string>();
  return (key: string): boolean => {
    if (known.has(key)) return true;
    if (!bucket.take()) return false;
    known.add(key);
    if (known.size > rememberedGroups) {
      const oldest = known.values().next();
      if (oldest.done !== true) known.delete(oldest.value);
    }
    return true;
  };
}

/** Counts refusals by cause in memory. */
function createGroups(now: () => number) {
  // Apart, so that whoever invents names does not hide why known devices are refused.
  const ofStrangers = createBudget(now);
  const ofKnown = createBudget(now);
  let groups = new Map<string, Group>();

  function admit(key: string, { tenantId }: RefusedPeer): boolean {
    if (groups.has(key)) return true;
    if (groups.size >= rememberedGroups) return false;
    return tenantId === null ? ofStrangers(key) : ofKnown(key);
  }

  return {
    add(peer: RefusedPeer, refusal: Refusal): void {
      const own = keyOf(peer, refusal);
      const subject = admit(own, peer) ? peer : merged(peer);
      const key = subject === peer ? own : keyOf(subject, refusal);
      const at = new Date(now());
      const group = groups.get(key);
      const attempts = peer.wasConnected === true ? 0 : 1;
      if (group === undefined) {
        groups.set(key, { peer: subject, refusal, count: 1, attempts, firstAt: at, lastAt: at });
        return;
      }
      group.count += 1;
      group.attempts += attempts;
      group.lastAt = at;
      group.refusal = refusal;
    },
    take(): Map<string, Group> {
      const taken = groups;
      groups = new Map();
      return taken;
    },
    /** What could not be written waits for the next attempt. */
    putBack(taken: ReadonlyMap<string, Group>): void {
      for (const [key, group] of taken) {
        const newer = groups.get(key);
        if (newer === undefined) groups.set(key, group);
        else {
          const count = newer.count + group.count;
          const attempts = newer.attempts + group.attempts;
          groups.set(key, { ...newer, count, attempts, firstAt: group.firstAt });
        }
      }
    },
    get empty(): boolean {
      return groups.size === 0;
    },
  };
}

function rowOf(group: Group, owner: RefusalOwner): RefusedConnectionRow {
  const { peer, refusal } = group;
  return {
    ...owner,
    claimedId: peer.claimedId,
    reason: refusal.cause,
    detail: refusal.detail.replaceAll("\0", "\u{fffd}"),
    remedy: refusal.remedy,
    remote: peer.remote,
    transport: peer.transport,
    sha256: peer.sha256,
    count: group.count,
    attempts: group.attempts,
    firstAt: group.firstAt,
    lastAt: group.lastAt,
  };
}

/** Two groups can become one row when an unknown tenant turns out to be a known one. */
function distinctRows(rows: readonly RefusedConnectionRow[]): RefusedConnectionRow[] {
  const distinct = new Map<string, RefusedConnectionRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.tenantId, row.claimedId, row.reason, row.sha256, row.remote]);
    const other = distinct.get(key);
    if (other === undefined) {
      distinct.set(key, row);
      continue;
    }
    const count = row.count + other.count;
    distinct.set(key, { ...row, count, attempts: row.attempts + other.attempts });
  }
  return [...distinct.values()];
}

/** Finds the tenants of what was taken and writes it. */
async function writeGroups(
  store: RefusalStore,
  taken: readonly Group[],
): Promise<readonly RefusedConnectionRow[]> {
  const unowned = taken.filter(({ peer }) => peer.tenantId === null);
  const claimed = new Set(unowned.map(({ peer }) => peer.claimedId));
  const owners = claimed.size === 0 ? new Map() : await store.owners([...claimed]);
  const rows = taken.flatMap((group) => {
    const { tenantId, deviceKey, claimedId } = group.peer;
    const owner = tenantId === null ? owners.get(claimedId) : { tenantId, deviceKey };
    // Before the first organisation exists nobody could be shown it.
    return owner === undefined ? [] : [rowOf(group, owner)];
  });
  const distinct = distinctRows(rows);
  if (distinct.length > 0) await store.upsert(distinct);
  return distinct;
}

function tell(row: RefusedConnectionRow, live: LivePort, log: Logger): void {
  const { reason, claimedId, detail, remedy, remote, count } = row;
  log.info({ event: "connection.refused", reason, claimedId, remote, count });
  const deviceKey = row.deviceKey?.toString() ?? null;
  const at = row.lastAt.getTime();
  live.emit(row.tenantId, {
    kind: "refusal",
    refusal: { at, claimedId, deviceKey, reason, detail, remedy, remote },
  });
}

/**
 * Keeps every refusal, one row for each cause: the first of a burst is written and shown at once,
 * what follows at most once a second. While the database is away they wait in memory, bounded.
 * @param now epoch milliseconds
 */
export function createRefusals(input: {
  readonly store: RefusalStore;
  readonly live: LivePort;
  readonly log: Logger;
  readonly now: () => number;
}): Refusals {
  const { store, live, log, now } = input;
  const groups = createGroups(now);
  const counts = new Map<RefusalCause, number>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let lastFlush = 0;

  async function write(): Promise<void> {
    const taken = groups.take();
    if (taken.size === 0) return;
    lastFlush = now();
    try {
      for (const row of await writeGroups(store, [...taken.values()])) tell(row, live, log);
    } catch (error) {
      log.warn({ event: "refusals.write_failed", err: error, causes: taken.size });
      groups.putBack(taken);
    }
  }

  function flush(): Promise<void> {
    writing = writing.then(write).then(schedule);
    return writing;
  }

  function schedule(): void {
    if (timer !== undefined || groups.empty) return;
    const wait = Math.max(0, lastFlush + flushEveryMs - now());
    timer = setTimeout(() => {
      timer = undefined;
      void flush();
    }, wait);
    timer.unref();
  }

  return {
    counts,
    record: (peer, refusal) => {
      // What our own prober was refused is in its own record, and no device's trouble.
      if (peer.remote === probeAddress) return;
      counts.set(refusal.cause, (counts.get(refusal.cause) ?? 0) + 1);
      const { claimedId, remote } = peer;
      groups.add({ ...peer, claimedId: storable(claimedId), remote: storable(remote) }, refusal);
      schedule();
    },
    flush,
    stop: async () => {
      await flush();
      clearTimeout(timer);
    },
  };
}
