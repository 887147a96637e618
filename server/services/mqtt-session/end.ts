import { endMqttSession as endRow } from "#server/db/end-mqtt-session.ts";
import type { Tx } from "#server/db/client.ts";
import { ServiceError } from "#server/services/errors.ts";
import { endMqttSessionSchema } from "#server/services/mqtt-session/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type MqttSessionEnded = { readonly sessionId: string; readonly clientId: string };

/**
 * Ends an MQTT session: subscriptions and kept messages are deleted, the connection is closed.
 * The client may come back, with a new session.
 * @throws ServiceError not_found, conflict (it is over already)
 */
export const endMqttSession = defineMutation({
  name: "mqttSession.end",
  can: "mqttSession.end",
  input: endMqttSessionSchema,
  run: async ({ ctx, tx, input }) => {
    const id = BigInt(input.sessionId);
    const session = await tx.mqttSession.findFirst({
      where: { tenantId: ctx.tenantId, id },
      select: {
        clientId: true,
        endedAt: true,
        workerId: true,
        queuedCount: true,
        serviceClientId: true,
        device: { select: { deviceId: true } },
        _count: { select: { subscriptions: true } },
      },
    });
    if (session === null) {
      throw new ServiceError("not_found", "There is no such session.", {
        remedy: "It may have ended by itself. Reload the page.",
      });
    }
    if (session.endedAt !== null || !(await endRow(tx, id))) {
      throw new ServiceError("conflict", "This session is over already.", {
        remedy: "Nothing was changed.",
      });
    }
    const value: MqttSessionEnded = { sessionId: input.sessionId, clientId: session.clientId };
    return {
      value,
      audit: {
        target: await targetOf(tx, ctx.tenantId, session),
        payload: {
          session: input.sessionId,
          clientId: session.clientId,
          connected: session.workerId !== null,
          subscriptions: session._count.subscriptions,
          queuedMessages: session.queuedCount,
        },
        ...(input.reason === "" ? {} : { reason: input.reason }),
      },
    };
  },
});

/** In the audit trail a session belongs to whoever has it. */
async function targetOf(
  tx: Tx,
  tenantId: string,
  session: {
    readonly device: { readonly deviceId: string } | null;
    readonly serviceClientId: string | null;
  },
): Promise<string> {
  if (session.device !== null) return `device:${session.device.deviceId}`;
  if (session.serviceClientId === null) return "mqttSession";
  const client = await tx.serviceClient.findUnique({
    where: { tenantId_id: { tenantId, id: session.serviceClientId } },
    select: { username: true },
  });
  return `serviceClient:${client?.username ?? session.serviceClientId}`;
}
