"use client";
import { AuthoritiesCard } from "#components/enrolment/authorities-card.tsx";
import { CredentialsCard } from "#components/enrolment/credentials-card.tsx";
import { KeysCard, type FreshKeys } from "#components/enrolment/keys-card.tsx";
import type { GroupDetail } from "#components/enrolment/views.ts";

/** By what devices prove that they belong to the group: its CAs, claim certificates, secrets or keys. */
export function GroupAccess({
  group,
  freshKeys,
  mayManage,
}: {
  readonly group: GroupDetail;
  /** Only right after the group was made. */
  readonly freshKeys?: FreshKeys | undefined;
  readonly mayManage: boolean;
}) {
  switch (group.kind) {
    case "customer_ca":
      return <AuthoritiesCard group={group} mayManage={mayManage} />;
    case "claim":
      return <CredentialsCard group={group} kind="certificate" mayManage={mayManage} />;
    case "est":
      return (
        <div className="flex flex-col gap-3.5">
          <CredentialsCard group={group} kind="secret" mayManage={mayManage} />
          <CredentialsCard group={group} kind="certificate" mayManage={mayManage} />
          {group.authorities.length > 0 && <AuthoritiesCard group={group} mayManage={mayManage} />}
        </div>
      );
    case "symmetric_key":
      return <KeysCard group={group} fresh={freshKeys} mayManage={mayManage} />;
  }
}
