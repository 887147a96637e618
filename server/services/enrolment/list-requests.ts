import { z } from "zod";
import type { EnrolmentRefusal } from "#server/domain/enrolment-refusal.ts";
import { findGroupRow } from "#server/services/enrolment/find-group.ts";
import { listEnrolmentRequestsSchema } from "#server/services/enrolment/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

/** A device that asked, and what became of it. Times are ISO 8601 in UTC. */
export type EnrolmentRequestView = {
  /** UUID. */
  readonly id: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly registrationId: string;
  readonly serial: string;
  readonly state: "pending" | "approved" | "enrolled" | "refused";
  /** Why it was refused last; empty when it was not. */
  readonly reason: EnrolmentRefusal | "";
  readonly detail: string;
  readonly transport: string;
  readonly remote: string;
  readonly attempts: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** What the device calls itself, once it is enrolled. */
  readonly deviceId: string | null;
  readonly decidedBy: string | null;
};

export type EnrolmentRequestPage = {
  readonly requests: readonly EnrolmentRequestView[];
  /** For the next page; null on the last. */
  readonly next: string | null;
};

const place = z.tuple([z.iso.datetime(), z.uuid()]);

function encodeCursor({ lastAt, id }: { readonly lastAt: Date; readonly id: string }): string {
  return Buffer.from(JSON.stringify([lastAt.toISOString(), id]), "utf8").toString("base64url");
}

function decodeCursor(cursor: string) {
  try {
    const text = Buffer.from(cursor, "base64url").toString("utf8");
    const [lastAt, id] = place.parse(JSON.parse(text));
    return { lastAt: new Date(lastAt), id };
  } catch {
    throw new ServiceError("invalid", "This page does not exist.", {
      remedy: "Start again at the first page.",
    });
  }
}

/** What lies behind a place in the order of the list. */
function behind(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { lastAt, id } = decodeCursor(cursor);
  return { OR: [{ lastAt: { lt: lastAt } }, { lastAt, id: { lt: id } }] };
}

/**
 * Devices that asked to be enrolled, those that asked last first.
 * @throws ServiceError not_found (group), invalid (cursor)
 */
export const listEnrolmentRequests = defineQuery({
  name: "enrolmentRequest.list",
  can: "enrolment.view",
  input: listEnrolmentRequestsSchema,
  run: async ({ ctx, tx, input }): Promise<EnrolmentRequestPage> => {
    const { tenantId } = ctx;
    const { groupId, state, cursor, limit } = input;
    const group = groupId === undefined ? undefined : await findGroupRow({ ctx, tx }, groupId);
    const rows = await tx.enrolmentRequest.findMany({
      where: {
        tenantId,
        ...(group !== undefined && { groupId: group.id }),
        ...(state !== undefined && { state }),
        ...behind(cursor),
      },
      orderBy: [{ lastAt: "desc" }, { id: "desc" }],
      take: limit + 1,
      select: {
        id: true,
        groupId: true,
        registrationId: true,
        serial: true,
        state: true,
        reason: true,
        detail: true,
        transport: true,
        remote: true,
        attempts: true,
        firstAt: true,
        lastAt: true,
        deviceUuid: true,
        decidedBy: true,
        group: { select: { name: true } },
      },
    });
    const page = rows.slice(0, limit);
    const devices = await tx.device.findMany({
      where: { tenantId, id: { in: page.flatMap(({ deviceUuid }) => deviceUuid ?? []) } },
      select: { id: true, deviceId: true },
    });
    const names = new Map(devices.map(({ id, deviceId }) => [id, deviceId]));
    const last = page.at(-1);
    return {
      requests: page.map(({ deviceUuid, group: of, firstAt, lastAt, reason, ...row }) => ({
        ...row,
        // Only enrol() and people write it, and only words of the set.
        reason: reason as EnrolmentRefusal | "",
        groupName: of.name,
        firstAt: firstAt.toISOString(),
        lastAt: lastAt.toISOString(),
        deviceId: deviceUuid === null ? null : (names.get(deviceUuid) ?? null),
      })),
      next: rows.length > limit && last !== undefined ? encodeCursor(last) : null,
    };
  },
});
