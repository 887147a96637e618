import { deviceCertificateSql } from "#server/db/device-certificate-sql.ts";
import { ofTenant, type ReadAt } from "#server/db/device-columns.ts";
import { containsPattern } from "#server/db/contains-pattern.ts";
import { isIdText } from "#server/db/id-text.ts";
import { boundsSql } from "#server/db/bounds-sql.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { lastContactSql } from "#server/db/presence-sql.ts";
import type { ResolvedTest } from "#server/db/resolve-fleet-filter.ts";
import type { Comparison } from "#server/domain/fleet-query-tokens.ts";
import type { ContactTest, MetricTest } from "#server/domain/fleet-term.ts";

/**
 * One test of a filter over `d`. What stands in other tables is asked by EXISTS on their keys: the
 * planner makes a join of it, in whichever order costs less.
 */
export function deviceTestSql(
  test: Exclude<ResolvedTest, { kind: "groups" }>,
  at: ReadAt,
): Prisma.Sql {
  if (isPlace(test)) return whereSql(test);
  switch (test.kind) {
    case "nothing":
      return Prisma.sql`false`;
    case "text":
      return textSql(test);
    case "presence":
      return Prisma.sql`EXISTS (SELECT 1 FROM device_presence pr
        WHERE ${ofTenant("pr", at.tenantId)} AND pr.device_key = d.key
          AND pr.presence IN (${Prisma.join([...test.values])}))`;
    case "certificate":
      return deviceCertificateSql(test.values, at);
    case "profiles":
      return Prisma.sql`d.profile_id = ANY(${[...test.ids]}::uuid[])`;
    case "gateways":
      return Prisma.sql`d.gateway_id = ANY(${[...test.ids]}::uuid[])`;
    case "tags":
      return Prisma.sql`EXISTS (SELECT 1 FROM device_tag t WHERE ${ofTenant("t", at.tenantId)}
        AND t.device_key = d.key AND t.tag = ANY(${[...test.values]}::text[]))`;
    case "firmware":
      return withStatus(Prisma.sql`s.firmware = ANY(${[...test.values]}::text[])`, at);
    case "contact":
      return anyOf(test.values.map((value) => contactSql(value, at)));
    case "metric":
      return Prisma.sql`EXISTS (SELECT 1 FROM telemetry.visible_latest l
        WHERE l.device_key = d.key
          AND ${anyOf(test.values.map((value) => metricSql(test.metric, value)))})`;
  }
}

type Place = Extract<ResolvedTest, { kind: "places" | "location" | "bounds" }>;

function isPlace(test: ResolvedTest): test is Place {
  return test.kind === "places" || test.kind === "location" || test.kind === "bounds";
}

function whereSql(test: Place): Prisma.Sql {
  switch (test.kind) {
    case "places":
      return anyOf(test.values.map((place) => Prisma.sql`d.place ILIKE ${containsPattern(place)}`));
    case "location":
      return test.known ? Prisma.sql`d.latitude IS NOT NULL` : Prisma.sql`d.latitude IS NULL`;
    case "bounds":
      return boundsSql(test.bounds);
  }
}

function anyOf(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return Prisma.sql`(${Prisma.join([...conditions], " OR ")})`;
}

function textSql({ text, keys }: Extract<ResolvedTest, { kind: "text" }>): Prisma.Sql {
  const byId = isIdText(text) ? Prisma.sql`d.id = ${text}::uuid OR` : Prisma.empty;
  if (keys !== null) return Prisma.sql`(${byId} d.key = ANY(${keys}::bigint[]))`;
  const pattern = containsPattern(text);
  return Prisma.sql`(${byId} d.name ILIKE ${pattern} OR d.device_id ILIKE ${pattern}
    OR d.serial ILIKE ${pattern})`;
}

/** "Longer ago than" is an earlier instant. */
const turned: Readonly<Record<Exclude<Comparison, "=">, Prisma.Sql>> = {
  ">": Prisma.sql`<`,
  ">=": Prisma.sql`<=`,
  "<": Prisma.sql`>`,
  "<=": Prisma.sql`>=`,
};

function withStatus(condition: Prisma.Sql, { tenantId }: ReadAt): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM device_status s
    WHERE ${ofTenant("s", tenantId)} AND s.device_key = d.key AND ${condition})`;
}

function contactSql(test: ContactTest, at: ReadAt): Prisma.Sql {
  if (test === "never") {
    return Prisma.sql`NOT ${withStatus(Prisma.sql`${lastContactSql} IS NOT NULL`, at)}`;
  }
  const instant = new Date(at.now.getTime() - test.seconds * 1_000);
  const compared = Prisma.sql`${lastContactSql} ${turned[test.comparison]} ${instant}::timestamptz`;
  return withStatus(compared, at);
}

const signs: Readonly<Record<Comparison, Prisma.Sql>> = {
  "=": Prisma.sql`=`,
  "<": Prisma.sql`<`,
  "<=": Prisma.sql`<=`,
  ">": Prisma.sql`>`,
  ">=": Prisma.sql`>=`,
};

function metricSql(metric: string, { comparison, value }: MetricTest): Prisma.Sql {
  const latest = Prisma.sql`(l.fields -> ${metric}::text -> 'v')`;
  if (typeof value !== "number") {
    return Prisma.sql`${latest} = ${JSON.stringify(value)}::jsonb`;
  }
  return Prisma.sql`(CASE jsonb_typeof${latest} WHEN 'number'
    THEN ${latest}::float8 ${signs[comparison]} ${value}::float8 ELSE false END)`;
}
