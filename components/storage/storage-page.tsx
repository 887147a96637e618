"use client";
import { useQuery } from "@tanstack/react-query";
import { DayTable } from "#components/storage/day-table.tsx";
import { growthWords } from "#components/storage/growth-words.ts";
import { storageQuery } from "#components/storage/storage-queries.ts";
import { StoreTable } from "#components/storage/store-table.tsx";
import { storageText } from "#components/strings/storage.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatBytes, formatCount } from "#components/ui/format.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Stat } from "#components/ui/stat.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { StorageView } from "#server/services/storage/show.ts";

/** Fewer coming days than this and the installation is not ready. */
const fewDays = 2;

/** What is stored, how it grows, and how far the rollups are. */
export function StoragePage({ first }: { readonly first: StorageView }) {
  const { data: view, error, refetch } = useQuery(storageQuery(first));
  const { openMinutes, dueMinutes } = view.rollups;
  const waiting = openMinutes + dueMinutes;
  return (
    <>
      <p className="max-w-3xl text-ink-2">{storageText.intro}</p>
      {error !== null && (
        <ErrorState title={storageText.failed} onRetry={() => void refetch()}>
          {error.message}
        </ErrorState>
      )}
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Stat label={storageText.total} value={formatBytes(view.totalBytes)} testId="stored" />
        <Stat
          label={storageText.growth}
          value={growthWords(view.bytesPerDay)}
          note={view.bytesPerDay === null ? storageText.growthUnknown : storageText.growthNote}
        />
        <Stat
          label={storageText.ahead}
          value={storageText.aheadValue(view.partitionsAhead)}
          note={storageText.aheadNote}
          tone={view.partitionsAhead < fewDays ? "bad" : "plain"}
        />
        <Stat
          label={storageText.waiting}
          value={
            waiting === 0
              ? storageText.waitingNone
              : storageText.waitingMinutes(formatCount(waiting))
          }
          testId="rollups-waiting"
        />
      </div>
      <StoreTable stores={view.stores} totalBytes={view.totalBytes} />
      <RollupCard rollups={view.rollups} />
      <DayTable days={view.days} />
      <EngineCard timescale={view.timescale} />
    </>
  );
}

function RollupCard({ rollups }: { readonly rollups: StorageView["rollups"] }) {
  const { openMinutes, dueMinutes, oldestAt } = rollups;
  const counted = (count: number, note: string) => (
    <>
      {formatCount(count)} <span className="text-ink-3">· {note}</span>
    </>
  );
  return (
    <Card labelledBy="rollups">
      <CardHeader id="rollups" title={storageText.rollups} />
      <CardBody className="flex flex-col gap-4">
        <p className="max-w-3xl text-sm text-ink-2">{storageText.rollupsIntro}</p>
        <KeyValues
          items={[
            {
              key: "open",
              label: storageText.open,
              value: counted(openMinutes, storageText.openNote),
            },
            { key: "due", label: storageText.due, value: counted(dueMinutes, storageText.dueNote) },
            {
              key: "oldest",
              label: storageText.oldest,
              value: <RelativeTime value={oldestAt} fallback={storageText.nothingWaits} />,
            },
          ]}
        />
        <div className="flex max-w-3xl flex-col gap-2 text-sm text-ink-2">
          <p>{storageText.rebuildText}</p>
          <CodeBlock
            what={storageText.rebuild}
            code="npm run cli -- rollups rebuild --from 2026-11-20T08:00:00Z --to 2026-11-20T10:00:00Z"
          />
        </div>
      </CardBody>
    </Card>
  );
}

function EngineCard({ timescale }: { readonly timescale: StorageView["timescale"] }) {
  const { available, installed } = timescale;
  const unused = available ? storageText.engineAvailable : storageText.engineAbsent;
  const words = installed === null ? unused : storageText.engineInstalled(installed);
  return (
    <Card labelledBy="engine">
      <CardHeader id="engine" title={storageText.engine} />
      <CardBody>
        <KeyValues items={[{ key: "timescale", label: storageText.engineLabel, value: words }]} />
      </CardBody>
    </Card>
  );
}
