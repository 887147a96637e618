"use client";
import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { useId } from "react";
import { ChangeList } from "#components/schema/change-list.tsx";
import { schemaVersionQuery } from "#components/schema/schema-queries.ts";
import { VersionDifference } from "#components/schema/version-difference.tsx";
import { versionSource } from "#components/schema/version-source.ts";
import { versionText } from "#components/strings/schema-use.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { SchemaVersionView, VersionSummary } from "#server/services/schema/view.ts";

/** One version, read-only; beside another what is different. */
export function VersionCard({
  name,
  versions,
  version,
  other,
}: {
  readonly name: string;
  readonly versions: readonly VersionSummary[];
  readonly version: number;
  /** The one that it is compared with. */
  readonly other: number | undefined;
}) {
  const query = useQuery(schemaVersionQuery(name, version));
  return (
    <Card labelledBy="version">
      <CardHeader
        id="version"
        title={versionText.shown(version)}
        aside={<CompareChoice versions={versions} version={version} other={other} />}
      />
      <CardBody>
        {query.isError && (
          <ErrorState title={versionText.failed} onRetry={() => void query.refetch()}>
            {query.error.message}
          </ErrorState>
        )}
        {query.isPending && <Skeleton className="h-40 w-full" />}
        {query.data !== undefined &&
          (other === undefined || other === version ? (
            <VersionBody version={query.data} />
          ) : (
            <VersionDifference name={name} newer={query.data} other={other} />
          ))}
      </CardBody>
    </Card>
  );
}

function CompareChoice({
  versions,
  version,
  other,
}: {
  readonly versions: readonly VersionSummary[];
  readonly version: number;
  readonly other: number | undefined;
}) {
  const id = useId();
  const router = useRouter();
  const path = usePathname();
  if (versions.length < 2) return null;
  return (
    <span className="flex flex-wrap items-center gap-2">
      <label htmlFor={id}>{versionText.compare}</label>
      <Select
        id={id}
        value={other === undefined ? "" : String(other)}
        options={[
          { value: "", label: versionText.compareNone },
          ...versions
            .filter((each) => each.version !== version)
            .map((each) => ({
              value: String(each.version),
              label: versionText.shown(each.version),
            })),
        ]}
        onChange={({ currentTarget: { value } }) => {
          const more = value === "" ? "" : `&with=${value}`;
          router.replace(`${path}?show=${version}${more}`, { scroll: false });
        }}
      />
    </span>
  );
}

function VersionBody({ version }: { readonly version: SchemaVersionView }) {
  const changes = version.compatibility?.changes ?? [];
  return (
    <div className="flex flex-col gap-4">
      <KeyValues
        items={[
          {
            key: "published",
            label: versionText.published,
            value: (
              <>
                <ExactTime value={version.publishedAt} />{" "}
                {version.publishedBy !== "" && (
                  <span className="text-ink-3">{versionText.by(version.publishedBy)}</span>
                )}
              </>
            ),
          },
          {
            key: "notes",
            label: versionText.notes,
            value: version.notes === "" ? versionText.noNotes : version.notes,
          },
          ...(version.digest === ""
            ? []
            : [
                {
                  key: "digest",
                  label: versionText.digest,
                  value: <CopyText text={version.digest} what={versionText.digest} />,
                },
              ]),
        ]}
      />
      {changes.length > 0 && (
        <section>
          <h3 className="text-sm font-medium text-ink">
            {versionText.changedSince(version.compatibility?.version ?? 0)}
          </h3>
          <ChangeList changes={changes} />
        </section>
      )}
      <CodeBlock code={versionSource(version.definition)} what={versionText.definition} />
    </div>
  );
}
