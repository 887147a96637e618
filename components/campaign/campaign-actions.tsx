"use client";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { cancel, resume, start } from "#app/(console)/certificates/campaigns/actions.ts";
import { campaignPreviewQuery } from "#components/campaign/campaign-queries.ts";
import { useChange } from "#components/people/use-change.ts";
import { campaignPageText } from "#components/strings/campaign.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { CampaignView } from "#server/services/campaign/view.ts";

type ActionProps = { readonly campaign: CampaignView; readonly onChange: () => void };

/** A button that asks before it does something. */
function Ask({
  label,
  variant,
  title,
  text,
  busy,
  children,
  onConfirm,
}: {
  readonly label: string;
  readonly variant: "primary" | "danger";
  readonly title: string;
  readonly text: string;
  readonly busy: boolean;
  readonly children?: ReactNode;
  readonly onConfirm: () => Promise<void>;
}) {
  const [asked, setAsked] = useState(false);
  async function confirm() {
    await onConfirm();
    setAsked(false);
  }
  return (
    <>
      <Button {...(variant === "primary" && { variant })} onClick={() => setAsked(true)}>
        {label}
      </Button>
      <Dialog
        open={asked}
        onOpenChange={setAsked}
        title={title}
        description={text}
        footer={
          <>
            <Button onClick={() => setAsked(false)}>{campaignPageText.keep}</Button>
            <Button variant={variant} busy={busy} onClick={() => void confirm()}>
              {label}
            </Button>
          </>
        }
      >
        {children}
      </Dialog>
    </>
  );
}

/** Starts a plan, with the number of devices that it takes. */
export function StartButton({ campaign, onChange }: ActionProps) {
  const { data } = useQuery(campaignPreviewQuery(campaign.target));
  const { busy, change } = useChange(start, () => ({ title: campaignPageText.started }));
  return (
    <Ask
      label={campaignPageText.start}
      variant="primary"
      title={campaignPageText.startTitle}
      text={
        data === undefined
          ? campaignPageText.startUncounted
          : campaignPageText.startText(formatCount(data.taken))
      }
      busy={busy}
      onConfirm={async () => {
        await change({ campaignId: campaign.id, revision: campaign.revision });
        onChange();
      }}
    />
  );
}

/** Goes on after a pause at once; after a halt, it asks what becomes of the failures. */
export function ResumeButton({ campaign, onChange }: ActionProps) {
  const [retryFailed, setRetryFailed] = useState(false);
  const { busy, change } = useChange(resume, () => ({ title: campaignPageText.resumed }));
  async function goOn() {
    await change({ campaignId: campaign.id, retryFailed });
    onChange();
  }
  if (campaign.state === "paused") {
    return (
      <Button variant="primary" busy={busy} onClick={() => void goOn()}>
        {campaignPageText.resume}
      </Button>
    );
  }
  return (
    <Ask
      label={campaignPageText.resume}
      variant="primary"
      title={campaignPageText.resumeTitle}
      text={campaignPageText.resumeText}
      busy={busy}
      onConfirm={goOn}
    >
      <Checkbox
        label={campaignPageText.retryFailed}
        checked={retryFailed}
        onChange={(event) => setRetryFailed(event.target.checked)}
      />
    </Ask>
  );
}

/** Ends it before all devices have renewed. */
export function CancelButton({ campaign, onChange }: ActionProps) {
  const { busy, change } = useChange(cancel, () => ({ title: campaignPageText.cancelled }));
  return (
    <Ask
      label={campaignPageText.cancel}
      variant="danger"
      title={campaignPageText.cancelTitle}
      text={campaignPageText.cancelText}
      busy={busy}
      onConfirm={async () => {
        await change({ campaignId: campaign.id });
        onChange();
      }}
    />
  );
}
