import { growthWords } from "#components/storage/growth-words.ts";
import { storageText } from "#components/strings/storage.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatBytes, formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { StoreView } from "#server/services/storage/show.ts";

/** Every store with its size, largest first. */
export function StoreTable({
  stores,
  totalBytes,
}: {
  readonly stores: readonly StoreView[];
  readonly totalBytes: number;
}) {
  return (
    <Card labelledBy="stores">
      <CardHeader id="stores" title={storageText.stores} />
      <Table>
        <thead>
          <Tr>
            <Th>{storageText.columnStore}</Th>
            <Th className="w-40 max-lg:hidden">
              <span className="sr-only">{storageText.columnShare}</span>
            </Th>
            <Th numeric>{storageText.columnSize}</Th>
            <Th numeric className="max-md:hidden">
              {storageText.columnRows}
            </Th>
            <Th numeric>{storageText.columnGrowth}</Th>
          </Tr>
        </thead>
        <tbody>
          {stores
            .toSorted((a, b) => b.bytes - a.bytes)
            .map(({ store, bytes, rows, bytesPerDay }) => (
              <Tr key={store}>
                <Td>{storageText.names[store]}</Td>
                <Td className="max-lg:hidden">
                  <Share part={totalBytes === 0 ? 0 : bytes / totalBytes} />
                </Td>
                <Td numeric className="whitespace-nowrap">
                  {formatBytes(bytes)}
                </Td>
                <Td numeric className="whitespace-nowrap max-md:hidden">
                  {rows === 0 ? storageText.unknown : formatCount(rows)}
                </Td>
                <Td numeric className="whitespace-nowrap text-ink-2">
                  {growthWords(bytesPerDay)}
                </Td>
              </Tr>
            ))}
        </tbody>
      </Table>
    </Card>
  );
}

function Share({ part }: { readonly part: number }) {
  const percent = Math.round(part * 100);
  return (
    <span className="flex items-center gap-2">
      <svg aria-hidden viewBox="0 0 100 4" preserveAspectRatio="none" className="h-1.5 grow">
        <rect width="100" height="4" className="fill-line" />
        <rect width={part * 100} height="4" className="fill-accent" />
      </svg>
      <span className="w-9 text-right text-sm text-ink-3">{percent} %</span>
    </span>
  );
}
