import type { Database, Tx } from "#server/db/client.ts";

/**
 * The only door to a tenant's rows: one transaction in which row-level security shows that
 * tenant's rows and no others.
 * @param options.timeoutMs for the few that change very many rows at once
 * @param options.parallel false for what is read in some milliseconds: starting processes that help
 *   with it would take longer
 */
export async function withTenant<T>(
  at: { readonly db: Database; readonly tenantId: string },
  work: (tx: Tx) => Promise<T>,
  {
    timeoutMs = 20_000,
    parallel = true,
  }: { readonly timeoutMs?: number; readonly parallel?: boolean } = {},
): Promise<T> {
  return at.db.prisma.$transaction(
    async (tx) => {
      await (parallel ? enterTenant(tx, at.tenantId) : enterAlone(tx, at.tenantId));
      return work(tx);
    },
    { maxWait: 5_000, timeout: timeoutMs },
  );
}

/**
 * Stands in another tenant from here on, within the same transaction. Only for what concerns two
 * organisations and must be done in both or in neither; whoever calls it goes back.
 */
export async function enterTenant(tx: Tx, tenantId: string): Promise<void> {
  await tx.$queryRaw`SELECT set_config('app.tenant', ${tenantId}, true)`;
}

/** As {@link enterTenant}, in the same statement without parallel plans: a round trip less. */
async function enterAlone(tx: Tx, tenantId: string): Promise<void> {
  await tx.$queryRaw`SELECT set_config('app.tenant', ${tenantId}, true),
    set_config('max_parallel_workers_per_gather', '0', true)`;
}

/** What a caller presents before its tenant is known. Hashes are lower-case hex of SHA-256. */
export type Presented =
  | { readonly kind: "email"; readonly value: string }
  | { readonly kind: "session"; readonly value: string }
  | { readonly kind: "token"; readonly value: string }
  | { readonly kind: "invitation"; readonly value: string };

/**
 * The door before the tenant is known: row-level security shows exactly the row whose credential
 * equals the presented one, and nothing else.
 */
export async function withPresented<T>(
  db: Database,
  presented: Presented,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const setting = `app.${presented.kind}`;
  return db.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT set_config(${setting}, ${presented.value}, true)`;
    return work(tx);
  });
}

/**
 * A transaction on the installation tables (no tenant's rows are visible in it to the application's
 * role).
 * @param options.timeoutMs for the few that change very many rows at once
 */
export async function withInstallation<T>(
  db: Database,
  work: (tx: Tx) => Promise<T>,
  { timeoutMs = 5_000 }: { readonly timeoutMs?: number } = {},
): Promise<T> {
  return db.prisma.$transaction(work, { timeout: timeoutMs });
}
