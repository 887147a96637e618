"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { locate } from "#app/(console)/devices/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { placeText } from "#components/strings/device-notes.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { DeviceLocation } from "#server/services/device/location.ts";

type Draft = { readonly latitude: string; readonly longitude: string; readonly place: string };

const degreesOf = (text: string): number | null =>
  text.trim() === "" ? null : Number(text.trim().replace(",", "."));

/** Says where a device is. */
export function PlaceDialog({
  device: { deviceId, name },
  location,
  onClose,
}: {
  readonly device: { readonly deviceId: string; readonly name: string };
  readonly location: DeviceLocation;
  readonly onClose: () => void;
}) {
  const [draft, setDraft] = useState<Draft>({
    latitude: location.latitude?.toString() ?? "",
    longitude: location.longitude?.toString() ?? "",
    place: location.place,
  });
  const { busy, refusal, fieldError, submit } = useSubmit(locate);
  const queries = useQueryClient();
  const toast = useToast();
  const latitude = degreesOf(draft.latitude);
  const longitude = degreesOf(draft.longitude);
  async function save() {
    if (Number.isNaN(latitude) || Number.isNaN(longitude)) return;
    const said = await submit({ deviceId, latitude, longitude, place: draft.place });
    if (said === undefined) return;
    toast({ tone: "ok", title: placeText.saved });
    await queries.invalidateQueries({ queryKey: ["device", deviceId] });
    await queries.invalidateQueries({ queryKey: ["fleet"] });
    onClose();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={placeText.dialogTitle(name)}
      description={placeText.dialogText}
    >
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void save();
        }}
      >
        <PlaceFields draft={draft} fieldError={fieldError} onDraft={setDraft} />
        <RefusalNote refusal={refusal} />
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={busy}>
            {placeText.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const degrees = ["latitude", "longitude"] as const;

function PlaceFields({
  draft,
  fieldError,
  onDraft,
}: {
  readonly draft: Draft;
  readonly fieldError: (path: string) => string | undefined;
  readonly onDraft: (draft: Draft) => void;
}) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        {degrees.map((key) => (
          <Field
            key={key}
            label={placeText[key]}
            hint={placeText.degrees}
            error={Number.isNaN(degreesOf(draft[key])) ? placeText.notNumber : fieldError(key)}
          >
            <Input
              inputMode="decimal"
              autoComplete="off"
              value={draft[key]}
              onChange={(event) => onDraft({ ...draft, [key]: event.target.value })}
            />
          </Field>
        ))}
      </div>
      <Field label={placeText.words} hint={placeText.wordsHint} error={fieldError("place")}>
        <Input
          autoComplete="off"
          maxLength={200}
          value={draft.place}
          onChange={(event) => onDraft({ ...draft, place: event.target.value })}
        />
      </Field>
    </>
  );
}
