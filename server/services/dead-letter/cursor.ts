import { z } from "zod";
import { ServiceError } from "#server/services/errors.ts";

const shape = z.tuple([z.iso.datetime(), z.uuid()]);

/** Where the next page starts, as text that the caller only carries back. */
export function encodeCursor(last: { readonly receivedAt: Date; readonly id: string }): string {
  const text = JSON.stringify([last.receivedAt.toISOString(), last.id]);
  return Buffer.from(text, "utf8").toString("base64url");
}

/** @throws ServiceError invalid */
export function decodeCursor(cursor: string): { readonly receivedAt: Date; readonly id: string } {
  try {
    const text = Buffer.from(cursor, "base64url").toString("utf8");
    const [receivedAt, id] = shape.parse(JSON.parse(text));
    return { receivedAt: new Date(receivedAt), id };
  } catch {
    throw new ServiceError("invalid", "This page does not exist.", {
      remedy: "Start again at the first page.",
    });
  }
}
