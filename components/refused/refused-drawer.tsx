"use client";
import Link from "next/link";
import { shortDigest } from "#components/device/identity-card.tsx";
import { deviceHref } from "#components/device/device-href.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { refusalActs } from "#components/refused/refusal-acts.ts";
import { refusedHref } from "#components/refused/refused-queries.ts";
import { refusedText, wordsOfCause } from "#components/strings/refused.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Drawer } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import { everyRefusal } from "#server/domain/refusal-view.ts";
import type { RefusedConnection } from "#server/services/refused-connection/list.ts";

/** One refusal beside the list: the whole story, and where to do something about it. */
export function RefusedDrawer({
  refusal,
  onClose,
}: {
  readonly refusal: RefusedConnection | null;
  readonly onClose: () => void;
}) {
  const words = wordsOfCause(refusal?.cause ?? "");
  return (
    <Drawer
      open={refusal !== null}
      onOpenChange={(is) => {
        if (!is) onClose();
      }}
      title={words.title}
      {...(words.meaning !== "" && { description: words.meaning })}
    >
      {refusal !== null && (
        <div className="flex flex-col gap-5">
          <div className="rounded border border-line bg-sunken px-3 py-2.5 wrap-anywhere">
            <p className="text-ink">{refusal.detail}</p>
            <p className="mt-1 text-ink-2">{refusal.remedy}</p>
          </div>
          <Acts refusal={refusal} />
          <KeyValues items={factsOf(refusal)} />
          <p className="text-sm text-ink-3">{refusedText.grouped}</p>
        </div>
      )}
    </Drawer>
  );
}

function Acts({ refusal }: { readonly refusal: RefusedConnection }) {
  const { user } = useShell();
  const same =
    refusal.claimedId === "" ? [] : [{ href: sameHref(refusal), label: refusedText.actSame }];
  const acts = [...refusalActs(refusal, user.role), ...same];
  return (
    <div className="flex flex-wrap gap-2">
      {acts.map(({ href, label }, index) => (
        <ButtonLink key={href} href={href} variant={index === 0 ? "primary" : "secondary"}>
          {label}
        </ButtonLink>
      ))}
    </div>
  );
}

function sameHref({ device, claimedId }: RefusedConnection): string {
  return refusedHref({
    ...everyRefusal,
    range: "all",
    ...(device === null ? { text: claimedId.slice(0, 128) } : { device: device.deviceId }),
  });
}

function factsOf(refusal: RefusedConnection): readonly KeyValue[] {
  const { claimedId, device, sha256 } = refusal;
  return [
    {
      key: "claimed",
      label: refusedText.claimed,
      value:
        claimedId === "" ? (
          refusedText.unnamed
        ) : (
          <CopyText text={claimedId} what={refusedText.claimed} />
        ),
    },
    {
      key: "device",
      label: refusedText.device,
      value:
        device === null ? (
          refusedText.noDevice
        ) : (
          <Link className="text-accent hover:underline" href={deviceHref(device)}>
            {device.name}
          </Link>
        ),
    },
    { key: "from", label: refusedText.from, value: refusal.remote, mono: true },
    { key: "transport", label: refusedText.transport, value: refusal.transport },
    {
      key: "count",
      label: refusedText.count,
      value: refusedText.times(formatCount(refusal.count)),
    },
    { key: "first", label: refusedText.first, value: <Instant value={refusal.firstAt} /> },
    { key: "last", label: refusedText.lastExact, value: <Instant value={refusal.lastAt} /> },
    ...(sha256 === "" ? [] : [certificateFact(refusal)]),
    { key: "code", label: refusedText.code, value: refusal.cause, mono: true },
    {
      key: "entry",
      label: refusedText.entry,
      value: <CopyText text={refusal.id} what={refusedText.entry} />,
    },
  ];
}

function certificateFact({ sha256, certificate }: RefusedConnection): KeyValue {
  return {
    key: "certificate",
    label: refusedText.fingerprint,
    value: (
      <>
        <CopyText text={sha256} what={deviceText.fingerprint}>
          {shortDigest(sha256)}
        </CopyText>
        <span className="block text-ink-2">
          {certificate === null ? (
            refusedText.certificateForeign
          ) : (
            <>
              {refusedText.certificateOf(certificate.deviceId, certificate.state)},{" "}
              {refusedText.certificateEnds} <ExactTime value={certificate.notAfter} show="date" />
            </>
          )}
        </span>
      </>
    ),
  };
}

function Instant({ value }: { readonly value: string }) {
  return (
    <>
      <ExactTime value={value} />
      <span className="text-ink-3">
        {" · "}
        <RelativeTime value={value} />
      </span>
    </>
  );
}
