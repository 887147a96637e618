import "server-only";
import { z } from "zod";
import { maxLiveDevices, type LiveInterest } from "#server/domain/live.ts";
import type { Context } from "#server/services/context.ts";
import { deviceKeys } from "#server/services/device/keys.ts";
import { ServiceError } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";
import { openTail } from "#server/services/message/open-tail.ts";
import { readJsonBody } from "#server/web/read-body.ts";

/** What a browser asks to hear of. Devices by UUID or own id; the tail's empty parts filter nothing. */
const askSchema = z.object({
  devices: z.array(z.string()).default([]),
  fleet: z.boolean().default(false),
  refusals: z.boolean().default(false),
  tail: z
    .object({
      opening: z.string(),
      device: z.string().default(""),
      profile: z.string().default(""),
      outcome: z.string().default(""),
      topic: z.string().default(""),
      text: z.string().default(""),
    })
    .optional(),
});

/** What a stream follows, and what the browser must know of it. */
export type LiveAnswer = {
  readonly interest: LiveInterest;
  /** Keys of the devices by what they were asked for. */
  readonly keys: Readonly<Record<string, string>>;
  /** Why the tail is left out; the rest of the page must not lose its stream for it. */
  readonly tailRefused: string | undefined;
};

/**
 * Reads what is asked for and leaves out what the caller may not see.
 * @throws ServiceError forbidden, invalid (too many devices)
 */
export async function readLiveAsk(ctx: Context, request: Request): Promise<LiveAnswer> {
  const raw = request.method === "POST" ? await readJsonBody(request) : inQuery(request);
  const asked = parseInput(askSchema, raw);
  if (asked.devices.length > maxLiveDevices) {
    throw new ServiceError(
      "invalid",
      `A live stream follows at most ${maxLiveDevices} devices; ${asked.devices.length} were asked for.`,
      { remedy: "Show fewer devices at once, or close other tabs of the console." },
    );
  }
  const known = await deviceKeys(ctx, { devices: asked.devices });
  const references = known.flatMap(({ key, id, deviceId }) => [
    [id, key],
    [deviceId, key],
  ]);
  const byReference = new Map(references as [string, string][]);
  const keys = asked.devices.flatMap((device) => {
    const key = byReference.get(device);
    return key === undefined ? [] : [[device, key] as const];
  });
  const interest: LiveInterest = {
    tenantId: ctx.tenantId,
    deviceKeys: [...new Set(keys.map(([, key]) => key))],
    fleet: asked.fleet,
    refusals: asked.refusals,
  };
  const answer = { interest, keys: Object.fromEntries(keys), tailRefused: undefined };
  return asked.tail === undefined ? answer : withTail(ctx, answer, asked.tail);
}

async function withTail(
  ctx: Context,
  answer: LiveAnswer,
  { profile, ...tail }: NonNullable<z.output<typeof askSchema>["tail"]>,
): Promise<LiveAnswer> {
  try {
    const filter = await openTail(ctx, { ...tail, profileId: profile });
    return { ...answer, interest: { ...answer.interest, tail: filter } };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code === "forbidden") throw error;
    return { ...answer, tailRefused: error.message };
  }
}

/** `tail` names the opening; its filters bear its name. */
function inQuery(request: Request): unknown {
  const query = new URL(request.url).searchParams;
  const of = (name: string): string => query.get(name) ?? "";
  return {
    devices: of("devices")
      .split(",")
      .filter((id) => id !== ""),
    fleet: of("fleet") === "1",
    refusals: of("refusals") === "1",
    ...(query.has("tail") && {
      tail: {
        opening: of("tail"),
        device: of("tail-device"),
        profile: of("tail-profile"),
        outcome: of("tail-outcome"),
        topic: of("tail-topic"),
        text: of("tail-text"),
      },
    }),
  };
}
