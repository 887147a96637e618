"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { askToRenew } from "#app/(console)/certificates/actions.ts";
import { campaignHref, mostNamed } from "#components/certificate/certificate-href.ts";
import { certificatesKey } from "#components/certificate/certificate-queries.ts";
import { useChange } from "#components/people/use-change.ts";
import { BulkRevokeDialog } from "#components/revocation/bulk-revoke-dialog.tsx";
import { certificateListText as text } from "#components/strings/certificate-list.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { CertificateFilter } from "#server/domain/certificate-filter.ts";
import type { CertificateEntry } from "#server/services/certificate/inventory-entry.ts";

export type MayChange = { readonly revoke: boolean; readonly rotate: boolean };

/** What can be done with the chosen certificates; those of other kinds are left out. */
export function CertificateSelection({
  chosen,
  filter,
  may,
  onDone,
}: {
  readonly chosen: readonly CertificateEntry[];
  readonly filter: CertificateFilter;
  readonly may: MayChange;
  readonly onDone: () => void;
}) {
  const queries = useQueryClient();
  const [open, setOpen] = useState<"ask" | "revoke">();
  const close = () => setOpen(undefined);
  const ofDevices = chosen.filter(({ kind }) => kind === "device");
  const ids = ofDevices.map(({ id }) => id);
  if (chosen.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 rounded border border-accent bg-accent-soft px-3 py-1.5 text-accent">
      <span className="flex-1">
        {ids.length === 0 ? text.onlyDevices : text.selected(formatCount(ids.length))}
      </span>
      {ids.length > 0 && may.rotate && (
        <>
          <Button size="sm" onClick={() => setOpen("ask")}>
            {text.ask}
          </Button>
          {ids.length <= mostNamed && (
            <ButtonLink size="sm" href={campaignHref(ids, filter)} prefetch={false}>
              {text.rotate}
            </ButtonLink>
          )}
        </>
      )}
      {ids.length > 0 && may.revoke && (
        <Button size="sm" variant="danger" onClick={() => setOpen("revoke")}>
          {text.revoke}
        </Button>
      )}
      {open === "revoke" && (
        <BulkRevokeDialog
          ids={ids}
          onClose={close}
          onDone={() => {
            onDone();
            void queries.invalidateQueries({ queryKey: certificatesKey });
          }}
        />
      )}
      <AskDialog
        open={open === "ask"}
        deviceIds={[...new Set(ofDevices.flatMap(({ device }) => device?.deviceId ?? []))]}
        onClose={close}
        onDone={onDone}
      />
    </div>
  );
}

/** Before devices are asked to renew. */
export function AskDialog({
  open,
  deviceIds,
  onClose,
  onDone,
}: {
  readonly open: boolean;
  readonly deviceIds: readonly string[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const queries = useQueryClient();
  const { busy, change } = useChange(askToRenew, ({ asked, refused }) => {
    const [first] = refused;
    return {
      title: text.asked(formatCount(asked)),
      ...(first !== undefined && {
        detail: `${text.notAsked(formatCount(refused.length))}: ${first.message}`,
      }),
    };
  });
  async function ask() {
    if (!(await change({ deviceIds: [...deviceIds] }))) return;
    onClose();
    onDone();
    await queries.invalidateQueries({ queryKey: certificatesKey });
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      title={text.askTitle(formatCount(deviceIds.length))}
      description={text.askText}
      footer={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button variant="primary" busy={busy} onClick={() => void ask()}>
            {text.ask}
          </Button>
        </>
      }
    />
  );
}
