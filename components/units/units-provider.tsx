"use client";
import { createContext, useCallback, useContext, type ReactNode } from "react";
import type { Aggregate } from "#server/domain/telemetry-query.ts";
import { displayOf, type Display, type UnitPreference } from "#server/domain/units.ts";

const asMeasured: UnitPreference = {};
const UnitsContext = createContext<UnitPreference>(asMeasured);

/** Around the console once: the units in which the reader wants to see values. */
export function UnitsProvider({
  preference,
  children,
}: {
  readonly preference: UnitPreference;
  readonly children: ReactNode;
}) {
  return <UnitsContext value={preference}>{children}</UnitsContext>;
}

/** How values of a schema's unit (UCUM) are shown; `aggregate`: what they are of many readings. */
export type Units = (unit: string | null | undefined, aggregate?: Aggregate) => Display;

/**
 * How values are shown to the reader. The function is the same one until the choice changes. Only
 * for showing: what is sent and stored stays in the schema's unit.
 */
export function useUnits(): Units {
  const preference = useContext(UnitsContext);
  return useCallback((unit, aggregate) => displayOf(unit, preference, aggregate), [preference]);
}
