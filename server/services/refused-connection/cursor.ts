import { z } from "zod";
import { ServiceError } from "#server/services/errors.ts";

const shape = z.tuple([z.iso.datetime(), z.uuid()]);

type Place = { readonly lastAt: Date; readonly id: string };

/** Where the next page starts, as text that the caller only carries back. */
export function encodeCursor({ lastAt, id }: Place): string {
  return Buffer.from(JSON.stringify([lastAt.toISOString(), id]), "utf8").toString("base64url");
}

/** @throws ServiceError invalid */
export function decodeCursor(cursor: string): Place {
  try {
    const text = Buffer.from(cursor, "base64url").toString("utf8");
    const [lastAt, id] = shape.parse(JSON.parse(text));
    return { lastAt: new Date(lastAt), id };
  } catch {
    throw new ServiceError("invalid", "This page does not exist.", {
      remedy: "Start again at the first page.",
    });
  }
}
