import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Prisma } from "#server/db/generated/client.ts";
import { withPresented, withTenant } from "#server/db/tenant.ts";
import { cloneDatabase, type TestDatabase } from "#server/testing/database.ts";
import { describeModels, insertGenerated } from "#server/testing/generated-rows.ts";

/** Models without a tenant. Each needs a reason; whatever is not listed must have tenant_id. */
const installationModels: Readonly<Record<string, string>> = {
  SignInThrottle: "counts failed sign-ins by hash, before anybody is known",
  SetupToken: "exists only while the installation has no tenant",
  CertificateAuthority: "public certificates, presented to every device that connects",
  CertificateRevocationList: "published lists, fetched by anybody",
  ServerCertificate: "presented to every device that connects",
  InstallationSetting: "set by the organisation that runs the installation, for all",
  TlsProbeRun: "looks at the listeners of the installation",
  TlsProbeCell: "looks at the listeners of the installation",
  WorkerInstance: "processes of the installation",
  JobRun: "periodic work of the installation",
  MqttRouteVersion: "a number for each worker",
  MqttStoreBatch: "the last transaction of each worker, unreadable to the application",
};

const models = describeModels();
const tenantModels = models.filter(({ name }) => !(name in installationModels));
const roles = ["quayside_app", "quayside_ingest"];

const ours = randomUUID();
const theirs = randomUUID();

let database: TestDatabase;
let owner: pg.Client;
let app: pg.Client;

/** Runs one statement as the application with a tenant set (or none), and takes it back. */
async function asApp(tenantId: string | undefined, sql: string): Promise<pg.QueryResult> {
  await app.query("BEGIN");
  try {
    if (tenantId !== undefined) {
      await app.query("SELECT set_config('app.tenant', $1, true)", [tenantId]);
    }
    return await app.query(sql);
  } finally {
    await app.query("ROLLBACK");
  }
}

/** What happened: the number of rows touched, or PostgreSQL's refusal (42501). */
async function attempt(tenantId: string | undefined, sql: string): Promise<number | "refused"> {
  try {
    return (await asApp(tenantId, sql)).rowCount ?? 0;
  } catch (error) {
    if ((error as pg.DatabaseError).code === "42501") return "refused";
    throw error;
  }
}

async function rowsOf(table: string): Promise<unknown[]> {
  return (await owner.query(`SELECT * FROM ${table} t ORDER BY t::text`)).rows;
}

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  app = new pg.Client({ connectionString: database.appUrl });
  await Promise.all([owner.connect(), app.connect()]);
  for (const model of models) {
    if (model.name in installationModels) continue;
    await insertGenerated(owner, model, ours);
    await insertGenerated(owner, model, theirs);
  }
});

afterAll(async () => {
  await Promise.all([owner.end(), app.end()]);
  await database.drop();
});

it("every model belongs to a tenant or is an installation table with a reason", () => {
  const without = models.filter(({ tenantColumn }) => tenantColumn === undefined);

  expect(without.map(({ name }) => name).sort()).toEqual(Object.keys(installationModels).sort());
});

describe.each(tenantModels)("$name", ({ name, table, tenantColumn }) => {
  const delegate = name.charAt(0).toLowerCase() + name.slice(1);

  it("shows a tenant its own row and not the other's", async () => {
    const tenants = await withTenant({ db: database.app, tenantId: ours }, async (tx) => {
      const { findMany } = (tx as unknown as Record<string, { findMany: () => Promise<object[]> }>)[
        delegate
      ]!;
      return findMany();
    });

    expect(tenants).toHaveLength(1);
    expect(tenants[0]).toMatchObject(name === "Tenant" ? { id: ours } : { tenantId: ours });
  });

  it("shows nothing of the other tenant to a query that names it", async () => {
    expect(await attempt(ours, `SELECT * FROM ${table} WHERE ${tenantColumn} = '${theirs}'`)).toBe(
      0,
    );
  });

  it("shows nothing when no tenant is set", async () => {
    expect(await attempt(undefined, `SELECT * FROM ${table}`)).toBe(0);
  });

  it("shows nothing for a tenant that does not exist", async () => {
    expect(await attempt(randomUUID(), `SELECT * FROM ${table}`)).toBe(0);
  });

  it("does not let the other tenant's row be updated or deleted", async () => {
    const before = await rowsOf(table);

    const where = `WHERE ${tenantColumn} = '${theirs}'`;
    const updated = await attempt(ours, `UPDATE ${table} SET ${tenantColumn} = '${ours}' ${where}`);
    const deleted = await attempt(ours, `DELETE FROM ${table} ${where}`);

    expect([0, "refused"]).toContain(updated);
    expect([0, "refused"]).toContain(deleted);
    expect(await rowsOf(table)).toEqual(before);
  });

  it("does not let an own row be given to the other tenant", async () => {
    const sql = `UPDATE ${table} SET ${tenantColumn} = '${theirs}' WHERE ${tenantColumn} = '${ours}'`;

    expect(await attempt(ours, sql)).toBe("refused");
  });

  it("does not let a row be inserted for the other tenant", async () => {
    const model = models.find((each) => each.name === name)!;
    const insert = async () => {
      await app.query("BEGIN");
      try {
        await app.query("SELECT set_config('app.tenant', $1, true)", [ours]);
        await insertGenerated(app, model, name === "Tenant" ? randomUUID() : theirs);
      } finally {
        await app.query("ROLLBACK");
      }
    };

    await expect(insert()).rejects.toMatchObject({ code: "42501" });
  });
});

describe("a credential that is presented before the tenant is known", () => {
  const cases = [
    { kind: "email", table: '"user"', column: "email" },
    { kind: "session", table: '"session"', column: "encode(token_hash, 'hex')" },
    { kind: "token", table: '"api_token"', column: "encode(token_hash, 'hex')" },
    { kind: "invitation", table: '"invitation"', column: "encode(token_hash, 'hex')" },
  ] as const;

  it.each(cases)("$kind shows its own row and no other of any table", async (presented) => {
    const found = await owner.query<{ value: string }>(
      `SELECT ${presented.column} AS value FROM ${presented.table} WHERE tenant_id = $1`,
      [theirs],
    );
    const value = found.rows[0]!.value;

    const counts = await withPresented(
      database.app,
      { kind: presented.kind, value },
      async (tx) => {
        const result: Record<string, number> = {};
        for (const { table } of tenantModels) {
          const rows = await tx.$queryRaw<{ n: bigint }[]>(
            Prisma.sql`SELECT count(*) AS n FROM ${Prisma.raw(table)}`,
          );
          result[table] = Number(rows[0]!.n);
        }
        return result;
      },
    );

    const expected = Object.fromEntries(
      tenantModels.map(({ table }) => [table, table === presented.table ? 1 : 0]),
    );
    expect(counts).toEqual(expected);
  });

  it("gives no right to change the row", async () => {
    await app.query("BEGIN");
    const found = await owner.query<{ email: string }>(
      `SELECT email FROM "user" WHERE tenant_id = $1`,
      [theirs],
    );
    await app.query("SELECT set_config('app.email', $1, true)", [found.rows[0]!.email]);

    const updated = await app.query(`UPDATE "user" SET name = 'x'`);

    await app.query("ROLLBACK");
    expect(updated.rowCount).toBe(0);
  });
});

describe("the database roles", () => {
  it.each(roles)("%s is no superuser, bypasses nothing and creates nothing", async (role) => {
    const { rows } = await owner.query(
      `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = $1`,
      [role],
    );

    expect(rows).toEqual([
      {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
      },
    ]);
  });

  it.each(roles)("%s owns nothing and belongs to no other role", async (role) => {
    const owned = await owner.query(
      `SELECT relname FROM pg_class WHERE relowner = $1::regrole
       UNION ALL SELECT proname FROM pg_proc WHERE proowner = $1::regrole
       UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = $1::regrole
       UNION ALL SELECT datname FROM pg_database WHERE datdba = $1::regrole
       UNION ALL SELECT roleid::regrole::text FROM pg_auth_members WHERE member = $1::regrole`,
      [role],
    );

    expect(owned.rows).toEqual([]);
  });

  it.each(roles)("%s cannot create anything in any schema", async (role) => {
    const { rows } = await owner.query(
      `SELECT nspname FROM pg_namespace WHERE has_schema_privilege($1, oid, 'CREATE')
         AND nspname !~ '^pg_(temp|toast_temp)'`,
      [role],
    );

    expect(rows).toEqual([]);
  });

  it("row-level security is forced on every table except the installation's and the telemetry's", async () => {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' AND c.relname <> '_prisma_migrations'
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
    );

    const installation = models.filter(({ name }) => name in installationModels);
    expect(rows.map(({ name }) => name).sort()).toEqual(
      installation.map(({ table }) => table.replaceAll('"', "")).sort(),
    );
  });

  it("the worker's role sees no people, sessions, tokens or invitations", async () => {
    const privileges = await owner.query(
      `SELECT t FROM unnest(ARRAY['user', 'session', 'api_token', 'invitation', 'setup_token', 'sign_in_throttle']) AS t
        WHERE has_any_column_privilege('quayside_ingest', quote_ident(t)::regclass, 'SELECT, INSERT, UPDATE')
           OR has_table_privilege('quayside_ingest', quote_ident(t)::regclass, 'DELETE, TRUNCATE')`,
    );

    expect(privileges.rows).toEqual([]);
  });

  it.each(roles)("%s can neither change nor delete what the audit trail says", async (role) => {
    const { rows } = await owner.query(
      `SELECT has_any_column_privilege($1, 'audit_event', 'UPDATE') AS "update",
              has_table_privilege($1, 'audit_event', 'DELETE') AS "delete",
              has_table_privilege($1, 'audit_event', 'TRUNCATE') AS "truncate"`,
      [role],
    );

    expect(rows).toEqual([{ update: false, delete: false, truncate: false }]);
  });

  it("an attempt to rewrite or delete an own audit event is refused", async () => {
    expect(await attempt(ours, "UPDATE audit_event SET actor = 'nobody'")).toBe("refused");
    expect(await attempt(ours, "DELETE FROM audit_event")).toBe("refused");
    expect(await attempt(ours, "TRUNCATE audit_event")).toBe("refused");
  });
});

describe("telemetry", () => {
  const views = ["visible_reading", "visible_latest", "visible_device_message"];

  beforeAll(async () => {
    for (const tenantId of [ours, theirs]) {
      await owner.query(
        `INSERT INTO telemetry.reading (device_key, ts, message_key, received_at, schema_id, flags, "values")
         SELECT key, now(), 1, now(), 1, 0, '{1}' FROM device WHERE tenant_id = $1`,
        [tenantId],
      );
      await owner.query(
        `INSERT INTO telemetry.latest (device_key, received_at, fields)
         SELECT key, now(), '{}' FROM device WHERE tenant_id = $1`,
        [tenantId],
      );
      await owner.query(
        `INSERT INTO telemetry.device_message (device_key, received_at, ts, message_key, channel, payload)
         SELECT key, now(), now(), 1, 'log', 'x' FROM device WHERE tenant_id = $1`,
        [tenantId],
      );
    }
  });

  it("has no table that the application may touch", async () => {
    // Sizes of tables and days: nothing of a tenant, to be read and not written.
    const { rows } = await owner.query(
      `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'telemetry' AND c.relkind IN ('r', 'p')
          AND (c.relname NOT IN ('partition_state', 'store_sample')
            OR has_any_column_privilege('quayside_app', c.oid, 'INSERT, UPDATE'))
          AND (has_any_column_privilege('quayside_app', c.oid, 'SELECT, INSERT, UPDATE')
            OR has_table_privilege('quayside_app', c.oid, 'DELETE, TRUNCATE'))`,
    );

    expect(rows).toEqual([]);
    expect(await attempt(ours, "SELECT * FROM telemetry.reading")).toBe("refused");
  });

  it.each(views)("%s shows the devices of the tenant and no others", async (view) => {
    const device = await owner.query<{ key: string }>(
      "SELECT key FROM device WHERE tenant_id = $1",
      [ours],
    );

    const seen = await asApp(ours, `SELECT device_key FROM telemetry.${view}`);
    const unset = await asApp(undefined, `SELECT device_key FROM telemetry.${view}`);

    expect(seen.rows).toEqual([{ device_key: device.rows[0]!.key }]);
    expect(unset.rows).toEqual([]);
  });

  it.each(views)("%s is for reading only", async (view) => {
    const { rows } = await owner.query(
      `SELECT has_any_column_privilege('quayside_app', $1, 'INSERT, UPDATE') AS write,
              has_table_privilege('quayside_app', $1, 'DELETE, TRUNCATE') AS remove`,
      [`telemetry.${view}`],
    );

    expect(rows).toEqual([{ write: false, remove: false }]);
  });
});
