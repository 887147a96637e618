import { certificatePageText as text } from "#components/strings/certificate-page.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import type { ExtensionWords } from "#server/domain/extension-words.ts";

/** What the extensions allow and where they point, in words. */
export function ExtensionsCard({ extensions }: { readonly extensions: readonly ExtensionWords[] }) {
  return (
    <Card labelledBy="extensions">
      <CardHeader id="extensions" title={text.extensions} />
      {extensions.length === 0 ? (
        <CardBody>
          <p className="text-ink-2">{text.unreadable}</p>
        </CardBody>
      ) : (
        <ul className="divide-y divide-line">
          {extensions.map(({ oid, name, critical, says }) => (
            <li key={oid} className="px-3.5 py-2.5 sm:grid sm:grid-cols-[13rem_1fr] sm:gap-4">
              <p className="flex flex-wrap items-center gap-x-2 self-start text-ink-2" title={oid}>
                {name}
                {critical && <StateBadge tone="idle">{text.critical}</StateBadge>}
              </p>
              <div className="min-w-0 text-ink">
                {says.map((line) => (
                  <p
                    key={line.text}
                    className={line.mono === true ? "font-mono text-sm break-all" : undefined}
                  >
                    {line.text}
                  </p>
                ))}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
