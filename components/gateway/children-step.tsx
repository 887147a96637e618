"use client";
import { useState, useTransition } from "react";
import { addToGateway } from "#app/(console)/onboard/gateway/actions.ts";
import { readChildren } from "#components/gateway/children-input.ts";
import type { ChosenGateway } from "#components/gateway/chosen-gateway.ts";
import {
  openProfile,
  profileOptions,
  tagsIn,
  type ProfileChoice,
} from "#components/gateway/profile-choice.ts";
import { gatewayText } from "#components/strings/gateway.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { textOf } from "#components/ui/form-text.ts";
import { formatCount } from "#components/ui/format.ts";
import { Field, Input, Textarea } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { parseChildren } from "#server/domain/child-lines.ts";
import type { Failure } from "#server/web/failure.ts";

/** More come as a batch. */
const childrenAtOnce = 1_000;
const shownProblems = 20;

/** Step 3: the children that are known by now, pasted. */
export function ChildrenStep({
  gateway,
  profiles,
  onBack,
  onNext,
}: {
  readonly gateway: ChosenGateway;
  readonly profiles: readonly ProfileChoice[];
  readonly onBack: () => void;
  readonly onNext: () => void;
}) {
  const [text, setText] = useState("");
  const { problems, clear, busy, add } = useAdding({ gateway, profiles, onAdded: onNext });
  const count = parseChildren(text).length;
  return (
    <Card labelledBy="known-children">
      <CardHeader
        id="known-children"
        title={gatewayText.childrenTitle}
        aside={gatewayText.count(formatCount(count))}
      />
      <CardBody>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) add(text, new FormData(event.currentTarget));
          }}
        >
          <Field label={gatewayText.lines} hint={gatewayText.childrenText}>
            <Textarea
              mono
              rows={8}
              spellCheck={false}
              placeholder={gatewayText.linesPlaceholder}
              value={text}
              onChange={(event) => {
                clear();
                setText(event.target.value);
              }}
            />
          </Field>
          <DefaultFields profiles={profiles} />
          <Problems problems={problems} />
          <Buttons count={count} busy={busy} onBack={onBack} onSkip={onNext} />
        </form>
      </CardBody>
    </Card>
  );
}

/** Hands the pasted children over, and keeps what is wrong with them. */
function useAdding({
  gateway,
  profiles,
  onAdded,
}: {
  readonly gateway: ChosenGateway;
  readonly profiles: readonly ProfileChoice[];
  readonly onAdded: () => void;
}) {
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [busy, start] = useTransition();
  const toast = useToast();
  function add(text: string, fields: FormData) {
    const read = readChildren(text, profiles);
    setProblems(read.problems);
    if (read.problems.length > 0) return;
    start(async () => {
      const result = await addToGateway({
        deviceId: gateway.deviceId,
        profileId: textOf(fields, "profileId"),
        quarantine: fields.get("quarantine") !== null,
        tags: tagsIn(textOf(fields, "tags")),
        children: read.children,
      });
      if (!result.ok) {
        setProblems(wordsOf(result.error));
        return;
      }
      const { registered, attached, already } = result.value;
      const counts = { registered, attached, already };
      toast({ tone: "ok", title: gatewayText.added(counts) });
      onAdded();
    });
  }
  return { problems, clear: () => setProblems([]), busy, add };
}

function wordsOf({ message, fields, remedy }: Failure): readonly string[] {
  const lines = fields.map((field) => field.message);
  return [message, ...lines, ...(remedy === null ? [] : [remedy])];
}

function Buttons({
  count,
  busy,
  onBack,
  onSkip,
}: {
  readonly count: number;
  readonly busy: boolean;
  readonly onBack: () => void;
  readonly onSkip: () => void;
}) {
  const tooMany = count > childrenAtOnce;
  return (
    <>
      {tooMany && (
        <ErrorNote>
          {gatewayText.tooMany}{" "}
          <ButtonLink size="sm" href="/onboard/batches/new">
            {gatewayText.toBatch}
          </ButtonLink>
        </ErrorNote>
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={onBack}>{gatewayText.back}</Button>
        {count === 0 ? (
          <Button variant="primary" onClick={onSkip}>
            {gatewayText.skip}
          </Button>
        ) : (
          <Button type="submit" variant="primary" busy={busy} disabled={tooMany}>
            {gatewayText.add}
          </Button>
        )}
      </div>
    </>
  );
}

/** Of children that say nothing else. */
function DefaultFields({ profiles }: { readonly profiles: readonly ProfileChoice[] }) {
  return (
    <>
      <Field label={gatewayText.defaultProfile}>
        <Select
          name="profileId"
          defaultValue={openProfile(profiles)}
          options={profileOptions(profiles)}
        />
      </Field>
      <Field label={gatewayText.tags} hint={gatewayText.tagsHint}>
        <Input name="tags" autoComplete="off" />
      </Field>
      <Checkbox
        name="quarantine"
        label={gatewayText.quarantine}
        hint={gatewayText.quarantineHint}
      />
    </>
  );
}

function Problems({ problems }: { readonly problems: readonly string[] }) {
  if (problems.length === 0) return null;
  const shown = problems.slice(0, shownProblems);
  return (
    <ErrorNote>
      <strong className="block">{gatewayText.problemsTitle}</strong>
      {shown.map((problem) => (
        <span key={problem} className="block">
          {problem}
        </span>
      ))}
    </ErrorNote>
  );
}
