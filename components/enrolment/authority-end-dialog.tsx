"use client";
import { useQueryClient } from "@tanstack/react-query";
import { removeCa, setCaState } from "#app/(console)/onboard/groups/actions.ts";
import { enrolmentKey } from "#components/enrolment/enrolment-queries.ts";
import type { AuthorityView, GroupDetail } from "#components/enrolment/views.ts";
import { useChange } from "#components/people/use-change.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";

export type AuthorityEnd = {
  readonly authority: AuthorityView;
  readonly end: "disable" | "remove";
};

const words = {
  disable: {
    title: text.disableCaTitle,
    text: text.disableCaText,
    label: text.disableCaConfirm,
  },
  remove: { title: text.removeCaTitle, text: text.removeCaText, label: text.removeCaConfirm },
} as const;

/** Before a CA counts no more: how far that reaches. */
export function AuthorityEndDialog({
  group,
  ending,
  onClose,
}: {
  readonly group: GroupDetail;
  /** Undefined: closed. */
  readonly ending: AuthorityEnd | undefined;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const name = ending?.authority.name ?? "";
  const disabling = useChange(setCaState, () => ({ title: text.caDisabled(name) }));
  const removing = useChange(removeCa, () => ({ title: text.caRemoved(name) }));
  async function confirm() {
    if (ending === undefined) return;
    const authorityId = ending.authority.id;
    const done =
      ending.end === "remove"
        ? await removing.change({ authorityId })
        : await disabling.change({ authorityId, state: "disabled" });
    if (!done) return;
    onClose();
    await queries.invalidateQueries({ queryKey: enrolmentKey });
  }
  const { title, text: description, label } = words[ending?.end ?? "disable"];
  return (
    <DangerDialog
      open={ending !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={title(name)}
      description={description}
      blastRadius={[
        {
          key: "devices",
          label: text.blastDevices,
          value: formatCount(group.enrolled),
        },
        { key: "pending", label: text.blastPending, value: formatCount(group.pending) },
        {
          key: "ends",
          label: text.caEndsAt,
          value: <RelativeTime value={ending?.authority.notAfter ?? null} />,
        },
      ]}
      {...(ending?.end === "remove" && { typedName: name })}
      confirmLabel={label}
      busy={disabling.busy || removing.busy}
      onConfirm={() => void confirm()}
    />
  );
}
