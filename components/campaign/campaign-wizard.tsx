"use client";
import { useState } from "react";
import { targetInput, usualPlan, type TargetDraft } from "#components/campaign/campaign-draft.ts";
import { PreviewStep } from "#components/campaign/preview-step.tsx";
import { TargetStep } from "#components/campaign/target-step.tsx";
import { WavesStep } from "#components/campaign/waves-step.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { campaignText, campaignWizardText } from "#components/strings/campaign.ts";
import { Stepper } from "#components/ui/stepper.tsx";
import type { CampaignChoices } from "#server/domain/campaign.ts";

const steps = ["target", "preview", "waves"] as const;
type Step = (typeof steps)[number];

/** Plan a campaign: which devices, what it meets, in which waves. */
export function CampaignWizard({
  choices,
  first,
}: {
  readonly choices: CampaignChoices;
  /** What the address asks for. */
  readonly first: TargetDraft;
}) {
  const [step, setStep] = useState<Step>("target");
  const [draft, setDraft] = useState(first);
  const [plan, setPlan] = useState(usualPlan);
  return (
    <div className="mx-auto max-w-4xl">
      <PageHeader
        title={campaignWizardText.title}
        breadcrumb={campaignCrumbs(campaignWizardText.title)}
      />
      <div className="mb-5">
        <Stepper
          label={campaignWizardText.stepsLabel}
          steps={campaignWizardText.steps}
          current={steps.indexOf(step)}
        />
      </div>
      {step === "target" && (
        <TargetStep
          draft={draft}
          choices={choices}
          onNext={(next) => {
            setDraft(next);
            setStep("preview");
          }}
          onForget={() => setDraft({ ...draft, certificateIds: [] })}
        />
      )}
      {step === "preview" && (
        <PreviewStep
          target={targetInput(draft)}
          onBack={() => setStep("target")}
          onNext={() => setStep("waves")}
        />
      )}
      {step === "waves" && (
        <WavesStep draft={draft} plan={plan} onPlan={setPlan} onBack={() => setStep("preview")} />
      )}
    </div>
  );
}

/** The way back from a page about one campaign. */
export function campaignCrumbs(label: string) {
  return [
    { label: campaignText.certificates, href: "/certificates" },
    { label: campaignText.title, href: "/certificates/campaigns" },
    { label },
  ];
}
