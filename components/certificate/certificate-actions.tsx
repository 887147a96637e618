"use client";
import { useState } from "react";
import { AskDialog } from "#components/certificate/certificate-selection.tsx";
import { bytesOfBase64, downloadFile } from "#components/device/download.ts";
import { HoldDialog } from "#components/revocation/hold-dialog.tsx";
import { RevokeDialog } from "#components/revocation/revoke-dialog.tsx";
import { certificatePageText as text } from "#components/strings/certificate-page.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import type { CertificateDetail } from "#server/services/certificate/show.ts";

export type MayActOn = {
  readonly revoke: boolean;
  readonly rotate: boolean;
  readonly authorities: boolean;
};

type Open = "revoke" | "suspend" | "release" | "ask" | undefined;

const usable: readonly CertificateDetail["state"][] = ["issued", "active", "superseded"];

/** The DER of a PEM. */
function derOf(pem: string): Uint8Array<ArrayBuffer> {
  return bytesOfBase64(pem.replaceAll(/-----[^-]+-----|\s/g, ""));
}

/** What the role may do with the certificate as it is, in the order of the buttons. */
function changesOf(
  { state, standing, device }: CertificateDetail,
  may: MayActOn,
): readonly Exclude<Open, undefined>[] {
  const asks = may.rotate && state === "active" && device !== null;
  const counts = usable.includes(state) && standing !== "expired";
  return [
    ...(asks ? (["ask"] as const) : []),
    ...(may.revoke && counts ? (["suspend"] as const) : []),
    ...(may.revoke && state === "suspended" ? (["release"] as const) : []),
    ...(may.revoke && state !== "revoked" ? (["revoke"] as const) : []),
  ];
}

/** What can be done with a certificate, and its files. */
export function CertificateActions({
  certificate,
  may,
  onChanged,
}: {
  readonly certificate: CertificateDetail;
  readonly may: MayActOn;
  readonly onChanged: () => void;
}) {
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  return (
    <>
      <Downloads certificate={certificate} />
      {changesOf(certificate, may).map((change) => (
        <Button
          key={change}
          variant={change === "revoke" ? "danger" : "secondary"}
          onClick={() => setOpen(change)}
        >
          {text[change]}
        </Button>
      ))}
      {open === "revoke" && (
        <RevokeDialog certificate={certificate} onClose={close} onRevoked={onChanged} />
      )}
      {(open === "suspend" || open === "release") && (
        <HoldDialog certificate={certificate} change={open} onClose={close} onChanged={onChanged} />
      )}
      <AskDialog
        open={open === "ask"}
        deviceIds={certificate.device === null ? [] : [certificate.device.deviceId]}
        onClose={close}
        onDone={onChanged}
      />
    </>
  );
}

function Downloads({ certificate }: { readonly certificate: CertificateDetail }) {
  const { pem, chain, device, sha256 } = certificate;
  const name = device?.deviceId ?? sha256.slice(0, 16);
  const whole = [pem, ...chain.map((link) => link.pem)].map((each) => each.trimEnd()).join("\n");
  return (
    <Menu trigger={<Button>{text.downloads}</Button>} align="end">
      <MenuItem onSelect={() => downloadFile(`${name}.crt`, pem)}>{text.pem}</MenuItem>
      <MenuItem onSelect={() => downloadFile(`${name}.cer`, derOf(pem))}>{text.der}</MenuItem>
      <MenuItem onSelect={() => downloadFile(`${name}-chain.pem`, `${whole}\n`)}>
        {text.fullChain}
      </MenuItem>
    </Menu>
  );
}
