import { randomBytes, randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { createKeyring } from "#server/crypto/envelope.ts";
import { openDatabase, type Database } from "#server/db/client.ts";
import type { Role } from "#server/domain/roles.ts";
import type { Signer } from "#server/pki/signer-client.ts";
import type { Actor, Context } from "#server/services/context.ts";
import { createTenant } from "#server/services/tenant/create.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";

/** A test file's own database: a clone of the migrated template. */
export type TestDatabase = {
  /** As the console, CLI and a tenant's jobs connect. */
  readonly app: Database;
  /** As the worker connects. */
  readonly ingest: Database;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly ingestUrl: string;
  /** Closes both pools and deletes the database. */
  drop(): Promise<void>;
};

async function asAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function urlFor(adminUrl: string, database: string, user?: string, password?: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  return url.toString();
}

/** Clones the template; call once in `beforeAll` and `drop()` in `afterAll`. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const { adminUrl, template, passwords } = inject("templateDatabase");
  const name = `test_${randomBytes(8).toString("hex")}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY = FILE_COPY`);
  const appUrl = urlFor(adminUrl, name, "quayside_app", passwords.app);
  const ingestUrl = urlFor(adminUrl, name, "quayside_ingest", passwords.ingest);
  const app = openDatabase({ url: appUrl, max: 5 });
  const ingest = openDatabase({ url: ingestUrl, max: 5 });
  return {
    app,
    ingest,
    ownerUrl: urlFor(adminUrl, name),
    appUrl,
    ingestUrl,
    drop: async () => {
      await Promise.all([app.close(), ingest.close()]);
      await asAdmin(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** What a test may say about the caller; the rest is filled in. */
export type TestCaller = {
  readonly actor?: Actor;
  readonly ip?: string;
  readonly now?: () => Date;
  readonly signer?: Signer;
};

export type TestTenant = {
  readonly tenantId: string;
  /** The profile that takes any flat object. */
  readonly profileId: string;
  ctx(role: Role, caller?: TestCaller): Context;
};

/** Any key: what a test seals it opens with this as well. */
export const testKeyring = createKeyring("a".repeat(43));

const noSigner = absentSigner();

/** Creates an organisation with the profile `generic`, as the product does. */
export async function createTestTenant(
  database: Pick<TestDatabase, "app">,
  input: { readonly slug: string; readonly operator?: boolean },
): Promise<TestTenant> {
  const { tenantId, profileId } = await createTenant(database.app, {
    slug: input.slug,
    name: input.slug,
    operator: input.operator ?? false,
  });
  return {
    tenantId,
    profileId,
    ctx: (role, caller = {}) => {
      return {
        db: database.app,
        tenantId,
        actor: caller.actor ?? { type: "system" as const, name: "test" },
        role,
        requestId: randomUUID(),
        ip: caller.ip,
        now: caller.now ?? (() => new Date()),
        signer: caller.signer ?? noSigner,
        keyring: testKeyring,
      };
    },
  };
}
