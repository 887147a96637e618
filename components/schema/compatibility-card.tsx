import { ChangeList } from "#components/schema/change-list.tsx";
import { checkText } from "#components/strings/schema.ts";
import { StateDot } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import type {
  CompatibilityView,
  DefinitionCheck,
  SchemaChange,
} from "#server/services/schema/view.ts";

const breaksDevices = ({ breaks }: SchemaChange) => breaks === "backward" || breaks === "both";
const breaksReaders = ({ breaks }: SchemaChange) => breaks === "forward" || breaks === "both";

/** What the draft changes against the newest version, and for whom. */
export function CompatibilityCard({
  check,
  latest,
}: {
  /** Nothing is compared while the draft has problems. */
  readonly check: DefinitionCheck | undefined;
  readonly latest: number | null;
}) {
  const compatibility = check?.compatibility ?? null;
  return (
    <Card labelledBy="compatibility">
      <CardHeader
        id="compatibility"
        title={checkText.compatibility}
        {...(latest !== null && { aside: checkText.comparedWith(latest) })}
      />
      <CardBody>
        {latest === null ? (
          <p className="text-ink-2">{checkText.firstVersion}</p>
        ) : compatibility === null ? (
          <p className="text-ink-2">{checkText.notCompared}</p>
        ) : (
          <CompatibilityWords compatibility={compatibility} />
        )}
      </CardBody>
    </Card>
  );
}

/** The two directions in a sentence each, then the changes. */
export function CompatibilityWords({
  compatibility,
}: {
  readonly compatibility: CompatibilityView;
}) {
  const { changes } = compatibility;
  if (changes.length === 0) return <p className="text-ink-2">{checkText.same}</p>;
  const devices = changes.some(breaksDevices);
  const readers = changes.some(breaksReaders);
  return (
    <>
      <ul className="mb-1 flex flex-col gap-1">
        <Direction bad={devices}>
          {devices ? checkText.backwardBad : checkText.backwardOk}
        </Direction>
        <Direction bad={readers}>{readers ? checkText.forwardBad : checkText.forwardOk}</Direction>
      </ul>
      <ChangeList changes={changes} />
    </>
  );
}

function Direction({ bad, children }: { readonly bad: boolean; readonly children: string }) {
  return (
    <li className="flex items-center gap-2 text-ink">
      <StateDot tone={bad ? "bad" : "ok"} />
      {children}
    </li>
  );
}
