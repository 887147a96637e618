/** The five seats of an organisation. */
export const roles = ["viewer", "operator", "admin", "compliance_officer", "auditor"] as const;
export type Role = (typeof roles)[number];

/** What one may do. Every query and mutation names one; there is no default. */
export type Capability =
  | "fleet.view"
  | "telemetry.view"
  | "deadLetter.view"
  | "deadLetter.manage"
  | "deadLetter.export"
  | "schema.view"
  | "schema.manage"
  | "ledger.acknowledge"
  | "retention.manage"
  | "audit.view"
  | "people.view"
  | "device.manage"
  | "device.transfer"
  | "enrolment.view"
  | "enrolment.manage"
  | "enrolment.approve"
  | "batch.approve"
  | "certificate.view"
  | "certificate.issue"
  | "certificate.revoke"
  | "certificate.rotate"
  | "certificate.manage"
  | "authority.view"
  | "authority.manage"
  | "tls.view"
  | "tls.manage"
  | "alert.view"
  | "alert.acknowledge"
  | "alert.manage"
  | "profile.manage"
  | "people.manage"
  | "token.manage"
  | "serviceClient.view"
  | "serviceClient.manage"
  | "limit.view"
  | "limit.manage"
  | "mqttSession.end"
  | "retainedMessage.remove"
  | "device.annotate"
  | "group.manage"
  | "view.share"
  | "dashboard.edit"
  | "telemetry.export"
  | "storage.view"
  | "session.own";

const view = [
  "fleet.view",
  "telemetry.view",
  "schema.view",
  "certificate.view",
  "alert.view",
  "session.own",
] as const;

const oversight = [
  ...view,
  "deadLetter.view",
  "audit.view",
  "people.view",
  "enrolment.view",
  "serviceClient.view",
  "limit.view",
  "authority.view",
  "tls.view",
  "storage.view",
] as const;

/** The whole of authorisation as one table, read by the server and by the interface. */
export const grants: Readonly<Record<Role, readonly Capability[]>> = {
  viewer: view,
  operator: [
    ...view,
    "deadLetter.view",
    "deadLetter.manage",
    "ledger.acknowledge",
    "enrolment.view",
    "enrolment.approve",
    "batch.approve",
    "serviceClient.view",
    "limit.view",
    "authority.view",
    "tls.view",
    "certificate.rotate",
    "alert.acknowledge",
    "mqttSession.end",
    "retainedMessage.remove",
    "device.annotate",
    "group.manage",
    "view.share",
    "dashboard.edit",
    "telemetry.export",
  ],
  admin: [
    ...view,
    "deadLetter.view",
    "deadLetter.manage",
    "deadLetter.export",
    "schema.manage",
    "ledger.acknowledge",
    "retention.manage",
    "audit.view",
    "people.view",
    "device.manage",
    "device.transfer",
    "enrolment.view",
    "enrolment.manage",
    "enrolment.approve",
    "batch.approve",
    "certificate.issue",
    "certificate.revoke",
    "certificate.rotate",
    "certificate.manage",
    "authority.view",
    "authority.manage",
    "tls.view",
    "tls.manage",
    "alert.acknowledge",
    "alert.manage",
    "profile.manage",
    "people.manage",
    "token.manage",
    "serviceClient.view",
    "serviceClient.manage",
    "limit.view",
    "limit.manage",
    "mqttSession.end",
    "retainedMessage.remove",
    "device.annotate",
    "group.manage",
    "view.share",
    "dashboard.edit",
    "telemetry.export",
    "storage.view",
  ],
  compliance_officer: [
    ...oversight,
    "deadLetter.export",
    "retention.manage",
    "alert.acknowledge",
    "view.share",
    "dashboard.edit",
    "telemetry.export",
  ],
  auditor: oversight,
};

/** What the interface calls a role. */
export const roleNames: Readonly<Record<Role, string>> = {
  viewer: "Viewer",
  operator: "Operator",
  admin: "Administrator",
  compliance_officer: "Compliance officer",
  auditor: "Auditor",
};

/** Whether the role may do it. */
export function may(role: Role, capability: Capability): boolean {
  return grants[role].includes(capability);
}
