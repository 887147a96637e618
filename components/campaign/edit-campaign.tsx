"use client";
import { useState, useTransition } from "react";
import { change } from "#app/(console)/certificates/campaigns/actions.ts";
import { draftOfWaves, planInput, type PlanDraft } from "#components/campaign/campaign-draft.ts";
import { PlanFailure, PlanFields } from "#components/campaign/plan-fields.tsx";
import { campaignPageText } from "#components/strings/campaign.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { CampaignView } from "#server/services/campaign/view.ts";
import type { Failure } from "#server/web/failure.ts";

function planOf({ waves, perMinute, patienceDays }: CampaignView): PlanDraft {
  return {
    waves: draftOfWaves(waves),
    perMinute: String(perMinute),
    patienceDays: String(patienceDays),
  };
}

/** Changes waves, rate and patience of a campaign that stands still. */
export function EditButton({
  campaign,
  onChange,
}: {
  readonly campaign: CampaignView;
  readonly onChange: () => void;
}) {
  const [open, setOpen] = useState(false);
  const [plan, setPlan] = useState(() => planOf(campaign));
  const [failure, setFailure] = useState<Failure>();
  const [busy, begin] = useTransition();
  const toast = useToast();
  function save() {
    const { id: campaignId, revision } = campaign;
    begin(async () => {
      const result = await change({ campaignId, revision, ...planInput(plan) });
      if (!result.ok) {
        setFailure(result.error);
        return;
      }
      setOpen(false);
      toast({ tone: "ok", title: campaignPageText.saved });
      onChange();
    });
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{campaignPageText.edit}</Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        size="lg"
        title={campaignPageText.editTitle}
        description={campaignPageText.editText}
        footer={
          <Button variant="primary" busy={busy} onClick={save}>
            {campaignPageText.save}
          </Button>
        }
      >
        <PlanFields
          plan={plan}
          begun={campaign.wave}
          failure={failure}
          onPlan={(next) => {
            setFailure(undefined);
            setPlan(next);
          }}
        />
        <div className="mt-4">
          <PlanFailure failure={failure} />
        </div>
      </Dialog>
    </>
  );
}
