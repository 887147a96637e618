"use client";
import { useId, useState } from "react";
import { downloadText, fileNameOf } from "#components/authority/download-text.ts";
import { RetireDialog } from "#components/authority/retire-dialog.tsx";
import { MoveOffLink } from "#components/campaign/move-off-link.tsx";
import { authorityText } from "#components/strings/authority.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import { findingWeights, type AuthorityFinding } from "#server/domain/authority-findings.ts";
import type { AuthorityView } from "#server/services/authority/list.ts";

const tones: Readonly<Record<AuthorityView["state"], Tone>> = {
  active: "ok",
  trusted: "accent",
  retired: "idle",
};
const findingTones = { bad: "bad", warn: "warn", info: "idle" } as const;

const day = (iso: string): string => iso.slice(0, 10);

/** One CA: what it is, how long it lasts, where its key is, what is to be done. */
export function AuthorityItem({
  authority,
  mayManage,
}: {
  readonly authority: AuthorityView;
  readonly mayManage: boolean;
}) {
  const { name, kind, state, findings } = authority;
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h3 id={id} className="font-semibold text-ink">
          {name}
        </h3>
        <StateBadge tone={tones[state]}>{authorityText.states[state]}</StateBadge>
        <span className="text-sm text-ink-3">{authorityText.kinds[kind] ?? kind}</span>
        <ItemActions authority={authority} mayManage={mayManage} />
      </div>
      {findings.length > 0 && (
        <ul className="flex flex-col gap-1.5">
          {findings.map((finding) => (
            <Finding key={finding} finding={finding} />
          ))}
        </ul>
      )}
      <Facts authority={authority} />
    </section>
  );
}

function Finding({ finding }: { readonly finding: AuthorityFinding }) {
  const { title, remedy } = authorityText.findings[finding];
  return (
    <li className="flex flex-wrap items-baseline gap-x-2 gap-y-1 text-sm">
      <StateBadge tone={findingTones[findingWeights[finding]]}>{title}</StateBadge>
      <span className="max-w-3xl text-ink-2">{remedy}</span>
    </li>
  );
}

function Facts({ authority }: { readonly authority: AuthorityView }) {
  const { kind, keyPlace, keyAlgorithm, notBefore, notAfter, daysLeft, certificates } = authority;
  const left =
    daysLeft < 0 ? authorityText.over : authorityText.left(formatCount(Math.max(daysLeft, 0)));
  const counted = {
    key: "certificates",
    label: authorityText.certificates,
    value: formatCount(certificates),
  };
  return (
    <KeyValues
      className="text-sm"
      items={[
        {
          key: "validity",
          label: authorityText.validity,
          value: `${authorityText.until(day(notBefore), day(notAfter))}, ${left}`,
        },
        {
          key: "key",
          label: authorityText.key,
          value: [keyAlgorithm, authorityText.keyPlaces[keyPlace] ?? keyPlace]
            .filter((part) => part !== "")
            .join(", "),
        },
        ...(kind === "issuing" ? [counted] : []),
        {
          key: "sha256",
          label: authorityText.sha256,
          value: <CopyText text={authority.sha256} what={authorityText.sha256} />,
        },
      ]}
    />
  );
}

function ItemActions({
  authority,
  mayManage,
}: {
  readonly authority: AuthorityView;
  readonly mayManage: boolean;
}) {
  const [retiring, setRetiring] = useState(false);
  const { name, kind, state, pem } = authority;
  return (
    <span className="flex flex-wrap gap-1.5 sm:ml-auto">
      <Button
        size="sm"
        variant="ghost"
        aria-label={authorityText.downloadLabel(name)}
        onClick={() => downloadText(`${fileNameOf(name)}.pem`, pem)}
      >
        {authorityText.download}
      </Button>
      {kind === "issuing" && state !== "retired" && authority.certificates > 0 && (
        <MoveOffLink sha256={authority.sha256} name={name} />
      )}
      {mayManage && kind === "issuing" && state === "trusted" && (
        <Button
          size="sm"
          aria-label={authorityText.retireLabel(name)}
          onClick={() => setRetiring(true)}
        >
          {authorityText.retire}
        </Button>
      )}
      {retiring && <RetireDialog authority={authority} onClose={() => setRetiring(false)} />}
    </span>
  );
}
