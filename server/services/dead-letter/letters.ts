import type { Tx } from "#server/db/client.ts";
import type { Prisma } from "#server/db/generated/client.ts";
import { deviceAttributes } from "#server/domain/device-attributes.ts";
import type { KeptLetter } from "#server/pipeline/letter-message.ts";

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
    readonly where: Prisma.DeadLetterWhereInput;
    readonly most: number;
  },
): Promise<{ readonly letters: readonly KeptLetter[]; readonly orphans: readonly string[] }> {
  const { tenantId, where, most } = at;
  const rows = await tx.deadLetter.findMany({
    where: { tenantId, AND: where },
    orderBy: [{ eventAt: "asc" }, { id: "asc" }],
    take: most,
    select: columns,
  });
  const devices = await tx.device.findMany({
    where: { tenantId, key: { in: [...new Set(rows.map(({ deviceKey }) => deviceKey))] } },
    select: { id: true, key: true, deviceId: true, profileId: true, attributes: true },
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
    const { id, deviceId, profileId } = device;
    const attributes = deviceAttributes.catch({}).parse(device.attributes);
    letters.push({
      ...row,
      device: { tenantId, deviceKey, id, deviceId, profileId, attributes },
      receivedAt: receivedAt.getTime(),
      payload: Buffer.from(payload),
    });
  }
  return { letters, orphans };
}
