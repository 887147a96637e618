"use client";
import { useState, useTransition } from "react";
import { claimByCode } from "#app/(console)/onboard/claim/actions.ts";
import {
  openProfile,
  profileOptions,
  type ProfileChoice,
} from "#components/gateway/profile-choice.ts";
import { transferText } from "#components/strings/transfer.ts";
import type { FoundOffer } from "#components/transfer/claim-page.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { FailureNote } from "#components/ui/failure-note.tsx";
import { textOf } from "#components/ui/form-text.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Select } from "#components/ui/select.tsx";
import type { DeviceClaimed } from "#server/services/transfer/claim.ts";
import type { InspectedOffer } from "#server/services/transfer/inspect.ts";
import type { Failure } from "#server/web/failure.ts";

/** What the code stands for, and the button that takes it. */
export function ConfirmClaim({
  found,
  profiles,
  onClaimed,
  onOther,
}: {
  readonly found: FoundOffer;
  readonly profiles: readonly ProfileChoice[];
  readonly onClaimed: (claimed: DeviceClaimed) => void;
  readonly onOther: () => void;
}) {
  const { code, offer } = found;
  const [failure, setFailure] = useState<Failure>();
  const [busy, start] = useTransition();
  const isUseless = offer.isOwn && offer.kind === "transfer";

  function claim(fields: FormData) {
    setFailure(undefined);
    start(async () => {
      const profileId = textOf(fields, "profileId");
      const result = await claimByCode({
        code,
        name: textOf(fields, "name"),
        ...(profileId === "" ? {} : { profileId }),
      });
      if (result.ok) onClaimed(result.value);
      else setFailure(result.error);
    });
  }

  return (
    <Card labelledBy="claim">
      <CardHeader id="claim" title={transferText.confirmTitle} />
      <CardBody>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy && !isUseless) claim(new FormData(event.currentTarget));
          }}
        >
          <KeyValues items={factsOf(offer)} />
          {offer.isOwn && (
            <p className="text-ink-2">
              {isUseless ? transferText.ownTransfer : transferText.ownClaim}
            </p>
          )}
          <Fields offer={offer} profiles={profiles} />
          <FailureNote failure={failure} />
          <div className="flex flex-wrap gap-2">
            <Button onClick={onOther}>{transferText.otherCode}</Button>
            <Button type="submit" variant="primary" busy={busy} disabled={isUseless}>
              {transferText.claim}
            </Button>
          </div>
        </form>
      </CardBody>
    </Card>
  );
}

function Fields({
  offer,
  profiles,
}: {
  readonly offer: InspectedOffer;
  readonly profiles: readonly ProfileChoice[];
}) {
  return (
    <>
      <Field label={transferText.name} hint={transferText.nameHint}>
        <Input name="name" autoComplete="off" maxLength={120} defaultValue={offer.name} />
      </Field>
      {!offer.isOwn && (
        <Field label={transferText.profile} hint={transferText.profileHint}>
          <Select
            name="profileId"
            defaultValue={openProfile(profiles)}
            options={profileOptions(profiles)}
          />
        </Field>
      )}
    </>
  );
}

function factsOf(offer: InspectedOffer) {
  const model = [offer.manufacturer, offer.model].filter((part) => part !== "").join(", ");
  return [
    { key: "name", label: transferText.name, value: offer.name },
    { key: "id", label: transferText.deviceId, value: offer.deviceId, mono: true },
    ...(model === "" ? [] : [{ key: "model", label: transferText.model, value: model }]),
    ...(offer.serial === ""
      ? []
      : [{ key: "serial", label: transferText.serial, value: offer.serial, mono: true }]),
    {
      key: "from",
      label: transferText.from,
      value: offer.isOwn ? transferText.fromOwn : offer.from,
    },
  ];
}
