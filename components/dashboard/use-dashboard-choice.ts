"use client";
import { usePathname, useSearchParams } from "next/navigation";
import type { DashboardContent } from "#server/domain/dashboard.ts";
import {
  choiceFromParams,
  choiceToParams,
  type DashboardChoice,
} from "#server/domain/dashboard-variables.ts";

/** What is chosen on a dashboard, held by the address so that a link or a reload brings it back. */
export function useDashboardChoice(content: DashboardContent): {
  readonly choice: DashboardChoice;
  readonly setChoice: (change: Partial<DashboardChoice>) => void;
} {
  const path = usePathname();
  const choice = choiceFromParams(content, useSearchParams());
  return {
    choice,
    setChoice: (change) => {
      const query = choiceToParams(content, { ...choice, ...change }).toString();
      window.history.replaceState(null, "", query === "" ? path : `${path}?${query}`);
    },
  };
}
