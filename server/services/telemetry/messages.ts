import type { Tx } from "#server/db/client.ts";
import { findSchemaFields } from "#server/db/find-metric-fields.ts";
import { readNewestDeviceMessages } from "#server/db/read-newest-device-messages.ts";
import { readNewestMessages } from "#server/db/read-newest-messages.ts";
import { may } from "#server/domain/roles.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";
import { namedValues } from "#server/services/telemetry/named-values.ts";
import { messagesSchema } from "#server/services/telemetry/schemas.ts";

/** A message as the tail shows it; instants are epoch milliseconds. */
export type TailMessage = {
  /** The device's time, or ours where it sent none that could be used. */
  readonly at: number;
  readonly receivedAt: number;
} & (
  | {
      readonly outcome: "stored";
      readonly values: Readonly<Record<string, unknown>>;
      /** The device sent no time, or one out of bounds. */
      readonly serverTime: "absent" | "out_of_bounds" | null;
    }
  | {
      readonly outcome: "stored";
      /** "state", "description", "log", or "event/" and its name. */
      readonly channel: string;
      /** The beginning of the payload. */
      readonly text: string;
    }
  | {
      readonly outcome: "dead_lettered";
      readonly id: string;
      readonly topic: string;
      readonly reason: string;
      readonly detail: string;
    }
);

/**
 * A device's newest messages, newest first: what was stored and, for those who may see dead
 * letters, what was refused.
 * @throws ServiceError not_found
 */
export const tailMessages = defineQuery({
  name: "telemetry.messages",
  can: "telemetry.view",
  input: messagesSchema,
  run: async ({ ctx, tx, input }): Promise<readonly TailMessage[]> => {
    const { tenantId } = ctx;
    const device = await requireDevice(tx, { tenantId, reference: input.device, now: ctx.now() });
    const at = { tenantId, deviceKey: device.key, limit: input.limit };
    const refused = may(ctx.role, "deadLetter.view") ? await readRefused(tx, at) : [];
    return [...(await readReadings(tx, at)), ...(await readOthers(tx, at)), ...refused]
      .toSorted((a, b) => b.at - a.at)
      .slice(0, input.limit);
  },
});

type TailOf = { readonly tenantId: string; readonly deviceKey: bigint; readonly limit: number };

async function readReadings(tx: Tx, at: TailOf): Promise<readonly TailMessage[]> {
  const rows = await readNewestMessages(tx, at);
  const schemaIds = [...new Set(rows.map(({ schemaId }) => schemaId))];
  const fields = await findSchemaFields(tx, { tenantId: at.tenantId, schemaIds });
  return rows.map((row) => ({
    at: row.ts.getTime(),
    receivedAt: row.receivedAt.getTime(),
    outcome: "stored" as const,
    values: namedValues(row, fields),
    serverTime: serverTimeOf(row.flags),
  }));
}

/** As many bytes as the tail shows characters: what is cut off is not missed. */
const shownBytes = 2_048;
const shownCharacters = 512;

async function readOthers(tx: Tx, at: TailOf): Promise<readonly TailMessage[]> {
  const rows = await readNewestDeviceMessages(tx, { ...at, shownBytes });
  return rows.map(({ ts, receivedAt, channel, payload }) => ({
    at: ts.getTime(),
    receivedAt: receivedAt.getTime(),
    outcome: "stored" as const,
    channel,
    text: Buffer.from(payload).toString("utf8").slice(0, shownCharacters).toWellFormed(),
  }));
}

function serverTimeOf(flags: number): "absent" | "out_of_bounds" | null {
  if ((flags & 1) !== 0) return "out_of_bounds";
  return (flags & 2) !== 0 ? "absent" : null;
}

async function readRefused(tx: Tx, at: TailOf): Promise<readonly TailMessage[]> {
  const rows = await tx.deadLetter.findMany({
    where: { tenantId: at.tenantId, deviceKey: at.deviceKey },
    orderBy: { receivedAt: "desc" },
    take: at.limit,
    select: { id: true, receivedAt: true, topic: true, reason: true, detail: true },
  });
  return rows.map(({ receivedAt, ...letter }) => ({
    ...letter,
    at: receivedAt.getTime(),
    receivedAt: receivedAt.getTime(),
    outcome: "dead_lettered" as const,
  }));
}
