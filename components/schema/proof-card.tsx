"use client";
import { useMutation } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { ProofResult } from "#components/schema/proof-result.tsx";
import { proveDefinition } from "#components/schema/schema-queries.ts";
import { checkText } from "#components/strings/schema.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Select } from "#components/ui/select.tsx";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import type { Proof } from "#server/services/schema/view.ts";

/** A proof with the definition that it was made of. */
export type Proved = { readonly of: SchemaDefinition; readonly proof: Proof };

const spans = [1, 24, 168] as const;
type Hours = (typeof spans)[number];

/** Runs the draft over what was kept, before anyone publishes it. */
export function ProofCard({
  name,
  definition,
  proved,
  onProved,
}: {
  readonly name: string;
  /** Undefined while the draft is none. */
  readonly definition: SchemaDefinition | undefined;
  readonly proved: Proved | undefined;
  readonly onProved: (proved: Proved) => void;
}) {
  const [hours, setHours] = useState<Hours>(24);
  const proving = useMutation({
    mutationFn: async (of: SchemaDefinition) => ({
      of,
      proof: await proveDefinition(name, of, hours),
    }),
    onSuccess: onProved,
  });
  useProofFromAddress(definition, proving.mutate);
  return (
    <Card labelledBy="proof">
      <CardHeader id="proof" title={checkText.proof} />
      <CardBody className="flex flex-col gap-3">
        <p className="text-sm text-ink-3">{checkText.proofText}</p>
        <div className="flex flex-wrap items-center gap-2">
          <label htmlFor="proof-hours" className="text-ink-2">
            {checkText.prove}
          </label>
          <HoursSelect hours={hours} onChange={setHours} />
          <Button
            busy={proving.isPending}
            disabled={definition === undefined}
            onClick={() => {
              if (definition !== undefined) proving.mutate(definition);
            }}
          >
            {proving.isPending ? checkText.proving : checkText.proveRun}
          </Button>
        </div>
        {proving.isError && (
          <ErrorNote remedy={proving.error.message}>{checkText.proofFailed}</ErrorNote>
        )}
        <div aria-live="polite">
          {proved !== undefined && (
            <ProofResult proof={proved.proof} stale={isStale(proved, definition)} />
          )}
        </div>
      </CardBody>
    </Card>
  );
}

function HoursSelect({
  hours,
  onChange,
}: {
  readonly hours: Hours;
  readonly onChange: (hours: Hours) => void;
}) {
  return (
    <Select
      id="proof-hours"
      value={String(hours)}
      options={spans.map((span) => ({ value: String(span), label: checkText.proofHours[span] }))}
      onChange={({ currentTarget: { value } }) =>
        onChange(spans.find((span) => String(span) === value) ?? 24)
      }
    />
  );
}

/** A cause of dead letters links here with `prove=1`: the draft is proved as soon as there is one. */
function useProofFromAddress(
  definition: SchemaDefinition | undefined,
  prove: (definition: SchemaDefinition) => void,
): void {
  const isAsked = useSearchParams().get("prove") === "1";
  const wasProved = useRef(false);
  useEffect(() => {
    if (!isAsked || wasProved.current || definition === undefined) return;
    wasProved.current = true;
    prove(definition);
  }, [isAsked, definition, prove]);
}

/** Whether the draft is another one than that which was proved. */
export function isStale(proved: Proved, definition: SchemaDefinition | undefined): boolean {
  // Examples decide nothing about messages.
  const decisive = (of: SchemaDefinition) => JSON.stringify({ ...of, examples: [] });
  return definition === undefined || decisive(proved.of) !== decisive(definition);
}
