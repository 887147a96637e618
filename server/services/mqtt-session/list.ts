import type { Tx } from "#server/db/client.ts";
import type { Prisma } from "#server/db/generated/client.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import {
  deviceSessionsSchema,
  serviceClientSessionsSchema,
} from "#server/services/mqtt-session/schemas.ts";
import {
  mqttSessionColumns,
  mqttSessionView,
  type MqttSessionView,
} from "#server/services/mqtt-session/view.ts";
import { defineQuery } from "#server/services/query.ts";
import { requireServiceClient } from "#server/services/service-client/require.ts";

const mostSessions = 50;

/**
 * The MQTT sessions of a device that are kept, those that are connected first, at most fifty.
 * A client that only publishes keeps none.
 * @throws ServiceError not_found
 */
export const listDeviceSessions = defineQuery({
  name: "mqttSession.listOfDevice",
  can: "fleet.view",
  input: deviceSessionsSchema,
  run: async ({ ctx, tx, input }): Promise<readonly MqttSessionView[]> => {
    const { tenantId } = ctx;
    const { key } = await requireDevice(tx, {
      tenantId,
      reference: input.device,
      now: ctx.now(),
    });
    return readSessions(tx, { tenantId, deviceKey: key });
  },
});

/**
 * The same of a service client.
 * @throws ServiceError not_found
 */
export const listServiceClientSessions = defineQuery({
  name: "mqttSession.listOfServiceClient",
  can: "serviceClient.view",
  input: serviceClientSessionsSchema,
  run: async ({ ctx, tx, input }): Promise<readonly MqttSessionView[]> => {
    const { tenantId } = ctx;
    const { id } = await requireServiceClient(tx, { tenantId, reference: input.serviceClient });
    return readSessions(tx, { tenantId, serviceClientId: id });
  },
});

async function readSessions(
  tx: Tx,
  of: Prisma.MqttSessionWhereInput,
): Promise<readonly MqttSessionView[]> {
  const rows = await tx.mqttSession.findMany({
    where: { ...of, endedAt: null },
    orderBy: [{ workerId: { sort: "asc", nulls: "last" } }, { connectedAt: "desc" }],
    take: mostSessions,
    select: mqttSessionColumns,
  });
  const ids = rows.flatMap(({ workerId }) => (workerId === null ? [] : [workerId]));
  const workers = await tx.workerInstance.findMany({
    where: { id: { in: ids } },
    select: { id: true, host: true },
  });
  const hosts = new Map(workers.map(({ id, host }) => [id, host]));
  return rows.map((row) => mqttSessionView(row, hosts));
}
