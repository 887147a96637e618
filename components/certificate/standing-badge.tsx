import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { standingNames, type CertificateStanding } from "#server/domain/certificate-standing.ts";

const tones: Readonly<Record<CertificateStanding, Tone>> = {
  valid: "ok",
  not_used: "accent",
  renew_soon: "warn",
  due: "accent",
  overdue: "warn",
  critical: "bad",
  expired: "bad",
  suspended: "warn",
  superseded: "idle",
  retired: "idle",
  revoked: "bad",
};

/** Where a certificate stands, in a word and a colour. */
export function StandingBadge({ standing }: { readonly standing: CertificateStanding }) {
  return <StateBadge tone={tones[standing]}>{standingNames[standing]}</StateBadge>;
}
