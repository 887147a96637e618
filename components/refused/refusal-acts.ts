import { deviceHref } from "#components/device/device-href.ts";
import { refusedText } from "#components/strings/refused.ts";
import { may, type Role } from "#server/domain/roles.ts";
import type { RefusedConnection } from "#server/services/refused-connection/list.ts";

/** Something to do about a refusal; the first of a list is the best. */
export type RefusalAct = { readonly href: string; readonly label: string };

const byCertificate = new Set([
  "expired",
  "not-yet-valid",
  "revoked",
  "retired",
  "certificate-suspended",
  "unknown-certificate",
  "unknown-ca",
  "wrong-subject",
  "no-certificate",
]);
const byToken = new Set([
  "plain-not-allowed",
  "bad-credentials",
  "sas-malformed",
  "sas-signature",
  "sas-other-device",
  "no-sas-key",
]);
const byEnrolment = new Set(["awaits-approval", "enrolment-refused"]);
const byLimit = new Set([
  "rate",
  "throttled",
  "quota",
  "too-many-connections",
  "packet-too-large",
  "receive-maximum",
]);
const byGuide = new Set([
  "client-id-mismatch",
  "publish-not-allowed",
  "subscribe-not-allowed",
  "will-not-allowed",
  "topic-invalid",
  "protocol-version",
  "authentication-method",
  "malformed",
  "protocol-error",
  "topic-alias",
  "handshake",
  "no-connect",
]);

/** Where the reader, with this role, can do something about the refusal. */
export function refusalActs(
  refusal: Pick<RefusedConnection, "cause" | "claimedId" | "device" | "sha256">,
  role: Role,
): readonly RefusalAct[] {
  const { cause, device } = refusal;
  const owned =
    device === null ? actsWithoutDevice(refusal, role) : actsOfDevice(refusal, device, role);
  return [
    ...enrolmentActs(cause, role),
    ...owned.slice(0, 1),
    ...when(
      byLimit.has(cause) && may(role, "limit.view"),
      "/settings/limits",
      refusedText.actLimits,
    ),
    ...owned.slice(1),
    ...when(byGuide.has(cause), "/docs/mqtt", refusedText.actGuide),
  ];
}

/** A device that asked to be enrolled stands among the requests; a CA on the page of its group. */
function enrolmentActs(cause: string, role: Role): readonly RefusalAct[] {
  const mayView = may(role, "enrolment.view");
  return [
    ...when(
      mayView && byEnrolment.has(cause),
      "/onboard/requests",
      refusedText.actEnrolmentRequests,
    ),
    ...when(
      mayView && cause === "ca-not-active",
      "/onboard/groups",
      refusedText.actEnrolmentGroups,
    ),
  ];
}

function when(condition: boolean, href: string, label: string): readonly RefusalAct[] {
  return condition ? [{ href, label }] : [];
}

function actsOfDevice(
  { cause, sha256 }: Pick<RefusedConnection, "cause" | "sha256">,
  device: NonNullable<RefusedConnection["device"]>,
  role: Role,
): readonly RefusalAct[] {
  const page = deviceHref(device);
  const mayIssue = may(role, "certificate.issue");
  // A SAS token expires as well; then no certificate was shown.
  const isToken = byToken.has(cause) || (cause === "expired" && sha256 === "");
  return [
    ...when(
      mayIssue && byCertificate.has(cause) && !isToken,
      `${page}/certificate?issue=1`,
      refusedText.actIssue,
    ),
    ...when(isToken, `${page}/certificate#tokens`, refusedText.actCredentials),
    { href: `${page}/connection`, label: refusedText.actDevice },
  ];
}

function actsWithoutDevice(
  { cause, claimedId }: Pick<RefusedConnection, "cause" | "claimedId">,
  role: Role,
): readonly RefusalAct[] {
  // Names of service clients have an @, those of devices cannot.
  if (claimedId.includes("@")) {
    const path = `/settings/service-clients/${encodeURIComponent(claimedId)}`;
    return when(may(role, "serviceClient.view"), path, refusedText.actService);
  }
  const isStranger = byCertificate.has(cause) || byToken.has(cause);
  return when(isStranger && may(role, "device.manage"), "/onboard", refusedText.actOnboard);
}
