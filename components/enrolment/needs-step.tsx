"use client";
import { useQuery } from "@tanstack/react-query";
import { useLeaveGuard } from "#components/device/use-leave-guard.tsx";
import { ConnectCard } from "#components/enrolment/connect-card.tsx";
import { groupQuery } from "#components/enrolment/enrolment-queries.ts";
import { GroupAccess } from "#components/enrolment/group-access.tsx";
import { WatchCard } from "#components/enrolment/watch-card.tsx";
import { WebhookSecret } from "#components/enrolment/webhook-secret.tsx";
import { enrolmentText as text } from "#components/strings/enrolment.ts";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { EnrolmentGroupCreated } from "#server/services/enrolment/create-group.ts";

/** A group that was just made, with the keys that are shown this once. */
export type MadeGroup = EnrolmentGroupCreated & { readonly name: string };

const words = {
  leaveTitle: text.leaveKeysTitle,
  leaveText: text.leaveKeysText,
  leave: text.leave,
  stay: text.stay,
};

/** Steps 3 and 4: what the device needs, how it connects, and the wait for the first one. */
export function NeedsStep({ made }: { readonly made: MadeGroup }) {
  const { data: group, error, refetch } = useQuery(groupQuery(made.id));
  const { primaryKey, secondaryKey, webhookSecret } = made;
  const guard = useLeaveGuard(primaryKey !== null || webhookSecret !== null, words);
  if (group === undefined) {
    return (
      <Card>
        {error === null ? (
          <div className="p-3.5">
            <Skeleton className="h-40 w-full" />
          </div>
        ) : (
          <ErrorState title={text.listFailed} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        )}
      </Card>
    );
  }
  const keys =
    primaryKey === null || secondaryKey === null ? undefined : { primaryKey, secondaryKey };
  return (
    <div className="flex max-w-4xl flex-col gap-3.5">
      {webhookSecret !== null && <WebhookSecret secret={webhookSecret} />}
      <GroupAccess group={group} freshKeys={keys} mayManage />
      <ConnectCard group={group} />
      <WatchCard group={group} />
      {guard}
    </div>
  );
}
