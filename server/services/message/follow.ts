import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import type { SearchSpan } from "#server/db/find-messages.ts";
import { may } from "#server/domain/roles.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import type { Context } from "#server/services/context.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { ServiceError } from "#server/services/errors.ts";
import { followDeadLetters } from "#server/services/message/follow-dead-letters.ts";
import { followStored } from "#server/services/message/follow-stored.ts";
import type { FollowedMessages } from "#server/services/message/followed.ts";
import { readSubscriptions } from "#server/services/message/read-fanout.ts";
import { followSchema, longestSearchMs } from "#server/services/message/schemas.ts";
import { searchMessages, type Found, type Wanted } from "#server/services/message/search.ts";
import { defineQuery } from "#server/services/query.ts";

const dayMs = 86_400_000;
/** Where nobody says how far to look. */
const fleetMs = dayMs;
const deviceMs = 7 * dayMs;
/** Devices' clocks may be ahead of ours. */
const aheadMs = dayMs;

type Input = z.output<typeof followSchema>;

/**
 * What became of a message: looked for by its id, by device and time, or by a part of its payload,
 * wherever messages end. Payloads may be personal: the search is recorded.
 * @throws ServiceError not_found (the device), invalid (a range too long, a search too slow)
 */
export const followMessage = defineQuery({
  name: "message.follow",
  can: "telemetry.view",
  input: followSchema,
  run: async ({ ctx, tx, input }): Promise<FollowedMessages> => {
    const { tenantId } = ctx;
    const { device: reference } = input;
    const device =
      reference === undefined
        ? undefined
        : await requireDevice(tx, { tenantId, reference, now: ctx.now() });
    const wanted = wantedOf(input);
    const span = spanOf(input, { deviceKey: device?.key, now: ctx.now() });
    const withLetters = may(ctx.role, "deadLetter.view");
    const found = await searchMessages(tx, { tenantId, span, wanted, withLetters });
    const messages = await follow(tx, tenantId, found);
    await record(tx, ctx, { input, deviceId: device?.deviceId, found: messages.length });
    return {
      messages: messages.slice(0, input.limit),
      from: span.from.toISOString(),
      to: span.to.toISOString(),
      isCut: messages.length >= input.limit,
      withoutDeadLetters: !withLetters,
    };
  },
});

function wantedOf({ id, at, window, text }: Input): Wanted {
  if (id !== undefined) return { by: "id", id };
  if (text !== undefined) return { by: "text", text };
  const middle = (at ?? new Date(0)).getTime();
  const half = window * 1000;
  // A window of a moment still holds the millisecond that it names.
  return { by: "time", since: new Date(middle - half), until: new Date(middle + half + 1) };
}

function spanOf(
  input: Input,
  { deviceKey, now }: { readonly deviceKey: bigint | undefined; readonly now: Date },
): SearchSpan {
  const { limit } = input;
  if (input.at !== undefined) {
    // What was received then may be of an earlier time, and the other way round.
    const middle = input.at.getTime();
    const from = new Date(middle - deviceMs - dayMs);
    return { deviceKey, limit, from, to: new Date(middle + deviceMs) };
  }
  const to = input.to ?? new Date(now.getTime() + aheadMs);
  const end = Math.min(to.getTime(), now.getTime());
  const from = input.from ?? new Date(end - (deviceKey === undefined ? fleetMs : deviceMs));
  const longest = longestSearchMs(input);
  if (end - from.getTime() > longest) {
    throw new ServiceError("invalid", `At most ${longest / dayMs} days can be searched at once.`, {
      remedy: "Name the device, or choose a shorter range.",
      fields: [{ path: "from", message: "The range is too long." }],
    });
  }
  return { deviceKey, limit, from, to };
}

async function follow(
  tx: Tx,
  tenantId: string,
  found: Found,
): Promise<FollowedMessages["messages"]> {
  const subscriptions = await readSubscriptions(tx, tenantId);
  const stored = await followStored(tx, { tenantId, subscriptions, ...found });
  const letters = await followDeadLetters(tx, { tenantId, ids: found.letterIds });
  return [...stored, ...letters].toSorted((a, b) => b.received.at.localeCompare(a.received.at));
}

/** What was looked for is part of the record, a piece of a payload is not: it may be personal. */
async function record(
  tx: Tx,
  ctx: Context,
  at: { readonly input: Input; readonly deviceId: string | undefined; readonly found: number },
): Promise<void> {
  const { id, text, window } = at.input;
  await appendAudit(tx, ctx, {
    action: "message.follow",
    target: at.deviceId === undefined ? "fleet" : `device:${at.deviceId}`,
    payload: {
      ...(id !== undefined && { id }),
      ...(at.input.at !== undefined && { at: at.input.at.toISOString(), window }),
      ...(text !== undefined && { textCharacters: text.length }),
      found: at.found,
    },
  });
}
