import { z } from "zod";
import { liveOutcomes, type LiveFrame, type LiveInterest } from "#server/domain/live.ts";

/** Devices that one console may follow on one worker for one organisation. */
export const maxFollowedDevices = 20_000;

/** What a console says to a worker, one JSON line each: from now on this is its interest. */
export type ConsoleLine = { readonly version: number; readonly interest: LiveInterest };

/** What a worker says to a console, one JSON line each. */
export type WorkerLine =
  | Exclude<LiveFrame, { readonly kind: "hello" }>
  /** The interest of this version is followed; every line after this one belongs to it. */
  | { readonly kind: "taken"; readonly version: number }
  /** Said when nothing else is, so that a worker that hangs is found. */
  | { readonly kind: "alive" };

const deviceKey = z.string().regex(/^\d{1,19}$/);

const interestShape = z.object({
  tenantId: z.uuid(),
  deviceKeys: z.array(deviceKey).max(maxFollowedDevices),
  fleet: z.boolean(),
  refusals: z.boolean(),
  tail: z
    .object({
      deviceKey: deviceKey.exactOptional(),
      profileId: z.uuid().exactOptional(),
      outcome: z.enum(liveOutcomes).exactOptional(),
      topic: z.string().max(1024).exactOptional(),
      text: z.string().min(1).max(200).exactOptional(),
    })
    .exactOptional(),
}) satisfies z.ZodType<LiveInterest>;

const consoleLineShape = z.object({
  version: z.int().nonnegative(),
  interest: interestShape,
}) satisfies z.ZodType<ConsoleLine>;

/** @returns undefined for what is no proper line */
export function readConsoleLine(text: string): ConsoleLine | undefined {
  try {
    const parsed = consoleLineShape.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
