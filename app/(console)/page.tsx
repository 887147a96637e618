import type { Metadata } from "next";
import { Overview } from "#components/overview/overview.tsx";
import { overviewText } from "#components/strings/overview.ts";
import { may } from "#server/domain/roles.ts";
import { showWaiting } from "#server/services/onboard/waiting.ts";
import { showOverview } from "#server/services/overview/show.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: overviewText.title };

export default async function OverviewPage() {
  const ctx = await requireSession();
  const [first, waiting] = await Promise.all([
    showOverview(ctx, {}),
    may(ctx.role, "enrolment.view") ? showWaiting(ctx, {}) : undefined,
  ]);
  return <Overview first={first} waiting={waiting} mayOnboard={may(ctx.role, "device.manage")} />;
}
