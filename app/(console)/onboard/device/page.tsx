import type { Metadata } from "next";
import { Wizard } from "#components/onboard/wizard.tsx";
import { onboardText } from "#components/strings/onboard.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { may } from "#server/domain/roles.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: onboardText.title };

export default async function OnboardDevicePage() {
  const ctx = await requireSession();
  if (!may(ctx.role, "device.manage")) {
    return (
      <EmptyState isPage title={onboardText.forbiddenTitle}>
        {onboardText.forbiddenText}
      </EmptyState>
    );
  }
  const profiles = await listProfiles(ctx, {});
  return (
    <Wizard
      profiles={profiles.map(({ id, name, description, open }) => ({
        id,
        name,
        description,
        open,
      }))}
      endpoint={deviceEndpoint()}
    />
  );
}
