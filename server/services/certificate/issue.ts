import { findActiveDevice } from "#server/services/certificate/find-active-device.ts";
import { issueFor } from "#server/services/certificate/internal.ts";
import { issueCertificateSchema } from "#server/services/certificate/schemas.ts";
import { deviceChanged } from "#server/services/device/internal.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** Issues a certificate for the key of a pasted signing request; the key stays on the device. */
export const issueCertificate = defineMutation({
  name: "certificate.issue",
  can: "certificate.issue",
  input: issueCertificateSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findActiveDevice(tx, input.deviceId);
    const { issued, audit } = await issueFor({ ctx, tx, device, csrPem: input.csrPem });
    return { value: issued, audit, control: deviceChanged(ctx, device) };
  },
});
