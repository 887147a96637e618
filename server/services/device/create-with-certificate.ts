import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { issueFor, type IssuedCertificate } from "#server/services/certificate/internal.ts";
import { createWithCertificateSchema } from "#server/services/certificate/schemas.ts";
import { insertDevice, type DeviceCreated } from "#server/services/device/insert-device.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";
import { defineMutation, requireCapability } from "#server/services/mutation.ts";

/** A new device with its first certificate. */
export type DeviceWithCertificate = {
  readonly device: DeviceCreated;
  readonly certificate: IssuedCertificate;
  /** PKCS #8, handed out this once; null where a signing request was given. */
  readonly privateKeyPem: string | null;
};

/**
 * Registers a device and issues its certificate in one transaction: both or neither. The audit
 * trail shows two events, as if they had been made one after the other.
 */
export const createDeviceWithCertificate = defineMutation({
  name: "certificate.issue",
  can: "certificate.issue",
  input: createWithCertificateSchema,
  run: async ({ ctx, tx, input }) => {
    await requireCapability(ctx, { name: "device.create", can: "device.manage" });
    const { csrPem, ...wanted } = input;
    const { device, key } = await insertDevice({ ctx, tx, input: wanted });
    const created = { target: deviceTarget(device), payload: { after: device } };
    await appendAudit(tx, ctx, { ...created, action: "device.create" });
    const made = csrPem === undefined ? await makeKeyAndRequest() : undefined;
    const { issued, audit } = await issueFor({
      ctx,
      tx,
      device,
      csrPem: csrPem ?? made?.csrPem ?? "",
    });
    const value: DeviceWithCertificate = {
      device,
      certificate: issued,
      privateKeyPem: made?.privateKeyPem ?? null,
    };
    return { value, audit, control: deviceChanged(ctx, { key }) };
  },
});
