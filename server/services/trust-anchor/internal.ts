import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** How the audit trail names a trust anchor: the name may change, the certificate does not. */
export function trustAnchorTargetName({ sha256 }: { readonly sha256: string }): string {
  return `trustAnchor:${sha256.slice(0, 16)}`;
}

/** @throws ServiceError not_found */
export async function requireTrustAnchor(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  id: string,
) {
  const found = await tx.trustAnchor.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (found !== null) return found;
  throw new ServiceError("not_found", "There is no such trust anchor.", {
    remedy: "Reload the list.",
  });
}

const uuidText = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The profile by name or UUID; null for an empty text.
 * @throws ServiceError invalid when there is none
 */
export async function profileOf(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  reference: string,
): Promise<string | null> {
  if (reference === "") return null;
  const found = await tx.profile.findFirst({
    where: { tenantId, ...(uuidText.test(reference) ? { id: reference } : { name: reference }) },
    select: { id: true },
  });
  if (found !== null) return found.id;
  const message = `There is no profile “${reference}”.`;
  throw new ServiceError("invalid", message, { fields: [{ path: "profile", message }] });
}
