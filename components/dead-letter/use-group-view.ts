"use client";
import { usePathname, useSearchParams } from "next/navigation";
import {
  groupViewFrom,
  groupViewParams,
  type GroupView,
} from "#components/dead-letter/group-view.ts";

/** The page's state, held by the address so that a link or a reload brings it back. */
export function useGroupView(): {
  readonly view: GroupView;
  readonly change: (part: Partial<GroupView>) => void;
} {
  const path = usePathname();
  const view = groupViewFrom(useSearchParams());
  return {
    view,
    change: (part) => {
      const query = groupViewParams({ ...view, ...part }).toString();
      window.history.replaceState(null, "", query === "" ? path : `${path}?${query}`);
    },
  };
}
