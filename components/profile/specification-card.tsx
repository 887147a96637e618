"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { approve } from "#app/(console)/profiles/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { EditableCard } from "#components/profile/editable-card.tsx";
import {
  SpecificationFields,
  specificationOf,
  typedSpecification,
} from "#components/profile/specification-fields.tsx";
import { TrafficFindings } from "#components/profile/traffic-findings.tsx";
import {
  profileText,
  protocolNames,
  qosNames,
  transportNames,
} from "#components/strings/profile.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { useToast } from "#components/ui/toast.tsx";
import {
  deviceClassNames,
  type RecordedSpecification,
} from "#server/domain/transport-specification.ts";
import type { ProfileView } from "#server/services/profile/show.ts";

/** How devices of a profile are to connect, who approved it, and whether they do. */
export function SpecificationCard({
  profile,
  mayManage,
}: {
  readonly profile: ProfileView;
  readonly mayManage: boolean;
}) {
  const { specification } = profile;
  const [typed, setTyped] = useState(typedSpecification(specification));
  return (
    <EditableCard
      profile={profile}
      title={profileText.specificationTitle}
      mayManage={mayManage}
      {...(specification === null && { editLabel: profileText.specificationWrite })}
      {...(specification !== null && { aside: <Approval specification={specification} /> })}
      onEdit={() => setTyped(typedSpecification(specification))}
      changed={() => ({ specification: specificationOf(typed) })}
      form={({ fieldError }) => (
        <SpecificationFields
          typed={typed}
          fieldError={fieldError}
          onChange={(part) => setTyped({ ...typed, ...part })}
        />
      )}
    >
      {specification === null ? (
        <p className="text-ink-2">{profileText.specificationNone}</p>
      ) : (
        <Written profile={profile} specification={specification} mayManage={mayManage} />
      )}
    </EditableCard>
  );
}

function Approval({ specification }: { readonly specification: RecordedSpecification }) {
  const { approvedBy } = specification;
  return approvedBy === null ? (
    <StateBadge tone="warn">{profileText.notApproved}</StateBadge>
  ) : (
    <StateBadge tone="ok">{profileText.specificationStates.approved}</StateBadge>
  );
}

function Written({
  profile,
  specification,
  mayManage,
}: {
  readonly profile: ProfileView;
  readonly specification: RecordedSpecification;
  readonly mayManage: boolean;
}) {
  return (
    <div className="flex flex-col gap-4">
      <KeyValues items={[...choicesOf(specification), ...namesOf(specification)]} />
      {specification.approvedBy === null && mayManage && <ApproveButton profile={profile} />}
      <TrafficFindings profileId={profile.id} revision={profile.revision} />
    </div>
  );
}

/** What was chosen, and why. */
function choicesOf(specification: RecordedSpecification): readonly KeyValue[] {
  const { transports, protocol, qos, deviceClass, messagesPerHour, rationale } = specification;
  return [
    {
      key: "transports",
      label: profileText.transports,
      value: transports.map((each) => transportNames[each]).join(", "),
    },
    {
      key: "protocol",
      label: profileText.protocol,
      value: `${protocolNames[protocol]}, ${qosNames[qos]}`,
    },
    { key: "class", label: profileText.deviceClass, value: deviceClassNames[deviceClass] },
    { key: "rate", label: profileText.messagesPerHour, value: String(messagesPerHour) },
    {
      key: "why",
      label: profileText.rationale,
      value: rationale === "" ? profileText.none : rationale,
    },
  ];
}

/** By whom. */
function namesOf({
  writtenBy,
  writtenAt,
  approvedBy,
  approvedAt,
}: RecordedSpecification): readonly KeyValue[] {
  const said = (key: string, label: string, who: string, when: string | null): KeyValue => ({
    key,
    label,
    value: (
      <>
        {who}, <RelativeTime value={when} />
      </>
    ),
  });
  const written = said("written", profileText.writtenBy, writtenBy, writtenAt);
  if (approvedBy === null) return [written];
  return [written, said("approved", profileText.approvedBy, approvedBy, approvedAt)];
}

function ApproveButton({ profile }: { readonly profile: ProfileView }) {
  const router = useRouter();
  const toast = useToast();
  const { busy, refusal, submit } = useSubmit(approve);
  async function send() {
    const done = await submit({ profileId: profile.id, revision: profile.revision });
    if (done === undefined) return;
    toast({ tone: "ok", title: profileText.approved });
    router.refresh();
  }
  return (
    <div className="flex flex-col gap-2">
      <RefusalNote refusal={refusal} />
      <div className="flex flex-wrap items-center gap-3">
        <Button busy={busy} onClick={() => void send()}>
          {profileText.approve}
        </Button>
        <span className="text-sm text-ink-3">{profileText.approveHint}</span>
      </div>
    </div>
  );
}
