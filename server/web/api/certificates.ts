import { z } from "zod";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";

const instant = z.iso.datetime();
const tag = "Certificates";

export const issueCertificateRoute = {
  method: "post",
  path: "/devices/{deviceId}/certificates",
  tag,
  summary: "Issue a certificate for the key of a signing request",
  operation: issueCertificate,
  request: issueCertificate.input,
  response: z.object({
    certificateId: z.uuid(),
    deviceId: z.string(),
    certificatePem: z.string(),
    chainPem: z.string(),
    caPem: z.string(),
    sha256: z.string(),
    serial: z.string(),
    notAfter: instant,
    warnings: z.array(z.string()),
  }),
  status: 201,
} as const;

export const revokeCertificateRoute = {
  method: "post",
  path: "/certificates/{certificateId}/revoke",
  tag,
  summary: "Revoke a certificate for good; its connection is dropped at once",
  operation: revokeCertificate,
  request: revokeCertificate.input,
  response: z.object({
    certificateId: z.uuid(),
    deviceId: z.string(),
    sha256: z.string(),
    revokedAt: instant,
  }),
} as const;
