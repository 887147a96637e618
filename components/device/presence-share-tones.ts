import type { SharePart } from "#components/charts/share-bar.tsx";
import type { Presence } from "#server/domain/presence.ts";

/** The colour of a presence's part in a bar of a whole; what nobody expects to be heard is quiet. */
export const presenceShareTones: Readonly<Record<Presence, SharePart["tone"]>> = {
  online: "ok",
  idle: "idle",
  late: "warn",
  silent: "bad",
  stranded: "bad",
  never_seen: "none",
  suspended: "dim",
  decommissioned: "none",
  quarantined: "dim",
};
