"use client";
import { useState } from "react";
import type { GroupDetail, GroupVersion } from "#components/enrolment/views.ts";
import { DifferenceLines } from "#components/schema/difference-lines.tsx";
import { lineDifference, shortened } from "#components/schema/line-difference.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { EnrolmentRules } from "#server/domain/enrolment-rules.ts";

/** Every version of the rules; an old one beside what counts now, and the way back to it. */
export function VersionsCard({
  group,
  mayManage,
  onAgain,
}: {
  readonly group: GroupDetail;
  readonly mayManage: boolean;
  readonly onAgain: (version: GroupVersion) => void;
}) {
  const [shown, setShown] = useState<number>();
  const old = group.versions.find(({ version }) => version === shown && version !== group.version);
  return (
    <Card labelledBy="versions">
      <CardHeader id="versions" title={text.versions} />
      <Table aria-labelledby="versions">
        <thead>
          <Tr>
            <Th>{text.columnVersion}</Th>
            <Th>{text.columnSaved}</Th>
            <Th className="max-sm:hidden">{text.columnNotes}</Th>
          </Tr>
        </thead>
        <tbody>
          {group.versions.map((version) => (
            <Row
              key={version.version}
              version={version}
              current={version.version === group.version}
              open={version.version === old?.version}
              onOpen={() => setShown(version.version === shown ? undefined : version.version)}
            />
          ))}
        </tbody>
      </Table>
      {old !== undefined && (
        <CardBody className="flex flex-col gap-3 border-t border-line">
          <Difference older={old} newer={{ version: group.version, rules: group.rules }} />
          {mayManage && (
            <div>
              <Button
                size="sm"
                onClick={() => {
                  setShown(undefined);
                  onAgain(old);
                }}
              >
                {text.goBack(old.version)}
              </Button>
            </div>
          )}
        </CardBody>
      )}
    </Card>
  );
}

function Row({
  version,
  current,
  open,
  onOpen,
}: {
  readonly version: GroupVersion;
  readonly current: boolean;
  readonly open: boolean;
  readonly onOpen: () => void;
}) {
  return (
    <Tr className={open ? "bg-sunken" : ""}>
      <Td>
        <span className="flex flex-wrap items-center gap-2">
          {current ? (
            <>
              <span className="font-medium">{text.version(version.version)}</span>
              <StateBadge tone="ok">{text.counts}</StateBadge>
            </>
          ) : (
            <button
              type="button"
              aria-expanded={open}
              aria-label={text.compare(version.version)}
              className="font-medium text-accent hover:underline"
              onClick={onOpen}
            >
              {text.version(version.version)}
            </button>
          )}
        </span>
      </Td>
      <Td>
        <RelativeTime value={version.createdAt} />
        <span className="block text-sm wrap-anywhere text-ink-3">{version.createdBy}</span>
      </Td>
      <Td className="wrap-anywhere max-sm:hidden">
        {version.notes === "" ? <span className="text-ink-3">{text.noNotes}</span> : version.notes}
      </Td>
    </Tr>
  );
}

type Side = { readonly version: number; readonly rules: EnrolmentRules };

/** As lines, with the keys in one order: a version that was written differently is not different. */
function sourceOf(rules: EnrolmentRules): string {
  const sorted = Object.entries(rules).toSorted(([a], [b]) => a.localeCompare(b));
  return JSON.stringify(Object.fromEntries(sorted), null, 2);
}

function Difference({ older, newer }: { readonly older: Side; readonly newer: Side }) {
  const lines = lineDifference(sourceOf(older.rules), sourceOf(newer.rules));
  return (
    <div className="flex flex-col gap-2">
      <h3 className="font-medium text-ink">{text.difference(older.version, newer.version)}</h3>
      {lines.every(({ kind }) => kind === "same") ? (
        <p className="text-ink-2">{text.same}</p>
      ) : (
        <DifferenceLines parts={shortened(lines)} />
      )}
    </div>
  );
}
