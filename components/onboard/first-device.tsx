"use client";
import { useShell } from "#components/layout/shell-context.ts";
import { firstDeviceText } from "#components/strings/overview.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { may } from "#server/domain/roles.ts";

/**
 * What a page says that has nothing to show because there is no device: the wizard for those who may
 * use it, whom to ask for the others, and for those who only want to look the demo fleet.
 */
export function FirstDevice() {
  const { user } = useShell();
  const mayOnboard = may(user.role, "device.manage");
  return (
    <EmptyState
      title={firstDeviceText.title}
      {...(mayOnboard && {
        action: (
          <ButtonLink href="/onboard/device" variant="primary">
            {firstDeviceText.onboard}
          </ButtonLink>
        ),
      })}
    >
      <p>{mayOnboard ? firstDeviceText.text : firstDeviceText.textOthers}</p>
      <p className="mt-2 text-sm text-ink-3">
        {firstDeviceText.demo} <code className="font-mono">npm start -- --demo</code>
      </p>
    </EmptyState>
  );
}
