import type { Tx } from "#server/db/client.ts";
import { tlsNegotiated, type TlsNegotiated } from "#server/db/tls-negotiated.ts";
import { probeDeviceId } from "#server/domain/tls-probe-plan.ts";
import {
  isShutOut,
  tlsProfileNames,
  tlsProfiles,
  type TlsProfile,
} from "#server/domain/tls-profiles.ts";
import { defineQuery } from "#server/services/query.ts";
import { runsInstallation } from "#server/services/tls/internal.ts";
import { hasProbeDevice } from "#server/services/tls/probe-identity.ts";
import { tlsShowSchema } from "#server/services/tls/schemas.ts";
import { readChosenProfile } from "#server/services/tls/settings.ts";

/** A profile, and how many connected devices could not come back under it. */
export type TlsProfileView = TlsProfile & { readonly shutOut: number };

/** The certificate of the device listeners. Times are ISO 8601 in UTC. */
export type ServerCertificateView = {
  readonly sha256: string;
  /** own-ca, file or acme */
  readonly source: string;
  readonly subject: string;
  readonly issuer: string;
  readonly hosts: readonly string[];
  readonly keyAlgorithm: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** When it was loaded first. */
  readonly createdAt: string;
  /** Null for the one in use. */
  readonly replacedAt: string | null;
};

/** All of the TLS listeners that an administrator looks at. Times are ISO 8601 in UTC. */
export type TlsPosture = {
  readonly profile: string;
  readonly revision: number;
  readonly changedAt: string | null;
  readonly changedBy: string | null;
  readonly profiles: readonly TlsProfileView[];
  /** Whether the caller's organisation runs the installation, and so chooses. */
  readonly isOperator: boolean;
  /** Connected devices: of the organisation, or of all where it runs the installation. */
  readonly negotiated: readonly TlsNegotiated[];
  /** Newest first; the first without `replacedAt` is in use. */
  readonly certificates: readonly ServerCertificateView[];
  /** Why the certificate that was wanted is not in use, or could not be renewed. */
  readonly certificateProblem: string | null;
  readonly probeDevice: { readonly deviceId: string; readonly exists: boolean };
};

/** Jobs that look after the listeners' certificate, as they are recorded. */
const certificateJobs = ["tls.server_certificate", "tls.acme"];

/** The profile, what devices negotiate, and the certificate of the listeners. */
export const showTlsPosture = defineQuery({
  name: "tls.show",
  can: "tls.view",
  input: tlsShowSchema,
  run: async ({ ctx, tx }): Promise<TlsPosture> => {
    const chosen = await readChosenProfile(tx);
    const negotiated = await tlsNegotiated(tx);
    const failed = await tx.jobRun.findFirst({
      where: { name: { in: certificateJobs }, outcome: "failed" },
      select: { detail: true },
      orderBy: { startedAt: "desc" },
    });
    return {
      profile: chosen.profile,
      revision: chosen.revision,
      changedAt: chosen.changedAt?.toISOString() ?? null,
      changedBy: chosen.changedBy,
      profiles: tlsProfileNames.map((name) => ({
        ...tlsProfiles[name],
        shutOut: shutOutBy(tlsProfiles[name], negotiated),
      })),
      isOperator: await runsInstallation(tx, ctx),
      negotiated,
      certificates: await readCertificates(tx),
      certificateProblem: failed?.detail ?? null,
      probeDevice: { deviceId: probeDeviceId, exists: await hasProbeDevice(tx) },
    };
  },
});

function shutOutBy(profile: TlsProfile, negotiated: readonly TlsNegotiated[]): number {
  return negotiated
    .filter((group) => isShutOut(profile, group))
    .reduce((total, { devices }) => total + devices, 0);
}

async function readCertificates(tx: Tx): Promise<readonly ServerCertificateView[]> {
  const rows = await tx.serverCertificate.findMany({
    omit: { pem: true, serial: true },
    orderBy: [{ replacedAt: { sort: "desc", nulls: "first" } }, { createdAt: "desc" }],
    take: 20,
  });
  return rows.map((row) => ({
    ...row,
    notBefore: row.notBefore.toISOString(),
    notAfter: row.notAfter.toISOString(),
    createdAt: row.createdAt.toISOString(),
    replacedAt: row.replacedAt?.toISOString() ?? null,
  }));
}
