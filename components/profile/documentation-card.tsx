"use client";
import { useState } from "react";
import { EditableCard } from "#components/profile/editable-card.tsx";
import { profileText } from "#components/strings/profile.ts";
import { Field, Textarea } from "#components/ui/input.tsx";
import type { ProfileView } from "#server/services/profile/show.ts";

/** What people who install devices of a profile should know. */
export function DocumentationCard({
  profile,
  mayManage,
}: {
  readonly profile: ProfileView;
  readonly mayManage: boolean;
}) {
  const [typed, setTyped] = useState(profile.documentation);
  return (
    <EditableCard
      profile={profile}
      title={profileText.documentationTitle}
      mayManage={mayManage}
      onEdit={() => setTyped(profile.documentation)}
      changed={() => ({ documentation: typed })}
      form={({ fieldError }) => (
        <Field label={profileText.documentationLabel} error={fieldError("documentation")}>
          <Textarea
            rows={12}
            maxLength={50_000}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </Field>
      )}
    >
      {profile.documentation === "" ? (
        <p className="text-ink-2">{profileText.documentationNone}</p>
      ) : (
        <p className="max-w-prose wrap-anywhere whitespace-pre-wrap text-ink">
          {profile.documentation}
        </p>
      )}
    </EditableCard>
  );
}
