"use client";
import { useState } from "react";
import {
  AuthorityEndDialog,
  type AuthorityEnd,
} from "#components/enrolment/authority-end-dialog.tsx";
import { AuthorityRow } from "#components/enrolment/authority-row.tsx";
import { ProveDialog } from "#components/enrolment/prove-dialog.tsx";
import { RegisterDialog } from "#components/enrolment/register-dialog.tsx";
import type { AuthorityView, GroupDetail } from "#components/enrolment/views.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";

/** The customer's CAs of a group: register, prove, switch, remove. */
export function AuthoritiesCard({
  group,
  mayManage,
}: {
  readonly group: GroupDetail;
  readonly mayManage: boolean;
}) {
  const [proving, setProving] = useState<AuthorityView>();
  const [ending, setEnding] = useState<AuthorityEnd>();
  const [registered, setRegistered] = useState<string>();
  const fresh = group.authorities.find(({ id }) => id === registered);
  return (
    <Card labelledBy="authorities">
      <CardHeader
        id="authorities"
        title={text.authorities}
        aside={mayManage && <RegisterDialog group={group} onRegistered={setRegistered} />}
      />
      <p className="px-3.5 pt-3 pb-2 text-ink-2">{text.authoritiesIntro}</p>
      {group.authorities.length === 0 ? (
        <p className="px-3.5 pt-2 pb-6 text-ink-3">{text.noAuthorities}</p>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {group.authorities.map((authority) => (
            <AuthorityRow
              key={authority.id}
              authority={authority}
              {...(mayManage && {
                onProve: () => setProving(authority),
                onEnd: (end: AuthorityEnd["end"]) => setEnding({ authority, end }),
              })}
            />
          ))}
        </ul>
      )}
      <ProveDialog
        authority={proving ?? (fresh?.state === "unproven" ? fresh : undefined)}
        onClose={() => {
          setProving(undefined);
          setRegistered(undefined);
        }}
      />
      <AuthorityEndDialog group={group} ending={ending} onClose={() => setEnding(undefined)} />
    </Card>
  );
}
