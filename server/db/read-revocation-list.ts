import type { Database } from "#server/db/client.ts";

/** A list as it is kept. */
export type StoredList = {
  readonly kind: "full" | "delta";
  readonly number: bigint;
  readonly baseNumber: bigint | null;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly createdAt: Date;
  readonly der: Buffer;
};

type Row = Omit<StoredList, "number" | "baseNumber"> & {
  /** bigint arrives as text. */
  readonly number: string;
  readonly baseNumber: string | null;
};

const columns = `kind, number, base_number AS "baseNumber", this_update AS "thisUpdate",
  next_update AS "nextUpdate", created_at AS "createdAt", der`;

function listOf(row: Row | undefined): StoredList | undefined {
  if (row === undefined) return undefined;
  const baseNumber = row.baseNumber === null ? null : BigInt(row.baseNumber);
  return { ...row, number: BigInt(row.number), baseNumber };
}

/**
 * The newest list of a kind.
 * @param input.after only if its number is higher
 */
export async function readNewestList(
  db: Database,
  input: {
    readonly issuerSha256: string;
    readonly kind: "full" | "delta";
    readonly after?: bigint | undefined;
  },
): Promise<StoredList | undefined> {
  const { rows } = await db.pool.query<Row>(
    `SELECT ${columns} FROM certificate_revocation_list
     WHERE issuer_sha256 = $1 AND kind = $2 AND number > $3 ORDER BY number DESC LIMIT 1`,
    [input.issuerSha256, input.kind, input.after ?? -1],
  );
  return listOf(rows[0]);
}

/** The full list of that number, while it is kept. */
export async function readFullList(
  db: Database,
  input: { readonly issuerSha256: string; readonly number: bigint },
): Promise<StoredList | undefined> {
  const { rows } = await db.pool.query<Row>(
    `SELECT ${columns} FROM certificate_revocation_list
     WHERE issuer_sha256 = $1 AND kind = 'full' AND number = $2`,
    [input.issuerSha256, input.number],
  );
  return listOf(rows[0]);
}

/** What is known of a list without its bytes. */
export type ListState = Omit<StoredList, "der">;

/** The newest list of each kind, without its bytes. */
export async function readListStates(
  db: Database,
  issuerSha256: string,
): Promise<Readonly<Record<"full" | "delta", ListState | undefined>>> {
  const { rows } = await db.pool.query<Row>(
    `SELECT DISTINCT ON (kind) ${columns.replace(", der", "")} FROM certificate_revocation_list
     WHERE issuer_sha256 = $1 ORDER BY kind, number DESC`,
    [issuerSha256],
  );
  const newest = (kind: string) => listOf(rows.find((row) => row.kind === kind));
  return { full: newest("full"), delta: newest("delta") };
}
