import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { runsInstallation } from "#server/services/tls/internal.ts";

/**
 * The stores hold what all organisations sent, and their sizes tell of all of them.
 * @throws ServiceError forbidden
 */
export async function requireStorageOperator(
  tx: Tx,
  caller: Pick<Context, "tenantId" | "actor">,
): Promise<void> {
  if (await runsInstallation(tx, caller)) return;
  throw new ServiceError(
    "forbidden",
    "The stores belong to the whole installation: only the organisation that runs it sees them.",
    { remedy: "Ask the operator of the installation." },
  );
}
