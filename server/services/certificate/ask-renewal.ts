import {
  askPayload,
  sendRenewalAsks,
  type AskOutcome,
} from "#server/services/certificate/ask-for-renewal.ts";
import { currentCertificate } from "#server/services/certificate/current-certificate.ts";
import { askRenewalSchema } from "#server/services/certificate/renewal-schemas.ts";
import { deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** For so long it waits for a device that is asleep. */
const waitMs = 30 * 86_400_000;

/**
 * Asks one device to renew its certificate now. It is told over MQTT, at once or when it comes.
 * @throws ServiceError not_found, conflict (decommissioned, suspended, or without a certificate)
 */
export const askRenewal = defineMutation({
  name: "certificate.askRenewal",
  can: "certificate.rotate",
  input: askRenewalSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    if (device.state === "suspended") {
      throw new ServiceError("conflict", `The device “${device.deviceId}” is suspended.`, {
        remedy: "Resume it before it renews its certificate.",
      });
    }
    const certificate = await currentCertificate({ ctx, tx, deviceUuid: device.id });
    if (certificate === undefined) {
      throw new ServiceError(
        "conflict",
        `The device “${device.deviceId}” has no certificate that counts.`,
        { remedy: "Issue one on the page of the device." },
      );
    }
    const asked = {
      key: device.key,
      deviceId: device.deviceId,
      certificateId: certificate.id,
      dueAt: certificate.renewalDueAt,
    };
    const [outcome] = await sendRenewalAsks(tx, ctx, [asked], { reason: input.reason, waitMs });
    const value: AskOutcome = { deviceId: device.deviceId, sessions: outcome?.sessions ?? 0 };
    return {
      value,
      audit: {
        target: deviceTarget(device),
        reason: input.reason,
        payload: askPayload(ctx, asked, value.sessions),
      },
    };
  },
});
