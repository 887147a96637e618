"use client";
import { useShell } from "#components/layout/shell-context.ts";
import { campaignWizardText } from "#components/strings/campaign.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { may } from "#server/domain/roles.ts";

/** Leads to a campaign that moves the devices of an issuing CA to another one. */
export function MoveOffLink({ sha256, name }: { readonly sha256: string; readonly name: string }) {
  const { role } = useShell().user;
  if (!may(role, "certificate.rotate")) return null;
  return (
    <ButtonLink
      size="sm"
      href={`/certificates/campaigns/new?issuer=${sha256}`}
      aria-label={campaignWizardText.moveTitle(name)}
    >
      {campaignWizardText.move}
    </ButtonLink>
  );
}
