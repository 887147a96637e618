import { z } from "zod";
import { liveOutcomes } from "#server/domain/live.ts";
import { deviceRef } from "#server/services/device/schemas.ts";

/** Epoch milliseconds or ISO 8601, as a form, an address bar or a program writes it. */
const instant = z.preprocess(
  (value) => (typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value),
  z.coerce.date(),
);

const dayMs = 86_400_000;
/** Without a device the whole fleet is searched. */
const longestFleetMs = 7 * dayMs;
const longestDeviceMs = 31 * dayMs;
const longestFleetTextMs = dayMs;

/** What a message is looked for by: its id, its time, or what stands in its payload. */
export const followSchema = z
  .object({
    /** The message's own id, or its sequence number. */
    id: z.string().trim().min(1).max(64, "An id has at most 64 characters.").optional(),
    device: deviceRef.optional(),
    /** Received then, or of that time. */
    at: instant.optional(),
    /** Seconds on both sides of `at`. */
    window: z.coerce.number().min(0.001).max(3600, "must be at most 3600").default(5),
    /** Part of a payload, as it stands there. */
    text: z.string().min(3, "Give at least 3 characters.").max(200).optional(),
    from: instant.optional(),
    /** Not included. */
    to: instant.optional(),
    limit: z.coerce.number().int().min(1).max(50, "must be at most 50").default(20),
  })
  .refine(({ id, at, text }) => [id, at, text].filter((by) => by !== undefined).length === 1, {
    error: "Give one of: the message's id, a time, or a part of the payload.",
    path: ["id"],
  })
  .refine(({ at, device }) => at === undefined || device !== undefined, {
    error: "A time needs a device.",
    path: ["device"],
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    error: "must be before to",
    path: ["from"],
  });

/** The longest range that may be searched, in milliseconds. */
export function longestSearchMs(input: {
  readonly device?: unknown;
  readonly text?: unknown;
}): number {
  if (input.device !== undefined) return longestDeviceMs;
  return input.text === undefined ? longestFleetMs : longestFleetTextMs;
}

/** Filters of a live tail; empty text, as an address has it, filters nothing. */
const absentWhenEmpty = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

export const tailSchema = z.object({
  /** Names this opening: a stream that was lost and comes back is no other one. */
  opening: z.uuid("This is no opening's id."),
  device: absentWhenEmpty(deviceRef),
  profileId: absentWhenEmpty(z.uuid("This is no profile's id.")),
  outcome: absentWhenEmpty(z.enum(liveOutcomes, "There is no such outcome.")),
  topic: absentWhenEmpty(z.string().trim().max(1024)),
  text: absentWhenEmpty(z.string().max(200, "At most 200 characters.")),
});
