"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { create, start } from "#app/(console)/certificates/campaigns/actions.ts";
import {
  planInput,
  targetInput,
  type PlanDraft,
  type TargetDraft,
} from "#components/campaign/campaign-draft.ts";
import { campaignHref, campaignPreviewQuery } from "#components/campaign/campaign-queries.ts";
import { PlanFailure, PlanFields } from "#components/campaign/plan-fields.tsx";
import { campaignPageText, campaignWizardText } from "#components/strings/campaign.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount, formatDuration } from "#components/ui/format.ts";
import { useToast } from "#components/ui/toast.tsx";
import type { Failure } from "#server/web/failure.ts";

/** Step 3: in which waves, and how fast. Ends with the campaign planned, or started. */
export function WavesStep({
  draft,
  plan,
  onPlan,
  onBack,
}: {
  readonly draft: TargetDraft;
  readonly plan: PlanDraft;
  readonly onPlan: (plan: PlanDraft) => void;
  readonly onBack: () => void;
}) {
  const { failure, busy, finish, forgive } = useFinish(draft, plan);
  return (
    <Card labelledBy="waves">
      <CardHeader id="waves" title={campaignWizardText.waves} />
      <CardBody className="flex flex-col gap-5">
        <PlanFields
          plan={plan}
          begun={0}
          failure={failure}
          onPlan={(next) => {
            forgive();
            onPlan(next);
          }}
        />
        <Lasts draft={draft} perMinute={Number(plan.perMinute)} />
        <PlanFailure failure={failure} />
        <div className="flex flex-wrap gap-2">
          <Button onClick={onBack}>{campaignWizardText.back}</Button>
          <Button busy={busy} onClick={() => finish(false)}>
            {campaignWizardText.save}
          </Button>
          <Button variant="primary" busy={busy} onClick={() => finish(true)}>
            {campaignWizardText.start}
          </Button>
        </div>
      </CardBody>
    </Card>
  );
}

function useFinish(draft: TargetDraft, plan: PlanDraft) {
  const router = useRouter();
  const toast = useToast();
  const [failure, setFailure] = useState<Failure>();
  const [busy, begin] = useTransition();
  function finish(withStart: boolean) {
    begin(async () => {
      const { name, reason } = draft;
      const made = await create({ name, reason, target: targetInput(draft), ...planInput(plan) });
      if (!made.ok) {
        setFailure(made.error);
        return;
      }
      const { id: campaignId } = made.value;
      if (withStart) {
        const started = await start({ campaignId });
        // It is planned by now: its page has the button as well.
        if (started.ok) toast({ tone: "ok", title: campaignPageText.started });
        else toast({ tone: "bad", title: started.error.message });
      }
      router.push(campaignHref(campaignId));
    });
  }
  return { failure, busy, finish, forgive: () => setFailure(undefined) };
}

/** How long asking takes, at the rate. */
function Lasts({ draft, perMinute }: { readonly draft: TargetDraft; readonly perMinute: number }) {
  const { data } = useQuery(campaignPreviewQuery(targetInput(draft)));
  if (data === undefined || !(perMinute > 0)) return null;
  const time = formatDuration(Math.ceil(data.taken / perMinute) * 60_000);
  return <p className="text-ink-3">{campaignWizardText.lasts(formatCount(data.taken), time)}</p>;
}
