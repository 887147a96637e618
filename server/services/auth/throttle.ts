import { createHash } from "node:crypto";
import type { Database } from "#server/db/client.ts";
import { lockThrottle } from "#server/db/lock-throttle.ts";
import { withInstallation } from "#server/db/tenant.ts";
import { networkPrefix } from "#server/domain/network-prefix.ts";
import {
  admitAttempt,
  takeBack,
  type ThrottleKind,
  type ThrottleState,
} from "#server/domain/sign-in-throttle.ts";
import { ServiceError } from "#server/services/errors.ts";

/** Whose password is guessed, from where. */
export type Attempt = {
  readonly email: string;
  readonly ip: string | undefined;
  /** The account has signed in from this network lately. */
  readonly familiar: boolean;
};

type Key = { readonly kind: ThrottleKind; readonly hash: Uint8Array<ArrayBuffer> };

function keyOf(kind: ThrottleKind, text: string): Key {
  const hash = createHash("sha256").update(`${kind}:${text}`).digest();
  return { kind, hash: new Uint8Array(hash) };
}

function keysOf({ email, ip, familiar }: Attempt): readonly Key[] {
  const prefix = networkPrefix(ip);
  return [keyOf("account", familiar ? `${email} from ${prefix}` : email), keyOf("prefix", prefix)];
}

/**
 * Counts an attempt before the password is looked at.
 * @param tooMany what to say of others that are guessed, for example codes
 * @throws ServiceError rate_limited with the time left; then nothing was counted
 */
export async function admitSignIn(
  db: Database,
  attempt: Attempt,
  now: Date,
  tooMany = "There were too many wrong passwords.",
): Promise<void> {
  await changeThrottle(db, keysOf(attempt), now, (kind, state) => {
    const verdict = admitAttempt(kind, state, now);
    if (verdict.admitted) return verdict.next;
    throw new ServiceError("rate_limited", tooMany, {
      remedy: `Wait ${describeWait(verdict.retryAfterSeconds)}, then try again.`,
    });
  });
}

/** Takes an attempt back that was right; rows that nobody touched for a month go. */
export async function forgiveSignIn(db: Database, attempt: Attempt, now: Date): Promise<void> {
  await changeThrottle(db, keysOf(attempt), now, (kind, state) => takeBack(kind, state, now));
  const monthAgo = new Date(now.getTime() - 30 * 86_400_000);
  await withInstallation(db, (tx) =>
    tx.signInThrottle.deleteMany({ where: { updatedAt: { lt: monthAgo } } }),
  );
}

/** A new password ends the account's row of wrong ones. */
export async function forgiveAccount(db: Database, email: string, now: Date): Promise<void> {
  await changeThrottle(db, [keyOf("account", email)], now, (kind, state) =>
    takeBack(kind, state, now),
  );
}

async function changeThrottle(
  db: Database,
  keys: readonly Key[],
  now: Date,
  change: (kind: ThrottleKind, state: ThrottleState) => ThrottleState,
): Promise<void> {
  await withInstallation(db, async (tx) => {
    const rows = await lockThrottle(
      tx,
      keys.map(({ hash }) => hash),
      now,
    );
    for (const row of rows) {
      const key = keys.find(({ hash }) => Buffer.compare(hash, row.key) === 0);
      if (key === undefined) continue;
      const next = change(key.kind, {
        failures: row.failures,
        retryAt: row.retry_at,
        updatedAt: row.updated_at,
      });
      await tx.signInThrottle.update({ where: { key: key.hash }, data: next });
    }
  });
}

function describeWait(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} minutes`;
  return `${Math.ceil(seconds / 3600)} hours`;
}
