"use client";
import { usePathname, useSearchParams } from "next/navigation";
import {
  refusalViewFromParams,
  refusalViewToParams,
  type RefusalView,
} from "#server/domain/refusal-view.ts";

/** The page's state, held by the address so that a link or a reload brings it back. */
export function useRefusalView(): {
  readonly view: RefusalView;
  readonly change: (part: Partial<RefusalView>) => void;
} {
  const path = usePathname();
  const view = refusalViewFromParams(useSearchParams());
  return {
    view,
    change: (part) => {
      const query = refusalViewToParams({ ...view, ...part }).toString();
      window.history.replaceState(null, "", query === "" ? path : `${path}?${query}`);
    },
  };
}
