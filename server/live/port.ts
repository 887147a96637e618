import type { LiveFrame, LiveMessage } from "#server/domain/live.ts";

/** What is told as it is: a device's messages go their own way, for most are never shown. */
export type LiveEvent = Exclude<LiveFrame, { readonly kind: "messages" }>;

/** Messages of one device, of which those are made that are told. */
export type LiveMessages = {
  readonly count: number;
  readonly make: (index: number) => LiveMessage;
};

/** Where the worker's parts tell viewers what happened. Never blocks and never throws. */
export type LivePort = {
  /** Hands one frame to the viewers of a tenant who asked for its kind. */
  emit(tenantId: string, frame: LiveEvent): void;
};
