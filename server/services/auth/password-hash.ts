import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import { ServiceError } from "#server/services/errors.ts";

/** OWASP's strongest scrypt setting; one run takes 128 MiB. */
const cost = { N: 2 ** 17, r: 8, p: 1 } as const;
const maxmem = 160 * 1024 * 1024;
const keyBytes = 32;

/**
 * Half of the processors hash at once, so that hostile sign-ins leave the rest of the console
 * running; this many wait; the others are told to come back.
 */
const runningLimit = Math.max(1, Math.floor(availableParallelism() / 2));
const waitingLimit = 20;
let running = 0;
const waiting: (() => void)[] = [];

/** A hash that no password has: whoever names an unknown account waits as long as for a known one. */
export const dummyHash = `scrypt$${cost.N}$${cost.r}$${cost.p}$${"A".repeat(22)}==$${"A".repeat(43)}=`;

/** Hashes a password for storage: `scrypt$N$r$p$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive({ password, salt, ...cost });
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString("base64")}$${key.toString("base64")}`;
}

/**
 * Compares in constant time.
 * @throws ServiceError unavailable when too many sign-ins wait already
 */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [kind, N, r, p, salt, key] = stored.split("$");
  if (kind !== "scrypt" || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, "base64");
  const derived = await derive({
    password,
    salt: Buffer.from(salt, "base64"),
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  return derived.length === expected.length && timingSafeEqual(derived, expected);
}

type Derivation = {
  readonly password: string;
  readonly salt: Buffer;
  readonly N: number;
  readonly r: number;
  readonly p: number;
};

/** NFKC: the same password typed on another keyboard has the same bytes. */
async function derive({ password, salt, N, r, p }: Derivation): Promise<Buffer> {
  await enter();
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      scrypt(password.normalize("NFKC"), salt, keyBytes, { N, r, p, maxmem }, (error, key) => {
        if (error === null) resolve(key);
        else reject(error);
      });
    });
  } finally {
    leave();
  }
}

async function enter(): Promise<void> {
  if (running < runningLimit) {
    running += 1;
    return;
  }
  if (waiting.length >= waitingLimit) {
    throw new ServiceError("unavailable", "Too many people sign in at this moment.", {
      remedy: "Try again in a few seconds.",
    });
  }
  await new Promise<void>((resolve) => waiting.push(resolve));
}

/** Hands the place on: `running` stays as it is when somebody waits. */
function leave(): void {
  const next = waiting.shift();
  if (next === undefined) running -= 1;
  else next();
}
