import type { Logger } from "pino";
import type { RevocationChecked, RevocationEntry } from "#server/db/revocation-outbox.ts";
import type { Cuts } from "#server/gateway/mqtt/cuts.ts";

/** Where revocations are read, and what came of them is written. */
export type RevocationOutbox = {
  /** Where to begin: what was entered before is old. */
  positionBefore(instant: Date): Promise<bigint>;
  /** @param of.orphans also those that no worker ever checked */
  read(of: {
    readonly after: bigint;
    readonly orphans: boolean;
    readonly limit: number;
  }): Promise<readonly RevocationEntry[]>;
  write(checks: readonly RevocationChecked[]): Promise<void>;
  refreshContacts(entries: readonly RevocationEntry[]): Promise<void>;
};

/** The sessions of this worker. */
export type RevocableSessions = {
  /** Judges all sessions of these devices by what the registry says now; who may not go on is cut. */
  judge(deviceKeys: ReadonlySet<bigint>): Promise<void>;
  /** Whether the device has a session here that was made with the certificate. */
  has(deviceKey: bigint, sha256: string): boolean;
  readonly cuts: Pick<Cuts, "of" | "forget">;
};

export type RevocationFollower = {
  /** There are news, or there may be. */
  wake(): void;
  stop(): Promise<void>;
};

const pollMs = 2_000;
const readAtOnce = 1_000;
/** Longer than any transaction: until then one may commit an entry below those that were read. */
const settledMs = 180_000;
/** Longer than a CONNECT lasts: one that was judged before the revocation may open its session after. */
const watchedMs = 60_000;
/** What was under way when a session was cut is stored by then. */
const contactMs = 10_000;

type Watched = { readonly entry: RevocationEntry; readonly since: number; cutAt: number };

/**
 * What is remembered of the outbox: how far it was read for good, and what was checked lately.
 * Positions become visible out of order, so that the newest position read is no end.
 */
class Progress {
  floor = 0n;
  orphans = true;
  readonly watched = new Map<string, Watched>();
  #read: { readonly at: number; readonly position: bigint }[] = [];

  checked(entries: readonly RevocationEntry[], now: number): void {
    const last = entries.at(-1);
    if (last === undefined) return;
    this.#read.push({ at: now, position: last.position });
    for (const entry of entries) this.watched.set(entry.id, { entry, since: now, cutAt: 0 });
  }

  advance(now: number): void {
    while (this.#read[0] !== undefined && this.#read[0].at < now - settledMs) {
      const { position } = this.#read[0];
      if (position > this.floor) this.floor = position;
      this.#read.shift();
    }
    for (const [id, { since }] of this.watched) {
      if (since >= now - watchedMs) return;
      this.watched.delete(id);
    }
  }
}

type Parts = {
  readonly outbox: RevocationOutbox;
  readonly sessions: RevocableSessions;
  readonly log: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** Judges the sessions by new entries; each is written down once that is done. */
async function checkNew({ outbox, sessions, log, now }: Parts, progress: Progress): Promise<void> {
  for (;;) {
    const { floor: after, orphans } = progress;
    const entries = await outbox.read({ after, orphans, limit: readAtOnce });
    if (entries.length > 0) {
      await sessions.judge(new Set(entries.map(({ deviceKey }) => deviceKey)));
      const cut = await writeCuts({ outbox, sessions, now }, entries);
      progress.checked(entries, now());
      noteCuts(progress, cut, now());
      if (cut.length > 0) log.info({ event: "revocation.cut", certificates: cut.length });
    }
    if (entries.length < readAtOnce) break;
  }
  progress.orphans = false;
}

/** Sessions that were being opened while their certificate was revoked. */
async function checkLate({ outbox, sessions, log, now }: Parts, progress: Progress): Promise<void> {
  const late = [...progress.watched.values()]
    .map(({ entry }) => entry)
    .filter(({ deviceKey, sha256 }) => sessions.has(deviceKey, sha256));
  if (late.length === 0) return;
  await sessions.judge(new Set(late.map(({ deviceKey }) => deviceKey)));
  const cut = late.filter(({ sha256 }) => sessions.cuts.of(sha256) !== undefined);
  if (cut.length === 0) return;
  await writeCuts({ outbox, sessions, now }, cut);
  noteCuts(progress, cut, now());
  log.info({ event: "revocation.cut_late", certificates: cut.length });
}

/** @returns entries by which sessions were cut */
async function writeCuts(
  { outbox, sessions, now }: Omit<Parts, "log">,
  entries: readonly RevocationEntry[],
): Promise<readonly RevocationEntry[]> {
  const { cuts } = sessions;
  const at = new Date(now());
  // A certificate may be there twice, as held and as revoked: the newest entry has cut it.
  const newest = new Map(entries.map((entry) => [entry.sha256, entry.id]));
  const checks = entries.map(({ tenantId, id, sha256 }): RevocationChecked => {
    const cut = newest.get(sha256) === id ? cuts.of(sha256) : undefined;
    const cutAt = cut === undefined ? null : new Date(cut.at);
    return { tenantId, id, at, sessions: cut?.sessions ?? 0, cutAt };
  });
  await outbox.write(checks);
  return entries.filter(({ sha256 }, index) => {
    const count = checks[index]?.sessions ?? 0;
    if (count > 0) cuts.forget(sha256, count);
    return count > 0;
  });
}

function noteCuts(progress: Progress, cut: readonly RevocationEntry[], now: number): void {
  for (const { id } of cut) {
    const watched = progress.watched.get(id);
    if (watched !== undefined) watched.cutAt = now;
  }
}

async function followContacts({ outbox, now }: Parts, progress: Progress): Promise<void> {
  const since = now() - contactMs;
  const cut = [...progress.watched.values()].filter(({ cutAt }) => cutAt > since);
  if (cut.length > 0) await outbox.refreshContacts(cut.map(({ entry }) => entry));
}

/**
 * Follows the outbox of revocations: at each notification, and every two seconds in case one is lost,
 * the sessions of the devices are judged again, and what was cut is written down. An entry that could
 * not be judged or written is taken again.
 */
export async function followRevocations(parts: Parts): Promise<RevocationFollower> {
  const { outbox, log, now } = parts;
  const progress = new Progress();
  progress.floor = await outbox.positionBefore(new Date(now() - settledMs));
  let again = false;
  let running: Promise<void> | undefined;

  async function step(): Promise<void> {
    try {
      await checkNew(parts, progress);
      await checkLate(parts, progress);
      await followContacts(parts, progress);
      progress.advance(now());
    } catch (error) {
      log.warn({ event: "revocation.check_failed", err: error });
    }
  }

  function wake(): void {
    again = true;
    running ??= run().finally(() => {
      running = undefined;
    });
  }

  async function run(): Promise<void> {
    while (again) {
      again = false;
      await step();
    }
  }

  const timer = setInterval(wake, pollMs);
  timer.unref();
  wake();
  return {
    wake,
    stop: async () => {
      clearInterval(timer);
      again = false;
      await running;
    },
  };
}
