"use client";
import dynamic from "next/dynamic";
import { useWatchedWork } from "#components/work/watched-work.ts";

// Most pages have nothing to follow.
const WorkNotice = dynamic(
  async () => (await import("#components/work/work-notice.tsx")).WorkNotice,
  { ssr: false },
);

/** Says when work has ended that was begun in this tab, on whichever page its reader is by then. */
export function WorkNotices() {
  return useWatchedWork().map((work) => <WorkNotice key={work.id} {...work} />);
}
