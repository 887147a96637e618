"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { ConnectCard } from "#components/enrolment/connect-card.tsx";
import { EndpointProvider, type EnrolmentEndpoint } from "#components/enrolment/endpoint.tsx";
import { groupQuery, requestsHref } from "#components/enrolment/enrolment-queries.ts";
import { GroupAccess } from "#components/enrolment/group-access.tsx";
import { GroupSwitch } from "#components/enrolment/group-actions.tsx";
import { GroupState } from "#components/enrolment/group-list.tsx";
import { GroupRequestsCard } from "#components/enrolment/group-requests-card.tsx";
import { RulesCard } from "#components/enrolment/rules-card.tsx";
import type { ProfileOption } from "#components/enrolment/rules-form.tsx";
import { VersionsCard } from "#components/enrolment/versions-card.tsx";
import type { GroupDetail, GroupVersion } from "#components/enrolment/views.ts";
import { WebhookCard } from "#components/enrolment/webhook-card.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { onboardCrumbs } from "#components/onboard/onboard-frame.tsx";
import { enrolmentText, kindText } from "#components/strings/enrolment.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

/** One enrolment group: state, rules and their versions, what devices prove themselves by, who came. */
export function GroupPage({
  first,
  profiles,
  endpoint,
  mayManage,
}: {
  readonly first: GroupDetail;
  readonly profiles: readonly ProfileOption[];
  readonly endpoint: EnrolmentEndpoint;
  readonly mayManage: boolean;
}) {
  const { data: group = first } = useQuery(groupQuery(first.id, first));
  const [again, setAgain] = useState<GroupVersion>();
  return (
    <EndpointProvider endpoint={endpoint}>
      <PageHeader
        title={group.name}
        subtitle={kindText[group.kind].purpose}
        badge={<GroupState enabled={group.enabled} />}
        breadcrumb={onboardCrumbs({ label: enrolmentText.title, href: "/onboard/groups" })}
        {...(mayManage && { actions: <GroupSwitch group={group} /> })}
      />
      <div className="flex flex-col gap-3.5">
        {!group.enabled && (
          <p className="rounded border border-warn/40 bg-warn-soft px-3 py-2 text-warn">
            {text.off}
          </p>
        )}
        <div className="grid grid-cols-1 items-start gap-3.5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <GroupAccess group={group} mayManage={mayManage} />
          <Facts group={group} />
        </div>
        <RulesCard
          group={group}
          profiles={profiles}
          mayManage={mayManage}
          again={again}
          onDone={() => setAgain(undefined)}
        />
        <div className="grid grid-cols-1 items-start gap-3.5 lg:grid-cols-2">
          <VersionsCard group={group} mayManage={mayManage} onAgain={setAgain} />
          <GroupRequestsCard group={group} />
        </div>
        <WebhookCard group={group} mayManage={mayManage} />
        <ConnectCard group={group} />
      </div>
    </EndpointProvider>
  );
}

function Facts({ group }: { readonly group: GroupDetail }) {
  const { kind, publicId, enrolled, maxDevices } = group;
  return (
    <Card labelledBy="facts">
      <CardHeader id="facts" title={text.facts} />
      <CardBody>
        <KeyValues
          items={[
            { key: "kind", label: text.kind, value: kindText[kind].name },
            {
              key: "publicId",
              label: text.publicId[kind],
              value: <CopyText text={publicId} what={text.publicId[kind]} />,
            },
            {
              key: "devices",
              label: text.devices,
              value: (
                <>
                  {maxDevices === null
                    ? formatCount(enrolled)
                    : enrolmentText.ofLimit(formatCount(enrolled), formatCount(maxDevices))}
                  {enrolled > 0 && (
                    <Link
                      href={requestsHref({ state: "enrolled", groupId: group.id })}
                      className="ml-2 text-accent hover:underline"
                    >
                      {text.devicesLink}
                    </Link>
                  )}
                </>
              ),
            },
            {
              key: "waiting",
              label: enrolmentText.columnWaiting,
              value: (
                <Link
                  href={requestsHref({ state: "pending", groupId: group.id })}
                  aria-label={enrolmentText.waitingLabel(group.name)}
                  className="text-accent hover:underline"
                >
                  {formatCount(group.pending)}
                </Link>
              ),
            },
            { key: "made", label: text.made, value: <RelativeTime value={group.createdAt} /> },
          ]}
        />
      </CardBody>
    </Card>
  );
}
