"use client";
import clsx from "clsx";
import { daysWords } from "#components/certificate/certificate-columns.tsx";
import { certificatePageText as text } from "#components/strings/certificate-page.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { useNow } from "#components/ui/clock.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import {
  lifeGone,
  livingStandings,
  type CertificateStanding,
} from "#server/domain/certificate-standing.ts";
import type { CertificateDetail } from "#server/services/certificate/show.ts";

/** From when to when it counts, and how much of that is gone. */
export function ValidityCard({ certificate }: { readonly certificate: CertificateDetail }) {
  const notBefore = new Date(certificate.notBefore);
  const notAfter = new Date(certificate.notAfter);
  const percent = useNow((now) =>
    Math.floor(lifeGone({ notBefore, notAfter }, new Date(now)) * 100),
  );
  const bad = certificate.standing === "critical" || certificate.standing === "expired";
  return (
    <Card labelledBy="validity">
      <CardHeader id="validity" title={text.validity} aside={daysWords(certificate.daysLeft)} />
      <CardBody className="flex flex-col gap-3">
        <div>
          <div aria-hidden className="h-2 overflow-hidden rounded-full bg-sunken">
            <div
              className={clsx("h-full", bad ? "bg-bad" : "bg-accent")}
              style={{ width: `${percent ?? 0}%` }}
            />
          </div>
          <p className="mt-1.5 text-ink-2">{text.lifeGone(String(percent ?? 0))}</p>
        </div>
        <KeyValues
          items={[
            {
              key: "from",
              label: text.notBefore,
              value: <ExactTime value={certificate.notBefore} />,
            },
            {
              key: "until",
              label: text.notAfter,
              value: <ExactTime value={certificate.notAfter} />,
            },
          ]}
        />
      </CardBody>
    </Card>
  );
}

const living: readonly CertificateStanding[] = livingStandings;

/** Why it is renewed when it is. */
function reasonOf({ standing, plan, renewalDueAt, policy }: CertificateDetail): string {
  if (!living.includes(standing) && standing !== "expired") return text.notDue;
  if (plan === "campaign") return text.byCampaign;
  if (renewalDueAt !== null) return text.byDevice;
  return text.byPeople(String(Math.max(...policy.alertDays)));
}

/** When and how the next one comes. */
export function RenewalCard({ certificate }: { readonly certificate: CertificateDetail }) {
  const { renewalDueAt, nextContactAt, notAfter, retireAt, policy, standing } = certificate;
  const tooLate = nextContactAt !== null && nextContactAt > notAfter && living.includes(standing);
  return (
    <Card labelledBy="renewal">
      <CardHeader id="renewal" title={text.renewal} />
      <CardBody className="flex flex-col gap-3">
        <p className="text-ink-2">{reasonOf(certificate)}</p>
        <KeyValues
          items={[
            ...(renewalDueAt === null
              ? []
              : [{ key: "due", label: text.dueAt, value: <ExactTime value={renewalDueAt} /> }]),
            ...(nextContactAt === null
              ? []
              : [
                  {
                    key: "contact",
                    label: text.nextContact,
                    value: <RelativeTime value={nextContactAt} />,
                  },
                ]),
            ...(retireAt === null
              ? []
              : [{ key: "retire", label: text.retireAt, value: <ExactTime value={retireAt} /> }]),
          ]}
        />
        {tooLate && <p className="text-bad">{text.before}</p>}
        <p className="text-sm text-ink-3">
          {policy.overlapDays === 0 ? text.overlapNone : text.overlap(String(policy.overlapDays))}
        </p>
      </CardBody>
    </Card>
  );
}
