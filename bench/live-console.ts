import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { encode } from "next-auth/jwt";
import { startProgram, stopProgram } from "#bench/processes.ts";
import { openDatabase } from "#server/db/client.ts";
import { freePort } from "#server/db/embedded.ts";
import { withTenant } from "#server/db/tenant.ts";
import { insertSession } from "#server/services/session/create.ts";
import type { Installation } from "#server/testing/installation.ts";

const root = path.resolve(import.meta.dirname, "..");
const patienceMs = 60_000;
const cookieName = "quayside.session";

/** The console of an installation, in a process of its own. */
export type LiveConsole = {
  readonly url: string;
  readonly pid: number;
  /** Signed-in sessions of one person. @returns the cookie of each */
  signIn(count: number): Promise<readonly { readonly name: string; readonly value: string }[]>;
  stop(): Promise<void>;
};

/**
 * Starts the console as it was built last.
 * @throws Error when it was not built, or does not answer
 */
export async function startLiveConsole(place: Installation): Promise<LiveConsole> {
  if (!existsSync(path.join(root, process.env["NEXT_DIST_DIR"] ?? ".next", "BUILD_ID"))) {
    throw new Error("The console is not built. Run npm run build first.");
  }
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const secret = randomBytes(32).toString("hex");
  const child = startProgram("../server/main/console.ts", [], {
    NODE_ENV: "production",
    APP_DATABASE_URL: place.appUrl,
    DATABASE_URL: "",
    DATA_DIR: place.dataDir,
    SESSION_SECRET: secret,
    PUBLIC_URL: url,
    HOST: "127.0.0.1",
    PORT: String(port),
    LOG_LEVEL: "warn",
  });
  child.stdout?.resume();
  await untilAnswers(url);
  return {
    url,
    pid: child.pid ?? 0,
    signIn: async (count) => signIn(place, { count, secret }),
    stop: () => stopProgram(child),
  };
}

async function untilAnswers(url: string): Promise<void> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const answer = await fetch(`${url}/sign-in`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(200);
  }
  throw new Error(`The console does not answer on ${url}.`);
}

async function signIn(
  { appUrl, tenantId }: Installation,
  { count, secret }: { readonly count: number; readonly secret: string },
): Promise<readonly { readonly name: string; readonly value: string }[]> {
  const db = openDatabase({ url: appUrl, max: 1 });
  try {
    const sids = await withTenant({ db, tenantId }, async (tx) => {
      const email = `${randomUUID()}@bench.example`;
      const user = { tenantId, email, name: "Bench", role: "operator" as const, passwordHash: "x" };
      const { id: userId } = await tx.user.create({ data: user, select: { id: true } });
      const session = { tenantId, userId, ip: undefined, userAgent: undefined, now: new Date() };
      const made: string[] = [];
      for (let index = 0; index < count; index += 1) {
        made.push((await insertSession(tx, session)).sid);
      }
      return made;
    });
    return await Promise.all(
      sids.map(async (sid) => ({
        name: cookieName,
        value: await encode({ token: { sid }, secret }),
      })),
    );
  } finally {
    await db.close();
  }
}
