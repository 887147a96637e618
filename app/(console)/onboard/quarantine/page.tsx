import type { Metadata } from "next";
import { QuarantineList } from "#components/enrolment/quarantine-list.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { OnboardFrame } from "#components/onboard/onboard-frame.tsx";
import { quarantineText } from "#components/strings/enrolment-request.ts";
import { may } from "#server/domain/roles.ts";
import { listQuarantined } from "#server/services/onboard/list-quarantined.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: quarantineText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function QuarantinePage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "enrolment.view")) return <NoPermission />;
  const [batches] = [(await searchParams)["batches"]].flat();
  const filter = { batches: batches === "all" ? "all" : "none", q: "" } as const;
  return (
    <OnboardFrame role={ctx.role}>
      <QuarantineList
        filter={filter}
        first={await listQuarantined(ctx, filter)}
        mayApprove={may(ctx.role, "enrolment.approve")}
        maySuspend={may(ctx.role, "device.manage")}
      />
    </OnboardFrame>
  );
}
