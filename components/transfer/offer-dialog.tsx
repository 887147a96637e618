"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState, useTransition } from "react";
import { makeOffer } from "#app/(console)/onboard/claim/actions.ts";
import { downloadFile } from "#components/device/download.ts";
import { WayChoice } from "#components/device/way-choice.tsx";
import { transferText } from "#components/strings/transfer.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FailureNote } from "#components/ui/failure-note.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { QrCode, qrFile } from "#components/ui/qr-code.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { DeviceDetail } from "#server/services/device/show.ts";
import {
  defaultOfferDays,
  transferKinds,
  type TransferKind,
} from "#server/domain/transfer-kind.ts";
import type { LinkedOffer } from "#server/web/claim-link.ts";
import type { Failure } from "#server/web/failure.ts";

/** Makes a code for a device, and shows it this once. */
export function OfferDialog({
  device,
  onClose,
}: {
  readonly device: DeviceDetail;
  readonly onClose: () => void;
}) {
  const [kind, setKind] = useState<TransferKind>("transfer");
  const [days, setDays] = useState("");
  const [offer, setOffer] = useState<LinkedOffer>();
  const [failure, setFailure] = useState<Failure>();
  const [busy, start] = useTransition();
  const queries = useQueryClient();

  function make() {
    setFailure(undefined);
    start(async () => {
      const wanted = days === "" ? defaultOfferDays[kind] : Number(days);
      const result = await makeOffer({ deviceId: device.deviceId, kind, days: wanted });
      if (!result.ok) {
        setFailure(result.error);
        return;
      }
      setOffer(result.value);
      await queries.invalidateQueries({ queryKey: ["device", device.deviceId, "offers"] });
    });
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={offer === undefined ? transferText.offerTitle(device.name) : transferText.codeTitle}
      description={offer === undefined ? transferText.offerText : transferText.codeText}
      footer={
        offer === undefined ? (
          <Button variant="primary" busy={busy} onClick={make}>
            {transferText.offer}
          </Button>
        ) : (
          <Button variant="primary" onClick={onClose}>
            {transferText.done}
          </Button>
        )
      }
    >
      {offer === undefined ? (
        <div className="flex flex-col gap-4">
          <Wish kind={kind} onKind={setKind} days={days} onDays={setDays} />
          <FailureNote failure={failure} />
        </div>
      ) : (
        <MadeOffer offer={offer} />
      )}
    </Dialog>
  );
}

function Wish({
  kind,
  onKind,
  days,
  onDays,
}: {
  readonly kind: TransferKind;
  readonly onKind: (kind: TransferKind) => void;
  readonly days: string;
  readonly onDays: (days: string) => void;
}) {
  return (
    <>
      <WayChoice
        legend={transferText.kind}
        ways={transferKinds.map((way) => {
          return { way, label: transferText.kinds[way], hint: transferText.kindHints[way] };
        })}
        chosen={kind}
        onChoose={onKind}
      />
      <Field label={transferText.days} className="max-w-48">
        <Input
          type="number"
          min={1}
          max={3_650}
          placeholder={String(defaultOfferDays[kind])}
          value={days}
          onChange={(event) => onDays(event.target.value)}
        />
      </Field>
    </>
  );
}

function MadeOffer({ offer }: { readonly offer: LinkedOffer }) {
  return (
    <div className="flex flex-col gap-4" data-offer>
      <CodeBlock code={offer.code} what={transferText.code} />
      <CodeBlock code={offer.link} what={transferText.link} />
      <div className="flex flex-wrap items-end gap-4">
        <QrCode text={offer.link} label={transferText.qr} />
        <Button onClick={() => downloadFile(`claim-${offer.deviceId}.svg`, qrFile(offer.link))}>
          {transferText.downloadQr}
        </Button>
      </div>
      <p className="text-ink-2">
        {transferText.until} <ExactTime value={offer.expiresAt} show="date" />
      </p>
    </div>
  );
}
