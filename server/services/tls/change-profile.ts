import { tlsProfiles } from "#server/domain/tls-profiles.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { requireOperator, writeSetting } from "#server/services/tls/internal.ts";
import { changeTlsProfileSchema } from "#server/services/tls/schemas.ts";
import { readChosenProfile, tlsSettingKeys } from "#server/services/tls/settings.ts";

/**
 * Chooses the TLS profile of all device listeners. New handshakes follow it at once on every worker;
 * connections that are open go on.
 * @throws ServiceError forbidden (another organisation runs the installation), conflict (changed
 *   since, or in use already)
 */
export const changeTlsProfile = defineMutation({
  name: "tls.profile_change",
  can: "tls.manage",
  input: changeTlsProfileSchema,
  run: async ({ ctx, tx, input: { profile, revision } }) => {
    await requireOperator(tx, ctx);
    const before = await readChosenProfile(tx);
    if (before.revision !== revision) {
      throw new ServiceError("conflict", "The profile was changed in the meantime.", {
        remedy: "Look at it again, then choose.",
      });
    }
    if (before.profile === profile) {
      throw new ServiceError("conflict", `${tlsProfiles[profile].title} is in use already.`, {
        remedy: "Nothing was changed.",
      });
    }
    const value = { profile, revision: revision + 1 };
    await writeSetting(tx, ctx, { key: tlsSettingKeys.profile, value });
    return {
      value,
      audit: {
        target: "tls:profile",
        payload: { before: { profile: before.profile }, after: { profile } },
      },
      control: { kind: "trust" as const, tenantId: ctx.tenantId },
    };
  },
});
