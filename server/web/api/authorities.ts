import { z } from "zod";
import { authorityFindings } from "#server/domain/authority-findings.ts";
import { exportRoot } from "#server/services/authority/export-root.ts";
import { importIssuing } from "#server/services/authority/import-issuing.ts";
import { listAuthorities } from "#server/services/authority/list.ts";
import { removeRoot } from "#server/services/authority/remove-root.ts";
import { renewIssuing } from "#server/services/authority/renew-issuing.ts";
import { requestIssuing } from "#server/services/authority/request-issuing.ts";
import { retireIssuing } from "#server/services/authority/retire-issuing.ts";

const tag = "Certificate authorities";
const changed = z.object({ sha256: z.string() });

export const listAuthoritiesRoute = {
  method: "get",
  path: "/authorities",
  tag,
  summary: "List the CAs: chain, state, where the key is, days left, findings",
  operation: listAuthorities,
  request: listAuthorities.input,
  response: z.object({
    authorities: z.array(
      z.object({
        sha256: z.string(),
        kind: z.string(),
        name: z.string(),
        subject: z.string(),
        issuerSha256: z.string().nullable(),
        state: z.enum(["active", "trusted", "retired"]),
        keyPlace: z.string(),
        keyAlgorithm: z.string(),
        serial: z.string(),
        notBefore: z.iso.datetime(),
        notAfter: z.iso.datetime(),
        daysLeft: z.int(),
        certificates: z.int(),
        findings: z.array(z.enum(authorityFindings)),
        pem: z.string(),
      }),
    ),
    requestPem: z.string().nullable(),
    signerAnswers: z.boolean(),
    operator: z.boolean(),
  }),
} as const;

export const renewIssuingRoute = {
  method: "post",
  path: "/authorities/renew",
  tag,
  summary: "Make a new issuing CA, signed by the root that is on this server",
  operation: renewIssuing,
  request: renewIssuing.input,
  response: changed,
} as const;

export const requestIssuingRoute = {
  method: "post",
  path: "/authorities/request",
  tag,
  summary: "Make the key of an issuing CA, and a request for a root that is elsewhere",
  operation: requestIssuing,
  request: requestIssuing.input,
  response: z.object({ csrPem: z.string() }),
} as const;

export const importIssuingRoute = {
  method: "post",
  path: "/authorities/import",
  tag,
  summary: "Take over the certificate that another root made for the request",
  operation: importIssuing,
  request: importIssuing.input,
  response: changed,
} as const;

export const exportRootRoute = {
  method: "post",
  path: "/authorities/root/export",
  tag,
  summary: "Export the root's key under a passphrase",
  operation: exportRoot,
  request: exportRoot.input,
  response: changed.extend({ certificatePem: z.string(), encryptedKeyPem: z.string() }),
} as const;

export const removeRootRoute = {
  method: "post",
  path: "/authorities/root/remove",
  tag,
  summary: "Delete the root's key from this server, for good",
  operation: removeRoot,
  request: removeRoot.input,
  response: changed,
} as const;

export const retireIssuingRoute = {
  method: "post",
  path: "/authorities/{sha256}/retire",
  tag,
  summary: "Take an issuing CA out of the trusted ones and destroy its key",
  operation: retireIssuing,
  request: retireIssuing.input,
  response: changed.extend({ certificates: z.int() }),
} as const;
