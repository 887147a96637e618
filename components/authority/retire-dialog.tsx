"use client";
import { retire } from "#app/(console)/certificates/authorities/actions.ts";
import { refusalText, useAuthorityChange } from "#components/authority/use-authority-change.ts";
import { authorityText } from "#components/strings/authority.ts";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { AuthorityView } from "#server/services/authority/list.ts";

/** Retires an issuing CA, with the number of certificates that end in sight. */
export function RetireDialog({
  authority: { sha256, name, certificates },
  onClose,
}: {
  readonly authority: AuthorityView;
  readonly onClose: () => void;
}) {
  const { busy, refusal, change } = useAuthorityChange(retire);
  async function confirm() {
    const said = { title: authorityText.retired(name) };
    if ((await change({ sha256, certificates }, said)) !== undefined) onClose();
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={authorityText.retireTitle(name)}
      description={authorityText.retireText}
      typedName={name}
      confirmLabel={authorityText.retireConfirm}
      busy={busy}
      error={refusalText(refusal)}
      onConfirm={() => void confirm()}
    >
      <p className={certificates === 0 ? "text-ink-2" : "font-semibold text-bad"}>
        {certificates === 0
          ? authorityText.retireNone
          : authorityText.retireSome(formatCount(certificates))}
      </p>
    </DangerDialog>
  );
}
