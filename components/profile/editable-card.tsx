"use client";
import { useRouter } from "next/navigation";
import { useId, useState, type ReactNode } from "react";
import { change } from "#app/(console)/profiles/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { profileText } from "#components/strings/profile.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { changeProfileSchema } from "#server/services/profile/schemas.ts";
import type { ProfileView } from "#server/services/profile/show.ts";
import type { z } from "zod";

/** What a form of a profile changes. */
export type ProfileChange = Omit<z.input<typeof changeProfileSchema>, "profileId" | "revision">;

/** A form that is handed what was wrong with each field. */
export type PartForm = (at: {
  readonly fieldError: (path: string) => string | undefined;
}) => ReactNode;

/** A card that shows a part of a profile, and a form in its place while one edits it. */
export function EditableCard({
  profile,
  title,
  aside,
  mayManage,
  editLabel = profileText.edit,
  children,
  form,
  changed,
  onEdit,
}: {
  readonly profile: Pick<ProfileView, "id" | "name" | "revision">;
  readonly title: string;
  readonly aside?: ReactNode;
  readonly mayManage: boolean;
  readonly editLabel?: string;
  readonly children: ReactNode;
  readonly form: PartForm;
  /** What is to be saved. */
  readonly changed: () => ProfileChange;
  /** Editing begins: the form takes what is there now. */
  readonly onEdit: () => void;
}) {
  const titleId = useId();
  const [editing, setEditing] = useState(false);
  const begin = () => {
    onEdit();
    setEditing(true);
  };
  return (
    <Card labelledBy={titleId}>
      <CardHeader
        id={titleId}
        title={title}
        aside={
          <span className="flex flex-wrap items-center gap-3">
            {aside}
            {mayManage && !editing && (
              <Button size="sm" aria-describedby={titleId} onClick={begin}>
                {editLabel}
              </Button>
            )}
          </span>
        }
      />
      <CardBody>
        {editing ? (
          <EditForm
            profile={profile}
            form={form}
            changed={changed}
            onDone={() => setEditing(false)}
          />
        ) : (
          children
        )}
      </CardBody>
    </Card>
  );
}

function EditForm({
  profile,
  form,
  changed,
  onDone,
}: {
  readonly profile: Pick<ProfileView, "id" | "name" | "revision">;
  readonly form: PartForm;
  readonly changed: () => ProfileChange;
  readonly onDone: () => void;
}) {
  const router = useRouter();
  const toast = useToast();
  const { busy, refusal, fieldError, submit } = useSubmit(change);
  async function send() {
    const { id: profileId, name, revision } = profile;
    const done = await submit({ ...changed(), profileId, revision });
    if (done === undefined) return;
    toast({ tone: "ok", title: profileText.saved(name) });
    onDone();
    router.refresh();
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
    >
      <RefusalNote refusal={refusal === undefined ? undefined : { ...refusal, fields: [] }} />
      {form({ fieldError })}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" busy={busy}>
          {profileText.save}
        </Button>
        <Button variant="ghost" onClick={onDone}>
          {profileText.cancel}
        </Button>
      </div>
    </form>
  );
}
