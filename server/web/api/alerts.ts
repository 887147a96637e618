import { z } from "zod";
import { alertRules, alertStates, severities } from "#server/domain/alert.ts";
import { changeAlertChannel } from "#server/services/alert-channel/change.ts";
import { createAlertChannel } from "#server/services/alert-channel/create.ts";
import { listAlertChannels } from "#server/services/alert-channel/list.ts";
import { removeAlertChannel } from "#server/services/alert-channel/remove.ts";
import { rotateChannelSecret } from "#server/services/alert-channel/rotate-secret.ts";
import { channelKinds } from "#server/domain/alert-channel.ts";
import { testChannelInput } from "#server/services/alert-channel/test.ts";
import { acknowledgeAlerts } from "#server/services/alert/acknowledge-many.ts";
import { acknowledgeAlert } from "#server/services/alert/acknowledge.ts";
import { checkAlertsNow } from "#server/services/alert/check.ts";
import { countAlerts } from "#server/services/alert/counts.ts";
import { listAlerts } from "#server/services/alert/list.ts";
import { resolveAlert } from "#server/services/alert/resolve.ts";
import { showAlert } from "#server/services/alert/show.ts";

const instant = z.iso.datetime();
const tag = "Alerts";

const alert = z.object({
  id: z.uuid(),
  rule: z.enum(alertRules),
  severity: z.enum(severities),
  subject: z.object({
    kind: z.string(),
    id: z.string(),
    name: z.string(),
    path: z.string().nullable().describe("Of its page in the console"),
  }),
  step: z.string().describe("Days before the end, `expired`, or a word of the rule"),
  title: z.string(),
  detail: z.string(),
  remedy: z.string(),
  state: z.enum(alertStates),
  firstAt: instant,
  lastAt: instant,
  acknowledgedAt: instant.nullable(),
  acknowledgedBy: z.string().nullable(),
  note: z.string(),
  resolvedAt: instant.nullable(),
  resolvedBy: z.string().nullable(),
});

const delivery = z.object({
  channelId: z.uuid(),
  channelName: z.string(),
  state: z.enum(["pending", "sent", "failed"]),
  attempts: z.int(),
  sentAt: instant.nullable(),
  nextAt: instant.nullable(),
  error: z.string(),
});

export const listAlertsRoute = {
  method: "get",
  path: "/alerts",
  tag,
  summary: "List alerts, newest first; those that are not resolved unless `state` says otherwise",
  operation: listAlerts,
  request: z.object({
    state: z.enum([...alertStates, "standing", "all"]).optional(),
    severity: z.string().describe("A severity, or several by commas").optional(),
    rule: z.string().describe("A rule, or several by commas").optional(),
    subject: z.string().describe("Id or part of the name of what it is about").optional(),
    cursor: z.string().describe("`next` of the page before").optional(),
    limit: z.int().min(1).max(200).optional(),
  }),
  response: z.object({
    alerts: z.array(alert),
    next: z.string().nullable().describe("Pass as `cursor` for the next page"),
  }),
} as const;

export const countAlertsRoute = {
  method: "get",
  path: "/alerts/counts",
  tag,
  summary: "Count the alerts that are not resolved, by state and severity",
  operation: countAlerts,
  request: countAlerts.input,
  response: z.object({
    open: z.int(),
    acknowledged: z.int(),
    bySeverity: z.object({ info: z.int(), warning: z.int(), critical: z.int() }),
  }),
} as const;

export const showAlertRoute = {
  method: "get",
  path: "/alerts/{alertId}",
  tag,
  summary: "Show an alert with its history and what was sent of it",
  operation: showAlert,
  request: showAlert.input,
  response: alert.extend({
    mayBeResolved: z.boolean(),
    events: z.array(
      z.object({
        id: z.uuid(),
        kind: z.enum(["fired", "escalated", "acknowledged", "resolved"]),
        step: z.string(),
        severity: z.enum(severities),
        at: instant,
        by: z.string(),
        detail: z.string(),
        deliveries: z.array(delivery),
      }),
    ),
  }),
} as const;

export const acknowledgeAlertRoute = {
  method: "post",
  path: "/alerts/{alertId}/acknowledge",
  tag,
  summary: "Say that somebody takes care of an alert",
  operation: acknowledgeAlert,
  request: acknowledgeAlert.input,
  response: alert,
} as const;

export const acknowledgeAlertsRoute = {
  method: "post",
  path: "/alerts/acknowledge",
  tag,
  summary: "Acknowledge up to 500 alerts with one note",
  operation: acknowledgeAlerts,
  request: acknowledgeAlerts.input,
  response: z.object({ acknowledged: z.int() }),
} as const;

export const resolveAlertRoute = {
  method: "post",
  path: "/alerts/{alertId}/resolve",
  tag,
  summary: "End an alert of something that comes and goes; others end when their cause is gone",
  operation: resolveAlert,
  request: resolveAlert.input,
  response: alert,
} as const;

export const checkAlertsRoute = {
  method: "post",
  path: "/alerts/check",
  tag,
  summary: "Ask a worker to evaluate all rules now",
  operation: checkAlertsNow,
  request: checkAlertsNow.input,
  response: z.object({ asked: z.literal(true) }),
  status: 202,
} as const;

const channel = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(channelKinds),
  target: z.string(),
  minSeverity: z.enum(severities),
  rules: z.array(z.enum(alertRules)).describe("Empty: all"),
  enabled: z.boolean(),
  createdAt: instant,
  createdBy: z.string(),
  revision: z.int(),
});

export const listAlertChannelsRoute = {
  method: "get",
  path: "/alert-channels",
  tag,
  summary: "List where alerts are sent",
  operation: listAlertChannels,
  request: listAlertChannels.input,
  response: z.array(channel),
} as const;

export const createAlertChannelRoute = {
  method: "post",
  path: "/alert-channels",
  tag,
  summary: "Make a channel; the secret of a webhook is in this answer and nowhere else",
  operation: createAlertChannel,
  request: createAlertChannel.input,
  response: channel.extend({ secret: z.string().nullable() }),
  status: 201,
} as const;

export const changeAlertChannelRoute = {
  method: "put",
  path: "/alert-channels/{channelId}",
  tag,
  summary: "Change a channel; `revision` is the one that was read",
  operation: changeAlertChannel,
  request: changeAlertChannel.input,
  response: channel,
} as const;

export const removeAlertChannelRoute = {
  method: "delete",
  path: "/alert-channels/{channelId}",
  tag,
  summary: "Remove a channel and what waits to be sent to it",
  operation: removeAlertChannel,
  request: removeAlertChannel.input,
  status: 204,
} as const;

export const rotateChannelSecretRoute = {
  method: "post",
  path: "/alert-channels/{channelId}/secret",
  tag,
  summary: "Replace the secret of a webhook; the fresh one is in this answer and nowhere else",
  operation: rotateChannelSecret,
  request: rotateChannelSecret.input,
  response: z.object({ id: z.uuid(), secret: z.string() }),
} as const;

/** Its operation needs the ways out of this installation: see the route. */
export const testAlertChannelRoute = {
  method: "post",
  path: "/alert-channels/{channelId}/test",
  tag,
  summary: "Send a test notification and say how it ended",
  request: testChannelInput,
  response: z.object({ sent: z.boolean(), error: z.string() }),
} as const;
