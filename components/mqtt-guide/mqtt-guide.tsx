import type { ReactNode } from "react";
import { PageHeader } from "#components/layout/page-header.tsx";
import { guideText } from "#components/strings/mqtt-guide.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";

/** Where the listeners are. */
export type Listeners = {
  readonly host: string;
  readonly tlsPort: number;
  readonly plainPort: number;
  readonly wsPort: number;
  readonly wssPort: number;
  readonly plainPublic: boolean;
};

/** What the MQTT listener speaks: addresses, logins, topics, features and reason codes. */
export function MqttGuide({
  listeners,
  mayLimits,
}: {
  readonly listeners: Listeners;
  readonly mayLimits: boolean;
}) {
  return (
    <>
      <PageHeader
        title={guideText.title}
        subtitle={guideText.subtitle}
        actions={
          <>
            <ButtonLink href="/refused">{guideText.refused}</ButtonLink>
            {mayLimits && <ButtonLink href="/settings/limits">{guideText.limits}</ButtonLink>}
            <ButtonLink href="/docs/enrolment">{guideText.enrolment}</ButtonLink>
            <ButtonLink href="/docs/api">{guideText.api}</ButtonLink>
          </>
        }
      />
      <Sections listeners={listeners} />
    </>
  );
}

function Sections({ listeners }: { readonly listeners: Listeners }) {
  return (
    <div className="flex flex-col gap-5">
      <Section
        id="where"
        title={guideText.where}
        columns={[guideText.columnAddress, guideText.columnFor]}
        rows={addressRows(listeners)}
      />
      <Section
        id="who"
        title={guideText.who}
        columns={[guideText.columnWho, guideText.columnLogin, guideText.columnClientId]}
        rows={guideText.people.map(({ id, who, login, clientId }) => ({
          id,
          cells: [who, login, clientId],
        }))}
      />
      <Section
        id="topics"
        title={guideText.topics}
        columns={[guideText.columnTopic, guideText.columnMay, guideText.columnMeaning]}
        rows={guideText.topicRows.map(({ topic, may, meaning }) => ({
          id: topic,
          cells: [<code key="topic">{topic}</code>, may, meaning],
        }))}
        note={guideText.topicsNote}
      />
      <Payloads />
      <Section
        id="served"
        title={guideText.served}
        columns={[guideText.columnFeature, guideText.columnHow]}
        rows={guideText.features.map(({ id, what, how }) => ({ id, cells: [what, how] }))}
      />
      <Section
        id="codes"
        title={guideText.codes}
        columns={[guideText.columnCode, guideText.columnWhen]}
        rows={guideText.codeRows.map(({ code, name, when }) => ({
          id: code,
          cells: [
            <span key="code">
              <code>{code}</code> {name}
            </span>,
            when,
          ],
        }))}
        note={guideText.codesNote}
      />
      <p className="text-sm text-ink-3">{guideText.conformance}</p>
    </div>
  );
}

/** How telemetry is read, by what it says of itself. */
function Payloads() {
  return (
    <Section
      id="payloads"
      title={guideText.payloads}
      columns={[guideText.columnContentType, guideText.columnRead]}
      rows={guideText.payloadRows.map(({ type, read }) => ({
        id: type,
        cells: [<code key="type">{type}</code>, read],
      }))}
      note={guideText.payloadsNote}
    />
  );
}

type Row = { readonly id: string; readonly cells: readonly ReactNode[] };

function addressRows(listeners: Listeners): readonly Row[] {
  const { host, tlsPort, wssPort, plainPort, wsPort, plainPublic } = listeners;
  const plainHost = plainPublic ? host : "127.0.0.1";
  const reach = plainPublic ? guideText.anyMachine : guideText.thisMachine;
  const row = (address: string, what: string): Row => ({
    id: address,
    cells: [<code key="address">{address}</code>, what],
  });
  return [
    row(`mqtts://${host}:${tlsPort}`, guideText.tls),
    row(`wss://${host}:${wssPort}/mqtt`, guideText.wss),
    row(`mqtt://${plainHost}:${plainPort}`, `${guideText.plain}, ${reach}`),
    row(`ws://${plainHost}:${wsPort}/mqtt`, `${guideText.ws}, ${reach}`),
  ];
}

/** A table whose first column names the row; on a phone the others stand below it. */
function Section({
  id,
  title,
  columns,
  rows,
  note,
}: {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly note?: string;
}) {
  return (
    <Card labelledBy={id}>
      <CardHeader id={id} title={title} />
      <Table aria-label={title}>
        <thead className="max-md:sr-only">
          <Tr>
            {columns.map((column, index) => (
              <Th key={column} className={index === 0 ? "w-80" : ""}>
                {column}
              </Th>
            ))}
          </Tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={row.id} className="align-top max-md:block max-md:py-1.5">
              {row.cells.map((cell, index) => (
                <Td
                  key={columns[index]}
                  className={
                    index === 0
                      ? "font-medium wrap-anywhere text-ink max-md:block max-md:h-auto max-md:py-0.5"
                      : "text-ink-2 max-md:block max-md:h-auto max-md:py-0.5"
                  }
                >
                  {cell}
                </Td>
              ))}
            </Tr>
          ))}
        </tbody>
      </Table>
      {note !== undefined && (
        <p className="border-t border-line px-3.5 py-2.5 text-sm text-ink-2">{note}</p>
      )}
    </Card>
  );
}
