import Link from "next/link";
import { growthWords } from "#components/storage/growth-words.ts";
import { overviewText } from "#components/strings/overview.ts";
import { storageText } from "#components/strings/storage.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatBytes } from "#components/ui/format.ts";
import type { StoresInBrief } from "#server/services/overview/stores.ts";

/** How much is stored, and how fast it grows; the largest stores by name. */
export function StoresCard({ stores }: { readonly stores: StoresInBrief }) {
  return (
    <Card labelledBy="overview-stores">
      <CardHeader
        id="overview-stores"
        title={overviewText.stores}
        aside={
          <Link href="/settings/storage" className="text-accent hover:underline">
            {overviewText.storesAll}
          </Link>
        }
      />
      <dl className="grid grid-cols-[minmax(0,1fr)_max-content_max-content] gap-x-5">
        <Row name={overviewText.storesTotal} {...stores} bytes={stores.totalBytes} />
        {stores.largest.map((each) => (
          <Row key={each.store} name={storageText.names[each.store]} {...each} />
        ))}
      </dl>
    </Card>
  );
}

function Row({
  name,
  bytes,
  bytesPerDay,
}: {
  readonly name: string;
  readonly bytes: number;
  readonly bytesPerDay: number | null;
}) {
  return (
    <div className="col-span-full grid grid-cols-subgrid border-b border-line px-3.5 py-2 last:border-b-0">
      <dt className="truncate text-ink">{name}</dt>
      <dd className="text-right tabular-nums">{formatBytes(bytes)}</dd>
      <dd className="text-right text-ink-2 tabular-nums">{growthWords(bytesPerDay)}</dd>
    </div>
  );
}
