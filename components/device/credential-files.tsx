"use client";
import { Download } from "lucide-react";
import type { FreshCredential, FreshKey } from "#components/device/credential.ts";
import { bytesOfBase64, downloadFile } from "#components/device/download.ts";
import { credentialText } from "#components/strings/credentials.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import { deviceFiles } from "#server/domain/connect-commands.ts";

type FileRow = {
  readonly name: string;
  readonly what: string;
  readonly why: string;
  readonly save: () => void;
};

/** The files of a credential that was just issued, to be downloaded: the key once, here and now. */
export function CredentialFiles({
  credential,
  keySaved,
  onKeySaved,
}: {
  readonly credential: FreshCredential;
  readonly keySaved: boolean;
  readonly onKeySaved: () => void;
}) {
  const { certificate, key } = credential;
  const pkcs12 = key?.pkcs12 ?? null;
  const rows = pemRows(credential, onKeySaved);
  return (
    <div className="flex flex-col gap-3">
      {key !== null && !keySaved && (
        <p className="rounded border border-warn/40 bg-warn-soft px-3 py-2 text-warn">
          {credentialText.onlyTime}
        </p>
      )}
      <ul
        aria-label={credentialText.filesTitle}
        className="divide-y divide-line rounded border border-line"
      >
        {rows.map((row) => (
          <FileLine key={row.name} row={row} />
        ))}
        {pkcs12 !== null && <FileLine row={pkcs12Row(credential, pkcs12, onKeySaved)} />}
      </ul>
      {pkcs12 !== null && <Pkcs12Password password={pkcs12.password} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant={keySaved ? "secondary" : "primary"}
          onClick={() => {
            for (const row of rows) row.save();
          }}
        >
          <Download aria-hidden className="size-4" />
          {key === null ? credentialText.downloadRequest : credentialText.downloadAll}
        </Button>
        {key !== null && (
          <StateBadge tone={keySaved ? "ok" : "warn"}>
            {keySaved ? credentialText.keyDownloaded : credentialText.keyNotDownloaded}
          </StateBadge>
        )}
        <span className="text-sm text-ink-3">
          {credentialText.validUntil} <ExactTime value={certificate.notAfter} show="date" />
        </span>
      </div>
      {certificate.warnings.map((warning) => (
        <p key={warning} className="text-sm text-warn">
          {warning}
        </p>
      ))}
    </div>
  );
}

function Pkcs12Password({ password }: { readonly password: string }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="text-ink-2">{credentialText.password}</span>
      <CopyText text={password} what={credentialText.password} />
      <span className="text-sm text-ink-3">{credentialText.passwordWhy}</span>
    </div>
  );
}

function FileLine({ row }: { readonly row: FileRow }) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
      <span className="min-w-0 flex-1">
        <span className="block truncate font-mono text-sm">{row.name}</span>
        <span className="text-sm text-ink-3">
          {row.what}: {row.why}
        </span>
      </span>
      <Button size="sm" aria-label={credentialText.downloadNamed(row.name)} onClick={row.save}>
        {credentialText.download}
      </Button>
    </li>
  );
}

function pemRows(
  { certificate, key }: FreshCredential,
  onKeySaved: () => void,
): readonly FileRow[] {
  const files = deviceFiles(certificate.deviceId);
  return [
    {
      name: files.ca,
      what: credentialText.fileCa,
      why: credentialText.fileCaWhy,
      save: () => downloadFile(files.ca, certificate.caPem),
    },
    {
      name: files.certificate,
      what: credentialText.fileCertificate,
      why: credentialText.fileCertificateWhy,
      save: () => downloadFile(files.certificate, certificate.certificatePem),
    },
    ...(key === null
      ? []
      : [
          {
            name: files.key,
            what: credentialText.fileKey,
            why: credentialText.fileKeyWhy,
            save: () => {
              downloadFile(files.key, key.privateKeyPem);
              onKeySaved();
            },
          },
        ]),
  ];
}

function pkcs12Row(
  { certificate }: FreshCredential,
  pkcs12: NonNullable<FreshKey["pkcs12"]>,
  onKeySaved: () => void,
): FileRow {
  const files = deviceFiles(certificate.deviceId);
  return {
    name: files.pkcs12,
    what: credentialText.filePkcs12,
    why: credentialText.filePkcs12Why,
    save: () => {
      downloadFile(files.pkcs12, bytesOfBase64(pkcs12.base64));
      onKeySaved();
    },
  };
}
