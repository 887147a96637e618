"use client";
import { CircleCheck } from "lucide-react";
import { useState, useTransition, type ReactNode } from "react";
import { lookAtCode } from "#app/(console)/onboard/claim/actions.ts";
import { useLinkToken } from "#components/auth/use-link-token.ts";
import { deviceHref } from "#components/device/device-href.ts";
import type { ProfileChoice } from "#components/gateway/profile-choice.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { onboardCrumbs } from "#components/onboard/onboard-frame.tsx";
import { transferText } from "#components/strings/transfer.ts";
import { ConfirmClaim } from "#components/transfer/confirm-claim.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { useHydrated } from "#components/ui/clock.tsx";
import { FailureNote } from "#components/ui/failure-note.tsx";
import { textOf } from "#components/ui/form-text.ts";
import { Field, Input } from "#components/ui/input.tsx";
import type { DeviceClaimed } from "#server/services/transfer/claim.ts";
import type { InspectedOffer } from "#server/services/transfer/inspect.ts";
import type { Failure } from "#server/web/failure.ts";

/** A code, and what it stands for. */
export type FoundOffer = { readonly code: string; readonly offer: InspectedOffer };

/** Takes a device over with its code: from the address of a scanned one, or typed. */
export function ClaimPage({ profiles }: { readonly profiles: readonly ProfileChoice[] }) {
  const [found, setFound] = useState<FoundOffer>();
  const [claimed, setClaimed] = useState<DeviceClaimed>();
  function again() {
    // The code is used, or was the wrong one.
    window.history.replaceState(null, "", window.location.pathname);
    setFound(undefined);
    setClaimed(undefined);
  }
  if (claimed !== undefined) {
    return (
      <Frame>
        <Claimed claimed={claimed} onAgain={again} />
      </Frame>
    );
  }
  return (
    <Frame>
      {found === undefined ? (
        <CodeForm onFound={setFound} />
      ) : (
        <ConfirmClaim found={found} profiles={profiles} onClaimed={setClaimed} onOther={again} />
      )}
    </Frame>
  );
}

function Frame({ children }: { readonly children: ReactNode }) {
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeader
        title={transferText.claimTitle}
        subtitle={transferText.claimSubtitle}
        breadcrumb={onboardCrumbs()}
      />
      {children}
    </div>
  );
}

function CodeForm({ onFound }: { readonly onFound: (found: FoundOffer) => void }) {
  const scanned = useLinkToken();
  const hydrated = useHydrated();
  const [failure, setFailure] = useState<Failure>();
  const [busy, start] = useTransition();

  function look(code: string) {
    setFailure(undefined);
    start(async () => {
      const result = await lookAtCode({ code });
      if (result.ok) onFound({ code, offer: result.value });
      else setFailure(result.error);
    });
  }

  return (
    <Card>
      <CardBody>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) look(textOf(new FormData(event.currentTarget), "code"));
          }}
        >
          <Field label={transferText.claimCode} hint={transferText.claimCodeHint} required>
            <Input
              // A scanned code arrives with the address, once the page runs in the browser.
              key={scanned ?? ""}
              mono
              name="code"
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              maxLength={80}
              defaultValue={scanned ?? ""}
            />
          </Field>
          <FailureNote failure={failure} />
          <div>
            {/* Before the page runs, sending the form would put the code into an address. */}
            <Button type="submit" variant="primary" busy={busy} disabled={!hydrated}>
              {transferText.look}
            </Button>
          </div>
        </form>
      </CardBody>
    </Card>
  );
}

function Claimed({
  claimed,
  onAgain,
}: {
  readonly claimed: DeviceClaimed;
  readonly onAgain: () => void;
}) {
  return (
    <Card className="border-ok!">
      <CardBody>
        <h2 className="flex items-center gap-2 font-semibold text-ok" aria-live="polite">
          <CircleCheck aria-hidden className="size-4.5" />
          {transferText.claimed(claimed.name)}
        </h2>
        <p className="mt-1 text-ink-2">
          {claimed.from === null ? transferText.claimedOwn : transferText.claimedFrom(claimed.from)}
        </p>
        <div className="mt-4 flex flex-wrap gap-2">
          <ButtonLink href={deviceHref(claimed)} variant="primary">
            {transferText.open}
          </ButtonLink>
          <Button onClick={onAgain}>{transferText.another}</Button>
        </div>
      </CardBody>
    </Card>
  );
}
