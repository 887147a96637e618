"use client";
import { useState } from "react";
import { CredentialFiles } from "#components/device/credential-files.tsx";
import { certificateWays, IssueForm } from "#components/device/credential-form.tsx";
import type { CertificateWay } from "#components/device/issue-credential.ts";
import { SecretValues, type FreshToken } from "#components/device/secret-details.tsx";
import { WayChoice, type Way } from "#components/device/way-choice.tsx";
import { holdsSecret, type OnboardCredential } from "#components/onboard/onboard-credential.ts";
import { SecretForm } from "#components/onboard/secret-form.tsx";
import { onboardText } from "#components/strings/onboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";

type CredentialStepProps = {
  readonly deviceId: string;
  readonly credential: OnboardCredential | undefined;
  readonly onMade: (credential: OnboardCredential) => void;
  /** Whether the key or token was downloaded or kept. */
  readonly saved: boolean;
  readonly onSaved: (saved: boolean) => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
};

/** Step 2: how the device proves who it is, and what it needs for that. */
export function CredentialStep({ onBack, onNext, ...made }: CredentialStepProps) {
  const { deviceId, credential, saved } = made;
  const mustSave = credential !== undefined && holdsSecret(credential) && !saved;
  return (
    <div className="flex flex-col gap-4">
      {credential === undefined ? (
        <Card>
          <CardBody>
            <ChooseCredential deviceId={deviceId} onMade={made.onMade} />
          </CardBody>
        </Card>
      ) : (
        <Made {...made} credential={credential} />
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={onBack}>{onboardText.back}</Button>
        {credential !== undefined && (
          <Button variant={mustSave ? "secondary" : "primary"} onClick={onNext}>
            {onboardText.toFirstMessage}
          </Button>
        )}
        {mustSave && (
          <span className="text-sm text-warn">
            {credential.kind === "secret" ? onboardText.keepSecretFirst : onboardText.saveKeyFirst}
          </span>
        )}
      </div>
    </div>
  );
}

const secretWays = [
  { way: "psk", label: onboardText.ways.psk, hint: onboardText.wayHints.psk },
  { way: "token", label: onboardText.ways.token, hint: onboardText.wayHints.token },
  { way: "sas", label: onboardText.ways.sas, hint: onboardText.wayHints.sas },
] as const satisfies readonly Way<string>[];

type SecretWay = (typeof secretWays)[number]["way"];

const kinds = {
  psk: "psk-primary",
  token: "password",
  sas: "sas-primary",
} as const satisfies Record<SecretWay, FreshToken["kind"]>;

function ChooseCredential({ deviceId, onMade }: Pick<CredentialStepProps, "deviceId" | "onMade">) {
  const [way, setWay] = useState<CertificateWay | SecretWay>("browser");
  return (
    <div className="flex flex-col gap-4">
      <WayChoice<CertificateWay | SecretWay>
        legend={onboardText.howItProves}
        ways={[...certificateWays, ...secretWays]}
        chosen={way}
        onChoose={setWay}
      />
      {way === "psk" || way === "token" || way === "sas" ? (
        <SecretForm
          key={way}
          kind={kinds[way]}
          deviceId={deviceId}
          onMade={(token) => onMade({ kind: "secret", token })}
        />
      ) : (
        <IssueForm
          key={way}
          way={way}
          deviceId={deviceId}
          onIssued={(files) => onMade({ kind: "certificate", files })}
        />
      )}
    </div>
  );
}

function Made({
  deviceId,
  credential,
  saved,
  onSaved,
}: Pick<CredentialStepProps, "deviceId" | "saved" | "onSaved"> & {
  readonly credential: OnboardCredential;
}) {
  const title = credential.kind === "secret" ? onboardText.secretDone : onboardText.certificateDone;
  return (
    <Card labelledBy="issued">
      <CardHeader id="issued" title={title} />
      <CardBody>
        {credential.kind === "certificate" ? (
          <CredentialFiles
            credential={credential.files}
            keySaved={saved}
            onKeySaved={() => onSaved(true)}
          />
        ) : (
          <div className="flex flex-col gap-4">
            {!saved && (
              <p className="rounded border border-warn/40 bg-warn-soft px-3 py-2 text-warn">
                {onboardText.secretOnce}
              </p>
            )}
            <SecretValues deviceId={deviceId} fresh={credential.token} />
            <Checkbox
              label={onboardText.secretKept}
              checked={saved}
              onChange={(event) => onSaved(event.currentTarget.checked)}
            />
          </div>
        )}
      </CardBody>
    </Card>
  );
}
