import type { LiveFrame } from "#server/domain/live.ts";

/** Where the worker's parts tell viewers what happened. Never blocks and never throws. */
export type LivePort = {
  /** Hands one frame to the viewers of a tenant who asked for its kind. */
  emit(tenantId: string, frame: LiveFrame): void;
};
