"use client";
import { useQuery } from "@tanstack/react-query";
import { referencesQuery } from "#components/dashboard/dashboard-queries.ts";
import type { DashboardContent } from "#server/domain/dashboard.ts";
import {
  assumeNew,
  referencesOf,
  type KnownReferences,
} from "#server/domain/dashboard-references.ts";

/** What the content names and exists here. What was just chosen counts as there until the answer comes. */
export function useReferences(content: DashboardContent, first: KnownReferences): KnownReferences {
  const references = referencesOf(content);
  const { data } = useQuery(referencesQuery(references));
  return data ?? assumeNew(references, first);
}
