import { certificatePageText as text } from "#components/strings/certificate-page.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { CertificateDetail } from "#server/services/certificate/show.ts";
import type { CertificateUse } from "#server/services/certificate/find-use.ts";

type Connection = CertificateUse["connections"][number];

/** The connection that is made with it, and those that were. */
export function UseCard({ certificate }: { readonly certificate: CertificateDetail }) {
  const { session, connections } = certificate.use;
  return (
    <Card labelledBy="use">
      <CardHeader
        id="use"
        title={text.use}
        aside={
          session !== null && (
            <StateBadge tone={session.connected ? "ok" : "idle"}>
              {session.connected ? text.connectedNow : text.connectedLast}
            </StateBadge>
          )
        }
      />
      <CardBody className="flex flex-col gap-3">
        {session === null ? (
          <p className="text-ink-2">
            {certificate.lastUsedAt === null && connections.length === 0
              ? text.neverUsed
              : text.notNow}
          </p>
        ) : (
          <Session session={session} />
        )}
        {certificate.lastUsedAt !== null && (
          <KeyValues
            items={[
              {
                key: "used",
                label: text.lastUsed,
                value: <ExactTime value={certificate.lastUsedAt} />,
              },
            ]}
          />
        )}
      </CardBody>
      {connections.length > 0 && <Connections connections={connections} />}
    </Card>
  );
}

/** "TLSv1.3, TLS_AES_128_GCM_SHA256" */
function tlsWords(of: { readonly tlsVersion: string | null; readonly tlsCipher: string | null }) {
  const words = [of.tlsVersion, of.tlsCipher].filter((word) => word !== null);
  return words.length === 0 ? "–" : words.join(", ");
}

function Session({ session }: { readonly session: NonNullable<CertificateUse["session"]> }) {
  const time = (value: string | null) => (value === null ? "–" : <ExactTime value={value} />);
  return (
    <KeyValues
      items={[
        { key: "since", label: text.since, value: time(session.connectedAt) },
        ...(session.connected
          ? []
          : [{ key: "until", label: text.until, value: time(session.disconnectedAt) }]),
        { key: "from", label: text.remote, value: session.remoteAddress ?? "–", mono: true },
        { key: "protocol", label: text.protocol, value: session.protocol ?? "–" },
        { key: "tls", label: text.tls, value: tlsWords(session) },
        { key: "message", label: text.lastMessage, value: time(session.lastMessageAt) },
      ]}
    />
  );
}

function Connections({ connections }: { readonly connections: readonly Connection[] }) {
  return (
    <div className="border-t border-line">
      <h3 className="px-3.5 pt-3 text-sm text-ink-2">{text.connections}</h3>
      <Table>
        <thead>
          <Tr>
            <Th>{text.columnTime}</Th>
            <Th>{text.columnWhat}</Th>
            <Th className="max-md:hidden">{text.columnFrom}</Th>
            <Th className="max-lg:hidden">{text.columnTls}</Th>
          </Tr>
        </thead>
        <tbody>
          {connections.map((each) => (
            <Tr key={`${each.at} ${each.kind}`}>
              <Td>
                <ExactTime value={each.at} />
              </Td>
              <Td>
                {each.kind === "connected" ? text.connected : text.disconnected}
                {each.count > 1 && ` (${text.times(formatCount(each.count))})`}
                {each.reason !== null && (
                  <span className="block text-sm text-ink-3">{each.reason}</span>
                )}
              </Td>
              <Td className="font-mono text-sm max-md:hidden">{each.remoteAddress}</Td>
              <Td className="text-ink-2 max-lg:hidden">{tlsWords(each)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
