import {
  countActiveByProtocol,
  countReceivedByTransport,
  readNewestFlags,
} from "#server/db/read-profile-traffic.ts";
import {
  compareTraffic,
  type ObservedTraffic,
  type TrafficFinding,
} from "#server/domain/compare-traffic.ts";
import { readFlags } from "#server/pipeline/flags.ts";
import { profileTrafficSchema } from "#server/services/profile/schemas.ts";
import { readProfile } from "#server/services/profile/show.ts";
import { defineQuery } from "#server/services/query.ts";

/** What devices of a profile did, against what was specified. */
export type ProfileTraffic = {
  readonly observed: ObservedTraffic;
  /** Empty where there is no specification. */
  readonly findings: readonly TrafficFinding[];
};

const hourMs = 3_600_000;

/** Compares the traffic of the last hours with a profile's transport specification. */
export const profileTraffic = defineQuery({
  name: "profile.traffic",
  can: "fleet.view",
  input: profileTrafficSchema,
  run: async ({ ctx, tx, input }): Promise<ProfileTraffic> => {
    const { profileId, hours } = input;
    const { specification } = await readProfile(tx, ctx, profileId);
    const since = new Date(ctx.now().getTime() - hours * hourMs);
    const at = { tenantId: ctx.tenantId, profileId, since };
    const transports = await countReceivedByTransport(tx, at);
    const protocols = await countActiveByProtocol(tx, at);
    const qos = countBy((await readNewestFlags(tx, at)).map((flags) => readFlags(flags).qos));
    const observed: ObservedTraffic = {
      hours,
      devices: [...protocols.values()].reduce((sum, count) => sum + count, 0),
      transports: Object.fromEntries(transports),
      // Devices behind a gateway have no connection of their own.
      protocols: Object.fromEntries([...protocols].filter(([name]) => name !== "")),
      qos: Object.fromEntries([...qos].map(([level, count]) => [`QoS ${level}`, count])),
    };
    return {
      observed,
      findings: specification === null ? [] : compareTraffic(specification, observed),
    };
  },
});

function countBy(values: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
