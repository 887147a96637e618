import type { Tx } from "#server/db/client.ts";
import { readNewestDeviceMessages } from "#server/db/read-newest-device-messages.ts";
import type { KeptMessageRow } from "#server/db/kept-message.ts";
import { draftFromDescription } from "#server/domain/draft-from-description.ts";
import type { CommandSpecification } from "#server/domain/profile-parts.ts";
import { decode } from "#server/pipeline/decode.ts";
import type { BoundSchema } from "#server/pipeline/profile.ts";
import { inferSchema } from "#server/schema/infer-schema.ts";
import { prepareSchema } from "#server/schema/prepare-schema.ts";
import type { Context } from "#server/services/context.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { ServiceError } from "#server/services/errors.ts";
import { draftProfileSchema } from "#server/services/profile/schemas.ts";
import { defineInspection } from "#server/services/schema/define-inspection.ts";
import { findBoundVersion } from "#server/services/schema/find-bound-version.ts";
import { readingsFrom } from "#server/services/schema/infer.ts";

/** A profile that is proposed from what a device said or sent. Nothing is created. */
export type ProfileDraft = {
  readonly deviceId: string;
  readonly from: "description" | "traffic";
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  readonly commands: readonly CommandSpecification[];
  readonly manufacturer: string;
  readonly model: string;
  readonly hardwareRevision: string;
  /** Messages that it was made of. */
  readonly messages: number;
  /** Sentences on what could not be used. */
  readonly notes: readonly string[];
};

type Found = {
  readonly device: { readonly deviceId: string };
  readonly description: Uint8Array | undefined;
  readonly rows: readonly KeptMessageRow[];
  readonly bound: BoundSchema;
};

const mostMessages = 500;
const descriptionBytes = 65_536;

/**
 * Proposes a profile from a device's self-description, or from its messages: those that were kept
 * apart in quarantine, and samples of those that were stored.
 * @throws ServiceError not_found (the device, or nothing to make it of)
 */
export const draftProfile = defineInspection({
  name: "profile.draft",
  can: "profile.manage",
  input: draftProfileSchema,
  read: async ({ ctx, tx, input }): Promise<Found> => {
    const device = await requireDevice(tx, {
      tenantId: ctx.tenantId,
      reference: input.deviceId,
      now: ctx.now(),
    });
    const { profileId } = device;
    const version = await findBoundVersion(tx, ctx, { profileId, stream: "" });
    const bound = prepareSchema({ ...version, open: true });
    if (input.from === "traffic") {
      return { device, description: undefined, rows: await readTraffic(tx, ctx, device), bound };
    }
    return { device, description: await readDescription(tx, ctx, device), rows: [], bound };
  },
  conclude: async (found, { input }) => {
    const value = input.from === "traffic" ? await fromTraffic(found) : fromDescription(found);
    const { messages, notes } = value;
    return {
      value,
      audit: {
        target: `device:${found.device.deviceId}`,
        payload: { from: input.from, messages, notes: notes.length },
      },
    };
  },
});

type Device = { readonly id: string; readonly deviceId: string; readonly key: bigint };

/** The newest description: of those that were stored, else of those that were kept apart. */
async function readDescription(
  tx: Tx,
  { tenantId }: Context,
  device: Device,
): Promise<Uint8Array | undefined> {
  const stored = await readNewestDeviceMessages(tx, {
    deviceKey: device.key,
    limit: 1_000,
    shownBytes: descriptionBytes,
  });
  const newest = stored.find(({ channel }) => channel === "description");
  if (newest !== undefined) return newest.payload;
  const letter = await tx.deadLetter.findFirst({
    where: { tenantId, deviceKey: device.key, channel: "description", reason: "in-quarantine" },
    orderBy: { receivedAt: "desc" },
    select: { payload: true },
  });
  return letter?.payload;
}

async function readTraffic(
  tx: Tx,
  { tenantId }: Context,
  device: Device,
): Promise<readonly KeptMessageRow[]> {
  const of = { tenantId, deviceKey: device.key };
  const newest = { orderBy: { receivedAt: "desc" }, take: mostMessages } as const;
  const letters = await tx.deadLetter.findMany({
    where: { ...of, reason: "in-quarantine", channel: { startsWith: "telemetry" } },
    ...newest,
  });
  const samples = await tx.messageSample.findMany({ where: of, ...newest });
  const rows = [...letters, ...samples];
  return rows.map((row) => ({
    profileId: row.profileId,
    deviceKey: row.deviceKey,
    deviceId: row.deviceId,
    channel: "channel" in row ? row.channel : "telemetry",
    contentType: row.contentType ?? "",
    receivedAt: row.receivedAt,
    firmware: row.firmware,
    payload: row.payload,
    properties: {},
    attributes: {},
  }));
}

async function fromTraffic({ device, rows, bound }: Found): Promise<ProfileDraft> {
  const { readings, read } = await readingsFrom(rows, bound);
  if (readings.length === 0) {
    throw new ServiceError(
      "not_found",
      `${device.deviceId} has sent no readings that can be read.`,
      {
        remedy: "Let it connect and send some, then try again.",
      },
    );
  }
  const { jsonSchema } = inferSchema(readings);
  const unread = rows.length - read;
  return {
    deviceId: device.deviceId,
    from: "traffic",
    jsonSchema,
    commands: [],
    manufacturer: "",
    model: "",
    hardwareRevision: "",
    messages: read,
    notes: unread === 0 ? [] : [`${unread} messages could not be read.`],
  };
}

function fromDescription({ device, description }: Found): ProfileDraft {
  const decoded = description === undefined ? undefined : decode(Buffer.from(description));
  if (decoded === undefined || !decoded.ok) {
    throw new ServiceError("not_found", `${device.deviceId} has not described itself.`, {
      remedy: "Let it publish JSON to up/description, or start from its traffic.",
    });
  }
  return {
    deviceId: device.deviceId,
    from: "description",
    ...draftFromDescription(decoded.value),
    messages: 1,
  };
}
