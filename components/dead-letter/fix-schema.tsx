import { causeTitle } from "#components/dead-letter/cause.ts";
import { remedyText } from "#components/strings/workbench.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { DeadLetterGroupDetail } from "#server/services/dead-letter/show-group.ts";

/** The remedy for devices that are right: the draft of the schema, with the proof on these letters. */
export function FixSchema({
  group,
  maySee,
  onReplay,
}: {
  readonly group: DeadLetterGroupDetail;
  /** Whether the role may open schemas. */
  readonly maySee: boolean;
  readonly onReplay: () => void;
}) {
  const { schema } = group;
  if (schema === null) return <p className="text-ink-2">{remedyText.noSchema}</p>;
  const why = causeTitle(group);
  const query = new URLSearchParams({ prove: "1", why }).toString();
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-ink-2">{remedyText.schemaText}</p>
      <p className="rounded border border-line bg-sunken px-3 py-2 wrap-anywhere text-ink">
        {group.detail}
      </p>
      <div className="flex flex-wrap gap-2">
        {maySee && (
          <ButtonLink
            variant="primary"
            href={`/schemas/${encodeURIComponent(schema.name)}?${query}`}
          >
            {remedyText.openDraft(schema.name)}
          </ButtonLink>
        )}
        <Button onClick={onReplay}>{remedyText.replayAsTheyCame(formatCount(group.open))}</Button>
      </div>
    </div>
  );
}
