"use client";
import { useState, type ReactNode } from "react";
import { ChildrenStep } from "#components/gateway/children-step.tsx";
import type { ChosenGateway } from "#components/gateway/chosen-gateway.ts";
import { GatewayStep } from "#components/gateway/gateway-step.tsx";
import { PolicyStep } from "#components/gateway/policy-step.tsx";
import type { ProfileChoice } from "#components/gateway/profile-choice.ts";
import { WatchStep } from "#components/gateway/watch-step.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { onboardCrumbs } from "#components/onboard/onboard-frame.tsx";
import { gatewayText } from "#components/strings/gateway.ts";
import { onboardText } from "#components/strings/onboard.ts";
import { Stepper } from "#components/ui/stepper.tsx";
import type { DeviceDetail } from "#server/services/device/show.ts";

/** Says through which device others speak, and which those are. */
export function GatewayWizard({
  start,
  profiles,
}: {
  readonly start: DeviceDetail | null;
  readonly profiles: readonly ProfileChoice[];
}) {
  const [gateway, setGateway] = useState<ChosenGateway | null>(start);
  const [step, go] = useState(start === null ? 0 : 1);
  if (gateway === null) {
    return (
      <Frame step={0}>
        <GatewayStep
          profiles={profiles}
          onChosen={(chosen) => {
            setGateway(chosen);
            go(1);
          }}
        />
      </Frame>
    );
  }
  return (
    <Frame step={step} gateway={gateway}>
      {step <= 1 && (
        <PolicyStep
          gateway={gateway}
          profiles={profiles}
          onBack={() => {
            setGateway(null);
            go(0);
          }}
          onSaved={(childPolicy) => {
            setGateway({ ...gateway, childPolicy });
            go(2);
          }}
        />
      )}
      {step === 2 && (
        <ChildrenStep
          gateway={gateway}
          profiles={profiles}
          onBack={() => go(1)}
          onNext={() => go(3)}
        />
      )}
      {step === 3 && <WatchStep gateway={gateway} onBack={() => go(2)} />}
    </Frame>
  );
}

function Frame({
  step,
  gateway,
  children,
}: {
  readonly step: number;
  readonly gateway?: ChosenGateway;
  readonly children: ReactNode;
}) {
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeader
        title={gatewayText.title}
        breadcrumb={onboardCrumbs()}
        subtitle={
          gateway === undefined
            ? gatewayText.subtitle
            : onboardText.nameAndId(gateway.name, gateway.deviceId)
        }
      />
      <div className="mb-5">
        <Stepper label={gatewayText.stepsLabel} steps={gatewayText.steps} current={step} />
      </div>
      {children}
    </div>
  );
}
