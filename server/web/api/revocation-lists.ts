import { z } from "zod";
import { listCrls } from "#server/services/revocation-list/list.ts";
import { publishCrls } from "#server/services/revocation-list/publish.ts";
import { readCrlFile } from "#server/services/revocation-list/read.ts";

const tag = "Revocation lists";

const list = z.object({
  kind: z.enum(["full", "delta"]),
  number: z.string(),
  baseNumber: z.string().nullable(),
  entries: z.int(),
  bytes: z.int(),
  createdAt: z.iso.datetime(),
  thisUpdate: z.iso.datetime(),
  nextUpdate: z.iso.datetime(),
  health: z.enum(["current", "late", "expired"]),
  url: z.string().nullable(),
});

export const listCrlsRoute = {
  method: "get",
  path: "/revocation-lists",
  tag,
  summary: "List the newest lists of revoked certificates of every issuing CA",
  operation: listCrls,
  request: listCrls.input,
  response: z.array(
    z.object({
      issuerSha256: z.string(),
      issuer: z.string(),
      state: z.enum(["active", "trusted", "retired"]),
      isKept: z.boolean(),
      ocspUrl: z.string().nullable(),
      lists: z.array(list),
    }),
  ),
} as const;

export const crlFileRoute = {
  method: "get",
  path: "/revocation-lists/{issuerSha256}/{kind}",
  tag,
  summary: "Read the newest list of revoked certificates of an issuing CA, DER (RFC 5280)",
  operation: readCrlFile,
  request: readCrlFile.input,
  response: z.string(),
  media: { answer: "application/pkix-crl" },
} as const;

export const publishCrlsRoute = {
  method: "post",
  path: "/revocation-lists/publish",
  tag,
  summary: "Have new lists of revoked certificates made now; only in the operator's organisation",
  operation: publishCrls,
  request: publishCrls.input,
  response: z.object({ askedAt: z.iso.datetime() }),
  status: 202,
} as const;
