import type { Tx } from "#server/db/client.ts";
import { ServiceError } from "#server/services/errors.ts";

const uuidText = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The id of a service client of the tenant, by UUID or user name.
 * @throws ServiceError not_found
 */
export async function requireServiceClient(
  tx: Tx,
  at: { readonly tenantId: string; readonly reference: string },
): Promise<{ readonly id: string; readonly username: string }> {
  const { tenantId, reference } = at;
  const row = await tx.serviceClient.findFirst({
    where: uuidText.test(reference)
      ? { tenantId, id: reference.toLowerCase() }
      : { tenantId, username: reference },
    select: { id: true, username: true },
  });
  if (row !== null) return row;
  throw new ServiceError("not_found", `There is no service client “${reference}”.`, {
    remedy: "Check its user name in the list of service clients.",
  });
}
