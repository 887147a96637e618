import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  isMain,
  lockBinding,
  recordOf,
  requireBinding,
} from "#server/services/schema/change-binding.ts";
import { bindingTarget } from "#server/services/schema/schemas.ts";

/**
 * Removes a binding: its messages have the version of the profile's other bindings, in the end that
 * of the main one, which cannot be removed.
 * @throws ServiceError not_found, conflict
 */
export const removeBinding = defineMutation({
  name: "schema.removeBinding",
  can: "schema.manage",
  input: bindingTarget,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const locked = await lockBinding(tx, ctx, input);
    const { profile, key } = locked;
    const row = requireBinding(locked);
    if (isMain(key)) {
      throw new ServiceError(
        "conflict",
        `“${profile.name}” needs a version for the messages without a binding of their own.`,
        { remedy: "Bind another version instead." },
      );
    }
    await tx.profileBinding.delete({
      where: { tenantId_profileId_stream_contentType: { tenantId, ...key } },
    });
    return {
      value: key,
      audit: {
        target: `profile:${profile.name}`,
        payload: {
          binding: { stream: key.stream, contentType: key.contentType },
          before: recordOf(row),
          after: null,
        },
      },
      control: { kind: "profile", tenantId, profileId: profile.id },
    };
  },
});
