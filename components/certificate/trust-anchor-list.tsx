"use client";
import { useState } from "react";
import { removeAnchor } from "#app/(console)/certificates/actions.ts";
import { daysWords } from "#components/certificate/certificate-columns.tsx";
import {
  TrustAnchorDialog,
  type ProfileChoice,
} from "#components/certificate/trust-anchor-dialog.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { useChange } from "#components/people/use-change.ts";
import { certificateText } from "#components/strings/certificates.ts";
import { trustAnchorText as text } from "#components/strings/trust-anchor.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { TrustAnchorView } from "#server/services/trust-anchor/list.ts";

type Props = {
  readonly anchors: readonly TrustAnchorView[];
  readonly profiles: readonly ProfileChoice[];
  readonly mayManage: boolean;
};

/** The roots that firmware has built in: add, describe, forget. */
export function TrustAnchorList({ anchors, profiles, mayManage }: Props) {
  const [editing, setEditing] = useState<TrustAnchorView | "new">();
  const [removing, setRemoving] = useState<TrustAnchorView>();
  const { busy, change } = useChange(removeAnchor, () => ({
    title: text.removed(removing?.name ?? ""),
  }));
  return (
    <>
      <PageHeader
        title={text.title}
        subtitle={<span className="block max-w-3xl">{text.intro}</span>}
        breadcrumb={[
          { label: certificateText.title, href: "/certificates" },
          { label: text.title },
        ]}
        actions={
          mayManage && (
            <Button variant="primary" onClick={() => setEditing("new")}>
              {text.add}
            </Button>
          )
        }
      />
      <Card>
        {anchors.length === 0 ? (
          <EmptyState title={text.emptyTitle}>{text.emptyText}</EmptyState>
        ) : (
          <AnchorTable
            anchors={anchors}
            {...(mayManage && { onEdit: setEditing, onRemove: setRemoving })}
          />
        )}
      </Card>
      <TrustAnchorDialog
        anchor={editing === "new" ? undefined : editing}
        profiles={profiles}
        open={editing !== undefined}
        onClose={() => setEditing(undefined)}
      />
      <DangerDialog
        open={removing !== undefined}
        onOpenChange={(open) => {
          if (!open) setRemoving(undefined);
        }}
        title={text.removeTitle(removing?.name ?? "")}
        description={text.removeText}
        confirmLabel={text.remove}
        busy={busy}
        onConfirm={() => {
          if (removing === undefined) return;
          void change({ trustAnchorId: removing.id }).then(() => setRemoving(undefined));
        }}
      />
    </>
  );
}

function AnchorTable({
  anchors,
  onEdit,
  onRemove,
}: {
  readonly anchors: readonly TrustAnchorView[];
  readonly onEdit?: (anchor: TrustAnchorView) => void;
  readonly onRemove?: (anchor: TrustAnchorView) => void;
}) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{text.columnName}</Th>
          <Th>{text.columnEnds}</Th>
          <Th className="max-md:hidden">{text.columnFirmware}</Th>
          <Th numeric className="max-md:hidden">
            {text.columnDevices}
          </Th>
          <Th className="max-lg:hidden">{text.columnNote}</Th>
          {onEdit !== undefined && (
            <Th numeric>
              <span className="sr-only">{text.columnActions}</span>
            </Th>
          )}
        </Tr>
      </thead>
      <tbody>
        {anchors.map((anchor) => (
          <AnchorRow key={anchor.id} anchor={anchor} onEdit={onEdit} onRemove={onRemove} />
        ))}
      </tbody>
    </Table>
  );
}

function AnchorRow({
  anchor,
  onEdit,
  onRemove,
}: {
  readonly anchor: TrustAnchorView;
  readonly onEdit: ((anchor: TrustAnchorView) => void) | undefined;
  readonly onRemove: ((anchor: TrustAnchorView) => void) | undefined;
}) {
  const firmware = anchor.firmware.length === 0 ? text.allVersions : anchor.firmware.join(", ");
  return (
    <Tr id={anchor.id}>
      <Td className="wrap-anywhere">
        <span className="font-medium text-ink">{anchor.name}</span>
        <span className="block text-sm text-ink-3">
          {anchor.subject} · {anchor.keyAlgorithm}
        </span>
      </Td>
      <Td>
        <ExactTime value={anchor.notAfter} show="date" />{" "}
        <span className="text-ink-3">{daysWords(anchor.daysLeft)}</span>
      </Td>
      <Td className="max-md:hidden">
        {anchor.profile === null ? firmware : `${anchor.profile.name}: ${firmware}`}
      </Td>
      <Td numeric className="max-md:hidden">
        {formatCount(anchor.devices)}
      </Td>
      <Td className="wrap-anywhere max-lg:hidden">{anchor.note}</Td>
      {onEdit !== undefined && onRemove !== undefined && (
        <Td className="text-right">
          <span className="inline-flex gap-1.5">
            <Button
              size="sm"
              aria-label={text.editLabel(anchor.name)}
              onClick={() => onEdit(anchor)}
            >
              {text.edit}
            </Button>
            <Button
              size="sm"
              aria-label={text.removeLabel(anchor.name)}
              onClick={() => onRemove(anchor)}
            >
              {text.remove}
            </Button>
          </span>
        </Td>
      )}
    </Tr>
  );
}
