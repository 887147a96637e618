import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { Prisma } from "#server/db/generated/client.ts";

/** A model of the Prisma schema and where its rows are. */
export type DescribedModel = {
  readonly name: string;
  /** Quoted for SQL. */
  readonly table: string;
  /** Column that names the tenant; undefined for installation tables. */
  readonly tenantColumn: string | undefined;
};

/** Every model of the Prisma schema; nobody has to remember to list a new one. */
export function describeModels(): readonly DescribedModel[] {
  const schema = readFileSync(
    path.resolve(import.meta.dirname, "../../prisma/schema.prisma"),
    "utf8",
  );
  return Object.values(Prisma.ModelName).map((name) => {
    const body = new RegExp(`^model ${name} \\{\\n(.*?)^\\}`, "ms").exec(schema)?.[1];
    if (body === undefined) throw new Error(`The Prisma schema has no model ${name}.`);
    const table = /@@map\("([^"]+)"\)/.exec(body)?.[1] ?? name;
    const owned = /^\s*tenantId\s/m.test(body) ? "tenant_id" : undefined;
    return { name, table: `"${table}"`, tenantColumn: name === "Tenant" ? "id" : owned };
  });
}

type Column = {
  readonly column_name: string;
  readonly data_type: string;
  readonly enum_value: string | null;
};

/** A value of the type, different at every call where the type allows. */
function valueFor(column: Column): unknown {
  if (column.enum_value !== null) return column.enum_value;
  switch (column.data_type) {
    case "uuid":
      return randomUUID();
    case "bytea":
      return randomBytes(32);
    case "boolean":
      return false;
    case "integer":
    case "bigint":
    case "smallint":
      return randomInt(1, 30_000);
    case "date":
    case "timestamp with time zone":
      return new Date();
    case "jsonb":
      return "{}";
    default:
      return `v${randomBytes(8).toString("hex")}`;
  }
}

/** Columns without a value of their own, with one value of their enum. */
async function requiredColumns(client: pg.ClientBase, table: string): Promise<readonly Column[]> {
  const { rows } = await client.query<Column>(
    `SELECT a.attname AS column_name, format_type(a.atttypid, NULL) AS data_type,
            (SELECT enumlabel FROM pg_enum e WHERE e.enumtypid = a.atttypid ORDER BY enumsortorder LIMIT 1) AS enum_value
       FROM pg_attribute a
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attnotnull AND NOT a.atthasdef`,
    [table],
  );
  return rows;
}

/**
 * Inserts a row made up from the table's columns. Foreign keys are not looked at when the client is
 * a superuser; for the application's role the policies speak before the keys do.
 */
export async function insertGenerated(
  client: pg.ClientBase,
  model: DescribedModel,
  tenantId: string,
): Promise<void> {
  const columns = await requiredColumns(client, model.table);
  const values = new Map(columns.map((column) => [column.column_name, valueFor(column)]));
  if (model.tenantColumn !== undefined) values.set(model.tenantColumn, tenantId);
  const names = [...values.keys()].map((name) => `"${name}"`).join(", ");
  const places = [...values.keys()].map((_, index) => `$${index + 1}`).join(", ");
  const superuser = await client.query<{ is: boolean }>(
    "SELECT rolsuper AS is FROM pg_roles WHERE rolname = current_user",
  );
  if (superuser.rows[0]?.is === true) {
    await client.query("SET session_replication_role = replica");
  }
  await client.query(`INSERT INTO ${model.table} (${names}) VALUES (${places})`, [
    ...values.values(),
  ]);
}
