import { z } from "zod";
import { revocationStates } from "#server/domain/revocation-state.ts";
import { listRevocations } from "#server/services/revocation/list.ts";
import { revocationProof } from "#server/services/revocation/proof.ts";

const instant = z.iso.datetime();
const tag = "Certificates";

const view = z.object({
  id: z.uuid(),
  certificateId: z.uuid(),
  sha256: z.string(),
  serial: z.string().nullable(),
  device: z.object({ deviceId: z.string(), name: z.string() }).nullable(),
  kind: z.enum(["revoked", "suspended"]),
  state: z.enum(revocationStates),
  reason: z.string(),
  at: instant,
  by: z.string(),
  wasConnected: z.boolean(),
  lastSessionAt: instant.nullable(),
  lastMessageAt: instant.nullable(),
  crl: z.object({ number: z.string(), at: instant }).nullable(),
  cut: z.object({ at: instant, sessions: z.int() }).nullable(),
  attempts: z.int(),
  lastAttempt: z.object({ at: instant, remote: z.string() }).nullable(),
  released: z.object({ at: instant, by: z.string() }).nullable(),
});

export const listRevocationsRoute = {
  method: "get",
  path: "/revocations",
  tag,
  summary: "List certificates that were revoked or put on hold, newest first",
  operation: listRevocations,
  request: listRevocations.input,
  response: z.object({
    revocations: z.array(view),
    counts: z.object({
      revoked: z.int(),
      held: z.int(),
      released: z.int(),
      trying: z.int(),
    }),
    next: z.string().nullable(),
  }),
} as const;

const missing = z.array(z.enum(["session", "workers", "list"]));

export const showRevocationRoute = {
  method: "get",
  path: "/revocations/{revocationId}",
  tag,
  summary: "Show what proves that a revoked certificate is dead",
  operation: revocationProof,
  request: revocationProof.input,
  response: view.extend({
    organisation: z.string(),
    certificate: z
      .object({
        subject: z.string(),
        issuer: z.string(),
        keyAlgorithm: z.string(),
        notBefore: instant,
        notAfter: instant,
        issuedAt: instant,
        issuedBy: z.string(),
      })
      .nullable(),
    session: z.object({
      connected: z.boolean(),
      begunAt: instant.nullable(),
      endedAt: instant.nullable(),
      endReason: z.string().nullable(),
      remote: z.string().nullable(),
    }),
    checks: z.array(
      z.object({ workerId: z.uuid(), host: z.string(), at: instant, sessions: z.int() }),
    ),
    workersMissing: z.int(),
    listed: z.enum(["yes", "pending", "not-ours"]),
    refused: z.array(
      z.object({
        cause: z.string(),
        detail: z.string(),
        remote: z.string(),
        count: z.int(),
        firstAt: instant,
        lastAt: instant,
      }),
    ),
    audit: z
      .object({ seq: z.string(), hash: z.string(), at: instant, action: z.string() })
      .nullable(),
    verdict: z.union([
      z.object({ kind: z.literal("dead"), since: instant, missing }),
      z.object({ kind: z.literal("pending"), missing }),
      z.object({ kind: z.enum(["released", "replaced"]) }),
    ]),
  }),
} as const;

export const revocationProofRoute = {
  method: "get",
  path: "/revocations/{revocationId}/proof.pdf",
  tag,
  summary: "Download the proof of a revocation, as PDF",
  operation: revocationProof,
  request: revocationProof.input,
  response: z.string(),
  media: { answer: "application/pdf" },
} as const;
