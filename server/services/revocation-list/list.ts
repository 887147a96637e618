import { listRevocationLists, type RevocationListRow } from "#server/db/list-revocation-lists.ts";
import { crlHealth, type CrlHealth } from "#server/pki/crl-schedule.ts";
import { revocationListsSchema } from "#server/services/revocation-list/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** A list of revoked certificates. Times are ISO 8601 in UTC. */
export type RevocationListView = {
  readonly kind: "full" | "delta";
  readonly number: string;
  /** Of a delta: the number of the full list that it adds to. */
  readonly baseNumber: string | null;
  readonly entries: number;
  readonly bytes: number;
  /** When it was made; its own thisUpdate is some hours earlier. */
  readonly createdAt: string;
  readonly thisUpdate: string;
  readonly nextUpdate: string;
  readonly health: CrlHealth;
  /** Where everybody reads it; null while no certificate says so. */
  readonly url: string | null;
};

/** An issuing CA with its newest lists. */
export type IssuerListsView = {
  readonly issuerSha256: string;
  readonly issuer: string;
  readonly state: RevocationListRow["issuerState"];
  /** Whether lists of it are made: of a CA that is retired or expired they are not any more. */
  readonly isKept: boolean;
  readonly ocspUrl: string | null;
  readonly lists: readonly RevocationListView[];
};

/** The newest lists of revoked certificates of every issuing CA. */
export const listCrls = defineQuery({
  name: "revocationList.list",
  can: "authority.view",
  input: revocationListsSchema,
  run: async ({ ctx, tx }): Promise<readonly IssuerListsView[]> => {
    const rows = await listRevocationLists(tx);
    const now = ctx.now();
    const byIssuer = Map.groupBy(rows, ({ issuerSha256 }) => issuerSha256);
    return Array.from(byIssuer.values(), (own) => issuerView(own, now)).filter(
      (issuer) => issuer !== undefined,
    );
  },
});

function issuerView(rows: readonly RevocationListRow[], now: Date): IssuerListsView | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const { issuerSha256, issuer, issuerState: state, issuerNotAfter } = first;
  const lists = rows.map((row) => listView(row, now)).filter((list) => list !== undefined);
  const url = lists.find(({ kind }) => kind === "full")?.url ?? null;
  return {
    issuerSha256,
    issuer,
    state,
    isKept: state !== "retired" && issuerNotAfter > now,
    ocspUrl: url === null ? null : url.replace(/\/crl\/[^/]+$/, "/ocsp"),
    lists,
  };
}

function listView(row: RevocationListRow, now: Date): RevocationListView | undefined {
  const { kind, number, thisUpdate, nextUpdate, createdAt } = row;
  if (kind === null || number === null || createdAt === null) return undefined;
  if (thisUpdate === null || nextUpdate === null) return undefined;
  return {
    kind,
    number: String(number),
    baseNumber: row.baseNumber === null ? null : String(row.baseNumber),
    entries: row.entries ?? 0,
    bytes: row.bytes ?? 0,
    createdAt: createdAt.toISOString(),
    thisUpdate: thisUpdate.toISOString(),
    nextUpdate: nextUpdate.toISOString(),
    health: crlHealth({ createdAt, nextUpdate }, now),
    url: urlIn(row),
  };
}

/** The address that the list itself names: the present one comes first. */
function urlIn({ tail, issuerSha256, kind }: RevocationListRow): string | null {
  const text = tail === null ? "" : Buffer.from(tail).toString("latin1");
  const url = new RegExp(`http://[!-~]+/crl/${issuerSha256}\\.crl`).exec(text)?.[0] ?? null;
  if (url === null || kind === "full") return url;
  return url.replace(/\.crl$/, "-delta.crl");
}
