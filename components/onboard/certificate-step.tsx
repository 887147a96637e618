"use client";
import { CredentialFiles } from "#components/device/credential-files.tsx";
import { CredentialForm } from "#components/device/credential-form.tsx";
import type { FreshCredential } from "#components/device/credential.ts";
import { onboardText } from "#components/strings/onboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";

/** Step 2: how the device gets its certificate, and its files. */
export function CertificateStep({
  deviceId,
  credential,
  onIssued,
  keySaved,
  onKeySaved,
  onBack,
  onNext,
}: {
  readonly deviceId: string;
  readonly credential: FreshCredential | undefined;
  readonly onIssued: (credential: FreshCredential) => void;
  readonly keySaved: boolean;
  readonly onKeySaved: () => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}) {
  const mustSave = credential !== undefined && credential.key !== null && !keySaved;
  return (
    <div className="flex flex-col gap-4">
      <Card {...(credential !== undefined && { labelledBy: "issued" })}>
        {credential !== undefined && <CardHeader id="issued" title={onboardText.certificateDone} />}
        <CardBody>
          {credential === undefined ? (
            <CredentialForm deviceId={deviceId} onIssued={onIssued} />
          ) : (
            <CredentialFiles credential={credential} keySaved={keySaved} onKeySaved={onKeySaved} />
          )}
        </CardBody>
      </Card>
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={onBack}>{onboardText.back}</Button>
        {credential !== undefined && (
          <Button variant={mustSave ? "secondary" : "primary"} onClick={onNext}>
            {onboardText.toFirstMessage}
          </Button>
        )}
        {mustSave && <span className="text-sm text-warn">{onboardText.saveKeyFirst}</span>}
      </div>
    </div>
  );
}
