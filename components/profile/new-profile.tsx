"use client";
import { useState } from "react";
import { PageHeader } from "#components/layout/page-header.tsx";
import { NewProfileForm } from "#components/profile/new-profile-form.tsx";
import { ProfileStart, type BegunProfile } from "#components/profile/profile-start.tsx";
import { newProfileText, profileText } from "#components/strings/profile.ts";
import { Stepper } from "#components/ui/stepper.tsx";

/** Makes a profile: what it starts from, then what it says. */
export function NewProfile({ deviceId }: { readonly deviceId: string }) {
  const [begun, setBegun] = useState<BegunProfile>();
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeader
        breadcrumb={[
          { label: profileText.title, href: "/profiles" },
          { label: newProfileText.title },
        ]}
        title={newProfileText.title}
        subtitle={newProfileText.subtitle}
      />
      <div className="mb-5">
        <Stepper
          label={newProfileText.stepsLabel}
          steps={newProfileText.steps}
          current={begun === undefined ? 0 : 1}
        />
      </div>
      {begun === undefined ? (
        <ProfileStart deviceId={deviceId} onBegun={setBegun} />
      ) : (
        <NewProfileForm begun={begun} onBack={() => setBegun(undefined)} />
      )}
    </div>
  );
}
