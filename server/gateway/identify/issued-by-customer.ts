import { X509Certificate } from "node:crypto";
import type { PresentedCertificate } from "#server/gateway/identify/judge-certificate.ts";
import { didIssue, issuedRefusal } from "#server/gateway/identify/judge-issued.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";
import type { FoundAuthority } from "#server/services/enrolment/answer.ts";

/** A certificate with the customer's CA that issued it. */
export type IssuedByCustomer = {
  readonly leaf: X509Certificate;
  readonly authority: FoundAuthority;
};

/** The registered CA whose key signed the certificate, an active one first. */
export function issuedByCustomer(
  { der }: PresentedCertificate,
  authorities: readonly FoundAuthority[],
): IssuedByCustomer | undefined {
  const proven = authorities.filter(({ state }) => state !== "unproven");
  if (der === undefined || proven.length === 0) return undefined;
  const leaf = new X509Certificate(der);
  const issuing = proven.filter(({ pem }) => didIssue(new X509Certificate(pem), leaf));
  const authority = issuing.find(({ state }) => state === "active") ?? issuing[0];
  return authority === undefined ? undefined : { leaf, authority };
}

/** Why devices with such a certificate are not enrolled; undefined when they may be. */
export function notEnrolled({ leaf, authority }: IssuedByCustomer, now: Date): Refusal | undefined {
  const { group, state, pem } = authority;
  const ca = new X509Certificate(pem);
  if (state !== "active") {
    return {
      cause: "ca-not-active",
      detail: `The certificate was issued by the CA ${quoted(ca.subject.replaceAll("\n", ", "))}, which is disabled.`,
      remedy: `Enable the CA in the enrolment group ${quoted(group.name)} if its devices may come again.`,
    };
  }
  if (!group.enabled) {
    return {
      cause: "ca-not-active",
      detail: `The enrolment group ${quoted(group.name)} of the CA takes no devices: it is disabled.`,
      remedy: `Enable the enrolment group ${quoted(group.name)}; devices that were enrolled before are not affected.`,
    };
  }
  return issuedRefusal(leaf, ca, now);
}
