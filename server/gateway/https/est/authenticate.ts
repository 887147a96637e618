import { createHash } from "node:crypto";
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
import type { PresentedCertificate } from "#server/gateway/identify/judge-certificate.ts";
import type { CertificateRecord } from "#server/gateway/identify/registry.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";
import type { FoundCredential } from "#server/services/enrolment/answer.ts";

/** Who asks, and by what it has proven that. */
export type EstCaller =
  /** One-time secret or claim certificate. */
  | { readonly kind: "credential"; readonly credential: FoundCredential; readonly userName: string }
  /** A device with a certificate of the registry. */
  | { readonly kind: "device"; readonly record: CertificateRecord }
  /** An unknown device whose certificate a customer's CA issued. */
  | { readonly kind: "customer"; readonly issued: IssuedByCustomer };

export type AuthenticateParts = {
  readonly registry: Lookups;
  readonly port: Pick<EnrolmentPort, "secret" | "authorities">;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/**
 * Who asks, RFC 7030 §3.3: by the client certificate of the TLS connection, else by HTTP Basic with
 * an enrolment secret as password.
 * @throws EstRefused 401 or 403; Error when the database cannot be asked
 */
export async function authenticate(
  parts: AuthenticateParts,
  { certificate, headers }: Pick<DeviceRequest, "certificate" | "headers">,
): Promise<EstCaller> {
  const found =
    certificate.kind === "certificate" ? await byCertificate(parts, certificate) : undefined;
  if (found !== undefined && !(found instanceof EstRefused)) return found;
  const secret = headers.authorization;
  if (secret !== undefined) return bySecret(parts, secret);
  throw found ?? new EstRefused(401, nothingShown, { headers: challenge });
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
  const isUnknown = refusal.cause === "unknown-certificate" || refusal.cause === "unknown-ca";
  if (!isUnknown) return new EstRefused(403, refusal, { concerned });
  const sha256s = presented.issuerSha256 === "" ? [] : [presented.issuerSha256];
  const issued = presented.ours
    ? undefined
    : issuedByCustomer(
        presented,
        await port.authorities({ sha256s, subjects: [presented.issuer] }),
      );
  if (issued === undefined) return new EstRefused(403, refusal, { concerned });
  const problem = notEnrolled(issued, at);
  if (problem === undefined) return { kind: "customer", issued };
  const { tenantId } = issued.authority.group;
  return new EstRefused(403, problem, { concerned: { tenantId, deviceKey: null } });
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
