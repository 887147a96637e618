import { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import {
  defaultTlsProfile,
  tlsProfileNames,
  type TlsProfileName,
} from "#server/domain/tls-profiles.ts";

/** Keys of `installation_setting` about TLS. */
export const tlsSettingKeys = {
  /** The chosen profile. */
  profile: "tls.profile",
  /** Who asked for a probe last. */
  probeRequest: "tls.probe_request",
  /** What the prober has of the registry; see probe-identity.ts. */
  probeDevice: "tls.probe_device",
} as const;

/** The profile and how often it was changed. */
const profileValue = z.object({
  profile: z.enum(tlsProfileNames),
  revision: z.int().min(1),
});

/** Who asked for a probe last, and when. */
const requestValue = z.object({ by: z.string(), at: z.iso.datetime() });

/** What was chosen; revision 0 while nobody has. */
export type ChosenProfile = {
  readonly profile: TlsProfileName;
  readonly revision: number;
  readonly changedAt: Date | null;
  readonly changedBy: string | null;
};

/** The profile in use. What this version does not know is the default, as in the workers. */
export async function readChosenProfile(tx: Tx): Promise<ChosenProfile> {
  const row = await tx.installationSetting.findUnique({ where: { key: tlsSettingKeys.profile } });
  const { profile = defaultTlsProfile, revision = 0 } =
    profileValue.safeParse(row?.value).data ?? {};
  return {
    profile,
    revision,
    changedAt: row?.changedAt ?? null,
    changedBy: row?.changedBy ?? null,
  };
}

/** Who asked for a probe last; null when nobody has. */
export async function readProbeRequest(
  tx: Tx,
): Promise<{ readonly by: string; readonly at: Date } | null> {
  const where = { key: tlsSettingKeys.probeRequest };
  const row = await tx.installationSetting.findUnique({ where, select: { value: true } });
  const request = requestValue.safeParse(row?.value).data;
  return request === undefined ? null : { by: request.by, at: new Date(request.at) };
}
