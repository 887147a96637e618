"use client";
import { pause } from "#app/(console)/certificates/campaigns/actions.ts";
import { CancelButton, ResumeButton, StartButton } from "#components/campaign/campaign-actions.tsx";
import { campaignTones } from "#components/campaign/campaign-state.ts";
import { campaignCrumbs } from "#components/campaign/campaign-wizard.tsx";
import { EditButton } from "#components/campaign/edit-campaign.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { useChange } from "#components/people/use-change.ts";
import { campaignPageText, campaignText } from "#components/strings/campaign.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { may } from "#server/domain/roles.ts";
import type { CampaignView } from "#server/services/campaign/view.ts";

type HeaderProps = { readonly campaign: CampaignView; readonly onChange: () => void };

/** What the campaign is called, where it is, and what can be done with it. */
export function CampaignHeader({ campaign, onChange }: HeaderProps) {
  const { role } = useShell().user;
  const { id, name, state, createdAt, createdBy } = campaign;
  const target = new URLSearchParams({ target: `campaign:${id}` });
  return (
    <PageHeader
      title={<span className="wrap-anywhere">{name}</span>}
      badge={<StateBadge tone={campaignTones[state]}>{campaignText.states[state]}</StateBadge>}
      subtitle={
        <>
          {campaignPageText.planned} <RelativeTime value={createdAt} />{" "}
          {campaignPageText.by(createdBy)}
        </>
      }
      breadcrumb={campaignCrumbs(name)}
      actions={
        <>
          {may(role, "audit.view") && (
            <ButtonLink href={`/audit?${target.toString()}`}>{campaignPageText.audit}</ButtonLink>
          )}
          {campaign.startedAt !== null && (
            <ButtonLink href={`/api/v1/campaigns/${encodeURIComponent(id)}/report`} download>
              {campaignPageText.report}
            </ButtonLink>
          )}
          {may(role, "certificate.rotate") && <Actions {...{ campaign, onChange }} />}
        </>
      }
    />
  );
}

/** What its state allows. */
function Actions({ campaign, onChange }: HeaderProps) {
  const { state } = campaign;
  const isStill = state === "paused" || state === "halted";
  if (state === "done" || state === "cancelled") return null;
  return (
    <>
      <CancelButton {...{ campaign, onChange }} />
      {(state === "draft" || isStill) && (
        // The form begins anew with what somebody else saved.
        <EditButton key={campaign.revision} {...{ campaign, onChange }} />
      )}
      {state === "running" && <PauseButton {...{ campaign, onChange }} />}
      {isStill && <ResumeButton {...{ campaign, onChange }} />}
      {state === "draft" && <StartButton {...{ campaign, onChange }} />}
    </>
  );
}

function PauseButton({ campaign, onChange }: HeaderProps) {
  const { busy, change } = useChange(pause, () => ({ title: campaignPageText.paused }));
  async function stop() {
    await change({ campaignId: campaign.id });
    onChange();
  }
  return (
    <Button busy={busy} onClick={() => void stop()}>
      {campaignPageText.pause}
    </Button>
  );
}
