import type { Metadata } from "next";
import { GroupList } from "#components/enrolment/group-list.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { OnboardFrame } from "#components/onboard/onboard-frame.tsx";
import { enrolmentText } from "#components/strings/enrolment.ts";
import { may } from "#server/domain/roles.ts";
import { listEnrolmentGroups } from "#server/services/enrolment/list-groups.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: enrolmentText.title };

export default async function GroupsPage() {
  const ctx = await requireSession();
  if (!may(ctx.role, "enrolment.view")) return <NoPermission />;
  return (
    <OnboardFrame role={ctx.role}>
      <GroupList
        first={await listEnrolmentGroups(ctx, {})}
        mayManage={may(ctx.role, "enrolment.manage")}
      />
    </OnboardFrame>
  );
}
