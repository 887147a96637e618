import type { EnrolmentKind } from "#server/domain/enrolment-rules.ts";

/** Where and as whose devices enrol. */
export type EnrolmentTarget = {
  readonly kind: EnrolmentKind;
  /** What devices call the group. */
  readonly publicId: string;
  readonly host: string;
  /** MQTT over TLS. */
  readonly tlsPort: number;
  /** HTTPS for devices. */
  readonly httpsPort: number;
  /** Only right after it was made. */
  readonly secret?: string;
};

/** A text to paste into a terminal or a file. */
export type EnrolmentSnippet = {
  readonly id: string;
  readonly name: string;
  /** What to install or do first, and where the text goes. */
  readonly before: string;
  readonly code: string;
};

/** The device in every snippet. */
export const sampleDevice = "pump-1";
