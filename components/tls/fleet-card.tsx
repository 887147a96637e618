"use client";
import { ShareBar, type SharePart } from "#components/charts/share-bar.tsx";
import { tlsName } from "#components/strings/device.ts";
import { tlsText } from "#components/strings/tls.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { TlsPosture } from "#server/services/tls/show.ts";

const tones: Readonly<Record<string, SharePart["tone"]>> = {
  "TLSv1.3": "ok",
  "TLSv1.2": "accent",
};

/** Versions and suites that connected devices have negotiated. */
export function FleetCard({ posture }: { readonly posture: TlsPosture }) {
  const { negotiated, isOperator } = posture;
  return (
    <Card labelledBy="tls-fleet">
      <CardHeader
        id="tls-fleet"
        title={tlsText.fleet}
        aside={isOperator ? tlsText.fleetAll : tlsText.fleetOwn}
      />
      <CardBody className="flex flex-col gap-4">
        {negotiated.length === 0 ? (
          <p className="text-ink-3">{tlsText.fleetEmpty}</p>
        ) : (
          <>
            <ShareBar parts={versionsOf(negotiated)} />
            <Table>
              <thead>
                <Tr>
                  <Th className="w-32">{tlsText.negotiatedVersion}</Th>
                  <Th>{tlsText.negotiatedSuite}</Th>
                  <Th numeric className="w-28">
                    {tlsText.negotiatedDevices}
                  </Th>
                </Tr>
              </thead>
              <tbody>
                {negotiated.map(({ version, cipher, devices }) => (
                  <Tr key={`${version ?? ""} ${cipher ?? ""}`}>
                    <Td>{nameOf(version)}</Td>
                    <Td className="font-mono text-sm break-all">{cipher ?? ""}</Td>
                    <Td numeric>{formatCount(devices)}</Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          </>
        )}
      </CardBody>
    </Card>
  );
}

function nameOf(version: string | null): string {
  return version === null ? tlsText.noTls : tlsName(version);
}

function versionsOf(negotiated: TlsPosture["negotiated"]): readonly SharePart[] {
  const counts = new Map<string, number>();
  for (const { version, devices } of negotiated) {
    const key = version ?? "";
    counts.set(key, (counts.get(key) ?? 0) + devices);
  }
  return [...counts]
    .toSorted(([a], [b]) => b.localeCompare(a))
    .map(([version, value]) => ({
      id: version,
      label: nameOf(version === "" ? null : version),
      value,
      tone: tones[version] ?? "warn",
    }));
}
