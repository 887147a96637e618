import { randomBytes } from "node:crypto";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { makePkcs12 } from "#server/pki/pkcs12.ts";
import { findActiveDevice } from "#server/services/certificate/find-active-device.ts";
import { issueFor, type IssuedCertificate } from "#server/services/certificate/internal.ts";
import { issueWithKeySchema } from "#server/services/certificate/schemas.ts";
import { deviceChanged } from "#server/services/device/internal.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A certificate with its key, handed out this once: nothing here keeps the key. */
export type IssuedWithKey = IssuedCertificate & {
  /** PKCS #8. */
  readonly privateKeyPem: string;
  readonly pkcs12Base64: string;
  readonly pkcs12Password: string;
};

/** Makes a key and issues its certificate, for download once as PEM and PKCS #12. */
export const issueWithKey = defineMutation({
  name: "certificate.issueWithKey",
  can: "certificate.issue",
  input: issueWithKeySchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findActiveDevice(tx, input.deviceId);
    const { csrPem, privateKeyPem } = await makeKeyAndRequest();
    const { issued, audit } = await issueFor({ ctx, tx, device, csrPem });
    const pkcs12Password = input.pkcs12Password ?? randomBytes(18).toString("base64url");
    const file = await makePkcs12({
      ...issued,
      privateKeyPem,
      name: device.deviceId,
      password: pkcs12Password,
    });
    const value: IssuedWithKey = {
      ...issued,
      privateKeyPem,
      pkcs12Base64: file.toString("base64"),
      pkcs12Password,
    };
    return { value, audit, control: deviceChanged(ctx, device) };
  },
});
