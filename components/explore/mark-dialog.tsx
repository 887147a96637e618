"use client";
import { annotationWords } from "#components/charts/annotation-words.ts";
import type { DrawnMark } from "#components/explore/explore-marks.ts";
import { exploreText } from "#components/strings/explore.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { ChartMark } from "#server/services/annotation/list.ts";

type Elsewhere = { readonly href: string; readonly label: string };

function linkOf(mark: ChartMark): Elsewhere | null {
  switch (mark.kind) {
    case "note":
      return mark.device === null
        ? null
        : { href: `/devices/${mark.device.deviceId}`, label: exploreText.openDevice };
    case "connected":
    case "disconnected":
      return {
        href: `/devices/${mark.device.deviceId}/connection`,
        label: exploreText.openDevice,
      };
    case "alert":
      return { href: `/alerts/${mark.id}`, label: exploreText.openAlert };
    case "rotation":
      return { href: `/certificates/campaigns/${mark.id}`, label: exploreText.openCampaign };
  }
}

/** What a mark says, and the page that says more. */
export function MarkDialog({
  mark,
  onClose,
}: {
  readonly mark: DrawnMark;
  readonly onClose: () => void;
}) {
  const link = linkOf(mark.mark);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={exploreText.marksTitle}
      {...(link !== null && {
        footer: <ButtonLink href={link.href}>{link.label}</ButtonLink>,
      })}
    >
      <p className="break-words">{annotationWords(mark)}</p>
      {mark.mark.kind === "note" && (
        <p className="mt-1 text-sm text-ink-3">{exploreText.noteBy(mark.mark.by)}</p>
      )}
    </Dialog>
  );
}
