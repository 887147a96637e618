"use client";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { groupLettersQuery } from "#components/dead-letter/group-queries.ts";
import type { DeadLetterSummary } from "#server/services/dead-letter/list.ts";
import type { DeadLetterGroupDetail } from "#server/services/dead-letter/show-group.ts";

export type ChosenLetter = {
  readonly letters: readonly DeadLetterSummary[];
  /** Id of the one that is looked at: the newest until another is chosen. */
  readonly chosen: string | undefined;
  readonly choose: (id: string) => void;
  readonly isLoading: boolean;
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  readonly loadOlder: () => void;
};

/** The letters of a group, and which of them is looked at. */
export function useChosenLetter(group: DeadLetterGroupDetail): ChosenLetter {
  const [picked, setPicked] = useState<string>();
  const query = useInfiniteQuery({
    ...groupLettersQuery(group),
    placeholderData: keepPreviousData,
  });
  const letters = query.data?.pages.flatMap((page) => page.letters) ?? [];
  const isThere = letters.some(({ id }) => id === picked);
  return {
    letters,
    chosen: isThere ? picked : letters[0]?.id,
    choose: setPicked,
    isLoading: query.isPending,
    hasOlder: query.hasNextPage,
    isLoadingOlder: query.isFetchingNextPage,
    loadOlder: () => void query.fetchNextPage(),
  };
}
