import type { TestLimits } from "#server/testing/test-listeners.ts";

/** What is tested: listeners with whatever is behind them. */
export type Backing = {
  readonly ports: Readonly<Record<"mqtt" | "mqtts" | "ws" | "wss", number>>;
  /** PEM of the authority that the listeners' certificate is of. */
  readonly ca: string;
  /** A service client that may read everything, `$SYS` too, and publish below `conformance/`. */
  readonly account: { readonly username: string; readonly password: string };
  addDevice(): Promise<{ readonly deviceId: string; readonly token: string }>;
  stop(): Promise<void>;
};

export type BackingOptions = {
  readonly limits: TestLimits;
  /** Whether the test will stop it, so that it is shared with nobody. */
  readonly alone: boolean;
};

export type StartBacking = (options: BackingOptions) => Promise<Backing>;

/** The grants of {@link Backing.account}. */
export const accountGrants = [
  { filter: "#", mayPublish: false, maySubscribe: true },
  { filter: "conformance/#", mayPublish: true, maySubscribe: true },
  { filter: "$SYS/#", mayPublish: false, maySubscribe: true },
] as const;
