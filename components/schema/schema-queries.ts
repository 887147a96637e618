import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { askJson, readJson } from "#components/layout/read-json.ts";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import type {
  CompatibilityView,
  DefinitionCheck,
  Proof,
  SampleView,
  SchemaSummary,
  SchemaVersionView,
  SchemaView,
} from "#server/services/schema/view.ts";
import type { InferredSchema } from "#server/services/schema/infer.ts";

const base = "/api/console/schemas";
const refreshMs = 10_000;

/** Everything that is kept about schemas, for `invalidateQueries`. */
export const schemasKey = ["schemas"] as const;

type SchemaList = { readonly schemas: readonly SchemaSummary[] };

export function schemasQuery(q: string) {
  return queryOptions({
    queryKey: [...schemasKey, "list", q],
    queryFn: ({ signal }) =>
      readJson<SchemaList>(q === "" ? base : `${base}?q=${encodeURIComponent(q)}`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
}

export function schemaQuery(first: SchemaView) {
  return queryOptions({
    queryKey: [...schemasKey, "one", first.name],
    queryFn: ({ signal }) => readJson<SchemaView>(schemaApi(first.name), signal),
    initialData: first,
    refetchInterval: refreshMs,
  });
}

export function schemaVersionQuery(name: string, version: number) {
  return queryOptions({
    queryKey: [...schemasKey, "version", name, version],
    queryFn: ({ signal }) =>
      readJson<SchemaVersionView>(`${schemaApi(name)}/versions/${version}`, signal),
    // A version never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** How one version stands to an earlier one. */
export function comparisonQuery(name: string, from: number, to: number) {
  return queryOptions({
    queryKey: [...schemasKey, "comparison", name, from, to],
    queryFn: ({ signal }) =>
      readJson<CompatibilityView>(
        `${schemaApi(name)}/comparison?from=${String(from)}&to=${String(to)}`,
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What is wrong with a definition and what it changes; asked while one types. */
export function definitionCheckQuery(name: string, definition: SchemaDefinition | undefined) {
  return queryOptions({
    queryKey: [...schemasKey, "check", name, definition],
    queryFn: ({ signal }) =>
      askJson<DefinitionCheck>(`${schemaApi(name)}/check`, { definition }, signal),
    enabled: definition !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
}

/** Runs a definition over kept messages. Reading them is recorded: only when somebody asks. */
export async function proveDefinition(
  name: string,
  definition: SchemaDefinition,
  hours: number,
): Promise<Proof> {
  return askJson<Proof>(`${schemaApi(name)}/prove`, { definition, hours });
}

/** Payloads that were kept of profiles that use the schema. Reading them is recorded. */
export async function readSamples(name: string): Promise<readonly SampleView[]> {
  const { samples } = await readJson<{ readonly samples: readonly SampleView[] }>(
    `${schemaApi(name)}/samples`,
  );
  return samples;
}

/** Proposes a definition from what devices sent. */
export async function inferDefinition(asked: {
  readonly profileId: string;
  readonly stream: string;
  readonly hours: number;
}): Promise<InferredSchema> {
  const query = new URLSearchParams({
    profileId: asked.profileId,
    stream: asked.stream,
    hours: String(asked.hours),
  });
  return readJson<InferredSchema>(`/api/console/schema-inference?${query.toString()}`);
}

function schemaApi(name: string): string {
  return `${base}/${encodeURIComponent(name)}`;
}

/** A page of a schema: its editor, or one of its tabs. */
export function schemaHref(name: string, tab?: "versions" | "use" | "documentation"): string {
  const page = `/schemas/${encodeURIComponent(name)}`;
  return tab === undefined ? page : `${page}/${tab}`;
}
