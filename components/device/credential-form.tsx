"use client";
import { useState } from "react";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import type { FreshCredential } from "#components/device/credential.ts";
import { issueCredential, type CertificateWay } from "#components/device/issue-credential.ts";
import { RequestField } from "#components/device/request-field.tsx";
import { WayChoice, type Way } from "#components/device/way-choice.tsx";
import { credentialText } from "#components/strings/credentials.ts";
import { Button } from "#components/ui/button.tsx";

/** The ways to a certificate. */
export const certificateWays: readonly Way<CertificateWay>[] = [
  { way: "browser", label: credentialText.browserKey, hint: credentialText.browserKeyHint },
  { way: "key", label: credentialText.makeKey, hint: credentialText.makeKeyHint },
  { way: "request", label: credentialText.pasteRequest, hint: credentialText.pasteRequestHint },
];

/** Chooses how the device gets its certificate, and issues it. */
export function CredentialForm({
  deviceId,
  onIssued,
}: {
  readonly deviceId: string;
  readonly onIssued: (credential: FreshCredential) => void;
}) {
  const [way, setWay] = useState<CertificateWay>("browser");
  return (
    <div className="flex flex-col gap-4">
      <WayChoice
        legend={credentialText.how}
        ways={certificateWays}
        chosen={way}
        onChoose={setWay}
      />
      <IssueForm key={way} way={way} deviceId={deviceId} onIssued={onIssued} />
    </div>
  );
}

/** What the chosen way needs, and the button that issues the certificate. */
export function IssueForm({
  way,
  deviceId,
  onIssued,
}: {
  readonly way: CertificateWay;
  readonly deviceId: string;
  readonly onIssued: (credential: FreshCredential) => void;
}) {
  const [csrPem, setCsrPem] = useState("");
  const { busy, refusal, fieldError, submit } = useSubmit(issueCredential);
  const csrProblem = way === "request" ? fieldError("csrPem") : undefined;
  async function issue() {
    const credential = await submit({ way, deviceId, csrPem });
    if (credential !== undefined) onIssued(credential);
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void issue();
      }}
    >
      {way === "request" && (
        <RequestField deviceId={deviceId} value={csrPem} onChange={setCsrPem} error={csrProblem} />
      )}
      {csrProblem === undefined && <RefusalNote refusal={refusal} />}
      <div>
        <Button type="submit" variant="primary" busy={busy}>
          {way === "request" ? credentialText.issueNow : credentialText.makeNow}
        </Button>
      </div>
    </form>
  );
}
