import { lockProfile } from "#server/db/lock-profile.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { setProfilePolicySchema } from "#server/services/profile/schemas.ts";

/** The rules of a profile for the schemas that it uses. */
export type ProfilePolicy = {
  /** What a newer version of a schema that it uses must be towards the older ones. */
  readonly compatibility: "none" | "backward" | "forward" | "full";
  /** What becomes of a message that names a version which is not there. */
  readonly unknownVersion: "refuse" | "latest" | "quarantine";
  /** A reading that comes later than this after its own time is back-fill. */
  readonly lateSeconds: number;
};

/**
 * Changes the rules of a profile. What was published and stored before stays as it is.
 * @throws ServiceError not_found
 */
export const setProfilePolicy = defineMutation({
  name: "profile.setPolicy",
  can: "profile.manage",
  input: setProfilePolicySchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { profileId, compatibility, unknownVersion, lateSeconds } = input;
    const profile = await lockProfile(tx, tenantId, profileId);
    if (profile === undefined) {
      throw new ServiceError("not_found", "There is no such profile.", {
        remedy: "Choose one of the list.",
      });
    }
    const where = { tenantId_id: { tenantId, id: profileId } };
    const select = { compatibility: true, unknownVersion: true, lateSeconds: true } as const;
    const before = await tx.profile.findUniqueOrThrow({ where, select });
    const value: ProfilePolicy = {
      compatibility: compatibility ?? before.compatibility,
      unknownVersion: unknownVersion ?? before.unknownVersion,
      lateSeconds: lateSeconds ?? before.lateSeconds,
    };
    await tx.profile.update({ where, data: value });
    return {
      value,
      audit: { target: `profile:${profile.name}`, payload: { before, after: value } },
      control: { kind: "profile", tenantId, profileId },
    };
  },
});
