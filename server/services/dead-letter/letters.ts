import type { Tx } from "#server/db/client.ts";
import { deviceAttributes } from "#server/domain/device-attributes.ts";
import type { KeptLetter } from "#server/pipeline/letter-message.ts";
import { inOrder } from "#server/services/dead-letter/list.ts";

const columns = {
  id: true,
  deviceKey: true,
  deviceId: true,
  profileId: true,
  receivedAt: true,
  transport: true,
  topic: true,
  channel: true,
  qos: true,
  contentType: true,
  properties: true,
  payload: true,
} as const;

/** Letters as the stages take them, with their devices of today; those of devices that are gone are left out. */
export async function readKeptLetters(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly ids: readonly string[];
  },
): Promise<{ readonly letters: readonly KeptLetter[]; readonly orphans: readonly string[] }> {
  const { tenantId, ids } = at;
  const found = await tx.deadLetter.findMany({
    where: { tenantId, id: { in: [...ids] } },
    select: columns,
  });
  const rows = inOrder(ids, found);
  const devices = await tx.device.findMany({
    where: { tenantId, key: { in: [...new Set(rows.map(({ deviceKey }) => deviceKey))] } },
    select: {
      id: true,
      key: true,
      deviceId: true,
      profileId: true,
      state: true,
      attributes: true,
    },
  });
  const byKey = new Map(devices.map((device) => [device.key, device]));
  const letters: KeptLetter[] = [];
  const orphans: string[] = [];
  for (const { deviceKey, deviceId: _, profileId: __, receivedAt, payload, ...row } of rows) {
    const device = byKey.get(deviceKey);
    if (device === undefined) {
      orphans.push(row.id);
      continue;
    }
    const { id, deviceId, profileId, state } = device;
    const attributes = deviceAttributes.catch({}).parse(device.attributes);
    letters.push({
      ...row,
      device: { tenantId, deviceKey, id, deviceId, profileId, state, attributes },
      receivedAt: receivedAt.getTime(),
      payload: Buffer.from(payload),
    });
  }
  return { letters, orphans };
}
