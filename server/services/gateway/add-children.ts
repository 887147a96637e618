import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { notifyControl } from "#server/db/notify-control.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";
import { ServiceError, type FieldProblem } from "#server/services/errors.ts";
import { requireGateway, requireRoom } from "#server/services/gateway/require-gateway.ts";
import { addChildrenSchema } from "#server/services/gateway/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** How many came by which way. */
export type ChildrenAdded = {
  readonly deviceId: string;
  readonly registered: number;
  readonly attached: number;
  /** Behind the gateway before. */
  readonly already: number;
};

type Input = z.output<typeof addChildrenSchema>;
type At = {
  readonly ctx: Context;
  readonly tx: Tx;
  readonly gateway: LockedDevice;
  readonly input: Input;
};

/**
 * Puts many devices behind a gateway: those that the organisation has are attached, the others are
 * registered. All or nothing; each child that cannot be taken is named with its place in the list.
 * @throws ServiceError invalid, not_found (gateway, profile), conflict
 */
export const addChildren = defineMutation({
  name: "gateway.addChildren",
  can: "device.manage",
  input: addChildrenSchema,
  run: async ({ ctx, tx, input }) => {
    const gateway = await requireGateway(tx, input.deviceId);
    refuseAny(repeated(input), "The list names a device more than once.");
    await requireProfiles({ ctx, tx, gateway, input });
    const at: At = { ctx, tx, gateway, input };
    const known = await knownDevices(at);
    refuseAny(unfit(at, known), "Some of these devices cannot be put behind this gateway.");
    const toAttach = known.filter(({ gatewayId }) => gatewayId !== gateway.id);
    const isKnown = new Set(known.map(({ deviceId }) => deviceId));
    const fresh = input.children.filter(({ deviceId }) => !isKnown.has(deviceId));
    await requireRoom(tx, gateway, { more: toAttach.length + fresh.length });
    await attach(at, toAttach);
    await register(at, fresh);
    const value: ChildrenAdded = {
      deviceId: gateway.deviceId,
      registered: fresh.length,
      attached: toAttach.length,
      already: known.length - toAttach.length,
    };
    return {
      value,
      audit: {
        target: deviceTarget(gateway),
        payload: {
          registered: fresh.map(({ deviceId }) => deviceId),
          attached: toAttach.map(({ deviceId }) => deviceId),
          profileId: input.profileId,
          quarantine: input.quarantine,
        },
      },
      control: deviceChanged(ctx, gateway),
    };
  },
});

function refuseAny(fields: readonly FieldProblem[], message: string): void {
  if (fields.length === 0) return;
  throw new ServiceError("conflict", message, {
    remedy: "Correct the lines that are named, or leave them out.",
    fields: fields.slice(0, 50),
  });
}

function problem(input: Input, deviceId: string, why: string): FieldProblem {
  const index = input.children.findIndex((child) => child.deviceId === deviceId);
  return { path: `children.${index}`, message: `Line ${index + 1}: ${deviceId} ${why}.` };
}

function repeated({ children }: Input): readonly FieldProblem[] {
  const seen = new Set<string>();
  return children.flatMap(({ deviceId }, index) => {
    if (!seen.has(deviceId)) {
      seen.add(deviceId);
      return [];
    }
    const message = `Line ${index + 1}: ${deviceId} is there before.`;
    return [{ path: `children.${index}`, message }];
  });
}

async function requireProfiles({ ctx, tx, input }: At): Promise<void> {
  const wanted = [...new Set([input.profileId, ...input.children.flatMap(profileOf)])];
  const found = await tx.profile.findMany({
    where: { tenantId: ctx.tenantId, id: { in: wanted } },
    select: { id: true },
  });
  const missing = wanted.find((id) => found.every((profile) => profile.id !== id));
  if (missing === undefined) return;
  throw new ServiceError("not_found", `There is no profile “${missing}”.`, {
    remedy: "Choose one of the list of profiles.",
    fields: [{ path: "profileId", message: "There is no such profile." }],
  });
}

function profileOf({ profileId }: Input["children"][number]): readonly string[] {
  return profileId === undefined ? [] : [profileId];
}

type Known = Awaited<ReturnType<typeof knownDevices>>[number];

function knownDevices({ ctx, tx, input }: Pick<At, "ctx" | "tx" | "input">) {
  return tx.device.findMany({
    where: {
      tenantId: ctx.tenantId,
      deviceId: { in: input.children.map((each) => each.deviceId) },
    },
    select: {
      id: true,
      key: true,
      deviceId: true,
      state: true,
      gatewayId: true,
      _count: { select: { children: true } },
    },
  });
}

function unfit({ gateway, input }: At, known: readonly Known[]): readonly FieldProblem[] {
  return known.flatMap((device) => {
    const why = unfitBecause(device, gateway);
    return why === undefined ? [] : [problem(input, device.deviceId, why)];
  });
}

function unfitBecause(device: Known, gateway: LockedDevice): string | undefined {
  if (device.id === gateway.id) return "is the gateway itself";
  if (device.state === "decommissioned") return "is decommissioned";
  if (device._count.children > 0) return "is a gateway with children of its own";
  if (device.gatewayId !== null && device.gatewayId !== gateway.id) {
    return "is behind another gateway";
  }
  return undefined;
}

async function attach({ ctx, tx, gateway }: At, devices: readonly Known[]): Promise<void> {
  if (devices.length === 0) return;
  await tx.device.updateMany({
    where: { tenantId: ctx.tenantId, id: { in: devices.map(({ id }) => id) } },
    data: { gatewayId: gateway.id },
  });
  for (const device of devices) await notifyControl(tx, deviceChanged(ctx, device));
}

async function register({ ctx, tx, gateway, input }: At, fresh: Input["children"]): Promise<void> {
  if (fresh.length === 0) return;
  const made = await tx.device.createManyAndReturn({
    data: fresh.map(({ deviceId, name, profileId }) => ({
      tenantId: ctx.tenantId,
      deviceId,
      name: name === undefined || name === "" ? deviceId.slice(0, 120) : name,
      profileId: profileId ?? input.profileId,
      state: input.quarantine ? ("quarantined" as const) : ("active" as const),
      tags: input.tags,
      gatewayId: gateway.id,
      createdBy: actorName(ctx.actor),
      createdAt: ctx.now(),
    })),
    // A violation would end the transaction; a taken id only inserts nothing.
    skipDuplicates: true,
    select: { deviceId: true },
  });
  const there = new Set(made.map(({ deviceId }) => deviceId));
  const taken = fresh.filter(({ deviceId }) => !there.has(deviceId));
  refuseAny(
    taken.map(({ deviceId }) => problem(input, deviceId, "is an id that is taken")),
    "Some of these ids are taken.",
  );
}
