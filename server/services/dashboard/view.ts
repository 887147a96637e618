import type { DashboardContent, DashboardSharing } from "#server/domain/dashboard.ts";
import type { KnownReferences } from "#server/domain/dashboard-references.ts";

/** A dashboard in a list. Instants are ISO 8601. */
export type DashboardSummary = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly sharing: DashboardSharing;
  /** Belongs to the caller. */
  readonly isOwn: boolean;
  /** The caller may change what it shows. */
  readonly mayChange: boolean;
  readonly widgets: number;
  readonly revision: number;
  readonly createdBy: string;
  readonly changedAt: string;
  readonly changedBy: string;
};

export type DashboardView = DashboardSummary & {
  readonly content: DashboardContent;
  /** The caller may decide who sees it, and delete it. */
  readonly mayShare: boolean;
  readonly createdAt: string;
};

/** A dashboard together with what the ids in it mean here. */
export type DashboardShown = DashboardView & { readonly references: KnownReferences };

/** A dashboard that is made of a profile's schema each time it is shown. */
export type ReadyMadeSummary = {
  readonly profileId: string;
  readonly name: string;
  readonly description: string;
  readonly devices: number;
  readonly fields: number;
};

export type ReadyMadeView = {
  readonly profileId: string;
  readonly name: string;
  readonly content: DashboardContent;
  readonly references: KnownReferences;
};

export type DashboardVersionSummary = {
  readonly version: number;
  readonly name: string;
  readonly note: string;
  readonly at: string;
  readonly by: string;
  /** What became different from the version before, in sentences; empty for the oldest that is kept. */
  readonly changes: readonly string[];
};

export type DashboardVersionView = Omit<DashboardVersionSummary, "changes"> & {
  readonly content: DashboardContent;
};
