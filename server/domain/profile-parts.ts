import type { z } from "zod";
import type {
  certificatePolicy,
  commandSpecification,
  threshold,
} from "#server/domain/profile-parts-schema.ts";

/** How often devices are expected to be in contact, and what their silence means. */
export const connectivityModels = [
  "always_on",
  "store_and_forward",
  "disconnected_tolerant",
] as const;
export type ConnectivityModel = (typeof connectivityModels)[number];

/** What the interface calls a connectivity model. */
export const connectivityNames: Readonly<Record<ConnectivityModel, string>> = {
  always_on: "Always on",
  store_and_forward: "Store and forward",
  disconnected_tolerant: "Tolerates being disconnected",
};

/** One sentence per connectivity model. */
export const connectivityMeanings: Readonly<Record<ConnectivityModel, string>> = {
  always_on: "Keeps its connection; silence is a fault.",
  store_and_forward: "Collects readings and sends them in batches with their own times.",
  disconnected_tolerant: "May be out of reach for long; what it sends then is as good as before.",
};

/** A command that devices of the profile understand: `dn/command/{name}/{commandId}`. */
export type CommandSpecification = z.output<typeof commandSpecification>;

/** Within which bounds a metric is as it should be. */
export type Threshold = z.output<typeof threshold>;

/** For how long what devices sent is worth keeping. */
export const retentionClasses = ["short", "standard", "long"] as const;
export type RetentionClass = (typeof retentionClasses)[number];

/** What the interface calls a retention class. */
export const retentionNames: Readonly<Record<RetentionClass, string>> = {
  short: "Short: 30 days",
  standard: "Standard: 13 months",
  long: "Long: 7 years",
};

/** Rules for the certificates of devices, besides their lifetime. */
export type CertificatePolicy = z.output<typeof certificatePolicy>;
