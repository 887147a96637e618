"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useState, type ReactNode } from "react";
import type { Endpoint } from "#components/device/connect-commands.tsx";
import { useLeaveGuard } from "#components/device/use-leave-guard.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import type { OnboardedDevice } from "#components/onboard/arrival.ts";
import { CredentialStep } from "#components/onboard/credential-step.tsx";
import { MessageStep } from "#components/onboard/message-step.tsx";
import { emptyDraft, type Draft } from "#components/onboard/draft.ts";
import { NameStep, NameDone, type ProfileChoice } from "#components/onboard/name-step.tsx";
import { onboardCrumbs } from "#components/onboard/onboard-frame.tsx";
import { holdsSecret, type OnboardCredential } from "#components/onboard/onboard-credential.ts";
import { credentialText } from "#components/strings/credentials.ts";
import { onboardText } from "#components/strings/onboard.ts";
import { Stepper } from "#components/ui/stepper.tsx";

/** Bring one device in: name, credential, first message. Going back keeps everything. */
export function Wizard(props: {
  readonly profiles: readonly ProfileChoice[];
  readonly endpoint: Endpoint;
}) {
  const [run, setRun] = useState(0);
  const path = usePathname();
  function again() {
    window.history.pushState(null, "", path);
    setRun(run + 1);
  }
  return <WizardRun key={run} {...props} onAgain={again} />;
}

/** The step is part of the address, so that the browser's own way back works. Without one: the second. */
function useStep(furthest: number): readonly [number, (step: number) => void] {
  const path = usePathname();
  const asked = Number(useSearchParams().get("step") ?? "2");
  const step = asked === 1 || asked === 3 ? Math.min(asked, furthest) : 2;
  return [step, (next) => window.history.pushState(null, "", `${path}?step=${next}`)];
}

type RunProps = {
  readonly profiles: readonly ProfileChoice[];
  readonly endpoint: Endpoint;
  readonly onAgain: () => void;
};

function WizardRun({ profiles, endpoint, onAgain }: RunProps) {
  const [draft, setDraft] = useState<Draft>({
    ...emptyDraft,
    profileId: profiles.find((profile) => profile.open)?.id ?? profiles[0]?.id ?? "",
  });
  const [device, setDevice] = useState<OnboardedDevice>();
  const path = usePathname();
  function register(created: OnboardedDevice) {
    // The address may still hold the step of an earlier run.
    window.history.replaceState(null, "", `${path}?step=2`);
    setDevice(created);
  }
  if (device !== undefined) return <Registered {...{ device, endpoint, onAgain }} />;
  return (
    <Frame step={1}>
      <NameStep draft={draft} onDraft={setDraft} profiles={profiles} onRegistered={register} />
    </Frame>
  );
}

/** From here on the device exists; the steps are ways to look at it. */
function Registered({
  device,
  endpoint,
  onAgain,
}: Pick<RunProps, "endpoint" | "onAgain"> & { readonly device: OnboardedDevice }) {
  const [credential, setCredential] = useState<OnboardCredential>();
  const [saved, setSaved] = useState(false);
  const [step, go] = useStep(credential === undefined ? 2 : 3);
  const isUnsaved = credential !== undefined && holdsSecret(credential) && !saved;
  const guard = useLeaveGuard(isUnsaved, leaveWords(credential));
  return (
    <Frame step={step} device={device}>
      {step === 1 && <NameDone device={device} onNext={() => go(2)} />}
      {step === 2 && (
        <CredentialStep
          deviceId={device.deviceId}
          credential={credential}
          onMade={setCredential}
          saved={saved}
          onSaved={setSaved}
          onBack={() => go(1)}
          onNext={() => go(3)}
        />
      )}
      {step === 3 && credential !== undefined && (
        <MessageStep
          device={device}
          endpoint={endpoint}
          credential={credential}
          onBack={() => go(2)}
          onAgain={onAgain}
        />
      )}
      {guard}
    </Frame>
  );
}

function leaveWords(credential: OnboardCredential | undefined) {
  return credential?.kind === "secret" ? onboardText.leaveSecret : credentialText;
}

function Frame({
  step,
  device,
  children,
}: {
  readonly step: number;
  readonly device?: OnboardedDevice;
  readonly children: ReactNode;
}) {
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeader
        title={onboardText.title}
        breadcrumb={onboardCrumbs()}
        {...(device !== undefined && {
          subtitle: onboardText.nameAndId(device.name, device.deviceId),
        })}
      />
      <div className="mb-5">
        <Stepper label={onboardText.stepsLabel} steps={onboardText.steps} current={step - 1} />
      </div>
      {children}
    </div>
  );
}
