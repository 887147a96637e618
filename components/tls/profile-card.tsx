"use client";
import { useState } from "react";
import { tlsText } from "#components/strings/tls.ts";
import { tlsName } from "#components/strings/device.ts";
import { ProfileDialog } from "#components/tls/profile-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { TlsPosture, TlsProfileView } from "#server/services/tls/show.ts";

/** The profile in use: for whom it is, whom it shuts out, and what exactly it takes. */
export function ProfileCard({
  posture,
  mayManage,
  mayAsk,
}: {
  readonly posture: TlsPosture;
  readonly mayManage: boolean;
  /** The role could, in the organisation that runs the installation. */
  readonly mayAsk: boolean;
}) {
  const [open, setOpen] = useState(false);
  const profile = posture.profiles.find(({ name }) => name === posture.profile);
  if (profile === undefined) return null;
  return (
    <Card labelledBy="tls-profile">
      <CardHeader
        id="tls-profile"
        title={tlsText.profile}
        aside={
          mayManage && (
            <Button size="sm" onClick={() => setOpen(true)}>
              {tlsText.change}
            </Button>
          )
        }
      />
      <CardBody className="flex flex-col gap-3">
        <p className="text-lg font-semibold text-ink">{profile.title}</p>
        <p className="text-ink-2">{profile.purpose}</p>
        <p className="text-ink-2">{profile.excludes}</p>
        <KeyValues items={tablesOf(profile)} />
        <p className="text-sm text-ink-3">
          {posture.changedAt === null ? (
            tlsText.notChosen
          ) : (
            <>
              {tlsText.chosenBy(posture.changedBy ?? "")} <RelativeTime value={posture.changedAt} />
            </>
          )}
        </p>
        {mayAsk && !mayManage && <p className="text-sm text-ink-3">{tlsText.onlyOperator}</p>}
      </CardBody>
      {mayManage && <ProfileDialog posture={posture} open={open} onOpenChange={setOpen} />}
    </Card>
  );
}

function lines(values: readonly string[]) {
  if (values.length === 0) return tlsText.noSuites;
  return (
    <ul>
      {values.map((value) => (
        <li key={value} className="break-all">
          {value}
        </li>
      ))}
    </ul>
  );
}

function tablesOf(profile: TlsProfileView): readonly KeyValue[] {
  const { versions, curves, suites13, suites12 } = profile;
  return [
    { key: "versions", label: tlsText.versions, value: versions.map(tlsName).join(", ") },
    { key: "curves", label: tlsText.curves, value: curves.join(", ") },
    { key: "suites13", label: tlsText.suites13, value: lines(suites13), mono: true },
    { key: "suites12", label: tlsText.suites12, value: lines(suites12), mono: true },
  ];
}
