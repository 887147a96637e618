import { storageText } from "#components/strings/storage.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatBytes, formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { DayOrder, StorageView } from "#server/services/storage/show.ts";

const tones: Readonly<Record<DayOrder, Tone>> = {
  open: "accent",
  waiting: "idle",
  ordered: "ok",
  "too-large": "warn",
  "in-use": "idle",
};

/** The newest days of readings, and whether their rows lie in the order in which charts read them. */
export function DayTable({ days }: { readonly days: StorageView["days"] }) {
  return (
    <Card labelledBy="days">
      <CardHeader id="days" title={storageText.days} />
      <CardBody>
        <p className="max-w-3xl text-sm text-ink-2">{storageText.daysIntro}</p>
      </CardBody>
      {days.length === 0 ? (
        <EmptyState title={storageText.noDays}>{storageText.noDaysText}</EmptyState>
      ) : (
        <Table>
          <thead>
            <Tr>
              <Th>{storageText.columnDay}</Th>
              <Th numeric>{storageText.columnSize}</Th>
              <Th numeric className="max-md:hidden">
                {storageText.columnRows}
              </Th>
              <Th>{storageText.columnOrder}</Th>
            </Tr>
          </thead>
          <tbody>
            {days.map(({ day, bytes, rows, order }) => (
              <Tr key={day}>
                <Td className="whitespace-nowrap">{day}</Td>
                <Td numeric className="whitespace-nowrap">
                  {formatBytes(bytes)}
                </Td>
                <Td numeric className="whitespace-nowrap max-md:hidden">
                  {rows === 0 ? storageText.unknown : formatCount(rows)}
                </Td>
                <Td>
                  <StateBadge tone={tones[order]}>{storageText.orders[order]}</StateBadge>
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
