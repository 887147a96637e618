import type { Metadata } from "next";
import { requestFilterFrom, requestFilterInput } from "#components/enrolment/enrolment-queries.ts";
import { RequestList } from "#components/enrolment/request-list.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { OnboardFrame } from "#components/onboard/onboard-frame.tsx";
import { requestText } from "#components/strings/enrolment-request.ts";
import { may } from "#server/domain/roles.ts";
import { listEnrolmentGroups } from "#server/services/enrolment/list-groups.ts";
import { listEnrolmentRequests } from "#server/services/enrolment/list-requests.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: requestText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function RequestsPage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "enrolment.view")) return <NoPermission />;
  const search = await searchParams;
  const read = (name: string) => [search[name]].flat()[0] ?? null;
  const filter = requestFilterFrom(read);
  const first = await found(listEnrolmentRequests(ctx, requestFilterInput(filter)));
  return (
    <OnboardFrame role={ctx.role}>
      <RequestList
        filter={filter}
        first={first}
        groups={await listEnrolmentGroups(ctx, {})}
        opened={read("request")}
        mayApprove={may(ctx.role, "enrolment.approve")}
      />
    </OnboardFrame>
  );
}
