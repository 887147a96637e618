import {
  readPresenceEvents,
  readPresenceNow,
  type PresenceNowRow,
} from "#server/db/read-presence-history.ts";
import {
  addSeconds,
  availabilityOf,
  countedAs,
  noSeconds,
  type PresenceSeconds,
} from "#server/domain/availability.ts";
import type { Presence, PresenceCause } from "#server/domain/presence.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { presenceHistorySchema } from "#server/services/presence/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** A time in which a device was the same. */
export type PresenceSpan = {
  /** ISO 8601 in UTC, as the other times. */
  readonly from: string;
  readonly until: string;
  readonly presence: Presence;
  readonly cause: PresenceCause;
};

/** How a device was and is. */
export type PresenceHistoryView = {
  readonly from: string;
  readonly until: string;
  readonly presence: Presence;
  readonly cause: PresenceCause;
  readonly since: string;
  /** The gateway that is not heard, and this device because of that; null otherwise. */
  readonly gateway: {
    readonly deviceId: string;
    readonly name: string;
    readonly presence: Presence;
    readonly since: string;
  } | null;
  /** Devices behind it that are not heard because it is not. */
  readonly folded: number;
  /** Oldest first, without gaps. */
  readonly spans: readonly PresenceSpan[];
  readonly seconds: PresenceSeconds;
  /** Share of the expected time in which it was heard, 0 to 1; null when nobody expected it. */
  readonly availability: number | null;
  /** It changed too often to be shown whole: `from` is later than what was asked for. */
  readonly isCut: boolean;
};

const maxChanges = 1_000;

/**
 * How a device was over the last hours, with causes.
 * @throws ServiceError not_found, invalid
 */
export const presenceHistory = defineQuery({
  name: "presence.history",
  can: "fleet.view",
  input: presenceHistorySchema,
  run: async ({ ctx, tx, input }): Promise<PresenceHistoryView> => {
    const until = ctx.now();
    const { tenantId } = ctx;
    const device = await requireDevice(tx, { tenantId, reference: input.deviceId, now: until });
    const at = { tenantId, deviceKey: device.key };
    const now = await readPresenceNow(tx, at);
    if (now === null) throw new Error(`The device ${device.deviceId} has no presence.`);
    const asked = new Date(until.getTime() - input.hours * 3_600_000);
    const events = await readPresenceEvents(tx, { ...at, from: asked, limit: maxChanges + 1 });
    const isCut = events.filter((event) => event.at > asked).length > maxChanges;
    const spans = spansOf(isCut ? events.slice(0, maxChanges) : events, { from: asked, until });
    const seconds = spans.reduce(addSpan, noSeconds);
    return {
      from: spans[0]?.from ?? asked.toISOString(),
      until: until.toISOString(),
      presence: now.presence,
      cause: now.cause,
      since: now.since.toISOString(),
      gateway: gatewayOf(now),
      folded: now.folded,
      spans,
      seconds,
      availability: availabilityOf(seconds),
      isCut,
    };
  },
});

function gatewayOf(now: PresenceNowRow): PresenceHistoryView["gateway"] {
  const { gatewayId, gatewayName, gatewayPresence, gatewaySince } = now;
  if (gatewayId === null || gatewayName === null) return null;
  if (gatewayPresence === null || gatewaySince === null) return null;
  const since = gatewaySince.toISOString();
  return { deviceId: gatewayId, name: gatewayName, presence: gatewayPresence, since };
}

/** @param newestFirst changes; the last of them may lie before `from` */
function spansOf(
  newestFirst: readonly {
    readonly at: Date;
    readonly presence: Presence;
    readonly cause: PresenceCause;
  }[],
  { from, until }: { readonly from: Date; readonly until: Date },
): readonly PresenceSpan[] {
  const spans: PresenceSpan[] = [];
  let end = until;
  for (const { at, presence, cause } of newestFirst) {
    const start = at > from ? at : from;
    if (start < end) {
      spans.unshift({ from: start.toISOString(), until: end.toISOString(), presence, cause });
      end = start;
    }
  }
  return spans;
}

function addSpan(sum: PresenceSeconds, { from, until, presence }: PresenceSpan): PresenceSeconds {
  const seconds = (Date.parse(until) - Date.parse(from)) / 1_000;
  return addSeconds(sum, { ...noSeconds, [countedAs(presence)]: seconds });
}
