"use client";
import { downloadFile } from "#components/device/download.ts";
import { deviceHref } from "#components/device/device-href.ts";
import { cryptoText as text } from "#components/strings/crypto-inventory.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import Link from "next/link";
import { csvFile } from "#server/domain/csv.ts";
import type { CryptoStanding } from "#server/domain/crypto-sunset.ts";
import type {
  CryptoEntry,
  CryptoInventory,
} from "#server/services/certificate/crypto-inventory.ts";

const tones: Readonly<Record<CryptoStanding, Tone>> = {
  good: "ok",
  sunset: "warn",
  weak: "bad",
  unknown: "idle",
};

const csvHeader = ["use", "detail", "algorithm", "count", "bits", "standing", "sunset", "why"];

function download(entries: readonly CryptoEntry[]): void {
  const records = entries.map(({ use, detail, algorithm, count, bits, standing, sunset, why }) => [
    use,
    detail,
    algorithm,
    count,
    bits,
    standing,
    sunset,
    why,
  ]);
  downloadFile("cryptography.csv", csvFile(csvHeader, records));
}

/** Every algorithm in use, by what it is used for, and what follows from that. */
export function CryptoInventoryView({ inventory }: { readonly inventory: CryptoInventory }) {
  const uses = Object.entries(text.uses).flatMap(([use, title]) => {
    const entries = inventory.entries.filter((entry) => entry.use === use);
    return entries.length === 0 ? [] : [{ use, title, entries }];
  });
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-3xl text-ink-2">{text.intro}</p>
        <Button size="sm" onClick={() => download(inventory.entries)}>
          {text.exportCsv}
        </Button>
      </div>
      <Findings findings={inventory.findings} />
      {uses.map(({ use, title, entries }) => (
        <Card key={use} labelledBy={`crypto-${use}`}>
          <CardHeader id={`crypto-${use}`} title={title} />
          <UseTable entries={entries} />
        </Card>
      ))}
    </>
  );
}

function Findings({ findings }: Pick<CryptoInventory, "findings">) {
  return (
    <Card labelledBy="crypto-findings">
      <CardHeader id="crypto-findings" title={text.findings} />
      {findings.length === 0 ? (
        <CardBody>
          <p className="text-ink-2">{text.noFindings}</p>
        </CardBody>
      ) : (
        <ul className="divide-y divide-line">
          {findings.map(({ severity, title, remedy, devices }) => (
            <li key={title} className="flex gap-3 px-3.5 py-2.5">
              <span className="w-16 shrink-0">
                <StateBadge tone={severity === "critical" ? "bad" : "warn"}>
                  {text.severity[severity]}
                </StateBadge>
              </span>
              <div className="min-w-0">
                <p className="font-medium text-ink">{title}</p>
                <p className="text-ink-2">{remedy}</p>
                {devices.length > 0 && (
                  <p className="flex flex-wrap gap-x-3 text-sm">
                    {devices.slice(0, 20).map((deviceId) => (
                      <Link
                        key={deviceId}
                        href={deviceHref({ deviceId })}
                        className="font-mono text-accent underline"
                      >
                        {deviceId}
                      </Link>
                    ))}
                  </p>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function UseTable({ entries }: { readonly entries: readonly CryptoEntry[] }) {
  return (
    <Table className="table-fixed">
      <thead>
        <Tr>
          <Th>{text.columnAlgorithm}</Th>
          <Th numeric className="w-24 max-md:w-20">
            {text.columnCount}
          </Th>
          <Th className="w-44 max-md:w-28">{text.columnBits}</Th>
          <Th className="w-32 max-md:hidden">{text.columnSunset}</Th>
          <Th className="w-2/5 max-md:hidden">{text.columnWhy}</Th>
        </Tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <Tr key={`${entry.algorithm} ${entry.detail}`}>
            <Td className="wrap-anywhere text-ink">
              {entry.detail !== "" && <span className="block text-ink-2">{entry.detail}</span>}
              {entry.algorithm}
            </Td>
            <Td numeric>{entry.count === null ? "–" : formatCount(entry.count)}</Td>
            <Td>
              <span className="flex flex-wrap items-center gap-x-2">
                <StateBadge tone={tones[entry.standing]}>
                  {text.standings[entry.standing]}
                </StateBadge>
                <span className="text-ink-2">
                  {entry.bits === null ? "" : text.bits(String(entry.bits))}
                </span>
              </span>
            </Td>
            <Td className="max-md:hidden">{entry.sunset ?? text.noSunset}</Td>
            <Td className="text-ink-2 max-md:hidden">{entry.why}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
