import { randomUUID } from "node:crypto";
import { CliError, type Session } from "#server/cli/command.ts";
import { createKeyring } from "#server/crypto/envelope.ts";
import { openDatabase, type Database } from "#server/db/client.ts";
import { operatorTenant } from "#server/db/operator-tenant.ts";
import { withInstallation } from "#server/db/tenant.ts";
import type { Env } from "#server/env.ts";
import { readRuntime, type Runtime } from "#server/main/runtime-file.ts";
import { readEncryptionKey } from "#server/main/secrets.ts";
import { signerSocket } from "#server/main/signer-process.ts";
import { connectSigner } from "#server/pki/signer-client.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";
import { socketPath } from "#server/socket-path.ts";

/** Whether a process with this id exists. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Where the databases are: what the running product wrote down, else the environment.
 * @throws CliError not_running
 */
export function databaseUrls(env: Env): {
  readonly appUrl: string;
  readonly ingestUrl: string | undefined;
} {
  const runtime = runningProduct(env);
  if (runtime !== undefined) {
    return { appUrl: runtime.appUrl, ingestUrl: runtime.ingestUrl };
  }
  if (env.APP_DATABASE_URL !== undefined) {
    return { appUrl: env.APP_DATABASE_URL, ingestUrl: env.INGEST_DATABASE_URL };
  }
  throw notRunning(env);
}

/** What the product that runs on DATA_DIR wrote down; undefined when none runs. */
export function runningProduct(env: Env): Runtime | undefined {
  const runtime = readRuntime(env.DATA_DIR);
  return runtime !== undefined && isRunning(runtime.supervisorPid) ? runtime : undefined;
}

export function notRunning(env: Env): CliError {
  return new CliError(
    "not_running",
    `Quayside does not run on ${env.DATA_DIR}.`,
    "Start it with `npm start`, or set DATA_DIR to the folder of the installation that runs.",
  );
}

/** The worker's role may read every organisation's name; the application sees one at a time. */
async function tenantBySlug(ingestUrl: string | undefined, slug: string): Promise<string> {
  if (ingestUrl === undefined) {
    throw new CliError(
      "unavailable",
      "Organisations can only be looked up on the machine where Quayside runs.",
      "Leave out --organisation, or set INGEST_DATABASE_URL.",
    );
  }
  const db = openDatabase({ url: ingestUrl, max: 1 });
  try {
    const tenant = await translateDatabaseError(() =>
      withInstallation(db, (tx) => tx.tenant.findUnique({ where: { slug }, select: { id: true } })),
    );
    if (tenant !== null) return tenant.id;
  } finally {
    await db.close();
  }
  throw new CliError(
    "not_found",
    `There is no organisation ${JSON.stringify(slug)}.`,
    "Check --organisation: it takes the short name in lower case.",
  );
}

async function operator(db: Database): Promise<string> {
  const tenantId = await translateDatabaseError(() => withInstallation(db, operatorTenant));
  if (tenantId !== undefined) return tenantId;
  throw new CliError(
    "not_set_up",
    "Nobody has set up this installation yet.",
    "Open the link that `npm run cli -- setup-link` prints, or start with ADMIN_EMAIL and ADMIN_PASSWORD set.",
  );
}

/** Opens the application's database without an organisation. */
export function openInstallation(env: Env): Database {
  return openDatabase({ url: databaseUrls(env).appUrl, max: 2 });
}

/**
 * Opens the installation as the caller "system:cli" in the operator's organisation or the named one.
 * @throws CliError not_running, not_set_up, not_found
 */
export async function openSession(env: Env, organisation: string | undefined): Promise<Session> {
  const { appUrl, ingestUrl } = databaseUrls(env);
  const db = openDatabase({ url: appUrl, max: 4 });
  try {
    const tenantId =
      organisation === undefined ? await operator(db) : await tenantBySlug(ingestUrl, organisation);
    return {
      ctx: {
        db,
        tenantId,
        actor: { type: "system", name: "cli" },
        role: "admin",
        requestId: randomUUID(),
        ip: undefined,
        now: () => new Date(),
        signer: connectSigner(socketPath(env, signerSocket)),
        keyring: createKeyring(env.ENCRYPTION_KEY ?? readEncryptionKey(env.DATA_DIR)),
      },
      ingestUrl,
      close: () => db.close(),
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}
