import "server-only";
import { createAlertSenders, type AlertSenders } from "#server/services/alert-channel/send.ts";
import { testAlertChannel, type ChannelTested } from "#server/services/alert-channel/test.ts";
import type { Context } from "#server/services/context.ts";
import { consoleEnv } from "#server/web/environment.ts";

let senders: AlertSenders | undefined;

/** Whether the installation can send e-mail. */
export function canSendMail(): boolean {
  return consoleEnv().SMTP_URL !== undefined;
}

/**
 * Sends a test notification by the ways out that this installation has.
 * @throws ServiceError not_found, forbidden
 */
export function testChannel(
  ctx: Context,
  input: { readonly channelId: string },
): Promise<ChannelTested> {
  senders ??= createAlertSenders(consoleEnv());
  return testAlertChannel(ctx, input, senders);
}
