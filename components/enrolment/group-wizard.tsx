"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useState } from "react";
import { EndpointProvider, type EnrolmentEndpoint } from "#components/enrolment/endpoint.tsx";
import { KindStep } from "#components/enrolment/kind-step.tsx";
import { NeedsStep, type MadeGroup } from "#components/enrolment/needs-step.tsx";
import { RulesStep } from "#components/enrolment/rules-step.tsx";
import type { ProfileOption } from "#components/enrolment/rules-form.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { onboardCrumbs } from "#components/onboard/onboard-frame.tsx";
import { enrolmentText as text, kindText } from "#components/strings/enrolment.ts";
import { Stepper } from "#components/ui/stepper.tsx";
import { enrolmentKinds, type EnrolmentKind } from "#server/domain/enrolment-rules.ts";

/** Makes an enrolment group: its way in, its rules, what devices need, and the wait for the first. */
export function GroupWizard({
  profiles,
  endpoint,
}: {
  readonly profiles: readonly ProfileOption[];
  readonly endpoint: EnrolmentEndpoint;
}) {
  const asked = useSearchParams().get("kind");
  const path = usePathname();
  const kind = enrolmentKinds.find((each) => each === asked);
  const [made, setMade] = useState<MadeGroup>();
  const choose = (next: EnrolmentKind | undefined) =>
    window.history.pushState(null, "", next === undefined ? path : `${path}?kind=${next}`);
  return (
    <EndpointProvider endpoint={endpoint}>
      <PageHeader
        title={made?.name ?? text.newTitle}
        {...(kind !== undefined && { subtitle: kindText[kind].purpose })}
        breadcrumb={onboardCrumbs({ label: text.title, href: "/onboard/groups" })}
      />
      <div className="mb-5">
        <Stepper
          label={text.stepsLabel}
          steps={text.steps}
          current={stepOf(kind, made !== undefined)}
        />
      </div>
      {made !== undefined && <NeedsStep made={made} />}
      {made === undefined && kind === undefined && <KindStep onChoose={choose} />}
      {made === undefined && kind !== undefined && (
        <RulesStep
          key={kind}
          kind={kind}
          profiles={profiles}
          onBack={() => choose(undefined)}
          onMade={setMade}
        />
      )}
    </EndpointProvider>
  );
}

function stepOf(kind: EnrolmentKind | undefined, isMade: boolean): number {
  if (isMade) return 2;
  return kind === undefined ? 0 : 1;
}
