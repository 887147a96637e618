import { z } from "zod";
import { ServiceError } from "#server/services/errors.ts";

const shape = z.tuple([z.iso.datetime(), z.uuid()]);
const groupShape = z.tuple([z.iso.datetime(), z.string().max(64)]);

/** Where the next page starts, as text that the caller only carries back. */
export function encodeCursor(last: { readonly at: Date; readonly id: string }): string {
  const text = JSON.stringify([last.at.toISOString(), last.id]);
  return Buffer.from(text, "utf8").toString("base64url");
}

/** @throws ServiceError invalid */
export function decodeCursor(cursor: string): { readonly at: Date; readonly id: string } {
  const [at, id] = decode(cursor, shape);
  return { at: new Date(at), id };
}

/** As {@link encodeCursor}, of groups. */
export function encodeGroupCursor(last: {
  readonly lastAt: Date;
  readonly fingerprint: string;
}): string {
  const text = JSON.stringify([last.lastAt.toISOString(), last.fingerprint]);
  return Buffer.from(text, "utf8").toString("base64url");
}

/** @throws ServiceError invalid */
export function decodeGroupCursor(cursor: string): {
  readonly lastAt: Date;
  readonly fingerprint: string;
} {
  const [lastAt, fingerprint] = decode(cursor, groupShape);
  return { lastAt: new Date(lastAt), fingerprint };
}

function decode(cursor: string, tuple: typeof shape | typeof groupShape): [string, string] {
  try {
    return tuple.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch {
    throw new ServiceError("invalid", "This page does not exist.", {
      remedy: "Start again at the first page.",
    });
  }
}
