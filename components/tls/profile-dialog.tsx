"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeProfile } from "#app/(console)/certificates/tls/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { WayChoice } from "#components/device/way-choice.tsx";
import { tlsText } from "#components/strings/tls.ts";
import { uiText } from "#components/strings/ui.ts";
import { tlsKey } from "#components/tls/tls-queries.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { useToast } from "#components/ui/toast.tsx";
import { tlsProfileOf } from "#server/domain/tls-profiles.ts";
import type { TlsPosture, TlsProfileView } from "#server/services/tls/show.ts";

/** Chooses another profile, and says first how many connected devices it would shut out. */
export function ProfileDialog({
  posture,
  open,
  onOpenChange,
}: {
  readonly posture: TlsPosture;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}) {
  const [chosen, setChosen] = useState(tlsProfileOf(posture.profile).name);
  const queries = useQueryClient();
  const toast = useToast();
  const { busy, refusal, submit } = useSubmit(changeProfile);
  const profile = posture.profiles.find(({ name }) => name === chosen);
  async function use() {
    const { revision } = posture;
    if ((await submit({ profile: chosen, revision })) === undefined) return;
    toast({ tone: "ok", title: tlsText.changed(profile?.title ?? chosen) });
    await queries.invalidateQueries({ queryKey: tlsKey });
    onOpenChange(false);
  }
  return (
    <Dialog
      size="lg"
      open={open}
      onOpenChange={onOpenChange}
      title={tlsText.changeTitle}
      description={tlsText.changeText}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{uiText.cancel}</Button>
          <Button
            variant="primary"
            busy={busy}
            disabled={chosen === posture.profile}
            onClick={() => void use()}
          >
            {tlsText.confirm}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <WayChoice
          legend={tlsText.choose}
          chosen={chosen}
          onChoose={setChosen}
          ways={posture.profiles.map(({ name, title, purpose, excludes }) => ({
            way: name,
            label: name === posture.profile ? `${title} (${tlsText.inUse})` : title,
            hint: `${purpose} ${excludes}`,
          }))}
        />
        {profile !== undefined && <ShutOut profile={profile} posture={posture} />}
        {refusal !== undefined && <ErrorNote remedy={refusal.remedy}>{refusal.message}</ErrorNote>}
      </div>
    </Dialog>
  );
}

function ShutOut({
  profile,
  posture,
}: {
  readonly profile: TlsProfileView;
  readonly posture: TlsPosture;
}) {
  const total = posture.negotiated.reduce((sum, { devices }) => sum + devices, 0);
  const { shutOut } = profile;
  return (
    <output className={shutOut === 0 ? "text-ink-2" : "font-semibold text-bad"}>
      {shutOut === 0
        ? tlsText.shutsOutNobody
        : tlsText.shutsOut(formatCount(shutOut), formatCount(total))}
    </output>
  );
}
