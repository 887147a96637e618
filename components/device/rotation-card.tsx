"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { askDeviceToRenew } from "#app/(console)/devices/actions.ts";
import { rotationQuery } from "#components/device/rotation-queries.ts";
import { useChange } from "#components/people/use-change.ts";
import { rotationText } from "#components/strings/rotation.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import { renewalSnippets } from "#server/domain/renewal-snippets.ts";
import { renewalStateNames, type RenewalState } from "#server/domain/renewal.ts";
import type { RotationProblem } from "#server/domain/rotation-problem.ts";
import type { RotationView } from "#server/services/certificate/rotation.ts";

/** Where a device renews. */
export type RenewalEndpoint = {
  readonly host: string;
  readonly tlsPort: number;
  readonly httpsPort: number;
};

const tones: Readonly<Record<RenewalState, Tone>> = {
  fresh: "ok",
  due: "accent",
  overdue: "warn",
  critical: "bad",
  expired: "bad",
};

/** Where a device stands with its next certificate, and what stands in the way. */
export function RotationCard({
  deviceId,
  first,
  endpoint,
  mayAsk,
}: {
  readonly deviceId: string;
  readonly first: RotationView | null;
  readonly endpoint: RenewalEndpoint;
  readonly mayAsk: boolean;
}) {
  const { data, isError, error, refetch } = useQuery({
    ...rotationQuery(deviceId),
    initialData: first,
  });
  return (
    <Card labelledBy="rotation">
      <CardHeader
        id="rotation"
        title={rotationText.title}
        aside={mayAsk && data !== null && <AskButton deviceId={deviceId} />}
      />
      <CardBody>
        {isError ? (
          <ErrorState title={rotationText.failed} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        ) : data === null ? (
          <p className="text-ink-2">{rotationText.none}</p>
        ) : (
          <Rotation rotation={data} endpoint={endpoint} />
        )}
      </CardBody>
    </Card>
  );
}

function AskButton({ deviceId }: { readonly deviceId: string }) {
  const queries = useQueryClient();
  const { busy, change } = useChange(askDeviceToRenew, ({ sessions }) => ({
    title: rotationText.askedDone(deviceId, sessions),
  }));
  async function ask() {
    await change({ deviceId });
    await queries.invalidateQueries({ queryKey: ["device", deviceId] });
  }
  return (
    <Button size="sm" busy={busy} onClick={() => void ask()}>
      {rotationText.ask}
    </Button>
  );
}

function Rotation({
  rotation,
  endpoint,
}: {
  readonly rotation: RotationView;
  readonly endpoint: RenewalEndpoint;
}) {
  const { deviceId, problem } = rotation;
  return (
    <div className="flex flex-col gap-4">
      {problem !== null && <ProblemNote problem={problem} />}
      <KeyValues items={itemsOf(rotation)} />
      <details>
        <summary className="cursor-pointer text-ink-2 hover:text-ink">{rotationText.how}</summary>
        <div className="pt-3">
          <CodeTabs label={rotationText.how} tabs={renewalSnippets({ deviceId, ...endpoint })} />
        </div>
      </details>
    </div>
  );
}

function ProblemNote({ problem }: { readonly problem: RotationProblem }) {
  return (
    <div
      className="rounded border border-warn/40 bg-warn-soft px-3.5 py-2.5 wrap-anywhere"
      data-rotation-problem={problem.kind}
    >
      <p className="font-semibold text-ink">{rotationText.problem}</p>
      <p>
        {problem.text} <span className="text-ink-2">{problem.remedy}</span>
      </p>
    </div>
  );
}

function itemsOf({ policy, current, asked }: RotationView): readonly KeyValue[] {
  const isAutomatic = policy.renewal === "automatic";
  return [
    {
      key: "state",
      label: rotationText.state,
      value: (
        <StateBadge tone={tones[current.state]}>{renewalStateNames[current.state]}</StateBadge>
      ),
    },
    {
      key: "by",
      label: rotationText.by,
      value: isAutomatic ? rotationText.byDevice : rotationText.byPeople,
    },
    {
      key: "due",
      label: rotationText.due,
      value: current.dueAt === null ? rotationText.dueNever : <ExactTime value={current.dueAt} />,
    },
    {
      key: "ends",
      label: rotationText.ends,
      value: <ExactTime value={current.notAfter} />,
    },
    {
      key: "asked",
      label: rotationText.asked,
      value:
        asked === null ? (
          rotationText.askedNever
        ) : (
          <>
            <RelativeTime value={asked.at} />{" "}
            <span className="text-ink-3">{rotationText.heardBy(asked.sessions)}</span>
          </>
        ),
    },
    {
      key: "overlap",
      label: rotationText.overlap,
      value: rotationText.overlapDays(policy.overlapDays),
    },
    { key: "after", label: rotationText.afterEnd, value: afterEnd(policy) },
  ];
}

function afterEnd({ expiredRenewal, graceDays }: RotationView["policy"]): string {
  switch (expiredRenewal) {
    case "off":
      return rotationText.afterEndOff;
    case "grace":
      return rotationText.afterEndGrace(graceDays);
    case "ticket":
      return rotationText.afterEndTicket;
  }
}
