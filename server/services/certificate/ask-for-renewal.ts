import { sendToDevices } from "#server/db/send-to-devices.ts";
import type { Tx } from "#server/db/client.ts";
import { renewalTopic } from "#server/domain/renewal-topics.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { deviceTarget } from "#server/services/device/internal.ts";

/** A device that is to be asked. */
export type AskedDevice = {
  readonly key: bigint;
  readonly deviceId: string;
  /** The certificate that is to be renewed. */
  readonly certificateId: string;
  /** When its renewal is or was due; null where people renew. */
  readonly dueAt: Date | null;
};

/** Why, and for how long it waits for a device that is asleep. */
export type RenewalAsk = {
  /** A sentence for the device's log and the audit trail. */
  readonly reason: string;
  readonly waitMs: number;
};

/** To how many of a device's sessions the message goes: 0 where none subscribes to it. */
export type AskOutcome = { readonly deviceId: string; readonly sessions: number };

/** Action of the audit event that each asking leaves. */
export const askAction = "certificate.askRenewal";

/** What is written about one asking, in the audit event of the device. */
export function askPayload(
  ctx: Pick<Context, "now">,
  device: AskedDevice,
  sessions: number,
): Readonly<Record<string, unknown>> {
  return {
    certificateId: device.certificateId,
    askedAt: ctx.now().toISOString(),
    dueAt: device.dueAt?.toISOString() ?? null,
    sessions,
  };
}

/**
 * Says to devices, on `dn/certificate/renew` with QoS 1, that they should renew their certificates.
 * A device that sleeps and keeps its session is told when it comes. Leaves no trace: see
 * {@link askForRenewal}.
 */
export async function sendRenewalAsks(
  tx: Tx,
  ctx: Context,
  devices: readonly AskedDevice[],
  { reason, waitMs }: RenewalAsk,
): Promise<readonly AskOutcome[]> {
  const at = ctx.now().getTime();
  const sent = await sendToDevices(
    tx,
    devices.map(({ key, deviceId, dueAt }) => ({
      deviceKey: key,
      topic: renewalTopic(deviceId, "ask"),
      payload: Buffer.from(
        JSON.stringify({ reason, by: actorName(ctx.actor), dueAt: dueAt?.toISOString() ?? null }),
      ),
      at,
      expiresAt: at + waitMs,
    })),
  );
  return devices.map(({ deviceId }, index) => ({ deviceId, sessions: sent[index] ?? 0 }));
}

/**
 * Asks many devices of the transaction's tenant, each with its audit event. For jobs and campaigns,
 * which decide how many at a time; a person asks one device by the service `askRenewal`.
 */
export async function askForRenewal(
  tx: Tx,
  ctx: Context,
  devices: readonly AskedDevice[],
  ask: RenewalAsk,
): Promise<readonly AskOutcome[]> {
  const outcomes = await sendRenewalAsks(tx, ctx, devices, ask);
  for (const [index, device] of devices.entries()) {
    await appendAudit(tx, ctx, {
      action: askAction,
      target: deviceTarget(device),
      reason: ask.reason,
      payload: askPayload(ctx, device, outcomes[index]?.sessions ?? 0),
    });
  }
  return outcomes;
}
