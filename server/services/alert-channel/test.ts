import { randomUUID } from "node:crypto";
import { z } from "zod";
import { withTenant } from "#server/db/tenant.ts";
import type { Notification } from "#server/domain/alert-message.ts";
import { channelTargetOf, requireChannel } from "#server/services/alert-channel/internal.ts";
import { channelTarget } from "#server/services/alert-channel/schemas.ts";
import {
  NotSent,
  sendNotification,
  type AlertSenders,
} from "#server/services/alert-channel/send.ts";
import type { Context } from "#server/services/context.ts";
import { parseInput } from "#server/services/input.ts";
import { defineMutation, requireCapability } from "#server/services/mutation.ts";

/** How a test ended. */
export type ChannelTested = { readonly sent: boolean; readonly error: string };

const recordSchema = channelTarget.extend({ sent: z.boolean(), error: z.string() });

const recordTest = defineMutation({
  name: "alertChannel.test",
  can: "alert.manage",
  input: recordSchema,
  run: async ({ ctx, tx, input: { channelId, sent, error } }) => {
    const channel = await requireChannel(tx, ctx, channelId);
    const value: ChannelTested = { sent, error };
    return { value, audit: { target: channelTargetOf(channel), payload: { sent, error } } };
  },
});

function testNotification(ctx: Context, consoleUrl: string, organisation: string): Notification {
  const id = randomUUID();
  return {
    id: `msg_${id.replaceAll("-", "")}`,
    organisation: { id: ctx.tenantId, name: organisation },
    counts: { info: 1, warning: 0, critical: 0 },
    consoleUrl,
    events: [
      {
        eventId: id,
        alertId: id,
        kind: "test",
        at: ctx.now(),
        rule: "test",
        severity: "info",
        step: "",
        title: "Test of an alert channel",
        detail: "Somebody tries whether alerts arrive here.",
        remedy: "Nothing is to be done.",
        subjectKind: "test",
        subjectId: id,
        subjectName: "Test",
      },
    ],
  };
}

/** What the test of a channel takes; for the description of its REST route. */
export const testChannelInput = channelTarget;

/**
 * Sends a test notification to a channel, outside of any transaction, and says how it ended.
 * @throws ServiceError not_found, forbidden
 */
export async function testAlertChannel(
  ctx: Context,
  raw: z.input<typeof channelTarget>,
  senders: AlertSenders,
): Promise<ChannelTested> {
  await requireCapability(ctx, recordTest);
  const { channelId } = parseInput(channelTarget, raw);
  const { channel, organisation } = await withTenant(ctx, async (tx) => {
    await requireChannel(tx, ctx, channelId);
    const row = await tx.alertChannel.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: channelId } },
      select: { id: true, tenantId: true, kind: true, target: true, sealedSecret: true },
    });
    const where = { id: ctx.tenantId };
    const tenant = await tx.tenant.findUniqueOrThrow({ where, select: { name: true } });
    return { channel: row, organisation: tenant.name };
  });
  const at = { senders, keyring: ctx.keyring, now: ctx.now() };
  const notification = testNotification(ctx, senders.consoleUrl, organisation);
  const error = await sendNotification(at, channel, notification).then(
    () => "",
    (reason: unknown) => {
      if (reason instanceof NotSent) return reason.message;
      throw reason;
    },
  );
  return recordTest(ctx, { channelId, sent: error === "", error });
}
