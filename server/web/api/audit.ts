import { z } from "zod";
import { listAudit } from "#server/services/audit/list.ts";
import { verifyAudit } from "#server/services/audit/verify.ts";

const instant = z.iso.datetime();
const seq = z.string().describe("Decimal sequence number");
const tag = "Audit trail";

export const listAuditRoute = {
  method: "get",
  path: "/audit",
  tag,
  summary: "Read the audit trail, newest first",
  operation: listAudit,
  request: listAudit.input,
  response: z.object({
    events: z.array(
      z.object({
        seq,
        at: instant,
        actor: z.string(),
        actorType: z.string(),
        action: z.string(),
        target: z.string(),
        outcome: z.string(),
        reason: z.string().nullable(),
        requestId: z.string().nullable(),
        ip: z.string().nullable(),
        payload: z.unknown(),
        hash: z.string(),
      }),
    ),
    next: seq.nullable().describe("Pass as `before` for the next page"),
  }),
} as const;

export const verifyAuditRoute = {
  method: "get",
  path: "/audit/verification",
  tag,
  summary: "Follow the hash chain of the audit trail and say where it first breaks",
  operation: verifyAudit,
  request: z.object({}),
  response: z.object({
    verifiedAt: instant,
    events: seq,
    head: z.string(),
    broken: z.object({ seq, problem: z.string(), detail: z.string() }).nullable(),
  }),
} as const;
