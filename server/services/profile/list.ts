import type { ConnectivityModel } from "#server/domain/profile-parts.ts";
import type { RecordedSpecification } from "#server/domain/transport-specification.ts";
import { defineQuery } from "#server/services/query.ts";
import type { ProfilePolicy } from "#server/services/profile/set-policy.ts";
import { listProfilesSchema } from "#server/services/profile/schemas.ts";

/** A profile as people choose it. */
export type ProfileSummary = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Takes any flat object; its fields grow with what devices send. */
  readonly open: boolean;
  readonly connectivity: ConnectivityModel;
  /** Whether it says how its devices are to connect, and whether somebody approved that. */
  readonly specification: "none" | "waiting" | "approved";
  /** That are not decommissioned. */
  readonly devices: number;
  readonly expectedContactSeconds: number;
  readonly certificateDays: number;
  readonly policy: ProfilePolicy;
  /** Of its main binding. */
  readonly schemaName: string;
  readonly schemaVersion: number;
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly unit: string | null;
    readonly position: number;
  }[];
};

/** The tenant's profiles by name, at most 500, each with its first 256 fields. */
export const listProfiles = defineQuery({
  name: "profile.list",
  can: "fleet.view",
  input: listProfilesSchema,
  run: async ({ ctx, tx }): Promise<readonly ProfileSummary[]> => {
    const rows = await tx.profile.findMany({
      where: { tenantId: ctx.tenantId },
      select: {
        id: true,
        name: true,
        description: true,
        open: true,
        connectivity: true,
        specification: true,
        _count: { select: { devices: { where: { state: { not: "decommissioned" } } } } },
        expectedContactSeconds: true,
        certificateDays: true,
        compatibility: true,
        unknownVersion: true,
        lateSeconds: true,
        schema: {
          select: {
            name: true,
            version: true,
            fields: {
              select: { name: true, type: true, unit: true, position: true },
              orderBy: { position: "asc" },
              take: 256,
            },
          },
        },
      },
      orderBy: { name: "asc" },
      take: 500,
    });
    return rows.map((found) => {
      const { schema, compatibility, unknownVersion, lateSeconds, _count, ...row } = found;
      return {
        ...row,
        devices: _count.devices,
        specification: stateOf(row.specification),
        policy: { compatibility, unknownVersion, lateSeconds },
        schemaName: schema.name,
        schemaVersion: schema.version,
        fields: schema.fields,
      };
    });
  },
});

function stateOf(specification: unknown): ProfileSummary["specification"] {
  if (specification === null) return "none";
  return (specification as RecordedSpecification).approvedBy === null ? "waiting" : "approved";
}
