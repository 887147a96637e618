import type { Tx } from "#server/db/client.ts";
import type {
  CertificatePolicy,
  CommandSpecification,
  ConnectivityModel,
  RetentionClass,
  Threshold,
} from "#server/domain/profile-parts.ts";
import { retentionClasses } from "#server/domain/profile-parts.ts";
import {
  certificatePolicy,
  commandSpecification,
  threshold,
} from "#server/domain/profile-parts-schema.ts";
import type { RecordedSpecification } from "#server/domain/transport-specification.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { profileTarget } from "#server/services/profile/schemas.ts";
import type { ProfilePolicy } from "#server/services/profile/set-policy.ts";
import { defineQuery } from "#server/services/query.ts";

/** All that a profile says. Times are ISO 8601 in UTC. */
export type ProfileView = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Takes any flat object; its fields grow with what devices send. */
  readonly open: boolean;
  readonly connectivity: ConnectivityModel;
  readonly expectedContactSeconds: number;
  readonly maxPastSeconds: number;
  readonly maxFutureSeconds: number;
  readonly certificateDays: number;
  readonly certificatePolicy: CertificatePolicy;
  readonly policy: ProfilePolicy;
  readonly specification: RecordedSpecification | null;
  readonly commands: readonly CommandSpecification[];
  readonly thresholds: readonly Threshold[];
  readonly retentionClass: RetentionClass;
  readonly documentation: string;
  readonly revision: number;
  readonly bindings: readonly {
    readonly stream: string;
    readonly contentType: string;
    readonly schemaName: string;
    readonly schemaVersion: number;
  }[];
  readonly devices: { readonly total: number; readonly quarantined: number };
  readonly createdAt: string;
};

export function noProfile(): ServiceError {
  return new ServiceError("not_found", "There is no such profile.", {
    remedy: "Choose one of the list.",
  });
}

/** All that a profile says, with its bindings and how many devices have it. */
export const showProfile = defineQuery({
  name: "profile.show",
  can: "fleet.view",
  input: profileTarget,
  run: ({ ctx, tx, input }) => readProfile(tx, ctx, input.profileId),
});

/** @throws ServiceError not_found */
export async function readProfile(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  profileId: string,
): Promise<ProfileView> {
  const row = await tx.profile.findUnique({
    where: { tenantId_id: { tenantId, id: profileId } },
    include: {
      bindings: {
        include: { schema: { select: { name: true, version: true } } },
        orderBy: [{ stream: "asc" }, { contentType: "asc" }],
      },
    },
  });
  if (row === null) throw noProfile();
  const ofProfile = { tenantId, profileId, state: { not: "decommissioned" as const } };
  const total = await tx.device.count({ where: ofProfile });
  const quarantined = await tx.device.count({ where: { ...ofProfile, state: "quarantined" } });
  const { compatibility, unknownVersion, lateSeconds, bindings, createdAt } = row;
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    open: row.open,
    connectivity: row.connectivity,
    expectedContactSeconds: row.expectedContactSeconds,
    maxPastSeconds: row.maxPastSeconds,
    maxFutureSeconds: row.maxFutureSeconds,
    certificateDays: row.certificateDays,
    policy: { compatibility, unknownVersion, lateSeconds },
    documentation: row.documentation,
    revision: row.revision,
    ...partsOf(row),
    bindings: bindings.map(({ stream, contentType, schema }) => ({
      stream,
      contentType,
      schemaName: schema.name,
      schemaVersion: schema.version,
    })),
    devices: { total, quarantined },
    createdAt: createdAt.toISOString(),
  };
}

/** The columns of JSON, written by us under the same schemas. */
function partsOf(row: {
  readonly specification: unknown;
  readonly commands: unknown;
  readonly thresholds: unknown;
  readonly certificatePolicy: unknown;
  readonly retentionClass: string;
}) {
  return {
    specification: row.specification as RecordedSpecification | null,
    commands: commandSpecification.array().parse(row.commands),
    thresholds: threshold.array().parse(row.thresholds),
    certificatePolicy: certificatePolicy.parse(row.certificatePolicy),
    retentionClass: retentionClasses.find((each) => each === row.retentionClass) ?? "standard",
  };
}
