"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { previewQuery, type PreviewEvidence } from "#components/enrolment/enrolment-queries.ts";
import type { PreviewView } from "#components/enrolment/views.ts";
import { useDebounced } from "#components/schema/use-debounced.ts";
import { enrolmentText as text } from "#components/strings/enrolment.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input, Textarea } from "#components/ui/input.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Select } from "#components/ui/select.tsx";
import type { EnrolmentKind, EnrolmentRules } from "#server/domain/enrolment-rules.ts";

const ways = ["id", "certificate", "csr"] as const;
type Way = (typeof ways)[number];

/** What a device shows, as the reader types it. */
type Shown = {
  readonly way: Way;
  readonly id: string;
  readonly serial: string;
  readonly pem: string;
};

const usualWay: Readonly<Record<EnrolmentKind, Way>> = {
  customer_ca: "certificate",
  claim: "id",
  est: "csr",
  symmetric_key: "id",
};

function evidenceOf({ way, id, serial, pem }: Shown): PreviewEvidence | undefined {
  const text = way === "id" ? id.trim() : pem.trim();
  if (text === "") return undefined;
  const more = serial.trim() === "" ? {} : { serial: serial.trim() };
  switch (way) {
    case "id":
      return { registrationId: text, ...more };
    case "certificate":
      return { certificatePem: text, ...more };
    case "csr":
      return { csrPem: text, ...more };
  }
}

/** What would become of a device that shows this, under rules that need not be saved. */
export function PreviewCard({
  kind,
  groupId,
  rules,
}: {
  readonly kind: EnrolmentKind;
  /** Undefined: the group does not exist yet. */
  readonly groupId?: string;
  /** Undefined: they do not fit yet. */
  readonly rules: EnrolmentRules | undefined;
}) {
  const [shown, setShown] = useState<Shown>({ way: usualWay[kind], id: "", serial: "", pem: "" });
  const evidence = evidenceOf(shown);
  const asked = useDebounced({ evidence, rules }, 400);
  const question =
    asked.evidence === undefined || asked.rules === undefined
      ? undefined
      : {
          ...asked.evidence,
          rules: asked.rules,
          ...(groupId !== undefined && { groupId }),
        };
  const preview = useQuery({ ...previewQuery(question), placeholderData: keepPreviousData });
  return (
    <Card labelledBy="preview">
      <CardHeader id="preview" title={text.preview} />
      <CardBody className="flex flex-col gap-4">
        <p className="text-ink-2">{text.previewIntro}</p>
        <Evidence shown={shown} onChange={setShown} />
        <div aria-live="polite">
          {evidence === undefined || rules === undefined ? (
            <p className="text-ink-3">
              {evidence === undefined ? text.previewNothing : text.previewBadRules}
            </p>
          ) : (
            <Answer error={preview.error} preview={preview.data} />
          )}
        </div>
      </CardBody>
    </Card>
  );
}

function Answer({
  error,
  preview,
}: {
  readonly error: Error | null;
  readonly preview: PreviewView | undefined;
}) {
  if (error !== null) return <ErrorNote remedy={error.message}>{text.previewFailed}</ErrorNote>;
  return preview === undefined ? null : <Outcome preview={preview} />;
}

function Evidence({
  shown,
  onChange,
}: {
  readonly shown: Shown;
  readonly onChange: (shown: Shown) => void;
}) {
  return (
    <div className="flex flex-col gap-3">
      <Field label={text.previewBy}>
        <Select
          value={shown.way}
          options={ways.map((way) => ({ value: way, label: text.previewWays[way] }))}
          onChange={(event) =>
            onChange({ ...shown, way: ways.find((way) => way === event.target.value) ?? "id" })
          }
        />
      </Field>
      {shown.way === "id" ? (
        <Field label={text.previewId}>
          <Input
            mono
            value={shown.id}
            maxLength={256}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange({ ...shown, id: event.target.value })}
          />
        </Field>
      ) : (
        <Field label={text.previewPem} hint={text.previewPemHint}>
          <Textarea
            mono
            rows={5}
            value={shown.pem}
            spellCheck={false}
            onChange={(event) => onChange({ ...shown, pem: event.target.value })}
          />
        </Field>
      )}
      <Field label={text.previewSerial}>
        <Input
          mono
          value={shown.serial}
          maxLength={128}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ ...shown, serial: event.target.value })}
        />
      </Field>
    </div>
  );
}

const outcomes = {
  enrolled: { tone: "ok", word: text.wouldEnrol },
  pending: { tone: "warn", word: text.wouldWait },
  refused: { tone: "bad", word: text.wouldRefuse },
} as const;

function Outcome({ preview }: { readonly preview: PreviewView }) {
  const { tone, word } = outcomes[preview.outcome];
  return (
    <div className="flex flex-col items-start gap-2.5" data-preview={preview.outcome}>
      <StateBadge tone={tone}>{word}</StateBadge>
      {preview.detail !== undefined && preview.detail !== "" && (
        <p className="wrap-anywhere text-ink">{preview.detail}</p>
      )}
      {preview.remedy !== undefined && preview.remedy !== "" && (
        <p className="text-ink-2">{preview.remedy}</p>
      )}
      {preview.device !== undefined && <Becomes device={preview.device} />}
    </div>
  );
}

function Becomes({ device }: { readonly device: NonNullable<PreviewView["device"]> }) {
  return (
    <div className="flex w-full flex-col gap-3">
      <KeyValues
        items={[
          { key: "id", label: text.becomesId, value: device.deviceId, mono: true },
          { key: "name", label: text.becomesName, value: device.name },
          { key: "profile", label: text.becomesProfile, value: device.profileName },
          {
            key: "tags",
            label: text.becomesTags,
            value: device.tags.length === 0 ? text.none : device.tags.join(", "),
          },
          {
            key: "state",
            label: text.becomesState,
            value: device.quarantine ? text.inQuarantine : text.active,
          },
        ]}
      />
      {device.desired !== null && (
        <CodeBlock code={JSON.stringify(device.desired, null, 2)} what={text.becomesDesired} />
      )}
    </div>
  );
}
