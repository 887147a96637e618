import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/**
 * Rules name a profile that the organisation has.
 * @throws ServiceError not_found
 */
export async function requireProfile(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  profileId: string,
): Promise<void> {
  const profile = await tx.profile.findFirst({
    where: { tenantId, id: profileId },
    select: { id: true },
  });
  if (profile !== null) return;
  throw new ServiceError("not_found", "There is no such profile.", {
    remedy: "Choose one of the list of profiles.",
    fields: [{ path: "rules.profileId", message: "There is no such profile." }],
  });
}
