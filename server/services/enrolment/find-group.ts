import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { noSuchGroup } from "#server/services/enrolment/internal.ts";
import { groupColumns } from "#server/services/enrolment/view.ts";

const uuidText = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The group that a query is about, by UUID or by what devices call it.
 * @throws ServiceError not_found
 */
export async function findGroupRow(
  { ctx, tx }: { readonly ctx: Pick<Context, "tenantId">; readonly tx: Tx },
  reference: string,
) {
  const { tenantId } = ctx;
  const row = await tx.enrolmentGroup.findFirst({
    where: uuidText.test(reference)
      ? { tenantId, id: reference.toLowerCase() }
      : { tenantId, publicId: reference },
    select: groupColumns,
  });
  if (row === null) throw noSuchGroup(reference);
  return row;
}
