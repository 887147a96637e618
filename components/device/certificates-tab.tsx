"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { usePathname, useSearchParams } from "next/navigation";
import { useState, type ReactNode } from "react";
import { CertificateRows } from "#components/device/certificate-rows.tsx";
import { CredentialFiles } from "#components/device/credential-files.tsx";
import { CredentialForm } from "#components/device/credential-form.tsx";
import { isKeyUnsaved, type FreshCredential } from "#components/device/credential.ts";
import { certificatesQuery, deviceQuery } from "#components/device/device-queries.ts";
import { useLeaveGuard } from "#components/device/use-leave-guard.tsx";
import { credentialText } from "#components/strings/credentials.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { CertificateSummary } from "#server/services/device/certificates.ts";
import type { DeviceDetail } from "#server/services/device/show.ts";

/** A device's certificates: issue, look at, revoke. */
export function CertificatesTab({
  deviceId,
  first,
  device,
  may,
  children,
}: {
  readonly deviceId: string;
  readonly first: readonly CertificateSummary[];
  readonly device: DeviceDetail;
  readonly may: { readonly issue: boolean; readonly revoke: boolean };
  /** The device's other credentials. */
  readonly children?: ReactNode;
}) {
  const client = useQueryClient();
  const { data: certificates } = useQuery({ ...certificatesQuery(deviceId), initialData: first });
  const { connection } = useQuery({ ...deviceQuery(deviceId), initialData: device }).data;
  const path = usePathname();
  const issuing = useSearchParams().get("issue") === "1" && may.issue;
  const setIssuing = (is: boolean) =>
    window.history.replaceState(null, "", is ? `${path}?issue=1` : path);
  const refresh = () => void client.invalidateQueries({ queryKey: ["device", deviceId] });
  return (
    <div className="flex flex-col gap-4">
      {issuing && (
        <IssuePanel deviceId={deviceId} onIssued={refresh} onClose={() => setIssuing(false)} />
      )}
      <Card labelledBy="certificates">
        <CardHeader
          id="certificates"
          title={deviceText.certificatesTitle}
          aside={
            may.issue &&
            !issuing && (
              <Button size="sm" onClick={() => setIssuing(true)}>
                {deviceText.issue}
              </Button>
            )
          }
        />
        {certificates.length === 0 ? (
          <EmptyState title={deviceText.certificatesEmpty} />
        ) : (
          <CertificateRows
            certificates={certificates}
            connection={connection}
            mayRevoke={may.revoke}
            onRevoked={refresh}
          />
        )}
      </Card>
      {children}
    </div>
  );
}

function IssuePanel({
  deviceId,
  onIssued,
  onClose,
}: {
  readonly deviceId: string;
  readonly onIssued: () => void;
  readonly onClose: () => void;
}) {
  const [credential, setCredential] = useState<FreshCredential>();
  const [keySaved, setKeySaved] = useState(false);
  const mustSave = isKeyUnsaved(credential, keySaved);
  const guard = useLeaveGuard(mustSave);
  return (
    <Card labelledBy="issue">
      <CardHeader
        id="issue"
        title={deviceText.issue}
        aside={
          !mustSave && (
            <Button size="sm" variant="ghost" onClick={onClose}>
              {credential === undefined ? credentialText.cancel : credentialText.done}
            </Button>
          )
        }
      />
      <CardBody>
        {credential === undefined ? (
          <CredentialForm
            deviceId={deviceId}
            onIssued={(issued) => {
              setCredential(issued);
              onIssued();
            }}
          />
        ) : (
          <CredentialFiles
            credential={credential}
            keySaved={keySaved}
            onKeySaved={() => setKeySaved(true)}
          />
        )}
      </CardBody>
      {guard}
    </Card>
  );
}
