/**
 * Keeps every device's presence: twice a second the worker whose turn it is judges what is due or
 * was hinted at, tells viewers, and after midnight (UTC) sums the day up. A worker that stops or
 * stands still loses the turn; whatever it was in the middle of it does under the rows' locks.
 */
import type { Logger } from "pino";
import type { Database } from "#server/db/client.ts";
import { judgePresence, type PresenceChange } from "#server/db/judge-presence.ts";
import {
  judgeAllAgain,
  leavePresenceTurn,
  takePresenceTurn,
  type PresenceTurn,
} from "#server/db/presence-turn.ts";
import {
  dayAfter,
  finishPresenceDay,
  firstPresenceDay,
  sumPresenceAgain,
} from "#server/db/write-presence-days.ts";
import { presenceEventDays } from "#server/domain/availability.ts";
import type { LivePort } from "#server/live/port.ts";

const lookEveryMs = 500;
const dayMs = 86_400_000;
/** Late news of the evening is in, mostly; what comes later is summed again. */
const dayIsOverAfterMs = 120_000;

type Parts = {
  /** Connections of the ingest role. */
  readonly db: Database;
  readonly live: LivePort;
  readonly log: Logger;
  readonly workerId: string;
};

/** @returns a function that ends it and gives the turn back */
export function keepPresence(parts: Parts): () => Promise<void> {
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= lookOnce(parts).finally(() => {
      looking = undefined;
    });
  }, lookEveryMs);
  return async () => {
    clearInterval(timer);
    await looking;
    await leavePresenceTurn(parts.db, parts.workerId).catch((error: unknown) => {
      parts.log.debug({ event: "presence.turn_not_left", reason: String(error) });
    });
  };
}

async function lookOnce(parts: Parts): Promise<void> {
  try {
    await takeTurn(parts);
  } catch (error) {
    // The database is away, or two waited for each other's rows: the next look makes it good.
    parts.log.warn({ event: "presence.not_judged", reason: String(error) });
  }
}

/**
 * Judges once, if it is this worker's turn.
 * @param now the database's clock; tests set it
 * @returns undefined when another worker has the turn
 */
export async function takeTurn(
  parts: Parts,
  now?: Date,
): Promise<readonly PresenceChange[] | undefined> {
  const { db, workerId, live } = parts;
  const turn = await takePresenceTurn(db, { holder: workerId, ...(now !== undefined && { now }) });
  if (turn === null) return undefined;
  if (turn.jumpedBack) await judgeAllAgain(db);
  const { changes } = await judgePresence(db, turn);
  for (const { tenantId, deviceKey, presence, cause, since } of changes) {
    live.emit(tenantId, { kind: "presence", deviceKey, presence, cause, since });
  }
  await sumUp(db, turn);
  await sumPresenceAgain(db);
  return changes;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The next day that is over. */
async function sumUp(db: Database, { now, dayDone }: PresenceTurn): Promise<void> {
  const yesterday = dayOf(now.getTime() - dayMs);
  if (dayDone === yesterday || now.getTime() % dayMs < dayIsOverAfterMs) return;
  const oldest = dayOf(now.getTime() - presenceEventDays * dayMs);
  const first = dayDone === null ? ((await firstPresenceDay(db)) ?? yesterday) : dayAfter(dayDone);
  const day = first < oldest ? oldest : first;
  if (day <= yesterday) await finishPresenceDay(db, day);
}
