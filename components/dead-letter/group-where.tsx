import Link from "next/link";
import type { ReactNode } from "react";
import { deadLetterHref } from "#components/dead-letter/filter.ts";
import { workbenchText } from "#components/strings/workbench.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { DeadLetterGroupDetail } from "#server/services/dead-letter/show-group.ts";

const shown = 8;

/** Which devices and firmware a cause comes from, the most frequent first. */
export function GroupWhere({ group }: { readonly group: DeadLetterGroupDetail }) {
  return (
    <Card labelledBy="dead-letter-where">
      <CardHeader id="dead-letter-where" title={workbenchText.where} />
      <Counts
        title={workbenchText.firmware}
        rows={group.firmware.slice(0, shown).map(({ firmware, count }) => ({
          id: firmware ?? "",
          name: firmware ?? workbenchText.unknownFirmware,
          count,
        }))}
      />
      <Counts
        title={workbenchText.devices}
        rows={group.topDevices.slice(0, shown).map(({ deviceId, count }) => ({
          id: deviceId,
          name: (
            <Link
              href={deadLetterHref({ reason: "", device: deviceId, text: "" })}
              aria-label={workbenchText.allOfDevice(deviceId)}
              className="text-accent hover:underline"
            >
              {deviceId}
            </Link>
          ),
          count,
        }))}
      />
    </Card>
  );
}

function Counts({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly {
    readonly id: string;
    readonly name: ReactNode;
    readonly count: number;
  }[];
}) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{title}</Th>
          <Th numeric>{workbenchText.letters}</Th>
        </Tr>
      </thead>
      <tbody>
        {rows.map(({ id, name, count }) => (
          <Tr key={id}>
            <Td className="wrap-anywhere">{name}</Td>
            <Td numeric>{formatCount(count)}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
