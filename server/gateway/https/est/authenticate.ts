import { createHash } from "node:crypto";
import type { FoundTicket } from "#server/db/find-renewal-ticket.ts";
import type { EnrolmentPort } from "#server/gateway/enrolment-port.ts";
import type { DeviceRequest } from "#server/gateway/https/device-request.ts";
import { readBasic } from "#server/gateway/https/est/read-basic.ts";
import { challenge, EstRefused } from "#server/gateway/https/est/refused.ts";
import { identify, type Lookups } from "#server/gateway/identify/identify.ts";
import {
  issuedByCustomer,
  notEnrolled,
  type IssuedByCustomer,
} from "#server/gateway/identify/issued-by-customer.ts";
import {
  judgeCertificate,
  type PresentedCertificate,
} from "#server/gateway/identify/judge-certificate.ts";
import type { CertificateRecord } from "#server/gateway/identify/registry.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";
import type { RenewalPort } from "#server/gateway/renew/renewal-port.ts";
import { ticketPrefix } from "#server/services/certificate/renewal-schemas.ts";
import type { FoundCredential } from "#server/services/enrolment/answer.ts";

/** Who asks, and by what it has proven that. */
export type EstCaller =
  /** One-time secret or claim certificate. */
  | { readonly kind: "credential"; readonly credential: FoundCredential; readonly userName: string }
  /** A device with a certificate of the registry. */
  | { readonly kind: "device"; readonly record: CertificateRecord }
  /** A device whose certificate counted until it ran out. */
  | { readonly kind: "expired"; readonly record: CertificateRecord }
  /** A device with an operator's ticket for its renewal. */
  | { readonly kind: "ticket"; readonly ticket: FoundTicket; readonly code: string }
  /** An unknown device whose certificate a customer's CA issued. */
  | { readonly kind: "customer"; readonly issued: IssuedByCustomer };

export type AuthenticateParts = {
  readonly registry: Lookups;
  readonly port: Pick<EnrolmentPort, "secret" | "authorities">;
  readonly tickets: Pick<RenewalPort, "ticket">;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/**
 * Who asks, RFC 7030 §3.3: by the client certificate of the TLS connection, else by HTTP Basic with
 * an enrolment secret or a ticket as password. A certificate that has run out is told apart: whether
 * it may be renewed is decided by the device's profile.
 * @throws EstRefused 401 or 403; Error when the database cannot be asked
 */
export async function authenticate(
  parts: AuthenticateParts,
  { certificate, headers }: Pick<DeviceRequest, "certificate" | "headers">,
): Promise<EstCaller> {
  const found =
    certificate.kind === "certificate" ? await byCertificate(parts, certificate) : nothing();
  if (!(found instanceof EstRefused) && found.kind !== "expired") return found;
  const secret = headers.authorization;
  if (secret !== undefined) {
    const shown = found instanceof EstRefused ? undefined : found.record;
    return (await byTicket(parts, secret, shown)) ?? (await bySecret(parts, secret));
  }
  if (found instanceof EstRefused) throw found;
  return found;
}

function nothing(): EstRefused {
  return new EstRefused(401, nothingShown, { headers: challenge });
}

const nothingShown: Refusal = {
  cause: "no-certificate",
  detail: "The client showed neither a certificate nor an enrolment secret.",
  remedy:
    "Give the one-time secret of the enrolment group as password (curl: --user name:secret), or the claim certificate or the device's current one (curl: --cert and --key).",
};

/**
 * Who holds the certificate, or why it counts for nothing; that is not thrown, because a secret may
 * come with it.
 */
async function byCertificate(
  { registry, port, now }: AuthenticateParts,
  presented: PresentedCertificate,
): Promise<EstCaller | EstRefused> {
  const at = new Date(now());
  const found = await identify(registry, { kind: "certificate", ...presented }, at);
  if (found.principal !== undefined) {
    const { principal, certificate: record } = found;
    if (principal.kind === "enrolment" && principal.by.kind === "claim") {
      return { kind: "credential", credential: principal.by.credential, userName: "" };
    }
    if (record === undefined) throw new Error("A certificate decided without a record.");
    return { kind: "device", record };
  }
  const { refusal, concerned } = found;
  if (refusal.cause === "expired") {
    const record = await counted(registry, presented);
    if (record !== undefined) return { kind: "expired", record };
  }
  const isUnknown = refusal.cause === "unknown-certificate" || refusal.cause === "unknown-ca";
  if (!isUnknown || presented.ours) return new EstRefused(403, refusal, { concerned });
  return ofCustomer(port, presented, { at, refused: new EstRefused(403, refusal, { concerned }) });
}

/** A device that is not known, whose certificate a registered CA of a customer issued. */
async function ofCustomer(
  port: Pick<EnrolmentPort, "authorities">,
  presented: PresentedCertificate,
  { at, refused }: { readonly at: Date; readonly refused: EstRefused },
): Promise<EstCaller | EstRefused> {
  const sha256s = presented.issuerSha256 === "" ? [] : [presented.issuerSha256];
  const authorities = await port.authorities({ sha256s, subjects: [presented.issuer] });
  const issued = issuedByCustomer(presented, authorities);
  if (issued === undefined) return refused;
  const problem = notEnrolled(issued, at);
  if (problem === undefined) return { kind: "customer", issued };
  const { tenantId } = issued.authority.group;
  return new EstRefused(403, problem, { concerned: { tenantId, deviceKey: null } });
}

/** The certificate's record, if there was nothing against it when it ran out. */
async function counted(
  registry: Lookups,
  presented: PresentedCertificate,
): Promise<CertificateRecord | undefined> {
  const record = await registry.certificate(presented.sha256);
  if (record === undefined) return undefined;
  const judged = judgeCertificate(record, presented, record.notAfter);
  return judged.device === undefined ? undefined : record;
}

/** @returns undefined when the password is none of a ticket's form */
async function byTicket(
  { tickets }: AuthenticateParts,
  header: string,
  shown: CertificateRecord | undefined,
): Promise<EstCaller | undefined> {
  const basic = readBasic(header);
  if (basic === undefined || !basic.password.startsWith(ticketPrefix)) return undefined;
  const hash = createHash("sha256").update(basic.password).digest();
  const ticket = await tickets.ticket(hash);
  const isShownsOwn = shown === undefined || shown.device.id === ticket?.id;
  if (ticket !== undefined && ticket.deviceId === basic.userName && isShownsOwn) {
    return { kind: "ticket", ticket, code: basic.password };
  }
  throw new EstRefused(
    401,
    {
      cause: "bad-credentials",
      detail: `The ticket that was given ${basic.userName === "" ? "" : `with the user name ${quoted(basic.userName)} `}is not known here, or is another device's.`,
      remedy: "Give the device's id as user name, and a ticket made on its page as password.",
    },
    { headers: challenge, concerned: shown?.device },
  );
}

async function bySecret({ port }: AuthenticateParts, header: string): Promise<EstCaller> {
  const basic = readBasic(header);
  if (basic === undefined) {
    throw new EstRefused(
      401,
      {
        cause: "bad-credentials",
        detail: "The Authorization header is not HTTP Basic with a user name and a password.",
        remedy: "Use Basic, with the enrolment secret as password (curl: --user name:secret).",
      },
      { headers: challenge },
    );
  }
  const hash = createHash("sha256").update(basic.password).digest();
  const credential = await port.secret(hash);
  if (credential !== undefined) {
    return { kind: "credential", credential, userName: basic.userName };
  }
  throw new EstRefused(
    401,
    {
      cause: "bad-credentials",
      detail: `The enrolment secret that was given ${basic.userName === "" ? "" : `with the user name ${quoted(basic.userName)} `}is not known here.`,
      remedy: "Make a new one-time secret on the page of the enrolment group.",
    },
    { headers: challenge },
  );
}
