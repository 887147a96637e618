import { tlsText } from "#components/strings/tls.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { TlsProbeRunView } from "#server/services/tls/show-probe.ts";

/** The probes of the last weeks; each can be shown. */
export function ProbeRuns({
  runs,
  shownId,
  onShow,
}: {
  readonly runs: readonly TlsProbeRunView[];
  readonly shownId: string | undefined;
  readonly onShow: (id: string) => void;
}) {
  return (
    <div>
      <h3 className="font-semibold text-ink">{tlsText.runs}</h3>
      <Table aria-label={tlsText.runs}>
        <thead>
          <Tr>
            <Th className="pl-0">{tlsText.runStarted}</Th>
            <Th className="max-md:hidden">{tlsText.runProfile}</Th>
            <Th className="max-md:hidden">{tlsText.runBy}</Th>
            <Th className="max-md:px-1">{tlsText.runResult}</Th>
            <Th numeric className="w-36 max-md:w-16 max-md:px-0">
              <span className="sr-only">{tlsText.show}</span>
            </Th>
          </Tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Tr key={run.id}>
              <Td className="pl-0 max-md:pr-1">
                <ExactTime value={run.startedAt} />
              </Td>
              <Td className="font-mono text-sm max-md:hidden">{run.profile}</Td>
              <Td className="max-md:hidden">{whoAsked(run)}</Td>
              <Td className="max-md:px-1">
                <RunResult run={run} />
              </Td>
              <Td numeric className="max-md:px-0">
                {run.id === shownId ? (
                  <span className="text-sm text-ink-3">{tlsText.runShown}</span>
                ) : (
                  run.finishedAt !== null && (
                    <Button
                      size="sm"
                      variant="ghost"
                      aria-label={tlsText.showRun(run.startedAt)}
                      onClick={() => onShow(run.id)}
                    >
                      {tlsText.show}
                    </Button>
                  )
                )}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function whoAsked({ requestedBy }: TlsProbeRunView): string {
  if (requestedBy === "schedule") return tlsText.bySchedule;
  return requestedBy === "change" ? tlsText.byChange : requestedBy;
}

function RunResult({ run }: { readonly run: TlsProbeRunView }) {
  if (run.finishedAt === null) return <StateBadge tone="idle">{tlsText.running}</StateBadge>;
  if (run.error !== "") return <StateBadge tone="bad">{tlsText.probeFailed}</StateBadge>;
  const cells = formatCount(run.cells);
  return run.wrong === 0 ? (
    <StateBadge tone="ok">{tlsText.runRight(cells)}</StateBadge>
  ) : (
    <StateBadge tone="bad">{tlsText.runWrong(formatCount(run.wrong), cells)}</StateBadge>
  );
}
