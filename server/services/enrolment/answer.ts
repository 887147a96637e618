import type { EnrolmentKind, EnrolmentRules } from "#server/domain/enrolment-rules.ts";
import type { EnrolmentRefusal } from "#server/domain/enrolment-refusal.ts";
import type { IssuedCertificate } from "#server/services/certificate/internal.ts";

/** An enrolment group as whoever receives devices finds it, with the rules that count. */
export type FoundGroup = {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly kind: EnrolmentKind;
  /** Claim id, DPS id scope, AWS template name or EST label. */
  readonly publicId: string;
  readonly enabled: boolean;
  readonly version: number;
  readonly rules: EnrolmentRules;
};

/** A claim certificate or an enrolment secret, with its group. */
export type FoundCredential = {
  readonly id: string;
  readonly group: FoundGroup;
  readonly maxUses: number | null;
  readonly uses: number;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly expectedSerials: readonly string[];
};

/** A proven CA of a customer, with its group. */
export type FoundAuthority = {
  readonly id: string;
  readonly group: FoundGroup;
  readonly pem: string;
  readonly sha256: string;
  readonly state: "unproven" | "active" | "disabled";
};

/** What a device shows and asks for. */
export type EnrolmentEvidence = {
  /** What it calls itself. */
  readonly registrationId: string;
  /** By its manufacturer; empty where it says none. */
  readonly serial: string;
  /** Of its certificate or request. */
  readonly subject: { readonly commonName: string; readonly organisation: string };
  readonly parameters: Readonly<Record<string, string>>;
  readonly ask:
    /** A certificate for the key of this request. */
    | { readonly kind: "csr"; readonly csrPem: string }
    /** That this certificate of a customer's CA, which was checked, counts from now on. */
    | { readonly kind: "certificate"; readonly pem: string }
    /** A SAS key, which the device derives as well (base64). */
    | { readonly kind: "sas"; readonly key: string };
  /** Claim certificate or secret by which it came. */
  readonly credential?: FoundCredential;
  readonly transport: string;
  readonly remote: string;
};

export type EnrolledDevice = {
  /** UUID. */
  readonly id: string;
  readonly key: bigint;
  readonly deviceId: string;
  readonly profileId: string;
};

/** What became of it. Asking the same again is answered alike and makes nothing twice. */
export type EnrolmentAnswer =
  | {
      readonly state: "enrolled";
      readonly requestId: string;
      readonly device: EnrolledDevice;
      /** Of a `csr`. */
      readonly certificate: IssuedCertificate | null;
    }
  | {
      readonly state: "pending";
      readonly requestId: string;
      readonly retryAfterSeconds: number;
    }
  | {
      readonly state: "refused";
      readonly reason: EnrolmentRefusal;
      /** A sentence that says what is wrong. */
      readonly detail: string;
      readonly remedy: string;
    };
