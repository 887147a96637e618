import type { Tx } from "#server/db/client.ts";
import {
  channelColumns,
  channelView,
  type ChannelView,
} from "#server/services/alert-channel/view.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** @throws ServiceError not_found */
export async function requireChannel(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  id: string,
): Promise<ChannelView> {
  const row = await tx.alertChannel.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: channelColumns,
  });
  if (row !== null) return channelView(row);
  throw new ServiceError("not_found", "There is no such channel.", {
    remedy: "Look at the list of channels: somebody may have removed it.",
  });
}

/** How the audit trail names a channel. */
export function channelTargetOf({ name }: Pick<ChannelView, "name">): string {
  return `alertChannel:${name}`;
}

/** @throws ServiceError conflict when another channel has the name */
export async function requireFreeName(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  wanted: { readonly name: string; readonly id?: string },
): Promise<void> {
  const taken = await tx.alertChannel.findUnique({
    where: { tenantId_name: { tenantId, name: wanted.name } },
    select: { id: true },
  });
  if (taken === null || taken.id === wanted.id) return;
  const message = `There is a channel “${wanted.name}” already.`;
  throw new ServiceError("conflict", message, {
    remedy: "Choose another name.",
    fields: [{ path: "name", message }],
  });
}
