import { randomBytes } from "node:crypto";
import { findGroup } from "#server/db/find-enrolment.ts";
import type { EnrolmentKind } from "#server/domain/enrolment-rules.ts";
import type { Signer } from "#server/pki/signer-client.ts";
import type { Context } from "#server/services/context.ts";
import type { EnrolmentEvidence, FoundGroup } from "#server/services/enrolment/answer.ts";
import { createEnrolmentGroup } from "#server/services/enrolment/create-group.ts";
import { systemContext } from "#server/services/system-context.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import { testKeyring, type TestDatabase, type TestTenant } from "#server/testing/database.ts";

/** Enrolment as the worker does it, for one organisation. */
export type EnrolmentTools = {
  /** Makes a group and finds it as the worker does. */
  group(input: {
    readonly kind: EnrolmentKind;
    readonly rules?: Readonly<Record<string, unknown>>;
  }): Promise<FoundGroup>;
  /** The group as it is now. */
  again(group: FoundGroup): Promise<FoundGroup>;
  /** Of the worker, for the organisation. */
  readonly device: Context;
};

export function enrolmentTools(at: {
  readonly database: TestDatabase;
  readonly tenant: TestTenant;
  readonly admin: Context;
  readonly signer: Signer;
  readonly now?: () => Date;
}): EnrolmentTools {
  const { database, tenant, admin, signer, now = () => new Date() } = at;
  const find = async (publicId: string) => {
    const found = await findGroup(database.ingest, publicId);
    if (found === undefined) throw new Error(`There is no group ${publicId}.`);
    return found;
  };
  return {
    group: async ({ kind, rules = {} }) => {
      const made = await createEnrolmentGroup(admin, {
        name: `Group ${randomBytes(4).toString("hex")}`,
        kind,
        rules: { profileId: tenant.profileId, ...rules },
      });
      return find(made.publicId);
    },
    again: ({ publicId }) => find(publicId),
    device: systemContext(
      { db: database.app, signer, keyring: testKeyring, now },
      { tenantId: tenant.tenantId, name: "enrolment", ip: "192.0.2.7" },
    ),
  };
}

/** What a device shows that asks for a certificate. */
export async function csrEvidence(
  registrationId: string,
  more: Partial<EnrolmentEvidence> = {},
): Promise<EnrolmentEvidence & { readonly ask: { readonly kind: "csr" } }> {
  const { csrPem } = await makeRequest({ commonName: registrationId });
  return {
    registrationId,
    serial: "",
    subject: { commonName: registrationId, organisation: "" },
    parameters: {},
    transport: "mqtts",
    remote: "192.0.2.7",
    ...more,
    ask: { kind: "csr", csrPem },
  };
}
