import type { Metadata } from "next";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { Hub } from "#components/onboard/hub.tsx";
import { OnboardFrame } from "#components/onboard/onboard-frame.tsx";
import { hubText } from "#components/strings/onboard-hub.ts";
import { may } from "#server/domain/roles.ts";
import { showWaiting } from "#server/services/onboard/waiting.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: hubText.title };

export default async function OnboardPage() {
  const ctx = await requireSession();
  if (!may(ctx.role, "enrolment.view")) return <NoPermission />;
  return (
    <OnboardFrame role={ctx.role}>
      <Hub first={await showWaiting(ctx, {})} mayOnboard={may(ctx.role, "device.manage")} />
    </OnboardFrame>
  );
}
