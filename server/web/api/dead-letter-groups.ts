import { z } from "zod";
import { transformSteps } from "#server/domain/transform-steps.ts";
import { assignDeadLetterGroup } from "#server/services/dead-letter/assign-group.ts";
import { cancelDeadLetterRun } from "#server/services/dead-letter/cancel-run.ts";
import { listDeadLetterGroups } from "#server/services/dead-letter/list-groups.ts";
import { listDeadLetterRuns } from "#server/services/dead-letter/list-runs.ts";
import { deadLetterDirections, runKinds } from "#server/services/dead-letter/schemas.ts";
import { showDeadLetterGroup } from "#server/services/dead-letter/show-group.ts";
import { showDeadLetterRun } from "#server/services/dead-letter/show-run.ts";
import { startDeadLetterRun } from "#server/services/dead-letter/start-run.ts";
import { runFailure, runSample } from "#server/web/api/dead-letters.ts";

const instant = z.iso.datetime();
const tag = "Dead letters";

const person = z.object({ id: z.uuid(), name: z.string() }).nullable();

const group = z.object({
  fingerprint: z.string(),
  direction: z.enum(deadLetterDirections),
  reason: z.string(),
  path: z.string(),
  errorKind: z.string(),
  detail: z.string(),
  profile: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  schema: z.object({ name: z.string(), version: z.int() }).nullable(),
  open: z.int(),
  replayed: z.int(),
  discarded: z.int(),
  expired: z.int().describe("Deleted by retention while open"),
  firstAt: instant,
  lastAt: instant,
  devices: z.int().describe("Among the newest letters, see `devicesOf`"),
  devicesOf: z.int(),
  trend: z
    .array(z.object({ at: instant, count: z.int() }))
    .describe("The last 24 hours, oldest first"),
  assignee: person,
  note: z.string(),
});

const run = z.object({
  id: z.uuid(),
  kind: z.enum(runKinds),
  state: z.enum(["queued", "running", "done", "cancelled", "failed"]),
  fingerprint: z.string().nullable(),
  total: z.int(),
  done: z.int(),
  stored: z.int().describe("Of a dry-run: would be stored"),
  duplicate: z.int(),
  failed: z.int(),
  reason: z.string(),
  transform: transformSteps,
  edited: z.boolean(),
  createdAt: instant,
  createdBy: z.string(),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  cancelledBy: z.string().nullable(),
  error: z.string(),
  samples: z.array(runSample),
  failures: z.array(runFailure),
  ratePerSecond: z.int().nullable(),
  secondsLeft: z.int().nullable(),
});

const counted = z.array(z.object({ deviceId: z.string(), count: z.int() }));

export const listGroupsRoute = {
  method: "get",
  path: "/dead-letter-groups",
  tag,
  summary: "List refused messages by cause, those that came last first",
  operation: listDeadLetterGroups,
  request: listDeadLetterGroups.input,
  response: z.object({
    groups: z.array(group),
    next: z.string().nullable().describe("Pass as `cursor` for the next page"),
  }),
} as const;

export const showGroupRoute = {
  method: "get",
  path: "/dead-letter-groups/{fingerprint}",
  tag,
  summary: "Show a cause with the devices it concerns and what was done about it",
  operation: showDeadLetterGroup,
  request: showDeadLetterGroup.input,
  response: group.extend({
    topDevices: counted,
    firmware: z.array(z.object({ firmware: z.string().nullable(), count: z.int() })),
    runs: z.array(run),
  }),
} as const;

export const assignGroupRoute = {
  method: "put",
  path: "/dead-letter-groups/{fingerprint}/assignee",
  tag,
  summary: "Give a cause to somebody to take care of, with a note",
  operation: assignDeadLetterGroup,
  request: assignDeadLetterGroup.input,
  response: z.object({ fingerprint: z.string(), assignee: person, note: z.string() }),
} as const;

export const listRunsRoute = {
  method: "get",
  path: "/dead-letter-runs",
  tag,
  summary: "List dry-runs, replays and discards, newest first",
  operation: listDeadLetterRuns,
  request: listDeadLetterRuns.input,
  response: z.array(run),
} as const;

export const startRunRoute = {
  method: "post",
  path: "/dead-letter-runs",
  tag,
  summary: "Start a dry-run, a replay or a discard of a group, or of letters one by one",
  operation: startDeadLetterRun,
  request: startDeadLetterRun.input,
  response: z.object({ id: z.uuid(), total: z.int() }),
  status: 201,
} as const;

export const showRunRoute = {
  method: "get",
  path: "/dead-letter-runs/{id}",
  tag,
  summary: "Show how far a run is and what it found",
  operation: showDeadLetterRun,
  request: showDeadLetterRun.input,
  response: run,
} as const;

export const cancelRunRoute = {
  method: "post",
  path: "/dead-letter-runs/{id}/cancel",
  tag,
  summary: "Stop a run after the transaction at work; what is done stays done",
  operation: cancelDeadLetterRun,
  request: cancelDeadLetterRun.input,
  response: z.object({ id: z.uuid(), total: z.int(), done: z.int() }),
} as const;
