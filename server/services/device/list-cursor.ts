import { z } from "zod";
import type { DeviceListAfter } from "#server/db/list-devices.ts";
import type { FleetSort } from "#server/domain/fleet-filter.ts";
import { ServiceError } from "#server/services/errors.ts";

const key = z.string().regex(/^\d{1,19}$/);
const cursorSchema = z.union([
  z.object({ s: z.enum(["name", "-name"]), name: z.string().max(200), key }),
  z.object({ s: z.enum(["created", "-created"]), key }),
  z.object({ s: z.enum(["contact", "-contact"]), at: z.iso.datetime().nullable(), key }),
]);

/** Where the next page starts, as text that the caller only carries back. */
export function encodeListCursor(
  sort: FleetSort,
  last: {
    readonly key: bigint;
    readonly name: string;
    readonly judgedContactAt: Date | null;
  },
): string {
  const text = JSON.stringify(cursorBody(sort, last));
  return Buffer.from(text, "utf8").toString("base64url");
}

function cursorBody(
  sort: FleetSort,
  last: {
    readonly key: bigint;
    readonly name: string;
    readonly judgedContactAt: Date | null;
  },
): z.input<typeof cursorSchema> {
  switch (sort) {
    case "name":
    case "-name":
      return { s: sort, name: last.name, key: String(last.key) };
    case "created":
    case "-created":
      return { s: sort, key: String(last.key) };
    case "contact":
    case "-contact":
      return { s: sort, at: last.judgedContactAt?.toISOString() ?? null, key: String(last.key) };
  }
}

/** @throws ServiceError invalid when the text is no cursor or one of another order */
export function decodeListCursor(sort: FleetSort, text: string): DeviceListAfter {
  const cursor = cursorSchema.safeParse(jsonOf(text)).data;
  if (cursor === undefined || cursor.s !== sort) {
    throw new ServiceError("invalid", "The page marker (cursor) does not belong to this list.", {
      remedy: "Start again from the first page, without a cursor.",
      fields: [{ path: "cursor", message: "does not belong to this list" }],
    });
  }
  if ("name" in cursor) return { by: "name", name: cursor.name, key: BigInt(cursor.key) };
  if ("at" in cursor) {
    const contactAt = cursor.at === null ? null : new Date(cursor.at);
    return { by: "contact", contactAt, key: BigInt(cursor.key) };
  }
  return { by: "created", key: BigInt(cursor.key) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
