import { z } from "zod";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import { releaseCertificate } from "#server/services/certificate/release.ts";
import { revocationImpact } from "#server/services/certificate/revocation-impact.ts";
import { revokeManyCertificates } from "#server/services/certificate/revoke-many.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import { suspendCertificate } from "#server/services/certificate/suspend.ts";

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
  summary: "Revoke a certificate for good, by id, SHA-256 or serial; its sessions are cut at once",
  operation: revokeCertificate,
  request: revokeCertificate.input,
  response: z.object({
    certificateId: z.uuid(),
    deviceId: z.string(),
    sha256: z.string(),
    revokedAt: instant,
    revocationId: z.uuid(),
  }),
} as const;

export const suspendCertificateRoute = {
  method: "post",
  path: "/certificates/{certificateId}/suspend",
  tag,
  summary: "Put a certificate on hold; its sessions are cut at once",
  operation: suspendCertificate,
  request: suspendCertificate.input,
  response: z.object({
    certificateId: z.uuid(),
    deviceId: z.string(),
    sha256: z.string(),
    suspendedAt: instant,
    revocationId: z.uuid(),
  }),
} as const;

export const releaseCertificateRoute = {
  method: "post",
  path: "/certificates/{certificateId}/release",
  tag,
  summary: "End the hold of a certificate",
  operation: releaseCertificate,
  request: releaseCertificate.input,
  response: z.object({
    certificateId: z.uuid(),
    deviceId: z.string(),
    sha256: z.string(),
    state: z.enum(["issued", "active", "superseded"]),
  }),
} as const;

export const revocationImpactRoute = {
  method: "post",
  path: "/certificates/revocation-impact",
  tag,
  summary: "Say how far revoking certificates would reach, without doing it",
  operation: revocationImpact,
  request: revocationImpact.input,
  response: z.object({
    certificates: z.int(),
    devices: z.int(),
    cutOff: z.int(),
    connected: z.int(),
    profiles: z.array(z.object({ name: z.string(), certificates: z.int() })),
  }),
} as const;

export const revokeManyRoute = {
  method: "post",
  path: "/certificates/revoke",
  tag,
  summary: "Revoke many certificates for good, those that were named or those that match",
  operation: revokeManyCertificates,
  request: revokeManyCertificates.input,
  response: z.object({
    run: z.uuid(),
    certificates: z.int(),
    devices: z.int(),
    already: z.int(),
  }),
} as const;
